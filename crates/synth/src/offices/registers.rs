//! Registers and rolls: what stands there at the end of the year.

use chrono::Datelike;

use crate::calendar::{Month, day, later};
use crate::clerk::Recorded;
use crate::dataset::Dataset;
use crate::desk::{Case, Desk, fate};
use crate::draw::{Draw, benefit_label, pension};
use crate::error::SynthError;
use crate::fact::{Evidence, Fate, RegisterStatus, Says};
use crate::offices::care::dementia;
use crate::person::{Assistance, FamilyPlanning, Living, Person, Role};
use crate::problem::Problem;

/// 老年人基础信息
///
/// # Errors
/// If the file cannot be written.
pub fn elder_register(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let person = case.person;
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let hukou = person.moved.map_or(person.hukou, |moved| moved.to);
    let known_dead = person.died.is_some() && !case.dice.mille(120);
    let status = if known_dead { RegisterStatus::Dead } else { RegisterStatus::Active };
    let since = later(day(desk.year - 20, 1, 1), case.dice.between(0, 7_000));
    let updated = person
        .died
        .filter(|_| known_dead)
        .map_or(day(desk.year, 1 + throw % 12, 1 + throw / 16 % 28), |died| later(died, 3).min(day(desk.year, 12, 31)));
    let rejected = case.dice.mille(2) && desk.files.bears_a_reject(Dataset::ElderRegister, 0);
    let row = desk.write((Dataset::ElderRegister, 0), &recorded, throw, |row| {
        row.region(hukou).region(person.residence).day((!throw.is_multiple_of(4)).then_some(since));
        row.code(if person.rural { ("rural", "农业") } else { ("urban", "非农业") });
        row.flag(person.living == Living::Alone);
        row.flag(matches!(person.living, Living::Alone | Living::EmptyNest));
        row.flag(person.living == Living::LeftBehind);
        row.code(match throw % 3 {
            0 => ("certificate", "社区证明"),
            1 => ("pledge", "承诺书"),
            _ => ("register", "登记信息"),
        });
        row.flag(person.merit);
        row.code(dementia(person.dementia));
        if status == RegisterStatus::Dead {
            row.code(("dead", "死亡"));
        } else {
            row.code(("active", "在册"));
        }
        if rejected {
            row.text(&format!("{}0231", updated.year()));
        } else {
            row.day(Some(updated));
        }
    })?;
    let says = Says::Registered { residence: person.residence.county(), hukou: hukou.county(), status };
    case.note(row, &recorded, fate(rejected), says);
    if status == RegisterStatus::Dead {
        let says = Says::Death { evidence: Evidence::Register, month: Month::of(updated) };
        case.note(row, &recorded, fate(rejected), says);
    }
    let living = Says::Living {
        alone: person.living == Living::Alone,
        left: person.living != Living::WithFamily,
        merit: person.merit,
        demented: person.dementia >= 2,
    };
    case.note(row, &recorded, fate(rejected), living);
    Ok(())
}

/// 社会救助名册
///
/// # Errors
/// If the file cannot be written.
pub fn assistance_roll(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let on_roll = |draw: &&Draw| matches!(draw.benefit, "MZ05" | "MZ06" | "MZ07");
    let draws: Vec<&Draw> = case.draws.iter().filter(on_roll).collect();
    if draws.is_empty() {
        return Ok(());
    }
    let recorded = case.recorded();
    for draw in draws {
        roll_row(case, desk, &recorded, draw)?;
    }
    Ok(())
}

fn roll_row(case: &mut Case<'_>, desk: &mut Desk<'_>, recorded: &Recorded, draw: &Draw) -> Result<(), SynthError> {
    let person = case.person;
    let throw = case.dice.below(u32::MAX);
    let destitute = draw.benefit == "MZ07";
    let central = person.assistance == Assistance::DestituteCentral;
    let to_month = (draw.until < desk.december()).then_some(draw.until);
    let household = i64::from(person.household.members) * 43_000;
    let wish = wishes_institution(person, central, throw);
    let members = if destitute { 1 } else { i64::from(person.household.members) };
    let fen = if destitute { draw.fen } else { household };
    let row = desk.write((Dataset::AssistanceRoll, 0), recorded, throw, |row| {
        row.text(if destitute { &person.id } else { &person.head_id });
        row.code((draw.benefit, benefit_label(draw.benefit)));
        row.code(if person.rural { ("rural", "农村") } else { ("urban", "城市") });
        row.code(match (destitute, central) {
            (true, true) => ("central", "集中"),
            (true, false) => ("dispersed", "分散"),
            _ => ("", ""),
        });
        row.code(match (destitute, person.level) {
            (true, 0 | 1) => ("full", "全自理"),
            (true, 2) => ("half", "半护理"),
            (true, _) => ("none", "全护理"),
            _ => ("", ""),
        });
        if destitute {
            row.flag(wish);
        } else {
            row.text("");
        }
        row.code(match person.role {
            Role::Spouse if !destitute => ("spouse", "配偶"),
            Role::Other if !destitute => ("other", "其他"),
            _ => ("head", "户主"),
        });
        row.flag(true);
        row.code(if destitute { ("single", "单人") } else { ("household", "整户") });
        let (members, older) =
            if destitute { (1, 1) } else { (person.household.members, person.household.members_60plus) };
        row.number(members).number(older);
        row.month(Some(draw.from)).month(to_month);
        if draw.benefit == "MZ06" {
            row.text("");
        } else {
            row.yuan(fen);
        }
        row.region(draw.region);
    })?;
    let says = Says::Spell {
        benefit: draw.benefit,
        county: draw.region.county(),
        from: draw.from,
        until: draw.until.min(desk.december()),
        // What 低保 pays is the household's, not the person's.
        fen: destitute.then_some(fen),
    };
    let roll = roll(draw, desk.december(), (central, wish), members);
    case.note(row, recorded, Fate::Delivered, roll);
    desk.count(row, draw.benefit, None, if draw.benefit == "MZ06" { 0 } else { fen });
    case.note(row, recorded, Fate::Delivered, says);
    Ok(())
}

