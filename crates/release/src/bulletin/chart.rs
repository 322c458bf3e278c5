//! Bars: where they stand in whole pixels, and how long they are in thousandths of the room they have.
//!
//! The page stretches the room and leaves the text as it is, so that a chart can be read on paper and on a telephone.

use serde::Serialize;
use yilian_disclosure::Status;

use super::edition::Language;
use super::facts::{both_totals, main_measure};
use super::number::{decimal, in_text, ratio};
use super::pyramid::Pyramid;
use super::target_page::Targets;
use super::view::{Cell, Pick, UNKNOWN, View, When};
use super::words::symbol;
use crate::definition::{Dimension, Group, Measure, Unit};

/// A drawing, without its words around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Chart {
    Bars(Bars),
    Pyramid(Pyramid),
    Targets(Targets),
}

/// Bars below each other, each with its label above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Bars {
    pub(super) id: String,
    pub(super) title: String,
    /// In words, for who cannot see it.
    pub(super) description: String,
    /// The year before, where its bars are drawn too.
    pub(super) before: Option<i32>,
    pub(super) height: u32,
    pub(super) rows: Vec<Bar>,
}

/// One bar, or what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Bar {
    /// Where its row begins, under its heading.
    pub(super) top: u32,
    pub(super) heading: Option<String>,
    pub(super) label: String,
    pub(super) length: Length,
    /// Of the year before; `None` where it has none.
    pub(super) before: Option<u32>,
    /// The value, or why there is none.
    pub(super) value: String,
    /// Which colour.
    pub(super) tone: &'static str,
}

/// How long a bar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Length {
    /// In thousandths of the room.
    Thousandths(u32),
    /// A hatched mark that is the same for every withheld value.
    Hatched,
    /// Nothing is drawn.
    Nothing,
}

/// What a bar is about, before anything is drawn.
pub(super) struct Source<'text> {
    /// What stands above it where a group begins.
    pub(super) heading: Option<String>,
    pub(super) label: String,
    pub(super) region: &'text str,
    pub(super) picks: Vec<Pick<'text>>,
    pub(super) measure: &'text Measure,
    pub(super) tone: &'static str,
}

const ROW: u32 = 46;
/// Of more bars than this each has less room, so that as many as there are benefits fit on one sheet of paper.
const MANY: usize = 20;
const NARROW_ROW: u32 = 40;
const HEADING: u32 = 30;
/// In units of the width of a Latin letter; what is longer is cut, and stands whole in the table.
const LONGEST_LABEL: usize = 50;

/// One bar for each category of the first dimension.
pub(super) fn of_categories(view: &View, id: &str, language: Language) -> Option<Bars> {
    let measure = main_measure(view)?;
    let dimension = view.table.definition.dimensions.first()?;
    let sources = categories(dimension).map(|group| Source {
        heading: None,
        label: language.group(group).to_owned(),
        region: &view.whole.code,
        picks: vec![(dimension.name.as_str(), group.code.as_str())],
        measure,
        tone: "first",
    });
    draw(view, id, &title(view, measure, language), sources.collect(), language)
}

/// One bar for each category of the second dimension, under a heading for each of the first that has any.
pub(super) fn of_levels(view: &View, id: &str, language: Language) -> Option<Bars> {
    let measure = main_measure(view)?;
    let [outer, inner, ..] = view.table.definition.dimensions.as_slice() else {
        return of_categories(view, id, language);
    };
    let mut sources = Vec::new();
    for standard in categories(outer) {
        let mut heading = Some(language.group(standard).to_owned());
        let levels = categories(inner).map(|level| {
            (level, vec![(outer.name.as_str(), standard.code.as_str()), (inner.name.as_str(), level.code.as_str())])
        });
        let levels: Vec<_> = levels.filter(|(_, picks)| is_drawn(view, picks, measure)).collect();
        let cell = |picks: &[Pick]| view.cell(When::Now, &view.whole.code, picks, &measure.name);
        if levels.iter().all(|(_, picks)| cell(picks) == Cell::Known(0)) {
            continue;
        }
        sources.extend(levels.into_iter().map(|(level, picks)| Source {
            heading: heading.take(),
            label: language.group(level).to_owned(),
            region: &view.whole.code,
            picks,
            measure,
            tone: "first",
        }));
    }
    draw(view, id, &title(view, measure, language), sources, language)
}

