"""What both peers read beside the deliveries, as small CSV files: places, benefits, terms, rules, months, coverage."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

RULES = ["X01", "X02", "X03", "X05", "X06", "X07", "X08"]
# Complete stocks at the end of their period; every other dataset that the peers read is a log of events.
SNAPSHOTS = {"elder_register", "assistance_roll", "family_planning_support", "day_care", "pension_status", "enrolment"}
# Datasets whose rows are about older people, and say of each who it is.
ABOUT_PEOPLE = [
    "ability_assessment", "accessibility_renovation", "assistance_roll", "benefit_approval", "benefit_payment", "day_care",
    "death_certificate", "disability_certificate", "elder_register", "enrolment", "family_bed", "family_planning_support",
    "funeral", "health_service", "inpatient_stay", "institution_stay", "ltci_assessment", "ltci_benefit", "pension_payment",
    "pension_status", "renovation", "service_event", "work_injury_care",
]  # fmt: skip
# What the tables are made of, by dataset; a dataset that nobody delivered has these columns and no rows.
OF_PERSON = {"person_token": "token", "name_token": "token", "sex": "text", "birth_month": "date", "id_quality": "text"}
COLUMNS = {
    "elder_register": OF_PERSON | {
        "hukou_region": "text", "residence_region": "text", "residence_region_urban_rural": "text", "status": "text",
        "updated_on": "date",
    },
    "assistance_roll": OF_PERSON | {
        "benefit": "text", "guaranteed": "truth", "cover": "text", "from_month": "date", "to_month": "date",
        "monthly_amount": "money", "region": "text",
    },
    "benefit_payment": OF_PERSON | {
        "record_token": "token", "benefit": "text", "month": "date", "amount": "money", "row_type": "text",
        "category": "text", "region": "text",
    },
    "pension_payment": OF_PERSON | {
        "record_token": "token", "scheme": "text", "month": "date", "amount": "money", "row_type": "text",
        "pool_region": "text",
    },
    "ltci_benefit": OF_PERSON | {"month": "date", "amount": "money", "pool_region": "text"},
    "work_injury_care": OF_PERSON | {"month": "date", "amount": "money", "pool_region": "text"},
    "family_planning_support": OF_PERSON | {
        "kind": "text", "from_month": "date", "to_month": "date", "amount": "money", "period": "text", "region": "text",
    },
    "day_care": OF_PERSON | {"from_month": "date", "to_month": "date", "amount": "money", "region": "text"},
    "death_certificate": OF_PERSON | {"death_month": "date"},
    "funeral": OF_PERSON | {"death_month": "date"},
    "pension_status": OF_PERSON | {"stopped_on": "date", "stop_reason": "text"},
    "enrolment": OF_PERSON | {"stopped_on": "date", "stop_reason": "text"},
    "ability_assessment": OF_PERSON | {"assessed_on": "date"},
    "ltci_assessment": OF_PERSON | {"assessed_on": "date"},
    "institution_stay": OF_PERSON | {"admitted_on": "date"},
    "inpatient_stay": OF_PERSON | {"admitted_on": "date"},
    "service_event": OF_PERSON | {"service": "text", "started_at": "time"},
}  # fmt: skip
AGE_BANDS = [(age, age + 4, f"{age}-{age + 4}") for age in range(60, 100, 5)] + [(100, 200, "100+")]
# A head count may use a snapshot that ends so many days after the day it counts on.
HEAD_COUNT_GRACE = timedelta(days=92)
TERM = ["benefit", "place", "from_month", "until_month", "accrual", "ends_on_death", "ends_on_move", "lawful_after_death"]
ALWAYS, FOR_EVER = date(1900, 1, 1), date(9999, 1, 1)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Delivery:
    """One opened delivery."""

    dataset: str
    place: str
    department: str
    period: str
    delivery_id: str
    file: str

    @property
    def start(self) -> date:
        """First day of the period."""
        return period_days(self.period)[0]

    @property
    def end(self) -> date:
        """Last day of the period."""
        return period_days(self.period)[1]


def export(deliveries_folder: Path, repository: Path, folder: Path, as_of: date) -> None:
    """Writes every reference table below `folder`."""
    deliveries = read_deliveries(deliveries_folder)
    codes = repository / "schemas" / "codes"
    benefits = benefit_rows(codes)
    rules = [load_yaml(repository / "pipelines" / "rules" / f"{rule}.yaml") for rule in RULES]
    datasets = {dataset for _, _, dataset in benefits if dataset} | {"elder_register"}
    coverage = Coverage(deliveries, deliveries_folder, repository, as_of)
    years = years_of(deliveries, as_of)
    write(folder / "delivery.csv", "delivery_no,dataset,place,period_end,delivery_id,file", delivery_rows(deliveries))
    canaries = deliveries_folder / "canaries.csv"
    nobody = read_csv(canaries) if canaries.exists() else []
    write(folder / "canary.csv", "person_token", ((row["person_token"],) for row in nobody))
    write(folder / "region_county.csv", "code,county", county_rows(codes))
    write(folder / "benefit.csv", "benefit,bit,dataset", benefits)
    write(folder / "term.csv", ",".join(TERM), term_rows(codes))
    write(folder / "rule.csv", "rule_id,type,bars,severity,one_month_is_info,from_month,until_month", map(rule_row, rules))
    write(folder / "rule_pair.csv", "rule_id,left_benefit,right_benefit", [pair for rule in rules for pair in pairs(rule)])
    write(folder / "snapshot_month.csv", "dataset,place,period_end,month", snapshot_months(deliveries, as_of))
    write(folder / "snapshot_day.csv", "place,period_end,day", snapshot_days(deliveries, years, as_of))
    write(folder / "year.csv", "year", [(year,) for year in years])
    write(folder / "dataset_year.csv", "dataset,year,is_complete", [
        (dataset, year, str(coverage.is_complete(dataset, year)).lower()) for dataset in sorted(datasets) for year in years
    ])  # fmt: skip
    write(folder / "age_band.csv", "from_age,until_age,age_band", AGE_BANDS)


def read_deliveries(folder: Path) -> list[Delivery]:
    """Every opened delivery."""
    return [Delivery(**row) for row in read_csv(folder / "deliveries.csv")]


def delivery_rows(deliveries: list[Delivery]) -> Iterator[Row]:
    """The deliveries numbered by end of period and id: of a booking that came twice the first one counts."""
    in_order = sorted(deliveries, key=lambda delivery: (delivery.end, delivery.delivery_id))
    for number, delivery in enumerate(in_order):
        yield number, delivery.dataset, delivery.place, delivery.end, delivery.delivery_id, delivery.file


def county_rows(codes: Path) -> Iterator[Row]:
    """Every code of six digits with its county: codes with one successor are followed to the last."""
    successors = {row["code"]: row["successor"] for row in read_csv(codes / "region.csv") if len(row["code"]) == 6}
    for code in successors:
        county = code
        while successors.get(county):
            county = successors[county]
        yield code, county


def benefit_rows(codes: Path) -> list[Row]:
    """Each benefit with a bit and the dataset that makes its months; none where nothing does."""
    sources = {row["benefit"]: row["dataset"] for row in read_csv(codes / "benefit_source.csv")}
    names = [row["code"] for row in read_csv(codes / "benefit.csv")]
    return [(name, 1 << bit, sources.get(name, "")) for bit, name in enumerate(names)]


def term_rows(codes: Path) -> Iterator[Row]:
    """When a benefit ends, by place and time."""
    for row in read_csv(codes / "term.csv"):
        months = {"from_month": row["valid_from"] or ALWAYS, "until_month": row["valid_until"] or FOR_EVER}
        yield tuple((row | months)[column] for column in TERM)


def rule_row(rule: dict[str, Any]) -> Row:
    """One rule; the seven hold everywhere and need no further ground."""
    if rule.get("places") or rule.get("needs") or rule.get("default", "on") != "on":
        raise ValueError(f"the peers cannot judge {rule['id']}")
    effective = rule["effective"]
    months = (effective["from"].replace(day=1), effective.get("until", FOR_EVER))
    one_month_is_info = str(rule.get("one_month_is_info", False)).lower()
    return rule["id"], rule["type"], rule["bars"], rule["severity"], one_month_is_info, *months


def pairs(rule: dict[str, Any]) -> Iterator[Row]:
    """Each of the left with each of the right, for a duplicate each with itself."""
    for left in rule["left"]:
        for right in [left] if rule["type"] == "duplicate" else rule["right"]:
            yield rule["id"], left, right


def snapshot_months(deliveries: list[Delivery], as_of: date) -> Iterator[Row]:
    """A month is read from the earliest snapshot that ends with it or later, else from the latest before."""
    for (dataset, place), ends in snapshots(deliveries).items():
        for month in months_over(deliveries, as_of):
            later = [end for end in ends if end >= month_end(month)]
            yield dataset, place, min(later) if later else max(ends), month


def snapshot_days(deliveries: list[Delivery], years: list[int], as_of: date) -> Iterator[Row]:
    """A head count reads the register with the latest end not after the day, else the earliest soon after it."""
    for (dataset, place), ends in snapshots(deliveries).items():
        for day in sorted({date(year, 12, 31) for year in years} | {as_of}) if dataset == "elder_register" else []:
            before = [end for end in ends if end <= day]
            after = [end for end in ends if day <= end <= day + HEAD_COUNT_GRACE]
            if before or after:
                yield place, max(before) if before else min(after), day


def snapshots(deliveries: list[Delivery]) -> dict[tuple[str, str], list[date]]:
    """The ends of the periods of each snapshot dataset and place."""
    ends: dict[tuple[str, str], list[date]] = {}
    for delivery in deliveries:
        if delivery.dataset in SNAPSHOTS:
            ends.setdefault((delivery.dataset, delivery.place), []).append(delivery.end)
    return ends


class Coverage:
    """Whether every office that owes a dataset has delivered every month of a year."""

    def __init__(self, deliveries: list[Delivery], folder: Path, repository: Path, as_of: date) -> None:
        self.deliveries = deliveries
        self.offices = offices_of(deliveries, folder / "offices.csv")
        self.departments = {
            file.name.removesuffix(".odcs.yaml"): file.parent.name for file in (repository / "schemas").glob("*/*.odcs.yaml")
        }
        self.due = {entry["dataset"] for entry in load_yaml(repository / "pipelines" / "calendar.yaml")["deliveries"]}
        self.months = set(months_over(deliveries, as_of))

    def is_complete(self, dataset: str, year: int) -> bool:
        """False where nobody owes the dataset."""
        months = [date(year, month, 1) for month in range(1, 13)]
        owing = [office for office in self.offices if self.owes(office, dataset)]
        return bool(owing) and all(
            month in self.months and self.covers(office, dataset, month) for office in owing for month in months
        )

    def owes(self, office: dict[str, str], dataset: str) -> bool:
        """Whether an office is to deliver a dataset."""
        is_allowed = office["datasets"] == "all" or dataset in office["datasets"].split()
        return is_allowed and office["department"] == self.departments[dataset] and dataset in self.due

    def covers(self, office: dict[str, str], dataset: str, month: date) -> bool:
        """Whether a delivery of the office speaks for the whole month."""
        return any(
            delivery.end >= month_end(month) and (dataset in SNAPSHOTS or delivery.start <= month)
            for delivery in self.deliveries
            if (delivery.dataset, delivery.place, delivery.department) == (dataset, office["place"], office["department"])
        )


def offices_of(deliveries: list[Delivery], file: Path) -> list[dict[str, str]]:
    """Who may deliver what; without a list everybody who delivered may deliver all that the department holds."""
    if file.exists():
        return list(read_csv(file))
    offices = sorted({(delivery.place, delivery.department) for delivery in deliveries})
    return [{"place": place, "department": department, "datasets": "all"} for place, department in offices]


def years_of(deliveries: list[Delivery], as_of: date) -> list[int]:
    """The delivered years that are over."""
    return sorted({delivery.start.year for delivery in deliveries if date(delivery.start.year, 12, 31) <= as_of})


def months_over(deliveries: list[Delivery], as_of: date) -> list[date]:
    """The months from January of the first delivered year that are over."""
    first = min(delivery.start.year for delivery in deliveries)
    months = [date(year, month, 1) for year in range(first, as_of.year + 1) for month in range(1, 13)]
    return [month for month in months if month_end(month) <= as_of]


def month_end(month: date) -> date:
    """Last day of a month."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def period_days(period: str) -> tuple[date, date]:
    """First and last day of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""
    parts = [int(part) for part in period.split("-")]
    match parts:
        case [year]:
            return date(year, 1, 1), date(year, 12, 31)
        case [year, month]:
            return date(year, month, 1), month_end(date(year, month, 1))
        case _:
            return date(*parts), date(*parts)


def load_yaml(file: Path) -> Any:
    """A YAML document."""
    return yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def read_csv(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        yield from csv.DictReader(source)


def write(file: Path, header: str, rows: Iterable[Row]) -> None:
    """Writes a table."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
