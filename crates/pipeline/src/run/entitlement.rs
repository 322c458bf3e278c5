//! Reference tables of `pipelines/entitlement/`: conditions as bit masks, and what each of them rests on.

mod entry;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use yilian_contract::Kind;
use yilian_contract::entitlement::{Entitlement, Gap, Needs};
use yilian_contract::rules::Severity;

use self::entry::entitlement_columns;
use super::RunError;
use super::reference::{
    ReferenceInputs, basis, benefits, dates, first_of_month, integers, month_number, months_of, texts,
};
use crate::coverage::Coverage;

/// Names of the tables that [`tables`] makes.
pub(crate) const NAMES: [&str; 14] = [
    "month",
    "coverage",
    "circumstance",
    "entitlement",
    "exclusion",
    "gap",
    "gap_dataset",
    "gap_window",
    "silence",
    "assessment_level",
    "assessment_scale",
    "assessed_benefit",
    "hardship_group",
    "hardship_place",
];

type Columns = Vec<(&'static str, ArrayRef)>;

/// The tables in the order of [`NAMES`].
pub(crate) fn tables(inputs: &ReferenceInputs<'_>) -> Result<Vec<(&'static str, Columns)>, RunError> {
    let masks = Masks::new(inputs);
    let columns = [
        month_columns(inputs),
        coverage_columns(inputs),
        circumstance_columns(inputs, &masks),
        entitlement_columns(inputs, &masks)?,
        exclusion_columns(inputs.entitlement, &masks),
        gap_columns(inputs.entitlement),
        gap_dataset_columns(inputs.entitlement),
        vec![
            ("before", integers([i64::from(inputs.entitlement.missing_months.0)])),
            ("after", integers([i64::from(inputs.entitlement.missing_months.1)])),
        ],
        silence_columns(inputs.entitlement),
        level_columns(inputs.entitlement),
        scale_columns(inputs.entitlement),
        vec![("benefit", texts(inputs.entitlement.basis_for.iter().map(String::as_str)))],
        group_columns(inputs.entitlement, &masks),
        group_place_columns(inputs.entitlement),
    ];
    Ok(NAMES.into_iter().zip(columns).collect())
}

/// The bits of benefits and circumstances.
struct Masks {
    benefits: BTreeMap<String, i64>,
    circumstances: BTreeMap<String, i64>,
}

impl Masks {
    fn new(inputs: &ReferenceInputs<'_>) -> Self {
        let entries = inputs.schemas.codes.get("circumstance").map(|list| list.entries.as_slice()).unwrap_or_default();
        let bit = |at: usize| 1_i64.checked_shl(u32::try_from(at).unwrap_or(63)).unwrap_or(0);
        Self {
            benefits: benefits(inputs).into_iter().collect(),
            circumstances: entries.iter().enumerate().map(|(at, entry)| (entry.code.clone(), bit(at))).collect(),
        }
    }

    fn held(&self, names: &[String]) -> i64 {
        sum(&self.benefits, names)
    }

    fn any_of(&self, names: &[String]) -> i64 {
        sum(&self.circumstances, names)
    }

    /// The masks of three needs; 0 = nothing needed.
    fn needs(&self, needs: &Needs) -> [i64; 3] {
        let mut masks = [0; 3];
        for (mask, names) in masks.iter_mut().zip(needs) {
            *mask = self.any_of(names);
        }
        masks
    }
}

fn sum(bits: &BTreeMap<String, i64>, names: &[String]) -> i64 {
    names.iter().filter_map(|name| bits.get(name)).fold(0, |mask, bit| mask | bit)
}

/// The months that are over, numbered from year 0, so that ages and runs are differences.
fn month_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let months = months_of(inputs, 0);
    vec![
        ("month", dates(months.iter().map(|month| Some(*month)))),
        ("month_no", integers(months.iter().map(|month| month_number(*month)))),
    ]
}

