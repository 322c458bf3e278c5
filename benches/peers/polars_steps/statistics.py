"""The four statistics, as true values: what is too small to publish is withheld by nobody here."""

import polars as pl

from options import Options
from polars_steps.source import Tables, read

TOTAL = "total"
MONEY = pl.Decimal(18, 2)
MARGINS = ["region", "sex", "age_band"]
ROLLS = ["MZ01", "MZ02", "MZ03", "MZ04"]


def run(options: Options, tables: Tables) -> None:
    """Writes them."""
    years = read(options, "year", year=pl.Int64).with_columns(day=pl.date("year", 12, 31))
    complete = read(options, "dataset_year", year=pl.Int64, is_complete=pl.Boolean)
    bands = read(options, "age_band", from_age=pl.Int64, until_age=pl.Int64)
    population(tables, years, bands, complete).write_parquet(options.out / "population.parquet")
    recipient = recipients(options, tables, years, bands)
    benefits = read(options, "benefit").select("benefit", "dataset").drop_nulls()
    benefit_recipients(recipient, benefits, bands, complete).write_parquet(options.out / "benefit_recipients.parquet")
    old_age_subsidy(recipient, complete).write_parquet(options.out / "old_age_subsidy.parquet")
    overlap_summary(tables["overlap"], read(options, "rule")).write_parquet(options.out / "overlap_summary.parquet")


def banded(people: pl.DataFrame, bands: pl.DataFrame) -> pl.DataFrame:
    """People with the age band of their age in completed years on 31 December."""
    age = pl.col("year") - pl.col("birth_month").dt.year()
    edges = bands["from_age"].to_list()
    labelled = age.cut(edges[1:], labels=bands["age_band"].to_list(), left_closed=True).cast(pl.String).alias("age_band")
    return people.filter(age.is_between(edges[0], bands["until_age"][-1])).with_columns(labelled)


def dead_by(tables: Tables) -> pl.DataFrame:
    """Since when those are dead whose death is sure."""
    return tables["death"].filter("certified").select("person_id", pl.col("death_month").alias("dead_since"))


def is_alive() -> pl.Expr:
    """Whether somebody is not surely dead on the day."""
    return (pl.col("dead_since") > pl.col("day")).fill_null(True)


def population(tables: Tables, years: pl.DataFrame, bands: pl.DataFrame, complete: pl.DataFrame) -> pl.DataFrame:
    """People of 60 and older alive on 31 December, by county of residence and of hukou, sex and age band."""
    registered = tables["register_day"].filter(pl.col("status") == "active").join(years, on="day")
    counted = banded(registered.join(dead_by(tables), on="person_id", how="left").filter(is_alive()), bands)
    by_base = [
        counted.group_by(
            "year",
            pl.lit(base).alias("base"),
            pl.col(f"{base}_county").fill_null("unknown").alias("region"),
            "sex",
            "age_band",
        ).agg(pl.len().cast(pl.Int64).alias("persons"))
        for base in ("residence", "hukou")
    ]
    cells = with_margins(pl.concat(by_base), ["year", "base"], ["persons"])
    grid = cells.select("year", "base", "region").unique().join(sexes_and_bands(bands), how="cross")
    here = complete.filter(dataset="elder_register").drop("dataset")
    return (
        grid.join(cells, on=["year", "base", *MARGINS], how="left")
        .join(here, on="year")
        .with_columns(pl.col("persons").fill_null(0))
    )


def with_margins(counted: pl.DataFrame, key: list[str], measures: list[str]) -> pl.DataFrame:
    """The cells with the totals over every set of region, sex and age band."""
    cells = counted
    for margin in MARGINS:
        rest = [column for column in MARGINS if column != margin]
        totals = cells.group_by(*key, *rest).agg(pl.col(measures).sum()).with_columns(pl.lit(TOTAL).alias(margin))
        cells = pl.concat([cells, totals.select(cells.columns)], how="vertical_relaxed")
    return cells


def sexes_and_bands(bands: pl.DataFrame) -> pl.DataFrame:
    """Every sex with every age band, each with its total."""
    sexes = pl.DataFrame({"sex": ["1", "2", TOTAL]})
    return sexes.join(pl.DataFrame({"age_band": [*bands["age_band"], TOTAL]}), how="cross")


