//! Why a person's month has the flags that it has, and no others.

use serde_json::{Value, json};
use yilian_contract::rules::{Rule, Switch};

use super::{Asked, money, text, words};
use crate::arguments::Month;
use crate::error::HubError;

/// Why two benefits of a month are flagged or not.
struct Reason {
    of: [String; 2],
    rule: Option<String>,
    why: &'static str,
    zh: String,
    en: String,
}

/// The explanation for a person and for a machine.
pub(super) async fn explain(asked: &Asked<'_>, person_id: i64, month: Month) -> Result<(String, Value), HubError> {
    let known =
        asked.rows(&format!("select death_status, death_month from hub.person where person_id = {person_id}")).await?;
    let Some(person) = known.into_iter().next() else { return Err(HubError::UnknownPerson { person_id }) };
    let held = asked
        .rows(&format!(
            "select benefit, county, category, cast(amount as varchar) as amount, bookings, link_grade, held \
             from hub.benefit_month \
             where person_id = {person_id} and month = date '{month}-01' order by benefit, county, category"
        ))
        .await?;
    let flags = asked
        .rows(&format!(
            "select flag_id, rule_id, severity, left_benefit, right_benefit from hub.overlap \
             where person_id = {person_id} and from_month <= date '{month}-01' and date '{month}-01' <= until_month \
             order by rule_id, flag_id"
        ))
        .await?;
    let mut reasons: Vec<Reason> = held.iter().filter(|row| row["held"] != true).map(not_held).collect();
    let rows: Vec<&Value> = held.iter().filter(|row| row["held"] == true).collect();
    for (at, one) in rows.iter().enumerate() {
        for other in rows.iter().skip(at + 1) {
            reasons.extend(pair(asked, (one, other), &flags, month));
        }
        reasons.extend(after_death(one, &person, &flags, month));
    }
    let said = said(asked, (person_id, month), (&held, &flags, &reasons));
    let machine: Vec<Value> = reasons
        .iter()
        .map(|reason| json!({ "benefits": reason.of, "rule": reason.rule, "why": reason.why, "zh": reason.zh, "en": reason.en }))
        .collect();
    Ok((said, json!({ "person": person, "benefits": held, "flags": flags, "reasons": machine })))
}

fn not_held(row: &Value) -> Reason {
    let benefit = text(row, "benefit").to_owned();
    Reason {
        of: [benefit.clone(), benefit],
        rule: None,
        why: "not_held",
        zh: "发放与冲销相抵，本月视为未享受".to_owned(),
        en: "bookings and reversals leave no money: not held in this month".to_owned(),
    }
}

/// One line for each rule that names both, or one that says that none does.
fn pair(asked: &Asked<'_>, (one, other): (&Value, &Value), flags: &[Value], month: Month) -> Vec<Reason> {
    let of = [text(one, "benefit"), text(other, "benefit")];
    let names_both =
        |rule: &&Rule| rule.pairs().iter().any(|(left, right)| [*left, *right] == of || [*right, *left] == of);
    let of = of.map(str::to_owned);
    let reason = |rule: Option<&Rule>, why, (zh, en): (String, String)| Reason {
        of: of.clone(),
        rule: rule.map(|rule| rule.id.clone()),
        why,
        zh,
        en,
    };
    let mut reasons: Vec<Reason> = asked
        .book
        .rules
        .iter()
        .filter(names_both)
        .map(|rule| {
            let (why, words) = by_rule(rule, (one, other), flags, month);
            reason(Some(rule), why, words)
        })
        .collect();
    if reasons.is_empty() {
        let stack = asked.book.allowed.iter().find(|stack| stack.allows(&of[0], &of[1]));
        reasons.push(match stack {
            Some(stack) => reason(
                None,
                "allowed",
                (
                    format!("{} 允许同时享受：{}（{}）", stack.id, stack.title_zh, stack.basis),
                    format!("{} allows both: {}", stack.id, stack.title_en),
                ),
            ),
            None => {
                reason(None, "no_rule", ("没有规则涉及这两项".to_owned(), "no rule speaks of these two".to_owned()))
            }
        });
    }
    reasons
}

