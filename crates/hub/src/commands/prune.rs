//! `yilian prune`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use yilian_contract::retention::Retention;
use yilian_pipeline::prune::{PruneMode, PruneOptions, Pruned, prune};
use yilian_pipeline::site::Site;

use crate::arguments::PruneArguments;
use crate::clock;
use crate::error::HubError;
use crate::library;
use crate::printer::Printer;
use crate::progress::Steps;

/// Removes what is older than pipelines/retention.yaml says, and prints it by store.
pub(crate) fn run(
    arguments: &PruneArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let file = library::pipelines(&library::folder(schemas)?).join("retention.yaml");
    let retention = Retention::load(&file).map_err(|mistakes| HubError::Mistakes { mistakes })?;
    let mode = if arguments.dry_run { PruneMode::DryRun } else { PruneMode::Remove };
    let options = PruneOptions { as_of: arguments.as_of.unwrap_or_else(clock::today), mode };
    let steps = Steps::new();
    let pruned = super::block_on(async { Ok(prune(&site, &retention, &options, &steps).await?) })?;
    printer.answer(|| text(&pruned, mode), || json!({ "dry_run": arguments.dry_run, "pruned": pruned }));
    Ok(ExitCode::SUCCESS)
}

fn text(pruned: &Pruned, mode: PruneMode) -> String {
    let mut text = if pruned.stores.is_empty() {
        "nothing is older than pipelines/retention.yaml allows".to_owned()
    } else {
        let mut table = super::new_table(&["store", "files", "bytes"]);
        for (store, removed) in &pruned.stores {
            table.add_row([(*store).to_owned(), removed.files.to_string(), removed.bytes.to_string()]);
        }
        let said = if mode == PruneMode::DryRun { "would be removed; nothing was" } else { "removed" };
        format!("{table}\n{said}")
    };
    if pruned.kept_for_numbers > 0 {
        let line = format!("\n{} deliveries are kept as the last that name somebody", pruned.kept_for_numbers);
        text.push_str(&line);
    }
    text
}
