//! `yilian rules check`.

use std::path::Path;
use std::process::ExitCode;

use yilian_contract::calendar::Calendar;
use yilian_contract::entitlement;
use yilian_contract::retention::Retention;
use yilian_contract::rules::{self, disclosure};
use yilian_contract::targets;

use crate::error::HubError;
use crate::library::{self, Library};
use crate::printer::Printer;

/// Reads contracts, code lists, rules, targets, the list of what may be told, calendar and retention, and names every mistake.
pub(crate) fn check(schemas: Option<&Path>, printer: Printer) -> Result<ExitCode, HubError> {
    let library = Library::load(schemas)?;
    let folder = library::folder(schemas)?;
    let pipelines = library::pipelines(&folder);
    let rules = rules::load(&pipelines.join("rules"), &library.schemas);
    let entitlement = entitlement::load(&pipelines.join("entitlement"), &library.schemas);
    // What may be told is checked against rules and gaps, and so waits until they hold.
    let disclosures = match (&rules, &entitlement) {
        (Ok(rules), Ok(entitlement)) => disclosure::load(&folder, rules, &entitlement.gaps),
        _ => Ok(Vec::new()),
    };
    let calendar = Calendar::load(&pipelines.join("calendar.yaml"), &library.schemas);
    let retention = Retention::load(&pipelines.join("retention.yaml"));
    let targets = targets::load(&pipelines.join("kpi.yaml"), &library.schemas);
    match (rules, entitlement, disclosures, targets, calendar, retention) {
        (Ok(rules), Ok(entitlement), Ok(disclosures), Ok(targets), Ok(calendar), Ok(_)) => {
            let counts = [
                ("contracts", library.schemas.contracts.len()),
                ("code_lists", library.schemas.codes.iter().count()),
                ("rules", rules.len()),
                ("programmes", entitlement.programmes.len()),
                ("gaps", entitlement.gaps.len()),
                ("disclosures", disclosures.len()),
                ("targets", targets.len()),
                ("calendar", calendar.entries.len()),
            ];
            printer.answer(|| text(&counts), || counts.into_iter().collect());
            Ok(ExitCode::SUCCESS)
        }
        (rules, entitlement, disclosures, targets, calendar, retention) => {
            let found = [rules.err(), entitlement.err(), disclosures.err(), targets.err(), calendar.err()];
            let mistakes = found.into_iter().chain([retention.err()]);
            Err(HubError::Mistakes { mistakes: mistakes.flatten().flatten().collect() })
        }
    }
}

fn text(counts: &[(&str, usize)]) -> String {
    let counts = counts.iter().map(|(what, count)| format!("{count} {}", what.replace('_', " ")));
    format!("no mistake in {}", counts.collect::<Vec<_>>().join(", "))
}
