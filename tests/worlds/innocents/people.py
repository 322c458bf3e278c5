"""Invented people: ID numbers with a right check digit, under area codes that were never issued."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

AREA = "150199"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_born_so_far = Counter()


@dataclass
class Person:
    name: str
    sex: str
    born: date
    id_number: str
    rows: dict = field(default_factory=dict)  # the one row of a stock, by dataset, where a story changes it later

    @property
    def id15(self):
        """The number of the first generation: no century, no check digit."""
        return self.id_number[:6] + self.id_number[8:17]

    def turns(self, years):
        """The month of a birthday."""
        return f"{self.born.year + years:04}-{self.born.month:02}"

    def as_written(self, name=None, id_number=None):
        """The same person as another office writes them down."""
        written = self.name if name is None else name
        number = self.id_number if id_number is None else id_number
        return Person(written, self.sex, self.born, number, self.rows)


def check_digit(seventeen):
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(seventeen, WEIGHTS)) % 11]


def person(name, sex, born, sequence=None, area=AREA):
    """`sequence` is told where it matters (twins); otherwise the next free one: odd for men, even for women."""
    born = date.fromisoformat(born)
    if sequence is None:
        _born_so_far[born] += 1
        sequence = 100 + 2 * _born_so_far[born] + (1 if sex == "男" else 0)
    assert sequence % 2 == (1 if sex == "男" else 0), f"sequence {sequence} is not one of {sex}"
    seventeen = f"{area}{born:%Y%m%d}{sequence:03}"
    return Person(name, sex, born, seventeen + check_digit(seventeen))
