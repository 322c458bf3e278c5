"""Money that is booked late, back, twice or for a long time, and is still right."""

from telling import NEXT_DOOR, YEAR, months, story


@story("december-arrears", "Arrears paid in December for earlier months", "十二月补发前几个月的待遇",
       "domain.md 2.3 A20, 2.4 no. 1, 7 no. 4: months of entitlement are compared, not days of payment")
def december_arrears(s):
    # Heavily disabled and on subsistence allowance until March; destitute from April. The nursing allowance of January
    # to March comes in December, when MZ07 has long been running.
    bao = s.older("包永福", "男", "1952-02-11")
    s.low_income(bao, "2022-01", "2025-03")
    s.destitute(bao, "2025-04")
    s.certificate(bao)
    s.arrears(bao, "MZ10", months("2025-01", "2025-03"), 100, "2025-12-18", approved="2025-01-10")

    # Home service until May, long-term care insurance from June; the service of spring is settled in December.
    cui = s.older("崔桂兰", "女", "1953-07-30", alone=True)
    s.assessed(cui, 2)
    s.arrears(cui, "MZ11", months("2025-01", "2025-05"), 240, "2025-12-18", category="H4", approved="2025-01-08")
    s.ltci_assessed(cui, 4, "2025-05-20", "2027-05-19")
    s.ltci_paid(cui, months("2025-06", "2025-12"))

    # An employee's pension from July; the resident's pension of January to June is made up for at the end of the year.
    dao = s.older("道尔吉", "男", "1960-11-02", pension=None)
    s.pension(dao, "RS02", months("2025-01", "2025-06"), kind="补发")
    s.pension_status(dao, "RS02", "2020-12", "2025-07-01", "转移")
    s.pension(dao, "RS01", months("2025-07", "2025-12"))
    s.pension_status(dao, "RS01", "2025-07")

    # 80 in February and approved in February; the bank card was ready in December only.
    fan = s.older("樊秀英", "女", "1945-02-17", allowance=False)
    s.arrears(fan, "MZ01", months("2025-02", "2025-11"), 100, "2025-12-10", approved="2025-02-20")
    s.paid(fan, "MZ01", ["2025-12"], 100, approved="2025-02-20")

    s.no_gap("MZ01")


@story("quarterly-death", "A quarterly subsidy and a death in the quarter's first month", "按季发放，季度首月去世",
       "rules.md, Months: accrual quarter; on death at the period's end (settings/term.csv, MZ02 in 150104)")
def quarterly_death(s):
    # Booked once, for the first month of the quarter.
    gao = s.older("高玉山", "男", "1951-04-09", last="2025-01")
    s.low_income(gao, until="2025-01")
    s.paid(gao, "MZ02", ["2025-01"], 300, paid_on="2025-01-10")
    s.died(gao, "2025-01-22")

    # Booked in advance as three months.
    guo = s.older("郭凤仙", "女", "1950-08-21", last="2025-04")
    s.low_income(guo, until="2025-04")
    s.paid(guo, "MZ02", ["2025-01"], 300, paid_on="2025-01-10")
    s.paid(guo, "MZ02", months("2025-04", "2025-06"), 100, paid_on="2025-04-02")
    s.died(guo, "2025-04-03")

    # Booked after the end of the quarter, for its last month.
    hao = s.older("郝来喜", "男", "1949-12-01", last="2025-04")
    s.low_income(hao, until="2025-04")
    s.paid(hao, "MZ02", ["2025-03"], 300, paid_on="2025-04-10")
    s.paid(hao, "MZ02", ["2025-06"], 300, paid_on="2025-07-10")
    s.died(hao, "2025-04-12")

    # The first day of the last quarter.
    hou = s.older("侯美兰", "女", "1952-03-15", last="2025-10")
    s.low_income(hou, until="2025-10")
    for month in ("2025-01", "2025-04", "2025-07"):
        s.paid(hou, "MZ02", [month], 300, paid_on=f"{month}-10")
    s.paid(hou, "MZ02", months("2025-10", "2025-12"), 100, paid_on="2025-10-10")
    s.died(hou, "2025-10-01")

    # And one who lives: four bookings cover the twelve months.
    huang = s.older("黄三喜", "男", "1950-03-30", alone=True)
    s.low_income(huang)
    for month in ("2025-01", "2025-04", "2025-07", "2025-10"):
        s.paid(huang, "MZ02", [month], 300, paid_on=f"{month}-10")
    s.no_gap("MZ02")


