//! `yilian sql`.

use std::path::Path;
use std::process::ExitCode;

use tokio::runtime::Runtime;
use yilian_access::{Access, Format, PromptOptions, Role, TableSource, prompt};
use yilian_engine::{Engine, EngineOptions};
use yilian_pipeline::publication::{self, Publication};
use yilian_pipeline::site::Site;

use crate::arguments::{SqlArguments, SqlFormat};
use crate::commands::memory::memory_bytes;
use crate::commands::titles::Titles;
use crate::error::HubError;
use crate::printer::{self, Printer};

/// Answers one question, or many at a prompt, from the current publication.
pub(crate) fn run(
    arguments: &SqlArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let runtime = super::runtime()?;
    let access = open(&runtime, &site, arguments.role, schemas)?;
    let format = format(arguments, printer);
    let mut out = printer::stream();
    if let Some(question) = &arguments.command {
        runtime.block_on(async { access.ask(question).await?.write(format, &mut out).await })?;
    } else {
        let options = PromptOptions { history: Some(history(&site, arguments.role)), format };
        prompt(&access, runtime.handle(), &options, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A role's view of the current publication.
pub(super) fn open(runtime: &Runtime, site: &Site, role: Role, schemas: Option<&Path>) -> Result<Access, HubError> {
    let current = runtime.block_on(publication::current(site.store()))?.ok_or(HubError::NothingPublished)?;
    let tables = tables_of(&current, site, &Titles::load(schemas)?)?;
    Ok(runtime.block_on(Access::open(&engine(site)?, role, tables))?)
}

fn format(arguments: &SqlArguments, printer: Printer) -> Format {
    match (arguments.format, printer.format()) {
        (Some(SqlFormat::Table), _) | (None, printer::Format::Text) => Format::Table,
        (Some(SqlFormat::Json), _) | (None, printer::Format::Json) => Format::Json,
        (Some(SqlFormat::Jsonl), _) => Format::JsonLines,
        (Some(SqlFormat::Csv), _) => Format::Csv,
    }
}

/// Operators' questions may name people by id: each role has its own history, in the vault.
fn history(site: &Site, role: Role) -> std::path::PathBuf {
    site.vault().join(format!("sql_history_{role}"))
}

fn engine(site: &Site) -> Result<Engine, HubError> {
    Ok(Engine::new(&EngineOptions {
        memory_bytes: memory_bytes(&site.config().memory_limit)?,
        threads: super::all_threads(),
        spill_folder: site.vault().join("spill"),
    })?)
}

fn tables_of(current: &Publication, site: &Site, titles: &Titles) -> Result<Vec<TableSource>, HubError> {
    let mut tables = Vec::new();
    for (name, files) in &current.tables {
        let Some((schema, table)) = name.split_once('.') else { continue };
        let paths = files.files.iter().map(|file| site.store().local_path(&file.path).ok_or(HubError::RemoteStore));
        let (title_zh, title_en) = titles.of(name);
        tables.push(TableSource {
            schema: schema.to_owned(),
            table: table.to_owned(),
            files: paths.collect::<Result<_, _>>()?,
            rows: files.files.iter().map(|file| file.rows).sum(),
            title_zh,
            title_en,
        });
    }
    Ok(tables)
}
