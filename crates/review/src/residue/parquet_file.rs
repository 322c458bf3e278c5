//! Parquet: pages as they are read, with dictionaries, metadata and statistics.

use std::collections::HashSet;
use std::ops::Range;

use arrow::array::Array;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::column::page::Page;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};

use super::{FoundKind, Residue, is_published};
use crate::patterns::id_numbers;

impl Residue {
    pub(super) fn scan_parquet(&mut self, file: &str, bytes: &Bytes) -> Result<(), ParquetError> {
        let reader = SerializedFileReader::new(bytes.clone())?;
        let metadata = reader.metadata();
        for pair in metadata.file_metadata().key_value_metadata().into_iter().flatten() {
            let text = format!("{}={}", pair.key, pair.value.as_deref().unwrap_or_default());
            self.note_numbers(file, "metadata", "", id_numbers(text.as_bytes()));
        }
        for group in 0..reader.num_row_groups() {
            for column in 0..reader.metadata().row_group(group).num_columns() {
                self.scan_column(file, bytes, (&reader, group, column))?;
            }
        }
        Ok(())
    }

    fn scan_column(
        &mut self,
        file: &str,
        bytes: &Bytes,
        (reader, group, column): (&SerializedFileReader<Bytes>, usize, usize),
    ) -> Result<(), ParquetError> {
        let row_group = reader.get_row_group(group)?;
        let name = row_group.metadata().column(column).column_path().string();
        let mut entries = None;
        let mut pages = row_group.get_column_page_reader(column)?;
        let mut number = 0;
        while let Some(page) = pages.get_next_page()? {
            let part = format!("row group {group}, page {number}, ");
            number += 1;
            self.note_numbers(file, &name, &part, id_numbers(page.buffer()));
            let bounds = page.statistics().map(|statistics| [statistics.min_bytes_opt(), statistics.max_bytes_opt()]);
            for bound in bounds.into_iter().flatten().flatten() {
                self.note_numbers(file, &name, &format!("{part}statistics, "), id_numbers(bound));
            }
            if let Page::DictionaryPage { num_values, .. } = page {
                entries = Some(u64::from(num_values));
            }
        }
        if let Some(entries) = entries.filter(|_| is_published(file)) {
            let unused = entries.saturating_sub(distinct(bytes, group, column)?);
            let first = format!("row group {group}");
            self.note(file, &name, first, (FoundKind::UnusedDictionaryEntry, unused));
        }
        Ok(())
    }
}

/// The bytes of the compressed columns of a Parquet file, in order; none of any other file.
///
/// Their pages are scanned as they are read. Compressed, the digits of two texts may stand side by side, and would be taken
/// for somebody's number.
pub(super) fn compressed_columns(bytes: &Bytes) -> Vec<Range<usize>> {
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
