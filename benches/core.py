"""The core night: the definition of a nightly run cut down to what a plain nightly job makes.

A copy of `sql/`, `pipelines/` and `schemas/` with seven rules, and without every model that the tables of the core night
do not rest on. What the program asks of every night besides them stands in `ALWAYS`; gaps, which it asks for too, have no rows.
"""

import csv
import re
import shutil
from pathlib import Path

TABLES = [
    "hub.person", "hub.benefit_month", "hub.duplicate_payment", "hub.overlap",
    "statistics.population", "statistics.benefit_recipients", "statistics.old_age_subsidy", "statistics.overlap_summary",
]
RULES = ["X01", "X02", "X03", "X05", "X06", "X07", "X08"]
# What stops a night or is read by the next one.
ALWAYS = ["hub.match_rate", "hub.rule_standing", "hub.unlinked_row", "hub.link_candidate", "work.same_person", "work.accounting",
          "work.person_counted"]
CHECKS = ["conservation", "every_person_once"]
NO_GAPS = """-- No gaps.
-- schema: work · pass: bucket · kept as: table
-- grain: rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month
select rule_id, person_id, left_benefit, left_county, left_category, right_benefit, right_county, right_category, from_month,
  until_month, months, true as is_open
from work.overlap_run where false
"""
READ = re.compile(r"\b(?:from|join)\s+([a-z_]+\.[a-z_]+)", re.IGNORECASE)


def write(repository: Path, folder: Path) -> Path:
    """Writes the definition below `folder` and gives its pipeline file."""
    if folder.exists():
        shutil.rmtree(folder)
    for part in ["sql", "pipelines", "schemas"]:
        shutil.copytree(repository / part, folder / part)
    keep_models(folder / "sql")
    keep_rules(folder)
    return folder / "pipelines" / "nightly.yaml"


def keep_models(sql: Path) -> None:
    """Removes every model that nothing wanted reads."""
    files = {name_of(file): file for file in sql.glob("[0-9]*/*.sql") if not file.parent.name.startswith("80")}
    reads = {name: set(READ.findall(without_comments(file))) & files.keys() for name, file in files.items()}
    files.pop("work.gap_run").write_text(NO_GAPS)
    wanted = set(TABLES) | set(ALWAYS)
    waiting = list(wanted)
    while waiting:
        further = reads[waiting.pop()] - wanted
        wanted |= further
        waiting.extend(further)
    for name, file in files.items():
        if name not in wanted:
            file.unlink()
    for check in (sql / "checks").glob("*.sql"):
        if check.stem not in CHECKS:
            check.unlink()


def keep_rules(folder: Path) -> None:
    """Removes the other rules and what is said of them."""
    for rule in (folder / "pipelines" / "rules").glob("*.yaml"):
        if rule.stem not in RULES:
            rule.unlink()
    disclosure = folder / "schemas" / "disclosure.csv"
    with disclosure.open(newline="") as file:
        head, *rows = csv.reader(file)
    with disclosure.open("w", newline="") as file:
        kept = (row for row in rows if not row[0].startswith("X") or row[0] in RULES)
        csv.writer(file, lineterminator="\n").writerows([head, *kept])


def name_of(file: Path) -> str:
    """Schema and table of a model."""
    schema = re.search(r"^-- schema: ([a-z_]+)", file.read_text(), re.MULTILINE)
    return f"{schema.group(1)}.{file.stem}"


def without_comments(file: Path) -> str:
    return "\n".join(line for line in file.read_text().splitlines() if not line.startswith("--"))
