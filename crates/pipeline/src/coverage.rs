//! Which months each office's data speaks for, from the calendar and the accepted deliveries alone (`design.md` 4).
//!
//! A gap, a zero or a target's value needs `complete` for everything it rests on. A month that is under way, or whose
//! delivery is not yet due, is not judged: it has no row.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use chrono::{Datelike, Months, NaiveDate};
use yilian_contract::calendar::{Calendar, Entry, Every};
use yilian_contract::{Contract, Kind, Period, Schemas};

use crate::receive::Accepted;
use crate::site::{Datasets, Sender};

/// Whether an office's data speaks for a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// An accepted delivery covers the whole month.
    Complete,
    /// The office delivers this dataset, and what was due for the month is not here.
    Late,
    /// The office has never delivered this dataset.
    NotDelivering,
}

/// One office, dataset and month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageRow {
    /// Code of the delivering office; it speaks for the counties whose codes begin with it.
    pub place: String,
    /// Its department.
    pub department: &'static str,
    /// The dataset.
    pub dataset: String,
    /// First day of the month.
    pub month: NaiveDate,
    /// What the deliveries say about it.
    pub coverage: Coverage,
    /// Last day on which the month's delivery was in time.
    pub due_on: NaiveDate,
    /// The delivery that is read for the month: the one that covers it, else for a snapshot the latest before;
    /// `None` if there is neither.
    pub delivery_id: Option<String>,
    /// Last day of that delivery's period.
    pub period_end: Option<NaiveDate>,
}

/// Everything that coverage rests on.
#[derive(Debug, Clone, Copy)]
pub struct CoverageInputs<'a> {
    /// Which deliveries are due, and when.
    pub calendar: &'a Calendar,
    /// Who may deliver what.
    pub senders: &'a [Sender],
    /// The datasets.
    pub schemas: &'a Schemas,
    /// The current delivery of each partition.
    pub deliveries: &'a [Accepted],
    /// The day of the run.
    pub as_of: NaiveDate,
}

impl Coverage {
    /// The word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Late => "late",
            Self::NotDelivering => "not_delivering",
        }
    }
}

/// Every office, dataset and month that can be judged, in that order.
///
/// Months run from January of the first delivered year to the last that is over on the as-of day.
pub fn coverage(inputs: &CoverageInputs<'_>) -> Vec<CoverageRow> {
    let months = months_over(inputs);
    let mut rows = Vec::new();
    for sender in inputs.senders {
        for contract in &inputs.schemas.contracts {
            let Some(entry) = inputs.calendar.entry(&contract.dataset, &sender.place) else { continue };
            if may_deliver(sender, contract) {
                let office = Office::new(sender, contract, entry, inputs);
                rows.extend(months.iter().filter_map(|month| office.judge(*month)));
            }
        }
    }
    rows.sort_by(|one, other| key(one).cmp(&key(other)));
    rows
}

/// The rows as a table, in their order.
pub fn coverage_batch(rows: &[CoverageRow]) -> Result<RecordBatch, ArrowError> {
    let text = |value: fn(&CoverageRow) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<StringArray>())
    };
    let date = |value: fn(&CoverageRow) -> Option<NaiveDate>| -> ArrayRef {
        Arc::new(rows.iter().map(|row| value(row).map(days_since_1970)).collect::<Date32Array>())
    };
    RecordBatch::try_from_iter_with_nullable([
        ("place", text(|row| Some(&row.place)), false),
        ("department", text(|row| Some(row.department)), false),
        ("dataset", text(|row| Some(&row.dataset)), false),
        ("month", date(|row| Some(row.month)), false),
        ("coverage", text(|row| Some(row.coverage.as_str())), false),
        ("due_on", date(|row| Some(row.due_on)), false),
        ("delivery_id", text(|row| row.delivery_id.as_deref()), true),
        ("period_end", date(|row| row.period_end), true),
    ])
}

/// One office and dataset with its deliveries.
struct Office<'a> {
    sender: &'a Sender,
    contract: &'a Contract,
    entry: &'a Entry,
    deliveries: Vec<&'a Accepted>,
    as_of: NaiveDate,
}

