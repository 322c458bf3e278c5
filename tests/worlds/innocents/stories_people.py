"""People who are mistaken for somebody else, or for dead, or for members of a household that pays them nothing."""

from telling import YEAR, months, story


@story("low-income-to-destitute", "From subsistence allowance to support of the destitute", "低保转特困",
       "rules.md, Months: one shared month at a change of scheme is info; X05, X01")
def low_income_to_destitute(s):
    # Both rolls name June.
    gu = s.older("谷三女", "女", "1949-03-08")
    s.low_income(gu, "2021-01", "2025-06")
    s.destitute(gu, "2025-06")
    s.info("X05", gu, "2025-06")

    # To May, and from June.
    guan = s.older("关占魁", "男", "1950-12-25")
    s.low_income(guan, "2021-01", "2025-05")
    s.destitute(guan, "2025-06")

    # The allowances for disabled people stopped a month before.
    hai = s.older("海日罕", "女", "1952-07-19")
    s.low_income(hai, "2021-01", "2025-06")
    s.destitute(hai, "2025-06")
    s.certificate(hai)
    s.paid(hai, "MZ09", months("2025-01", "2025-05"), 100)
    s.paid(hai, "MZ10", months("2025-01", "2025-05"), 100)
    s.info("X05", hai, "2025-06")

    # They stopped with the month of the change.
    he = s.older("何拴牢", "男", "1955-05-15")
    s.low_income(he, "2021-01", "2025-06")
    s.destitute(he, "2025-07")
    s.certificate(he)
    s.paid(he, "MZ09", months("2025-01", "2025-06"), 100)
    s.paid(he, "MZ10", months("2025-01", "2025-06"), 100)


@story("twins", "Twins: one birthday, one surname, numbers that follow each other", "双胞胎",
       "design.md 3, 5.2: people are joined by their own ID number alone")
def twins(s):
    # Brothers: one destitute, the other with both allowances for disabled people.
    dalong = s.older("贺大龙", "男", "1953-09-03", sequence=21)
    s.destitute(dalong)
    xiaolong = s.older("贺小龙", "男", "1953-09-03", sequence=23)
    s.low_income(xiaolong)
    s.certificate(xiaolong)
    s.paid(xiaolong, "MZ09", YEAR, 100)
    s.paid(xiaolong, "MZ10", YEAR, 100)

    # Brother and sister with numbers that follow each other: an employee's and a resident's pension.
    s.older("姜文", "男", "1954-02-26", sequence=31, pension="RS01")
    s.older("姜雯", "女", "1954-02-26", sequence=32, pension="RS02")

    # Sisters: one died in March, the other lives on.
    dead = s.older("解大凤", "女", "1940-06-24", sequence=42, last="2025-03")
    s.died(dead, "2025-03-15")
    s.older("解小凤", "女", "1940-06-24", sequence=44)
    s.no_gap("MZ01")


@story("namesakes", "Two people of one name, birthday and sex", "同名同生日同性别的两个人",
       "design.md 5.3: two persons with one name token are a candidate for a human, never a merge")
def namesakes(s):
    one = s.older("王秀兰", "女", "1950-10-01", pension="RS01")
    s.certificate(one, 4, 2)
    s.paid(one, "MZ10", YEAR, 100)
    other = s.older("王秀兰", "女", "1950-10-01", area="159901", pension="RS02")
    s.destitute(other)
    # A booking without a number, which may be either's: it belongs to nobody.
    nobody = one.as_written(id_number="")
    s.paid(nobody, "MZ12", ["2025-03"], 90, category="M1")

    dead = s.older("李建国", "男", "1941-10-01", last="2025-02")
    s.died(dead, "2025-02-18")
    s.older("李建国", "男", "1941-10-01", area="159901")


@story("declared-dead-and-seen", "Declared dead, and seen afterwards", "登记死亡后仍有就诊、评估、探访",
       "design.md 5.4: an assessment, an admission or a visit in a later month makes death_conflict: X08 at most review, alive for gaps")
