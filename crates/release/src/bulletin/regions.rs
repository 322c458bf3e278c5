//! The regions of a table: a bar for each, and the table under it.

use super::block::{Part, than_before};
use super::chart::{Chart, Source, draw};
use super::edition::Language;
use super::facts::{both_totals, main_measure};
use super::grid::{Column, Line, Plan, Shows, fill};
use super::view::{Pick, View};
use crate::definition::Measure;

/// Draws the first level that has more than one region; `None` where there is none.
pub(super) fn part(view: &View, language: Language) -> Option<Part> {
    if view.parts.is_empty() {
        return None;
    }
    let (picks, measure) = shown(view)?;
    let id = format!("{}-regions", view.table.definition.name);
    let sources = view.parts.iter().map(|region| Source {
        heading: None,
        label: language.region(region),
        region: &region.code,
        picks: picks.clone(),
        measure,
        tone: "first",
    });
    let title = title(view, measure, &picks, language);
    let chart = draw(view, &id, &title, sources.collect(), language).map(Chart::Bars);
    let grid = fill(view, plan(view, &id, (&picks, measure), language), language);
    Some(Part { chart, grid })
}

/// People, once each: what the regions of a table are compared by.
fn shown<'table>(view: &View<'table>) -> Option<(Vec<Pick<'static>>, &'table Measure)> {
    both_totals(view).pop().or_else(|| main_measure(view).map(|measure| (Vec::new(), measure)))
}

fn title(view: &View, measure: &Measure, picks: &[Pick], language: Language) -> String {
    let table = language.text(&view.table.definition.title);
    let category = picks.first().and_then(|(dimension, code)| view.group(dimension, code));
    let what = category.map_or_else(|| language.text(&measure.title), |group| language.group(group));
    match language {
        Language::Zh => format!("各地区{table}：{what}"),
        Language::En => format!("{table} by region: {what}"),
    }
}

fn plan<'view>(
    view: &'view View,
    id: &str,
    (picks, measure): (&[Pick<'view>], &'view Measure),
    language: Language,
) -> Plan<'view> {
    let column = |title: &str, picks: Vec<Pick<'view>>, measure, shows| Column {
        title: title.to_owned(),
        picks,
        measure,
        shows,
    };
    let mut columns = Vec::new();
    for (picks, measure) in both_totals(view) {
        let category = picks.first().and_then(|(dimension, code)| view.group(dimension, code));
        let title = category.map_or_else(|| language.text(&measure.title), |group| language.group(group));
        columns.push(column(title, picks, measure, Shows::Value));
    }
    if columns.is_empty() {
        columns.push(column(language.text(&measure.title), picks.to_vec(), measure, Shows::Value));
    }
    columns.push(column(&than_before(view, language), picks.to_vec(), measure, Shows::Change));
    for dimension in view.table.definition.dimensions.iter().filter(|dimension| dimension.adds_up) {
        // A sum of all categories is the total once more.
        let sums = dimension.township.iter().filter(|group| group.of.len() < dimension.categories.len());
        columns.extend(sums.map(|group| {
            column(language.group(group), vec![(dimension.name.as_str(), group.code.as_str())], measure, Shows::Value)
        }));
    }
    let line = |region: &'view crate::table::Region, is_total| Line {
        label: language.region(region),
        region: &region.code,
        picks: Vec::new(),
        is_total,
    };
    let mut lines = vec![line(view.whole, true)];
    lines.extend(view.parts.iter().map(|region| line(region, false)));
    let (name, year) = (language.text(&view.table.definition.title), view.table.year);
    let caption = match language {
        Language::Zh => format!("{year}年各地区{name}"),
        Language::En => format!("{name} by region, {year}"),
    };
    let stub = language.pick("地区", "Region").to_owned();
    Plan { id: id.to_owned(), caption, stub, columns, groups: vec![(String::new(), lines)], notes: Vec::new() }
}
