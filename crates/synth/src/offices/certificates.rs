//! Disability certificates and approvals of benefits.

use crate::calendar::{Month, day, later};
use crate::dataset::Dataset;
use crate::desk::{Case, Desk};
use crate::draw::{Draw, Handling};
use crate::error::SynthError;
use crate::fact::{Fate, Says};
use crate::person::Disability;
use crate::problem::Problem;

/// 残疾人证
///
/// # Errors
/// If a file cannot be written.
pub fn disability_certificate(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let person = case.person;
    let Some(Disability { category, grade }) = person.disability else { return Ok(()) };
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let issued = later(day(desk.year - 9, 1, 1), case.dice.between(0, 3_100));
    let cancelled = person.died.is_some() && !case.dice.mille(200);
    let suffix = if throw.is_multiple_of(25) { "B1" } else { "" };
    let number = format!("{}{category}{grade}{suffix}", person.id);
    case.mark("certificate_no", &number);
    let row = desk.write((Dataset::DisabilityCertificate, 0), &recorded, throw, |row| {
        row.text(if throw.is_multiple_of(30) { "" } else { &number });
        row.code(kind(category)).code(heaviness(grade));
        row.day(Some(issued)).day(Some(later(issued, 3_652)));
        row.code(if cancelled { ("cancelled", "注销") } else { ("valid", "有效") });
        row.region(person.hukou);
    })?;
    let says = Says::Certificate { grade, issued, valid_to: later(issued, 3_652), valid: !cancelled };
    case.note(row, &recorded, Fate::Delivered, says);
    Ok(())
}

const fn kind(category: u8) -> (&'static str, &'static str) {
    match category {
        1 => ("1", "视力"),
        2 => ("2", "听力"),
        3 => ("3", "言语"),
        4 => ("4", "肢体"),
        5 => ("5", "智力"),
        6 => ("6", "精神"),
        _ => ("7", "多重"),
    }
}

const fn heaviness(grade: u8) -> (&'static str, &'static str) {
    match grade {
        1 => ("1", "一级"),
        2 => ("2", "二级"),
        3 => ("3", "三级"),
        _ => ("4", "四级"),
    }
}

/// 审批: one for each benefit that begins during the year, and refusals, waivers and waiting for some who have none.
///
/// # Errors
/// If a file cannot be written.
pub fn benefit_approval(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let begins = |draw: &&Draw| {
        draw.benefit.starts_with("MZ")
            && draw.from > desk.january()
            && draw.from <= desk.december()
            && draw.handling == Handling::Plain
    };
    let draws: Vec<Draw> = case.draws.iter().filter(begins).cloned().collect();
    for draw in draws {
        if !case.dice.mille(100) {
            approval(case, desk, &draw, ("approved", "同意"))?;
        }
    }
    let refused = match (case.person.problem, Problem::variant(case.person.number, 14)) {
        (Some(Problem::NotReceiving), _) => Some(Problem::variant(case.person.number, 4)),
        (Some(Problem::AllowanceEntitled), variant @ (12 | 13)) => Some(variant - 12),
        _ => None,
    };
    if let Some(variant) = refused {
        let decision = match variant {
            0 => ("refused", "不同意"),
            1 => ("waived", "本人放弃"),
            2 => ("waiting", "待审批"),
            _ => return Ok(()),
        };
        let (region, from) = (case.person.hukou, desk.january().plus(3));
        let handling = Handling::Plain;
        let draw = Draw { benefit: "MZ01", category: "", region, from, until: from, fen: 0, handling };
        approval(case, desk, &draw, decision)?;
    }
    Ok(())
}

fn approval(
    case: &mut Case<'_>,
    desk: &mut Desk<'_>,
    draw: &Draw,
    decision: (&'static str, &'static str),
) -> Result<(), SynthError> {
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let booked = draw.from.plus(-1);
    let decided = booked.day(15 + throw % 10);
    let applied = later(decided.checked_sub_days(chrono::Days::new(40)).unwrap_or(decided), 0);
    let waiting = decision.0 == "waiting";
    let key = (Dataset::BenefitApproval, booked.number());
    let row = desk.write(key, &recorded, throw, |row| {
        row.text(draw.benefit).text(draw.category).day(Some(applied));
        row.day(Some(later(applied, 10)));
        row.day((!waiting).then(|| later(applied, 20)));
        row.day((!waiting).then_some(decided)).code(decision).region(draw.region);
    })?;
    desk.count(row, draw.benefit, None, 0);
    if waiting {
        let says = Says::Waiting { benefit: draw.benefit, month: Month::of(applied) };
        case.note(row, &recorded, Fate::Delivered, says);
    }
    if matches!(decision.0, "refused" | "waived") {
        let says = Says::TurnedDown { benefit: draw.benefit, month: Month::of(decided) };
        case.note(row, &recorded, Fate::Delivered, says);
    }
    Ok(())
}
