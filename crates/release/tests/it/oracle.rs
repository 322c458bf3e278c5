//! The same cells, counted by going through all rows for every one of them.

use std::collections::BTreeMap;

use crate::world::{COUNTIES, Row};

/// A code for the region and for each dimension, then the measure.
pub(crate) type Key = (String, Vec<String>, String);

/// Categories, whether they add up, and the township groups with theirs.
type Dimension = (Vec<&'static str>, bool, Vec<(&'static str, Vec<&'static str>)>);

/// A table as the oracle knows it.
pub(crate) struct Shape {
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) measures: Vec<&'static str>,
}

pub(crate) fn shape(table: &str) -> Shape {
    let sex = (vec!["1", "2"], true, vec![]);
    let band = (vec!["60", "65", "80"], true, vec![("65+", vec!["65", "80"]), ("80+", vec!["80"])]);
    let home = (vec!["own", "rented"], true, vec![]);
    let benefit = (vec!["A", "B"], false, vec![]);
    match table {
        "population" => Shape { dimensions: vec![sex, band, home], measures: vec!["persons"] },
        "recipients" => {
            Shape { dimensions: vec![benefit, sex, band], measures: vec!["persons", "december", "months", "amount"] }
        }
        _ => Shape { dimensions: vec![home], measures: vec!["persons"] },
    }
}

/// Townships with at least four people, development zones left out.
pub(crate) fn standing(population: &[Row]) -> Vec<&'static str> {
    let mut townships: Vec<&str> = population.iter().map(|row| row.0).filter(|code| code.len() == 9).collect();
    townships.sort_unstable();
    townships.dedup();
    let people = |code: &str| -> i64 { population.iter().filter(|row| row.0 == code).filter_map(|row| row.2[0]).sum() };
    let stands = |code: &&str| people(code) >= 4 && !code[6..].starts_with('4') && COUNTIES.contains(&&code[..6]);
    townships.into_iter().filter(stands).collect()
}

fn lies_in(row: &str, region: &str, standing: &[&str]) -> bool {
    let county = row.get(..6).filter(|county| COUNTIES.contains(county));
    match region.len() {
        5 => true,
        2 => county.is_some() || ["15", "1501"].contains(&row),
        4 => row.starts_with(region) && (county.is_some() || row == region),
        6 => county == Some(region),
        _ if region.ends_with("other") => county == region.get(..6) && !standing.contains(&row),
        _ => row == region,
    }
}

/// Every cell that a reader sees.
pub(crate) fn cells(table: &str, rows: &[Row], population: &[Row], regions: &[String]) -> BTreeMap<Key, i64> {
    let (shape, standing) = (shape(table), standing(population));
    let mut cells = BTreeMap::new();
    for region in regions {
        let township = region.len() >= 9;
        if township && !rows.iter().any(|row| row.0.len() == 9 && COUNTIES.contains(&&row.0[..6])) {
            continue;
        }
        for codes in combinations(&shape, region.len(), township) {
            for (index, measure) in shape.measures.iter().enumerate() {
                let value = rows
                    .iter()
                    .filter(|row| lies_in(row.0, region, &standing))
                    .filter(|row| {
                        row.1.iter().zip(&codes).zip(&shape.dimensions).all(|((own, code), dimension)| {
                            let group = dimension.2.iter().find(|group| group.0 == code);
                            code == "total" || own == code || group.is_some_and(|group| group.1.contains(own))
                        })
                    })
                    .filter_map(|row| row.2[index])
                    .sum();
                cells.insert((region.clone(), codes.clone(), (*measure).to_owned()), value);
            }
        }
    }
    cells
}

/// All codes at province and city, two at a time in a county, totals and single groups in a township.
fn combinations(shape: &Shape, digits: usize, township: bool) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![vec![]];
    for (categories, adds_up, groups) in &shape.dimensions {
        let total = adds_up.then_some("total").into_iter();
        let codes: Vec<&str> = if township && *adds_up {
            total.chain(groups.iter().map(|group| group.0)).collect()
        } else {
            total.chain(categories.iter().copied()).collect()
        };
        all = all
            .iter()
            .flat_map(|codes_so_far| {
                codes.iter().map(move |code| [codes_so_far.clone(), vec![(*code).to_owned()]].concat())
            })
            .collect();
    }
    let at_a_time = |codes: &Vec<String>| {
        codes.iter().zip(&shape.dimensions).filter(|(code, dimension)| dimension.1 && *code != "total").count()
    };
    let most = match digits {
        6 => 2,
        _ if township => 1,
        _ => 9,
    };
    all.into_iter().filter(|codes| at_a_time(codes) <= most).collect()
}
