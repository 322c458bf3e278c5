"""Runs of months of one rule, person and pair of sides."""

import polars as pl

from options import Options
from polars_steps.source import Tables, month_number, read

SIDES = [f"{side}_{column}" for side in ("left", "right") for column in ("benefit", "county", "category")]
RUN = ["rule_id", "person_id", *SIDES]


def run(options: Options, tables: Tables) -> None:
    """Makes and writes the overlaps."""
    rules = read(options, "rule", one_month_is_info=pl.Boolean, from_month=pl.Date, until_month=pl.Date)
    pairs = read(options, "rule_pair").join(rules, on="rule_id")
    terms = read(options, "term", from_month=pl.Date, until_month=pl.Date).with_columns(pl.col(pl.String).fill_null(""))
    held = held_by_candidates(options, tables, pairs)
    months = pl.concat([paired(held, pairs), after_death(held, tables["death"], pairs, terms)])
    runs = runs_of(months)
    tables["overlap"] = judged(runs, rules, changes(runs, held, rules, terms))
    tables["overlap"].write_parquet(options.out / "overlap.parquet")


def held_by_candidates(options: Options, tables: Tables, pairs: pl.DataFrame) -> pl.DataFrame:
    """The held months of people who ever had both benefits of a rule, or a pension in two counties, or are reported dead."""
    months = pl.scan_parquet(options.out / "benefit_month.parquet").filter("held")
    bits = read(options, "benefit", bit=pl.Int64).select("benefit", "bit")
    bit = pl.col("benefit").replace_strict(bits["benefit"], bits["bit"], return_dtype=pl.Int64).alias("bit")
    in_one_county = pairs.filter(type="duplicate")["left_benefit"].to_list()
    county = pl.when(pl.col("benefit").is_in(in_one_county)).then(pl.col("county").to_physical())
    had = (
        months.select("person_id", bit, county.alias("county"))
        .group_by("person_id")
        .agg(
            pl.col("bit").bitwise_or().alias("mask"), (pl.col("county").min() != pl.col("county").max()).alias("in_counties")
        )
        .collect(engine="streaming")
    )
    meets = pl.col("in_counties").fill_null(False)
    for left, right in masks(pairs, bits):
        meets |= (pl.col("mask") & left != 0) & (pl.col("mask") & right != 0)
    candidates = pl.concat([had.filter(meets).select("person_id"), tables["death"].select("person_id")])
    theirs = months.join(candidates.lazy(), on="person_id", how="semi").collect(engine="streaming")
    return theirs.with_columns(pl.col("benefit", "county", "category", "link_grade").cast(pl.String))


def masks(pairs: pl.DataFrame, bits: pl.DataFrame) -> list[tuple[int, int]]:
    """Of each rule of two benefits the bits of its left and of its right side."""
    bit_of = dict(bits.iter_rows())
    compared = pairs.filter(pl.col("type").is_in(["exclusive", "higher"]))
    sides = compared.group_by("rule_id").agg(pl.col("left_benefit").unique(), pl.col("right_benefit").unique())
    return [
        (sum(bit_of[name] for name in left), sum(bit_of[name] for name in right)) for _, left, right in sides.iter_rows()
    ]


def in_force(month: str = "month") -> pl.Expr:
    """Whether a rule or term holds in a month."""
    return (pl.col("from_month") <= pl.col(month)) & (pl.col(month) < pl.col("until_month"))