def declared_dead_and_seen(s):
    # A death certificate in March; in hospital in August.
    jing = s.older("荆玉芝", "女", "1938-12-08")
    s.died(jing, "2025-03-09", cremation=False)
    s.in_hospital(jing, "2025-08-11", "2025-08-19")

    # A cremation in May, entered for the wrong neighbour; assessed in October.
    ju = s.older("鞠德胜", "男", "1937-02-19")
    s.died(ju, "2025-05-20", certificate=False)
    s.assessed(ju, 1, "2025-10-14", "2027-10-13")

    # Certificate and cremation in April; visited at home in July.
    kou = s.older("寇彩霞", "女", "1935-09-27")
    s.died(kou, "2025-04-02")
    s.visited(kou, "2025-07-16")

    # A certificate in February; admitted to a home in June.
    lai = s.older("来顺", "男", "1940-01-13")
    s.died(lai, "2025-02-27", cremation=False)
    s.stays(lai, "JG02", "2025-06-05")
    s.no_gap("MZ01")
    s.may_review("X08")


@story("death-unconfirmed", "Only a stop or the register says dead", "仅有停发或登记死亡，未见死亡证明、火化",
       "design.md 5.4: stops and register status alone are death_unconfirmed: alive for gaps, X08 at most review")
def death_unconfirmed(s):
    lang = s.older("郎凤琴", "女", "1939-07-21")
    lang.rows["elder_register"].update(status="死亡", updated_on="2025-05-12")

    # The pension office stopped for death in June; civil affairs pays on.
    lou = s.older("娄长海", "男", "1941-11-30", pension=None)
    s.pension(lou, "RS02", months("2025-01", "2025-06"))
    s.pension_status(lou, "RS02", "2012-01", "2025-06-20", "死亡")

    # Insurance ended for death in April.
    lu = s.older("鲁桂英", "女", "1942-05-09")
    lu.rows["enrolment"].update(status="终止", stopped_on="2025年04月18日", stop_reason="死亡")
    s.no_gap("MZ01")
    s.may_review("X08")


@story("fifteen-digits", "An older number of 15 digits in one office", "某部门仍用15位旧身份证号",
       "design.md 5.3: what rests on upgraded15 is at most review, never a death")
def fifteen_digits(s):
    # The pension office knows 15 digits: one person, and nothing is wrong.
    mao = s.older("毛忠义", "男", "1943-08-23", pension=None)
    s.pension(mao.as_written(id_number=mao.id15), "RS01", YEAR)
    s.pension_status(mao.as_written(id_number=mao.id15), "RS01", "2003-09")

    # A resident's pension under 15 digits beside an employee's under 18.
    miao = s.older("苗淑琴", "女", "1949-04-17", pension="RS01")
    s.pension(miao.as_written(id_number=miao.id15), "RS02", YEAR)

    # A death certificate under 15 digits: no death of the person who draws benefits under 18.
    mo = s.older("莫日根", "男", "1940-05-28")
    s.died(mo.as_written(id_number=mo.id15), "2025-04-06", cremation=False)
    mo.rows["elder_register"].update(status="在册", updated_on="2025-12-31")
    mo.rows["enrolment"].update(status="正常", stopped_on=None, stop_reason=None)
    mo.rows["pension_status"].update(stopped_on=None, stop_reason=None)
    s.no_gap("MZ01")
    s.may_review("X06", "X08")


@story("dots", "A name with a dot, written in seven ways", "姓名间隔号写法不同",
       "design.md 3, Name: dots and white space are one; domain.md R04")
def dots(s):
    # 阿拉坦·苏和: the register writes U+00B7, every other office its own.
    suhe = s.older("阿拉坦·苏和", "男", "1939-11-04", pension=None)
    s.low_income(suhe.as_written("阿拉坦•苏和"))
    s.pension(suhe.as_written("阿拉坦・苏和"), "RS02", YEAR)
    s.pension_status(suhe.as_written("阿拉坦‧苏和"), "RS02", "2012-01")
    s.health_service(suhe.as_written("阿拉坦．苏和"))
    s.in_hospital(suhe.as_written("阿拉坦･苏和"), "2025-02-03", "2025-02-11")
    s.paid(suhe.as_written("阿拉坦.苏和"), "MZ12", YEAR, 90, category="M3")

    # With blanks.
    wulan = s.older("乌兰·其其格", "女", "1941-02-11", pension=None)
    s.pension(wulan.as_written("乌兰 · 其其格"), "RS01", YEAR)
    s.pension_status(wulan.as_written("乌兰·其其格　"), "RS01", "1996-03")
    s.no_gap("MZ01", "RS01", "RS02")


@story("single-cover", "The spouse of a person who is covered alone", "单人保对象的配偶",
       "rules.md H2, H3, M3: members are those of cover household, or who are guaranteed")
