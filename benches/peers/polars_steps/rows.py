"""The rows that the tables rest on, with integers for tokens."""

import csv

import polars as pl

from options import Options
from polars_steps.source import Tables, deliveries, read, scan

# On what a row's link rests, the weakest first.
OTHER_NAME, NAME, UPGRADED, NUMBER = range(4)


def run(options: Options, tables: Tables) -> None:
    """Makes `booking`, `spell`, `register`, `death_evidence` and `sign_of_life`."""
    tables["booking"] = bookings(options, tables)
    tables["spell"] = spells(options, tables)
    tables["register"] = register(options, tables)
    tables["death_evidence"] = death_evidence(options, tables)
    tables["sign_of_life"] = signs_of_life(options, tables)


def linked(options: Options, tables: Tables, dataset: str) -> pl.LazyFrame:
    """Rows of a dataset with the person they are about and what that rests on; those about nobody are left out."""
    person = tables["person"].lazy().select("person_token", "person_id", "has_several_names")
    name_alone = pl.when(pl.col("person_token").is_null()).then("name_token")
    one_of_several = pl.when("has_several_names").then("name_token")
    rows = (
        scan(options, dataset)
        .join(person, on="person_token", how="left")
        .with_columns(name_alone.alias("name_alone"), one_of_several.alias("one_of_several"))
        .join(tables["bearer"].lazy(), left_on="name_alone", right_on="name_token", how="left")
        .join(
            tables["other_name"].lazy(),
            left_on=["person_id", "one_of_several"],
            right_on=["person_id", "name_token"],
            how="left",
        )
    )
    grade = (
        pl.when("is_other")
        .then(OTHER_NAME)
        .when(pl.col("person_id").is_null())
        .then(NAME)
        .when(pl.col("id_quality") == "upgraded15")
        .then(UPGRADED)
        .otherwise(NUMBER)
        .cast(pl.UInt8)
    )
    rows = rows.with_columns(link_grade=grade, person_id=pl.coalesce("person_id", "bearer_id"))
    return rows.filter(pl.col("person_id").is_not_null())


def bookings(options: Options, tables: Tables) -> pl.DataFrame:
    """Every booked month of a benefit; a record token's hash is kept, to be compared among one person's bookings."""
    with (options.repository / "schemas" / "codes" / "category.csv").open(encoding="utf-8", newline="") as source:
        category = pl.Enum([row["code"] for row in csv.DictReader(source)])
    benefit = pl.Enum(read(options, "benefit")["benefit"])
    nothing = pl.lit(None, pl.String)
    token = pl.when(pl.col("record_token").is_not_null()).then(pl.col("record_token").hash()).alias("record")
    sources = [
        ("benefit_payment", pl.col("benefit"), "region", pl.col("category"), pl.col("row_type"), token),
        ("pension_payment", pl.col("scheme"), "pool_region", nothing, pl.col("row_type"), token),
        ("ltci_benefit", pl.lit("YB01"), "pool_region", nothing, nothing, pl.lit(None, pl.UInt64)),
        ("work_injury_care", pl.lit("RS03"), "pool_region", nothing, nothing, pl.lit(None, pl.UInt64)),
    ]
    rows = [
        linked(options, tables, dataset).select(
            "person_id",
            benefit_column.cast(benefit).alias("benefit"),
            "month",
            pl.col(region).str.slice(0, 6).alias("code"),
            category_column.cast(category).alias("category"),
            "amount",
            row_type.fill_null("normal").cast(pl.Enum(["normal", "arrears", "reversal"])).alias("row_type"),
            record.alias("record"),
            "link_grade",
            "row",
        )
        for dataset, benefit_column, region, category_column, row_type, record in sources
    ]
    county = counties(options, pl.Enum).lazy()
    booked = [of_dataset.join(county, on="code").drop("code").collect(engine="streaming") for of_dataset in rows]
    return pl.concat(booked).with_row_index("booking")


def counties(options: Options, of: type) -> pl.DataFrame:
    """The county of every code of six digits, as a text or as an enum."""
    table = read(options, "region_county")
    return table.with_columns(pl.col("county").cast(pl.Enum(table["county"].unique().sort()))) if of is pl.Enum else table


