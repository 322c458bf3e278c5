//! A table as people read it: a line for each region and combination of categories, a column for each measure.

use std::collections::BTreeMap;

use super::super::columns::codes_of;
use super::super::rows::{Checked, Row};
use super::super::version::Readers;
use super::super::{Version, words};
use super::both;
use crate::definition::{Dimension, Unit};

/// What a line is one of.
const OF_WHICH: &str = "#";

/// A table in the shape of its sheets.
pub(super) struct Grid<'t> {
    pub(super) table: &'t Checked<'t>,
    pub(super) title: (String, String),
    /// Who publishes what, on the left above the table.
    pub(super) source: String,
    /// 计量单位, on the right above it.
    pub(super) unit: String,
    pub(super) heads: Vec<String>,
    /// How many columns stand before the measures.
    pub(super) labels: usize,
    pub(super) notes: Vec<String>,
    /// By dimension and code.
    names: Vec<BTreeMap<&'t str, String>>,
}

/// One line: its labels, and its row of each measure where it has one.
pub(super) struct Line<'t> {
    pub(super) labels: Vec<&'t str>,
    pub(super) cells: Vec<Option<&'t Row<'t>>>,
}

impl<'t> Grid<'t> {
    pub(super) fn new(table: &'t Checked<'t>, version: &Version, readers: Readers) -> Self {
        let definition = table.definition;
        let units = units(table);
        let state = words::of_state(version.state);
        let source = format!(
            "{}　{}年（{}，第{}版，数据截至{}）{}",
            both(&version.publisher.zh, &version.publisher.en, " "),
            table.year,
            both(state.zh, state.en, " "),
            version.number,
            version.as_of,
            inside(readers),
        );
        let names: Vec<String> = units.iter().map(|unit| unit_name(*unit)).collect();
        Self {
            table,
            title: (definition.title.zh.clone(), definition.title.en.clone()),
            source,
            unit: format!("计量单位 Unit：{}", names.join("、")),
            heads: heads(table, units.len() > 1),
            labels: 2 + definition.dimensions.len(),
            notes: notes(table),
            names: definition.dimensions.iter().map(labels).collect(),
        }
    }

    /// In the order of the rows, of which those of one line stand together.
    pub(super) fn lines(&'t self) -> impl Iterator<Item = Line<'t>> {
        let same =
            |one: &Row<'_>, other: &Row<'_>| one.region.code == other.region.code && one.dimensions == other.dimensions;
        self.table.rows.chunk_by(same).filter_map(|rows| self.line(rows))
    }

    fn line(&'t self, rows: &'t [Row<'t>]) -> Option<Line<'t>> {
        let first = rows.first()?;
        let region = [first.region.code.as_str(), first.region.name_zh.as_str()];
        let dimensions = self.names.iter().zip(first.dimensions);
        let dimensions = dimensions.map(|(names, code)| names.get(code.as_str()).map_or(code.as_str(), String::as_str));
        let cells = self.table.definition.measures.iter();
        let cells = cells.map(|measure| rows.iter().find(|row| row.measure.name == measure.name));
        Some(Line { labels: region.into_iter().chain(dimensions).collect(), cells: cells.collect() })
    }
}

pub(super) fn inside(readers: Readers) -> &'static str {
    match readers {
        Readers::Everybody => "",
        Readers::Inside => "　内部资料，不得对外发布 For internal use only",
    }
}

fn units(table: &Checked<'_>) -> Vec<Unit> {
    let used = |unit: &Unit| table.definition.measures.iter().any(|measure| measure.unit == *unit);
    words::UNITS.into_iter().filter(used).collect()
}

fn unit_name(unit: Unit) -> String {
    let word = words::of_unit(unit);
    both(word.zh, word.en, " ")
}

fn heads(table: &Checked<'_>, several_units: bool) -> Vec<String> {
    let title = |zh: &str, en: &str| both(zh, en, "\n");
    let region = [title("地区代码", "Region code"), title("地区", "Region")];
    let dimensions =
        table.definition.dimensions.iter().map(|dimension| title(&dimension.title.zh, &dimension.title.en));
    let measures = table.definition.measures.iter().map(|measure| {
        let of_which = if measure.part_of.is_some() { OF_WHICH } else { "" };
        let name = title(&measure.title.zh, &measure.title.en);
        let unit = if several_units { format!("\n（{}）", unit_name(measure.unit)) } else { String::new() };
        format!("{of_which}{name}{unit}")
    });
    region.into_iter().chain(dimensions).chain(measures).collect()
}

/// What each code of a dimension is called; categories that do not add up to the whole are some of what it holds.
fn labels(dimension: &Dimension) -> BTreeMap<&str, String> {
    let mark = |code: &str| if dimension.adds_up || code == words::TOTAL.code { "" } else { OF_WHICH };
    let named = codes_of(dimension).into_iter();
    named.map(|code| (code.code, format!("{}{}", mark(code.code), both(code.zh, code.en, " ")))).collect()
}

fn notes(table: &Checked<'_>) -> Vec<String> {
    let definition = table.definition;
    let (base, timing) = (words::of_base(definition.base), words::of_timing(definition.timing));
    let threshold = match table.threshold {
        Some(k) => format!("少于{k}人的单元格不公布。Cells of fewer than {k} people are withheld."),
        None => "本表不因人数少而隐去数值。No cell is withheld for being small.".to_owned(),
    };
    let text = |label: &str, zh: &str, en: &str| format!("{label}{}", both(zh, en, " "));
    let mut notes = vec![
        text("统计范围 Universe：", &definition.universe.zh, &definition.universe.en),
        text("地区口径 Base：", base.zh, base.en),
        text("时点 Time：", timing.zh, timing.en),
        text("计算方法 Formula：", &definition.formula.zh, &definition.formula.en),
        threshold,
    ];
    notes.extend(definition.footnotes.iter().map(|note| text("注 Note：", &note.zh, &note.en)));
    notes
}