def single_cover(s):
    # He is covered alone because of his disability; she stands on the roll, is no member, and has a pension of her own.
    husband = s.older("倪守信", "男", "1946-06-16")
    s.low_income(husband, cover="单人", household=2, older=2, amount=760)
    s.certificate(husband)
    s.paid(husband, "MZ09", YEAR, 100)
    s.paid(husband, "MZ10", YEAR, 100)
    s.paid(husband, "MZ12", YEAR, 90, category="M3")
    s.assessed(husband, 1)
    wife = s.older("牛玉琴", "女", "1943-01-22", pension="RS01")
    s.low_income(wife, head=husband, role="配偶", guaranteed="否", cover="单人", household=2, older=2, amount=760)
    s.assessed(wife, 1)

    # A destitute brother in the household of a sister who is covered alone: he is on her roll, and not covered by it.
    sister = s.older("欧阳春梅", "女", "1951-03-03")
    s.low_income(sister, cover="单人", household=2, older=2)
    brother = s.older("欧阳春生", "男", "1949-03-03")
    s.low_income(brother, head=sister, role="其他", guaranteed="否", cover="单人", household=2, older=2)
    s.destitute(brother)
    s.no_gap("MZ01")


@story("single-cover-spouse", "She is not entitled through his cover", "单人保配偶不因此享有低保类服务",
       "rules.md H2, H3, M3")
def single_cover_spouse(s):
    husband = s.older("潘喜顺", "男", "1941-12-02", allowance=True)
    s.low_income(husband, cover="单人", household=2, older=2)
    s.applied(husband, "MZ11", "本人放弃", "2025-01-03", "2025-01-10", "H2")
    s.applied(husband, "MZ12", "本人放弃", "2025-01-03", "2025-01-10", "M3")
    s.assessed(husband, 1)
    wife = s.older("彭秀清", "女", "1942-10-20", pension="RS01")
    s.low_income(wife, head=husband, role="配偶", guaranteed="否", cover="单人", household=2, older=2)
    s.assessed(wife, 1)
    s.no_gap("MZ01", "MZ11", "MZ12")


@story("turns-80", "80 in the month in which the allowance begins", "满八十周岁当月起发高龄津贴",
       "design.md 5, Types: N years old in a month if the Nth birthday lies in it or before; X29")
def turns_80(s):
    # On the last day of the month, on the first, on the first day of the year, on the last.
    s.older("蒲玉珍", "女", "1945-05-31")
    s.older("漆根生", "男", "1945-05-01")
    s.older("祁玉花", "女", "1945-01-01")
    s.older("钱守田", "男", "1945-12-31")
    s.no_gap("MZ01")


@story("refused-or-waived", "Refused, or waived by the person", "审批未通过或本人放弃",
       "rules.md, Gaps: a refused or waived approval silences a gap for 12 months")
def refused_or_waived(s):
    # Gave up the allowance at the start of the year.
    qin = s.older("秦桂珍", "女", "1940-08-30", allowance=False)
    s.applied(qin, "MZ01", "本人放弃", "2025-01-02", "2025-01-06")

    # Turned 80 in March, and gave it up then.
    qiu = s.older("邱世昌", "男", "1945-03-11", allowance=False)
    s.applied(qiu, "MZ01", "本人放弃", "2025-03-11", "2025-03-20")

    # Lives alone and turned 70 in May: home service refused, meals given up.
    qu = s.older("曲爱珍", "女", "1955-05-06", alone=True)
    s.assessed(qu, 1, "2025-05-02", "2027-05-01")
    s.applied(qu, "MZ11", "不同意", "2025-05-06", "2025-05-19", "H4")
    s.applied(qu, "MZ12", "本人放弃", "2025-01-02", "2025-01-08", "M4")

    # An old couple without children nearby: meals refused.
    rao = s.older("饶占海", "男", "1956-11-11", empty_nest=True)
    s.applied(rao, "MZ12", "不同意", "2025-01-02", "2025-01-15", "M4")
    s.no_gap("MZ01", "MZ11", "MZ12")


@story("renovations", "A home adapted by two offices, or paid in parts", "民政与残联先后改造、分期付款",
       "domain.md X22, X23: confidence medium; rules.md: medium = review and off unless the place switches it on")
