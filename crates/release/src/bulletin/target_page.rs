//! Targets on the page: how many are reached, a bar for each that has a value, and the table of all.

use serde::Serialize;
use yilian_disclosure::Status;

use super::block::caption;
use super::chart::{Length, shortened};
use super::edition::Language;
use super::grid::{Entry, Grid, Heading, Row, RowGroup};
use super::number::{decimal, ratio};
use super::targets::{Target, Value, Verdict};
use super::view::View;
use super::words::symbol;

/// How many targets there are of each verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    all: usize,
    /// Those that are reached or are not.
    judged: usize,
    reached: usize,
    not_reached: usize,
    part: usize,
    unknown: usize,
}

/// Bars from nothing to a quarter above the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Targets {
    id: String,
    title: String,
    description: String,
    height: u32,
    rows: Vec<Bar>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Bar {
    top: u32,
    label: String,
    length: Length,
    /// Where the words stand, in hundredths of the width.
    end: u32,
    value: String,
    tone: &'static str,
}

const ROW: u32 = 46;
const HEAD: u32 = 22;
/// The end of the scale, in tenths of a percent of the target.
const LONGEST: i64 = 1_250;
/// Hundredths of the width that the longest bar takes; the template draws as wide.
const ROOM: u32 = 70;

pub(super) fn count(targets: &[Target]) -> Counts {
    let of = |verdict| targets.iter().filter(|target| target.verdict == verdict).count();
    Counts {
        all: targets.len(),
        judged: of(Verdict::Reached) + of(Verdict::NotReached),
        reached: of(Verdict::Reached),
        not_reached: of(Verdict::NotReached),
        part: of(Verdict::Part),
        unknown: of(Verdict::Unknown),
    }
}

/// A bar for each target that has a value or withholds it; the table alone names those without data.
pub(super) fn draw(targets: &[Target], view: &View, language: Language) -> Option<Targets> {
    let mut rows = Vec::new();
    let mut top = HEAD;
    for target in targets {
        let length = match (target.attained, &target.value) {
            (Some(attained), _) => {
                Length::Thousandths(u32::try_from(ratio(attained.clamp(0, LONGEST), LONGEST, 1000)?).ok()?)
            }
            (None, Value::Withheld(Status::Suppressed)) => Length::Hatched,
            (None, _) => continue,
        };
        let end = match length {
            Length::Thousandths(length) => (length * ROOM).div_ceil(1000),
            Length::Hatched | Length::Nothing => 0,
        };
        let tone = match target.verdict {
            Verdict::Reached => "third",
            Verdict::NotReached => "second",
            Verdict::Part | Verdict::Unknown => "first",
        };
        rows.push(Bar { top, label: label(target, language), length, end, value: words(target, language), tone });
        top += ROW;
    }
    let title = format!(
        "{}{}",
        language.text(&view.table.definition.title),
        language.pick("：完成程度", ": how much is reached")
    );
    let description = describe(count(targets), language);
    (!rows.is_empty()).then(|| Targets {
        id: view.table.definition.name.clone(),
        title,
        description,
        height: top,
        rows,
    })
}

fn describe(counts: Counts, language: Language) -> String {
    let Counts { all, reached, not_reached, .. } = counts;
    match language {
        Language::Zh => {
            format!(
                "条形图：各项目标的完成程度，竖线为目标值。共{all}项，达到{reached}项，未达到{not_reached}项。数值见图后表格。"
            )
        }
        Language::En => format!(
            "Bars: how much of each target is reached; the line is the target. {all} targets, {reached} reached, \
             {not_reached} not reached. The table after it has all values."
        ),
    }
}

fn label(target: &Target, language: Language) -> String {
    let wanted = format!("{}{}", language.pick("目标 ", "target "), target.wanted);
    format!("{}{}", shortened(&target.title), language.in_brackets(&wanted))
}

