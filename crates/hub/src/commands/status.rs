//! `yilian status`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use yilian_pipeline::publication::{self, CheckOutcome, Publication};
use yilian_pipeline::site::{AcceptedRate, Site};

use crate::arguments::StatusArguments;
use crate::error::HubError;
use crate::printer::Printer;

/// Shows every publication, or one with its tables and checks.
pub(crate) fn run(arguments: &StatusArguments, site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    if let Some(wanted) = &arguments.run {
        let found = super::block_on(async { Ok(publication::find(site.store(), wanted).await?) })?;
        printer.answer(|| one(&found), || json!(found));
    } else {
        let found = super::block_on(async { Ok(publication::all(site.store()).await?) })?;
        printer.answer(|| all(&found), || json!(found));
    }
    Ok(ExitCode::SUCCESS)
}

fn all(publications: &[Publication]) -> String {
    if publications.is_empty() {
        return "nothing has been published yet".to_owned();
    }
    let mut table = super::new_table(&["", "run", "as of", "deliveries", "tables", "rows", "checks"]);
    for publication in publications {
        let rows: u64 = publication.tables.keys().map(|name| rows_of(publication, name)).sum();
        table.add_row([
            publication.number.to_string(),
            publication.run_id.clone(),
            publication.as_of.clone(),
            publication.inputs.deliveries.len().to_string(),
            publication.tables.len().to_string(),
            rows.to_string(),
            checks_in_short(publication),
        ]);
    }
    format!("{table}\nreaders see the last one; `yilian status RUN` shows more")
}

fn one(publication: &Publication) -> String {
    let mut tables = super::new_table(&["table", "rows", "files"]);
    for (name, files) in &publication.tables {
        tables.add_row([name.clone(), rows_of(publication, name).to_string(), files.files.len().to_string()]);
    }
    let mut checks = super::new_table(&["check", "outcome", "rows seen", "rows at fault"]);
    for check in &publication.checks {
        let outcome = match check.outcome {
            CheckOutcome::Passed => "passed",
            CheckOutcome::Failed => "failed",
            CheckOutcome::Vacuous => "saw too little",
        };
        checks.add_row([
            check.name.clone(),
            outcome.to_owned(),
            check.rows_seen.to_string(),
            check.rows_bad.to_string(),
        ]);
    }
    let mut counts = super::new_table(&["count", ""]);
    for (name, count) in &publication.counts {
        counts.add_row([name.clone(), count.to_string()]);
    }
    let accepted: String = publication.accepted_rates.iter().map(accepted).collect();
    format!(
        "publication {}, run {}, as of {}, from {} deliveries, by {}\n{tables}\n{checks}\n{counts}{accepted}",
        publication.number,
        publication.run_id,
        publication.as_of,
        publication.inputs.deliveries.len(),
        publication.inputs.program,
    )
}

fn accepted(rate: &AcceptedRate) -> String {
    let AcceptedRate { place, department, date, until, reason } = rate;
    format!("\nlow match rate of {place} {department} accepted on {date} until {until}: {reason}")
}

fn rows_of(publication: &Publication, table: &str) -> u64 {
    publication.tables.get(table).map_or(0, |table| table.files.iter().map(|file| file.rows).sum())
}

fn checks_in_short(publication: &Publication) -> String {
    let passed = publication.checks.iter().filter(|check| check.outcome == CheckOutcome::Passed).count();
    format!("{passed} of {} passed", publication.checks.len())
}
