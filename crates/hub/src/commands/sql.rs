//! `yilian sql`.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use tokio::runtime::Runtime;
use yilian_access::{Access, AccessError, Format, PromptOptions, Readable, Role, TableSource, prompt, statements};
use yilian_engine::{Engine, EngineOptions};
use yilian_pipeline::publication::{self, Publication};
use yilian_pipeline::site::Site;

use crate::arguments::{SqlArguments, SqlFormat};
use crate::commands::memory::memory_bytes;
use crate::commands::titles::Titles;
use crate::commands::{micro, released};
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
    let questions = questions(arguments)?;
    if questions.is_empty() {
        let options = PromptOptions { history: Some(history(&site, arguments.role)), format };
        prompt(&access, runtime.handle(), &options, &mut printer::stream())?;
        return Ok(ExitCode::SUCCESS);
    }
    if questions.len() > 1 && format == Format::Parquet {
        return Err(AccessError::SeveralStatements.into());
    }
    // Asked before the file is made: a question that is refused leaves none.
    let mut answers = Vec::new();
    for question in &questions {
        answers.push(runtime.block_on(access.ask(question))?);
    }
    let mut out = output(arguments)?;
    for answer in answers {
        runtime.block_on(answer.write(format, &mut out))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What is asked on the command line or in a file; nothing where the prompt is wanted.
fn questions(arguments: &SqlArguments) -> Result<Vec<String>, HubError> {
    if let Some(question) = &arguments.command {
        return Ok(vec![question.clone()]);
    }
    let Some(file) = &arguments.file else { return Ok(Vec::new()) };
    let text = fs::read_to_string(file).map_err(|source| HubError::Io { path: file.clone(), source })?;
    let questions = statements(&text)?;
    if questions.is_empty() {
        Err(AccessError::Query { reason: "the file is empty".to_owned() }.into())
    } else {
        Ok(questions)
    }
}

/// Standard output, or a new file.
fn output(arguments: &SqlArguments) -> Result<Box<dyn Write>, HubError> {
    let Some(file) = &arguments.out else { return Ok(Box::new(printer::stream())) };
    let failed = |source| HubError::Io { path: file.clone(), source };
    Ok(Box::new(File::create_new(file).map_err(failed)?))
}

/// A role's view of the current publication and of the releases of all years.
pub(super) fn open(runtime: &Runtime, site: &Site, role: Role, schemas: Option<&Path>) -> Result<Access, HubError> {
    let readable = runtime.block_on(readable(site, schemas))?;
    Ok(runtime.block_on(Access::open(&engine(site)?, role, readable))?)
}

/// The tables of the current publication, and tables and micro data of the releases of all years, for every role.
pub(super) async fn readable(site: &Site, schemas: Option<&Path>) -> Result<Readable, HubError> {
    let current = publication::current(site.store()).await?.ok_or(HubError::NothingPublished)?;
    let mut tables = tables_of(&current, site, &Titles::load(schemas)?)?;
    tables.extend(released::tables(site)?);
    let micro = micro::open(site, schemas)?;
    Ok(Readable { tables, micro })
}

fn format(arguments: &SqlArguments, printer: Printer) -> Format {
    match (arguments.format, printer.format()) {
        (Some(SqlFormat::Table), _) | (None, printer::Format::Text) => Format::Table,
        (Some(SqlFormat::Json), _) | (None, printer::Format::Json) => Format::Json,
        (Some(SqlFormat::Jsonl), _) => Format::JsonLines,
        (Some(SqlFormat::Csv), _) => Format::Csv,
        (Some(SqlFormat::Parquet), _) => Format::Parquet,
    }
}

/// Operators' questions may name people by id: each role has its own history, in the vault.
fn history(site: &Site, role: Role) -> std::path::PathBuf {
    site.vault().join(format!("sql_history_{role}"))
}

/// An engine within the site's limit of memory, on all cores.
pub(super) fn engine(site: &Site) -> Result<Engine, HubError> {
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
            columns: titles.columns(),
        });
    }
    Ok(tables)
}
