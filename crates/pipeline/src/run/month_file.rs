//! A file of a table whose rows stand month by month, each month in row groups of its own: months are read, replaced and
//! published apart.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::Result as ParquetResult;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::ChunkReader;
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;

use super::RunError;
use super::contents::{Extent, MONTH, Month, rows_by_month};
use super::table_file::{Packing, ROWS_AT_ONCE, TableWriter};

/// Rows by month.
pub(crate) type Months = BTreeMap<Month, Vec<RecordBatch>>;

/// An open file.
pub(crate) struct MonthFile {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
    row_groups: BTreeMap<Month, Vec<usize>>,
}

impl MonthFile {
    pub(crate) fn open(path: &Path) -> Result<Self, RunError> {
        let what = || RunError::parquet(path.display().to_string());
        let file = File::open(path).map_err(RunError::io("read", path))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(what())?;
        let row_groups = row_groups(metadata.metadata())?;
        Ok(Self { path: path.to_owned(), file, metadata, row_groups })
    }

    /// Its footer.
    pub(crate) fn metadata(&self) -> &ArrowReaderMetadata {
        &self.metadata
    }

    /// The row groups of each month.
    pub(crate) fn row_groups(&self) -> &BTreeMap<Month, Vec<usize>> {
        &self.row_groups
    }

    /// How many rows some row groups have.
    pub(crate) fn rows_in(&self, row_groups: &[usize]) -> u64 {
        let groups = row_groups.iter().map(|group| self.metadata.metadata().row_group(*group).num_rows());
        groups.map(|rows| u64::try_from(rows).unwrap_or_default()).sum()
    }

    /// The rows that are meant, in order of month.
    pub(crate) fn read(&self, extent: &Extent) -> Result<Vec<RecordBatch>, RunError> {
        let what = || self.path.display().to_string();
        let meant = self.row_groups.iter().filter(|(month, _)| extent.contains(**month));
        let groups = meant.flat_map(|(_, groups)| groups);
        let file = self.file.try_clone().map_err(RunError::io("read", &self.path))?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(groups.copied().collect())
            .with_batch_size(ROWS_AT_ONCE)
            .build()
            .map_err(RunError::parquet(what()))?;
        reader.collect::<Result<Vec<_>, _>>().map_err(RunError::arrow(what()))
    }
}

/// Rows by month, in the order in which they come.
pub(crate) fn by_month(batches: &[RecordBatch]) -> Result<Months, RunError> {
    let mut found = Months::new();
    for batch in batches {
        let places = rows_by_month(batch)?;
        let is_of_one = places.len() == 1;
        for (month, rows) in places {
            let rows = if is_of_one {
                batch.clone()
            } else {
                take_record_batch(batch, &UInt32Array::from(rows)).map_err(RunError::arrow("rows by month"))?
            };
            found.entry(month).or_default().push(rows);
        }
    }
    Ok(found)
}

/// Writes `rows` to a file, and of other months what is `kept` of each.
pub(crate) fn write(
    path: &Path,
    (schema, what): (&SchemaRef, &str),
    rows: &Months,
    kept: &BTreeMap<Month, &MonthFile>,
) -> Result<(), RunError> {
    if kept.is_empty() {
        let file = File::create(path).map_err(RunError::io("create", path))?;
        return write_rows(file, (schema, what), rows).map(|_| ());
    }
    let added = Bytes::from(write_rows(Vec::new(), (schema, what), rows)?);
    let of_added = ArrowReaderMetadata::load(&added, ArrowReaderOptions::default()).map_err(RunError::parquet(what))?;
    let of_added = of_added.metadata();
    let added_groups = row_groups(of_added)?;
    let from_kept = kept.iter().filter_map(|(month, file)| Some((*month, (Some(*file), file.row_groups.get(month)?))));
    let sources: BTreeMap<Month, (Option<&MonthFile>, &Vec<usize>)> =
        from_kept.chain(added_groups.iter().map(|(month, groups)| (*month, (None, groups)))).collect();
    let spliced = || -> ParquetResult<()> {
        let described = of_added.file_metadata();
        let properties = WriterProperties::builder()
            .set_created_by(described.created_by().unwrap_or_default().to_owned())
            .set_key_value_metadata(described.key_value_metadata().cloned())
            .build();
        let sink = File::create(path)?;
        let root = Arc::new(described.schema().clone());
        let mut writer = SerializedFileWriter::new(sink, root, Arc::new(properties))?;
        for (kept, groups) in sources.into_values() {
            for group in groups {
                match kept {
                    Some(kept) => copy_group(&mut writer, (&kept.file, kept.metadata.metadata()), *group)?,
                    None => copy_group(&mut writer, (&added, of_added), *group)?,
                }
            }
        }
        writer.close().map(|_| ())
    };
    spliced().map_err(RunError::parquet(what))
}