@story("one-off-after-death", "Funeral grant, balance of the pension account and a bill, paid after death",
       "去世后发放丧葬补助、个人账户余额和改造补贴",
       "rules.md, Months: one-off payments lawful after death (settings/term.csv, MZ19 in 150104)")
def one_off_after_death(s):
    # The resident pension's funeral grant, booked for the month of death beside the pension of that month.
    han = s.older("韩存柱", "男", "1948-05-05", last="2025-05")
    s.pension(han, "RS02", ["2025-05"], 2460, kind="补发")
    s.died(han, "2025-05-14")

    # The balance of an employee's account.
    hu = s.older("胡淑贞", "女", "1943-01-28", pension="RS01", last="2025-08")
    s.pension(hu, "RS01", ["2025-08"], 38650.20, kind="补发")
    s.died(hu, "2025-08-09")

    # Temporary relief for the costs of the funeral, to the family, in the month after.
    ji = s.older("吉日木图", "男", "1955-10-10", last="2025-03")
    s.low_income(ji, until="2025-03")
    s.paid(ji, "MZ19", ["2025-04"], 1500, approved="2025-03-28")
    s.died(ji, "2025-03-02")

    # The home was adapted in May and the bill settled in July, after the death in June.
    jia = s.older("贾玉梅", "女", "1950-06-19", last="2025-06")
    s.low_income(jia, until="2025-06")
    s.certificate(jia, 4, 3)
    s.adapted(jia, "2025-05-20")
    s.paid(jia, "MZ15", ["2025-05"], 3000, paid_on="2025-07-15", approved="2025-03-10")
    s.died(jia, "2025-06-02")


@story("arrears-after-death", "Booked after death, for months before it", "去世后补发生前月份的待遇",
       "domain.md X08: a later pay date for an earlier month is legal arrears; rules.md: the month of death is lawful")
def arrears_after_death(s):
    # Died on the first of June; June itself is the last lawful month.
    jin = s.older("金福生", "男", "1940-03-03", last="2025-06", allowance=False)
    s.paid(jin, "MZ01", months("2025-01", "2025-03"), 100)
    s.arrears(jin, "MZ01", months("2025-04", "2025-06"), 100, "2025-10-22")
    s.died(jin, "2025-06-01")

    # The increase of pensions, fixed in autumn, for the months until the death in May.
    kang = s.older("康秀芬", "女", "1947-09-12", pension="RS01", last="2025-05")
    s.pension(kang, "RS01", months("2025-01", "2025-05"), 76, kind="补发")
    s.died(kang, "2025-05-30")
    s.no_gap("MZ01")


@story("paid-after-death-and-returned", "Paid after death and taken back", "去世后误发，已全部冲回",
       "design.md 5.5: reversals net out; held = net amount > 0")
def paid_after_death_and_returned(s):
    kong = s.older("孔繁林", "男", "1939-11-20", last="2025-04")
    s.paid(kong, "MZ01", ["2025-05", "2025-06"], 100)
    s.reversed(kong, "MZ01", ["2025-05", "2025-06"], 100, "2025-07-04")
    s.pension(kong, "RS02", ["2025-05"])
    s.pension(kong, "RS02", ["2025-05"], -205, kind="冲回")
    s.died(kong, "2025-04-11")


@story("reversal", "A wrong payment is reversed, then the right one made", "误发后冲回，再正确发放",
       "design.md 5.5: reversals net out; no paid_twice with a reversal of that person, benefit, month and county")
