use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DataFusionError;
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{Expr, TableScan, TableType};
use datafusion::physical_plan::ExecutionPlan;
use yilian_micro::{Catalogue, MicroTable};

pub(super) const YEAR: &str = "year";
pub(super) const PERSON: &str = "person";

/// A table of rows about people as a query sees it: columns, and never a row.
#[derive(Debug)]
pub(super) struct MicroRows {
    pub(super) table: String,
    schema: SchemaRef,
}

/// The table for a session.
pub(super) fn provider(catalogue: &Catalogue, table: &MicroTable) -> Arc<dyn TableProvider> {
    let mut fields = vec![Field::new(YEAR, DataType::Int32, false), Field::new(PERSON, DataType::Int64, false)];
    for dimension in table.dimensions.iter().filter_map(|number| catalogue.dimensions.get(*number)) {
        let data_type = if dimension.is_numbered { DataType::Int32 } else { DataType::Utf8 };
        fields.extend(dimension.levels.iter().map(|level| Field::new(&level.column, data_type.clone(), false)));
    }
    for measure in &table.measures {
        let data_type = match i8::try_from(measure.decimals) {
            Ok(0) | Err(_) => DataType::Int64,
            Ok(decimals) => DataType::Decimal128(18, decimals),
        };
        fields.push(Field::new(&measure.name, data_type, true));
    }
    Arc::new(MicroRows { table: table.name.clone(), schema: Arc::new(Schema::new(fields)) })
}

/// Whether a scan reads rows about people.
pub(super) fn is_micro(scan: &TableScan) -> bool {
    micro_table(scan).is_some()
}

/// The micro table that a scan reads.
pub(super) fn micro_table(scan: &TableScan) -> Option<String> {
    let provider = source_as_provider(&scan.source).ok()?;
    provider.downcast_ref::<MicroRows>().map(|rows| rows.table.clone())
}

#[async_trait]
impl TableProvider for MicroRows {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// The last door: whatever the guard has overlooked ends here.
    async fn scan(
        &self,
        _: &dyn Session,
        _: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        Err(DataFusionError::Plan("rows about people are never shown".to_owned()))
    }
}
