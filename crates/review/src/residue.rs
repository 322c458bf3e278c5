//! Looks for what should not be there: ID numbers in any byte of a file, and values that nobody sees but the bytes hold.
//!
//! Parquet is read page by page with its dictionaries, metadata and statistics, because a value may stand in a
//! dictionary that no row refers to. Arrow files are read by their buffers, because a value may stand under a null.

mod tar_entries;

use std::collections::HashSet;
use std::io::Cursor;
use std::ops::Range;

use arrow::array::{Array, ArrayData, make_array};
use arrow::ipc::reader::FileReader;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::column::page::Page;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde::Serialize;
use yilian_delivery::is_sealed;
use yilian_pipeline::store::Store;
use yilian_pipeline::{PipelineError, Progress};

use crate::patterns::id_numbers;

/// How the name of a sealed file ends.
const SEALED: &str = ".tar.age";

/// What was looked at, and where something was found.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Residue {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) found: Vec<Found>,
}

/// Something that should not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Found {
    /// Path in the store, or name of the delivery.
    pub(crate) file: String,
    /// Column, or part of the file.
    pub(crate) place: String,
    pub(crate) kind: FoundKind,
    pub(crate) count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FoundKind {
    IdNumber,
    UnusedDictionaryEntry,
    ValueUnderNull,
    NotSealed,
    Unreadable,
}

impl Residue {
    /// Scans every file of the store that is not sealed.
    pub(crate) async fn scan_store(&mut self, store: &Store, progress: &dyn Progress) -> Result<(), PipelineError> {
        let objects = store.list("").await?;
        progress.start("scan what is stored", Some(objects.len() as u64));
        for object in objects {
            progress.advance(1);
            self.note(&object.path, "file name", FoundKind::IdNumber, id_numbers(object.path.as_bytes()));
            self.scan_stored(&object.path, &store.get(&object.path).await?);
        }
        progress.finish(&format!("{} files", self.files));
        Ok(())
    }

    /// Scans a file of the store unless it is sealed, which its bytes say and not its name.
    fn scan_stored(&mut self, file: &str, bytes: &Bytes) {
        if is_sealed(bytes) {
            return;
        }
        if file.strip_suffix(SEALED).is_some() {
            self.note(file, "file", FoundKind::NotSealed, 1);
        }
        let entries = tar_entries::of(bytes);
        if entries.is_empty() {
            self.scan(file, bytes);
            return;
        }
        // Parquet in a delivery that was taken in plain is scanned as Parquet.
        for entry in &entries {
            self.scan(file, &bytes.slice(entry.clone()));
        }
        let between = outside(bytes, &entries).into_iter().map(id_numbers).sum();
        self.note(file, "bytes", FoundKind::IdNumber, between);
    }

    /// Scans one file's bytes by what they are.
    pub(crate) fn scan(&mut self, file: &str, bytes: &Bytes) {
        self.files += 1;
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        for part in outside(bytes, &compressed_columns(bytes)) {
            self.note(file, "bytes", FoundKind::IdNumber, id_numbers(part));
        }
        let scanned = if bytes.starts_with(b"PAR1") {
            self.scan_parquet(file, bytes).is_ok()
        } else if bytes.starts_with(b"ARROW1") {
            self.scan_arrow(file, bytes).is_some()
        } else {
            true
        };
        if !scanned {
            self.note(file, "file", FoundKind::Unreadable, 1);
        }
    }

    fn note(&mut self, file: &str, place: &str, kind: FoundKind, count: u64) {
        if count > 0 {
            self.found.push(Found { file: file.to_owned(), place: place.to_owned(), kind, count });
        }
    }

    fn scan_parquet(&mut self, file: &str, bytes: &Bytes) -> Result<(), ParquetError> {
        let reader = SerializedFileReader::new(bytes.clone())?;
        let metadata = reader.metadata();
        for pair in metadata.file_metadata().key_value_metadata().into_iter().flatten() {
            let text = format!("{}={}", pair.key, pair.value.as_deref().unwrap_or_default());
            self.note(file, "metadata", FoundKind::IdNumber, id_numbers(text.as_bytes()));
        }
        for group in 0..reader.num_row_groups() {
            let row_group = reader.get_row_group(group)?;
            for column in 0..row_group.num_columns() {
                let name = row_group.metadata().column(column).column_path().string();
                let mut entries = None;
                let mut pages = row_group.get_column_page_reader(column)?;
                while let Some(page) = pages.get_next_page()? {
                    self.note(file, &name, FoundKind::IdNumber, id_numbers(page.buffer()));
                    let bounds =
                        page.statistics().map(|statistics| [statistics.min_bytes_opt(), statistics.max_bytes_opt()]);
                    for bound in bounds.into_iter().flatten().flatten() {
                        self.note(file, &name, FoundKind::IdNumber, id_numbers(bound));
                    }
                    if let Page::DictionaryPage { num_values, .. } = page {
                        entries = Some(u64::from(num_values));
                    }
                }
                if let Some(entries) = entries.filter(|_| is_published(file)) {
                    let unused = entries.saturating_sub(distinct(bytes, group, column)?);
                    self.note(file, &name, FoundKind::UnusedDictionaryEntry, unused);
                }
            }
        }
        Ok(())
    }

