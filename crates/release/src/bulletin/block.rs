//! What the bulletin shows of one table: its facts, its drawings, and the table under each.

use std::cmp::Reverse;

use serde::Serialize;

use super::chart::{self, Chart};
use super::edition::{Edition, Language};
use super::facts::{Facts, main_measure};
use super::grid::{Column, Grid, Line, Plan, Shows, fill};
use super::outline::{Drawing, Entry, Kind};
use super::view::{Pick, View, When};
use super::{pyramid, regions, target_page, targets};
use crate::definition::{Dimension, Group, Timing};

/// A table of the outline, whether the release has it or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Block {
    /// Its name in the release; of the outline where the release does not have it.
    pub(super) table: String,
    pub(super) title: String,
    pub(super) kind: Kind,
    /// `None` where the release does not have the table.
    pub(super) content: Option<Content>,
}

/// What is shown of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Content {
    pub(super) year: i32,
    /// The day or the year that it shows.
    pub(super) timing: String,
    /// Whether it shows a day.
    pub(super) is_stock: bool,
    pub(super) base: &'static str,
    pub(super) facts: Facts,
    /// Of a table of targets alone.
    pub(super) targets: Option<target_page::Counts>,
    pub(super) parts: Vec<Part>,
    /// What a reader must know beside the numbers.
    pub(super) footnotes: Vec<String>,
    /// Whether the year before was counted in another way.
    pub(super) is_break: bool,
}

/// A drawing and the table under it; one of the two may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    pub(super) chart: Option<Chart>,
    pub(super) grid: Option<Grid>,
}

impl Block {
    /// The place of a table that the release does not have.
    pub(super) fn absent(entry: Entry, language: Language) -> Self {
        let title = language.pick(entry.title.zh, entry.title.en).to_owned();
        Self { table: entry.table.to_owned(), title, kind: entry.kind(), content: None }
    }

    pub(super) fn new(view: &View, entry: Entry, edition: &Edition, language: Language) -> Self {
        let definition = &view.table.definition;
        let targets = (entry.drawing == Drawing::Targets).then(|| targets::read(view, edition, language));
        let mut parts = vec![main_part(view, entry.drawing, targets.as_deref(), language)];
        if entry.is_regional {
            parts.extend(regions::part(view, language));
        }
        parts.retain(|part| part.chart.is_some() || part.grid.is_some());
        let content = Content {
            year: view.table.year,
            timing: language.timing(definition.timing, view.table.year),
            is_stock: definition.timing == Timing::Stock,
            base: language.base(definition.base),
            facts: Facts::new(view, entry.kind(), language),
            targets: targets.map(|targets| target_page::count(&targets)),
            parts,
            footnotes: definition.footnotes.iter().map(|note| language.text(note).to_owned()).collect(),
            is_break: view.is_break,
        };
        let title = language.text(&definition.title).to_owned();
        Self { table: definition.name.clone(), title, kind: entry.kind(), content: Some(content) }
    }
}

fn main_part(view: &View, drawing: Drawing, targets: Option<&[targets::Target]>, language: Language) -> Part {
    let id = &view.table.definition.name;
    let chart = match drawing {
        Drawing::Nothing => None,
        Drawing::Pyramid => pyramid::of_population(view, id, language).map(Chart::Pyramid),
        Drawing::Bars => chart::of_categories(view, id, language).map(Chart::Bars),
        Drawing::Levels => chart::of_levels(view, id, language).map(Chart::Bars),
        Drawing::BothTotals => chart::of_both_totals(view, id, language).map(Chart::Bars),
        Drawing::Targets => targets.and_then(|all| target_page::draw(all, view, language)).map(Chart::Targets),
    };
    let plan = match (drawing, targets) {
        (Drawing::Pyramid, _) => by_age_and_sex(view, language),
        (Drawing::Targets, Some(targets)) => return Part { chart, grid: target_page::grid(targets, view, language) },
        (Drawing::Levels, _) => Some(by_levels(view, language)),
        _ => Some(by_everything(view, language)),
    };
    Part { chart, grid: plan.and_then(|plan| fill(view, plan, language)) }
}