def paired(held: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Two benefits of one month, or one benefit in two counties."""
    left = held.select("person_id", "month", *sided("left"))
    right = held.select("person_id", "month", *sided("right"))
    compared = pairs.filter(pl.col("type").is_in(["exclusive", "higher", "duplicate"]))
    met = (
        left.join(compared, on="left_benefit")
        .join(right, on=["person_id", "month", "right_benefit"])
        .filter(in_force() & ((pl.col("type") != "duplicate") | (pl.col("left_county") < pl.col("right_county"))))
    )
    both = pl.col("left_amount").is_not_null() & pl.col("right_amount").is_not_null()
    at_risk = (
        pl.when(pl.col("bars") == "left")
        .then("left_amount")
        .when(pl.col("bars") == "right")
        .then("right_amount")
        .when(both & (pl.col("left_amount") <= pl.col("right_amount")))
        .then("left_amount")
        .when(both)
        .then("right_amount")
    )
    is_weak = (pl.col("left_link_grade") != "id") | (pl.col("right_link_grade") != "id")
    return met.select(*RUN, "month", "left_amount", "right_amount", at_risk.alias("at_risk"), is_weak.alias("is_weak"))


def sided(side: str) -> list[pl.Expr]:
    """The columns of a held month under the names of a side."""
    return [pl.col(column).alias(f"{side}_{column}") for column in ("benefit", "county", "category", "amount", "link_grade")]


def after_death(held: pl.DataFrame, death: pl.DataFrame, pairs: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Months after the last one that the terms of the nearest place allow after a death."""
    later = held.join(death, on="person_id").filter(pl.col("death_month") < pl.col("month")).with_row_index("found")
    termed = nearest(later.join(terms, on="benefit").filter(in_force()), "found").with_columns(
        died=month_number("death_month"), number=month_number("month")
    )
    found = termed.filter(
        (pl.col("lawful_after_death") == "false") & (pl.col("number") > last_month(pl.col("died"), pl.col("ends_on_death")))
    ).drop("from_month", "until_month")
    flagged = (
        found.rename({"benefit": "left_benefit", "county": "left_county", "category": "left_category"})
        .join(pairs.filter(type="status", right_benefit="death"), on="left_benefit")
        .filter(in_force())
    )
    nothing, no_money = pl.lit(None, pl.String), pl.lit(None, held.schema["amount"])
    return flagged.with_columns(right_county=nothing, right_category=nothing).select(
        *RUN,
        "month",
        pl.col("amount").alias("left_amount"),
        no_money.alias("right_amount"),
        pl.col("amount").alias("at_risk"),
        ((pl.col("link_grade") != "id") | (pl.col("death_status") != "dead")).alias("is_weak"),
    )


def nearest(termed: pl.DataFrame, key: str) -> pl.DataFrame:
    """Of several terms that hold the one of the nearest place, and of these the latest."""
    there = termed.filter(pl.col("county").str.starts_with(pl.col("place")))
    ranked = there.sort(pl.col("place").str.len_chars(), "from_month", descending=True)
    return ranked.unique(key, keep="first", maintain_order=True)


def last_month(event: pl.Expr, ends: pl.Expr) -> pl.Expr:
    """The number of the last lawful month; where the terms leave a field empty, the mildest value."""
    accrual = pl.col("accrual")
    return (
        pl.when(ends == "same_month")
        .then(event)
        .when(ends == "next_month")
        .then(event + 1)
        .when(accrual == "month")
        .then(event + (ends == "").cast(pl.Int64))
        .when(accrual == "quarter")
        .then(event - event % 3 + 2)
        .otherwise(event - event % 12 + 11)
    )


def runs_of(months: pl.DataFrame) -> pl.DataFrame:
    """Maximal runs of consecutive months."""
    island = month_number("month") - pl.int_range(pl.len(), dtype=pl.Int64).over(RUN)
    # Of months whose amounts are all unknown the sum is too.
    amounts = [
        pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).sum().cast(pl.Decimal(18, 2))).alias(column)
        for column in ("left_amount", "right_amount", "at_risk")
    ]
    return (
        months.sort("month")
        .with_columns(island=island)
        .group_by(*RUN, "island")
        .agg(
            pl.col("month").min().alias("from_month"),
            pl.col("month").max().alias("until_month"),
            pl.len().cast(pl.Int64).alias("months"),
            *amounts,
            pl.col("is_weak").any(),
        )
        .drop("island")
        .with_row_index("run")
    )


def changes(runs: pl.DataFrame, held: pl.DataFrame, rules: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Runs in which one side ends and the other begins, as far as the terms let the side that ends run on."""
    # Nothing runs on for more than a year.
    short = runs.join(rules.filter("one_month_is_info").select("rule_id"), on="rule_id", how="semi").filter(
        pl.col("months") <= 12
    )
    around = pl.concat(
        [
            short.with_columns(month=pl.col("from_month").dt.offset_by("-1mo"), is_before=pl.lit(True)),
            short.with_columns(month=pl.col("until_month").dt.offset_by("1mo"), is_before=pl.lit(False)),
        ]
    ).join(held.select("person_id", "month", "benefit", "county", "category"), on=["person_id", "month"])
    is_side = {
        side: pl.all_horizontal(
            pl.col(column).eq_missing(pl.col(f"{side}_{column}")) for column in ("benefit", "county", "category")
        )
        for side in ("left", "right")
    }
    before = pl.col("is_before")
    ends = around.group_by("run").agg(
        (is_side["left"] & before).any().alias("left_before"),
        (is_side["left"] & ~before).any().alias("left_after"),
        (is_side["right"] & before).any().alias("right_before"),
        (is_side["right"] & ~before).any().alias("right_after"),
    )
    left_ends = pl.col("left_before") & ~pl.col("left_after") & ~pl.col("right_before") & pl.col("right_after")
    right_ends = pl.col("right_before") & ~pl.col("right_after") & ~pl.col("left_before") & pl.col("left_after")
    ending = [
        pl.when("left_before").then(f"left_{column}").otherwise(f"right_{column}").alias(column)
        for column in ("benefit", "county")
    ]
    span = [pl.col("from_month").alias("first"), pl.col("until_month").alias("last")]
    handed_over = (
        ends.filter(left_ends | right_ends).join(runs, on="run").select("run", *ending, *span, "left_county", "right_county")
    )
    termed = nearest(handed_over.join(terms, on="benefit").filter(in_force("first")), "run")
    how = pl.when(pl.col("left_county") != pl.col("right_county")).then("ends_on_move").otherwise(pl.lit("same_month"))
    return termed.filter(month_number("last") <= last_month(month_number("first"), how)).select("run")


def judged(runs: pl.DataFrame, rules: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Every run with the side that a rule says must not be held and how grave it is."""
    barred = (
        pl.when(pl.col("bars") != "lower")
        .then("bars")
        .when(pl.col("left_amount") < pl.col("right_amount"))
        .then(pl.lit("left"))
        .when(pl.col("left_amount") > pl.col("right_amount"))
        .then(pl.lit("right"))
    )
    severity = (
        pl.when((pl.col("severity") == "info") | pl.col("is_change").fill_null(False))
        .then(pl.lit("info"))
        .when((pl.col("severity") == "review") | pl.col("is_weak"))
        .then(pl.lit("review"))
        .otherwise(pl.lit("violation"))
    )
    return (
        runs.join(rules.select("rule_id", "bars", "severity"), on="rule_id")
        .join(changes.with_columns(is_change=pl.lit(True)), on="run", how="left")
        .select(
            *RUN,
            "from_month",
            "until_month",
            "months",
            "left_amount",
            "right_amount",
            "at_risk",
            barred.alias("barred"),
            severity.alias("severity"),
        )
    )
