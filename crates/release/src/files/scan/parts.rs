//! Takes a file apart into what can be looked through, whatever is looked for.

use std::io::{Cursor, Read as _};
use std::ops::Range;

use arrow::array::Array;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::Page;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use zip::ZipArchive;

use super::markers::Width;

/// A member in a member in an archive, and no deeper.
const DEPTH: u32 = 4;

/// A part of a file, decompressed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'b> {
    /// Column, member of an archive, or `bytes`.
    pub(super) place: &'b str,
    pub(super) bytes: &'b [u8],
    pub(super) holds: Holds,
}

/// What a part holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Anything: a text, the statistics of Parquet.
    Anything,
    /// Plain values of four bytes.
    Narrow,
    /// Values of eight bytes and more, or such as are packed.
    Wide,
    /// One value, written in digits.
    Value,
}

impl Holds {
    /// How many bytes a number in it has.
    pub(super) fn width(self) -> Option<Width> {
        match self {
            Self::Anything | Self::Narrow => Some(Width::Four),
            Self::Wide => Some(Width::Eight),
            Self::Value => None,
        }
    }
}

/// Calls `look` with every part; `None` if the file begins like one that it cannot be read as.
pub(super) fn visit(bytes: &Bytes, look: &mut dyn FnMut(Part<'_>)) -> Option<()> {
    visit_within("", bytes, DEPTH, look)
}

fn visit_within(place: &str, bytes: &Bytes, depth: u32, look: &mut dyn FnMut(Part<'_>)) -> Option<()> {
    if bytes.starts_with(b"PAR1") {
        parquet(place, bytes, look)
    } else if bytes.starts_with(b"PK\x03\x04") {
        archive(place, bytes, depth.checked_sub(1)?, look)
    } else {
        outside(place, bytes, &[], look);
        Some(())
    }
}

fn named(place: &str, part: &str) -> String {
    if place.is_empty() { part.to_owned() } else { format!("{place}/{part}") }
}

/// What stands before, between and behind ranges.
fn outside(place: &str, bytes: &Bytes, ranges: &[Range<usize>], look: &mut dyn FnMut(Part<'_>)) {
    let place = named(place, "bytes");
    let starts = std::iter::once(0).chain(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain([bytes.len()]);
    for (start, end) in starts.zip(ends) {
        if let Some(bytes) = bytes.get(start..end) {
            look(Part { place: &place, bytes, holds: Holds::Anything });
        }
    }
}

fn archive(place: &str, bytes: &Bytes, depth: u32, look: &mut dyn FnMut(Part<'_>)) -> Option<()> {
    let mut archive = ZipArchive::new(Cursor::new(bytes.clone())).ok()?;
    let mut ranges = Vec::new();
    for member in 0..archive.len() {
        let mut file = archive.by_index(member).ok()?;
        let start = usize::try_from(file.data_start()?).ok()?;
        ranges.push(start..start.checked_add(usize::try_from(file.compressed_size()).ok()?)?);
        let place = named(place, &file.name().ok()?);
        let mut content = Vec::new();
        file.read_to_end(&mut content).ok()?;
        visit_within(&place, &Bytes::from(content), depth, look)?;
    }
    ranges.sort_unstable_by_key(|range| range.start);
    outside(place, bytes, &ranges, look);
    Some(())
}

fn parquet(place: &str, bytes: &Bytes, look: &mut dyn FnMut(Part<'_>)) -> Option<()> {
    let reader = SerializedFileReader::new(bytes.clone()).ok()?;
    for group in 0..reader.num_row_groups() {
        let row_group = reader.get_row_group(group).ok()?;
        for column in 0..row_group.num_columns() {
            let metadata = row_group.metadata().column(column);
            let place = named(place, &metadata.column_path().string());
            let mut pages = row_group.get_column_page_reader(column).ok()?;
            while let Some(page) = pages.get_next_page().ok()? {
                let holds = holds(&page, metadata.column_type());
                look(Part { place: &place, bytes: page.buffer(), holds });
                let bounds = page.statistics().map(|bounds| [bounds.min_bytes_opt(), bounds.max_bytes_opt()]);
                for bytes in bounds.into_iter().flatten().flatten() {
                    look(Part { place: &place, bytes, holds: Holds::Anything });
                }
            }
        }
    }
    values(place, bytes, look)?;
    // Statistics, indexes, metadata and what belongs to no column are not compressed.
    outside(place, bytes, &columns(&reader), look);
    Some(())
}

/// Indices into a dictionary and differences are packed in bits, among which four bytes are found by chance.
fn holds(page: &Page, column: Type) -> Holds {
    let plain = matches!(page, Page::DictionaryPage { .. }) || page.encoding() == Encoding::PLAIN;
    match column {
        Type::INT32 | Type::FLOAT if plain => Holds::Narrow,
        _ => Holds::Wide,
    }
}

/// Every value as text, whatever its page looks like.
fn values(place: &str, bytes: &Bytes, look: &mut dyn FnMut(Part<'_>)) -> Option<()> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes.clone()).ok()?.build().ok()?;
    let options = FormatOptions::default();
    for batch in reader {
        let batch = batch.ok()?;
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let place = named(place, field.name());
            let formatter = ArrayFormatter::try_new(column.as_ref(), &options).ok()?;
            for row in (0..column.len()).filter(|row| column.is_valid(*row)) {
                let text = formatter.value(row).to_string();
                look(Part { place: &place, bytes: text.as_bytes(), holds: Holds::Value });
            }
        }
    }
    Some(())
}

/// Where the columns stand, in order.
fn columns(reader: &SerializedFileReader<Bytes>) -> Vec<Range<usize>> {
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
