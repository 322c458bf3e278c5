//! `yilian run`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use yilian_pipeline::run::{Feedback, News, Outcome, RunOptions, run as run_pipeline};
use yilian_pipeline::site::Site;

use crate::arguments::RunArguments;
use crate::clock;
use crate::commands::memory::{give_back_soon, memory_bytes};
use crate::commands::{cluster, receive};
use crate::error::HubError;
use crate::printer::Printer;
use crate::progress::Steps;

/// Makes the night's run and publishes it; refused deliveries are receipts and stop nothing.
pub(crate) fn run(arguments: &RunArguments, site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let memory = memory_bytes(arguments.memory_limit.as_deref().unwrap_or(&site.config().memory_limit))?;
    give_back_soon(memory);
    let options = RunOptions {
        as_of: arguments.as_of.unwrap_or_else(clock::today),
        memory_bytes: memory,
        threads: arguments.threads.unwrap_or_else(super::all_threads),
        buckets: arguments.buckets,
        cluster: cluster::of_run(arguments)?,
    };
    let steps = Steps::new();
    // The future of a whole night is large; it is driven where it lies on the heap.
    let outcome =
        super::block_on(async { Ok(Box::pin(run_pipeline(&site, &arguments.pipeline, &options, &steps)).await?) })?;
    printer.answer(|| text(&outcome), || machine(&outcome));
    Ok(ExitCode::SUCCESS)
}

fn text(outcome: &Outcome) -> String {
    let publication = &outcome.publication;
    let head = match outcome.news {
        News::Published => format!("published run {} as number {}", publication.run_id, publication.number),
        News::Unchanged => format!("nothing new: number {} (run {}) stays", publication.number, publication.run_id),
    };
    let counts: Vec<String> = publication.counts.iter().map(|(name, count)| format!("  {name}: {count}")).collect();
    format!(
        "{}\n{head}\n{}\n{}\n{} checks passed; `yilian status {}` shows tables and checks",
        receive::text(&outcome.received),
        counts.join("\n"),
        feedback(&outcome.feedback),
        publication.checks.len(),
        publication.number
    )
}

/// What went to the outboxes, and what an operator must do so that more can.
fn feedback(feedback: &Feedback) -> String {
    if feedback.without_signing_key {
        return "no parcels: `yilian keys new --use sign` makes the key that signs them\n".to_owned();
    }
    let mut text = format!("{} parcels with {} clues in outbox/\n", feedback.parcels, feedback.clues);
    if feedback.receipts_alone > 0 {
        let line = format!("{} parcels of receipts alone in outbox/\n", feedback.receipts_alone);
        text.push_str(&line);
    }
    for office in &feedback.without_recipient {
        text.push_str("no parcel for ");
        text.push_str(office);
        text.push_str(": site.yaml has no `recipient` for it\n");
    }
    text
}

fn machine(outcome: &Outcome) -> serde_json::Value {
    json!({
        "news": match outcome.news {
            News::Published => "published",
            News::Unchanged => "unchanged",
        },
        "received": receive::machine(&outcome.received),
        "parcels": outcome.feedback.parcels,
        "clues_sent": outcome.feedback.clues,
        "parcels_of_receipts": outcome.feedback.receipts_alone,
        "offices_without_recipient": outcome.feedback.without_recipient,
        "publication": outcome.publication,
    })
}
