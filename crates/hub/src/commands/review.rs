//! `yilian review`.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use tempfile::NamedTempFile;
use yilian_access::Role;
use yilian_contract::entitlement;
use yilian_contract::retention::Retention;
use yilian_contract::rules::{self, disclosure};
use yilian_pipeline::site::Site;
use yilian_review::{Reader, Report, Rulebook, html};

use crate::arguments::ReviewArguments;
use crate::clock;
use crate::error::HubError;
use crate::library::{self, Library};
use crate::printer::{self, Printer};
use crate::progress::Steps;

/// The report for machines.
const DOCUMENT: &str = "review.json";

/// Writes the privacy reviewer's report; ends with 1 where it names a fault that is not for people to judge.
pub(crate) fn run(
    arguments: &ReviewArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let library = Library::load(schemas)?;
    let folder = library::folder(schemas)?;
    let mistakes = |mistakes| HubError::Mistakes { mistakes };
    let pipelines = library::pipelines(&folder);
    let rules = rules::load(&pipelines.join("rules"), &library.schemas).map_err(mistakes)?;
    let entitlement = entitlement::load(&pipelines.join("entitlement"), &library.schemas).map_err(mistakes)?;
    let disclosures = disclosure::load(&folder, &rules, &entitlement.gaps).map_err(mistakes)?;
    let retention = Retention::load(&pipelines.join("retention.yaml")).map_err(mistakes)?;
    let readers = Role::ALL.map(|role| Reader { role: role.as_str(), schemas: role.schemas() });
    let rulebook = Rulebook {
        schemas: &library.schemas,
        rules: &rules,
        gaps: &entitlement.gaps,
        disclosures: &disclosures,
        retention: &retention,
        readers: &readers,
        as_of: arguments.as_of.unwrap_or_else(clock::today),
    };
    let steps = Steps::new();
    let out = arguments.out.clone().unwrap_or_else(|| site.root().join("review"));
    let earlier = earlier(arguments.since.as_deref(), &out)?;
    let mut report = super::block_on(async { Ok(Box::pin(yilian_review::review(&site, &rulebook, &steps)).await?) })?;
    if let Some((whose, earlier)) = earlier {
        compare(&mut report, whose, &earlier)?;
    }
    write(&report, &out)?;
    printer.answer(
        || text(&report, &out),
        || json!({ "passes": report.passes(), "faults": report.faults, "report": out }),
    );
    Ok(if report.passes() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// How an earlier report was found.
#[derive(Clone, Copy)]
enum Whose {
    /// It was named, and must be one.
    Named,
    /// It is the one that is about to be replaced.
    Replaced,
}

/// The report named, else the one that is about to be replaced; `None` where there is none.
fn earlier(named: Option<&Path>, out: &Path) -> Result<Option<(Whose, Vec<u8>)>, HubError> {
    if let Some(path) = named {
        let read = fs::read(path).map_err(|source| HubError::Io { path: path.to_owned(), source })?;
        return Ok(Some((Whose::Named, read)));
    }
    match fs::read(out.join(DOCUMENT)) {
        Ok(read) => Ok(Some((Whose::Replaced, read))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => {
            printer::note(&format!("note: the report before this one cannot be read ({error}); nothing is compared"));
            Ok(None)
        }
    }
}

/// A report that is about to be replaced may have been cut by a full disk, which is no reason to have none.
fn compare(report: &mut Report, whose: Whose, earlier: &[u8]) -> Result<(), HubError> {
    match (report.compare(earlier), whose) {
        (Err(error), Whose::Replaced) => {
            printer::note(&format!("note: {error}; nothing is compared"));
            Ok(())
        }
        (compared, _) => Ok(compared?),
    }
}

fn write(report: &Report, out: &Path) -> Result<(), HubError> {
    let failed = |source| HubError::ReviewNotWritten { folder: out.to_owned(), source };
    fs::create_dir_all(out).map_err(failed)?;
    let mut document = serde_json::to_vec_pretty(report).map_err(|error| failed(error.into()))?;
    document.push(b'\n');
    put(&out.join("review.html"), html(report)?.as_bytes()).map_err(failed)?;
    put(&out.join(DOCUMENT), &document).map_err(failed)
}

/// Writes a file that its owner alone may read, whole or not at all, over any of that name.
fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut part = NamedTempFile::new_in(folder)?;
    part.write_all(content)?;
    part.as_file().sync_all()?;
    part.persist(path).map(drop).map_err(|error| error.error)
}

fn text(report: &Report, out: &Path) -> String {
    let mut text = format!("report: {}\n", out.join("review.html").display());
    let faults = report.faults.iter();
    text.extend(faults.map(|fault| format!("{}: {} · {} [{}]\n", fault.place, fault.zh, fault.en, fault.code)));
    text.push_str(if report.passes() { "通过 passed" } else { "未通过 not passed" });
    text
}