impl<'a> Office<'a> {
    fn new(sender: &'a Sender, contract: &'a Contract, entry: &'a Entry, inputs: &CoverageInputs<'a>) -> Self {
        let is_ours = |delivery: &&Accepted| {
            let manifest = &delivery.manifest;
            manifest.place == sender.place
                && manifest.department == sender.department
                && manifest.dataset == contract.dataset
        };
        let mut deliveries: Vec<&Accepted> = inputs.deliveries.iter().filter(is_ours).collect();
        deliveries.sort_by_key(|delivery| (delivery.manifest.period.end(), &delivery.delivery_id));
        Self { sender, contract, entry, deliveries, as_of: inputs.as_of }
    }

    /// `None` if the month cannot be judged yet.
    fn judge(&self, month: NaiveDate) -> Option<CoverageRow> {
        let due_on = self.entry.due_on(&due_period(self.entry.every, month)?)?;
        let covering = self.covering(month);
        let coverage = match covering {
            Some(_) => Coverage::Complete,
            None if self.as_of <= due_on => return None,
            None if self.deliveries.is_empty() => Coverage::NotDelivering,
            None => Coverage::Late,
        };
        let read = covering.or_else(|| self.before(month));
        Some(CoverageRow {
            place: self.sender.place.clone(),
            department: self.sender.department.as_str(),
            dataset: self.contract.dataset.clone(),
            month,
            coverage,
            due_on,
            delivery_id: read.map(|delivery| delivery.delivery_id.clone()),
            period_end: read.map(|delivery| delivery.manifest.period.end()),
        })
    }

    /// A snapshot covers every month up to its end, the earliest such one is read; events cover the months of their period.
    fn covering(&self, month: NaiveDate) -> Option<&'a Accepted> {
        let end = month_end(month)?;
        let covers = |period: &Period| match self.contract.kind {
            Kind::Snapshot => period.end() >= end,
            Kind::Events => period.start() <= month && period.end() >= end,
        };
        self.deliveries.iter().copied().find(|delivery| covers(&delivery.manifest.period))
    }

    /// For a snapshot the latest one that ended before the month did.
    fn before(&self, month: NaiveDate) -> Option<&'a Accepted> {
        let end = month_end(month)?;
        let is_before = |delivery: &&Accepted| delivery.manifest.period.end() < end;
        match self.contract.kind {
            Kind::Snapshot => self.deliveries.iter().copied().rev().find(is_before),
            Kind::Events => None,
        }
    }
}

fn key(row: &CoverageRow) -> (&str, &str, &str, NaiveDate) {
    (&row.place, row.department, &row.dataset, row.month)
}

fn may_deliver(sender: &Sender, contract: &Contract) -> bool {
    let is_theirs = contract.department.is_none_or(|department| department == sender.department);
    let is_allowed = match &sender.datasets {
        Datasets::All => true,
        Datasets::These(names) => names.contains(&contract.dataset),
    };
    is_theirs && is_allowed
}

fn months_over(inputs: &CoverageInputs<'_>) -> Vec<NaiveDate> {
    let first = inputs.deliveries.iter().map(|delivery| delivery.manifest.period.start().year()).min();
    let january = first.and_then(|year| NaiveDate::from_ymd_opt(year, 1, 1));
    std::iter::successors(january, |month| month.checked_add_months(Months::new(1)))
        .take_while(|month| month_end(*month).is_some_and(|end| end <= inputs.as_of))
        .collect()
}

/// The period in which the calendar expects a month.
fn due_period(every: Every, month: NaiveDate) -> Option<Period> {
    match every {
        Every::Month => month.format("%Y-%m").to_string().parse().ok(),
        Every::Year => month.format("%Y").to_string().parse().ok(),
    }
}

fn month_end(month: NaiveDate) -> Option<NaiveDate> {
    month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt())
}

