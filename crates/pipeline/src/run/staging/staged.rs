//! The staged rows of a run as tables.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use yilian_engine::{TableName, register_parquet};

use crate::run::bucket::Sources;
use crate::run::ledger::write_batch;
use crate::run::name_spine::NameSpine;
use crate::run::stage::{StagedFiles, erased_schema, is_about_people, staged_schema};
use crate::run::{Night, RunError, unnumbered};

/// The staged rows of a run and the spine they are numbered by.
pub(crate) struct Staged {
    pub(crate) files: Vec<StagedFiles>,
    pub(crate) persons: usize,
    pub(crate) rows: u64,
    /// Pairs of a bridge between link keys whose two tokens are known as two people.
    pub(crate) bridge_conflicts: usize,
    /// Every segment of the spines, as the publication will name them.
    pub(crate) spine: Vec<String>,
}

impl Staged {
    /// How many rows tombstones leave out, by dataset, benefit and month, as files of `reference.tombstoned`.
    pub(crate) async fn open_erased(
        &self,
        night: &Night<'_>,
        session: &SessionContext,
        sources: &mut Sources,
    ) -> Result<(), RunError> {
        let name = TableName { schema: "reference".to_owned(), table: "tombstoned".to_owned() };
        let mut files: Vec<PathBuf> =
            self.files.iter().map(|files| files.erased.clone()).filter(|file| file.exists()).collect();
        if files.is_empty() {
            files.push(write_batch(night.work.path(), &name, &RecordBatch::new_empty(erased_schema()))?);
        }
        add_table(session, sources, name, &files).await
    }

    /// Makes each dataset a table of its rows with a number, and one of those without; a table without rows where there
    /// are none.
    pub(crate) async fn open(
        &self,
        night: &Night<'_>,
        names: &NameSpine,
        session: &SessionContext,
        sources: &mut Sources,
    ) -> Result<(), RunError> {
        let mut by_dataset: BTreeMap<&str, Vec<&StagedFiles>> = BTreeMap::new();
        for files in &self.files {
            by_dataset.entry(&files.dataset).or_default().push(files);
        }
        for contract in &night.definition.schemas.contracts {
            let files = by_dataset.remove(contract.dataset.as_str()).unwrap_or_default();
            let columns = staged_schema(contract);
            let table = |schema: &str| TableName { schema: schema.to_owned(), table: contract.dataset.clone() };
            let mut numbered: Vec<PathBuf> = files.iter().map(|files| files.numbered.clone()).collect();
            if numbered.is_empty() {
                let empty = RecordBatch::new_empty(Arc::clone(&columns));
                numbered.push(write_batch(night.work.path(), &table("staged"), &empty)?);
            }
            add_table(session, sources, table("staged"), &numbered).await?;
            if is_about_people(contract) {
                let unnumbered = files.iter().map(|files| files.unnumbered.clone()).filter(|file| file.exists());
                let linked = night.work.path().join(format!("{}.parquet", table("unnumbered")));
                unnumbered::link(&unnumbered.collect::<Vec<_>>(), &columns, names, &linked)?;
                add_table(session, sources, table("unnumbered"), &[linked]).await?;
            }
        }
        Ok(())
    }
}

async fn add_table(
    session: &SessionContext,
    sources: &mut Sources,
    name: TableName,
    files: &[PathBuf],
) -> Result<(), RunError> {
    register_parquet(session, &name.schema, &name.table, files).await?;
    let provider = session.table_provider(name.to_string()).await.map_err(RunError::query(&name))?;
    sources.add(name, provider);
    Ok(())
}
