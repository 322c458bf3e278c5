"""Lets readers of other makes read a folder of a release and compares what they see.

The CSV files, read with nothing but Python, are what the others are held against.
"""

import contextlib
import csv
import functools
import hashlib
import json
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import frictionless
import openpyxl
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pysdmx.io
import sdmx
from pysdmx.model import Codelist, Dataflow, DataStructureDefinition

WITH_VALUE = {"published", "zero"}
OBS_STATUS = {"suppressed": "Q", "missing": "O", "not_applicable": "M"}


class Checks:
    """Counts what was checked and prints what was wrong."""

    def __init__(self) -> None:
        self.done = Counter()
        self.faults = 0

    def that(self, reader: str, true: bool, fault: str) -> None:
        self.done[reader] += 1
        if not true:
            self.faults += 1
            print(f"{reader}: {fault}")

    def equal(self, reader: str, what: str, seen, expected) -> None:
        self.that(reader, seen == expected, f"{what}: {seen!r} instead of {expected!r}")


def summary(rows) -> tuple:
    """Rows, statuses and the sum of each measure, of (measure, value or None, status)."""
    sums, statuses, count = defaultdict(Decimal), Counter(), 0
    for measure, value, status in rows:
        count += 1
        statuses[status] += 1
        if (value is not None) != (status in WITH_VALUE):
            raise ValueError(f"row {count}: a value beside the status {status}, or none")
        sums[measure] += Decimal(0) if value is None else Decimal(value)
    return count, dict(statuses), dict(sums)