fn days_since_1970(day: NaiveDate) -> i32 {
    let epoch = NaiveDate::default();
    i32::try_from(day.signed_duration_since(epoch).num_days()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use yilian_contract::Department;
    use yilian_delivery::{DataFile, Description, LinkKeyReference, Manifest, Partition, Sealing, SigningKey};

    use super::*;

    fn schemas() -> Schemas {
        Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap()
    }

    fn accepted(schemas: &Schemas, dataset: &str, period: &str) -> Accepted {
        let partition = Partition {
            place: "1501".to_owned(),
            department: Department::CivilAffairs,
            dataset: dataset.to_owned(),
            period: period.parse().unwrap(),
        };
        let link_key = LinkKeyReference { kid: String::new(), algorithm: String::new(), check_value: String::new() };
        let description = Description {
            partition,
            sequence: 1,
            code_lists: std::collections::BTreeMap::new(),
            link_key,
            next_link_key: None,
            canonicaliser: 1,
            purpose: String::new(),
            legal_basis: String::new(),
            counts: yilian_contract::accounting::Counts::default(),
            control_totals: Vec::new(),
            canaries: std::collections::BTreeMap::new(),
        };
        let data = DataFile { bytes: 0, sha256: String::new() };
        let contract = schemas.dataset(dataset).unwrap();
        Accepted {
            delivery_id: format!("{dataset} {period}"),
            file_name: String::new(),
            file_sha256: String::new(),
            bytes: 0,
            manifest: Manifest::new(description, contract, Sealing::Age, &data),
        }
    }

    fn judged(deliveries: &[(&str, &str)], dataset: &str, as_of: &str) -> Vec<(String, &'static str, Option<String>)> {
        let schemas = schemas();
        let entry =
            |dataset: &str, every| Entry { dataset: dataset.to_owned(), places: Vec::new(), every, due_days: 20 };
        let calendar =
            Calendar { entries: vec![entry("benefit_payment", Every::Month), entry("assistance_roll", Every::Year)] };
        let sender = Sender {
            place: "1501".to_owned(),
            department: Department::CivilAffairs,
            signature_key: SigningKey::generate().unwrap().signature_key(),
            recipient: None,
            datasets: Datasets::All,
            link_keys: Vec::new(),
        };
        let deliveries: Vec<Accepted> =
            deliveries.iter().map(|(dataset, period)| accepted(&schemas, dataset, period)).collect();
        let inputs = CoverageInputs {
            calendar: &calendar,
            senders: std::slice::from_ref(&sender),
            schemas: &schemas,
            deliveries: &deliveries,
            as_of: as_of.parse().unwrap(),
        };
        coverage(&inputs)
            .into_iter()
            .filter(|row| row.dataset == dataset)
            .map(|row| (row.month.format("%m").to_string(), row.coverage.as_str(), row.delivery_id))
            .collect()
    }

    #[test]
    fn a_missing_month_is_late_only_after_it_was_due() {
        let delivered = [("benefit_payment", "2025-01")];
        let months = |as_of| -> Vec<(String, &str)> {
            judged(&delivered, "benefit_payment", as_of).into_iter().map(|row| (row.0, row.1)).collect()
        };
        let january = ("01".to_owned(), "complete");
        assert_eq!(months("2025-03-20"), std::slice::from_ref(&january), "February is due on 20 March");
        assert_eq!(months("2025-03-21"), [january, ("02".to_owned(), "late")]);
    }

    #[test]
    fn an_office_that_never_delivered_a_dataset_is_not_delivering_it() {
        let rows = judged(&[("assistance_roll", "2025")], "benefit_payment", "2025-02-25");
        assert_eq!(rows, [("01".to_owned(), "not_delivering", None)]);
    }

    #[test]
    fn a_year_of_events_covers_its_months() {
        let rows = judged(&[("benefit_payment", "2025")], "benefit_payment", "2026-01-10");
        assert_eq!(rows.len(), 12);
        assert!(rows.iter().all(|row| row.1 == "complete"));
    }

    #[test]
    fn a_snapshot_is_read_for_the_months_up_to_its_end_and_the_earliest_one_counts() {
        let delivered = [("assistance_roll", "2025"), ("assistance_roll", "2025-03-31")];
        let rows = judged(&delivered, "assistance_roll", "2026-01-10");
        assert_eq!(rows[2].2.as_deref(), Some("assistance_roll 2025-03-31"));
        assert_eq!(rows[3].2.as_deref(), Some("assistance_roll 2025"));
        assert!(rows.iter().all(|row| row.1 == "complete"));
    }

    #[test]
    fn after_the_last_snapshot_the_latest_before_is_read_and_the_month_is_late() {
        let rows = judged(&[("assistance_roll", "2025")], "assistance_roll", "2027-01-21");
        let january_2026 = &rows[12];
        assert_eq!((january_2026.1, january_2026.2.as_deref()), ("late", Some("assistance_roll 2025")));
    }
}
