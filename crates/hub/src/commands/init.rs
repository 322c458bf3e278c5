//! `yilian init`.

use std::process::ExitCode;

use serde_json::json;
use yilian_pipeline::site::Site;

use crate::arguments::InitArguments;
use crate::error::HubError;
use crate::printer::Printer;

/// Makes a site folder and says what comes next.
pub(crate) fn run(init: &InitArguments, printer: Printer) -> Result<ExitCode, HubError> {
    let name = if init.name.is_empty() { &init.place } else { &init.name };
    let site = Site::create(&init.folder, &init.place, name)?;
    let folder = site.root().display().to_string();
    printer.answer(
        || {
            format!(
                "{folder} is a site for {name}\n\
                 next: yilian keys new --use hub, --use age and --use noise; yilian senders add"
            )
        },
        || json!({ "site": folder, "place": init.place, "name": name }),
    );
    Ok(ExitCode::SUCCESS)
}
