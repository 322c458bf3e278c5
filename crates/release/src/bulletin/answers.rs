//! What offices found when they checked overlaps: the one thing of a restricted table that the bulletin tells.
//!
//! Unconfirmed suspicion is not published. So this is told of a closed year, at city level and above, of answered clues
//! alone, and never without the share that was no error; how many clues there were is not told, nor can it be worked out.

use std::collections::BTreeMap;

use super::block::{Block, Content, Part};
use super::edition::{Edition, Finality, Language};
use super::facts::Facts;
use super::grid::{Entry, Grid, Heading, Row, RowGroup};
use super::number::{decimal, ratio};
use super::outline::Kind;
use super::view::{Cell, View, When};
use crate::definition::Timing;
use crate::table::ReleasedTable;

/// The restricted table.
pub(super) const TABLE: &str = "overlap_summary";
/// The answers that are told, by the measure: confirmed, corrected, no error.
const ANSWERS: [&str; 3] = ["confirmed", "recovered", "dismissed"];
/// Clues that an office was asked about; others are for information.
const ASKED: [&str; 2] = ["violation", "review"];
/// Fewer cases than these are not told: the highest threshold for people, since a case is one.
const LEAST: i64 = 10;
/// Digits of the code of a city; a county's is longer.
const CITY: usize = 4;

/// `None` where there is nothing that may be told.
pub(super) fn block(tables: &[ReleasedTable], edition: &Edition, language: Language) -> Option<Block> {
    if edition.finality != Finality::Final || edition.region.len() > CITY {
        return None;
    }
    let table = tables.iter().find(|table| table.definition.name == TABLE)?;
    let view = View::new(table, &[])?;
    let rules = &view.dimension("rule")?.categories;
    let told: Vec<(&str, [i64; 3])> =
        rules.iter().filter_map(|rule| Some((language.group(rule), cases(&view, &rule.code)?))).collect();
    let sums = told.iter().fold([0_i64; 3], |sums, (_, cases)| add(sums, *cases));
    if told.is_empty() {
        return None;
    }
    let title = language.pick("待遇重叠核实结果", "Checked overlaps of benefits").to_owned();
    let content = Content {
        year: table.year,
        timing: language.timing(Timing::Flow, table.year),
        is_stock: false,
        base: language.base(table.definition.base),
        facts: Facts::of_named(named(sums, language)?),
        targets: None,
        parts: vec![Part { chart: None, grid: Some(grid(&told, sums, (&title, table.year), language)) }],
        footnotes: vec![
            language
                .pick(
                    "只列已核实的线索；未核实的线索不公布",
                    "clues that were checked; what was not checked is not published",
                )
                .to_owned(),
            match language {
                Language::Zh => format!("某一结果不足{LEAST}件的规则不列"),
                Language::En => format!("rules with fewer than {LEAST} cases of an answer are left out"),
            },
        ],
        is_break: false,
    };
    Some(Block { table: TABLE.to_owned(), title, kind: Kind::Answers, content: Some(content) })
}

/// The answers of a rule; `None` where one is withheld, or is of so few that it says who.
fn cases(view: &View, rule: &str) -> Option<[i64; 3]> {
    let mut cases = [0_i64; 3];
    for severity in ASKED {
        let cell = |measure| view.cell(When::Now, &view.whole.code, &[("rule", rule), ("severity", severity)], measure);
        let mut found = [0_i64; 3];
        for (found, measure) in found.iter_mut().zip(ANSWERS) {
            *found = match cell(measure) {
                Cell::Known(count) => count,
                Cell::Absent => 0,
                Cell::Withheld(_) => return None,
            };
        }
        cases = add(cases, found);
    }
    let is_told = cases.iter().all(|count| *count == 0 || *count >= LEAST) && cases.iter().any(|count| *count > 0);
    is_told.then_some(cases)
}

fn add(one: [i64; 3], other: [i64; 3]) -> [i64; 3] {
    let mut sum = one;
    sum.iter_mut().zip(other).for_each(|(sum, more)| *sum = sum.saturating_add(more));
    sum
}

/// Tenths of a percent of the answered clues that were no error.
fn share(cases: [i64; 3]) -> Option<i64> {
    let [confirmed, recovered, dismissed] = cases;
    ratio(dismissed, confirmed.saturating_add(recovered).saturating_add(dismissed), 1000)
}

/// What the sentence says.
fn named(cases: [i64; 3], language: Language) -> Option<BTreeMap<&'static str, String>> {
    let [confirmed, recovered, dismissed] = cases;
    let counts = [("confirmed", confirmed), ("recovered", recovered), ("dismissed", dismissed)];
    let unit = language.pick("件", " cases");
    let counts = counts.map(|(name, count)| (name, format!("{}{unit}", decimal(count, 0))));
    Some(counts.into_iter().chain([("share", format!("{}%", decimal(share(cases)?, 1)))]).collect())
}

fn grid(told: &[(&str, [i64; 3])], sums: [i64; 3], (title, year): (&str, i32), language: Language) -> Grid {
    let row = |label: &str, cases: [i64; 3], is_total| {
        let plain = |text: String| Entry { text, spoken: String::new() };
        let mut entries: Vec<Entry> = cases.iter().map(|count| plain(decimal(*count, 0))).collect();
        entries.push(plain(share(cases).map_or_else(String::new, |share| decimal(share, 1))));
        Row { label: label.to_owned(), is_total, entries }
    };
    let mut rows = vec![row(language.total(), sums, true)];
    rows.extend(told.iter().map(|(label, cases)| row(label, *cases, false)));
    let columns = match language {
        Language::Zh => [("已确认", "（件）"), ("已纠正", "（件）"), ("核实无误", "（件）"), ("核实无误占比", "（%）")],
        Language::En => {
            [("Confirmed", " (cases)"), ("Corrected", " (cases)"), ("No error", " (cases)"), ("No error", " (%)")]
        }
    };
    Grid {
        id: TABLE.to_owned(),
        caption: match language {
            Language::Zh => format!("{year}年{title}"),
            Language::En => format!("{title}, {year}"),
        },
        unit: String::new(),
        stub: language.pick("规则", "Rule").to_owned(),
        columns: columns.map(|(title, unit)| Heading { title: title.to_owned(), unit: unit.to_owned() }).into(),
        groups: vec![RowGroup { title: String::new(), rows }],
        notes: Vec::new(),
    }
}