/// Copies a row group as it is encoded.
fn copy_group<R: ChunkReader>(
    writer: &mut SerializedFileWriter<File>,
    (source, metadata): (&R, &ParquetMetaData),
    group: usize,
) -> ParquetResult<()> {
    let group = metadata.row_group(group);
    let mut copy = writer.next_row_group()?;
    for column in group.columns() {
        let close = ColumnCloseResult {
            bytes_written: u64::try_from(column.compressed_size()).unwrap_or_default(),
            rows_written: u64::try_from(group.num_rows()).unwrap_or_default(),
            metadata: column.clone(),
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        copy.append_column(source, close)?;
    }
    copy.close().map(|_| ())
}

fn write_rows<W: Write + Send>(sink: W, (schema, what): (&SchemaRef, &str), rows: &Months) -> Result<W, RunError> {
    let mut writer = TableWriter::new(sink, schema, Packing::Vault, what)?;
    for batches in rows.values() {
        for batch in batches {
            writer.write(batch.clone())?;
        }
        writer.end_row_group()?;
    }
    writer.finish().map(|(sink, _)| sink)
}

/// The row groups of each month, as their statistics say.
fn row_groups(metadata: &ParquetMetaData) -> Result<BTreeMap<Month, Vec<usize>>, RunError> {
    let unreadable = || RunError::Unreadable { what: "the months of a table file" };
    let fields = metadata.file_metadata().schema_descr().columns();
    let place = fields.iter().position(|column| column.name() == MONTH).ok_or_else(unreadable)?;
    let mut found: BTreeMap<Month, Vec<usize>> = BTreeMap::new();
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let Some(Statistics::Int32(months)) = group.column(place).statistics() else { return Err(unreadable()) };
        match (months.min_opt(), months.max_opt()) {
            (Some(first), Some(last)) if first == last => found.entry(*first).or_default().push(number),
            _ => return Err(unreadable()),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array};
    use arrow::datatypes::Int64Type;

    use super::*;

    fn batch(months: &[Month], people: &[i64]) -> RecordBatch {
        let columns: [(&str, ArrayRef); 2] = [
            (MONTH, Arc::new(Date32Array::from(months.to_vec()))),
            ("person_id", Arc::new(Int64Array::from(people.to_vec()))),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    fn people(file: &MonthFile, extent: &Extent) -> Vec<i64> {
        let batches = file.read(extent).unwrap();
        batches.iter().flat_map(|batch| batch.column(1).as_primitive::<Int64Type>().values().to_vec()).collect()
    }

    #[test]
    fn months_of_a_file_are_replaced_and_the_others_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let first = batch(&[31, 0, 59, 0], &[1, 2, 3, 4]);
        let named = (&first.schema(), "work.table");
        write(&path("first"), named, &by_month(std::slice::from_ref(&first)).unwrap(), &BTreeMap::new()).unwrap();
        let before = MonthFile::open(&path("first")).unwrap();
        assert_eq!(people(&before, &Extent::All), [2, 4, 1, 3]);
        let later = by_month(&[batch(&[31, 90, 31], &[5, 6, 7])]).unwrap();
        write(&path("then"), named, &later, &[(0, &before)].into()).unwrap();
        let after = MonthFile::open(&path("then")).unwrap();
        assert_eq!(people(&after, &Extent::All), [2, 4, 5, 7, 6]);
        assert_eq!(people(&after, &Extent::Months([0, 90].into())), [2, 4, 6]);
        assert_eq!(after.rows_in(&after.row_groups()[&31]), 2);
        write(&path("both"), named, &Months::new(), &[(59, &before), (90, &after)].into()).unwrap();
        assert_eq!(people(&MonthFile::open(&path("both")).unwrap(), &Extent::All), [3, 6]);
        write(&path("empty"), named, &Months::new(), &BTreeMap::new()).unwrap();
        assert!(people(&MonthFile::open(&path("empty")).unwrap(), &Extent::All).is_empty());
    }
}
