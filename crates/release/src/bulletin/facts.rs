//! What the text says of a table; the sentences stand in `templates/prose.*.html`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::edition::Language;
use super::number::{change, change_in_text, in_text, ratio};
use super::outline::Kind;
use super::view::{Cell, Pick, UNKNOWN, View, When};
use crate::definition::{Dimension, Group, Measure, Unit};

/// A number in words, with how it moved; a value that is not published has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Figure {
    /// `1,234人`.
    text: String,
    /// `，比上年增长2.3%`; empty where nothing can be compared.
    change: String,
    #[serde(skip)]
    now: i64,
    #[serde(skip)]
    before: Option<i64>,
}

/// One item of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Fact {
    label: String,
    text: String,
    change: String,
    /// `45.2%` of all categories together; empty where they overlap.
    share: String,
    #[serde(skip)]
    is_withheld: bool,
}

/// What is said of a table whose sentences are the same for all tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Facts {
    /// By the name that the sentences of a kind of table use.
    named: BTreeMap<&'static str, Figure>,
    /// Every measure of all categories together.
    totals: Vec<Fact>,
    /// Which measure the parts are of; empty where there is one alone.
    of: String,
    /// What the first dimension divides by.
    by: String,
    /// What of the main measure falls to each category, or to the largest.
    parts: Vec<Fact>,
    /// Whether there are more categories than are said.
    is_largest: bool,
    /// Why nothing is said of all categories together; empty where something is.
    withheld: String,
}

/// Of more categories than this the largest alone are said.
const MOST_PARTS: usize = 8;
const LARGEST: usize = 3;

impl Facts {
    pub(super) fn new(view: &View, kind: Kind, language: Language) -> Self {
        let named = match kind {
            Kind::Population => population(view, language),
            Kind::OldAgeSubsidy => old_age_subsidy(view, language),
            Kind::Answers | Kind::Other => BTreeMap::new(),
        };
        let dimension = view.table.definition.dimensions.first();
        let by = dimension.map_or_else(String::new, |dimension| language.text(&dimension.title).to_owned());
        let (parts, is_largest) = dimension.map_or_else(Default::default, |dimension| parts(view, dimension, language));
        let of = main_measure(view).filter(|_| view.table.definition.measures.len() > 1);
        let of = of.map_or_else(String::new, |measure| language.text(&measure.title).to_owned());
        let mut totals = totals(view, language);
        let withheld = match totals.first() {
            Some(first) if totals.iter().all(|fact| fact.is_withheld) => first.text.clone(),
            _ => String::new(),
        };
        // One clause says of all measures what would stand behind each of them.
        totals.retain(|_| withheld.is_empty());
        Self { named, totals, of, by, parts, is_largest, withheld }
    }

    /// Numbers in words that a sentence of its own names, and nothing else.
    pub(super) fn of_named(named: BTreeMap<&'static str, String>) -> Self {
        let figure = |(name, text)| (name, Figure { text, change: String::new(), now: 0, before: None });
        Self {
            named: named.into_iter().map(figure).collect(),
            totals: Vec::new(),
            of: String::new(),
            by: String::new(),
            parts: Vec::new(),
            is_largest: false,
            withheld: String::new(),
        }
    }
}

/// What a table is told by: the money of an expenditure, else the first measure that counts people, else the first one.
pub(super) fn main_measure<'table>(view: &View<'table>) -> Option<&'table Measure> {
    let measures = &view.table.definition.measures;
    let unit = if view.table.definition.name == "expenditure" { Unit::Yuan } else { Unit::Person };
    measures.iter().find(|measure| measure.unit == unit).or_else(|| measures.first())
}

fn figure(view: &View, picks: &[Pick], measure: &Measure, language: Language) -> Option<Figure> {
    let at = |when| view.cell(when, &view.whole.code, picks, &measure.name).known();
    Some(Figure::new(at(When::Now)?, at(When::Before), measure.unit, (view.table.year - 1, language)))
}

impl Figure {
    fn new(now: i64, before: Option<i64>, unit: Unit, (year, language): (i32, Language)) -> Self {
        let change = before.and_then(|before| change(now, before, unit));
        let change = change.map_or_else(String::new, |change| change_in_text(change, year, language));
        Self { text: in_text(now, unit, language), change, now, before }
    }

    fn share_of(&self, whole: &Self, compared: (i32, Language)) -> Option<Self> {
        let before = self.before.zip(whole.before).and_then(|(part, whole)| ratio(part, whole, 1000));
        Some(Self::new(ratio(self.now, whole.now, 1000)?, before, Unit::Percent, compared))
    }
}