def renovations(s):
    # Grab rails from civil affairs, a ramp from the federation in the same year; no column tells which item.
    sa = s.older("萨日娜", "女", "1951-06-06")
    s.low_income(sa)
    s.certificate(sa)
    s.adapted(sa, "2025-05-12")
    s.paid(sa, "MZ15", ["2025-05"], 3000, approved="2025-03-10")
    s.made_accessible(sa, "2025-08-20")

    # The federation's works are eleven years old.
    shao = s.older("邵连生", "男", "1947-07-17")
    s.low_income(shao)
    s.certificate(shao, 1, 2)
    s.made_accessible(shao, "2014-06-30")
    s.adapted(shao, "2025-06-18")
    s.paid(shao, "MZ15", ["2025-06"], 3000, approved="2025-04-10")

    # One adaptation, paid in two parts.
    shen = s.older("申改花", "女", "1944-04-04")
    s.low_income(shen)
    s.adapted(shen, "2025-07-08", target="低保高龄")
    s.paid(shen, "MZ15", ["2025-05"], 1200, approved="2025-04-28")
    s.paid(shen, "MZ15", ["2025-07"], 1800, approved="2025-04-28")

    # Husband and wife: one household, one adaptation, entered under the head.
    husband = s.older("史万财", "男", "1944-09-01")
    s.low_income(husband, household=2, older=2, amount=1380)
    wife = s.older("宋玉莲", "女", "1946-03-23")
    s.low_income(wife, head=husband, role="配偶", household=2, older=2, amount=1380)
    s.adapted(husband, "2025-03-27", target="低保高龄")
    s.paid(husband, "MZ15", ["2025-03"], 3000, approved="2025-02-10")
    s.may_review("X22", "X23")


@story("day-by-day", "Home care and hospital on neighbouring days", "长护居家待遇与住院按日衔接",
       "rules.md X10: days; where only a number of days is sent, days + nights - days of the month, if positive")
def day_by_day(s):
    # Care to the day before admission, and again from the day after discharge.
    tan = s.older("谭桂香", "女", "1946-10-16")
    s.ltci_assessed(tan, 4)
    s.ltci_paid(tan, months("2025-01", "2025-05") + months("2025-07", "2025-12"))
    s.ltci_days(tan, "2025-06-01", "2025-06-09")
    s.in_hospital(tan, "2025-06-10", "2025-06-20")
    s.ltci_days(tan, "2025-06-21", "2025-06-30")

    # Again from the day of discharge, which the hospital no longer counts.
    tang = s.older("唐二小", "男", "1948-12-06")
    s.ltci_assessed(tang, 5)
    s.ltci_paid(tang, months("2025-01", "2025-05") + months("2025-07", "2025-12"))
    s.ltci_days(tang, "2025-06-01", "2025-06-09")
    s.in_hospital(tang, "2025-06-10", "2025-06-20")
    s.ltci_days(tang, "2025-06-20", "2025-06-30")

    # 20 days of care and 10 nights in hospital fill the 30 days of June.
    teng = s.older("滕玉霞", "女", "1950-09-13")
    s.ltci_assessed(teng, 3)
    s.ltci_paid(teng, months("2025-01", "2025-05") + months("2025-07", "2025-12"))
    s.ltci_days_counted(teng, "2025-06", 20)
    s.in_hospital(teng, "2025-06-10", "2025-06-20")


@story("day-of-admission", "Home care in the morning, admitted in the afternoon", "入院当日上午仍有居家护理",
       "domain.md X10: confidence medium; rules.md: medium = review and off unless the place switches it on")
def day_of_admission(s):
    tong = s.older("佟双喜", "男", "1945-08-02")
    s.ltci_assessed(tong, 4)
    s.ltci_paid(tong, months("2025-01", "2025-05") + months("2025-07", "2025-12"))
    s.ltci_days(tong, "2025-06-01", "2025-06-10")
    s.in_hospital(tong, "2025-06-10", "2025-06-20")
    s.ltci_days(tong, "2025-06-20", "2025-06-30")
    s.may_review("X10")


@story("service-at-the-edge", "Service on the days of admission and discharge, and two that touch", "出入院当日的服务、前后衔接的服务",
       "rules.md X36: not the day of admission or discharge; X37: more than 10 minutes")
def service_at_the_edge(s):
    tu = s.older("图雅", "女", "1949-05-01", alone=True)
    s.assessed(tu, 2)
    s.paid(tu, "MZ11", YEAR, 240, category="H4")
    s.in_hospital(tu, "2025-04-08", "2025-04-15")
    s.served(tu, "2025-04-08T09:00", "2025-04-08T10:00", "H4")
    s.served(tu, "2025-04-15T15:00", "2025-04-15T16:00", "H4", "03")
    s.served(tu, "2025-05-06T09:00", "2025-05-06T10:00", "H4")
    s.served(tu, "2025-05-06T09:50", "2025-05-06T10:40", "H4", "03")
