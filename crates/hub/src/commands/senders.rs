//! `yilian senders add` and `yilian senders list`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use yilian_pipeline::site::{Datasets, Sender, Site};

use crate::arguments::SenderArguments;
use crate::error::HubError;
use crate::printer::{self, Printer};

/// Registers an office in `site.yaml`.
pub(crate) fn add(new: &SenderArguments, site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let mut site = Site::open(site)?;
    let sender = Sender {
        place: new.place.clone(),
        department: new.department,
        signature_key: new.signature_key.clone(),
        recipient: new.recipient.clone(),
        datasets: if new.datasets.is_empty() { Datasets::All } else { Datasets::These(new.datasets.clone()) },
        link_keys: new.link_keys.clone(),
    };
    site.add_sender(sender)?;
    if new.link_keys.is_empty() {
        printer::note("note: without --link-key no delivery of this sender will be accepted");
    }
    printer.answer(
        || format!("{} {} may deliver", new.place, new.department),
        || json!({ "place": new.place, "department": new.department }),
    );
    Ok(ExitCode::SUCCESS)
}

/// Shows who may deliver what.
pub(crate) fn list(site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let senders = &site.config().senders;
    printer.answer(
        || {
            let mut table = super::new_table(&["place", "department", "datasets", "link keys", "signature key"]);
            for sender in senders {
                let keys: Vec<&str> = sender.link_keys.iter().map(|key| key.check_value.as_str()).collect();
                let datasets = match &sender.datasets {
                    Datasets::All => "all".to_owned(),
                    Datasets::These(names) => names.join(", "),
                };
                table.add_row([
                    sender.place.clone(),
                    sender.department.to_string(),
                    datasets,
                    keys.join(", "),
                    sender.signature_key.to_string(),
                ]);
            }
            table.to_string()
        },
        || json!(senders),
    );
    Ok(ExitCode::SUCCESS)
}
