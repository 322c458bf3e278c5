//! `yilian-dept init`.

use serde_json::json;

use crate::arguments::InitArguments;
use crate::error::DeptError;
use crate::printer::Printer;
use crate::site::Site;

/// Makes a department's folder with its settings, and says which keys come next.
pub(crate) fn run(new: &InitArguments, printer: Printer) -> Result<(), DeptError> {
    let site = Site::create(new)?;
    let folder = new.folder.display();
    printer.answer(
        || {
            format!(
                "`{folder}` is ready for {} of {} ({})\n\n\
                 next, in that folder:\n  \
                 yilian-dept keys new --use sign\n  \
                 yilian-dept keys new --use seal\n  \
                 yilian-dept keys new --use link   (in one department; the others get a copy of keys/link.jwk)",
                site.settings.department,
                site.settings.place,
                site.settings.department.zh(),
            )
        },
        || json!({ "folder": new.folder, "place": site.settings.place, "department": site.settings.department }),
    );
    Ok(())
}
