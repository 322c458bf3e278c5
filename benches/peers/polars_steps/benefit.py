"""Who had which benefit in which month, and what was booked twice."""

import polars as pl

from options import Options
from polars_steps.rows import NAME
from polars_steps.source import Tables, read

KEY = ["person_id", "benefit", "month", "county", "category"]
# Money and reversals are compared without the category.
PLACE = ["person_id", "benefit", "month", "county"]
GRADES = pl.Enum(["id_other_name", "name", "upgraded15", "id"])
FORMS = pl.Enum(["booking", "spell"])
MONEY = pl.Decimal(18, 2)


def run(options: Options, tables: Tables) -> None:
    """Writes the months and what was booked twice; the months are read back from there."""
    booking = without_set_aside(tables.pop("booking"))
    repeat = repeats(booking)
    kept = booking.lazy().join(repeat.lazy(), on="booking", how="anti")
    months = pl.concat([booked_months(kept), spell_months(options, tables, booking.schema)])
    months.sink_parquet(options.out / "benefit_month.parquet", engine="streaming")
    repeated = (
        booking.join(repeat, on="booking", how="semi")
        .group_by(*KEY, "amount")
        .len("extra_rows")
        .select(
            pl.lit("repeat").alias("kind"),
            *KEY,
            "amount",
            pl.col("extra_rows").cast(pl.Int64),
            pl.lit(None, MONEY).alias("paid_again"),
        )
    )
    pl.concat([repeated, paid_twice(kept)]).write_parquet(options.out / "duplicate_payment.parquet")


def without_set_aside(booking: pl.DataFrame) -> pl.DataFrame:
    """A booking by name counts where no booking with the person's number is the same or makes the same month."""
    by_name = booking.filter(pl.col("link_grade") == NAME)
    by_number = booking.lazy().filter(pl.col("link_grade") != NAME)
    met = pl.concat(
        [by_name.lazy().join(by_number, on=key, how="semi").select("booking") for key in (["person_id", "record"], PLACE)]
    ).collect(engine="streaming")
    return booking.join(met, on="booking", how="anti") if met.height else booking


def repeats(booking: pl.DataFrame) -> pl.DataFrame:
    """Bookings under one record number are one booking; all but the first delivered are repeats."""
    recorded = booking.lazy().filter(pl.col("record").is_not_null())
    several = recorded.group_by("person_id", "record").len().filter(pl.col("len") > 1)
    rows = recorded.join(several, on=["person_id", "record"], how="semi").select("booking", "person_id", "record", "row")
    ranked = rows.collect(engine="streaming").sort("row")
    return ranked.filter(pl.int_range(pl.len()).over("person_id", "record") > 0).select("booking")


def booked_months(kept: pl.LazyFrame) -> pl.LazyFrame:
    """The net amount of each person, benefit, month, county and category."""
    months = kept.group_by(KEY).agg(pl.col("amount").sum(), pl.len().alias("bookings"), pl.col("link_grade").min())
    return months.select(
        *KEY,
        pl.lit("booking").cast(FORMS).alias("form"),
        pl.col("amount").cast(MONEY),
        pl.col("bookings").cast(pl.Int64),
        pl.col("link_grade").cat.to(GRADES),
        (pl.col("amount") > 0).alias("held"),
    )


def spell_months(options: Options, tables: Tables, booking: pl.Schema) -> pl.LazyFrame:
    """The months that a spell covers; a yearly amount is spread over them in fen, the remainder on January."""
    snapshot_month = read(options, "snapshot_month", period_end=pl.Date, month=pl.Date)
    covered = (
        tables["spell"]
        .join(snapshot_month, on=["dataset", "place", "period_end"])
        .filter((pl.col("from_month") <= pl.col("month")) & (pl.col("month") <= pl.coalesce("to_month", "period_end")))
    )
    fen = (pl.col("amount") * 100).cast(pl.Int64)
    share = fen // 12
    of_month = (
        pl.when(~pl.col("is_yearly")).then(fen).when(pl.col("month").dt.month() == 1).then(fen - 11 * share).otherwise(share)
    )
    months = (
        covered.lazy()
        .with_columns(fen=of_month)
        .group_by(PLACE)
        .agg(pl.col("fen").max(), pl.len().alias("bookings"), pl.col("link_grade").min())
    )
    return months.select(
        "person_id",
        pl.col("benefit").cast(booking["benefit"]),
        "month",
        pl.col("county").cast(booking["county"]),
        pl.lit(None, booking["category"]).alias("category"),
        pl.lit("spell").cast(FORMS).alias("form"),
        (pl.col("fen").cast(pl.Decimal(18, 0)) / 100).cast(MONEY).alias("amount"),
        pl.col("bookings").cast(pl.Int64),
        pl.col("link_grade").cat.to(GRADES),
        pl.lit(True).alias("held"),
    )


def paid_twice(kept: pl.LazyFrame) -> pl.DataFrame:
    """Two normal bookings with different numbers and all else alike, and no reversal in that month."""
    reversed_ = kept.filter((pl.col("row_type") == "reversal") | (pl.col("amount") < 0))
    normal = kept.filter((pl.col("row_type") == "normal") & (pl.col("amount") > 0) & pl.col("record").is_not_null())
    paid = normal.group_by(*KEY, "amount").len("bookings").filter(pl.col("bookings") > 1)
    paid = paid.join(reversed_, on=PLACE, how="anti")
    extra = pl.col("bookings").cast(pl.Int64) - 1
    return paid.select(
        pl.lit("paid_twice").alias("kind"),
        *KEY,
        "amount",
        extra.alias("extra_rows"),
        (pl.col("amount") * extra).cast(MONEY).alias("paid_again"),
    ).collect(engine="streaming")
