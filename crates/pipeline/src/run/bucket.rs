//! A bucket: the models of `pass: bucket`, in order, for the people of one range of slots.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use datafusion::catalog::TableProvider;
use datafusion::dataframe::DataFrame;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_engine::{
    Engine, NamedRows, PlannedQuery, PreparedQuery, TableName, register_by_name, register_parquet, register_provider,
    register_view, rows_in_memory,
};

use super::model::{KeptAs, Model, ModelGraph, Pass};
use super::order::in_order;
use super::reads::Reads;
use super::table_file::{Packing, TableWriter};
use super::united::United;
use super::{RunError, ids_of_bucket};

/// Tables that exist before any model: staged datasets and reference tables.
#[derive(Clone, Default)]
pub(crate) struct Sources {
    tables: Vec<(TableName, Arc<dyn TableProvider>)>,
}

impl Sources {
    pub(crate) fn add(&mut self, name: TableName, provider: Arc<dyn TableProvider>) {
        self.tables.push((name, provider));
    }

    /// Adds a small table, whose rows stay in memory.
    pub(crate) fn add_rows(&mut self, (schema, table): (&str, &str), batch: &RecordBatch) -> Result<(), RunError> {
        let name = TableName { schema: schema.to_owned(), table: table.to_owned() };
        let provider = rows_in_memory(&name, batch)?;
        self.add(name, provider);
        Ok(())
    }

    pub(crate) fn tables(&self) -> impl Iterator<Item = &(TableName, Arc<dyn TableProvider>)> {
        self.tables.iter()
    }

    pub(crate) fn register_all(&self, session: &SessionContext) -> Result<(), RunError> {
        for (name, provider) in &self.tables {
            register_provider(session, name, Arc::clone(provider))?;
        }
        Ok(())
    }

    /// Registers the tables about people by name alone, and all others.
    fn register_for_planning(&self, session: &SessionContext) -> Result<(), RunError> {
        for (name, provider) in &self.tables {
            if is_about_people(provider) {
                register_by_name(session, name, provider.schema())?;
            } else {
                register_provider(session, name, Arc::clone(provider))?;
            }
        }
        Ok(())
    }

    /// Whether a table is about no people, and so the same in every bucket.
    fn is_for_all(&self, name: &TableName) -> bool {
        self.tables.iter().any(|(table, provider)| table == name && !is_about_people(provider))
    }

    fn about_people(&self) -> impl Iterator<Item = &(TableName, Arc<dyn TableProvider>)> {
        self.tables.iter().filter(|(_, provider)| is_about_people(provider))
    }
}

pub(crate) fn is_about_people(table: &Arc<dyn TableProvider>) -> bool {
    table.schema().index_of("person_id").is_ok()
}

/// Where one bucket's tables lie: `folder/<schema>.<table>/<bucket>.parquet`.
pub(crate) fn table_file(folder: &Path, name: &TableName, bucket: usize) -> PathBuf {
    folder.join(name.to_string()).join(format!("{bucket:05}.parquet"))
}

/// The bucket models, planned once for all buckets: planning them takes longer than running them for a few people.
pub(crate) struct BucketPlan {
    steps: Vec<Step>,
}

/// A model that is computed, with what it is the first to read and what no later one reads.
struct Step {
    model: Model,
    query: PlannedQuery,
    sources: Vec<Source>,
    read_no_more: Vec<TableName>,
}

/// A table about people, in the columns that any bucket model reads.
struct Source {
    name: TableName,
    provider: Arc<dyn TableProvider>,
    schema: SchemaRef,
}

impl BucketPlan {
    pub(crate) async fn new(engine: &Engine, sources: &Sources, graph: &ModelGraph) -> Result<Self, RunError> {
        let session = engine.session();
        sources.register_for_planning(&session)?;
        let reads = Reads::of(graph);
        let mut steps = Vec::new();
        for model in graph.of_pass(Pass::Bucket) {
            if model.kept_as == KeptAs::View {
                view(&session, model).await?;
                continue;
            }
            let query = PlannedQuery::new(&session, &model.query).await.map_err(RunError::query(&model.name))?;
            register_by_name(&session, &model.name, query.schema())?;
            let read_no_more = reads.last_by(&model.name, |table| !sources.is_for_all(table));
            steps.push(Step { model: model.clone(), query, sources: Vec::new(), read_no_more });
        }
        for (name, provider) in sources.about_people() {
            let source = Source::new(name, provider, &steps)?;
            if let Some(first) = steps.iter_mut().find(|step| reads.is_first(name, &step.model.name)) {
                first.sources.push(source);
            }
        }
        Ok(Self { steps })
    }
}

