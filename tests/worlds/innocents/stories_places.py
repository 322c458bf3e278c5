"""People who move: between counties, pools, hospitals and homes; and places that change their code."""

from telling import HERE, NEW_TOWN, NEXT_DOOR, YEAR, months, story

# 和林格尔县, 清水河县 and 茌平区, each with the code that it had before.
HELINGER, HELINGER_OLD = "150123", "152622"
QINGSHUIHE, QINGSHUIHE_OLD = "150124", "152623"
CHIPING, CHIPING_OLD = "371503", "371523"


@story("county-code", "One county under its old and its new code", "同一旗县新旧区划代码并存",
       "design.md 5, Regions: two places when counties differ after codes with a single successor are replaced")
def county_code(s):
    # The pension office changed its list in June: that month's pension under the old code, its increase under the new.
    an = s.older("安桂荣", "女", "1948-01-11", pension=None, hukou=QINGSHUIHE, lives=HERE)
    s.pension(an, "RS01", months("2025-01", "2025-06"), pool=QINGSHUIHE_OLD)
    s.pension(an, "RS01", ["2025-06"], 85, kind="补发", pool=QINGSHUIHE)
    s.pension(an, "RS01", months("2025-07", "2025-12"), 2765, pool=QINGSHUIHE)
    s.pension_status(an, "RS01", "2008-02", pool=QINGSHUIHE)

    # The allowance in two parts, the second under the new code.
    bai = s.older("白音仓", "男", "1940-09-25", hukou=HELINGER, lives=HERE, pool=HELINGER_OLD, allowance=False)
    s.paid(bai, "MZ01", months("2025-01", "2025-03"), 100, region=HELINGER_OLD)
    s.paid(bai, "MZ01", ["2025-04"], 60, region=HELINGER_OLD)
    s.arrears(bai, "MZ01", ["2025-04"], 40, "2025-05-08", region=HELINGER)
    s.paid(bai, "MZ01", months("2025-05", "2025-12"), 100, region=HELINGER)

    # One office writes the old code all the year, the others the new one.
    cao = s.older("曹洪海", "男", "1946-04-04", pension=None, hukou=CHIPING, lives=HERE)
    s.pension(cao, "RS02", YEAR, pool=CHIPING_OLD)
    s.pension(cao, "RS02", months("2025-01", "2025-03"), 10, kind="补发", pool=CHIPING)
    s.pension_status(cao, "RS02", "2012-01", pool=CHIPING)


@story("moved-on-the-16th", "The hukou moved on 16 June", "六月十六日迁入，旧地发到六月、新地从六月或七月起",
       "rules.md, Months: one shared month at a change of scheme or county is info")
def moved_on_the_16th(s):
    # Both counties pay June.
    cen = s.older("岑玉兰", "女", "1939-05-02", allowance=False, since="2025-06-16")
    s.paid(cen, "MZ01", months("2025-01", "2025-06"), 100, region=NEXT_DOOR)
    s.paid(cen, "MZ01", months("2025-06", "2025-12"), 100, approved="2025-06-16")
    s.info("X28", cen, "2025-06")

    # The old county pays June, the new one from July.
    chai = s.older("柴发旺", "男", "1941-01-07", allowance=False, since="2025-06-16")
    s.paid(chai, "MZ01", months("2025-01", "2025-06"), 100, region=NEXT_DOOR)
    s.paid(chai, "MZ01", months("2025-07", "2025-12"), 100, approved="2025-06-16")

    # Subsistence allowance, and the pension with it: the roll of both counties names June.
    chang = s.older("常秀花", "女", "1951-08-14", pension=None, since="2025-06-16")
    s.low_income(chang, "2022-01", "2025-06", region=NEXT_DOOR)
    s.low_income(chang, "2025-06")
    s.pension(chang, "RS02", months("2025-01", "2025-06"), pool=NEXT_DOOR)
    s.pension(chang, "RS02", months("2025-07", "2025-12"))
    s.pension_status(chang, "RS02", "2012-01", "2025-07-01", "转移", pool=NEXT_DOOR)
    s.pension_status(chang, "RS02", "2025-07")
    s.no_gap("MZ01")


@story("pension-between-pools", "A pension moved between pools in a month", "养老关系当月转移，两地各发一次",
       "rules.md, Months: one shared month at a change of county is info; X07 counties after code changes")
def pension_between_pools(s):
    # The old pool pays up to April, the new one from April.
    che = s.older("车美英", "女", "1955-02-22", pension=None)
    s.pension(che, "RS01", months("2025-01", "2025-04"), pool=NEXT_DOOR)
    s.pension(che, "RS01", months("2025-04", "2025-12"))
    s.pension_status(che, "RS01", "2010-03", "2025-05-01", "转移", pool=NEXT_DOOR)
    s.pension_status(che, "RS01", "2025-04")
    s.info("X07", che, "2025-04")

    # Without a month in common.
    chen = s.older("陈巴特尔", "男", "1954-12-12", pension=None)
    s.pension(chen, "RS02", months("2025-01", "2025-07"), pool=NEW_TOWN)
    s.pension(chen, "RS02", months("2025-08", "2025-12"))
    s.pension_status(chen, "RS02", "2015-01", "2025-08-01", "转移", pool=NEW_TOWN)
    s.pension_status(chen, "RS02", "2025-08")

    # The old pool paid on for two months and took it back.
    chu = s.older("褚凤英", "女", "1956-07-03", pension=None)
    s.pension(chu, "RS01", months("2025-01", "2025-06"), pool=NEXT_DOOR)
    s.pension(chu, "RS01", ["2025-05", "2025-06"], -2680, kind="冲回", pool=NEXT_DOOR)
    s.pension(chu, "RS01", months("2025-05", "2025-12"))
    s.pension_status(chu, "RS01", "2011-08", "2025-05-01", "转移", pool=NEXT_DOOR)
    s.pension_status(chu, "RS01", "2025-05")
    s.no_gap("RS01", "RS02")