def reversal(s):
    # A destitute man got the nursing allowance for disabled people; it was taken back and his nursing fee paid.
    lan = s.older("兰富贵", "男", "1954-01-16")
    s.destitute(lan)
    s.certificate(lan)
    s.paid(lan, "MZ10", ["2025-03", "2025-04"], 100)
    s.reversed(lan, "MZ10", ["2025-03", "2025-04"], 100, "2025-05-06")
    s.paid(lan, "MZ08", YEAR, 320)

    # The same, taken back in two parts.
    lei = s.older("雷秀珍", "女", "1956-06-27")
    s.destitute(lei)
    s.certificate(lei)
    s.paid(lei, "MZ10", ["2025-02"], 100)
    s.reversed(lei, "MZ10", ["2025-02"], 60, "2025-03-06")
    s.reversed(lei, "MZ10", ["2025-02"], 40, "2025-04-07")

    # May was booked twice under two numbers; the second was taken back.
    li = s.older("李毛仁", "男", "1941-12-24")
    s.paid(li, "MZ01", ["2025-05"], 100, paid_on="2025-05-22")
    s.reversed(li, "MZ01", ["2025-05"], 100, "2025-06-03")

    # A nought too many.
    lian = s.older("连桂花", "女", "1938-02-02", allowance=False)
    s.paid(lian, "MZ01", ["2025-01"], 1000)
    s.reversed(lian, "MZ01", ["2025-01"], 1000, "2025-01-24")
    s.paid(lian, "MZ01", ["2025-01"], 100, paid_on="2025-01-27")
    s.paid(lian, "MZ01", months("2025-02", "2025-12"), 100)

    # July under the code of the district next door.
    liang = s.older("梁满仓", "男", "1942-08-08", allowance=False)
    s.paid(liang, "MZ01", [month for month in YEAR if month != "2025-07"], 100)
    s.paid(liang, "MZ01", ["2025-07"], 100, region=NEXT_DOOR)
    s.reversed(liang, "MZ01", ["2025-07"], 100, "2025-08-01", region=NEXT_DOOR)
    s.arrears(liang, "MZ01", ["2025-07"], 100, "2025-08-01")

    # Home service of June under the wrong category.
    liu = s.older("刘翠莲", "女", "1951-09-09", alone=True)
    s.assessed(liu, 2)
    s.paid(liu, "MZ11", [month for month in YEAR if month != "2025-06"], 240, category="H4")
    s.paid(liu, "MZ11", ["2025-06"], 300, category="H3")
    s.reversed(liu, "MZ11", ["2025-06"], 300, "2025-07-02", category="H3")
    s.paid(liu, "MZ11", ["2025-06"], 240, category="H4", paid_on="2025-07-02")
    s.no_gap("MZ01", "MZ11")


@story("exported-twice", "One booking, exported twice", "同一笔发放重复导出", "design.md 5.5: bookings with one record token are one")
def exported_twice(s):
    ma = s.older("马占山", "男", "1943-03-21", allowance=False)
    s.paid(ma, "MZ01", YEAR[1:], 100)
    s.paid(ma, "MZ01", ["2025-01"], 100, payment_no="ZF2025990001")
    s.paid(ma, "MZ01", ["2025-01"], 100, payment_no="ZF2025990001")

    # In the file of June and again in that of July.
    meng = s.older("孟根花", "女", "1944-04-14", allowance=False)
    s.paid(meng, "MZ01", [month for month in YEAR if month != "2025-06"], 100)
    s.paid(meng, "MZ01", ["2025-06"], 100, payment_no="ZF2025990002")
    s.paid(meng, "MZ01", ["2025-06"], 100, payment_no="ZF2025990002", paid_on="2025-07-01")
    s.no_gap("MZ01")


@story("two-parts", "One month in two parts of different amounts", "一个月分两笔足额发放",
       "rules.md X35: two normal bookings of the same amount; these are not the same")
