//! The SQL models as worked examples: `tests/slt/<model>.slt` makes input rows, the model, and shows its rows.
//!
//! A statement `CREATE MODEL <name>` makes the view of `sql/**/<name>.sql` in the schema that the file's header names.
//! Everything else is plain sqllogictest. Tables of input rows are made by hand in each file.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};
use yilian_engine::{Engine, EngineOptions};

use crate::fixture::{files_below, new_folder};

const CREATE_MODEL: &str = "create model ";

struct Models {
    session: SessionContext,
}

/// A session for worked examples.
pub(crate) fn session(spill_folder: PathBuf) -> SessionContext {
    let options = EngineOptions { memory_bytes: 256 << 20, threads: 1, spill_folder };
    Engine::new(&options).unwrap().session()
}

/// What a statement of an example answers.
pub(crate) async fn answer(
    session: &SessionContext,
    sql: &str,
) -> Result<DBOutput<DefaultColumnType>, DataFusionError> {
    let frame = session.sql(sql).await?;
    let columns = frame.schema().fields().len();
    let batches = frame.collect().await?;
    let format = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in &batches {
        let formatters = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &format))
            .collect::<Result<Vec<_>, _>>()?;
        rows.extend((0..batch.num_rows()).map(|row| {
            formatters.iter().map(|formatter| shown(&formatter.value(row).to_string())).collect::<Vec<_>>()
        }));
    }
    Ok(match columns {
        0 => DBOutput::StatementComplete(0),
        columns => DBOutput::Rows { types: vec![DefaultColumnType::Any; columns], rows },
    })
}

/// Runs every example of a folder, each in a database of its own, and fails with all that do not give what they show.
pub(crate) async fn assert_examples<D: AsyncDB>(folder: &Path, database: impl Fn() -> D) {
    let examples = files_below(folder);
    assert!(!examples.is_empty(), "{} holds no examples", folder.display());
    let mut failures = Vec::new();
    for example in examples {
        let mut runner = Runner::new(|| async { Ok(database()) });
        if let Err(error) = runner.run_file_async(&example).await {
            failures.push(error.display(false).to_string());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[async_trait::async_trait]
impl AsyncDB for Models {
    type Error = DataFusionError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<Self::ColumnType>, Self::Error> {
        if let Some(model) = model_named(sql) {
            for statement in view_of(&model) {
                self.session.sql(&statement).await?.collect().await?;
            }
            return Ok(DBOutput::StatementComplete(0));
        }
        answer(&self.session, sql).await
    }

    async fn shutdown(&mut self) {}
}

#[tokio::test]
async fn every_worked_example_gives_the_rows_that_it_shows() {
    let spill = new_folder("slt");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("slt");
    assert_examples(&folder, || Models { session: session(spill.clone()) }).await;
}

#[test]
fn every_worked_example_is_about_a_model_of_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("slt");
    for example in files_below(&folder) {
        let name = file_stem(&example);
        let text = fs::read_to_string(&example).unwrap().to_lowercase();
        assert!(text.contains(&format!("{CREATE_MODEL}{name}\n")), "{} does not make {name}", example.display());
    }
}

#[test]
fn every_model_has_a_worked_example() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut models = Vec::new();
    for layer in fs::read_dir(tests.join("../sql")).unwrap().map(Result::unwrap) {
        if layer.file_name().to_string_lossy().starts_with(|first: char| first.is_ascii_digit()) {
            models.extend(files_below(&layer.path()));
        }
    }
    let mut models: Vec<String> = models
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| file_stem(path))
        .collect();
    assert!(!models.is_empty(), "sql/ holds no models");
    models.retain(|model| !tests.join(format!("slt/{model}.slt")).is_file());
    assert!(models.is_empty(), "no worked example of {}", models.join(", "));
}

fn model_named(sql: &str) -> Option<String> {
    let statement = sql.trim().trim_end_matches(';').to_lowercase();
    statement.strip_prefix(CREATE_MODEL).map(|name| name.trim().to_owned())
}

fn file_stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// The statements that make the view of a model, in the schema of its header.
pub(crate) fn view_of(model: &str) -> [String; 2] {
    let sql = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sql");
    let file = files_below(&sql)
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name == format!("{model}.sql").as_str()))
        .unwrap_or_else(|| panic!("there is no model `{model}` below sql/"));
    let text = fs::read_to_string(&file).unwrap();
    let schema = text
        .lines()
        .find_map(|line| line.strip_prefix("-- schema: "))
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap_or_else(|| panic!("{} names no schema", file.display()));
    [format!("create schema if not exists {schema}"), format!("create view {schema}.{model} as {text}")]
}

/// An empty text would be lost between the columns of a line.
fn shown(value: &str) -> String {
    if value.is_empty() { "(empty)".to_owned() } else { value.to_owned() }
}
