use std::sync::Arc;

use datafusion::catalog::SchemaProvider;
use datafusion::common::{ScalarValue, TableReference};
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionContext;
use yilian_engine::{DATABASE, Engine, QueryMemory, register_parquet};

use crate::answer::Answer;
use crate::catalogue::{Catalogue, Role, TableSource};
use crate::error::AccessError;
use crate::guard;
use crate::information_schema::InformationSchema;
use crate::micro::Micro;
use crate::prepared::{Prepared, Question};

/// The schema of a table that a query names without one.
pub const DEFAULT_SCHEMA: &str = "release";

/// What readers can be shown: the tables of a publication and of releases, for every role, and micro data.
#[derive(Clone, Default)]
pub struct Readable {
    /// The tables of all schemas but `micro`.
    pub tables: Vec<TableSource>,
    /// What answers questions about people.
    pub micro: Micro,
}

/// One role's view of one publication.
pub struct Access {
    session: SessionContext,
    catalogue: Catalogue,
    micro: Micro,
}

impl Access {
    /// Registers the tables that the role sees, and no others; those of micro data answer through the guard.
    pub async fn open(engine: &Engine, role: Role, readable: Readable) -> Result<Self, AccessError> {
        let session = engine.reader_session();
        let Readable { mut tables, micro } = readable;
        tables.extend(micro.tables());
        let catalogue = Catalogue::new(role, tables);
        micro.register(&session)?;
        for table in catalogue.tables().iter().filter(|table| !table.files.is_empty()) {
            register_parquet(&session, &table.schema, &table.table, &table.files)
                .await
                .map_err(|source| AccessError::Tables { source })?;
        }
        let mut access = Self { session, catalogue, micro };
        let schemas = InformationSchema::new(&access.session);
        access.add_system_schema(InformationSchema::NAME, Arc::new(schemas))?;
        let state = access.session.state_ref();
        DEFAULT_SCHEMA.clone_into(&mut state.write().config_mut().options_mut().catalog.default_schema);
        Ok(access)
    }

    /// The tables the role sees.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The session, for who adds the catalogue of a protocol to it before the first question.
    pub fn session(&self) -> &SessionContext {
        &self.session
    }

    /// Adds a schema that describes the others and that every role sees.
    ///
    /// # Errors
    /// [`AccessError::Query`] if the session has no database.
    pub fn add_system_schema(&mut self, name: &str, tables: Arc<dyn SchemaProvider>) -> Result<(), AccessError> {
        let missing = || DataFusionError::Plan("the session has no database".to_owned());
        let database = self.session.catalog(DATABASE).ok_or_else(missing);
        database
            .and_then(|database| database.register_schema(name, tables))
            .map_err(|error| AccessError::planning(&error))?;
        self.catalogue.add_system_schema(name);
        Ok(())
    }

    /// Answers one question.
    ///
    /// Refuses what is no question, and names the nearest valid table or column for one that is not there.
    pub async fn ask(&self, text: &str) -> Result<Answer, AccessError> {
        let prepared = self.prepare(Question::parse(text)?).await?;
        self.answer(&prepared, &[], None).await
    }

    /// Plans a question over tables that the role sees, and types its parameters.
    ///
    /// Refuses what is no question, and names the nearest valid table or column for one that is not there.
    pub async fn prepare(&self, question: Question) -> Result<Prepared, AccessError> {
        let mut state = self.session.state();
        if let Some(schema) = question.schema {
            state.config_mut().options_mut().catalog.default_schema = schema;
        }
        let (plan, reads) = guard::plan(&state, &self.catalogue, question.statement).await?;
        Prepared::new(plan, &question.parameters, reads)
    }

