"""For contrast: people who are plainly on the wrong side of one rule each, with the months that must be flagged."""

from offices import MISSING
from telling import NEXT_DOOR, YEAR, months, story

# What rests on the payment file cannot be judged in the month whose file never came.
BOOKED = [month for month in YEAR if month != MISSING]


@story("guilty-X01", "Destitute, and paid the nursing allowance for disabled people", "特困又领重残护理补贴", "domain.md X01")
def x01(s):
    who = s.older("古力", "男", "1953-02-13")
    s.destitute(who)
    s.certificate(who)
    s.paid(who, "MZ10", YEAR, 100)
    s.guilty("X01", who, BOOKED)


@story("guilty-X02", "Nursing fee for work injury and the allowance for disabled people", "工伤护理费又领重残护理补贴", "domain.md X02")
def x02(s):
    who = s.older("杭天佑", "男", "1954-07-24", pension="RS01")
    s.injury_care(who, months("2025-02", "2025-07"))
    s.certificate(who)
    s.paid(who, "MZ10", YEAR, 100)
    s.guilty("X02", who, months("2025-02", "2025-07"))


@story("guilty-X05", "On both rolls of assistance for six months", "同时在低保和特困名册六个月", "domain.md X05")
def x05(s):
    who = s.older("呼和", "男", "1950-04-23")
    s.low_income(who, "2021-01", "2025-08")
    s.destitute(who, "2025-03")
    s.guilty("X05", who, months("2025-03", "2025-08"))


@story("guilty-X06", "Two pensions, under a name with two kinds of dots", "职工、居民养老金双领", "domain.md X06; design.md 3, Name")
def x06(s):
    who = s.older("巴雅尔·额尔登", "男", "1951-10-08", pension="RS01")
    s.pension(who.as_written("巴雅尔•额尔登"), "RS02", YEAR)
    s.pension_status(who.as_written("巴雅尔•额尔登"), "RS02", "2012-01")
    s.guilty("X06", who, YEAR)


@story("guilty-X07", "A resident pension in two districts all the year", "两地同时领居民养老金", "domain.md X07")
def x07(s):
    who = s.older("纪长生", "男", "1955-01-29")
    s.pension(who, "RS02", YEAR, pool=NEXT_DOOR)
    s.pension_status(who, "RS02", "2015-02", pool=NEXT_DOOR)
    s.guilty("X07", who, YEAR)


@story("guilty-X08", "Paid on after death", "去世后继续发放", "domain.md X08; design.md 5.4: certificate and cremation")
def x08(s):
    who = s.older("靳玉凤", "女", "1938-04-15", pension=None, allowance=False)
    s.pension(who, "RS02", months("2025-01", "2025-06"))
    s.pension_status(who, "RS02", "2012-01")
    s.paid(who, "MZ01", months("2025-01", "2025-08"), 100)
    s.died(who, "2025-04-21")
    s.guilty("X08", who, months("2025-05", "2025-08"))


@story("guilty-X14", "Home service and long-term care insurance together", "长护险又享政府购买居家服务", "domain.md X14; S4 三(一)")
def x14(s):
    who = s.older("蓝桂枝", "女", "1949-08-11", alone=True)
    s.assessed(who, 3)
    s.paid(who, "MZ11", months("2025-01", "2025-08"), 240, category="H4")
    s.ltci_assessed(who, 4)
    s.ltci_paid(who, YEAR)
    s.guilty("X14", who, months("2025-01", "2025-08"))


@story("guilty-X16", "Home service under two categories", "同月按两类享受居家服务", "domain.md X16; S4 Y-R1")
def x16(s):
    who = s.older("骆秀珍", "女", "1950-06-05", alone=True)
    s.low_income(who)
    s.assessed(who, 2)
    s.paid(who, "MZ11", YEAR, 240, category="H4")
    s.paid(who, "MZ11", months("2025-03", "2025-05"), 300, category="H3")
    s.guilty("X16", who, months("2025-03", "2025-05"))


@story("guilty-X10", "Home care paid for ten days in hospital", "住院期间仍领长护居家待遇",
       "domain.md X10: medium; rules.md: review, and off unless the place switches it on, so nothing is required")
def x10(s):
    who = s.older("麻宝山", "男", "1947-05-26")
    s.ltci_assessed(who, 4)
    s.ltci_paid(who, YEAR)
    s.in_hospital(who, "2025-10-10", "2025-10-21")
    s.may_review("X10")
