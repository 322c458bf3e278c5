"""The five offices: which files they write, with which headers, and how each spells dates."""

import csv
from collections import defaultdict
from datetime import date, datetime

# department: (header of the ID number, format of a date, {dataset: its columns, `english=中文`})
DEPARTMENTS = {
    "civil_affairs": ("身份证号码", "%Y-%m-%d", {
        "elder_register": "hukou_region=户籍地区划 residence_region=常住地区划 residence_since=居住起始日期 hukou_nature=户口性质 "
                          "living_alone=独居 empty_nest=空巢 left_behind=留守 evidence=佐证方式 merit=特殊贡献 "
                          "dementia=失智程度 status=状态 updated_on=更新日期",
        "assistance_roll": "head_id_number=户主身份证号 benefit=救助类别 area_class=城乡类别 support_mode=供养方式 "
                           "self_care=自理能力 wish_central=集中供养意愿 role=与户主关系 guaranteed=是否保障对象 cover=保障方式 "
                           "household_members=家庭人口数 members_60plus=60周岁以上人数 from_month=起始月份 "
                           "to_month=终止月份 monthly_amount=月救助金额 region=发放区划",
        "benefit_payment": "payment_no=发放流水号 benefit=补贴项目 month=所属月份 paid_on=发放日期 amount=金额 "
                           "row_type=发放类型 category=对象类别 region=发放区划 approved_on=审批日期",
        "benefit_approval": "benefit=补贴项目 category=对象类别 applied_on=申请日期 decided_on=审批日期 decision=审批结果 "
                            "region=发放区划",
        "ability_assessment": "assessed_on=评估日期 standard=评估标准 level=评估等级 dementia=失智程度 assessor_code=评估机构 "
                              "valid_to=有效期至 region=发放区划 funder=评估经费来源",
        "service_event": "event_no=工单号 service=服务项目 category=对象类别 channel=探访方式 started_at=开始时间 "
                         "ended_at=结束时间 provider_code=服务机构 units=数量 unit_price=单价 subsidy=补贴金额 "
                         "self_paid=自付金额 approved_on=审批日期 region=发放区划",
        "institution_stay": "institution_code=机构编码 admitted_on=入住日期 discharged_on=退住日期 bed_type=床位类型 "
                            "payer=费用来源 region=发放区划",
        "family_bed": "opened_on=建床日期 closed_on=撤床日期 provider_code=服务机构 region=发放区划",
        "renovation": "head_id_number=户主身份证号 done_on=完成日期 government_amount=政府补贴金额 "
                      "enterprise_amount=企业让利金额 self_amount=家庭自付金额 target=对象类别 region=发放区划",
        "funeral": "died_on=死亡日期 region=发放区划",
        "facility": "facility_code=机构编码 name=机构名称 type=机构类型 ownership=机构性质 region=发放区划 "
                    "opened_on=开业日期 closed_on=停业日期 beds=床位数 nursing_beds=护理型床位数 medical=医养结合方式 "
                    "home_service=开展居家上门服务 safety_standard_met=服务安全达标",
        "platform_statement": "provider_code=服务机构 service=服务项目 month=所属月份 units=数量 amount=金额 region=发放区划",
    }),
    "health": ("身份证号", "%Y/%m/%d", {
        "death_certificate": "died_on=死亡日期 region=发放区划",
        "family_planning_support": "kind=扶助类别 from_month=起始月份 to_month=终止月份 amount=金额 period=发放周期 "
                                   "region=发放区划",
        "health_service": "year=年度 contracted=家庭医生签约 health_check=健康体检 home_bed=家庭病床 region=发放区划",
        "medical_care_facility": "facility_code=机构编码 name=机构名称 licensed_both=两证齐全 contracts=签约养老机构数 "
                                 "region=发放区划",
    }),
    "medical_insurance": ("公民身份号码", "%Y年%m月%d日", {
        "enrolment": "scheme=参保险种 ltci_insured=参加长护险 status=状态 stopped_on=停保日期 stop_reason=停保原因 "
                     "pool_region=统筹区",
        "ltci_assessment": "assessed_on=评估日期 level=失能等级 valid_to=有效期至 pool_region=统筹区",
        "ltci_benefit": "month=所属月份 mode=待遇方式 from_on=服务起始日期 to_on=服务截止日期 days=服务天数 amount=金额 "
                        "provider_code=服务机构 pool_region=统筹区",
        "inpatient_stay": "admitted_on=入院日期 discharged_on=出院日期 hospital_code=医院编码",
        "ltci_coverage": "pool_region=统筹区 scheme=参保险种 insured=参保人数 ltci_insured=长护险参保人数",
    }),
    "disabled_federation": ("居民身份证号", "%Y-%m-%d", {
        "disability_certificate": "certificate_no=残疾人证号 category=残疾类别 grade=残疾等级 issued_on=发证日期 "
                                  "valid_to=有效期至 status=状态 region=发放区划",
        "accessibility_renovation": "head_id_number=户主身份证号 done_on=完成日期 amount=金额 region=发放区划",
        "day_care": "mode=托养方式 from_month=起始月份 to_month=终止月份 amount=金额 region=发放区划",
    }),
    "human_resources": ("证件号码", "%Y%m%d", {
        "pension_payment": "payment_no=发放流水号 scheme=养老保险类型 month=所属月份 amount=金额 row_type=发放类型 "
                           "pool_region=统筹区",
        "pension_status": "scheme=养老保险类型 from_month=起始月份 stopped_on=停发日期 stop_reason=停发原因 pool_region=统筹区",
        "work_injury_care": "month=所属月份 grade=护理依赖等级 amount=金额 pool_region=统筹区",
        "care_worker": "certificate_level=职业技能等级 professional=专业技术人员 facility_code=机构编码 employed=在岗 "
                       "since=上岗日期 region=发放区划",
        "training_subsidy": "trained_on=培训日期 course=培训类别 amount=金额 region=发放区划",
    }),
}
WITHOUT_PEOPLE = {"facility", "platform_statement", "medical_care_facility", "ltci_coverage"}