fn coverage_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let rows = inputs.coverage;
    let is_events = |dataset: &str| inputs.schemas.dataset(dataset).is_ok_and(|found| found.kind == Kind::Events);
    vec![
        ("place", texts(rows.iter().map(|row| row.place.as_str()))),
        ("dataset", texts(rows.iter().map(|row| row.dataset.as_str()))),
        ("month_no", integers(rows.iter().map(|row| month_number(row.month)))),
        ("is_events", rows.iter().map(|row| Some(is_events(&row.dataset))).collect::<BooleanArray>().into_array()),
        (
            "is_complete",
            rows.iter().map(|row| Some(row.coverage == Coverage::Complete)).collect::<BooleanArray>().into_array(),
        ),
    ]
}

trait IntoArray {
    fn into_array(self) -> ArrayRef;
}

impl<A: arrow::array::Array + 'static> IntoArray for A {
    fn into_array(self) -> ArrayRef {
        Arc::new(self)
    }
}

fn circumstance_columns(inputs: &ReferenceInputs<'_>, masks: &Masks) -> Columns {
    let entries = inputs.schemas.codes.get("circumstance").map(|list| list.entries.as_slice()).unwrap_or_default();
    vec![
        ("circumstance", texts(entries.iter().map(|entry| entry.code.as_str()))),
        ("mask", integers(entries.iter().map(|entry| masks.any_of(std::slice::from_ref(&entry.code))))),
        ("label_zh", texts(entries.iter().map(|entry| entry.label_zh.as_str()))),
        ("label_en", texts(entries.iter().map(|entry| entry.label_en.as_str()))),
    ]
}

fn exclusion_columns(entitlement: &Entitlement, masks: &Masks) -> Columns {
    let rows: Vec<_> = entitlement
        .programmes
        .iter()
        .flat_map(|programme| programme.exclusions.iter().map(move |exclusion| (programme, exclusion)))
        .collect();
    let needs: Vec<[i64; 3]> = rows.iter().map(|row| masks.needs(&row.1.needs)).collect();
    let except = |row: &(_, &yilian_contract::entitlement::Exclusion)| row.1.except.join("|");
    vec![
        ("rule_id", texts(rows.iter().map(|row| row.1.rule.as_str()))),
        ("benefit", texts(rows.iter().map(|row| row.0.benefit.as_str()))),
        ("place", texts(rows.iter().map(|row| row.0.place.as_str()))),
        ("from_month", dates(rows.iter().map(|row| first_of_month(row.1.from)))),
        (
            "is_violation",
            rows.iter().map(|row| Some(row.1.severity == Severity::Violation)).collect::<BooleanArray>().into_array(),
        ),
        ("need_1", integers(needs.iter().map(|need| need[0]))),
        ("need_2", integers(needs.iter().map(|need| need[1]))),
        ("held_mask", integers(rows.iter().map(|row| masks.held(&row.1.held)))),
        ("excepted", StringArray::from_iter_values(rows.iter().map(except)).into_array()),
    ]
}

fn gap_columns(entitlement: &Entitlement) -> Columns {
    let gaps = &entitlement.gaps;
    vec![
        ("gap_kind", texts(gaps.iter().map(|gap| gap.id.as_str()))),
        ("benefit", gaps.iter().map(|gap| gap.benefit.as_deref()).collect::<StringArray>().into_array()),
        ("title_zh", texts(gaps.iter().map(|gap| gap.title.zh.as_str()))),
        ("title_en", texts(gaps.iter().map(|gap| gap.title.en.as_str()))),
        ("basis", gaps.iter().map(|gap| gap_source(gap, entitlement)).collect::<StringArray>().into_array()),
        ("act_by", texts(gaps.iter().map(|gap| gap.act_by.as_str()))),
        ("proved_by", texts(gaps.iter().map(|gap| gap.proved_by.as_str()))),
        ("by_hukou", gaps.iter().map(|gap| Some(gap.by_hukou)).collect::<BooleanArray>().into_array()),
        ("by_residence", gaps.iter().map(|gap| Some(gap.by_residence)).collect::<BooleanArray>().into_array()),
        (
            "once_in_household",
            gaps.iter().map(|gap| Some(gap.once_in_household)).collect::<BooleanArray>().into_array(),
        ),
    ]
}

