//! The population pyramid: age bands from the oldest down, one sex to each side.

use serde::Serialize;

use super::chart::{Length, length, thousandths};
use super::edition::Language;
use super::facts::main_measure;
use super::number::decimal;
use super::view::{Cell, Pick, View, When};
use super::words::symbol;
use crate::definition::Group;

/// Two sides around a column of age bands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Pyramid {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) height: u32,
    pub(super) left: String,
    pub(super) right: String,
    pub(super) bands: Vec<Band>,
}

/// One age band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Band {
    pub(super) top: u32,
    pub(super) label: String,
    pub(super) left: Side,
    pub(super) right: Side,
}

/// One sex in one band.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Side {
    pub(super) length: Length,
    /// Where the number stands, in hundredths of the whole width from the middle column outwards.
    pub(super) end: u32,
    pub(super) value: String,
}

const ROW: u32 = 26;
const HEAD: u32 = 30;
/// In units of the width of a Latin letter.
const WIDEST: usize = 9;
/// Hundredths of the width that a side has for its bars; the template draws as wide.
const ROOM: u32 = 30;

/// Draws the first two categories of `sex` by `age_band`; `None` where the table has no such cells.
pub(super) fn of_population(view: &View, id: &str, language: Language) -> Option<Pyramid> {
    let measure = main_measure(view)?;
    let (sex, age) = (view.dimension("sex")?, view.dimension("age_band")?);
    let [left, right, ..] = sex.categories.as_slice() else { return None };
    let cell = |sex: &Group, age: &Group| {
        let picks: [Pick; 2] = [("sex", &sex.code), ("age_band", &age.code)];
        view.cell(When::Now, &view.whole.code, &picks, &measure.name)
    };
    let bands = age.categories.iter().filter(|group| group.of.is_empty()).rev();
    let cells: Vec<(&Group, Cell, Cell)> = bands.map(|age| (age, cell(left, age), cell(right, age))).collect();
    let most = cells.iter().flat_map(|(_, left, right)| left.known().into_iter().chain(right.known())).max()?;
    let mut top = HEAD;
    let mut drawn = Vec::new();
    for (age, left, right) in cells {
        let side = |cell| side(cell, most, measure.unit.decimals());
        drawn.push(Band { top, label: label(age, language), left: side(left), right: side(right) });
        top += ROW;
    }
    Some(Pyramid {
        id: id.to_owned(),
        title: title(view, language),
        description: language
            .pick(
                "人口金字塔：自上而下由高龄到低龄，左右两侧分性别。数值见图后表格。",
                "Population pyramid: age bands from the oldest down, one sex to each side. The table after it has all values.",
            )
            .to_owned(),
        height: top,
        left: language.capital(language.group(left)),
        right: language.capital(language.group(right)),
        bands: drawn,
    })
}

/// The middle column is narrow: a long name gives way to its code.
fn label(age: &Group, language: Language) -> String {
    let name = language.group(age);
    let width: usize = name.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
    if width > WIDEST { age.code.replace('-', "–") } else { name.to_owned() }
}

fn title(view: &View, language: Language) -> String {
    let title = language.text(&view.table.definition.title);
    let unit = main_measure(view).map_or("", |measure| language.unit(measure.unit, false));
    match language {
        Language::Zh => format!("{title}：性别、年龄构成（{unit}）"),
        Language::En => format!("{title}: sex and age ({unit})"),
    }
}

fn side(cell: Cell, most: i64, decimals: u32) -> Side {
    let length = length(cell, most);
    let end =
        cell.known().and_then(|value| thousandths(value, most)).map_or(0, |length| (length * ROOM).div_ceil(1000));
    let value = match cell {
        Cell::Known(value) => decimal(value, decimals),
        Cell::Withheld(status) => symbol(status).to_owned(),
        Cell::Absent => String::new(),
    };
    Side { length, end, value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yilian_disclosure::Status;

    #[test]
    fn a_number_stands_at_the_end_of_its_bar_and_a_withheld_one_at_the_middle() {
        let known = side(Cell::Known(500), 1_000, 0);
        assert_eq!((known.length, known.end, known.value.as_str()), (Length::Thousandths(500), 15, "500"));
        let withheld = side(Cell::Withheld(Status::Suppressed), 1_000, 0);
        assert_eq!((withheld.length, withheld.end, withheld.value.as_str()), (Length::Hatched, 0, "*"));
    }
}
