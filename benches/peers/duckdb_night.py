"""The core night in DuckDB: duckdb_night.py DELIVERIES_FOLDER REPOSITORY OUT_FOLDER"""

import time
from pathlib import Path

import duckdb
import reference
from options import Options, report

SQL = Path(__file__).with_name("duckdb")
TYPES = {"token": "blob", "text": "varchar", "date": "date", "money": "decimal(18, 2)", "truth": "boolean", "time": "bigint"}


def main() -> None:
    """Runs the statements in the order of their files and prints what it took."""
    options = Options.parse(__doc__)
    began = time.perf_counter()
    options.out.mkdir(parents=True, exist_ok=True)
    reference.export(options.deliveries, options.repository, options.out / "reference", options.as_of)
    connection = connect(options)
    steps = {}
    for file in sorted(SQL.glob("*.sql")):
        started = time.perf_counter()
        connection.execute(file.read_text(encoding="utf-8"))
        steps[file.stem] = time.perf_counter() - started
    connection.close()
    print(report(f"duckdb {duckdb.__version__}", time.perf_counter() - began, steps))


def connect(options: Options) -> duckdb.DuckDBPyConnection:
    """A database in memory, which spills to a folder of the results where a limit is set."""
    connection = duckdb.connect(config={"threads": options.threads, "temp_directory": str(options.out / "spill")})
    if options.memory_limit:
        connection.execute(f"set memory_limit = '{options.memory_limit}'")
    delivered = {delivery.dataset for delivery in reference.read_deliveries(options.deliveries)}
    for name, value in {
        "deliveries": str(options.deliveries),
        "codes": str(options.repository / "schemas" / "codes"),
        "reference": str(options.out / "reference"),
        "out": str(options.out),
        "people": [dataset for dataset in reference.ABOUT_PEOPLE if dataset in delivered],
    }.items():
        connection.execute(f"set variable {name} = $value", {"value": value})
    for dataset, columns in reference.COLUMNS.items():
        connection.execute(f"create view delivered_{dataset} as {rows_of(dataset, columns, dataset in delivered)}")
    return connection


def rows_of(dataset: str, columns: dict[str, str], is_delivered: bool) -> str:
    """The delivered rows of a dataset, with file and number; no rows where nobody delivered it."""
    if is_delivered:
        files = f"getvariable('deliveries') || '/{dataset}/*.parquet'"
        return f"select {', '.join(columns)}, filename, cast(file_row_number as integer) as row from read_parquet({files})"
    nothing = ", ".join(f"cast(null as {TYPES[kind]}) as {column}" for column, kind in columns.items())
    return f"select {nothing}, cast(null as varchar) as filename, cast(null as integer) as row where false"


if __name__ == "__main__":
    main()
