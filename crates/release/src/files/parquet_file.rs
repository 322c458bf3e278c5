use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Builder, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::columns::{Column, Kind};
use super::csv_file::text;
use super::metadata::TableFacts;
use super::rows::{Checked, DECIMALS, PRECISION, Row};
use super::{FilesError, Version};

/// Pages are cut by it.
const ROWS_AT_ONCE: usize = 8192;
const ROWS_PER_GROUP: usize = 16 * ROWS_AT_ONCE;
/// Without the version of the library, which would change the bytes of a table that did not change.
const CREATED_BY: &str = "yilian";

/// The long form as Parquet: one writer, fixed settings, so that the same rows give the same bytes.
///
/// `value` is a decimal of 18 digits, 2 of them behind the point, in every unit; it is null unless the status is `published`
/// or `zero`, and alone may be. Texts and names of columns in both languages stand in the metadata of the file.
pub(super) fn bytes(table: &Checked<'_>, version: &Version) -> Result<Vec<u8>, FilesError> {
    write(table, version).map_err(|source| FilesError::Parquet { table: table.name().to_owned(), source })
}

fn write(table: &Checked<'_>, version: &Version) -> Result<Vec<u8>, ParquetError> {
    let schema = schema(&table.columns);
    // Readers get Parquet's own types and nothing of how a library held them.
    let options = ArrowWriterOptions::new().with_properties(properties(table, version)?).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(&schema), options)?;
    for rows in table.rows.chunks(ROWS_AT_ONCE) {
        writer.write(&batch(table, &schema, rows)?)?;
    }
    writer.into_inner()
}

fn schema(columns: &[Column<'_>]) -> SchemaRef {
    let field = |column: &Column<'_>| Field::new(column.name, data_type(column.kind), column.kind == Kind::Value);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

fn data_type(kind: Kind<'_>) -> DataType {
    match kind {
        Kind::Year => DataType::Int32,
        Kind::Value => DataType::Decimal128(PRECISION, scale()),
        _ => DataType::Utf8,
    }
}

fn scale() -> i8 {
    i8::try_from(DECIMALS).unwrap_or_default()
}

/// Arrays made of what may leave: where there is no value, the builder puts a zero under the null.
fn batch(table: &Checked<'_>, schema: &SchemaRef, rows: &[Row<'_>]) -> Result<RecordBatch, ParquetError> {
    let array = |column: &Column<'_>| -> Result<ArrayRef, ParquetError> {
        Ok(match column.kind {
            Kind::Year => Arc::new(Int32Array::from(vec![table.year; rows.len()])),
            Kind::Value => {
                let builder = Decimal128Builder::with_capacity(rows.len());
                let mut builder = builder.with_precision_and_scale(PRECISION, scale())?;
                for row in rows {
                    builder.append_option(row.hundredths());
                }
                Arc::new(builder.finish())
            }
            kind => Arc::new(StringArray::from_iter_values(rows.iter().map(|row| text(kind, row)))),
        })
    };
    let arrays = table.columns.iter().map(array).collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays)?)
}

fn properties(table: &Checked<'_>, version: &Version) -> Result<WriterProperties, ParquetError> {
    let facts = TableFacts::new(table, version);
    let json = serde_json::to_string(&facts).map_err(|error| ParquetError::External(Box::new(error)))?;
    let fact = |key: &str, value: String| KeyValue::new(key.to_owned(), value);
    let metadata = vec![
        fact("title_zh", table.definition.title.zh.clone()),
        fact("title_en", table.definition.title.en.clone()),
        fact("release", version.id.clone()),
        fact("version", version.semantic()),
        fact("table", json),
    ];
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_created_by(CREATED_BY.to_owned())
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(metadata))
        .build())
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Decimal128Type;
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::super::tests::{table, version};
    use super::*;

    fn written() -> Bytes {
        let table = table();
        let version = version();
        Bytes::from(bytes(&Checked::new(&table, &version).unwrap(), &version).unwrap())
    }

    #[test]
    fn a_value_is_null_exactly_where_the_status_withholds_it() {
        let reader = ParquetRecordBatchReaderBuilder::try_new(written()).unwrap().build().unwrap();
        let batch = reader.map(Result::unwrap).next().unwrap();
        let values = batch.column_by_name("value").unwrap().as_primitive::<Decimal128Type>();
        let statuses = batch.column_by_name("status").unwrap().as_string::<i32>();
        for row in 0..batch.num_rows() {
            let has_value = ["published", "zero"].contains(&statuses.value(row));
            assert_eq!(values.is_valid(row), has_value, "row {row}");
        }
        assert_eq!(values.value_as_string(0), "120.00");
        assert_eq!(values.value_as_string(1), "36000.50");
        assert_eq!(batch.num_rows(), table().rows.len());
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        assert_eq!(written(), written());
    }

    #[test]
    fn the_metadata_of_a_table_names_its_columns_in_both_languages() {
        let builder = ParquetRecordBatchReaderBuilder::try_new(written()).unwrap();
        let metadata = builder.metadata().file_metadata();
        assert_eq!(metadata.created_by(), Some("yilian"));
        let pairs = metadata.key_value_metadata().unwrap();
        let value = |key: &str| pairs.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone()).unwrap();
        assert_eq!(value("title_zh"), "独居老年人");
        let facts: serde_json::Value = serde_json::from_str(&value("table")).unwrap();
        assert_eq!(facts["columns"][5]["title"], "居住状况");
        assert_eq!(facts["columns"][5]["title@en"], "Situation");
        assert_eq!(facts["threshold"], 5);
    }
}