/// Workers of one plan, as many as there were ever buckets at work side by side.
pub(crate) struct BucketWorkers {
    plan: Arc<BucketPlan>,
    idle: Mutex<Vec<BucketWorker>>,
}

impl BucketWorkers {
    pub(crate) fn new(plan: BucketPlan) -> Self {
        Self { plan: Arc::new(plan), idle: Mutex::default() }
    }

    /// Lets an idle worker compute `bucket` of so many, and write the tables that outlive it below `folder`.
    pub(crate) async fn run(
        &self,
        engine: &Engine,
        united: &United,
        (bucket, buckets): (u32, u32),
        folder: &Path,
    ) -> Result<(), RunError> {
        let rested = self.idle().pop();
        let mut worker = rested.unwrap_or_else(|| BucketWorker::new(&self.plan));
        let number = usize::try_from(bucket).unwrap_or_default();
        worker.run(engine, united, (number, ids_of_bucket(bucket, buckets)), folder).await?;
        self.idle().push(worker);
        Ok(())
    }

    fn idle(&self) -> MutexGuard<'_, Vec<BucketWorker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Computes one bucket after another, by what its first one has shown to be the best way.
struct BucketWorker {
    plan: Arc<BucketPlan>,
    /// By place in the plan.
    prepared: BTreeMap<usize, PreparedQuery>,
}

impl BucketWorker {
    fn new(plan: &Arc<BucketPlan>) -> Self {
        Self { plan: Arc::clone(plan), prepared: BTreeMap::new() }
    }

    /// Computes the bucket models for the people with ids in `ids`, and writes the tables that outlive it below `folder`.
    async fn run(
        &mut self,
        engine: &Engine,
        united: &United,
        (bucket, ids): (usize, (i64, i64)),
        folder: &Path,
    ) -> Result<(), RunError> {
        let rows = Arc::new(NamedRows::default());
        let session = engine.session_over(Arc::clone(&rows));
        for (place, step) in self.plan.steps.iter().enumerate() {
            for source in &step.sources {
                rows.put(&source.name, source.read(&session, united, ids).await?);
            }
            let prepared = match self.prepared.entry(place) {
                Entry::Occupied(prepared) => prepared.into_mut(),
                Entry::Vacant(vacant) => {
                    let prepared = step.query.prepare(&session).await;
                    vacant.insert(prepared.map_err(RunError::query(&step.model.name))?)
                }
            };
            let found = prepared.rows(&session).await.map_err(RunError::query(&step.model.name))?;
            let found = step.kept(&found)?;
            step.write(&found, &table_file(folder, &step.model.name, bucket))?;
            rows.put(&step.model.name, found);
            for name in &step.read_no_more {
                rows.forget(name);
            }
        }
        Ok(())
    }
}

impl Source {
    fn new(name: &TableName, provider: &Arc<dyn TableProvider>, steps: &[Step]) -> Result<Self, RunError> {
        let whole = provider.schema();
        let person = whole.index_of("person_id").map_err(RunError::arrow(name.to_string()))?;
        let read = steps.iter().flat_map(|step| step.query.columns_of(name));
        let columns: BTreeSet<usize> = read.chain([person]).collect();
        let columns: Vec<usize> = columns.into_iter().collect();
        let schema = Arc::new(whole.project(&columns).map_err(RunError::arrow(name.to_string()))?);
        Ok(Self { name: name.clone(), provider: Arc::clone(provider), schema })
    }

