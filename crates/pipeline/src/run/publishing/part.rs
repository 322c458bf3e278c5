//! Tables cut into the parts that make one file each.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{concat_batches, partition};
use arrow::datatypes::{Date32Type, SchemaRef};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use yilian_engine::TableName;

use super::super::RunError;
use super::super::bucket::BucketTable;
use super::super::contents::{Contents, Extent, Month};
use super::super::month_file::MonthFile;
use super::super::table_file::{Packing, ROWS_AT_ONCE, TableWriter};
use super::super::whole::FinishedTable;

/// Rows of a published file; fixed, because the bytes depend on it.
const ROWS_PER_FILE: u64 = 1 << 20;

/// Some row groups of a file, whose footer is read once for all parts.
struct Piece {
    file: PathBuf,
    metadata: ArrowReaderMetadata,
    row_groups: Vec<usize>,
    rows: u64,
}

/// Rows that follow one another: those of a table, or of one of its months.
struct Stretch {
    pieces: Vec<Piece>,
    /// The month.
    month: Option<Month>,
    /// What its rows are, where that is known.
    contents: Option<String>,
}

/// Rows of a stretch that make one file: a table of any size is written by all threads and held by none.
pub(super) struct Part {
    pub(super) table: Arc<FinishedTable>,
    stretch: Arc<Stretch>,
    number: u64,
    pub(super) is_last_of_table: bool,
}

/// All tables cut into parts, in order.
pub(super) fn parts(tables: Vec<FinishedTable>) -> Result<Vec<Part>, RunError> {
    let mut parts: Vec<Part> = Vec::new();
    for table in tables {
        let stretches = if table.by_month { months(&table)? } else { vec![whole(&table)?] };
        let table = Arc::new(table);
        for stretch in stretches {
            let stretch = Arc::new(stretch);
            let part = |number| {
                let (table, stretch) = (Arc::clone(&table), Arc::clone(&stretch));
                Part { table, stretch, number, is_last_of_table: false }
            };
            // A table without rows still has its columns.
            parts.extend((0..stretch.rows().div_ceil(ROWS_PER_FILE).max(1)).map(part));
        }
        if let Some(last) = parts.last_mut() {
            last.is_last_of_table = true;
        }
    }
    Ok(parts)
}

fn whole(table: &FinishedTable) -> Result<Stretch, RunError> {
    let piece = |of: &BucketTable| {
        let open = File::open(&of.file).map_err(RunError::io("read", &of.file))?;
        let metadata = ArrowReaderMetadata::load(&open, ArrowReaderOptions::default());
        let metadata = metadata.map_err(RunError::parquet(table.name.to_string()))?;
        let row_groups = (0..metadata.metadata().num_row_groups()).collect();
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or_default();
        Ok(Piece { file: of.file.clone(), metadata, row_groups, rows })
    };
    let pieces = table.files.iter().map(piece).collect::<Result<_, RunError>>()?;
    Ok(Stretch { pieces, month: None, contents: contents(table, |contents| contents.of_extent(&Extent::All)) })
}

/// What the rows of a table are, or those of them that `of` means, where every file says it.
fn contents(table: &FinishedTable, of: impl Fn(&Contents) -> String) -> Option<String> {
    let said: Option<Vec<String>> = table.files.iter().map(|file| file.contents.as_ref().map(&of)).collect();
    Some(Contents::following_from([table.name.to_string()].iter().chain(&said?).map(String::as_str)))
}

/// Each month of a table, through all its files; one without months of a table without rows.
fn months(table: &FinishedTable) -> Result<Vec<Stretch>, RunError> {
    let mut pieces: BTreeMap<Month, Vec<Piece>> = BTreeMap::new();
    for of in &table.files {
        let file = MonthFile::open(&of.file)?;
        for (month, row_groups) in file.row_groups() {
            let (row_groups, rows) = (row_groups.clone(), file.rows_in(row_groups));
            let metadata = file.metadata().clone();
            pieces.entry(*month).or_default().push(Piece { file: of.file.clone(), metadata, row_groups, rows });
        }
    }
    if pieces.is_empty() {
        return Ok(vec![whole(table)?]);
    }
    let of_month = |month: Month| contents(table, |contents| contents.of_month(month).to_owned());
    let stretch = |(month, pieces)| Stretch { pieces, month: Some(month), contents: of_month(month) };
    Ok(pieces.into_iter().map(stretch).collect())
}

impl Stretch {
    fn rows(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.rows).sum()
    }
}