def spells(options: Options, tables: Tables) -> pl.DataFrame:
    """The spells that count: a row by name gives way where a row with that person's number speaks of the same.

    The amount of MZ05 is the household's and so no person's; who stands on its roll as the family of one who is covered
    alone does not have it.
    """
    is_subsistence = pl.col("benefit") == "MZ05"
    alone = pl.col("cover").is_null() & pl.col("guaranteed").is_null()
    covered = (pl.col("cover") == "household").fill_null(False) | pl.col("guaranteed").fill_null(False) | alone
    common = ["person_id", "from_month", "to_month", "region", "link_grade", "file"]
    roll = linked(options, tables, "assistance_roll").select(
        *common,
        "benefit",
        pl.when(~is_subsistence).then("monthly_amount").alias("amount"),
        pl.lit(False).alias("is_yearly"),
        (~is_subsistence | covered).alias("counts"),
    )
    support = linked(options, tables, "family_planning_support").select(
        *common,
        pl.when(pl.col("kind") == "reward").then(pl.lit("WJ02")).otherwise(pl.lit("WJ01")).alias("benefit"),
        "amount",
        (pl.col("period") == "year").alias("is_yearly"),
        pl.lit(True).alias("counts"),
    )
    care = linked(options, tables, "day_care").select(
        *common, pl.lit("CL04").alias("benefit"), "amount", pl.lit(False).alias("is_yearly"), pl.lit(True).alias("counts")
    )
    datasets = {"assistance_roll": roll, "family_planning_support": support, "day_care": care}
    every = pl.concat([rows.with_columns(dataset=pl.lit(dataset)) for dataset, rows in datasets.items()]).collect(
        engine="streaming"
    )
    by_name = pl.col("link_grade") == NAME
    kept = pl.concat(
        [
            every.filter(~by_name),
            every.filter(by_name).join(every.filter(~by_name), on=["person_id", "benefit"], how="anti"),
        ]
    ).filter("counts")
    return (
        kept.with_columns(code=pl.col("region").str.slice(0, 6))
        .join(counties(options, pl.String), on="code")
        .join(deliveries(options), on="file")
    )


def register(options: Options, tables: Tables) -> pl.DataFrame:
    """The rows of the elder register with their counties."""
    county = counties(options, pl.String).lazy()
    rows = (
        linked(options, tables, "elder_register")
        .filter(pl.col("link_grade") != NAME)
        .select(
            "person_id",
            "sex",
            "birth_month",
            "status",
            "updated_on",
            "residence_region",
            pl.col("residence_region_urban_rural").alias("residence_urban_rural"),
            "row",
            "file",
            pl.col("hukou_region").str.slice(0, 6).alias("hukou"),
            pl.col("residence_region").str.slice(0, 6).alias("residence"),
        )
    )
    rows = rows.join(county.rename({"code": "hukou", "county": "hukou_county"}), on="hukou", how="left")
    rows = rows.join(county.rename({"code": "residence", "county": "residence_county"}), on="residence", how="left")
    return rows.join(deliveries(options).lazy(), on="file").collect(engine="streaming")


def death_evidence(options: Options, tables: Tables) -> pl.DataFrame:
    """Deaths: 1 a certificate, 2 a cremation, 3 a stop with reason death, 4 the register's status."""
    stopped = pl.col("stop_reason") == "death"
    sources = [
        ("death_certificate", 1, pl.col("death_month"), pl.lit(True)),
        ("funeral", 2, pl.col("death_month"), pl.lit(True)),
        ("pension_status", 3, pl.col("stopped_on"), stopped),
        ("enrolment", 3, pl.col("stopped_on"), stopped),
        ("elder_register", 4, pl.col("updated_on"), pl.col("status") == "dead"),
    ]
    rows = [
        linked(options, tables, dataset)
        .filter(says_so & (pl.col("link_grade") >= (NUMBER if rank <= 2 else UPGRADED)))
        .select("person_id", pl.lit(rank).alias("rank"), day.dt.truncate("1mo").alias("month"))
        for dataset, rank, day, says_so in sources
    ]
    return pl.concat(rows).filter(pl.col("month").is_not_null()).collect(engine="streaming")


def signs_of_life(options: Options, tables: Tables) -> pl.DataFrame:
    """The last day on which somebody who is reported dead was seen."""
    visited = pl.col("started_at").dt.date()
    sources = [
        ("ability_assessment", pl.col("assessed_on"), pl.lit(True)),
        ("ltci_assessment", pl.col("assessed_on"), pl.lit(True)),
        ("institution_stay", pl.col("admitted_on"), pl.lit(True)),
        ("inpatient_stay", pl.col("admitted_on"), pl.lit(True)),
        ("service_event", visited, pl.col("service") == "13"),
    ]
    dead = tables["death_evidence"].lazy().select("person_id").unique()
    rows = [
        linked(options, tables, dataset)
        .filter(is_sign & (pl.col("link_grade") != NAME))
        .select("person_id", day.alias("seen_on"))
        .join(dead, on="person_id", how="semi")
        for dataset, day, is_sign in sources
    ]
    return pl.concat(rows).group_by("person_id").agg(pl.col("seen_on").max()).collect(engine="streaming")
