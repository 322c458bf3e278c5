//! `yilian rules check`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use yilian_contract::calendar::Calendar;
use yilian_contract::retention::Retention;
use yilian_contract::rules;

use crate::error::HubError;
use crate::library::{self, Library};
use crate::printer::Printer;

/// Reads contracts, code lists, rules, calendar and retention, and names every mistake.
pub(crate) fn check(schemas: Option<&Path>, printer: Printer) -> Result<ExitCode, HubError> {
    let library = Library::load(schemas)?;
    let folder = library::folder(schemas)?;
    let pipelines = library::pipelines(&folder);
    let rules = rules::load(&pipelines.join("rules"), &library.schemas);
    let calendar = Calendar::load(&pipelines.join("calendar.yaml"), &library.schemas);
    let retention = Retention::load(&pipelines.join("retention.yaml"));
    match (rules, calendar, retention) {
        (Ok(rules), Ok(calendar), Ok(_)) => {
            let (contracts, lists) = (library.schemas.contracts.len(), library.schemas.codes.iter().count());
            printer.answer(
                || {
                    format!(
                        "{contracts} contracts, {lists} code lists, {} rules and {} calendar entries hold no mistake",
                        rules.len(),
                        calendar.entries.len()
                    )
                },
                || {
                    json!({
                        "contracts": contracts,
                        "code_lists": lists,
                        "rules": rules.len(),
                        "calendar": calendar.entries.len(),
                    })
                },
            );
            Ok(ExitCode::SUCCESS)
        }
        (rules, calendar, retention) => {
            let mistakes = [rules.err(), calendar.err(), retention.err()].into_iter().flatten().flatten().collect();
            Err(HubError::Mistakes { mistakes })
        }
    }
}
