//! Tables that are about no older person: facilities, lists, sums, workers.

use std::collections::BTreeMap;

use crate::calendar::{Month, day, later};
use crate::citizen::{Document, Registry, Sex};
use crate::clerk::Recorded;
use crate::dataset::Dataset;
use crate::desk::Desk;
use crate::dice::Dice;
use crate::error::SynthError;
use crate::names;
use crate::offices::services::OVERWORKED_PROVIDER;

/// A facility: prefix of its code, type, label, how many there are.
type Kind = (&'static str, (&'static str, &'static str), u32);

/// Writes the tables of a world.
///
/// # Errors
/// If a file cannot be written.
pub fn write_all(
    desk: &mut Desk<'_>,
    registry: &mut Registry,
    dice: &mut Dice,
    persons: u64,
) -> Result<(), SynthError> {
    facilities(desk, dice)?;
    service_list(desk, dice)?;
    platform_statement(desk, dice)?;
    ltci_coverage(desk, dice)?;
    let workers = u32::try_from(persons / 60).unwrap_or(u32::MAX).clamp(6, 40_000);
    let recorded = worker(desk.year, registry, dice);
    care_worker(desk, &recorded, Some(OVERWORKED_PROVIDER), dice)?;
    desk.staff.insert(OVERWORKED_PROVIDER, 1);
    for _ in 0..workers {
        let recorded = worker(desk.year, registry, dice);
        care_worker(desk, &recorded, None, dice)?;
        if dice.mille(300) {
            let recorded = worker(desk.year, registry, dice);
            training_subsidy(desk, &recorded, dice)?;
        }
    }
    Ok(())
}

fn facilities(desk: &mut Desk<'_>, dice: &mut Dice) -> Result<(), SynthError> {
    let kinds: [Kind; 7] = [
        ("JG", ("institution", "养老机构"), desk.institutions()),
        ("FW", ("service_centre", "综合养老服务中心"), OVERWORKED_PROVIDER),
        ("PG", ("community_facility", "社区养老服务机构和设施"), 6),
        ("YB", ("medical_care_institution", "医养结合机构"), 9),
        ("JL", ("rural_home", "敬老院"), 4),
        ("ZD", ("community_station", "社区养老服务站点"), 12),
        ("ZC", ("meal_point", "老年助餐点"), 10),
    ];
    for (prefix, kind, count) in kinds {
        for number in 1..=count {
            let county = desk.places.any_county(dice);
            let region = desk.places.village(county, dice);
            let throw = dice.below(u32::MAX);
            facility(desk, (prefix, number), kind, region, throw)?;
            if prefix == "YB" || prefix == "JG" && number % 5 == 0 {
                let code = format!("{prefix}{number}");
                desk.write_plain((Dataset::MedicalCareFacility, 0), throw, |row| {
                    row.text(&code).text(&format!("示例医养结合机构{number}"));
                    row.flag(prefix == "YB").number(throw % 5).region(region);
                })?;
            }
        }
    }
    Ok(())
}

fn facility(
    desk: &mut Desk<'_>,
    (prefix, number): (&str, u32),
    kind: (&'static str, &'static str),
    region: crate::place::Region,
    throw: u32,
) -> Result<(), SynthError> {
    let beds = if prefix == "JG" || prefix == "JL" { 40 + throw % 160 } else { 0 };
    let opened = later(day(2008, 1, 1), i32::try_from(throw % 5_000).unwrap_or(0));
    desk.write_plain((Dataset::Facility, 0), throw, |row| {
        row.text(&format!("{prefix}{number}")).text(&format!("示例{}{number}", kind.1));
        row.code(kind);
        row.code(match throw % 3 {
            0 => ("public", "公办"),
            1 => ("private", "民营"),
            _ => ("public_private", "公建民营"),
        });
        row.region(region).day(Some(opened)).day(None);
        row.number(beds).number(beds * 2 / 3).number(beds / 10).number(beds / 2);
        row.number(300 + beds * 20);
        row.code(match throw % 5 {
            0 | 1 => ("none", "无"),
            2 | 3 => ("own", "内设"),
            _ => ("contract", "签约"),
        });
        row.flag(throw.is_multiple_of(2)).flag(!throw.is_multiple_of(20)).number(75 + throw % 24);
        row.yuan(i64::from(beds) * 12_000);
        row.text("");
    })?;
    Ok(())
}

const ITEMS: [(&str, &str, &str); 8] = [
    ("高龄津贴发放", "1", "80周岁及以上老年人"),
    ("养老服务补贴发放", "1", "经济困难的老年人"),
    ("护理补贴发放", "1", "经济困难的失能老年人"),
    ("最低生活保障待遇", "1", "符合条件的低收入家庭"),
    ("能力综合评估服务", "2", "65周岁及以上老年人"),
    ("居家适老化改造补助", "2", "特困和低保老年人家庭"),
    ("特困人员集中供养", "2", "有集中供养意愿的特困老年人"),
    ("探访关爱服务", "3", "独居和空巢等特殊困难老年人"),
];

fn service_list(desk: &mut Desk<'_>, dice: &mut Dice) -> Result<(), SynthError> {
    let counties = desk.places.counties().to_vec();
    for county in counties {
        for (item, class, target) in ITEMS {
            let throw = dice.below(u32::MAX);
            let from = day(desk.year - 2, 1, 1);
            desk.write_plain((Dataset::ServiceList, 0), throw, |row| {
                row.code(("county", "县级")).text(&county.to_string()).text(item).text(class);
                row.text(target).text("按月发放或据实提供");
                row.yuan(i64::from(throw % 30) * 1_000).day(Some(from)).day(None);
            })?;
        }
    }
    Ok(())
}

/// What the platform bills: the sum of the orders, and a little more in one month in fifty.
fn platform_statement(desk: &mut Desk<'_>, dice: &mut Dice) -> Result<(), SynthError> {
    let served = std::mem::take(&mut desk.services);
    let home = desk.places.home_service_county();
    for ((provider, service, month), (units, fen)) in served {
        let throw = dice.below(u32::MAX);
        let more = if dice.mille(20) { 9_000 } else { 0 };
        let key = (Dataset::PlatformStatement, month.number());
        let row = desk.write_plain(key, throw, |row| {
            row.text(&format!("FW{provider}")).text(service).month(Some(month));
            row.number(units).yuan(fen + more).text(&home.to_string());
        })?;
        desk.count(row, "", Some(month), fen + more);
    }
    Ok(())
}

fn ltci_coverage(desk: &mut Desk<'_>, dice: &mut Dice) -> Result<(), SynthError> {
    let insured: BTreeMap<(u32, &str), (u64, u64)> = std::mem::take(&mut desk.insured_people);
    for ((county, scheme), (people, in_ltci)) in insured {
        let throw = dice.below(u32::MAX);
        // All ages are insured, of whom the extracts hold the older part.
        let (people, in_ltci) = (people * 5, in_ltci * 5);
        desk.write_plain((Dataset::LtciCoverage, 0), throw, |row| {
            row.text(&county.to_string()).text(scheme);
            row.text(&people.to_string()).text(&in_ltci.to_string());
        })?;
    }
    Ok(())
}

/// Somebody of working age.
fn worker(year: i32, registry: &mut Registry, dice: &mut Dice) -> Recorded {
    let sex = if dice.mille(750) { Sex::Female } else { Sex::Male };
    let issued = registry.issue(year - dice.between(22, 54), sex, Document::CitizenId);
    let name = names::invent(dice);
    Recorded::of(&name, &issued, sex, dice)
}

/// A carer of an institution, or of a provider of services.
fn care_worker(
    desk: &mut Desk<'_>,
    recorded: &Recorded,
    provider: Option<u32>,
    dice: &mut Dice,
) -> Result<(), SynthError> {
    let throw = dice.below(u32::MAX);
    let county = desk.places.any_county(dice);
    let region = desk.places.village(county, dice);
    let institution = throw % desk.institutions() + 1;
    let place = provider.map_or(format!("JG{institution}"), |provider| format!("FW{provider}"));
    let since = later(day(desk.year - 8, 1, 1), dice.between(0, 2_800));
    desk.write((Dataset::CareWorker, 0), recorded, throw, |row| {
        row.code(match throw % 6 {
            0 | 1 => ("none", "无"),
            2 => ("3", "三级"),
            3 => ("4", "四级"),
            _ => ("5", "五级"),
        });
        row.flag(throw.is_multiple_of(9)).text(&place);
        row.flag(provider.is_some() || !throw.is_multiple_of(12)).day(Some(since)).region(region);
    })?;
    Ok(())
}

fn training_subsidy(desk: &mut Desk<'_>, recorded: &Recorded, dice: &mut Dice) -> Result<(), SynthError> {
    let throw = dice.below(u32::MAX);
    let month = Month::new(desk.year, dice.between(1, 12));
    let county = desk.places.any_county(dice);
    let region = desk.places.village(county, dice);
    let key = (Dataset::TrainingSubsidy, month.number());
    let row = desk.write(key, recorded, throw, |row| {
        row.day(Some(month.day(1 + throw % 28)));
        row.code(if throw.is_multiple_of(3) { ("worker", "护理员") } else { ("carer", "家庭照护") });
        row.yuan(120_000).region(region);
    })?;
    desk.count(row, "RS05", None, 120_000);
    Ok(())
}