    /// `None` if it cannot be read.
    fn scan_arrow(&mut self, file: &str, bytes: &Bytes) -> Option<()> {
        for batch in FileReader::try_new(Cursor::new(bytes.clone()), None).ok()? {
            let batch = batch.ok()?;
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                let data = column.to_data();
                for buffer in data.buffers() {
                    self.note(file, field.name(), FoundKind::IdNumber, id_numbers(buffer));
                }
                self.note(file, field.name(), FoundKind::ValueUnderNull, values_under_null(&data));
            }
        }
        Some(())
    }
}

/// The bytes of the compressed columns of a Parquet file, in order; none of any other file.
///
/// Their pages are scanned as they are read. Compressed, the digits of two texts may stand side by side, and would be taken
/// for somebody's number.
fn compressed_columns(bytes: &Bytes) -> Vec<Range<usize>> {
    let Ok(reader) = SerializedFileReader::new(bytes.clone()) else { return Vec::new() };
    let columns = reader.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns);
    let compressed = columns.filter(|column| column.compression() != Compression::UNCOMPRESSED);
    let mut ranges: Vec<Range<usize>> = compressed
        .filter_map(|column| {
            let (start, length) = column.byte_range();
            Some(usize::try_from(start).ok()?..usize::try_from(start.checked_add(length)?).ok()?)
        })
        .collect();
    ranges.sort_unstable_by_key(|range| range.start);
    ranges
}

/// What of the bytes stands before, between and behind ranges that are in order.
fn outside<'b>(bytes: &'b [u8], ranges: &[Range<usize>]) -> Vec<&'b [u8]> {
    let starts = std::iter::once(0).chain(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain([bytes.len()]);
    starts.zip(ends).filter_map(|(start, end)| bytes.get(start..end)).collect()
}

/// Whether readers outside the hub's operators get the file.
fn is_published(file: &str) -> bool {
    file.contains("/statistics/")
}

fn distinct(bytes: &Bytes, group: usize, column: usize) -> Result<u64, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes.clone())?;
    let mask = ProjectionMask::leaves(builder.parquet_schema(), [column]);
    let mut values = HashSet::new();
    for batch in builder.with_row_groups(vec![group]).with_projection(mask).build()? {
        let batch = batch?;
        let array = batch.column(0);
        let formatter = ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default())?;
        values.extend((0..array.len()).filter(|row| array.is_valid(*row)).map(|row| formatter.value(row).to_string()));
    }
    Ok(u64::try_from(values.len()).unwrap_or(u64::MAX))
}