# The one dataset that is written month by month, and the month whose file never came.
MONTHLY = "benefit_payment"
MISSING = "2025-09"


class Files:
    """The rows of every file, collected while the stories are told."""

    def __init__(self):
        self.rows = defaultdict(list)

    def add(self, dataset, person=None, **columns):
        row = dict(columns)
        if person is not None:
            row.update(_name=person.name, _id=person.id_number, _sex=person.sex, _born=person.born)
        self.rows[dataset].append(row)
        return row

    def write(self, folder):
        for department, (id_header, date_format, datasets) in DEPARTMENTS.items():
            for dataset, columns in datasets.items():
                pairs = [column.split("=") for column in columns.split()]
                for period, rows in self._periods(dataset).items():
                    path = folder / department / f"{dataset}.{period}.csv"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with open(path, "w", encoding="utf-8", newline="") as file:
                        out = csv.writer(file, lineterminator="\n")
                        block = [] if dataset in WITHOUT_PEOPLE else ["姓名", id_header, "性别", "出生日期"]
                        out.writerow(block + [chinese for _, chinese in pairs])
                        for row in rows:
                            values = [] if dataset in WITHOUT_PEOPLE else [row[key] for key in ("_name", "_id", "_sex", "_born")]
                            values += [row.get(english, "") for english, _ in pairs]
                            out.writerow([_spelled(value, date_format) for value in values])

    def _periods(self, dataset):
        """Periods and their rows: one file for the year, or one for each month in which something was booked."""
        rows = self.rows[dataset]
        if dataset != MONTHLY:
            return {"2025": rows}
        months = {f"2025-{month:02}": [] for month in range(1, 13)}
        for row in rows:
            months[f"{row['paid_on']:%Y-%m}"].append(row)
        del months[MISSING]
        return months


def _spelled(value, date_format):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.strftime(date_format)
    return str(value)
