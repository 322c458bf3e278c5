//! Targets: what the table `kpi` says of each, and whether it is reached.
//!
//! The number to be reached comes from the rule book, the parts of the value from the table: `persons_reached` of
//! `persons` where a target is about people, else `things_reached` of `things`; `met` says it where the parts are withheld.

use chrono::NaiveDate;
use yilian_contract::targets::{Answer, Each, Target as Rule, Unit};
use yilian_disclosure::Status;

use super::edition::{Edition, Language};
use super::number::decimal;
use super::view::{Cell, Pick, View, When};
use crate::table::RegionLevel;

/// One target and one of its deadlines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) title: String,
    /// The number that is to be reached, in words; empty where the document gives none.
    pub(super) wanted: String,
    pub(super) deadline: Option<NaiveDate>,
    pub(super) value: Value,
    /// Tenths of a percent of the number that is to be reached, rounded down.
    pub(super) attained: Option<i64>,
    pub(super) verdict: Verdict,
}

/// What was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// In words.
    Known(String),
    /// The table has it, and does not tell.
    Withheld(Status),
    /// No department delivers it: what is missing, in Chinese as the rule book has it.
    NotDelivered(String),
}

/// Whether a target is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Reached,
    NotReached,
    /// It is another place's, of which this is a part.
    Part,
    /// The release does not say.
    Unknown,
}

/// Reads every target that concerns the place, once for each of its deadlines, in the order of the rule book.
pub(super) fn read(view: &View, edition: &Edition, language: Language) -> Vec<Target> {
    let concerns = |rule: &&Rule| rule.place.starts_with(&edition.region) || edition.region.starts_with(&rule.place);
    let rules = edition.targets.iter().filter(concerns);
    let lines = rules.flat_map(|rule| rule.deadlines.iter().map(move |deadline| (rule, deadline.by)));
    lines.map(|(rule, by)| one(view, rule, by, edition, language)).collect()
}

fn one(view: &View, rule: &Rule, by: NaiveDate, edition: &Edition, language: Language) -> Target {
    let code = format!("{}@{by}", rule.id);
    let parts = |region: &str| parts(view, region, &code);
    let whole = parts(&view.whole.code);
    let attained = rule.at_least.and_then(|wanted| attained(rule.unit, whole.known()?, wanted));
    let value = match (&rule.answer, whole.known().and_then(|parts| written(rule.unit, parts))) {
        (Answer::Missing(missing), _) => Value::NotDelivered(missing.clone()),
        (Answer::Indicator { .. }, Some(value)) => Value::Known(value),
        (Answer::Indicator { .. }, None) => Value::Withheld(whole.status()),
    };
    let met = |region: &str| verdict(view, (region, &code), rule);
    let verdict = match rule.in_each {
        Some(Each::County) => in_each(
            view.parts.iter().filter(|region| region.level == RegionLevel::County).map(|region| met(&region.code)),
        ),
        None if rule.place.starts_with(&edition.region) => met(&view.whole.code),
        None => Verdict::Part,
    };
    let title = language.pick(&rule.title.zh, &rule.title.en);
    let title = format!("{} {title}", rule.id);
    let wanted = rule.at_least.map_or_else(String::new, |wanted| number(rule.unit, wanted));
    Target { title, wanted, deadline: Some(by), value, attained, verdict }
}

/// Numerator and denominator of a target in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts {
    reached: Cell,
    of: Cell,
}

impl Parts {
    fn known(self) -> Option<(i64, Option<i64>)> {
        Some((self.reached.known()?, self.of.known()))
    }

    fn status(self) -> Status {
        match (self.reached, self.of) {
            (Cell::Withheld(status), _) | (_, Cell::Withheld(status)) => status,
            _ => Status::Missing,
        }
    }
}

fn parts(view: &View, region: &str, code: &str) -> Parts {
    let dimension = view.table.definition.dimensions.first().map_or("", |dimension| dimension.name.as_str());
    let picks: [Pick; 1] = [(dimension, code)];
    let cell = |measure| view.cell(When::Now, region, &picks, measure);
    let people = Parts { reached: cell("persons_reached"), of: cell("persons") };
    let things = Parts { reached: cell("things_reached"), of: cell("things") };
    let is_there = |cell| matches!(cell, Cell::Known(_) | Cell::Withheld(Status::Suppressed));
    if is_there(people.reached) || !is_there(things.reached) { people } else { things }
}