def recipients(options: Options, tables: Tables, years: pl.DataFrame, bands: pl.DataFrame) -> pl.DataFrame:
    """What each person received of each benefit in a year; a month that a name alone links to the person counts nobody."""
    is_december = pl.col("month").dt.month() == 12
    bit = pl.lit(1, pl.Int32) * 2 ** pl.col("month").dt.month().cast(pl.Int32)
    held = (
        pl.scan_parquet(options.out / "benefit_month.parquet")
        .filter(pl.col("held") & (pl.col("link_grade") != "name"))
        .select(
            "person_id",
            "benefit",
            pl.col("month").dt.year().cast(pl.Int64).alias("year"),
            bit.cast(pl.UInt16).alias("months"),
            "amount",
            pl.when(is_december).then("amount").alias("december_amount"),
            is_december.alias("in_december"),
        )
        .group_by("person_id", "benefit", "year")
        .agg(
            pl.col("months").bitwise_or(),
            pl.col("amount").sum(),
            pl.col("december_amount").sum(),
            pl.col("in_december").any(),
            pl.col("amount").is_not_null().any().alias("has_amount"),
        )
        .collect(engine="streaming")
        .with_columns(pl.col("benefit").cast(pl.String))
    )
    person = tables["person"].select("person_id", "sex", "birth_month")
    home = tables["register_day"].select("person_id", "day", pl.col("residence_county").alias("region"))
    found = (
        held.join(years, on="year")
        .join(person, on="person_id")
        .join(home, on=["person_id", "day"], how="left")
        .join(dead_by(tables), on="person_id", how="left")
    )
    return banded(found, bands).with_columns(
        pl.col("region").fill_null("unknown"),
        pl.col("months").bitwise_count_ones().cast(pl.Int64),
        in_december=pl.col("in_december") & is_alive(),
        december_amount=pl.when(is_alive()).then("december_amount").otherwise(pl.lit(0).cast(pl.Decimal(38, 2))),
    )


def benefit_recipients(
    recipient: pl.DataFrame, benefits: pl.DataFrame, bands: pl.DataFrame, complete: pl.DataFrame
) -> pl.DataFrame:
    """Persons in December and in the year, person-months and money of each benefit."""
    measures = ["persons_in_december", "persons_in_year", "person_months", "amount", "amounts"]
    counted = recipient.group_by("year", "benefit", *MARGINS).agg(
        pl.col("in_december").sum().cast(pl.Int64).alias("persons_in_december"),
        pl.len().cast(pl.Int64).alias("persons_in_year"),
        pl.col("months").sum().alias("person_months"),
        pl.col("amount").sum(),
        pl.col("has_amount").sum().cast(pl.Int64).alias("amounts"),
    )
    cells = with_margins(counted, ["year", "benefit"], measures)
    grid = cells.select("year", "region").unique().join(benefits, how="cross").join(sexes_and_bands(bands), how="cross")
    # A cell without recipients has no money; one whose amounts are all unknown has none that can be said.
    amount = (
        pl.when(pl.col("persons_in_year").is_null())
        .then(pl.lit(0).cast(MONEY))
        .when(pl.col("amounts") > 0)
        .then(pl.col("amount").cast(MONEY))
    )
    return (
        grid.join(cells, on=["year", "benefit", *MARGINS], how="left")
        .join(complete, on=["dataset", "year"])
        .with_columns(amount=amount)
        .with_columns(pl.col("persons_in_december", "persons_in_year", "person_months").fill_null(0))
        .select("year", "benefit", *MARGINS, *measures[:4], "is_complete")
    )


def old_age_subsidy(recipient: pl.DataFrame, complete: pl.DataFrame) -> pl.DataFrame:
    """The four old-age rolls in December: each roll, their sum, and every person once."""
    december = recipient.filter(pl.col("in_december") & pl.col("benefit").is_in(ROLLS))
    december = pl.concat([december, december.with_columns(region=pl.lit(TOTAL))])
    amount = pl.col("december_amount").sum().cast(MONEY).alias("amount")
    cells = pl.concat(
        [
            december.group_by("year", "region", pl.col("benefit").alias("roll")).agg(
                pl.len().cast(pl.Int64).alias("persons"), amount
            ),
            december.group_by("year", "region", pl.lit("sum_of_rolls").alias("roll")).agg(
                pl.len().cast(pl.Int64).alias("persons"), amount
            ),
            december.group_by("year", "region", pl.lit("distinct_persons").alias("roll")).agg(
                pl.col("person_id").n_unique().cast(pl.Int64).alias("persons"), amount
            ),
        ]
    )
    grid = (
        cells.select("year", "region")
        .unique()
        .join(pl.DataFrame({"roll": [*ROLLS, "sum_of_rolls", "distinct_persons"]}), how="cross")
    )
    here = complete.filter(dataset="benefit_payment").drop("dataset")
    found = grid.join(cells, on=["year", "region", "roll"], how="left").join(here, on="year")
    return found.with_columns(pl.col("persons").fill_null(0), pl.col("amount").fill_null(0).cast(MONEY))


def overlap_summary(overlap: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Flags by rule and severity: persons, flags and money at risk."""
    found = overlap.group_by("rule_id", "severity").agg(
        pl.col("person_id").n_unique().cast(pl.Int64).alias("persons"),
        pl.len().cast(pl.Int64).alias("flags"),
        pl.col("at_risk").sum().cast(MONEY),
    )
    grid = rules.select("rule_id").join(pl.DataFrame({"severity": ["violation", "review", "info"]}), how="cross")
    every = grid.join(found, on=["rule_id", "severity"], how="left")
    return every.with_columns(pl.col("persons", "flags").fill_null(0), pl.col("at_risk").fill_null(0).cast(MONEY))
