//! `yilian explain`: a flag in words, why a person's month has none, or a number of a release.

mod flag;
mod month;
mod number;
mod words;

use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;
use yilian_access::{Access, Format, Role};
use yilian_contract::rules::{self, Rule, allowed};
use yilian_pipeline::site::Site;

use crate::arguments::ExplainArguments;
use crate::commands::sql;
use crate::error::HubError;
use crate::library::{self, Library};
use crate::printer::Printer;
use words::Words;

/// Explains a flag, every two benefits of a person's month, or a number of a release.
pub(crate) fn run(
    arguments: &ExplainArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    if let Some((year, table)) = arguments.year.zip(arguments.table.as_deref()) {
        let (text, machine) = number::explain(arguments, (year, table), site, schemas)?;
        printer.answer(|| text, || machine);
        return Ok(ExitCode::SUCCESS);
    }
    let book = Book::load(schemas)?;
    let runtime = super::runtime()?;
    let access = sql::open(&runtime, &Site::open(site)?, Role::Operator, schemas)?;
    let (text, machine) = runtime.block_on(async {
        let asked = Asked { access: &access, book: &book };
        match (arguments.flag, arguments.person.zip(arguments.month)) {
            (Some(flag_id), _) => flag::explain(&asked, flag_id).await,
            (None, Some((person_id, month))) => month::explain(&asked, person_id, month).await,
            (None, None) => Err(HubError::NothingToExplain),
        }
    })?;
    printer.answer(|| text, || machine);
    Ok(ExitCode::SUCCESS)
}

/// The rules as they stand in the files now, and the words for what they name.
struct Book {
    rules: Vec<Rule>,
    allowed: Vec<allowed::Stack>,
    words: Words,
}

impl Book {
    fn load(schemas: Option<&Path>) -> Result<Self, HubError> {
        let library = Library::load(schemas)?;
        let folder = library::folder(schemas)?;
        let rules_folder = library::pipelines(&folder).join("rules");
        let mistakes = |mistakes| HubError::Mistakes { mistakes };
        Ok(Self {
            rules: rules::load(&rules_folder, &library.schemas).map_err(mistakes)?,
            allowed: allowed::load(&rules_folder).map_err(mistakes)?,
            words: Words::load(&folder, library.schemas.codes)?,
        })
    }

    fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// The current publication and the rules: what an explanation is made of.
struct Asked<'a> {
    access: &'a Access,
    book: &'a Book,
}

impl Asked<'_> {
    /// The rows of an answer as JSON objects.
    async fn rows(&self, query: &str) -> Result<Vec<Value>, HubError> {
        let mut written = Vec::new();
        self.access.ask(query).await?.write(Format::Json, &mut written).await?;
        serde_json::from_slice(&written).map_err(|source| HubError::Answer { source })
    }
}

/// An amount of a row, in yuan with two decimals; a benefit without amounts has none.
fn money<'r>(row: &'r Value, name: &str) -> &'r str {
    row.get(name).and_then(Value::as_str).unwrap_or("–")
}

/// A text of a row; empty where there is none.
fn text<'r>(row: &'r Value, name: &str) -> &'r str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}