fn verdict(view: &View, (region, code): (&str, &str), rule: &Rule) -> Verdict {
    let dimension = view.table.definition.dimensions.first().map_or("", |dimension| dimension.name.as_str());
    let met = view.cell(When::Now, region, &[(dimension, code)], "met");
    let attained = || rule.at_least.and_then(|wanted| attained(rule.unit, parts(view, region, code).known()?, wanted));
    match met {
        Cell::Known(0) => Verdict::NotReached,
        Cell::Known(_) => Verdict::Reached,
        Cell::Withheld(_) | Cell::Absent => match attained() {
            Some(1000..) => Verdict::Reached,
            Some(_) => Verdict::NotReached,
            None => Verdict::Unknown,
        },
    }
}

/// Reached in each, if in each it is; not, if in one it is not.
fn in_each(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let verdicts: Vec<Verdict> = verdicts.collect();
    if verdicts.contains(&Verdict::NotReached) {
        Verdict::NotReached
    } else if !verdicts.is_empty() && verdicts.iter().all(|verdict| *verdict == Verdict::Reached) {
        Verdict::Reached
    } else {
        Verdict::Unknown
    }
}

/// In tenths of a percent of `wanted` (hundredths of the unit), rounded down: what is missed by little is missed.
fn attained(unit: Unit, (reached, of): (i64, Option<i64>), wanted: i64) -> Option<i64> {
    let (factor, of) = match unit {
        Unit::Number => (100, 1),
        Unit::Percent => (10_000, of?),
        Unit::Ratio => (100, of?),
    };
    let wanted = i128::from(wanted) * i128::from(of);
    i64::try_from((i128::from(reached) * factor * 1000).checked_div_euclid(wanted)?).ok()
}

/// The value in words; `None` where there is nothing to be a part of.
fn written(unit: Unit, (reached, of): (i64, Option<i64>)) -> Option<String> {
    match unit {
        Unit::Number => Some(decimal(reached, 0)),
        Unit::Percent => Some(format!("{}%", decimal(super::number::ratio(reached, of?, 1000)?, 1))),
        Unit::Ratio => Some(decimal(super::number::ratio(reached, of?, 100)?, 2)),
    }
}

/// Hundredths of a unit without needless zeros: `8`, `55%`, `0.2`.
fn number(unit: Unit, hundredths: i64) -> String {
    let written = decimal(hundredths, 2);
    let written = written.trim_end_matches('0').trim_end_matches('.');
    format!("{written}{}", if unit == Unit::Percent { "%" } else { "" })
}

impl Verdict {
    pub(super) fn words(self, language: Language) -> &'static str {
        match self {
            Self::Reached => language.pick("已达到", "reached"),
            Self::NotReached => language.pick("未达到", "not reached"),
            Self::Part => language.pick("上级目标的本地部分", "part of a wider target"),
            Self::Unknown => language.pick("不能判断", "cannot be judged"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_is_missed_by_little_is_not_reached() {
        assert_eq!(attained(Unit::Percent, (8_999, Some(10_000)), 9_000), Some(999));
        assert_eq!(attained(Unit::Number, (65_999, None), 6_600_000), Some(999));
        assert_eq!(attained(Unit::Number, (10, None), 800), Some(1_250));
        assert_eq!(attained(Unit::Ratio, (21, Some(100)), 20), Some(1_050));
        assert_eq!(attained(Unit::Percent, (1, Some(0)), 9_000), None);
    }

    #[test]
    fn a_value_is_written_as_its_target_is() {
        assert_eq!(written(Unit::Percent, (613, Some(1_000))).as_deref(), Some("61.3%"));
        assert_eq!(written(Unit::Ratio, (21, Some(100))).as_deref(), Some("0.21"));
        assert_eq!((number(Unit::Percent, 5_500), number(Unit::Ratio, 20)), ("55%".to_owned(), "0.2".to_owned()));
        assert_eq!(number(Unit::Number, 6_600_000), "66,000");
    }

    #[test]
    fn what_must_be_reached_in_each_county_fails_in_one() {
        let all = |verdicts: &[Verdict]| in_each(verdicts.iter().copied());
        assert_eq!(all(&[Verdict::Reached, Verdict::NotReached, Verdict::Unknown]), Verdict::NotReached);
        assert_eq!(all(&[Verdict::Reached, Verdict::Unknown]), Verdict::Unknown);
        assert_eq!(all(&[Verdict::Reached, Verdict::Reached]), Verdict::Reached);
        assert_eq!(all(&[]), Verdict::Unknown);
    }
}
