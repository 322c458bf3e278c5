"""Everybody, with the newest register row and what is known of a death."""

import polars as pl

from options import Options
from polars_steps.source import Tables, read


def run(options: Options, tables: Tables) -> None:
    """Makes `death` and `register_day`, and writes the people."""
    tables["death"] = deaths(tables)
    tables["register_day"] = register_days(options, tables)
    newest = (
        tables["register_day"]
        .filter(pl.col("day") == pl.col("day").max())
        .select(
            "person_id",
            "hukou_county",
            "residence_county",
            "residence_region",
            "residence_urban_rural",
            pl.col("status").alias("register_status"),
            pl.lit(True).alias("in_register"),
        )
    )
    death = tables["death"].select("person_id", "death_month", "death_status")
    everybody = (
        tables["person"]
        .select("person_id", "sex", "birth_month")
        .join(newest, on="person_id", how="left")
        .join(death, on="person_id", how="left")
        .with_columns(pl.col("in_register").fill_null(False), pl.col("death_status").fill_null("alive"))
    )
    everybody.write_parquet(options.out / "person.parquet")


def deaths(tables: Tables) -> pl.DataFrame:
    """Who is dead, since which month, and how sure that is: a later sign of life makes any of them a conflict."""
    known = (
        tables["death_evidence"]
        .sort("rank", "month")
        .group_by("person_id")
        .agg(pl.col("rank").first(), pl.col("month").first().alias("death_month"))
    )
    status = (
        pl.when(pl.col("seen_on") >= pl.col("death_month").dt.offset_by("1mo"))
        .then(pl.lit("death_conflict"))
        .when(pl.col("rank") <= 2)
        .then(pl.lit("dead"))
        .otherwise(pl.lit("death_unconfirmed"))
    )
    seen = known.join(tables["sign_of_life"], on="person_id", how="left")
    return seen.select("person_id", "death_month", status.alias("death_status"), (pl.col("rank") <= 2).alias("certified"))


def register_days(options: Options, tables: Tables) -> pl.DataFrame:
    """Of two registers the later update counts, then the one of the county that the person lives in."""
    days = read(options, "snapshot_day", period_end=pl.Date, day=pl.Date)
    rows = (
        tables["register"]
        .join(days, on=["place", "period_end"])
        .with_columns(is_home=pl.col("residence_county").str.starts_with(pl.col("place")))
    )
    several = rows.filter(pl.struct("person_id", "day").is_duplicated())
    first = several.sort(
        "updated_on", "is_home", "delivery_id", "row", descending=[True, True, False, False], nulls_last=False
    ).unique(["person_id", "day"], keep="first", maintain_order=True)
    return pl.concat([rows.filter(pl.struct("person_id", "day").is_unique()), first])