fn title(view: &View, measure: &Measure, language: Language) -> String {
    let (table, measure) = (language.text(&view.table.definition.title), language.text(&measure.title));
    format!("{table}{}{measure}", language.pick("：", ": "))
}

fn categories(dimension: &Dimension) -> impl Iterator<Item = &Group> {
    dimension.categories.iter().filter(|group| group.of.is_empty())
}

/// What cannot occur has no place in a drawing.
fn is_drawn(view: &View, picks: &[Pick], measure: &Measure) -> bool {
    let cell = view.cell(When::Now, &view.whole.code, picks, &measure.name);
    !matches!(cell, Cell::Absent | Cell::Withheld(Status::NotApplicable))
}

/// The rolls, their sum, and every person once.
pub(super) fn of_both_totals(view: &View, id: &str, language: Language) -> Option<Bars> {
    let totals = both_totals(view);
    let roll = view.dimension("roll").or_else(|| view.table.definition.dimensions.first())?;
    let measure = totals.first().map(|(_, measure)| *measure).or_else(|| main_measure(view))?;
    let region = view.whole.code.as_str();
    let is_total = |code: &str| code == "sum_of_rolls" || code == "distinct_persons";
    let rolls = categories(roll).filter(|group| !is_total(&group.code)).map(|group| {
        let picks = vec![(roll.name.as_str(), group.code.as_str())];
        Source { heading: None, label: language.group(group).to_owned(), region, picks, measure, tone: "first" }
    });
    let mut sources: Vec<Source> = rolls.collect();
    for ((picks, measure), tone) in totals.into_iter().zip(["second", "third"]) {
        let category = picks.first().and_then(|(dimension, code)| view.group(dimension, code));
        let label = category.map_or_else(|| language.text(&measure.title), |group| language.group(group)).to_owned();
        sources.push(Source { heading: None, label, region, picks, measure, tone });
    }
    draw(view, id, &title(view, measure, language), sources, language)
}

/// Draws what is there; `None` where no bar would have a length.
pub(super) fn draw(view: &View, id: &str, title: &str, sources: Vec<Source>, language: Language) -> Option<Bars> {
    let cells = sources.into_iter().map(|source| {
        let cell = |when| view.cell(when, source.region, &source.picks, &source.measure.name);
        (cell(When::Now), cell(When::Before).known(), source)
    });
    let drawn = |now: Cell| !matches!(now, Cell::Absent | Cell::Withheld(Status::NotApplicable));
    // Nobody of whom a category is not known is no bar.
    let is_idle =
        |now: Cell, source: &Source| now == Cell::Known(0) && source.picks.iter().any(|pick| pick.1 == UNKNOWN);
    let cells: Vec<_> = cells.filter(|(now, _, source)| drawn(*now) && !is_idle(*now, source)).collect();
    let most = cells.iter().flat_map(|(now, before, _)| now.known().into_iter().chain(*before)).max()?;
    let unit = cells.first().map(|(_, _, source)| source.measure.unit)?;
    let description = describe(&cells, language);
    let mut bars = Vec::new();
    let mut top = 0;
    let row = if cells.len() > MANY { NARROW_ROW } else { ROW };
    for (now, before, source) in cells {
        let length = length(now, most);
        let before = before.and_then(|before| thousandths(before, most)).filter(|_| now.known().is_some());
        let value = value(now, |value| written(value, source.measure.unit, language), language);
        top += source.heading.as_ref().map_or(0, |_| HEADING);
        let label = shortened(&language.capital(&source.label));
        let heading = source.heading.map(|heading| shortened(&language.capital(&heading)));
        bars.push(Bar { top, heading, label, length, before, value, tone: source.tone });
        top += row;
    }
    let before = bars.iter().any(|bar| bar.before.is_some()).then(|| view.table.year - 1);
    let title = match unit {
        Unit::Yuan => title.to_owned(),
        unit => format!("{title}{}", language.in_brackets(language.unit(unit, false))),
    };
    Some(Bars { id: id.to_owned(), title, description, before, height: top, rows: bars })
}

