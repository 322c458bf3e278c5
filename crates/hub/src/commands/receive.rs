//! `yilian receive`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};
use yilian_delivery::Refusal;
use yilian_pipeline::receive::{Receipt, Received, receive};
use yilian_pipeline::site::Site;

use crate::arguments::ReceiveArguments;
use crate::error::HubError;
use crate::library::Library;
use crate::printer::Printer;
use crate::progress::Steps;

/// Judges the inbox; the exit code is 1 if anything was refused that had not been refused before.
pub(crate) fn run(
    arguments: &ReceiveArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let library = Library::load(schemas)?;
    let inbox = arguments.inbox.clone().unwrap_or_else(|| site.inbox());
    let steps = Steps::new();
    let received =
        super::block_on(async { Ok(receive(&site, &inbox, &library.schemas, &library.regions, &steps).await?) })?;
    printer.answer(|| text(&received), || machine(&received));
    Ok(if received.has_new_refusals() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// What became of the inbox, for a person.
pub(crate) fn text(received: &Received) -> String {
    let mut lines = Vec::new();
    for receipt in &received.refused {
        lines.push(format!("refused {}", receipt.file));
        for reason in &receipt.reasons {
            lines.push(format!("  {} · {}", reason.en(), reason.zh()));
            lines.extend(reason.hint().map(|hint| format!("    hint: {hint}")));
        }
    }
    if !received.refused_before.is_empty() {
        lines.push(format!("{} refused before for the same reasons; see receipts/", received.refused_before.len()));
    }
    if received.ignored > 0 {
        lines.push(format!("{} file(s) are no deliveries by their name", received.ignored));
    }
    lines.push(format!(
        "{} accepted, {} known already, {} refused",
        received.accepted.len(),
        received.repeated.len(),
        received.refused.len()
    ));
    lines.join("\n")
}

/// What became of the inbox, for a machine.
pub(crate) fn machine(received: &Received) -> Value {
    let files: Vec<&str> = received.accepted.iter().map(|accepted| accepted.file_name.as_str()).collect();
    let refused = |receipts: &[Receipt]| -> Vec<Value> { receipts.iter().map(refused).collect() };
    json!({
        "accepted": files,
        "repeated": received.repeated,
        "refused": refused(&received.refused),
        "refused_before": refused(&received.refused_before),
        "ignored": received.ignored,
    })
}

fn refused(receipt: &Receipt) -> Value {
    let codes: Vec<&str> = receipt.reasons.iter().map(Refusal::code).collect();
    let reasons: Vec<String> = receipt.reasons.iter().map(Refusal::en).collect();
    json!({ "file": receipt.file, "codes": codes, "reasons": reasons, "text_zh": receipt.text_zh })
}