/// A gap of a programme has the programme's text.
fn gap_source(gap: &Gap, entitlement: &Entitlement) -> Option<String> {
    let programme =
        entitlement.programmes.iter().find(|programme| Some(&programme.benefit) == gap.eligible_for.as_ref());
    let source = gap.source.as_ref().or_else(|| programme.and_then(|programme| programme.source.as_ref()));
    source.map(basis)
}

fn gap_dataset_columns(entitlement: &Entitlement) -> Columns {
    let mut rows: Vec<(&str, &str, &str)> = Vec::new();
    for gap in &entitlement.gaps {
        let proved = gap.proved_in.iter().map(|dataset| (dataset, "proved"));
        let received = gap.received_in.iter().map(|dataset| (dataset, "received"));
        rows.extend(proved.chain(received).map(|(dataset, role)| (gap.id.as_str(), dataset.as_str(), role)));
    }
    vec![
        ("gap_kind", texts(rows.iter().map(|row| row.0))),
        ("dataset", texts(rows.iter().map(|row| row.1))),
        ("role", texts(rows.iter().map(|row| row.2))),
    ]
}

fn silence_columns(entitlement: &Entitlement) -> Columns {
    vec![
        ("decision", texts(entitlement.silence_months.iter().map(|row| row.0.as_str()))),
        ("months", integers(entitlement.silence_months.iter().map(|row| i64::from(row.1)))),
    ]
}

fn level_columns(entitlement: &Entitlement) -> Columns {
    let rows: Vec<_> = entitlement
        .scales
        .iter()
        .flat_map(|scale| (0_i64..).zip(&scale.levels).map(move |(level, care)| (scale, level, *care)))
        .collect();
    let is_payable = |row: &(&yilian_contract::entitlement::Scale, i64, _)| {
        row.0.standard == "LTCI2021" && entitlement.payable_levels.contains(&row.1)
    };
    vec![
        ("standard", texts(rows.iter().map(|row| row.0.standard.as_str()))),
        ("level", integers(rows.iter().map(|row| row.1))),
        ("severity", texts(rows.iter().map(|row| row.2.as_str()))),
        ("severity_rank", rows.iter().map(|row| Some(row.2 as i64)).collect::<Int64Array>().into_array()),
        ("is_payable", rows.iter().map(|row| Some(is_payable(row))).collect::<BooleanArray>().into_array()),
    ]
}

fn scale_columns(entitlement: &Entitlement) -> Columns {
    vec![
        ("standard", texts(entitlement.scales.iter().map(|scale| scale.standard.as_str()))),
        ("valid_months", integers(entitlement.scales.iter().map(|scale| i64::from(scale.valid_months)))),
        (
            "is_verified",
            entitlement.scales.iter().map(|scale| Some(scale.verified)).collect::<BooleanArray>().into_array(),
        ),
    ]
}

fn group_columns(entitlement: &Entitlement, masks: &Masks) -> Columns {
    let unless = masks.any_of(&entitlement.not_visited_unless);
    let rows: Vec<_> =
        entitlement.groups.iter().flat_map(|group| group.any_of.iter().map(move |name| (group, name))).collect();
    vec![
        ("hardship", texts(rows.iter().map(|row| row.0.id.as_str()))),
        ("circumstance", texts(rows.iter().map(|row| row.1.as_str()))),
        ("title_zh", texts(rows.iter().map(|row| row.0.title.zh.as_str()))),
        ("title_en", texts(rows.iter().map(|row| row.0.title.en.as_str()))),
        ("not_visited_unless", integers(rows.iter().map(|_| unless))),
    ]
}

fn group_place_columns(entitlement: &Entitlement) -> Columns {
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for group in &entitlement.groups {
        if group.places.is_empty() {
            rows.push((&group.id, ""));
        }
        rows.extend(group.places.iter().map(|place| (group.id.as_str(), place.as_str())));
    }
    vec![("hardship", texts(rows.iter().map(|row| row.0))), ("place", texts(rows.iter().map(|row| row.1)))]
}
