"""Everybody once with a number, and who bears which name: learnt from rows that carry an ID number."""

import polars as pl

import reference
from options import Options
from polars_steps.source import Tables, read, scan


def run(options: Options, tables: Tables) -> None:
    """Makes `person`, `other_name` and `bearer`, and writes the spine."""
    sighting = sightings(options)
    tables["person"] = people(sighting)
    named = sighting.filter(pl.col("name_token").is_not_null()).join(tables["person"], on="person_token")
    tables["other_name"] = other_names(named)
    tables["bearer"] = bearers(sighting, named)
    tables["person"].select("person_id", "person_token").write_parquet(options.out / "spine.parquet")


def sightings(options: Options) -> pl.DataFrame:
    """Every pair of person and name with the datasets that give it, one bit for each."""
    canaries = read(options, "canary").select(pl.col("person_token").str.decode("hex"))
    # One dataset after the other: together they take half as much memory again and hardly less time.
    given = [
        met(
            scan(options, dataset).select(
                "person_token",
                "name_token",
                pl.col("sex").cast(pl.UInt8),
                "birth_month",
                datasets=pl.lit(1 << bit, pl.UInt32),
            )
        )
        for bit, dataset in enumerate(reference.ABOUT_PEOPLE)
    ]
    return met(pl.concat(given).lazy()).join(canaries, on="person_token", how="anti")


def met(rows: pl.LazyFrame) -> pl.DataFrame:
    """Every pair of person and name once."""
    return (
        rows.group_by("person_token", "name_token")
        .agg(pl.col("sex").min(), pl.col("birth_month").min(), pl.col("datasets").bitwise_or())
        .collect(engine="streaming")
    )


def people(sighting: pl.DataFrame) -> pl.DataFrame:
    """Everybody whose number was delivered."""
    met = (
        sighting.filter(pl.col("person_token").is_not_null())
        .group_by("person_token")
        .agg(
            pl.col("sex").min().cast(pl.String),
            pl.col("birth_month").min(),
            (pl.col("name_token").drop_nulls().len() > 1).alias("has_several_names"),
        )
    )
    return met.with_row_index("person_id")


def other_names(named: pl.DataFrame) -> pl.DataFrame:
    """The names of a person other than the main one, which most datasets give; where no name leads, all."""
    given = named.filter("has_several_names").select(
        "person_id", "name_token", pl.col("datasets").bitwise_count_ones().alias("datasets")
    )
    most = pl.col("datasets").max().over("person_id")
    leaders = pl.len().over("person_id", "datasets")
    return given.filter((pl.col("datasets") < most) | (leaders > 1)).select("person_id", "name_token", is_other=pl.lit(True))


def bearers(sighting: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Who alone bears a name that stands on rows without a number."""
    wanted = sighting.filter(pl.col("person_token").is_null()).select("name_token")
    borne = named.join(wanted, on="name_token", how="semi").group_by("name_token").agg(pl.col("person_id"))
    return borne.filter(pl.col("person_id").list.len() == 1).select(
        "name_token", pl.col("person_id").list.first().alias("bearer_id")
    )
