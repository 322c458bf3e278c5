"""Compares a peer's tables with the newest publication of a hub: compare.py HUB OUT_FOLDER

Prints for each table how many rows are ours and theirs and whether they are the same rows; where not, how many differ and in
which columns, never a value of a row. Ends with 1 where anything differs.
"""

import base64
import csv
import hashlib
import hmac
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from reference import RULES

LABEL = b"yilian/hub/v1\0"
REPOSITORY = Path(__file__).resolve().parents[2]
# So many rows of a side are compared at once.
ROWS_AT_ONCE = 10_000_000
# Of a flag: its number and its history, which a job without yesterday's publication cannot know.
LEFT_OUT_OF_OVERLAP = "flag_id, first_seen_on, status, decided_on"


@dataclass(frozen=True)
class Table:
    """A table of both sides: what tells its rows apart and what else they say."""

    name: str
    key: list[str]
    ours: str
    measures: dict[str, str] = field(default_factory=dict)


def ours(table: str, columns: str = "*", where: str = "true") -> str:
    """A selection of our table."""
    return f'select {columns} from ours."{table}" where {where}'


OUR_RULES = f"rule_id in ({', '.join(repr(rule) for rule in RULES)})"
BOOKED = ["person_id", "benefit", "month", "county", "category"]
SIDES = [f"{side}_{column}" for side in ("left", "right") for column in ("benefit", "county", "category")]
ROWS = [
    Table("person", ["person_id"], ours("hub.person")),
    Table("benefit_month", BOOKED, ours("hub.benefit_month")),
    Table("duplicate_payment", ["kind", *BOOKED, "amount"], ours("hub.duplicate_payment")),
    Table(
        "overlap",
        ["rule_id", "person_id", *SIDES, "from_month"],
        ours("hub.overlap", f"* exclude ({LEFT_OUT_OF_OVERLAP})", OUR_RULES),
    ),
]
STATISTICS = [
    Table("population", ["year", "base", "region", "sex", "age_band"], ours("statistics.population"), {"persons": "person"}),
    Table(
        "benefit_recipients",
        ["year", "benefit", "region", "sex", "age_band"],
        ours("statistics.benefit_recipients"),
        {
            "persons_in_december": "person",
            "persons_in_year": "person",
            "person_months": "person_month",
            "amount": "yuan",
        },
    ),
    Table(
        "old_age_subsidy",
        ["year", "region", "roll"],
        ours("statistics.old_age_subsidy"),
        {"persons": "person", "amount": "yuan"},
    ),
    Table(
        "overlap_summary",
        ["rule_id", "severity"],
        ours("statistics.overlap_summary", where=OUR_RULES),
        {
            "persons": "person",
            "flags": "flag",
            "at_risk": "yuan",
        },
    ),
]


def main() -> None:
    """Compares all tables."""
    hub, theirs = Path(sys.argv[1]), Path(sys.argv[2])
    connection = duckdb.connect()
    connection.execute("set temp_directory = $spilled", {"spilled": str(theirs / "spilled")})
    publication = json.loads(max((hub / "store" / "publications").glob("*.json")).read_bytes())
    connection.execute("create schema ours")
    for name, table in publication["tables"].items():
        files = [str(hub / "store" / file["path"]) for file in table["files"]]
        connection.execute(f'create view ours."{name}" as from read_parquet({files})')
    map_people(connection, hub, publication["inputs"]["spine"], theirs / "spine.parquet")
    results = [compare(connection, table, table.ours, rows_of_peer(theirs, table)) for table in ROWS]
    threshold = people_threshold(REPOSITORY / "schemas" / "disclosure_threshold.csv")
    for table in STATISTICS:
        table_of_ours = f"select * exclude (unit, release_state) from ({table.ours})"
        results.append(compare(connection, table, table_of_ours, protected(theirs, table, threshold)))
    sys.exit(0 if all(results) else 1)


def map_people(connection: duckdb.DuckDBPyConnection, hub: Path, segments: list[str], spine: Path) -> None:
    """Makes a table of our person ids by those of the peer: the hub key turns the peer's tokens into ours."""
    files = [
        str(hub / "vault" / "spine" / f"{name.removesuffix('.parquet')}.parquet")
        for name in segments
        if name.startswith("person-")
    ]
    known = dict(connection.sql(f"select hub_token, person_id from read_parquet({files})").fetchall())
    key = json.loads((hub / "vault" / "hub.jwk").read_bytes())
    if key["alg"] != "HS256":
        sys.exit("only hub keys of HS256 are known here")
    secret = base64.urlsafe_b64decode(key["k"] + "=" * (-len(key["k"]) % 4))
    pairs = [
        (person_id, known.get(hmac.digest(secret, LABEL + token, hashlib.sha256)))
        for person_id, token in connection.sql(f"select person_id, person_token from read_parquet('{spine}')").fetchall()
    ]
    connection.execute(
        "create table same_person as select unnest($theirs) as peer_id, unnest($ours) as person_id",
        {"theirs": [pair[0] for pair in pairs], "ours": [pair[1] for pair in pairs]},
    )