/// Whether a 特困 person wants to be cared for in an institution.
fn wishes_institution(person: &Person, central: bool, throw: u32) -> bool {
    match person.planted(Problem::AllowanceEntitled, 14) {
        Some(variant) => variant == 10,
        None => central || throw.is_multiple_of(7),
    }
}

/// What a row of the roll says besides the months; mode and wish are asked of 特困 alone.
fn roll(draw: &Draw, december: Month, (central, wish): (bool, bool), members: i64) -> Says {
    let (benefit, from, until) = (draw.benefit, draw.from, draw.until.min(december));
    let destitute = benefit == "MZ07";
    Says::Roll { benefit, from, until, central: destitute && central, wish: destitute && wish, members }
}

/// 计划生育特殊家庭
///
/// # Errors
/// If the file cannot be written.
pub fn family_planning_support(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let on_roll = |draw: &&Draw| matches!(draw.benefit, "WJ01" | "WJ02");
    let draws: Vec<&Draw> = case.draws.iter().filter(on_roll).collect();
    if draws.is_empty() {
        return Ok(());
    }
    let recorded = case.recorded();
    for draw in draws {
        let throw = case.dice.below(u32::MAX);
        let kind = match (draw.benefit, case.person.family_planning) {
            ("WJ02", _) => ("reward", "奖扶"),
            (_, Some(FamilyPlanning::Disability)) => ("disability", "伤残"),
            _ => ("death", "死亡"),
        };
        let to_month = (draw.until < desk.december()).then_some(draw.until);
        let row = desk.write((Dataset::FamilyPlanningSupport, 0), &recorded, throw, |row| {
            row.code(kind).month(Some(draw.from)).month(to_month).yuan(draw.fen);
            row.code(("month", "按月")).region(draw.region);
        })?;
        let says = Says::Spell {
            benefit: draw.benefit,
            county: draw.region.county(),
            from: draw.from,
            until: draw.until.min(desk.december()),
            fen: Some(draw.fen),
        };
        desk.count(row, draw.benefit, None, draw.fen);
        case.note(row, &recorded, Fate::Delivered, says);
        if draw.benefit == "WJ01" {
            let (from, until) = (draw.from, draw.until.min(desk.december()));
            let family = Says::SpecialFamily { childless: kind.0 == "death", from, until };
            case.note(row, &recorded, Fate::Delivered, family);
        }
    }
    Ok(())
}

/// 待遇状态
///
/// # Errors
/// If the file cannot be written.
pub fn pension_status(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let person = case.person;
    let Some(scheme) = person.scheme else { return Ok(()) };
    let benefit = pension(scheme);
    let Some(draw) = case.draws.iter().find(|draw| draw.benefit == benefit) else {
        return Ok(());
    };
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let unnoticed = person.problem == Some(Problem::PaidAfterDeath) || case.dice.mille(30);
    let stopped = person.died.filter(|_| !unnoticed).map(|died| Month::of(died).plus(1).first_day());
    let stopped = stopped.filter(|day| *day <= desk.december().last_day());
    let from = Month::of(person.born).plus(60 * 12);
    let row = desk.write((Dataset::PensionStatus, 0), &recorded, throw, |row| {
        row.code((benefit, if benefit == "RS01" { "职工" } else { "居民" }));
        row.month(Some(from.min(draw.from))).day(stopped);
        row.code(if stopped.is_some() { ("death", "死亡") } else { ("", "") });
        row.region(draw.region);
    })?;
    if let Some(stopped) = stopped {
        let says = Says::Death { evidence: Evidence::Stop, month: Month::of(stopped) };
        case.note(row, &recorded, Fate::Delivered, says);
    }
    Ok(())
}
