"""Benefits that may be held together: A01 to A24, as far as the datasets can tell them."""

from telling import YEAR, months, story


@story("A01", "Living and nursing allowance for disabled people", "两项补贴同时享受", "domain.md A01")
def a01(s):
    wen = s.older("闻双全", "男", "1955-04-12")
    s.low_income(wen)
    s.certificate(wen, 7, 1)
    s.paid(wen, "MZ09", YEAR, 100)
    s.paid(wen, "MZ10", YEAR, 100)
    s.no_gap("MZ09", "MZ10")


@story("A02", "Destitute, with resident pension, insurance and old-age allowance", "特困与居民养老、医保、高龄津贴", "domain.md A02")
def a02(s):
    weng = s.older("翁老四", "男", "1942-02-02")
    s.destitute(weng)
    s.paid(weng, "MZ08", YEAR, 320)
    woo = s.older("邬秋莲", "女", "1938-06-15")
    s.destitute(woo, mode="集中", self_care="全护理")
    s.stays(woo, "JG04", "2019-03-01", payer="特困供养")
    s.no_gap("MZ01")


@story("A03", "Subsistence allowance and one of the two allowances", "低保与残疾人补贴", "domain.md A03")
def a03(s):
    wu = s.older("武巧兰", "女", "1958-01-31")
    s.low_income(wu)
    s.certificate(wu, 2, 3)
    s.paid(wu, "MZ09", YEAR, 100)
    xiao = s.older("肖占元", "男", "1959-09-29")
    s.low_income(xiao)
    s.certificate(xiao, 1, 1)
    s.paid(xiao, "MZ10", YEAR, 100)
    s.applied(xiao, "MZ09", "本人放弃", "2025-01-02", "2025-01-10")
    s.no_gap("MZ09", "MZ10")


@story("A04", "Subsistence allowance and each old-age subsidy", "低保与高龄津贴、服务补贴、护理补贴", "domain.md A04")
def a04(s):
    xie = s.older("谢满堂", "男", "1940-10-05")
    s.low_income(xie)
    # The care service subsidy is paid by the quarter here.
    xing = s.older("邢美仙", "女", "1947-11-18")
    s.low_income(xing)
    for month in ("2025-01", "2025-04", "2025-07", "2025-10"):
        s.paid(xing, "MZ02", [month], 300, paid_on=f"{month}-10")
    xiong = s.older("熊宝贵", "男", "1951-12-12")
    s.low_income(xiong)
    s.assessed(xiong, 3)
    s.paid(xiong, "MZ03", YEAR, 200)
    s.no_gap("MZ01")


@story("A05", "Subsistence allowance and resident pension", "低保与居民基础养老金", "domain.md A05")
def a05(s):
    xu = s.older("许贵生", "男", "1957-03-14")
    s.low_income(xu)
    s.no_gap("RS01", "RS02")


@story("A06", "Subsistence allowance and family planning support", "低保与计生特扶、奖扶", "domain.md A06")
def a06(s):
    yang = s.older("杨凤鸣", "女", "1956-02-09")
    s.low_income(yang)
    s.family_planning(yang, "死亡", 980, "月")
    yao = s.older("姚二旦", "男", "1958-08-08")
    s.low_income(yao)
    s.family_planning(yao, "奖扶", 1200, "年")
    s.no_gap("WJ01")


@story("A07", "Old-age allowance and a subsidy for service or nursing", "高龄津贴与服务补贴、护理补贴", "domain.md A07")
def a07(s):
    ye = s.older("叶秀梅", "女", "1939-01-09")
    s.low_income(ye)
    for month in ("2025-01", "2025-04", "2025-07", "2025-10"):
        s.paid(ye, "MZ02", [month], 300, paid_on=f"{month}-10")
    yi = s.older("伊德日", "男", "1937-04-30")
    s.low_income(yi)
    s.assessed(yi, 4)
    s.paid(yi, "MZ03", YEAR, 200)
    s.no_gap("MZ01")


@story("A08", "Old-age allowance and a pension", "高龄津贴与养老金", "domain.md A08")
def a08(s):
    s.older("殷守礼", "男", "1941-05-05", pension="RS01")
    s.older("尹桂兰", "女", "1940-03-27", pension="RS02")
    s.no_gap("MZ01", "RS01", "RS02")


@story("A09", "Family planning support with a pension, allowances and home service", "计生特扶与养老金、民政待遇、居家服务", "domain.md A09")
def a09(s):
    you = s.older("尤凤仪", "女", "1942-12-19", pension="RS01")
    s.family_planning(you, "伤残", 780, "月")
    yu = s.older("于德水", "男", "1953-06-30")
    s.family_planning(yu, "死亡", 980, "月")
    s.assessed(yu, 2)
    s.paid(yu, "MZ11", YEAR, 240, category="H4")
    s.no_gap("MZ01", "WJ01")


