"""How the steps read deliveries and reference tables."""

import csv

import polars as pl

import reference
from options import Options

Tables = dict[str, pl.DataFrame]
TYPES = {
    "token": pl.Binary(),
    "text": pl.String(),
    "date": pl.Date(),
    "money": pl.Decimal(18, 2),
    "truth": pl.Boolean(),
    "time": pl.Datetime("ms"),
}


def files(options: Options, dataset: str) -> list[str]:
    """The files of a dataset in the order of its deliveries: of a booking that came twice the first one counts."""
    with (options.out / "reference" / "delivery.csv").open(encoding="utf-8", newline="") as source:
        return [str(options.deliveries / row["file"]) for row in csv.DictReader(source) if row["dataset"] == dataset]


def scan(options: Options, dataset: str) -> pl.LazyFrame:
    """The delivered rows with their file, and numbered in the order of deliveries; no rows where nobody delivered any."""
    delivered = files(options, dataset)
    if delivered:
        return pl.scan_parquet(delivered, include_file_paths="file", row_index_name="row")
    columns = {column: TYPES[kind] for column, kind in reference.COLUMNS.get(dataset, reference.OF_PERSON).items()}
    return pl.LazyFrame(schema={"row": pl.get_index_type(), **columns, "file": pl.String})


def read(options: Options, name: str, **types: type[pl.DataType]) -> pl.DataFrame:
    """A reference table; columns without a type are texts."""
    table = pl.read_csv(options.out / "reference" / f"{name}.csv", infer_schema=False)
    casts = [
        pl.col(column) == "true"
        if type_ == pl.Boolean
        else pl.col(column).str.to_date()
        if type_ == pl.Date
        else pl.col(column).cast(type_)
        for column, type_ in types.items()
    ]
    return table.with_columns(casts)


def deliveries(options: Options) -> pl.DataFrame:
    """Of each file the place, the end of its period and the id of the delivery."""
    table = read(options, "delivery", period_end=pl.Date)
    return table.select(
        pl.lit(f"{options.deliveries}/").add(pl.col("file")).alias("file"), "place", "period_end", "delivery_id"
    )


def month_number(month: str) -> pl.Expr:
    """Months since year 0."""
    return pl.col(month).dt.year().cast(pl.Int64) * 12 + pl.col(month).dt.month().cast(pl.Int64) - 1
