//! Rows in memory that a plan finds when it runs, by the name of their table: a plan can outlive the rows.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Statistics, plan_err};
use datafusion::error::DataFusionError;
use datafusion::execution::config::SessionConfig;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::memory::MemoryStream;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PhysicalExpr, PlanProperties, ReplaceChildrenOptions,
    StatisticsArgs,
};
use datafusion::prelude::SessionContext;

use crate::tables::register_provider;
use crate::{EngineError, TableName};

/// The rows of tables by name, shared by the sessions that are made over them ([`crate::Engine::session_over`]).
#[derive(Debug, Default)]
pub struct NamedRows(Mutex<BTreeMap<TableName, Vec<RecordBatch>>>);

impl NamedRows {
    /// Puts the rows of a table in the place of any that it had.
    pub fn put(&self, name: &TableName, rows: Vec<RecordBatch>) {
        self.tables().insert(name.clone(), rows);
    }

    /// Ends a table: its memory is free when the last query that reads it ends.
    pub fn forget(&self, name: &TableName) {
        self.tables().remove(name);
    }

    fn rows_of(&self, name: &TableName) -> Option<Vec<RecordBatch>> {
        self.tables().get(name).cloned()
    }

    fn tables(&self) -> std::sync::MutexGuard<'_, BTreeMap<TableName, Vec<RecordBatch>>> {
        // A panic between two statements of this file leaves the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes `name` a table of a session whose rows are looked up in its [`NamedRows`] when a query runs.
///
/// The rows must have the columns of `schema` that the query reads, in any order.
///
/// # Errors
/// [`EngineError::Register`] if the name is taken.
pub fn register_by_name(session: &SessionContext, name: &TableName, schema: SchemaRef) -> Result<(), EngineError> {
    register_provider(session, name, Arc::new(ByName { name: name.clone(), schema }))
}

fn rows_of(config: &SessionConfig, name: &TableName) -> Result<Vec<RecordBatch>, DataFusionError> {
    let found = config.get_extension::<NamedRows>().and_then(|rows| rows.rows_of(name));
    found.map_or_else(|| plan_err!("no rows are named {name}"), Ok)
}

#[derive(Debug)]
struct ByName {
    name: TableName,
    schema: SchemaRef,
}

#[async_trait]
impl TableProvider for ByName {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let schema = match projection {
            Some(places) => Arc::new(self.schema.project(places)?),
            None => Arc::clone(&self.schema),
        };
        let rows = rows_of(state.config(), &self.name)?;
        Ok(Arc::new(NamedRowsExec::new(self.name.clone(), schema, &rows)))
    }
}

/// Reads the rows that stand under a name when it runs.
#[derive(Debug)]
struct NamedRowsExec {
    name: TableName,
    statistics: Arc<Statistics>,
    properties: Arc<PlanProperties>,
}

impl NamedRowsExec {
    /// The rows at hand while it is planned say how many there will be next time, and no more than that.
    fn new(name: TableName, schema: SchemaRef, rows: &[RecordBatch]) -> Self {
        let mut statistics = Statistics::new_unknown(&schema);
        statistics.num_rows = Precision::Inexact(rows.iter().map(RecordBatch::num_rows).sum());
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        let properties = properties.with_scheduling_type(SchedulingType::NonCooperative);
        Self { name, statistics: Arc::new(statistics), properties: Arc::new(properties) }
    }
}

impl DisplayAs for NamedRowsExec {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "NamedRowsExec: {}", self.name)
    }
}

impl ExecutionPlan for NamedRowsExec {
    fn name(&self) -> &'static str {
        "NamedRowsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion, DataFusionError>,
    ) -> Result<TreeNodeRecursion, DataFusionError> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        Ok(self)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        Ok(self)
    }

    fn execute(
        &self,
        _partition: usize,
        context: Arc<TaskContext>,
    ) -> Result<SendableRecordBatchStream, DataFusionError> {
        let schema = self.schema();
        let batch_rows = context.session_config().batch_size();
        let mut batches = Vec::new();
        for batch in rows_of(context.session_config(), &self.name)? {
            let place = |field: &Arc<arrow::datatypes::Field>| batch.schema_ref().index_of(field.name());
            let places = schema.fields().iter().map(place).collect::<Result<Vec<_>, _>>()?;
            let batch = batch.project(&places)?.with_schema(Arc::clone(&schema))?;
            let starts = (0..batch.num_rows()).step_by(batch_rows);
            batches.extend(starts.map(|start| batch.slice(start, batch_rows.min(batch.num_rows() - start))));
        }
        Ok(Box::pin(MemoryStream::try_new(batches, schema, None)?))
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>, DataFusionError> {
        Ok(Arc::clone(&self.statistics))
    }
}