/// What stands behind the bar.
fn words(target: &Target, language: Language) -> String {
    let value = match &target.value {
        Value::Known(value) => value.clone(),
        Value::Withheld(status) => format!("{} {}", symbol(*status), language.status(*status)).trim().to_owned(),
        Value::NotDelivered(_) => String::new(),
    };
    let beyond = if target.attained.is_some_and(|attained| attained > LONGEST) { "▸ " } else { "" };
    format!("{beyond}{value} {}", target.verdict.words(language))
}

/// The table under the drawing.
pub(super) fn grid(targets: &[Target], view: &View, language: Language) -> Option<Grid> {
    let rows: Vec<Row> = targets.iter().map(|target| row(target, language)).collect();
    let statuses = [Status::Suppressed, Status::Missing, Status::NotApplicable];
    let statuses =
        statuses.into_iter().filter(|status| targets.iter().any(|target| target.value == Value::Withheld(*status)));
    let columns = match language {
        Language::Zh => [("期限", ""), ("目标值", ""), ("实际值", ""), ("完成程度", "（%）"), ("结果", "")],
        Language::En => [("Deadline", ""), ("Target", ""), ("Value", ""), ("Reached", " (%)"), ("Verdict", "")],
    };
    let mut notes: Vec<String> = statuses.map(|status| language.legend(status)).collect();
    notes.extend(targets.iter().filter_map(|target| match &target.value {
        Value::NotDelivered(missing) => Some(not_delivered(target, missing, language)),
        Value::Known(_) | Value::Withheld(_) => None,
    }));
    notes.dedup();
    (!rows.is_empty()).then(|| Grid {
        id: view.table.definition.name.clone(),
        caption: caption(view, language),
        unit: String::new(),
        stub: language.pick("目标", "Target").to_owned(),
        columns: columns.map(|(title, unit)| Heading { title: title.to_owned(), unit: unit.to_owned() }).into(),
        groups: vec![RowGroup { title: String::new(), rows }],
        notes,
    })
}

fn not_delivered(target: &Target, missing: &str, language: Language) -> String {
    let id = target.title.split(' ').next().unwrap_or_default();
    match language {
        Language::Zh => format!("{id} 缺{missing}"),
        // The rule book says in Chinese alone what is missing.
        Language::En => format!("{id}: no department delivers it"),
    }
}

fn row(target: &Target, language: Language) -> Row {
    let plain = |text: String| Entry { text, spoken: String::new() };
    let value = match &target.value {
        Value::Known(value) => plain(value.clone()),
        Value::Withheld(status) => {
            Entry { text: symbol(*status).to_owned(), spoken: language.status(*status).to_owned() }
        }
        Value::NotDelivered(_) => Entry {
            text: String::new(),
            spoken: language.pick("没有部门报送", "no department delivers it").to_owned(),
        },
    };
    let entries = vec![
        plain(target.deadline.map_or_else(String::new, |day| day.to_string())),
        plain(target.wanted.clone()),
        value,
        plain(target.attained.map_or_else(String::new, |attained| decimal(attained, 1))),
        plain(target.verdict.words(language).to_owned()),
    ];
    Row { label: target.title.clone(), is_total: false, entries }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_whose_value_is_withheld_shows_its_verdict_and_no_number() {
        let target = Target {
            title: "N-31 集中供养率".to_owned(),
            wanted: "60%".to_owned(),
            deadline: None,
            value: Value::Withheld(Status::Suppressed),
            attained: None,
            verdict: Verdict::Reached,
        };
        assert_eq!(label(&target, Language::Zh), "N-31 集中供养率（目标 60%）");
        assert_eq!(words(&target, Language::Zh), "* 为保护个人信息未公布 已达到");
        let texts: Vec<String> = row(&target, Language::Zh).entries.into_iter().map(|entry| entry.text).collect();
        assert_eq!(texts, ["", "60%", "*", "", "已达到"]);
    }
}