def tables(folder: Path) -> dict:
    found = {}
    for file in sorted((folder / "csv").glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            found[file.stem] = list(csv.DictReader(lines))
    return found


def sums_agree(checks: Checks, folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    listed = {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
    found = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith("SHA256SUMS")
    }
    checks.equal("sha256", "SHA256SUMS", listed, found)
    checks.equal("sha256", "order of SHA256SUMS", list(listed), sorted(listed, key=str.encode))


def package_is_valid(checks: Checks, folder: Path, rows: dict) -> None:
    file = folder / "datapackage.json"
    described = json.loads(file.read_text("utf-8"))
    report = frictionless.validate(str(file))
    for fault in report.flatten(["name", "rowNumber", "fieldName", "type", "message"]):
        checks.that("frictionless", False, str(fault))
    checks.that("frictionless", report.valid, "the package is not valid")
    read = {task.name: task.stats.get("rows") for task in report.tasks if task.type == "table"}
    checks.equal("frictionless", "rows of tables", read, {name: len(table) for name, table in rows.items()})
    for resource in described["resources"]:
        content = (folder / resource["path"]).read_bytes()
        hashed = "sha256:" + hashlib.sha256(content).hexdigest()
        checks.equal("frictionless", resource["path"], (resource["hash"], resource["bytes"]), (hashed, len(content)))


def parquet_agrees(checks: Checks, folder: Path, name: str, rows: list) -> None:
    file = folder / "data" / f"{name}.parquet"
    expected = summary((row["measure"], row["value"] or None, row["status"]) for row in rows)
    columns = ["measure", "value", "status"]

    table = pyarrow.parquet.read_table(file)
    checks.equal("pyarrow", f"{name}: columns", table.column_names, list(rows[0]))
    checks.equal("pyarrow", f"{name}: type of year", table.schema.field("year").type, pyarrow.int32())
    checks.equal("pyarrow", f"{name}: type of value", table.schema.field("value").type, pyarrow.decimal128(18, 2))
    seen = zip(*(table.column(column).to_pylist() for column in columns))
    checks.equal("pyarrow", name, summary(seen), expected)
    order = [[row[column] for column in list(row)[1:-4]] for row in rows]
    seen = [list(row) for row in zip(*(table.column(column).to_pylist() for column in list(rows[0])[1:-4]))]
    checks.that("pyarrow", seen == order, f"{name}: other rows or another order than CSV")

    query = f"select measure, value, status from read_parquet('{file}')"
    checks.equal("duckdb", name, summary(duckdb.sql(query).fetchall()), expected)

    frame = polars.read_parquet(file).select(columns)
    checks.equal("polars", name, summary(frame.iter_rows()), expected)


def workbook_agrees(checks: Checks, folder: Path, all_rows: dict) -> None:
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    beside = [sheet for name in all_rows for sheet in (name, f"{name}_status")]
    checks.equal("openpyxl", "sheets", sorted(book.sheetnames[1:-1]), sorted(beside))
    for sheet in book.worksheets:
        formulas = [cell.coordinate for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
        checks.equal("openpyxl", f"{sheet.title}: formulas", formulas, [])
    for name, rows in all_rows.items():
        measures = list(dict.fromkeys(row["measure"] for row in rows))
        lines = {(row["region"], *list(row.values())[5:-4]) for row in rows}
        values, statuses = (
            list(book[sheet].iter_rows(min_row=5, max_row=4 + len(lines), values_only=True))
            for sheet in (name, f"{name}_status")
        )
        sheet = book[name]
        checks.equal("openpyxl", f"{name}: frozen", sheet.freeze_panes, "C5")
        checks.that("openpyxl", "计量单位" in str(sheet.cell(3, sheet.max_column).value), f"{name}: no unit top right")
        checks.equal("openpyxl", f"{name}: paper", (sheet.page_setup.orientation, sheet.page_setup.paperSize), ("landscape", 9))
        checks.that("openpyxl", all(isinstance(line[0], str) for line in values), f"{name}: a code that is no text")
        cells = [cell for line in values for cell in line[-len(measures) :]]
        words = Counter(str(cell).split()[-1] for line in statuses for cell in line[-len(measures) :])
        expected = Counter(row["status"].split("_")[-1] for row in rows)
        checks.equal("openpyxl", f"{name}: statuses", words, expected)
        checks.equal("openpyxl", f"{name}: withheld", cells.count("*"), expected["suppressed"])
        numbers = [Decimal(str(cell)) for cell in cells if isinstance(cell, (int, float))]
        small = cells.count("…")
        checks.equal("openpyxl", f"{name}: numbers", len(numbers) + small, expected["published"] + expected["zero"])
        total = sum(Decimal(row["value"]) for row in rows if row["value"])
        checks.equal("openpyxl", f"{name}: sum", sum(numbers, Decimal(0)), total)


@contextlib.contextmanager
def texts_stay_texts():
    """pysdmx lets pandas guess the type of a column, which makes the code `01` a number; SDMX-CSV has texts."""
    guessing = pandas.read_csv
    pandas.read_csv = functools.partial(guessing, dtype=str)
    try:
        yield
    finally:
        pandas.read_csv = guessing


def sdmx_agrees(checks: Checks, folder: Path, all_rows: dict) -> None:
    structure_file = folder / "sdmx" / "structure.xml"
    structures = pysdmx.io.read_sdmx(structure_file, validate=True).structures
    lists = {found.id: {code.id for code in found} for found in structures if isinstance(found, Codelist)}
    definitions = {found.id: found for found in structures if isinstance(found, DataStructureDefinition)}
    flows = {found.short_urn for found in structures if isinstance(found, Dataflow)}
    message = sdmx.read_sdmx(structure_file)
    for name, rows in all_rows.items():
        file = folder / "sdmx" / f"{name}.csv"
        definition = definitions[f"DSD_{name.upper()}"]
        with texts_stay_texts():
            [data] = pysdmx.io.read_sdmx(file).data
        checks.that("pysdmx", data.structure in flows, f"{name}: no data flow {data.structure}")
        frame = data.data
        checks.equal("pysdmx", f"{name}: rows", len(frame), len(rows))
        components = [component.id for component in definition.components]
        checks.equal("pysdmx", f"{name}: components", sorted(components), sorted(frame.columns))
        for component in definition.components:
            if component.local_codes is not None:
                unknown = set(frame[component.id]) - lists[component.local_codes.id]
                checks.equal("pysdmx", f"{name}: {component.id}: codes that no list has", unknown, set())
        check_observations(checks, name, frame, rows)

        flow = message.dataflow[f"DF_{name.upper()}"]
        read = sdmx.read_sdmx(file, structure=flow)
        observations = sum(len(part.obs) for part in read.data)
        checks.equal("sdmx1", f"{name}: observations", observations, len(rows))


def check_observations(checks: Checks, name: str, frame, rows: list) -> None:
    seen = zip(*(frame[column] for column in ("REF_AREA", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS")), strict=True)
    for place, ((area, value, observed, confidential), row) in enumerate(zip(seen, rows, strict=True)):
        what = f"{name}: row {place}"
        checks.equal("pysdmx", f"{what}: region", area, "_T" if row["region"] == "total" else row["region"])
        checks.that("pysdmx", value == row["value"] or (value == "NaN" and not row["value"]), f"{what}: another value than CSV")
        status = OBS_STATUS.get(row["status"])
        checks.that("pysdmx", observed == status or (status is None and observed in ("A", "P")),
                    f"{what}: OBS_STATUS {observed} for {row['status']}")
        checks.equal("pysdmx", f"{what}: confidential", confidential == "C", row["status"] == "suppressed")


def main(folder: Path) -> int:
    checks = Checks()
    rows = tables(folder)
    if not rows or not all(rows.values()):
        print(f"{folder}: no table, or one without rows")
        return 1
    sums_agree(checks, folder)
    package_is_valid(checks, folder, rows)
    for name, table in rows.items():
        parquet_agrees(checks, folder, name, table)
    workbook_agrees(checks, folder, rows)
    sdmx_agrees(checks, folder, rows)
    done = ", ".join(f"{reader} {count}" for reader, count in sorted(checks.done.items()))
    print(f"{folder}: {len(rows)} tables; checks: {done}; {checks.faults} faults")
    return 1 if checks.faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