    /// Runs a prepared question with the values of its parameters, in memory of its own where some is given.
    ///
    /// # Errors
    /// [`AccessError::Parameters`] for another number of values, and what the engine says of the plan.
    pub async fn answer(
        &self,
        prepared: &Prepared,
        values: &[ScalarValue],
        memory: Option<&QueryMemory>,
    ) -> Result<Answer, AccessError> {
        let plan = prepared.bound(values)?;
        // Every question comes by here with its parameters bound. The guard keeps the schema, which askers know already.
        let (plan, shapes) = self.micro.protect(plan).await?;
        let state = memory.map_or_else(|| self.session.state(), |memory| memory.state_of(&self.session));
        let rows = DataFrame::new(state, plan).execute_stream().await.map_err(AccessError::starting)?;
        Ok(Answer::new(rows, shapes))
    }

    /// Adds functions that every question may use.
    pub fn add_functions(&self, functions: impl IntoIterator<Item = ScalarUDF>) {
        for function in functions {
            self.session.register_udf(function);
        }
    }

    /// The names of its tables, with and without their schema, and of their columns.
    pub(crate) async fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for table in self.catalogue.tables() {
            names.extend([table.name(), table.table.clone()]);
            let columns = self.columns(&table.name()).await.unwrap_or_default();
            names.extend(columns.into_iter().map(|[column, ..]| column));
        }
        names
    }

    /// The columns of a table as `\d TABLE` shows them: name, type, whether it may be null.
    pub async fn columns(&self, name: &str) -> Result<Vec<[String; 3]>, AccessError> {
        let unknown = || AccessError::UnknownTable {
            name: name.to_owned(),
            nearest: crate::catalogue::nearest(name, self.catalogue.tables().iter().map(TableSource::name)),
        };
        let table = self.catalogue.find(name).ok_or_else(unknown)?;
        let provider =
            self.session.table_provider(TableReference::partial(table.schema.as_str(), table.table.as_str())).await;
        let schema = provider.map_err(|_| unknown())?.schema();
        Ok(schema
            .fields()
            .iter()
            .map(|field| {
                let nullable = if field.is_nullable() { "" } else { "not null" };
                [field.name().clone(), sql_type(field.data_type()), nullable.to_owned()]
            })
            .collect())
    }
}