/// More rows than these are turned into a row for each inner and a column for each outer category.
const MOST_ROWS: usize = 36;
/// How many rows are left of more than [`MOST_ROWS`] categories.
const LARGEST: usize = 20;

/// All measures of all categories together, and of the categories of each dimension.
fn by_everything<'view>(view: &'view View, language: Language) -> Plan<'view> {
    let definition = &view.table.definition;
    let dimensions = definition.dimensions.iter().enumerate();
    let open = dimensions.filter(|(place, _)| view.is_open(*place)).map(|(_, dimension)| dimension);
    let open: Vec<&Dimension> = open.collect();
    match open.as_slice() {
        [] => plan(view, item(language), by_each_dimension(view, language), language),
        [only] => by_one(view, only, language),
        [outer, inner, ..] if outer.categories.len() * inner.categories.len() > MOST_ROWS => {
            across(view, outer, inner, language)
        }
        [outer, inner, ..] => {
            plan(view, language.text(&outer.title), under_each(view, outer, inner, language), language)
        }
    }
}

/// The categories of one dimension; of very many the largest alone, which a reader of a page can take in.
fn by_one<'view>(view: &'view View, dimension: &'view Dimension, language: Language) -> Plan<'view> {
    let mut lines = lines(view, dimension, &[], language);
    let is_long = lines.len() > MOST_ROWS;
    if let Some(measure) = main_measure(view).filter(|_| is_long) {
        let size = |line: &Line| view.cell(When::Now, line.region, &line.picks, &measure.name).known();
        lines.retain(|line| size(line).is_some_and(|size| size > 0));
        lines.sort_by_key(|line| Reverse(size(line)));
        lines.truncate(LARGEST);
    }
    let mut plan = plan(view, language.text(&dimension.title), vec![(String::new(), lines)], language);
    if is_long {
        plan.notes.push(match language {
            Language::Zh => format!("只列公布人数最多的{LARGEST}类，其余见 {} 表", view.table.definition.name),
            Language::En => {
                format!("the {LARGEST} largest that are published; all are in the table {}", view.table.definition.name)
            }
        });
    }
    plan
}

/// The levels of each standard, under its own total.
fn by_levels<'view>(view: &'view View, language: Language) -> Plan<'view> {
    match view.table.definition.dimensions.as_slice() {
        [outer, inner, ..] => plan(view, item(language), under_each(view, outer, inner, language), language),
        _ => by_everything(view, language),
    }
}

fn item(language: Language) -> &'static str {
    language.pick("项目", "Item")
}

/// Every measure is a column, and how the main one moved.
fn plan<'view>(
    view: &'view View,
    stub: &str,
    groups: Vec<(String, Vec<Line<'view>>)>,
    language: Language,
) -> Plan<'view> {
    let definition = &view.table.definition;
    let main = main_measure(view).map(|measure| &measure.name);
    let mut columns = Vec::new();
    for measure in &definition.measures {
        let column = |title, shows| Column { title, picks: Vec::new(), measure, shows };
        columns.push(column(language.text(&measure.title).to_owned(), Shows::Value));
        if main == Some(&measure.name) {
            columns.push(column(than_before(view, language), Shows::Change));
        }
    }
    let overlapping = definition.dimensions.iter().filter(|dimension| !dimension.adds_up);
    let overlapping: Vec<String> = overlapping.map(|dimension| language.text(&dimension.title).to_owned()).collect();
    let notes = if overlapping.is_empty() { Vec::new() } else { vec![overlap(&overlapping, language)] };
    let (id, caption, stub) = (definition.name.clone(), caption(view, language), stub.to_owned());
    Plan { id, caption, stub, columns, groups, notes }
}