def rows_of_peer(folder: Path, table: Table) -> str:
    """The peer's rows under our person ids."""
    return f"""select t.* replace (s.person_id as person_id)
        from read_parquet('{folder / table.name}.parquet') t left join same_person s on s.peer_id = t.person_id"""


def protected(folder: Path, table: Table, threshold: int) -> str:
    """The peer's statistics as ours are published: value and status, a cell about too few people without a value."""
    source = f"read_parquet('{folder / table.name}.parquet')"
    people = [measure for measure, unit in table.measures.items() if unit == "person"]
    is_small = " or ".join(f"{measure} between 1 and {threshold - 1}" for measure in people)
    is_complete = "true" if table.name == "overlap_summary" else "is_complete"
    measured = " union all ".join(
        f"""select {", ".join(table.key)}, '{measure}' as measure, cast({measure} as decimal(18, 2)) as value,
            case when not {is_complete} then 'missing' when {measure} is null then 'not_applicable'
              when {is_small} then 'suppressed' when {measure} = 0 then 'zero' else 'published' end as status
            from {source}"""
        for measure in table.measures
    )
    return f"select * replace (case when status in ('published', 'zero') then value end as value) from ({measured})"


def people_threshold(file: Path) -> int:
    """The fewest people that a draft shows."""
    with file.open(encoding="utf-8", newline="") as source:
        return next(int(row["k"]) for row in csv.DictReader(source) if row["table"] == "*")


def compare(connection: duckdb.DuckDBPyConnection, table: Table, ours: str, theirs: str) -> bool:
    """Whether both sides hold the same rows, each as often; prints the outcome."""
    described = connection.execute(f"describe {ours}").fetchall()
    columns = [row[0] for row in described]
    casts = ", ".join(f"cast({row[0]} as {row[1]}) as {row[0]}" for row in described)
    sides = {"ours": ours, "theirs": f"select {casts} from ({theirs})"}
    rows = dict.fromkeys(sides, 0)
    for side in sides:
        connection.execute(f"create or replace temp table only_{side} as from ({ours}) limit 0")
    # The rows of some people after those of others, so that a large table is never held as a whole.
    parts = count(connection, f"({ours})") // ROWS_AT_ONCE + 1 if "person_id" in table.key else 1
    for part in range(parts):
        where = f"where hash(person_id) % {parts} = {part}" if parts > 1 else ""
        for side, query in sides.items():
            connection.execute(f"create or replace temp table {side}_now as from ({query}) {where}")
            rows[side] += count(connection, f"{side}_now")
        connection.execute("insert into only_ours from ours_now except all from theirs_now")
        connection.execute("insert into only_theirs from theirs_now except all from ours_now")
    differing = {side: count(connection, f"only_{side}") for side in sides}
    same = not any(differing.values())
    outcome = (
        "equal"
        if same
        else f"{differing['ours']} of ours and {differing['theirs']} of theirs differ: {differences(connection, table, columns)}"
    )
    print(f"{table.name}: {rows['ours']} rows ours, {rows['theirs']} theirs, {outcome}")
    return same


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    found: Any = connection.execute(f"select count(*) from {table}").fetchone()
    return int(found[0])


def differences(connection: duckdb.DuckDBPyConnection, table: Table, columns: list[str]) -> str:
    """In which columns the rows of one key differ, and how many keys one side alone has."""
    key = [*table.key, "measure"] if table.measures else table.key
    others = [column for column in columns if column not in key]
    on = " and ".join(f"o.{column} is not distinct from t.{column}" for column in key)
    differing = "".join(f", count(*) filter (o.{column} is distinct from t.{column})" for column in others)
    both: Any = connection.execute(f"select count(*){differing} from only_ours o join only_theirs t on {on}").fetchone()
    found = [f"{column} in {number}" for column, number in zip(others, both[1:], strict=True) if number]
    for mine, other, whose in (("only_ours", "only_theirs", "ours"), ("only_theirs", "only_ours", "theirs")):
        alone = count(connection, f"(select 1 from {mine} o anti join {other} t on {on}) alone")
        found += [f"{alone} keys of {whose} alone"] if alone else []
    return ", ".join(found) or "in how often they stand there"


if __name__ == "__main__":
    main()
