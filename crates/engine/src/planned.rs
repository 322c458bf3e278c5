//! Queries that are planned once and run over the rows of many sessions.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::SessionContext;

use crate::TableName;

/// A query planned in one session, for others that know the tables it finds by name ([`crate::register_by_name`]).
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

    /// Chooses how the query is run, by the number of rows that its tables have in this session.
    ///
    /// # Errors
    /// Where the session has no rows of a table, or what the engine says.
    pub async fn prepare(&self, session: &SessionContext) -> Result<PreparedQuery, DataFusionError> {
        let state = session.state();
        let plan = state.query_planner().create_physical_plan(&self.plan, &state).await?;
        Ok(PreparedQuery { plan })
    }
}

/// A query ready to run, again and again but only once at a time.
#[derive(Debug)]
pub struct PreparedQuery {
    plan: Arc<dyn ExecutionPlan>,
}

impl PreparedQuery {
    /// Runs the query on a session's one partition.
    ///
    /// # Errors
    /// Where the session has no rows of a table, or what the engine says.
    pub async fn rows(&mut self, session: &SessionContext) -> Result<Vec<RecordBatch>, DataFusionError> {
        let rows = collect(Arc::clone(&self.plan), session.task_ctx()).await;
        // Joins keep what they have built; the next run must build anew, and the memory is free at once.
        self.plan = reset_plan_states(Arc::clone(&self.plan))?;
        rows
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch};
    use arrow::datatypes::{DataType, Field, Int64Type, Schema};

    use super::*;
    use crate::{Engine, EngineOptions, NamedRows, register_by_name};

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

    async fn sum(query: &mut PreparedQuery, session: &SessionContext) -> Result<i64, DataFusionError> {
        let batches = query.rows(session).await?;
        Ok(batches[0].column(0).as_primitive::<Int64Type>().value(0))
    }

    fn session(engine: &Engine) -> (Arc<NamedRows>, SessionContext) {
        let rows = Arc::new(NamedRows::default());
        (Arc::clone(&rows), engine.session_over(rows))
    }

    #[tokio::test]
    async fn one_plan_gives_each_session_the_answer_of_its_own_rows() {
        let spill = tempfile::tempdir().unwrap();
        let engine = engine(&spill);
        let (held, planner) = session(&engine);
        let schema = Schema::new(["label", "number"].map(|name| Field::new(name, DataType::Int64, true)).to_vec());
        register_by_name(&planner, &number(), Arc::new(schema)).unwrap();
        // Joins of either kind, a scalar subquery, a window and an aggregate each keep something of a run.
        let text = "select sum(number) from ( \
                    select a.number, row_number() over (partition by a.number order by b.number) as place \
                    from staged.number a join staged.number b on b.number = a.number \
                    join staged.number c on c.number < a.number + 1 and c.number > a.number - 1 \
                    where a.number > (select min(number) from staged.number)) as found \
                    where place = 1 and number > 2";
        let query = PlannedQuery::new(&planner, text).await.unwrap();
        assert_eq!(query.columns_of(&number()), [1].into());
        held.put(&number(), vec![rows(&[1])]);
        let mut prepared = query.prepare(&planner).await.unwrap();
        for (numbers, expected) in [([1, 2, 3].as_slice(), 3), (&[5, 6, 1], 11), (&[1, 2, 4, 8], 12)] {
            let (held, session) = session(&engine);
            held.put(&number(), numbers.iter().map(|number| rows(&[*number])).collect());
            assert_eq!(sum(&mut prepared, &session).await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn a_batch_is_read_in_parts_and_whole() {
        let spill = tempfile::tempdir().unwrap();
        let (held, session) = session(&engine(&spill));
        register_by_name(&session, &number(), rows(&[]).schema()).unwrap();
        held.put(&number(), vec![rows(&(0..100_000).collect::<Vec<_>>()), rows(&[1, 1])]);
        let query = PlannedQuery::new(&session, "select count(distinct number) from staged.number").await.unwrap();
        assert_eq!(sum(&mut query.prepare(&session).await.unwrap(), &session).await.unwrap(), 100_000);
    }

    #[tokio::test]
    async fn a_session_without_the_rows_is_an_error() {
        let spill = tempfile::tempdir().unwrap();
        let (held, session) = session(&engine(&spill));
        register_by_name(&session, &number(), rows(&[]).schema()).unwrap();
        let query = PlannedQuery::new(&session, "select sum(number) from staged.number").await.unwrap();
        held.put(&number(), vec![rows(&[1])]);
        let mut prepared = query.prepare(&session).await.unwrap();
        held.forget(&number());
        let error = sum(&mut prepared, &session).await.unwrap_err();
        assert!(error.to_string().contains("no rows are named staged.number"), "{error}");
    }
}