/// One measure, the first rate if there is one: a row for each inner category, a column for each outer one.
fn across<'view>(
    view: &'view View,
    outer: &'view Dimension,
    inner: &'view Dimension,
    language: Language,
) -> Plan<'view> {
    let definition = &view.table.definition;
    let rate = definition.measures.iter().find(|measure| measure.ratio.is_some());
    let measure = rate.or_else(|| main_measure(view));
    let columns = outer.categories.iter().zip(measure.into_iter().cycle()).map(|(group, measure)| Column {
        title: language.group(group).to_owned(),
        picks: vec![(outer.name.as_str(), group.code.as_str())],
        measure,
        shows: Shows::Value,
    });
    let what = measure.map_or("", |measure| language.text(&measure.title));
    let caption = format!("{}{}{what}", caption(view, language), language.pick("：", ": "));
    let groups = vec![(String::new(), lines(view, inner, &[], language))];
    let stub = language.text(&inner.title).to_owned();
    Plan { id: definition.name.clone(), caption, stub, columns: columns.collect(), groups, notes: Vec::new() }
}

fn overlap(dimensions: &[String], language: Language) -> String {
    match language {
        Language::Zh => format!("{}各类有交叉，不可相加", language.list(dimensions)),
        Language::En => format!("categories overlap and must not be added: {}", language.list(dimensions)),
    }
}

fn by_each_dimension<'view>(view: &'view View, language: Language) -> Vec<(String, Vec<Line<'view>>)> {
    let total =
        Line { label: language.total().to_owned(), region: &view.whole.code, picks: Vec::new(), is_total: true };
    let mut groups = vec![(String::new(), vec![total])];
    for dimension in &view.table.definition.dimensions {
        groups.push((language.text(&dimension.title).to_owned(), lines(view, dimension, &[], language)));
    }
    groups
}

fn under_each<'view>(
    view: &'view View,
    outer: &'view Dimension,
    inner: &'view Dimension,
    language: Language,
) -> Vec<(String, Vec<Line<'view>>)> {
    let groups = outer.categories.iter().map(|group| {
        let picks = [(outer.name.as_str(), group.code.as_str())];
        let total = Line {
            label: language.total().to_owned(),
            region: &view.whole.code,
            picks: picks.to_vec(),
            is_total: true,
        };
        let all = std::iter::once(total).chain(lines(view, inner, &picks, language));
        (language.group(group).to_owned(), all.collect())
    });
    groups.collect()
}

fn lines<'view>(
    view: &'view View,
    dimension: &'view Dimension,
    outer: &[Pick<'view>],
    language: Language,
) -> Vec<Line<'view>> {
    let line = |group: &'view Group| Line {
        label: language.group(group).to_owned(),
        region: &view.whole.code,
        picks: [outer, &[(dimension.name.as_str(), group.code.as_str())]].concat(),
        is_total: false,
    };
    dimension.categories.iter().map(line).collect()
}

/// Age bands down, sexes across.
fn by_age_and_sex<'view>(view: &'view View, language: Language) -> Option<Plan<'view>> {
    let measure = main_measure(view)?;
    let sex = view.dimension("sex")?;
    let column = |title: &str, picks, shows| Column { title: title.to_owned(), picks, measure, shows };
    let mut columns = vec![
        column(language.total(), Vec::new(), Shows::Value),
        column(&than_before(view, language), Vec::new(), Shows::Change),
    ];
    let sexes = sex.categories.iter().filter(|group| group.of.is_empty());
    columns.extend(sexes.map(|group| column(language.group(group), vec![("sex", group.code.as_str())], Shows::Value)));
    let total =
        Line { label: language.total().to_owned(), region: &view.whole.code, picks: Vec::new(), is_total: true };
    let mut groups = vec![(String::new(), vec![total])];
    let others = view.table.definition.dimensions.iter().filter(|dimension| dimension.name != "sex");
    groups.extend(
        others.map(|dimension| (language.text(&dimension.title).to_owned(), lines(view, dimension, &[], language))),
    );
    let (id, stub) = (view.table.definition.name.clone(), item(language).to_owned());
    Some(Plan { id, caption: caption(view, language), stub, columns, groups, notes: Vec::new() })
}

pub(super) fn than_before(view: &View, language: Language) -> String {
    match language {
        Language::Zh => "比上年增减".to_owned(),
        Language::En => format!("Change on {}", view.table.year - 1),
    }
}

/// `2025年老年人口`.
pub(super) fn caption(view: &View, language: Language) -> String {
    let title = language.text(&view.table.definition.title);
    match language {
        Language::Zh => format!("{}年{title}", view.table.year),
        Language::En => format!("{title}, {}", view.table.year),
    }
}