impl Part {
    fn range(&self) -> Range<u64> {
        let from = self.number * ROWS_PER_FILE;
        from..(from + ROWS_PER_FILE).min(self.stretch.rows())
    }

    pub(super) fn rows(&self) -> u64 {
        self.range().end - self.range().start
    }

    /// What its rows are, where that is known.
    pub(super) fn contents(&self) -> Option<String> {
        let stretch = self.stretch.contents.as_ref()?;
        Some(format!("{stretch} {}", self.number))
    }

    /// `<schema>/<table>[-<year>-<month>][-<number>].parquet`, with a number where there are several.
    pub(super) fn file_name(&self) -> String {
        let TableName { schema, table } = &self.table.name;
        let month = self.stretch.month.map(|month| Date32Type::to_naive_date_opt(month).unwrap_or_default());
        let month = month.map(|month| month.format("-%Y-%m").to_string()).unwrap_or_default();
        let is_alone = self.number == 0 && self.range().end == self.stretch.rows();
        let number = if is_alone { String::new() } else { format!("-{:05}", self.number) };
        format!("{schema}/{table}{month}{number}.parquet")
    }

    /// The bytes of its file; refused if two rows share a key.
    pub(super) fn packed(&self) -> Result<Vec<u8>, RunError> {
        let what = self.table.name.to_string();
        let mut begun: Option<(TableWriter<Vec<u8>>, Keys<'_>)> = None;
        // The row before the first is read too: its key must be another one.
        let range = self.range();
        let (first, mut before) = (range.start.saturating_sub(1), range.start.min(1));
        let mut start = 0;
        for piece in &self.stretch.pieces {
            let (from, until) = (first.max(start), range.end.min(start + piece.rows));
            // A table without rows still has its columns, which are those of its first file.
            if from < until || begun.is_none() {
                let open = File::open(&piece.file).map_err(RunError::io("read", &piece.file))?;
                let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(open, piece.metadata.clone());
                let (writer, keys) = match &mut begun {
                    Some(begun) => begun,
                    None => begun.insert(self.begin(builder.schema())?),
                };
                let rows = until.saturating_sub(from);
                let wanted = builder.with_row_groups(piece.row_groups.clone()).with_batch_size(ROWS_AT_ONCE);
                let wanted = wanted.with_offset(size(from.saturating_sub(start))).with_limit(size(rows));
                for batch in wanted.build().map_err(RunError::parquet(what.as_str()))? {
                    let batch = batch.map_err(RunError::arrow(what.as_str()))?;
                    keys.check(&batch)?;
                    let skipped = size(before).min(batch.num_rows());
                    before = 0;
                    writer.write(batch.slice(skipped, batch.num_rows() - skipped))?;
                }
            }
            start += piece.rows;
        }
        let nothing = || RunError::Model { file: PathBuf::from(&what), reason: "it made no file".to_owned() };
        Ok(begun.ok_or_else(nothing)?.0.finish()?.0)
    }

    fn begin(&self, schema: &SchemaRef) -> Result<(TableWriter<Vec<u8>>, Keys<'_>), RunError> {
        let writer = TableWriter::new(Vec::new(), schema, Packing::Published, &self.table.name.to_string())?;
        Ok((writer, Keys::new(&self.table, schema)?))
    }
}

fn size(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// Sees to it that keys follow one another without a repeat.
struct Keys<'a> {
    table: &'a FinishedTable,
    columns: Vec<usize>,
    /// The key of the last row.
    last: Option<RecordBatch>,
}

impl<'a> Keys<'a> {
    fn new(table: &'a FinishedTable, schema: &SchemaRef) -> Result<Self, RunError> {
        let columns = table.grain.iter().map(|column| schema.index_of(column));
        let columns = columns.collect::<Result<_, _>>().map_err(RunError::arrow(table.name.to_string()))?;
        Ok(Self { table, columns, last: None })
    }

    fn check(&mut self, batch: &RecordBatch) -> Result<(), RunError> {
        if self.columns.is_empty() || batch.num_rows() == 0 {
            return Ok(());
        }
        let failed = |error| RunError::arrow(self.table.name.to_string())(error);
        let keys = batch.project(&self.columns).map_err(failed)?;
        let keys = concat_batches(keys.schema_ref(), self.last.iter().chain([&keys])).map_err(failed)?;
        let different = partition(keys.columns()).map_err(failed)?.len();
        if different < keys.num_rows() {
            return Err(RunError::NotUnique { table: self.table.name.clone(), grain: self.table.grain.join(", ") });
        }
        self.last = Some(keys.slice(keys.num_rows() - 1, 1));
        Ok(())
    }
}
