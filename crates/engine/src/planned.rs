//! Queries that are planned once and run by many sessions, each over rows of its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::plan_err;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{Expr, LogicalPlan, TableType};
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

    /// The columns that it reads of a table, as they stand in the table.
    pub fn columns_of(&self, name: &TableName) -> BTreeSet<usize> {
        let mut columns = BTreeSet::new();
        let visited = self.plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node
                && (scan.table_name.schema(), scan.table_name.table()) == (Some(&name.schema), &name.table)
            {
                match &scan.projection {
                    Some(places) => columns.extend(places),
                    None => columns.extend(0..scan.source.schema().fields().len()),
                }
            }
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(visited.is_ok(), "the visitor never fails");
        columns
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

/// Makes `name` a table that a [`PlannedQuery`] finds by this name in the session that runs it.
///
/// The table found must have the columns of `schema` that the query reads, in any order.
///
/// # Errors
/// [`EngineError::Register`] if the name is taken.
pub fn register_by_name(session: &SessionContext, name: &TableName, schema: SchemaRef) -> Result<(), EngineError> {
    register_provider(session, name, Arc::new(ByName { name: name.clone(), schema }))
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
        let found = table.schema();
        let place = |place: &usize| found.index_of(self.schema.field(*place).name());
        let all = || (0..self.schema.fields().len()).collect();
        let projection = projection.cloned().unwrap_or_else(all).iter().map(place).collect::<Result<Vec<_>, _>>()?;
        table.scan(state, Some(&projection), filters, limit).await
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
    use arrow::datatypes::{DataType, Field, Int64Type, Schema};
    use futures::TryStreamExt;

    use super::*;
    use crate::{Engine, EngineOptions, register_rows};

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
        let planner = engine.session();
        let schema = Schema::new(["label", "number"].map(|name| Field::new(name, DataType::Int64, true)).to_vec());
        register_by_name(&planner, &number(), Arc::new(schema)).unwrap();
        let query =
            PlannedQuery::new(&planner, "select sum(number) from staged.number where number > 2").await.unwrap();
        assert_eq!(query.columns_of(&number()), [1].into());
        for (numbers, expected) in [([1, 2, 3].as_slice(), 3), (&[5, 6, 1], 11)] {
            let session = engine.session();
            register_rows(&session, &number(), rows(&[]).schema(), vec![rows(numbers)]).unwrap();
            assert_eq!(sum(&query, &session).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn a_session_without_the_table_is_an_error() {
        let spill = tempfile::tempdir().unwrap();
        let engine = engine(&spill);
        let planner = engine.session();
        register_by_name(&planner, &number(), rows(&[]).schema()).unwrap();
        let query = PlannedQuery::new(&planner, "select sum(number) from staged.number").await.unwrap();
        let error = sum(&query, &engine.session()).await.unwrap_err();
        assert!(error.to_string().contains("no table staged.number"), "{error}");
    }
}