def two_parts(s):
    mi = s.older("米根旺", "男", "1940-07-07", allowance=False)
    s.paid(mi, "MZ01", YEAR, 60)
    s.paid(mi, "MZ01", YEAR, 40)
    s.no_gap("MZ01")


@story("yearly-amount", "Amounts of a year, spread over its months", "按年发放，按月分摊",
       "rules.md, Months: yearly amounts are spread over their months (settings/term.csv, WJ02 in 150104)")
def yearly_amount(s):
    # Rural reward, on subsistence allowance too.
    nie = s.older("聂巧云", "女", "1957-05-25")
    s.low_income(nie)
    s.family_planning(nie, "奖扶", 1200, "年")

    # Special support of a year; died in August, and the spell ends there.
    pei = s.older("裴守义", "男", "1953-10-31", last="2025-08")
    s.family_planning(pei, "死亡", 11760, "年", until="2025-08")
    s.died(pei, "2025-08-19")

    # The reward of a year, not divisible by twelve; on death it ends with the year.
    qiao = s.older("乔富堂", "男", "1950-01-05", last="2025-08")
    s.family_planning(qiao, "奖扶", 1000, "年", until="2025-12")
    s.died(qiao, "2025-08-27")
    s.no_gap("WJ01")


@story("certification-missed", "A pension stopped for a missed certification, resumed, and made up for", "未做生存认证停发，认证后续发补发",
       "design.md 5.4: only a stop for death says anything about death; 5.5: arrears belong to the month they are for")
def certification_missed(s):
    # Stopped from April to June; July brings the three months.
    ren = s.older("任秀莲", "女", "1944-09-19", pension=None)
    s.pension(ren, "RS02", [month for month in YEAR if month not in ("2025-04", "2025-05", "2025-06")])
    s.pension(ren, "RS02", months("2025-04", "2025-06"), kind="补发")
    s.pension_status(ren, "RS02", "2012-07")

    # Stopped from February to November, with two spells in the status file.
    shi = s.older("石宝林", "男", "1941-02-28", pension=None)
    s.pension(shi, "RS01", ["2025-01", "2025-12"])
    s.pension(shi, "RS01", months("2025-02", "2025-11"), kind="补发")
    s.pension_status(shi, "RS01", "2001-03", "2025-02-01", "其他")
    s.pension_status(shi, "RS01", "2025-12")
    s.no_gap("RS01", "RS02", "MZ01")


@story("certification-still-missing", "A pension stopped in October, still stopped at the end of the year", "十月起停发，年底仍未认证",
       "design.md 5.4: a stop for another reason than death is none")
def certification_still_missing(s):
    su = s.older("苏日娜", "女", "1943-06-06", pension=None)
    s.pension(su, "RS02", months("2025-01", "2025-09"))
    s.pension_status(su, "RS02", "2012-07", "2025-10-01", "其他")
    s.no_gap("MZ01")


@story("missing-file", "The payment file of September never came", "九月发放文件缺报",
       "design.md 4: a gap and a flag's `gone` need complete coverage; otherwise they are unknown")
def missing_file(s):
    # Nothing here is booked for September, because the whole file of that month is missing.
    tian = s.older("田来福", "男", "1938-10-18")
    s.low_income(tian)
    s.paid(tian, "MZ12", YEAR, 90, category="M3")

    tao = s.older("陶格斯", "女", "1951-01-19")
    s.low_income(tao)
    s.certificate(tao, 4, 1)
    s.paid(tao, "MZ09", YEAR, 100)
    s.paid(tao, "MZ10", YEAR, 100)
    s.paid(tao, "MZ12", YEAR, 90, category="M3")

    wan = s.older("万玉柱", "男", "1936-12-30")
    s.low_income(wan)
    s.assessed(wan, 1)
    s.paid(wan, "MZ11", YEAR, 240, category="H2")
    s.paid(wan, "MZ12", YEAR, 90, category="M3")
    s.no_gap("MZ01", "MZ09", "MZ10", "MZ11", "MZ12")