fn by_rule(
    rule: &Rule,
    (one, other): (&Value, &Value),
    flags: &[Value],
    month: Month,
) -> (&'static str, (String, String)) {
    let of = [text(one, "benefit"), text(other, "benefit")];
    let of_rule = flags.iter().find(|flag| {
        let sides = [text(flag, "left_benefit"), text(flag, "right_benefit")];
        text(flag, "rule_id") == rule.id && (sides == of || [sides[1], sides[0]] == of)
    });
    if let Some(flag) = of_rule {
        let severity = words::severity(text(flag, "severity"));
        let said = format!("flag {}", flag["flag_id"]);
        let weak = [one, other].iter().any(|row| text(row, "link_grade") != "id");
        let (zh, en) = if weak && words::at_most(rule) == "violation" {
            ("；匹配不够可靠，至多为待核查", "; a link is weak, so for review at most")
        } else {
            ("", "")
        };
        return ("flagged", (format!("已提示，{severity}（{said}）{zh}"), format!("flagged, {said}{en}")));
    }
    let day = month.first_day();
    if day < rule.effective.from || rule.effective.until.is_some_and(|until| until <= day) {
        let from = rule.effective.from;
        return (
            "not_in_force",
            (format!("规则自 {from} 起施行，本月不适用"), format!("in force from {from}, not in this month")),
        );
    }
    let lies_in = |row: &Value, place: &str| text(row, "county").starts_with(place);
    let place = rule.places.iter().find(|place| lies_in(one, &place.place) || lies_in(other, &place.place));
    let Some(place) = place else {
        if rule.places.is_empty() && rule.default == Switch::On {
            return (
                "further_ground",
                (
                    "规则涉及这两项，但其余条件不具备（如金额、日期、等级）".to_owned(),
                    "the rule names both, but its further conditions do not hold (amounts, days, levels)".to_owned(),
                ),
            );
        }
        return (
            "other_place",
            ("规则在该地未启用".to_owned(), "the rule is not switched on at that place".to_owned()),
        );
    };
    if place.from.is_some_and(|from| day < from) || place.until.is_some_and(|until| until <= day) {
        return (
            "not_in_force_there",
            (
                format!("规则在 {} 本月未施行", place.place),
                format!("the rule is not in force at {} in this month", place.place),
            ),
        );
    }
    (
        "further_ground",
        (
            "规则涉及这两项，但其余条件不具备（如金额、日期、等级）".to_owned(),
            "the rule names both, but its further conditions do not hold (amounts, days, levels)".to_owned(),
        ),
    )
}

/// Why a benefit after the month of death is flagged or not.
fn after_death(row: &Value, person: &Value, flags: &[Value], month: Month) -> Option<Reason> {
    let death = text(person, "death_month");
    if death.is_empty() || format!("{month}-01").as_str() <= death {
        return None;
    }
    let benefit = text(row, "benefit").to_owned();
    let flag =
        flags.iter().find(|flag| text(flag, "right_benefit") == "death" && text(flag, "left_benefit") == benefit);
    let (why, zh, en) = match flag {
        Some(flag) => (
            "flagged",
            format!("去世后发放，已提示（flag {}）", flag["flag_id"]),
            format!("after death, flag {}", flag["flag_id"]),
        ),
        None => (
            "lawful_month",
            "按发放规则本月仍可发放，或属一次性待遇".to_owned(),
            "by the terms of the benefit this month is still lawful, or it is paid once".to_owned(),
        ),
    };
    Some(Reason { of: [benefit, "death".to_owned()], rule: Some("X08".to_owned()), why, zh, en })
}

fn said(
    asked: &Asked<'_>,
    (person_id, month): (i64, Month),
    (held, flags, reasons): (&[Value], &[Value], &[Reason]),
) -> String {
    let words = &asked.book.words;
    let mut lines = vec![format!("人员 / person {person_id}, {month}: {} 条提示 / {0} flags", flags.len())];
    if held.is_empty() {
        lines.push(
            "本月没有任何待遇；补发计入所属月份 / no benefit is held in this month; arrears count for the month they are for"
                .to_owned(),
        );
    }
    for row in held {
        lines.push(format!(
            "  {}, {}, {} 元 / yuan, {} 笔 / bookings, 匹配 / link {}",
            words.benefit(text(row, "benefit")),
            words.region(text(row, "county")),
            money(row, "amount"),
            row["bookings"],
            text(row, "link_grade"),
        ));
    }
    for reason in reasons {
        let [one, other] = &reason.of;
        let rule = reason.rule.as_deref().map(|rule| format!(" {rule}")).unwrap_or_default();
        let pair = if one == other { one.clone() } else { format!("{one} + {other}") };
        lines.push(format!("{pair}{rule}: {} / {}", reason.zh, reason.en));
    }
    lines.join("\n")
}