@story("A10", "Destitute in their own home, with home service", "分散特困与居家服务", "domain.md A10")
def a10(s):
    yuan = s.older("袁狗娃", "男", "1952-10-10")
    s.destitute(yuan, self_care="半护理")
    s.assessed(yuan, 2)
    s.paid(yuan, "MZ11", YEAR, 300, category="H1")
    for month in months("2025-01", "2025-12"):
        s.served(yuan, f"{month}-12T09:00", f"{month}-12T10:30", "H1")


@story("A11", "Home service and meals", "居家服务与助餐", "domain.md A11")
def a11(s):
    yun = s.older("云娜", "女", "1944-07-01", alone=True)
    s.assessed(yun, 2)
    s.paid(yun, "MZ11", YEAR, 240, category="H4")
    s.paid(yun, "MZ12", YEAR, 90, category="M4")
    for month in months("2025-01", "2025-12"):
        s.served(yun, f"{month}-06T14:00", f"{month}-06T15:00", "H4", "03")
    s.no_gap("MZ01", "MZ11", "MZ12")


@story("A12", "Long-term care insurance and meals", "长护险与助餐", "domain.md A12; S4 bars home service only")
def a12(s):
    zang = s.older("臧玉堂", "男", "1949-01-15")
    s.assessed(zang, 3)
    s.ltci_assessed(zang, 4)
    s.ltci_paid(zang, YEAR)
    s.paid(zang, "MZ12", YEAR, 90, category="M2")


@story("A14", "One renovation beside monthly benefits", "一次性改造与按月待遇", "domain.md A14")
def a14(s):
    zeng = s.older("曾桂芳", "女", "1943-03-09")
    s.low_income(zeng)
    s.assessed(zeng, 1)
    s.adapted(zeng, "2025-04-22", target="低保高龄")
    s.paid(zeng, "MZ15", ["2025-04"], 3000, approved="2025-03-03")
    s.paid(zeng, "MZ11", YEAR, 300, category="H2")
    zha = s.older("查干", "男", "1950-05-20")
    s.destitute(zha)
    s.adapted(zha, "2025-10-16", target="特困分散")
    s.paid(zha, "MZ15", ["2025-10"], 3000, approved="2025-08-11")
    s.no_gap("MZ01")


@story("A15", "A sickbed at home of the health office and a family care bed", "家庭病床与家庭养老床位", "domain.md A15, S0 cl. 8")
def a15(s):
    zhai = s.older("翟凤莲", "女", "1945-02-05")
    s.assessed(zhai, 4)
    s.family_bed(zhai)
    s.paid(zhai, "MZ14", YEAR, 300)
    s.health_service(zhai, home_bed="是")
    s.no_gap("MZ01")


@story("A16", "Visits beside anything", "探访与各项待遇", "domain.md A16; rules.md: X36 to X38 leave out service 13")
def a16(s):
    zhang = s.older("张拉弟", "女", "1937-07-07", alone=True)
    s.assessed(zhang, 3)
    s.ltci_assessed(zhang, 5)
    s.ltci_paid(zhang, YEAR)
    for month in months("2025-01", "2025-12"):
        s.visited(zhang, f"{month}-08")
    # A visit at the hospital bed.
    zhao = s.older("赵五十八", "男", "1941-08-15")
    s.in_hospital(zhao, "2025-05-06", "2025-05-30")
    s.visited(zhao, "2025-05-15")
    s.no_gap("MZ01")


@story("A17", "Employee pension and nursing fee for work injury", "职工养老金与工伤生活护理费", "domain.md A17")
def a17(s):
    zhen = s.older("甄铁柱", "男", "1950-11-27", pension="RS01")
    s.injury_care(zhen, YEAR)


@story("A18", "Nursing allowance for the severely disabled and a pension", "重度残疾人护理补贴与养老金", "domain.md A18")
def a18(s):
    zheng = s.older("郑立功", "男", "1952-09-01", pension="RS01")
    s.certificate(zheng, 4, 1)
    s.paid(zheng, "MZ10", YEAR, 100)
    zhou = s.older("周玉娥", "女", "1957-12-21", pension="RS02")
    s.certificate(zhou, 6, 2)
    s.paid(zhou, "MZ10", YEAR, 100)
    s.no_gap("MZ10")


@story("A19", "Building and running of one family bed", "家庭养老床位建设与运营补贴", "domain.md A19")
def a19(s):
    zhu = s.older("朱有才", "男", "1943-10-03")
    s.assessed(zhu, 3)
    s.family_bed(zhu, "2025-02-10")
    s.paid(zhu, "MZ13", ["2025-02"], 3000, approved="2025-01-20")
    s.paid(zhu, "MZ14", months("2025-02", "2025-12"), 300, approved="2025-01-20")
    s.no_gap("MZ01")


@story("A20", "A normal row and an arrears row in one month", "同月正常与补发各一笔", "domain.md A20")
def a20(s):
    # The same amount twice: one of them is arrears.
    zhuang = s.older("庄淑芳", "女", "1936-01-23")
    s.arrears(zhuang, "MZ01", ["2025-04"], 100, "2025-05-12")
    zhuo = s.older("卓力格", "男", "1948-04-02")
    s.pension(zhuo, "RS02", months("2025-01", "2025-06"), 10, kind="补发")
    s.no_gap("MZ01")


