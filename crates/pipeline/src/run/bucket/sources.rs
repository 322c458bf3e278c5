//! Tables that exist before any model.

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::prelude::SessionContext;
use yilian_engine::{TableName, register_by_name, register_provider, rows_in_memory};

use super::super::RunError;

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
    pub(super) fn register_for_planning(&self, session: &SessionContext) -> Result<(), RunError> {
        for (name, provider) in &self.tables {
            if is_about_people(provider) {
                register_by_name(session, name, provider.schema())?;
            } else {
                register_provider(session, name, Arc::clone(provider))?;
            }
        }
        Ok(())
    }

    /// The tables about no people, and so the same in every bucket.
    pub(super) fn for_all(&self) -> impl Iterator<Item = &(TableName, Arc<dyn TableProvider>)> {
        self.tables.iter().filter(|(_, provider)| !is_about_people(provider))
    }

    pub(super) fn about_people(&self) -> impl Iterator<Item = &(TableName, Arc<dyn TableProvider>)> {
        self.tables.iter().filter(|(_, provider)| is_about_people(provider))
    }
}

pub(crate) fn is_about_people(table: &Arc<dyn TableProvider>) -> bool {
    table.schema().index_of("person_id").is_ok()
}