@story("moved-out", "Moved out; the benefit ends with the month of the move", "迁出当月为最后一个发放月",
       "rules.md, Months: on move the month itself is the last lawful one")
def moved_out(s):
    dai = s.older("戴桂枝", "女", "1938-08-16", allowance=False, hukou=NEW_TOWN, since="2025-07-10")
    s.paid(dai, "MZ01", months("2025-01", "2025-07"), 100)
    dai.rows["elder_register"].update(status="迁出", updated_on="2025-07-10")

    # On the first day of a month, with home service too.
    deng = s.older("邓国梁", "男", "1934-03-18", allowance=False, hukou=NEW_TOWN, since="2025-10-01")
    s.assessed(deng, 2)
    s.paid(deng, "MZ01", months("2025-01", "2025-10"), 100)
    s.paid(deng, "MZ11", months("2025-01", "2025-10"), 240, category="H6")
    deng.rows["elder_register"].update(status="迁出", updated_on="2025-10-01")
    s.no_gap("MZ01")


@story("same-day", "Discharged and admitted elsewhere on the same day", "同日出院（退住）同日转入",
       "design.md 5, Types: intervals are half-open; discharged_on and closed_on are the first day that does not count")
def same_day(s):
    # From one home to another.
    ding = s.older("丁翠花", "女", "1944-10-10")
    s.stays(ding, "JG01", "2023-02-01", "2025-06-10")
    s.stays(ding, "JG02", "2025-06-10")

    # A new contract in the same home.
    dong = s.older("董栓柱", "男", "1942-04-26")
    s.stays(dong, "JG02", "2022-05-01", "2025-05-01")
    s.stays(dong, "JG02", "2025-05-01")

    # From one hospital to another; the insurance's home care rests in between.
    du = s.older("杜其其格", "女", "1947-03-30")
    s.ltci_assessed(du, 4)
    s.ltci_paid(du, months("2025-01", "2025-05") + months("2025-07", "2025-12"))
    s.in_hospital(du, "2025-06-01", "2025-06-12")
    s.in_hospital(du, "2025-06-12", "2025-07-01", "YY02")

    # From the family bed into a home: the bed is closed on the day of admission, and June is the bed's last month.
    duan = s.older("段满喜", "男", "1945-11-05")
    s.assessed(duan, 3)
    s.family_bed(duan, closed="2025-06-16")
    s.paid(duan, "MZ14", months("2025-01", "2025-06"), 300)
    s.stays(duan, "JG01", "2025-06-16")

    # In hospital while the home keeps the bed.
    e = s.older("额尔敦", "男", "1943-12-01")
    s.stays(e, "JG01", "2024-01-10")
    s.in_hospital(e, "2025-03-03", "2025-03-20")
    s.no_gap("MZ01")
    s.may_review("X24")  # the family bed and the home share the calendar month of June, and no day


@story("home-closed", "A home closes and its residents are transferred", "机构停业，老人整体转入其他机构",
       "domain.md X24, X27: overlap of days of stay; design.md 5: half-open intervals")
def home_closed(s):
    # The home JG03 closed on 1 July.
    fang = s.older("方爱莲", "女", "1946-01-30")
    s.stays(fang, "JG03", "2021-01-05", "2025-07-01")
    s.stays(fang, "JG02", "2025-07-01")

    feng = s.older("冯四娃", "男", "1948-09-09")
    s.destitute(feng, mode="集中", self_care="全护理")
    s.stays(feng, "JG03", "2020-04-01", "2025-07-01", payer="特困供养")
    s.stays(feng, "JG04", "2025-07-01", payer="特困供养")

    fu = s.older("付巧珍", "女", "1950-02-14")
    s.low_income(fu)
    s.assessed(fu, 3)
    s.paid(fu, "MZ17", YEAR, 1100)
    s.stays(fu, "JG03", "2024-02-01", "2025-07-01", payer="集中照护")
    s.stays(fu, "JG01", "2025-07-01", payer="集中照护")

    # Home, into a family bed that was opened on the same day.
    gong = s.older("宫玉海", "男", "1949-06-22")
    s.assessed(gong, 3)
    s.stays(gong, "JG03", "2023-08-01", "2025-07-01")
    s.family_bed(gong, "2025-07-01")
    s.paid(gong, "MZ14", months("2025-07", "2025-12"), 300, approved="2025-07-01")