    /// The rows that stand under one of `ids`, read once for all models of the bucket.
    async fn read(
        &self,
        session: &SessionContext,
        united: &United,
        ids: (i64, i64),
    ) -> Result<Vec<RecordBatch>, RunError> {
        let columns: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        let rows = session
            .read_table(Arc::clone(&self.provider))
            .and_then(|table| united.rows_of(table, ids))
            .and_then(|table| table.select_columns(&columns))
            .map_err(RunError::query(&self.name))?;
        let batches = rows.collect().await.map_err(RunError::query(&self.name))?;
        under(&self.schema, &batches).map_err(RunError::arrow(self.name.to_string()))
    }
}

impl Step {
    /// The model's rows as later models and its file have them.
    fn kept(&self, found: &[RecordBatch]) -> Result<Vec<RecordBatch>, RunError> {
        let schema = self.query.schema();
        let has_order = self.model.has_order();
        let rows = under(&schema, found)
            .and_then(|rows| if has_order { in_order(&rows, &schema, &self.model.grain) } else { Ok(rows) });
        rows.map_err(RunError::arrow(self.model.name.to_string()))
    }

    /// Writes a table that outlives the bucket.
    fn write(&self, rows: &[RecordBatch], file: &Path) -> Result<(), RunError> {
        if self.model.kept_as != KeptAs::Table {
            return Ok(());
        }
        let mut writer = begin(file, &self.query.schema(), &self.model)?;
        for batch in rows {
            writer.write(batch.clone())?;
        }
        writer.finish()?;
        Ok(())
    }
}

/// Batches under the columns that the plans expect, which may know better than their own whether nulls can occur.
fn under(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<RecordBatch>, ArrowError> {
    let under = |batch: &RecordBatch| {
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &options)
    };
    batches.iter().map(under).collect()
}

/// Makes one model readable in a session from `file`: a table of all people may be large.
///
/// It is put in order once it is there: joins share the memory limit with a sort beside them, and cannot spill.
pub(crate) async fn compute_to_file(session: &SessionContext, model: &Model, file: &Path) -> Result<(), RunError> {
    let TableName { schema, table } = &model.name;
    if model.kept_as == KeptAs::View {
        return view(session, model).await;
    }
    if !model.has_order() {
        write(rows(session, model).await?, model, file).await?;
        return Ok(register_parquet(session, schema, table, &[file.to_owned()]).await?);
    }
    let unordered = file.with_extension("unordered.parquet");
    write(rows(session, model).await?, model, &unordered).await?;
    register_parquet(session, schema, table, slice::from_ref(&unordered)).await?;
    let rows = session.table(model.name.to_string()).await.and_then(|rows| rows.sort(model.order()));
    write(rows.map_err(RunError::query(&model.name))?, model, file).await?;
    session.deregister_table(model.name.to_string()).map_err(RunError::query(&model.name))?;
    fs::remove_file(&unordered).map_err(RunError::io("remove", &unordered))?;
    Ok(register_parquet(session, schema, table, &[file.to_owned()]).await?)
}

/// Writes rows as they come.
async fn write(rows: DataFrame, model: &Model, file: &Path) -> Result<(), RunError> {
    let mut stream = rows.execute_stream().await.map_err(RunError::query(&model.name))?;
    let mut writer = begin(file, &stream.schema(), model)?;
    while let Some(batch) = stream.next().await {
        writer.write(batch.map_err(RunError::query(&model.name))?)?;
    }
    writer.finish()?;
    Ok(())
}

/// Makes a model readable as it is, computed anew by each reader.
async fn view(session: &SessionContext, model: &Model) -> Result<(), RunError> {
    Ok(register_view(session, &model.name.schema, &model.name.table, rows(session, model).await?)?)
}

async fn rows(session: &SessionContext, model: &Model) -> Result<DataFrame, RunError> {
    session.sql(&model.query).await.map_err(RunError::query(&model.name))
}

fn begin(file: &Path, schema: &SchemaRef, model: &Model) -> Result<TableWriter<File>, RunError> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    }
    let sink = File::create(file).map_err(RunError::io("create", file))?;
    TableWriter::new(sink, schema, Packing::Vault, &model.name.to_string())
}

/// All rows of one file of a table, for tables of cells and other small ones.
pub(crate) fn read_all(file: &Path, name: &TableName) -> Result<RecordBatch, RunError> {
    let open = File::open(file).map_err(RunError::io("read", file))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(open).map_err(RunError::parquet(name.to_string()))?;
    let schema = Arc::clone(builder.schema());
    let batches = builder
        .build()
        .map_err(RunError::parquet(name.to_string()))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(RunError::arrow(name.to_string()))?;
    concat_batches(&schema, &batches).map_err(RunError::arrow(name.to_string()))
}