/// Null places of an array of fixed width whose bytes are not zero.
fn values_under_null(data: &ArrayData) -> u64 {
    let (Some(nulls), Some(width)) = (data.nulls(), data.data_type().primitive_width()) else { return 0 };
    let whole = make_array(data.clone()).to_data();
    let Some(values) = whole.buffers().first() else { return 0 };
    let is_hidden = |row: usize| {
        let at = (whole.offset() + row) * width;
        nulls.is_null(row) && values.get(at..at + width).is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0))
    };
    (0..data.len()).filter(|row| is_hidden(*row)).count().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    use arrow::buffer::{NullBuffer, ScalarBuffer};
    use arrow::ipc::writer::FileWriter;
    use parquet::arrow::ArrowWriter;
    use parquet::basic::ZstdLevel;
    use parquet::file::properties::{EnabledStatistics, WriterProperties};

    use super::*;

    const ID: &str = "159901193911041234";

    fn batch(column: ArrayRef) -> RecordBatch {
        RecordBatch::try_from_iter([("column", column)]).unwrap()
    }

    fn parquet(column: ArrayRef) -> Bytes {
        let batch = batch(column);
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        Bytes::from(bytes)
    }

    fn found(file: &str, bytes: &Bytes) -> Vec<FoundKind> {
        let mut residue = Residue::default();
        residue.scan(file, bytes);
        residue.found.into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn an_id_number_in_a_dictionary_of_a_parquet_file_is_found() {
        let bytes = parquet(Arc::new(StringArray::from(vec!["a", ID, "a"])));
        assert!(found("x.parquet", &bytes).contains(&FoundKind::IdNumber));
        assert_eq!(found("x.parquet", &parquet(Arc::new(StringArray::from(vec!["a", "150104", "a"])))), []);
    }

    fn compressed(texts: &[&str]) -> Bytes {
        let batch = batch(Arc::new(StringArray::from(texts.to_vec())));
        let zstd = Compression::ZSTD(ZstdLevel::try_new(1).unwrap());
        let properties = WriterProperties::builder().set_compression(zstd);
        let properties = properties.set_statistics_enabled(EnabledStatistics::None).build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        Bytes::from(bytes)
    }

    #[test]
    fn digits_of_two_texts_that_compression_puts_side_by_side_are_no_number() {
        let bytes = compressed(&["a", "village-of-159901193", "village-of-911041234"]);
        assert!(id_numbers(&bytes) > 0, "compressed otherwise, the file shows nothing");
        assert_eq!(found("x.parquet", &bytes), []);
    }

    #[test]
    fn an_id_number_in_a_compressed_column_or_behind_it_is_found() {
        let bytes = compressed(&["a", ID]);
        assert_eq!(found("x.parquet", &bytes), [FoundKind::IdNumber]);
        let clean = compressed(&["a", "b"]);
        let footer = clean.len()
            - 8
            - usize::try_from(u32::from_le_bytes(*clean[clean.len() - 8..].first_chunk().unwrap())).unwrap();
        let hidden = [&clean[..footer], ID.as_bytes(), &clean[footer..]].concat();
        assert_eq!(found("x.parquet", &Bytes::from(hidden)), [FoundKind::IdNumber]);
    }

    #[test]
    fn a_dictionary_without_unused_entries_is_no_finding() {
        let bytes = parquet(Arc::new(Int64Array::from(vec![Some(12), None, Some(12), Some(7)])));
        assert_eq!(found("runs/r/statistics/t.parquet", &bytes), []);
    }

    #[test]
    fn an_entry_of_a_dictionary_that_no_row_uses_is_found_where_statisticians_read() {
        let whole = parquet(Arc::new(Int64Array::from(vec![12, 7, 12])));
        let bytes = with_an_unused_entry(&whole);
        let mut residue = Residue::default();
        residue.scan("runs/r/statistics/t.parquet", &bytes);
        let kind = FoundKind::UnusedDictionaryEntry;
        let file = "runs/r/statistics/t.parquet".to_owned();
        assert_eq!(residue.found, [Found { file, place: "column".to_owned(), kind, count: 1 }]);
        assert_eq!(found("runs/r/hub/t.parquet", &bytes), [], "operators read the rows themselves");
    }

    /// A file of the rows 12, 7, 12 in which the second row is made to point to the first entry of the dictionary, so that 7
    /// stands in the dictionary alone. No writer makes such a file; a filter that copies pages would.
    fn with_an_unused_entry(whole: &Bytes) -> Bytes {
        // One bit each; one group of eight, packed; the indices 0, 1, 0.
        let indices = [1, 3, 0b010];
        let places: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(&indices)).collect();
        let [place] = places.as_slice() else { panic!("the indices stand at {places:?}") };
        let mut bytes = whole.to_vec();
        bytes[place + 2] = 0;
        Bytes::from(bytes)
    }

    #[test]
    fn a_withheld_value_under_a_null_mask_is_found() {
        let hidden = |values: Vec<i64>| {
            let nulls = NullBuffer::from(vec![true, false, true]);
            let column = Int64Array::new(ScalarBuffer::from(values), Some(nulls));
            let batch = batch(Arc::new(column));
            let mut bytes = Vec::new();
            let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
            writer.write(&batch).unwrap();
            writer.finish().unwrap();
            drop(writer);
            Bytes::from(bytes)
        };
        assert_eq!(found("t.arrow", &hidden(vec![9, 3, 8])), [FoundKind::ValueUnderNull]);
        assert_eq!(found("t.arrow", &hidden(vec![9, 0, 8])), []);
    }

    fn stored(file: &str, bytes: &[u8]) -> Vec<FoundKind> {
        let mut residue = Residue::default();
        residue.scan_stored(file, &Bytes::copy_from_slice(bytes));
        residue.found.into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn a_file_is_sealed_by_its_content_and_not_by_its_name() {
        let extract = format!("name,{ID}");
        let sealed = format!("age-encryption.org/v1\n{ID}");
        assert_eq!(stored("quarantine/x.tar.age", extract.as_bytes()), [FoundKind::NotSealed, FoundKind::IdNumber]);
        assert_eq!(stored("quarantine/x.tar", extract.as_bytes()), [FoundKind::IdNumber]);
        assert_eq!(stored("quarantine/x.tar.age", b""), [FoundKind::NotSealed]);
        assert_eq!(stored("quarantine/x.tar.age", sealed.as_bytes()), []);
        assert_eq!(stored("anywhere", sealed.as_bytes()), []);
    }

    #[test]
    fn a_plain_delivery_is_scanned_entry_by_entry_and_between_them() {
        let tar = |content: &[u8], behind: &[u8]| {
            let mut header = tar::Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_cksum();
            let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
            [header.as_bytes(), content, &padding, behind].concat()
        };
        let chance = compressed(&["a", "village-of-159901193", "village-of-911041234"]);
        assert!(id_numbers(&chance) > 0, "compressed otherwise, the file shows nothing");
        assert_eq!(stored("deliveries/x.tar", &tar(&chance, &[])), []);
        assert_eq!(stored("deliveries/x.tar", &tar(&compressed(&["a", ID]), &[])), [FoundKind::IdNumber]);
        assert_eq!(stored("deliveries/x.tar", &tar(&chance, ID.as_bytes())), [FoundKind::IdNumber]);
    }

    #[test]
    fn a_file_that_only_begins_like_one_is_unreadable() {
        assert_eq!(found("x.parquet", &Bytes::from_static(b"PAR1 and nothing more")), [FoundKind::Unreadable]);
    }
}