fn population(view: &View, language: Language) -> BTreeMap<&'static str, Figure> {
    let (Some(measure), Some(sex)) = (main_measure(view), view.dimension("sex")) else { return BTreeMap::new() };
    // The code list of sexes has men before women.
    let [male, female, ..] = sex.categories.as_slice() else { return BTreeMap::new() };
    let said: [(&str, &str, &[Pick]); 6] = [
        ("all", "", &[]),
        ("aged_65", "share_65", &[("age_band", "65+")]),
        ("aged_80", "share_80", &[("age_band", "80+")]),
        ("aged_100", "", &[("age_band", "100+")]),
        ("male", "", &[("sex", &male.code)]),
        ("female", "share_female", &[("sex", &female.code)]),
    ];
    let mut named = BTreeMap::new();
    for (name, share, picks) in said {
        let Some(figure) = figure(view, picks, measure, language) else { continue };
        let whole = named.get("all").filter(|_| !share.is_empty());
        if let Some(part) = whole.and_then(|all| figure.share_of(all, (view.table.year - 1, language))) {
            named.insert(share, part);
        }
        named.insert(name, figure);
    }
    named
}

/// The two totals are measures of their own, or categories of the roll.
pub(super) fn both_totals<'table>(view: &View<'table>) -> Vec<(Vec<Pick<'static>>, &'table Measure)> {
    let measure = |name| view.measure(name).map(|measure| (Vec::new(), measure));
    let category = |name| {
        let measure = view.group("roll", name).and_then(|_| main_measure(view));
        measure.map(|measure| (vec![("roll", name)], measure))
    };
    ["sum_of_rolls", "distinct_persons"]
        .into_iter()
        .filter_map(|name| measure(name).or_else(|| category(name)))
        .collect()
}

fn old_age_subsidy(view: &View, language: Language) -> BTreeMap<&'static str, Figure> {
    let mut named = BTreeMap::new();
    let totals = both_totals(view);
    let [(rolls, sum), (people, distinct)] = totals.as_slice() else { return named };
    let figure = |picks: &[Pick], measure| figure(view, picks, measure, language);
    let (Some(sum), Some(distinct)) = (figure(rolls, sum), figure(people, distinct)) else { return named };
    let difference = sum.now.saturating_sub(distinct.now);
    if difference > 0 {
        named.insert("difference", Figure::new(difference, None, Unit::Event, (view.table.year - 1, language)));
    }
    named.insert("sum_of_rolls", sum);
    named.insert("distinct_persons", distinct);
    named
}

fn totals(view: &View, language: Language) -> Vec<Fact> {
    let measures = view.table.definition.measures.iter();
    measures.filter_map(|measure| fact(view, &[], measure, language.text(&measure.title), language)).collect()
}

/// What is said of the categories, and whether of the largest alone.
fn parts(view: &View, dimension: &Dimension, language: Language) -> (Vec<Fact>, bool) {
    let Some(measure) = main_measure(view) else { return Default::default() };
    let whole = figure(view, &[], measure, language).filter(|_| dimension.adds_up && measure.ratio.is_none());
    let mut groups: Vec<&Group> = dimension.categories.iter().filter(|group| group.of.is_empty()).collect();
    let is_largest = groups.len() > MOST_PARTS;
    if is_largest {
        let size = |group: &&Group| {
            let picks = [(dimension.name.as_str(), group.code.as_str())];
            let cell = view.cell(When::Now, &view.whole.code, &picks, &measure.name);
            std::cmp::Reverse(cell.known())
        };
        groups.retain(|group| size(group).0.is_some());
        groups.sort_by_key(size);
        groups.truncate(LARGEST);
    }
    let facts = groups.into_iter().filter_map(|group| {
        let picks = [(dimension.name.as_str(), group.code.as_str())];
        let mut fact = fact(view, &picks, measure, language.group(group), language)?;
        let part = figure(view, &picks, measure, language);
        if group.code == UNKNOWN && part.as_ref().is_some_and(|part| part.now == 0) {
            return None;
        }
        let share = part.zip(whole.as_ref()).and_then(|(part, whole)| part.share_of(whole, (0, language)));
        fact.share = share.map_or_else(String::new, |share| share.text);
        Some(fact)
    });
    let facts: Vec<Fact> = facts.collect();
    let says_something = facts.iter().any(|fact| !fact.is_withheld);
    (if says_something { facts } else { Vec::new() }, is_largest)
}

fn fact(view: &View, picks: &[Pick], measure: &Measure, label: &str, language: Language) -> Option<Fact> {
    let (text, change, is_withheld) = match figure(view, picks, measure, language) {
        Some(figure) => (figure.text, figure.change, false),
        None => match view.cell(When::Now, &view.whole.code, picks, &measure.name) {
            Cell::Withheld(status) => (language.status(status).to_owned(), String::new(), true),
            Cell::Known(_) | Cell::Absent => return None,
        },
    };
    Some(Fact { label: label.to_owned(), text, change, share: String::new(), is_withheld })
}