/// The type in the words of SQL, so that it can be used in a cast.
fn sql_type(ty: &datafusion::arrow::datatypes::DataType) -> String {
    use datafusion::arrow::datatypes::DataType;
    match ty {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "text".to_owned(),
        DataType::Int64 => "bigint".to_owned(),
        DataType::Int32 => "integer".to_owned(),
        DataType::Int16 => "smallint".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        other => other.to_string().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use datafusion::parquet::arrow::ArrowWriter;
    use yilian_engine::EngineOptions;

    use super::*;
    use crate::answer::Format;

    fn write_table(folder: &Path, schema: &str, table: &str) -> TableSource {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("county", Arc::new(StringArray::from(vec!["150104", "玉泉区"]))),
            ("value", Arc::new(Int64Array::from(vec![Some(1_200), None]))),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let path = folder.join(format!("{schema}.{table}.parquet"));
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        TableSource {
            schema: schema.to_owned(),
            table: table.to_owned(),
            files: vec![path],
            rows: 2,
            title_zh: "人口".to_owned(),
            title_en: "population".to_owned(),
            columns: Vec::new(),
        }
    }

    async fn open(folder: &Path, role: Role) -> Access {
        let options = EngineOptions { memory_bytes: 64 << 20, threads: 1, spill_folder: folder.join("spill") };
        let tables = vec![write_table(folder, "release", "population"), write_table(folder, "hub", "person")];
        Access::open(&Engine::new(&options).unwrap(), role, Readable { tables, micro: Micro::default() }).await.unwrap()
    }

    async fn said(access: &Access, question: &str, format: Format) -> String {
        let mut out = Vec::new();
        access.ask(question).await.unwrap().write(format, &mut out).await.unwrap();
        String::from_utf8(out).unwrap()
    }

    async fn refused(access: &Access, question: &str) -> AccessError {
        match access.ask(question).await {
            Err(error) => error,
            Ok(answer) => answer.write(Format::Csv, &mut Vec::new()).await.unwrap_err(),
        }
    }

    #[tokio::test]
    async fn an_answer_is_written_in_three_ways() {
        let folder = tempfile::tempdir().unwrap();
        let access = open(folder.path(), Role::Statistician).await;
        let question = "select county, value from population order by value";
        assert_eq!(said(&access, question, Format::Csv).await, "county,value\n150104,1200\n玉泉区,\n");
        let [first, second] = [r#"{"county":"150104","value":1200}"#, r#"{"county":"玉泉区","value":null}"#];
        assert_eq!(said(&access, question, Format::JsonLines).await, format!("{first}\n{second}\n"));
        assert_eq!(said(&access, question, Format::Json).await, format!("[{first},\n{second}]\n"));
        assert_eq!(said(&access, "select 1 from population limit 0", Format::Json).await, "[]\n");
        let table = said(&access, question, Format::Table).await;
        assert!(table.contains("│ 玉泉区 ┆       │") && table.ends_with("(2 rows)\n"), "{table}");
    }

    #[tokio::test]
    async fn a_statistician_sees_statistics_alone() {
        let folder = tempfile::tempdir().unwrap();
        let access = open(folder.path(), Role::Statistician).await;
        for question in [
            "select * from hub.person",
            "select 1 from population where exists (select 1 from hub.person)",
            "with p as (select * from hub.person) select * from p",
            "explain select * from hub.person",
        ] {
            assert!(matches!(refused(&access, question).await, AccessError::NotForRole { .. }), "{question}");
        }
        let tables = said(&access, "show tables", Format::Csv).await;
        assert!(tables.contains("population") && !tables.contains("person"), "{tables}");
    }

    #[tokio::test]
    async fn an_operator_sees_the_hub_too() {
        let folder = tempfile::tempdir().unwrap();
        let access = open(folder.path(), Role::Operator).await;
        assert_eq!(said(&access, "select count(*) as n from hub.person", Format::Csv).await, "n\n2\n");
        let columns = access.columns("person").await.unwrap();
        assert_eq!(columns[1], ["value", "bigint", ""]);
    }

    #[tokio::test]
    async fn whatever_is_no_question_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let access = open(folder.path(), Role::Operator).await;
        for statement in [
            "copy (select 1) to '/tmp/x.csv'",
            "explain copy (select 1) to '/tmp/x.csv'",
            "create table t as select 1",
            "create view v as select 1",
            "create external table t stored as csv location '/etc/passwd'",
            "insert into population values ('x', 1)",
            "drop table population",
            "set datafusion.catalog.default_schema = 'hub'",
            "prepare p as select 1",
        ] {
            assert!(matches!(refused(&access, statement).await, AccessError::NotAQuestion { .. }), "{statement}");
        }
        assert!(matches!(refused(&access, "select 1; drop table population").await, AccessError::SeveralStatements));
        let from_file = refused(&access, "select * from '/etc/passwd'").await;
        assert!(matches!(from_file, AccessError::UnknownTable { .. }), "{from_file}");
    }

    #[tokio::test]
    async fn a_mistyped_name_gets_the_nearest_valid_one() {
        let folder = tempfile::tempdir().unwrap();
        let access = open(folder.path(), Role::Statistician).await;
        let error = refused(&access, "select valeu from population").await;
        assert_eq!(error.hint().as_deref(), Some("did you mean value?"), "{error}");
        let error = refused(&access, "select * from populations").await;
        assert!(error.hint().unwrap().contains("release.population"), "{error}");
    }

    #[tokio::test]
    async fn an_error_of_execution_quotes_no_value() {
        let folder = tempfile::tempdir().unwrap();
        let access = open(folder.path(), Role::Statistician).await;
        let error = refused(&access, "select cast(county as bigint) from population").await;
        assert!(matches!(error, AccessError::Execution { .. }), "{error}");
        assert!(!error.to_string().contains("玉泉区"), "{error}");
    }
}
