"""The others of the district: a pension, from 80 on the allowance, now and then one thing more. Nothing to find."""

from datetime import date

from people import person
from telling import Story, files, months

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
MEN = "建军 国庆 志强 永贵 德胜 文斌 玉山 长顺 福来 宝林 守仁 金柱 万春 忠厚 根深 有田".split()
WOMEN = "秀英 桂花 玉兰 淑芬 凤琴 春梅 彩云 月娥 翠萍 爱莲 素珍 美玲 金花 巧玉 改枝 兰香".split()
HOW_MANY = 260
TOWNSHIPS = ["150104001", "150104002", "150104003", "150104004", "150104005", "150104006", "150104007", "150104008", "150104100"]


def tell():
    s = Story("ordinary", "", "", "")
    for n in range(HOW_MANY):
        sex = "男" if n % 2 else "女"
        given = (MEN if sex == "男" else WOMEN)[n // 2 % 16]
        name = SURNAMES[n * 7 % len(SURNAMES)] + given
        born = date(1932 + n * 11 % 33, 1 + n * 5 % 12, 1 + n * 13 % 28).isoformat()
        township = TOWNSHIPS[n % len(TOWNSHIPS)]
        who = s.older(name, sex, born, pension="RS01" if n % 5 in (1, 3) else "RS02", hukou=township)
        if n % 4 == 0:
            s.health_service(who, check="是" if n % 8 else "否")
        if n % 9 == 0 and n % 5 not in (1, 3):
            s.low_income(who)
        if n % 7 == 0:
            month = 1 + n % 12
            s.in_hospital(who, f"2025-{month:02}-03", f"2025-{month:02}-{10 + n % 15:02}")
        if n % 13 == 5:
            for month in months("2025-01", "2025-12"):
                s.visited(who, f"{month}-{3 + n % 20:02}")
        if n % 17 == 4:
            s.assessed(who, 0)
        if n % 29 == 7:
            s.stays(who, "JG02", "2024-09-01", bed="普通床位")
    the_rest()


def the_rest():
    """What is not about older people, so that every dataset is there."""
    for code, name, kind, ownership, closed in (
        ("JG01", "示例养老院一", "养老机构", "公办", None), ("JG02", "示例养老院二", "养老机构", "民营", None),
        ("JG03", "示例养老院三", "养老机构", "民营", date(2025, 7, 1)), ("JG04", "示例特困供养中心", "特困供养机构", "公办", None),
        ("SQ01", "示例综合养老服务中心", "综合养老服务中心", "公办", None), ("SQ02", "示例社区养老服务站", "社区养老服务站点", "公办", None),
    ):
        home = code.startswith("JG")
        files.add("facility", facility_code=code, name=name, type=kind, ownership=ownership, region="150104001",
                  opened_on=date(2015, 5, 1), closed_on=closed, beds=80 if home else "", nursing_beds=60 if home else "",
                  medical="签约", home_service="否" if home else "是", safety_standard_met="是")
    files.add("medical_care_facility", facility_code="YY03", name="示例医养结合中心", licensed_both="是", contracts=4, region="150104006")
    for scheme, insured in (("职工", 5200), ("居民", 8100)):
        files.add("ltci_coverage", pool_region="150104", scheme=scheme, insured=insured, ltci_insured=insured // 2)

    s = Story("workers", "", "", "")
    helper = s.older("郝明义", "男", "1960-03-08")
    files.add("day_care", helper, mode="日间", from_month="2024-05", to_month="", amount="300.00", region="150104007")
    for name, sex, born, home, level in (("吕小燕", "女", "1985-02-03", "JG01", "五级"), ("任志刚", "男", "1979-09-14", "JG02", "四级")):
        worker = person(name, sex, born)
        files.add("care_worker", worker, certificate_level=level, professional="否", facility_code=home, employed="是",
                  since=date(2021, 3, 1), region="150104001")
        files.add("training_subsidy", worker, trained_on=date(2025, 4, 18), course="护理员", amount="600.00", region="150104001")
    statement()


def statement():
    """The platform's bill of each month is what its service orders add up to."""
    sums = {}
    for row in files.rows["service_event"]:
        key = row["provider_code"], row["service"], f"{row['started_at']:%Y-%m}"
        if row["service"] != "13":
            units, yuan = sums.get(key, (0, 0.0))
            sums[key] = units + row["units"], yuan + float(row["subsidy"])
    for (provider, service, month), (units, yuan) in sorted(sums.items()):
        files.add("platform_statement", provider_code=provider, service=service, month=month, units=units,
                  amount=f"{yuan:.2f}", region="150104")
