"""The words in which stories are told: each one is a row, or a few, in the file of one office."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from offices import Files
from people import person

HERE = "150104"          # 玉泉区
NEXT_DOOR = "150103"     # 回民区
NEW_TOWN = "150102"      # 新城区

files = Files()
stories = []
_numbers = {}


def months(first, last):
    """All months from the first to the last, both included, as `YYYY-MM`."""
    year, month = map(int, first.split("-"))
    found = []
    while f"{year:04}-{month:02}" <= last:
        found.append(f"{year:04}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


YEAR = months("2025-01", "2025-12")


def day(text):
    return None if text is None else date.fromisoformat(text)


def last_day(month):
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def number(prefix):
    _numbers[prefix] = _numbers.get(prefix, 0) + 1
    return f"{prefix}2025{_numbers[prefix]:06}"


class Story:
    def __init__(self, name, title_en, title_zh, why):
        self.expected = {
            "id": name, "title_en": title_en, "title_zh": title_zh, "why": why, "people": [],
            "violations": [], "info": [], "required_violations": [], "no_gap": [], "may_review": [],
        }

    # ---- what is expected

    def info(self, rule, who, month):
        """A clue that is no more than information."""
        self.expected["info"].append({"rule": rule, "month": month.replace("-", ""), "person": who.id_number})

    def guilty(self, rule, who, when):
        for month in when:
            pair = {"rule": rule, "month": month.replace("-", ""), "person": who.id_number}
            self.expected["required_violations"].append(pair)
            self.expected["violations"].append(pair)

    def no_gap(self, *benefits):
        """None of the story's people may be said to lack these."""
        self.expected["no_gap"] += benefits

    def may_review(self, *rules):
        self.expected["may_review"] += rules

    # ---- a life, as the stocks of the offices show it

    def older(self, name, sex, born, *, pension="RS02", allowance=True, first="2025-01", last="2025-12", pool=HERE,
              hukou=HERE, lives=None, since="2010-01-01", alone=False, empty_nest=False, insured="否",
              sequence=None, area="150199"):
        """In the register and insured; a pension from `first` to `last`; the old-age allowance from 80 on."""
        who = person(name, sex, born, sequence, area)
        self.expected["people"].append(who.id_number)
        who.rows["elder_register"] = files.add(
            "elder_register", who, hukou_region=hukou, residence_region=lives or hukou, residence_since=day(since),
            hukou_nature="居民户口", living_alone="是" if alone else "否", empty_nest="是" if alone or empty_nest else "否",
            left_behind="否", evidence="社区证明" if alone or empty_nest else "", merit="否", status="在册",
            updated_on=day("2025-12-31"))
        who.rows["enrolment"] = files.add(
            "enrolment", who, scheme="职工" if pension == "RS01" else "居民", ltci_insured=insured, status="正常", pool_region=pool)
        if pension:
            self.pension(who, pension, months(first, last), pool=pool)
            self.pension_status(who, pension, since=who.turns(60), pool=pool)
        if allowance and who.turns(80) <= last:
            self.paid(who, "MZ01", months(max(first, who.turns(80)), last), 100)
        return who

    def died(self, who, on, certificate=True, cremation=True):
        """Every office learns of it: the certificate, the cremation, the register, insurance and pension end."""
        if certificate:
            files.add("death_certificate", who, died_on=day(on), region=HERE)
        if cremation:
            files.add("funeral", who, died_on=day(on), region=HERE)
        after = day(on) + timedelta(days=1)
        who.rows["elder_register"].update(status="死亡", updated_on=after)
        who.rows["enrolment"].update(status="终止", stopped_on=after, stop_reason="死亡")
        if "pension_status" in who.rows:
            who.rows["pension_status"].update(stopped_on=after, stop_reason="死亡")

    # ---- 民政

    def paid(self, who, benefit, when, amount, *, kind="正常", paid_on=None, category=None, region=HERE,
             approved="2024-06-01", payment_no=None):
        """One booking for each month of entitlement, on the 20th of that month unless another day is told."""
        for month in when:
            files.add("benefit_payment", who, payment_no=payment_no or number("ZF"), benefit=benefit, month=month,
                      paid_on=day(paid_on or f"{month}-20"), amount=f"{amount:.2f}", row_type=kind, category=category,
                      region=region, approved_on=day(approved))

    def arrears(self, who, benefit, when, amount, paid_on, **more):
        self.paid(who, benefit, when, amount, kind="补发", paid_on=paid_on, **more)

    def reversed(self, who, benefit, when, amount, paid_on, **more):
        self.paid(who, benefit, when, -amount, kind="冲回", paid_on=paid_on, **more)

    def low_income(self, who, since="2023-01", until=None, *, benefit="MZ05", amount=760, head=None, role="户主",
                   guaranteed="是", cover="整户", household=1, older=1, region=HERE):
        files.add("assistance_roll", who, head_id_number=(head or who).id_number, benefit=benefit, area_class="城市",
                  role=role, guaranteed=guaranteed, cover=cover, household_members=household, members_60plus=older,
                  from_month=since, to_month=until, monthly_amount=f"{amount:.2f}" if amount else "", region=region)

    def destitute(self, who, since="2023-01", until=None, *, mode="分散", self_care="半护理", wish="否", region=HERE):
        files.add("assistance_roll", who, head_id_number=who.id_number, benefit="MZ07", area_class="城市",
                  support_mode=mode, self_care=self_care, wish_central="是" if mode == "集中" else wish, role="户主",
                  guaranteed="是", household_members=1, members_60plus=1, from_month=since, to_month=until,
                  monthly_amount="1180.00", region=region)

    def assessed(self, who, level, on="2024-11-12", valid_to="2026-11-11"):
        files.add("ability_assessment", who, assessed_on=day(on), standard="GBT42195", level=level, dementia="无",
                  assessor_code="PG01", valid_to=day(valid_to), region=HERE, funder="市级")

    def applied(self, who, benefit, decision, applied, decided, category=None):
        files.add("benefit_approval", who, benefit=benefit, category=category, applied_on=day(applied),
                  decided_on=day(decided), decision=decision, region=HERE)

    def visited(self, who, on):
        event_no = number("GD")
        start = datetime.fromisoformat(f"{on}T09:00") + timedelta(minutes=int(event_no[-3:]) * 37 % 480)
        files.add("service_event", who, event_no=event_no, service="13", channel="入户", started_at=start,
                  ended_at=start + timedelta(minutes=20), provider_code="SQ02", units=1, unit_price="0.00",
                  subsidy="0.00", self_paid="0.00", region=HERE)

    def served(self, who, start, end, category, service="02", price=60, approved="2024-06-01"):
        files.add("service_event", who, event_no=number("GD"), service=service, category=category,
                  started_at=datetime.fromisoformat(start), ended_at=datetime.fromisoformat(end), provider_code="SQ01",
                  units=1, unit_price=f"{price:.2f}", subsidy=f"{price:.2f}", self_paid="0.00",
                  approved_on=day(approved), region=HERE)

    def stays(self, who, home, since, until=None, payer="自费", bed="护理型"):
        files.add("institution_stay", who, institution_code=home, admitted_on=day(since), discharged_on=day(until),
                  bed_type=bed, payer=payer, region=HERE)

    def family_bed(self, who, opened="2024-03-01", closed=None):
        files.add("family_bed", who, opened_on=day(opened), closed_on=day(closed), provider_code="SQ01", region=HERE)

    def adapted(self, who, on, government=3000, head=None, target="低保残疾"):
        files.add("renovation", who, head_id_number=(head or who).id_number, done_on=day(on),
                  government_amount=f"{government:.2f}", enterprise_amount="500.00", self_amount="200.00", target=target,
                  region=HERE)

    # ---- 卫健

    def family_planning(self, who, kind, amount, period, since="2022-01", until=None):
        files.add("family_planning_support", who, kind=kind, from_month=since, to_month=until, amount=f"{amount:.2f}",
                  period=period, region=HERE)

    def health_service(self, who, contracted="是", check="是", home_bed="否"):
        files.add("health_service", who, year=2025, contracted=contracted, health_check=check, home_bed=home_bed, region=HERE)

    # ---- 医保

    def ltci_assessed(self, who, level, on="2024-12-10", valid_to="2026-12-09"):
        who.rows["enrolment"]["ltci_insured"] = "是"
        files.add("ltci_assessment", who, assessed_on=day(on), level=level, valid_to=day(valid_to), pool_region=HERE)

    def ltci_paid(self, who, when, mode="居家", amount=1500):
        """Whole months, with their days."""
        for month in when:
            self.ltci_days(who, f"{month}-01", last_day(month).isoformat(), mode, amount)

    def ltci_days(self, who, first, last, mode="居家", amount=800):
        files.add("ltci_benefit", who, month=first[:7], mode=mode, from_on=day(first), to_on=day(last),
                  days=(day(last) - day(first)).days + 1, amount=f"{amount:.2f}", provider_code="SQ01", pool_region=HERE)

    def ltci_days_counted(self, who, month, days, mode="居家", amount=800):
        """An office that sends the number of days and no dates."""
        files.add("ltci_benefit", who, month=month, mode=mode, days=days, amount=f"{amount:.2f}", provider_code="SQ01",
                  pool_region=HERE)

    def in_hospital(self, who, since, until, hospital="YY01"):
        files.add("inpatient_stay", who, admitted_on=day(since), discharged_on=day(until), hospital_code=hospital)

    # ---- 残联

    def certificate(self, who, category=4, grade=1):
        files.add("disability_certificate", who, certificate_no=f"{who.id_number}{category}{grade}", category=category,
                  grade=grade, issued_on=day("2019-05-06"), valid_to=day("2029-05-05"), status="有效", region=HERE)

    def made_accessible(self, who, on, head=None):
        files.add("accessibility_renovation", who, head_id_number=(head or who).id_number, done_on=day(on),
                  amount="2800.00", region=HERE)

    # ---- 人社

    def pension(self, who, scheme, when, amount=None, kind="正常", pool=HERE):
        amount = amount or {"RS01": 2680, "RS02": 205}[scheme]
        for month in when:
            files.add("pension_payment", who, payment_no=number("YL"), scheme=scheme, month=month, amount=f"{amount:.2f}",
                      row_type=kind, pool_region=pool)

    def pension_status(self, who, scheme, since, stopped=None, reason=None, pool=HERE):
        who.rows["pension_status"] = files.add(
            "pension_status", who, scheme=scheme, from_month=since, stopped_on=day(stopped), stop_reason=reason, pool_region=pool)

    def injury_care(self, who, when, amount=1600, grade="大部分"):
        for month in when:
            files.add("work_injury_care", who, month=month, grade=grade, amount=f"{amount:.2f}", pool_region=HERE)


def story(name, title_en, title_zh, why):
    """Tells the story below once, when its file is read."""
    def tell(teller):
        told = Story(name, title_en, title_zh, why)
        teller(told)
        stories.append(told.expected)
        return teller
    return tell
