//! The guard of `micro.*`: of a plan, each aggregate over rows about people is replaced by its protected answers, and a plan
//! in which such rows remain is refused.
//!
//! What stands above an aggregate works on answers that anybody may have, so that nothing there needs to be understood. What
//! stands below must be understood wholly: joins of micro tables on the person, filters to fixed categories, nothing else.

mod compute;
mod question;
mod refusal;
mod status;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::common::DataFusionError;
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use yilian_engine::{TableName, register_provider};
use yilian_micro::{Catalogue, MicroTable, MicroYear};

use crate::catalogue::{ColumnNote, TableSource};
use crate::error::AccessError;
use question::Question;
pub use refusal::Refusal;
use table::{PERSON, YEAR, is_micro, provider};

/// The schema of the tables behind the guard.
pub(crate) const SCHEMA: &str = "micro";

/// The years whose micro data can be asked, by year.
#[derive(Clone, Default)]
pub struct Micro {
    years: BTreeMap<i32, Arc<MicroYear>>,
}

impl Micro {
    /// Micro data of these years: tables and dimensions of the newest are there for all, categories may differ.
    pub fn new(years: Vec<Arc<MicroYear>>) -> Self {
        Self { years: years.into_iter().map(|year| (year.year(), year)).collect() }
    }

    /// What the catalogue of tables says of them.
    pub fn tables(&self) -> Vec<TableSource> {
        let Some(year) = self.years.values().next_back() else { return Vec::new() };
        let tables = year.catalogue().tables.iter().map(|table| TableSource {
            schema: SCHEMA.to_owned(),
            table: table.name.clone(),
            files: Vec::new(),
            rows: 0,
            title_zh: table.title.zh.clone(),
            title_en: table.title.en.clone(),
            columns: notes(year.catalogue(), table),
        });
        tables.collect()
    }

    /// Makes the tables and the function `cell_status` known to a session; their rows cannot be read.
    pub(crate) fn register(&self, session: &SessionContext) -> Result<(), AccessError> {
        let Some(year) = self.years.values().next_back() else { return Ok(()) };
        for table in &year.catalogue().tables {
            let name = TableName { schema: SCHEMA.to_owned(), table: table.name.clone() };
            register_provider(session, &name, provider(year.catalogue(), table))
                .map_err(|source| AccessError::Tables { source })?;
        }
        session.register_udaf(status::function());
        Ok(())
    }

    /// The plan with protected answers in place of aggregates over rows about people, and the shapes that were asked.
    ///
    /// # Errors
    /// [`AccessError::Refused`] for what is not understood or would show a person.
    pub(crate) async fn protect(&self, plan: LogicalPlan) -> Result<(LogicalPlan, Vec<String>), AccessError> {
        if !reads_people(&plan)? {
            status::check(&plan)?;
            return Ok((plan, Vec::new()));
        }
        let asker = Asker::default();
        let (micro, cancelled) = (self.clone(), Arc::clone(&asker.gone));
        let work = tokio::task::spawn_blocking(move || micro.replaced(plan, &cancelled));
        work.await.map_err(|_| AccessError::Execution { kind: "the count was stopped".to_owned() })?
    }

    fn replaced(&self, plan: LogicalPlan, cancelled: &AtomicBool) -> Result<(LogicalPlan, Vec<String>), AccessError> {
        let mut refused = None;
        let mut shapes = Vec::new();
        let mut answers = 0;
        let replaced = plan.transform_up_with_subqueries(|node| {
            let mut answered = || -> Result<Option<LogicalPlan>, AccessError> {
                let LogicalPlan::Aggregate(aggregate) = &node else { return Ok(None) };
                if !reads_people(&aggregate.input)? {
                    return Ok(None);
                }
                let question = Question::read(aggregate, self)?;
                let rows = compute::answer(&question, self, cancelled, &mut shapes)?;
                answers += 1;
                compute::in_place_of(aggregate, rows, answers).map(Some)
            };
            match answered() {
                Ok(Some(rows)) => Ok(Transformed::yes(rows)),
                // A count that may be withheld is null now, and what stands above must know.
                Ok(None) => node.recompute_schema().map(Transformed::no),
                Err(error) => {
                    refused = Some(error);
                    Err(DataFusionError::Plan("the guard refuses the question".to_owned()))
                }
            }
        });
        if let Some(error) = refused {
            return Err(error);
        }
        let plan = replaced.map_err(|error| AccessError::planning(&error))?.data;
        if reads_people(&plan)? {
            return Err(Refusal::of_rows(&plan).into());
        }
        status::check(&plan)?;
        Ok((plan, shapes))
    }

    pub(crate) fn years(&self) -> impl Iterator<Item = &Arc<MicroYear>> {
        self.years.values()
    }
}

/// What the columns of a table are called.
fn notes(catalogue: &Catalogue, table: &MicroTable) -> Vec<ColumnNote> {
    let note = |column: &str, zh: &str, en: &str| ColumnNote {
        column: column.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    let fixed = [
        note(YEAR, "年份", "year"),
        note(PERSON, "人员（只能计数和连接，不显示）", "person: counted and joined, never shown"),
    ];
    let dimensions = table.dimensions.iter().filter_map(|number| catalogue.dimensions.get(*number));
    let levels = dimensions.flat_map(|dimension| &dimension.levels);
    let levels = levels.map(|level| note(&level.column, &level.title.zh, &level.title.en));
    let measures = table.measures.iter().map(|measure| note(&measure.name, &measure.title.zh, &measure.title.en));
    fixed.into_iter().chain(levels).chain(measures).collect()
}

/// Whether rows about people are read anywhere in a plan.
fn reads_people(plan: &LogicalPlan) -> Result<bool, AccessError> {
    let mut found = false;
    let walked = plan.apply_with_subqueries(|node| {
        found |= matches!(node, LogicalPlan::TableScan(scan) if is_micro(scan));
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    walked.map(|_| found).map_err(|error| AccessError::planning(&error))
}

/// Ends the count of somebody who has gone.
#[derive(Default)]
struct Asker {
    gone: Arc<AtomicBool>,
}

impl Drop for Asker {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}
