//! The privacy reviewer's report: what can be recomputed, scanned and counted at a hub without trusting its programs.
//!
//! [`review`] opens every accepted delivery in memory, reads what was published, and names every [`Fault`]. It works
//! where a run refuses to publish, too. A reviewer repeats a token with the two commands that the report prints.
//!
//! **Invariant:** nothing is written but the report, and no value of a row stands in it: counts, columns, file names of
//! the store and public test values only.

mod anonymity;
mod changes;
mod enumeration;
mod error;
mod fairness;
mod inventory;
mod page;
mod patterns;
mod published;
mod queries;
mod report;
mod residue;
mod tokens;

use std::sync::Arc;

use chrono::NaiveDate;
use yilian_contract::entitlement::Gap;
use yilian_contract::retention::Retention;
use yilian_contract::rules::Rule;
use yilian_contract::rules::disclosure::Disclosure;
use yilian_contract::{Contract, Schemas};
use yilian_delivery::Identity;
use yilian_pipeline::prune::holdings;
use yilian_pipeline::receive::{current_deliveries, open_accepted};
use yilian_pipeline::site::Site;
use yilian_pipeline::{Progress, canary, publication};
use yilian_token::known_answers;

pub use error::ReviewError;
pub use page::html;
pub use report::{Fault, Report};

use anonymity::Anonymity;
use queries::Queries;
use report::Subject;
use residue::Residue;
use tokens::Tokens;

/// What the report is about besides the site.
#[derive(Debug, Clone, Copy)]
pub struct Rulebook<'a> {
    /// Contracts, code lists and canaries.
    pub schemas: &'a Schemas,
    /// Overlap rules.
    pub rules: &'a [Rule],
    /// Kinds of gaps.
    pub gaps: &'a [Gap],
    /// Which department may be sent which clue.
    pub disclosures: &'a [Disclosure],
    /// How long each store may be kept.
    pub retention: &'a Retention,
    /// Who may read published tables.
    pub readers: &'a [Reader],
    /// The day from which ages are counted back.
    pub as_of: NaiveDate,
}

/// A role, and the schemas whose tables it may read.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// The role's name.
    pub role: &'static str,
    /// Names of schemas.
    pub schemas: &'static [&'static str],
}

/// Reviews a site.
///
/// # Errors
/// Where the site cannot be read; what is wrong with the data is a [`Fault`] of the report.
pub async fn review(site: &Site, rulebook: &Rulebook<'_>, progress: &dyn Progress) -> Result<Report, ReviewError> {
    let deliveries = current_deliveries(site.store()).await?;
    let published = publication::current(site.store()).await?;
    let subject = Subject::new(site.config(), published.as_ref(), rulebook.as_of);
    let mut report = Report::new(subject, known_answers()?, enumeration::measured());
    let canaries = &rulebook.schemas.canaries;
    report.add_canaries(canary::faults(deliveries.iter().map(|delivery| &delivery.manifest), canaries));
    let identity = Identity::read(&site.age_key_file()).map_err(|source| ReviewError::Identity { source })?;
    let identity = Arc::new(identity);
    let (mut tokens, mut residue) = (Tokens::default(), Residue::default());
    let mut canary_rows = Vec::new();
    progress.start("open the deliveries", Some(deliveries.len() as u64));
    for delivery in &deliveries {
        progress.advance(1);
        let opened = match open_accepted(site, delivery, &identity).await {
            Ok(opened) => opened,
            // One that is damaged or gone says nothing against looking at the others.
            Err(error) => {
                report.fault_in_stored(delivery.file_name.clone(), &error);
                continue;
            }
        };
        canary_rows.push((&delivery.manifest, tokens.look(&delivery.manifest, opened.data())?));
        residue.scan(&delivery.file_name, opened.data());
        let carries = rulebook.schemas.dataset(&delivery.manifest.dataset).is_ok_and(Contract::carries_canaries);
        if carries && delivery.manifest.counts.canaries == 0 {
            report.remark_without_canary_rows(delivery.file_name.clone());
        }
    }
    progress.finish(&format!("{} deliveries", deliveries.len()));
    report.add_canaries(canary::row_faults(canary_rows.iter().map(|(manifest, rows)| (*manifest, rows)), canaries));
    report.add_tokens(tokens);
    report.remark_accepted_rates(&site.config().accepted_rates);
    residue.scan_store(site.store(), progress).await?;
    report.add_residue(residue);
    if let Some(published) = &published {
        report.add_fairness(fairness::of_people(site.store(), published, rulebook.schemas).await?);
        report.anonymity = Anonymity::of(site.store(), published).await?;
    }
    report.add_fairness(fairness::of_rejects(report.deliveries(), rulebook.schemas));
    report.add_holdings(holdings(site, rulebook.retention, rulebook.as_of).await?);
    report.readers = inventory::readers(rulebook.readers, published.as_ref());
    report.add_queries(Queries::read(&site.vault())?);
    report.columns = inventory::columns(rulebook.schemas);
    report.told = inventory::told(rulebook);
    Ok(report)
}
