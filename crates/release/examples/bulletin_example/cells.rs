//! Invented cells with all their margins.

use std::collections::BTreeMap;

use yilian_disclosure::Status;
use yilian_release::{Dimension, Measure, Region, RegionLevel, ReleasedRow, ReleasedTable, TableDefinition, Unit};

const TOTAL: &str = "total";
const THRESHOLD: i64 = 10;

type Address = (String, Vec<String>);

/// One table of a year.
pub(crate) fn table(definition: TableDefinition, year: i32, regions: &[Region]) -> ReleasedTable {
    let mut cells: BTreeMap<Address, Vec<i64>> = BTreeMap::new();
    for region in regions.iter().filter(|region| region.level == RegionLevel::County) {
        for codes in combinations(&definition.dimensions, false) {
            let values = finest(&definition, year, &region.code, &codes);
            for margin in margins(&definition.dimensions, &codes) {
                for code in [region.code.as_str(), "1506", TOTAL] {
                    let sums = cells.entry((code.to_owned(), margin.clone())).or_insert_with(|| vec![0; values.len()]);
                    sums.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value);
                }
            }
        }
    }
    let mut rows = Vec::new();
    for region in regions {
        for codes in combinations(&definition.dimensions, true) {
            if let Some(values) = cells.get(&(region.code.clone(), codes.clone())) {
                rows.extend(released(&definition, region, &codes, values));
            }
        }
    }
    ReleasedTable { definition, year, rows }
}

/// All combinations of categories, with `total` where categories add up.
fn combinations(dimensions: &[Dimension], with_totals: bool) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for dimension in dimensions {
        let total = (with_totals && dimension.adds_up).then(|| TOTAL.to_owned());
        let codes: Vec<String> = dimension.categories.iter().map(|group| group.code.clone()).chain(total).collect();
        all = all
            .into_iter()
            .flat_map(|head| codes.iter().map(move |code| [head.clone(), vec![code.clone()]].concat()))
            .collect();
    }
    all
}

fn margins(dimensions: &[Dimension], codes: &[String]) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for (dimension, code) in dimensions.iter().zip(codes) {
        let total = dimension.adds_up.then(|| TOTAL.to_owned());
        let choices: Vec<String> = std::iter::once(code.clone()).chain(total).collect();
        all = all
            .into_iter()
            .flat_map(|head| choices.iter().map(move |code| [head.clone(), vec![code.clone()]].concat()))
            .collect();
    }
    all
}

fn finest(definition: &TableDefinition, year: i32, region: &str, codes: &[String]) -> Vec<i64> {
    let sizes = [
        ("150602", 41_000),
        ("150603", 26_500),
        ("150621", 38_200),
        ("150622", 9_400),
        ("150625", 17_800),
        ("150627", 12_600),
    ];
    let size = sizes.iter().find(|(code, _)| *code == region).map_or(0, |(_, size)| *size);
    let mut people = size * scale(&definition.name) / 1000 * 1000;
    if definition.name == "old_age_subsidy" {
        return subsidy(people / 1000, codes);
    }
    for (dimension, code) in definition.dimensions.iter().zip(codes) {
        let all: i64 = dimension.categories.iter().map(|group| weight(&dimension.name, &group.code)).sum();
        people = people * weight(&dimension.name, code) / all.max(1);
    }
    let moved = if year == 2025 { 1000 } else { 940 + chance(&[&definition.name, &codes.concat()], 90) };
    people = people * moved / 1_000_000;
    let mut values: Vec<i64> = Vec::new();
    for measure in &definition.measures {
        let seed = [definition.name.as_str(), measure.name.as_str(), codes.first().map_or("", String::as_str)];
        let whole = measure
            .part_of
            .as_ref()
            .and_then(|whole| definition.measures.iter().position(|other| other.name == *whole));
        let whole = whole.and_then(|place| values.get(place)).copied();
        values.push(match whole {
            Some(whole) => whole * (35 + chance(&seed, 60)) / 100,
            None => people * factor(measure.unit) / 100 * (80 + chance(&seed, 40)) / 100,
        });
    }
    values
}