/// A bare number, as the title has the unit; money has the unit that its size asks for.
fn written(value: i64, unit: Unit, language: Language) -> String {
    match unit {
        Unit::Yuan => in_text(value, unit, language),
        unit => decimal(value, unit.decimals()),
    }
}

pub(super) fn thousandths(value: i64, most: i64) -> Option<u32> {
    ratio(value, most, 1000).and_then(|length| u32::try_from(length.clamp(0, 1000)).ok())
}

pub(super) fn length(cell: Cell, most: i64) -> Length {
    match cell {
        Cell::Known(value) => Length::Thousandths(thousandths(value, most).unwrap_or(0)),
        Cell::Withheld(Status::Suppressed) => Length::Hatched,
        Cell::Withheld(_) | Cell::Absent => Length::Nothing,
    }
}

/// The number, or the reason why there is none.
pub(super) fn value(cell: Cell, written: impl Fn(i64) -> String, language: Language) -> String {
    match cell {
        Cell::Known(value) => written(value),
        Cell::Withheld(status) => format!("{} {}", symbol(status), language.status(status)).trim().to_owned(),
        Cell::Absent => String::new(),
    }
}

pub(super) fn shortened(label: &str) -> String {
    let mut width = 0;
    for (place, letter) in label.char_indices() {
        width += if letter.is_ascii() { 1 } else { 2 };
        if width > LONGEST_LABEL {
            return format!("{}…", label.get(..place).unwrap_or(label));
        }
    }
    label.to_owned()
}

fn describe(cells: &[(Cell, Option<i64>, Source)], language: Language) -> String {
    let known = cells.iter().filter_map(|(cell, _, source)| cell.known().map(|value| (value, source)));
    let known: Vec<(i64, &Source)> = known.collect();
    let said = |found: Option<&(i64, &Source)>| {
        found.map_or_else(String::new, |(value, source)| {
            format!("{} {}", source.label, in_text(*value, source.measure.unit, language))
        })
    };
    let most = said(known.iter().rev().max_by_key(|(value, _)| *value));
    let least = said(known.iter().min_by_key(|(value, _)| *value));
    let withheld = cells.len() - known.len();
    match language {
        Language::Zh => format!(
            "条形图，共{}项。最高：{most}；最低：{least}；未公布或无数据{withheld}项。数值见图后表格。",
            cells.len()
        ),
        Language::En => format!(
            "Bars, {} items. Highest: {most}; lowest: {least}; without a value: {withheld}. The table after it has all values.",
            cells.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_value_and_a_withheld_value_has_no_length() {
        assert_eq!(length(Cell::Known(250), 1_000), Length::Thousandths(250));
        assert_eq!(length(Cell::Known(0), 0), Length::Thousandths(0));
        assert_eq!(length(Cell::Known(-4), 1_000), Length::Thousandths(0));
        assert_eq!(length(Cell::Withheld(Status::Suppressed), 1_000), Length::Hatched);
        assert_eq!(length(Cell::Withheld(Status::Missing), 1_000), Length::Nothing);
    }

    #[test]
    fn a_long_label_is_cut_where_the_room_ends() {
        assert_eq!(shortened("高龄津贴"), "高龄津贴");
        assert_eq!(shortened(&"津".repeat(26)), format!("{}…", "津".repeat(25)));
    }
}
