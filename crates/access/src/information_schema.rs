//! The standard's description of tables and columns, without what would show the machine.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::information_schema::InformationSchemaProvider;
use datafusion::catalog::{MemTable, SchemaProvider, TableProvider};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;

/// Tables that the engine fills; its settings, which name folders and limits of the machine, are not among them.
const FILLED: [&str; 6] = ["tables", "views", "columns", "schemata", "routines", "parameters"];

/// Tables that clients look into for keys and rights, which nothing here has, with their columns of text.
const EMPTY: [(&str, &[&str]); 6] = [
    (
        "table_constraints",
        &[
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "table_catalog",
            "table_schema",
            "table_name",
            "constraint_type",
            "is_deferrable",
            "initially_deferred",
            "enforced",
            "nulls_distinct",
        ],
    ),
    (
        "key_column_usage",
        &[
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "position_in_unique_constraint",
        ],
    ),
    (
        "constraint_column_usage",
        &[
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
        ],
    ),
    (
        "referential_constraints",
        &[
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "unique_constraint_catalog",
            "unique_constraint_schema",
            "unique_constraint_name",
            "match_option",
            "update_rule",
            "delete_rule",
        ],
    ),
    ("check_constraints", &["constraint_catalog", "constraint_schema", "constraint_name", "check_clause"]),
    ("sequences", &["sequence_catalog", "sequence_schema", "sequence_name", "data_type"]),
];

/// Text has one form.
const CHARACTER_SETS: &str = "character_sets";

/// `information_schema`.
#[derive(Debug)]
pub(crate) struct InformationSchema(InformationSchemaProvider);

impl InformationSchema {
    pub(crate) const NAME: &'static str = "information_schema";

    pub(crate) fn new(session: &SessionContext) -> Self {
        let state = session.state();
        let provider = InformationSchemaProvider::new(Arc::clone(state.catalog_list()));
        Self(provider.with_table_functions(state.table_functions().clone()))
    }
}

#[async_trait]
impl SchemaProvider for InformationSchema {
    fn table_names(&self) -> Vec<String> {
        FILLED
            .into_iter()
            .chain([CHARACTER_SETS])
            .chain(EMPTY.iter().map(|(name, _)| *name))
            .map(str::to_owned)
            .collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        if FILLED.contains(&name) {
            return self.0.table(name).await;
        }
        if name == CHARACTER_SETS {
            let sets: ArrayRef = Arc::new(StringArray::from(vec!["UTF8"]));
            let rows = RecordBatch::try_from_iter([("character_set_name", sets)])?;
            return Ok(Some(Arc::new(MemTable::try_new(rows.schema(), vec![vec![rows]])?)));
        }
        let Some((_, columns)) = EMPTY.iter().find(|(empty, _)| *empty == name) else { return Ok(None) };
        let fields: Vec<Field> = columns.iter().map(|column| Field::new(*column, DataType::Utf8, true)).collect();
        Ok(Some(Arc::new(MemTable::try_new(Arc::new(Schema::new(fields)), vec![Vec::new()])?)))
    }

    fn table_exist(&self, name: &str) -> bool {
        FILLED.contains(&name) || name == CHARACTER_SETS || EMPTY.iter().any(|(empty, _)| *empty == name)
    }
}
