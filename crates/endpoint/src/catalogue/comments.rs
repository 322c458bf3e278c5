//! What people say of tables and columns, by the numbers that PostgreSQL's clients ask with.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Int32Array, RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::error::DataFusionError;
use datafusion_pg_catalog::pg_catalog::oid_field;
use yilian_access::TableSource;

use super::{Relations, numbers, texts};

/// Comments by table and place of the column; the table's own has place 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Comments(Arc<BTreeMap<(i32, i32), String>>);

impl Comments {
    pub(super) fn new(
        relations: &Relations,
        sources: &[TableSource],
        batches: &BTreeMap<&'static str, RecordBatch>,
    ) -> Result<Self, DataFusionError> {
        let columns = batches.get("pg_attribute").ok_or_else(|| super::lacking("pg_attribute"))?;
        let keys = numbers(columns, "attrelid")?.into_iter().zip(texts(columns, "attname")?);
        let places: BTreeMap<(i32, String), i32> = keys.zip(numbers(columns, "attnum")?).collect();
        let mut comments = BTreeMap::new();
        for source in sources {
            let Some(oid) = relations.of(&source.schema, &source.table) else { continue };
            comments.extend(both(&source.title_zh, &source.title_en).map(|text| ((oid, 0), text)));
            for note in &source.columns {
                let place = places.get(&(oid, note.column.clone()));
                let text = both(&note.zh, &note.en);
                comments.extend(place.zip(text).map(|(place, text)| ((oid, *place), text)));
            }
        }
        Ok(Self(Arc::new(comments)))
    }

    /// Of a table (place 0) or one of its columns.
    pub(super) fn of(&self, table: i64, place: i64) -> Option<&str> {
        let key = (i32::try_from(table).ok()?, i32::try_from(place).ok()?);
        self.0.get(&key).map(String::as_str)
    }

    /// `pg_description`; the number of `pg_class` itself says that a comment is about a table.
    pub(super) fn table(&self, relations: &Relations) -> Result<RecordBatch, DataFusionError> {
        let schema = Schema::new(vec![
            oid_field::oid_field("objoid", oid_field::kind::OID, false),
            oid_field::oid_field("classoid", oid_field::kind::OID, false),
            Field::new("objsubid", DataType::Int32, false),
            Field::new("description", DataType::Utf8, false),
        ]);
        let tables: Int32Array = self.0.keys().map(|(table, _)| *table).collect();
        let places: Int32Array = self.0.keys().map(|(_, place)| *place).collect();
        let about = Int32Array::from(vec![relations.of("pg_catalog", "pg_class").unwrap_or_default(); self.0.len()]);
        let texts = StringArray::from_iter_values(self.0.values());
        Ok(RecordBatch::try_new(
            Arc::new(schema),
            vec![Arc::new(tables), Arc::new(about), Arc::new(places), Arc::new(texts)],
        )?)
    }
}

/// Chinese and English in one text.
fn both(zh: &str, en: &str) -> Option<String> {
    match (zh, en) {
        ("", "") => None,
        (only, "") | ("", only) => Some(only.to_owned()),
        (zh, en) => Some(format!("{zh} / {en}")),
    }
}
