//! A rehearsal: every model planned and computed on tables without rows, to see that the whole graph fits together.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::RecordBatch;
use chrono::NaiveDate;
use datafusion::logical_expr::LogicalPlan;
use yilian_engine::{Engine, TableName, register_parquet};

use super::bucket::table_file;
use super::compute::compute_to_file;
use super::definition::Definition;
use super::ledger::write_batch;
use super::model::Pass;
use super::name_spine::NameSpine;
use super::reference::{self, ReferenceInputs};
use super::stage::{erased_schema, is_about_people, staged_schema};
use super::standing::Standing;
use super::united::United;
use super::{RunError, match_rate, namesakes, overlap};

/// The tables that exist before any model: reference tables, and all others without rows.
///
/// # Errors
/// A code list of the definition that cannot be read.
pub fn tables_before_models(definition: &Definition) -> Result<Vec<(TableName, RecordBatch)>, RunError> {
    let named = |schema: &str, table: &str| TableName { schema: schema.to_owned(), table: table.to_owned() };
    let mut found = Vec::new();
    for contract in &definition.schemas.contracts {
        let batch = RecordBatch::new_empty(staged_schema(contract));
        if is_about_people(contract) {
            found.push((named("unnumbered", &contract.dataset), batch.clone()));
        }
        found.push((named("staged", &contract.dataset), batch));
    }
    for (name, batch) in namesakes::tables(&NameSpine::default(), &BTreeMap::new(), NaiveDate::default())? {
        found.push((named("spine", name), batch));
    }
    let tables = reference::tables(&ReferenceInputs {
        schemas: &definition.schemas,
        schemas_folder: &definition.schemas_folder,
        regions: &definition.regions,
        rules: &definition.rules,
        disclosures: &definition.disclosures,
        entitlement: &definition.entitlement,
        targets: &definition.targets,
        deliveries: &[],
        coverage: &[],
        as_of: NaiveDate::default(),
    })?;
    let made = [
        ("match_history", match_rate::empty_history()?),
        ("rule_history", Standing::default().table()?),
        ("tombstoned", RecordBatch::new_empty(erased_schema())),
    ];
    found.extend(tables.into_iter().chain(made).map(|(name, batch)| (named("reference", name), batch)));
    Ok(found)
}

/// The logical plan of every model, in order; files of the tables without rows lie below `folder`.
///
/// # Errors
/// The first model that cannot be planned or computed.
pub async fn rehearse(
    definition: &Definition,
    engine: &Engine,
    folder: &Path,
) -> Result<Vec<(TableName, LogicalPlan)>, RunError> {
    let session = engine.session();
    for (name, batch) in tables_before_models(definition)? {
        let file = write_batch(folder, &name, &batch)?;
        register_parquet(&session, &name.schema, &name.table, &[file]).await?;
    }
    let mut plans = Vec::new();
    for pass in [Pass::First, Pass::Bucket, Pass::Whole] {
        for model in definition.graph.of_pass(pass) {
            let rows = session.sql(&model.query).await.map_err(RunError::query(&model.name))?;
            plans.push((model.name.clone(), rows.logical_plan().clone()));
            compute_to_file(&session, model, &table_file(folder, &model.name, 0)).await?;
        }
        if pass == Pass::Bucket {
            for numbered in [overlap::FLAGS, overlap::GAPS] {
                let runs = TableName { schema: "work".to_owned(), table: numbered.runs.to_owned() };
                let found = session.table(runs.to_string()).await.map_err(RunError::query(&runs))?;
                let empty = RecordBatch::new_empty(std::sync::Arc::new(found.schema().as_arrow().clone()));
                let flags = overlap::make(&empty, (&[], &United::default()), NaiveDate::default(), |_| false)?;
                for (schema, table, rows) in
                    [("work", numbered.found, &flags.found), ("hub", numbered.record, &flags.record)]
                {
                    let name = TableName { schema: schema.to_owned(), table: table.to_owned() };
                    let file = write_batch(folder, &name, rows)?;
                    register_parquet(&session, schema, table, &[file]).await?;
                }
            }
        }
    }
    Ok(plans)
}