@story("A21", "Subsistence allowance and subsidised institutional care", "低保与集中照护", "rules.md A21")
def a21(s):
    zong = s.older("宗秀云", "女", "1951-07-25")
    s.low_income(zong)
    s.assessed(zong, 3)
    s.paid(zong, "MZ17", YEAR, 1100)
    s.stays(zong, "JG01", "2024-05-01", payer="集中照护")


@story("A22", "Nursing subsidy and home service, for H2 and H3", "护理补贴与居家服务（H2、H3）",
       "rules.md A22, Y-R2: reading (i): not in an institution, no family bed")
def a22(s):
    zou = s.older("邹长命", "男", "1951-11-02")
    s.low_income(zou)
    s.assessed(zou, 2)
    s.paid(zou, "MZ03", YEAR, 200)
    s.paid(zou, "MZ11", YEAR, 300, category="H3")
    zu = s.older("祖月英", "女", "1941-06-12")
    s.low_income(zu, benefit="MZ06", amount=None)
    s.assessed(zu, 3)
    s.paid(zu, "MZ03", YEAR, 200)
    s.paid(zu, "MZ11", YEAR, 300, category="H2")
    s.no_gap("MZ01", "MZ11")


@story("A23", "A borderline household and anything", "低保边缘与各项待遇", "rules.md A23: a status")
def a23(s):
    zuo = s.older("左玉贵", "男", "1942-01-26", pension="RS01")
    s.low_income(zuo, benefit="MZ06", amount=None)
    s.paid(zuo, "MZ12", YEAR, 90, category="M3")
    s.family_planning(zuo, "死亡", 980, "月")
    s.no_gap("MZ01", "MZ12", "WJ01")


@story("A24", "Insured or assessed for long-term care, without benefit", "仅参加长护险或仅评估，未享受待遇",
       "rules.md A24, Y-R3; domain.md 7 no. 3: insured is not receiving")
def a24(s):
    # Insured only.
    ao = s.older("敖其尔", "男", "1950-03-17", alone=True, insured="是")
    s.assessed(ao, 2)
    s.paid(ao, "MZ11", YEAR, 240, category="H4")
    # Insured and assessed, below the level that is paid.
    ba = s.older("巴图", "男", "1952-12-03", alone=True)
    s.assessed(ba, 1)
    s.ltci_assessed(ba, 2)
    s.paid(ba, "MZ11", YEAR, 240, category="H4")
    # Assessed at a level that is paid, and nothing was ever paid.
    bi = s.older("毕玉英", "女", "1953-01-04", alone=True)
    s.assessed(bi, 3)
    s.ltci_assessed(bi, 4)
    s.paid(bi, "MZ11", YEAR, 240, category="H4")
    # A benefit that was booked and taken back.
    bu = s.older("布和", "男", "1951-05-19", alone=True)
    s.assessed(bu, 3)
    s.ltci_assessed(bu, 4)
    s.paid(bu, "MZ11", YEAR, 240, category="H4")
    s.ltci_paid(bu, ["2025-03"])
    s.ltci_paid(bu, ["2025-03"], amount=-1500)
    s.no_gap("MZ11")


@story("voucher", "The voucher of 2025", "养老服务消费补贴", "domain.md X21: rule text not found, low; rules.md: low = info")
def voucher(s):
    chao = s.older("朝鲁", "男", "1947-10-27")
    s.assessed(chao, 2)
    s.paid(chao, "MZ18", months("2025-07", "2025-12"), 400, approved="2025-07-01")
    s.paid(chao, "MZ12", YEAR, 90, category="M2")
    chi = s.older("迟玉华", "女", "1951-02-08", alone=True)
    s.assessed(chi, 2)
    s.paid(chi, "MZ18", months("2025-07", "2025-12"), 400, approved="2025-07-01")
    s.paid(chi, "MZ11", YEAR, 240, category="H4")
    chou = s.older("仇凤山", "男", "1950-07-31")
    s.assessed(chou, 3)
    s.ltci_assessed(chou, 4)
    s.ltci_paid(chou, YEAR)
    s.paid(chou, "MZ18", months("2025-07", "2025-12"), 400, approved="2025-07-01")
    s.may_review("X21")


@story("ltci-and-disability-nursing", "Long-term care insurance and the nursing allowance for disabled people", "长护险与重残护理补贴",
       "domain.md X12: low, default INFO, not a violation")
def ltci_and_disability_nursing(s):
    dou = s.older("窦青山", "男", "1952-03-22")
    s.certificate(dou, 4, 1)
    s.paid(dou, "MZ10", YEAR, 100)
    s.ltci_assessed(dou, 5)
    s.ltci_paid(dou, YEAR)
    s.may_review("X12")