@story("before-the-insurance", "Home service beside a pilot of long-term care, before it started here", "长护险实施前的重叠不算",
       "domain.md 1.5 Y-R3, rules.md Y-R3: from the place's start date (2025-01 in 150104)")
def before_the_insurance(s):
    wei = s.older("魏改莲", "女", "1950-11-11", alone=True)
    s.assessed(wei, 3, "2024-06-10", "2026-06-09")
    s.arrears(wei, "MZ11", ["2024-11", "2024-12"], 240, "2025-01-15", category="H4")
    s.ltci_assessed(wei, 4, "2024-10-15", "2026-10-14")
    s.ltci_paid(wei, months("2024-11", "2024-12") + YEAR)


@story("one-then-the-other", "One benefit ends, the one that excludes it begins", "先后享受，不同月",
       "domain.md 2.4 no. 1: an overlap needs months in common")
def one_then_the_other(s):
    # Work-injury nursing fee until March, nursing allowance for the disabled from April (X02).
    wen = s.older("温世杰", "男", "1956-08-18", pension="RS01")
    s.injury_care(wen, months("2025-01", "2025-03"))
    s.certificate(wen, 4, 2)
    s.paid(wen, "MZ10", months("2025-04", "2025-12"), 100, approved="2025-04-02")

    # Nursing allowance for the disabled until June, nursing subsidy for the old from July (X03).
    wu = s.older("乌云其木格", "女", "1948-02-20")
    s.low_income(wu)
    s.certificate(wu, 4, 2)
    s.assessed(wu, 3)
    s.paid(wu, "MZ10", months("2025-01", "2025-06"), 100)
    s.paid(wu, "MZ03", months("2025-07", "2025-12"), 200, approved="2025-07-01")

    # Home service until May, long-term care insurance from June (X14).
    xi = s.older("席文斌", "男", "1954-03-29", alone=True)
    s.assessed(xi, 3)
    s.paid(xi, "MZ11", months("2025-01", "2025-05"), 240, category="H4")
    s.ltci_assessed(xi, 3, "2025-05-15", "2027-05-14")
    s.ltci_paid(xi, months("2025-06", "2025-12"))

    # One category until the 80th birthday, the other from then on (X16).
    xu = s.older("徐金枝", "女", "1945-06-13")
    s.low_income(xu)
    s.assessed(xu, 2)
    s.paid(xu, "MZ11", months("2025-01", "2025-05"), 300, category="H3")
    s.paid(xu, "MZ11", months("2025-06", "2025-12"), 300, category="H2")
    s.no_gap("MZ01")


@story("one-month-in-common", "The old ends in the month in which the new begins", "新旧衔接当月重叠",
       "rules.md, Months: one shared month at a change of scheme or county is info")
def one_month_in_common(s):
    # Home service to June, long-term care insurance from June.
    xue = s.older("薛兰英", "女", "1953-05-17", alone=True)
    s.assessed(xue, 3)
    s.paid(xue, "MZ11", months("2025-01", "2025-06"), 240, category="H4")
    s.ltci_assessed(xue, 4, "2025-06-05", "2027-06-04")
    s.ltci_days(xue, "2025-06-16", "2025-06-30")
    s.ltci_paid(xue, months("2025-07", "2025-12"))
    s.info("X14", xue, "2025-06")

    # The resident's pension to June, the employee's from June.
    yan = s.older("闫俊峰", "男", "1961-06-09", pension=None)
    s.pension(yan, "RS02", months("2025-01", "2025-06"))
    s.pension_status(yan, "RS02", "2021-07", "2025-07-01", "转移")
    s.pension(yan, "RS01", months("2025-06", "2025-12"))
    s.pension_status(yan, "RS01", "2025-06")
    s.info("X06", yan, "2025-06")