fn subsidy(people: i64, codes: &[String]) -> Vec<i64> {
    let rolls = [("MZ01", 620, 10_000), ("MZ02", 210, 20_000), ("MZ03", 90, 30_000), ("MZ04", 60, 25_000)];
    let count = |share: i64| people * share / 1000;
    let sum: i64 = rolls.iter().map(|(_, share, _)| count(*share)).sum();
    let amount: i64 = rolls.iter().map(|(_, share, rate)| count(*share) * rate).sum();
    let code = codes.first().map_or("", String::as_str);
    match (code, rolls.iter().find(|(roll, _, _)| *roll == code)) {
        (_, Some((_, share, rate))) => vec![count(*share), count(*share) * rate],
        ("sum_of_rolls", None) => vec![sum, amount],
        _ => vec![sum - count(88), amount],
    }
}

/// How many of a thousand people a table is about.
fn scale(table: &str) -> i64 {
    match table {
        "population" | "population_hukou" | "living_situation" | "benefits_held" | "pension" | "facility_coverage"
        | "quality" => 1000,
        "health_services" => 640,
        "facilities" => 900,
        "old_age_subsidy" => 190,
        "residents" => 14,
        "workforce" | "carer_training" => 9,
        "benefit_pairs" => 25,
        _ => 140,
    }
}

fn weight(dimension: &str, code: &str) -> i64 {
    let bands = [
        ("60-64", 280),
        ("65-69", 231),
        ("70-74", 172),
        ("75-79", 128),
        ("80-84", 92),
        ("85-89", 54),
        ("90-94", 24),
        ("95-99", 7),
        ("100+", 1),
    ];
    match dimension {
        "age_band" => bands.iter().find(|(band, _)| *band == code).map_or(0, |(_, weight)| *weight),
        _ if code == "unknown" => 0,
        "sex" if matches!(code, "male" | "1") => 47,
        "sex" => 53,
        _ => 6 + chance(&[dimension, code], 94),
    }
}

/// Hundredths of a person's share, in units of the measure's last decimal.
fn factor(unit: Unit) -> i64 {
    match unit {
        Unit::Person => 100,
        Unit::Household => 92,
        Unit::PersonMonth => 1_080,
        Unit::Event => 740,
        Unit::Hour => 9_300,
        Unit::Facility => 1,
        Unit::Bed => 5,
        Unit::Yuan => 4_200_000,
        Unit::Percent | Unit::YuanEach | Unit::PerThousand => 0,
    }
}

/// A number below `below` that depends on the words alone (FNV-1a).
pub(crate) fn chance(words: &[&str], below: i64) -> i64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    i64::try_from((hash >> 20) % 1_000_003).unwrap_or(0) % below
}

fn released(definition: &TableDefinition, region: &Region, codes: &[String], values: &[i64]) -> Vec<ReleasedRow> {
    let value = |name: &str| {
        definition.measures.iter().position(|measure| measure.name == name).and_then(|place| values.get(place))
    };
    let people = definition
        .measures
        .iter()
        .zip(values)
        .filter(|(measure, _)| measure.unit == Unit::Person && measure.ratio.is_none());
    let is_small = people.map(|(_, value)| *value).any(|value| (1..THRESHOLD).contains(&value));
    let is_missing = definition.name == "meals" && ["150622", "1506", TOTAL].contains(&region.code.as_str());
    let cannot_be = matches!(codes, [standard, level, ..] if (standard == "TKZL" && level.as_str() > "2" && level != TOTAL) || (standard == "GBT42195" && level == "5"));
    let row = |measure: &Measure, value: Option<i64>| {
        let status = match value {
            _ if is_missing => Status::Missing,
            _ if cannot_be => Status::NotApplicable,
            _ if is_small => Status::Suppressed,
            None => Status::NotApplicable,
            Some(0) => Status::Zero,
            Some(_) => Status::Published,
        };
        let value = value.filter(|_| matches!(status, Status::Published | Status::Zero));
        ReleasedRow {
            region: region.clone().into(),
            dimensions: codes.into(),
            measure: measure.name.as_str().into(),
            value,
            status,
        }
    };
    let rows = definition.measures.iter().zip(values).map(|(measure, own)| match &measure.ratio {
        None => row(measure, Some(*own)),
        Some(ratio) => {
            let scale = match measure.unit {
                Unit::Percent => 1_000,
                Unit::PerThousand => 10_000,
                _ => 1,
            };
            let parts = value(&ratio.of).zip(value(&ratio.to));
            row(measure, parts.and_then(|(of, to)| (of * scale).checked_div(*to)))
        }
    });
    rows.collect()
}
