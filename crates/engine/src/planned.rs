//! Queries that are planned once and run by many sessions, each over rows of its own.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::plan_err;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{Expr, LogicalPlan, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::SessionContext;

use crate::tables::register_provider;
use crate::{EngineError, TableName};

/// A query planned in one session, for any other that knows the tables it finds by name.
#[derive(Debug, Clone)]
pub struct PlannedQuery {
    plan: LogicalPlan,
    schema: SchemaRef,
}

impl PlannedQuery {
    /// Plans a query over the tables of a session.
    ///
    /// # Errors
    /// What the engine says of a query that it cannot plan.
    pub async fn new(session: &SessionContext, query: &str) -> Result<Self, DataFusionError> {
        let plan = session.sql(query).await?.into_optimized_plan()?;
        let schema = Arc::clone(plan.schema().inner());
        Ok(Self { plan, schema })
    }

    /// The columns of its rows.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// Runs the query on a session's one partition.
    ///
    /// # Errors
    /// Where the session does not know a table, or what the engine says.
    pub async fn run(&self, session: &SessionContext) -> Result<SendableRecordBatchStream, DataFusionError> {
        let state = session.state();
        let plan = state.query_planner().create_physical_plan(&self.plan, &state).await?;
        execute_stream(plan, session.task_ctx())
    }
}

/// Whether the tables found under a name drop rows themselves where a query asks for fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filters {
    /// They do, as files and views of files.
    ByTable,
    /// They do not, as rows in memory.
    ByQuery,
}

/// Makes `name` a table that a [`PlannedQuery`] finds by this name in the session that runs it.
///
/// # Errors
/// [`EngineError::Register`] if the name is taken.
pub fn register_by_name(
    session: &SessionContext,
    name: &TableName,
    schema: SchemaRef,
    filters: Filters,
) -> Result<(), EngineError> {
    register_provider(session, name, Arc::new(ByName { name: name.clone(), schema, filters }))
}

#[derive(Debug)]
struct ByName {
    name: TableName,
    schema: SchemaRef,
    filters: Filters,
}

#[async_trait]
impl TableProvider for ByName {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>, DataFusionError> {
        let support = match self.filters {
            Filters::ByTable => TableProviderFilterPushDown::Exact,
            Filters::ByQuery => TableProviderFilterPushDown::Unsupported,
        };
        Ok(vec![support; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        let catalogs = state.catalog_list();
        let schema = catalogs.catalog("datafusion").and_then(|catalog| catalog.schema(&self.name.schema));
        let table = match schema {
            Some(schema) => schema.table(&self.name.table).await?,
            None => None,
        };
        let Some(table) = table else { return plan_err!("this session has no table {}", self.name) };
        table.scan(state, projection, filters, limit).await
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
    use arrow::datatypes::Int64Type;
    use futures::TryStreamExt;

    use super::*;
    use crate::{Engine, EngineOptions, register_rows, register_view};

    fn engine(spill: &tempfile::TempDir) -> Engine {
        Engine::new(&EngineOptions { memory_bytes: 1 << 24, threads: 1, spill_folder: spill.path().to_owned() })
            .unwrap()
    }

    fn number() -> TableName {
        TableName { schema: "staged".to_owned(), table: "number".to_owned() }
    }

    fn rows(numbers: &[i64]) -> RecordBatch {
        let column: ArrayRef = Arc::new(Int64Array::from(numbers.to_vec()));
        RecordBatch::try_from_iter([("number", column)]).unwrap()
    }

    async fn sum(query: &PlannedQuery, session: &SessionContext) -> Result<i64, DataFusionError> {
        let batches: Vec<RecordBatch> = query.run(session).await?.try_collect().await?;
        Ok(batches[0].column(0).as_primitive::<Int64Type>().value(0))
    }

    #[tokio::test]
    async fn one_plan_gives_each_session_the_answer_of_its_own_rows() {
        let spill = tempfile::tempdir().unwrap();
        let engine = engine(&spill);
        for filters in [Filters::ByQuery, Filters::ByTable] {
            let planner = engine.session();
            register_by_name(&planner, &number(), rows(&[]).schema(), filters).unwrap();
            let query = PlannedQuery::new(&planner, "select sum(number) from staged.number where number > 2").await;
            let query = query.unwrap();
            for (numbers, expected) in [([1, 2, 3].as_slice(), 3), (&[5, 6, 1], 11)] {
                let session = engine.session();
                match filters {
                    Filters::ByQuery => {
                        register_rows(&session, &number(), rows(&[]).schema(), vec![rows(numbers)]).unwrap();
                    }
                    Filters::ByTable => {
                        let view = session.read_batch(rows(numbers)).unwrap();
                        register_view(&session, "staged", "number", view).unwrap();
                    }
                }
                assert_eq!(sum(&query, &session).await.unwrap(), expected);
            }
        }
    }

    #[tokio::test]
    async fn a_session_without_the_table_is_an_error() {
        let spill = tempfile::tempdir().unwrap();
        let engine = engine(&spill);
        let planner = engine.session();
        register_by_name(&planner, &number(), rows(&[]).schema(), Filters::ByQuery).unwrap();
        let query = PlannedQuery::new(&planner, "select sum(number) from staged.number").await.unwrap();
        let error = sum(&query, &engine.session()).await.unwrap_err();
        assert!(error.to_string().contains("no table staged.number"), "{error}");
    }
}
