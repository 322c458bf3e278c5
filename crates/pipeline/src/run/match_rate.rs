//! The mis-key alarm: an office whose people nobody else knows any more stops the run (`design.md` 5.3).

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use yilian_engine::TableName;

use super::history::read_published;
use super::ledger::batch;
use super::{Night, RunError};
use crate::publication::{self, Publication};
use crate::site::AcceptedRate;
use crate::store::Store;

/// Publications that say what is usual for an office.
const PUBLICATIONS: usize = 6;
const LOW: &str = "select place, department, persons, matched, matched_per_10000, usual_per_10000 \
     from hub.match_rate where is_low order by place, department";

/// The rates of every office in the last publications up to `previous`: `reference.match_history`.
pub(crate) async fn history(store: &Store, previous: Option<&Publication>) -> Result<RecordBatch, RunError> {
    let none = empty_history()?;
    let mut parts = vec![none.clone()];
    let newest = previous.map_or(0, |publication| publication.number);
    let before = publication::all(store).await?.into_iter().filter(|publication| publication.number <= newest);
    for publication in before.collect::<Vec<_>>().iter().rev().take(PUBLICATIONS) {
        let rates = read_published(store, publication, "hub.match_rate", &rate_schema()).await?;
        let number = i64::try_from(publication.number).unwrap_or(i64::MAX);
        let numbers = Int64Array::from_value(number, rates.num_rows());
        let [place, department, rate] = [rates.column(0), rates.column(1), rates.column(2)].map(Arc::clone);
        let columns =
            vec![("publication", Arc::new(numbers) as _), ("place", place), ("department", department), (RATE, rate)];
        parts.push(batch("match_history", columns)?);
    }
    concat_batches(none.schema_ref(), &parts).map_err(RunError::arrow("match_history"))
}

const RATE: &str = "matched_per_10000";

/// `reference.match_history` before the first publication.
pub(crate) fn empty_history() -> Result<RecordBatch, RunError> {
    let text = || Arc::new(StringArray::from_iter_values(std::iter::empty::<String>()));
    let number = || Arc::new(Int64Array::from_iter_values([]));
    batch(
        "match_history",
        vec![("publication", number() as _), ("place", text() as _), ("department", text()), (RATE, number())],
    )
}

fn rate_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Arc::new(Schema::new(vec![text("place"), text("department"), Field::new(RATE, DataType::Int64, true)]))
}

/// Stops the run where an office's rate is low, unless `site.yaml` says that this is right; names every such office with
/// both rates. Gives what was accepted.
pub(crate) async fn stop_where_low(session: &SessionContext, night: &Night<'_>) -> Result<Vec<AcceptedRate>, RunError> {
    let name = TableName { schema: "hub".to_owned(), table: "match_rate".to_owned() };
    let rows = session.sql(LOW).await.map_err(RunError::query(&name))?;
    let rows = rows.collect().await.map_err(RunError::query(&name))?;
    let mut low = Vec::new();
    for batch in &rows {
        low.extend(low_offices(batch)?);
    }
    apart(low, &night.site.config().accepted_rates, night.options.as_of)
}

/// An office whose rate is low.
struct Low {
    place: String,
    department: String,
    /// What it is, and what it was.
    said: String,
}

/// What was accepted of low rates; an error where any was not.
fn apart(low: Vec<Low>, accepted: &[AcceptedRate], day: NaiveDate) -> Result<Vec<AcceptedRate>, RunError> {
    let (mut found_right, mut offices) = (Vec::new(), Vec::new());
    for Low { place, department, said } in low {
        match accepted.iter().find(|accepted| accepted.covers((&place, &department), day)) {
            Some(accepted) => found_right.push(accepted.clone()),
            None => offices.push(format!("{place} {department}: {said}")),
        }
    }
    if offices.is_empty() { Ok(found_right) } else { Err(RunError::MatchRate { offices }) }
}

fn low_offices(rows: &RecordBatch) -> Result<Vec<Low>, RunError> {
    let text = |at: usize| cast(rows.column(at), &DataType::Utf8).map_err(RunError::arrow("hub.match_rate"));
    let (places, departments) = (text(0)?, text(1)?);
    let number = |at: usize, row: usize| {
        let column = rows.column(at).as_primitive_opt::<Int64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    };
    let count = |at: usize, row: usize| number(at, row).unwrap_or_default();
    let office = |row: usize| {
        let usual = number(5, row)
            .map_or_else(|| "no publication before".to_owned(), |rate| format!("usually {}", percent(rate)));
        Low {
            place: places.as_string::<i32>().value(row).to_owned(),
            department: departments.as_string::<i32>().value(row).to_owned(),
            said: format!(
                "{} of {} people ({}) stand in another department's deliveries; {usual}",
                count(3, row),
                count(2, row),
                percent(count(4, row)),
            ),
        }
    };
    Ok((0..rows.num_rows()).map(office).collect())
}

fn percent(per_10000: i64) -> String {
    format!("{}.{:02} %", per_10000 / 100, per_10000 % 100)
}

#[cfg(test)]
mod tests {
    use yilian_contract::Department;

    use super::*;

    #[test]
    fn a_low_rate_that_was_found_right_stops_no_run_and_is_recorded() {
        let low = || {
            let office = |department: &str| Low {
                place: "1501".to_owned(),
                department: department.to_owned(),
                said: "3 of 900 people".to_owned(),
            };
            vec![office("health"), office("civil_affairs")]
        };
        let accepted = |department, until: &str| AcceptedRate {
            place: "1501".to_owned(),
            department,
            date: "2026-03-01".parse().unwrap(),
            until: until.parse().unwrap(),
            reason: "the clinics were closed".to_owned(),
        };
        let day: NaiveDate = "2026-04-01".parse().unwrap();
        let both = [accepted(Department::Health, "2026-05-01"), accepted(Department::CivilAffairs, "2026-05-01")];
        assert_eq!(apart(low(), &both, day).unwrap(), both);
        let over = [accepted(Department::Health, "2026-05-01"), accepted(Department::CivilAffairs, "2026-03-31")];
        let stopped = apart(low(), &over, day).unwrap_err();
        let said = format!("{stopped} {}", stopped.hint().unwrap());
        assert!(said.contains("1501 civil_affairs: 3 of 900") && !said.contains("1501 health"), "{said}");
        assert!(said.contains("accepted_rates"), "{said}");
    }
}
