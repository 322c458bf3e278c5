//! Sorts the records and writes `data.parquet` and `rows.parquet`.

use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray, Int64Array, StringArray, StringBuilder,
    TimestampSecondArray,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use yilian_contract::DeliveryType;

use crate::IntakeError;
use crate::layout::{Field, FieldKind, Layout};
use crate::progress::{Progress, Stage};
use crate::source::SourceFacts;
use crate::spill::{PARTITIONS, Spill};

/// Rows handed to the writer at a time; the bytes of the file depend on it.
const BATCH: usize = 8192;
/// Rows of a row group.
const GROUP: usize = 16 * BATCH;
/// Row groups that are encoded side by side at most.
const GROUPS_AT_ONCE: usize = 4;
const CREATED_BY: &str = "yilian";
const ZSTD: i32 = 3;

/// What is to be written.
pub(crate) struct Output<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) schema: SchemaRef,
    pub(crate) texts: &'a Texts,
    pub(crate) facts: &'a SourceFacts,
    pub(crate) data: &'a Path,
    pub(crate) rows: &'a Path,
    pub(crate) threads: usize,
    pub(crate) progress: &'a dyn Progress,
}

/// A new file that only its owner can read; an older one is replaced.
pub(crate) fn private_file(path: &Path) -> Result<File, IntakeError> {
    let failed = |source| IntakeError::Output { path: path.to_owned(), source };
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(failed(source)),
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failed)
}

/// Calls `work` for each item on several threads; the results are in the order of the items.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<R, IntakeError> + Sync,
) -> Result<Vec<R>, IntakeError> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<R, IntakeError>)>> = Mutex::new(Vec::with_capacity(items.len()));
    let one_thread = || {
        while let Some((at, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
        {
            let result = work(item);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            scope.spawn(one_thread);
        }
        one_thread();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// The records of a partition and their order.
struct Sorted {
    records: Vec<u8>,
    order: Vec<u32>,
}

/// A part of a sorted partition.
#[derive(Clone)]
struct Slice {
    sorted: Arc<Sorted>,
    range: Range<usize>,
}

/// One row group on its way to the files.
struct Group {
    slices: Vec<Slice>,
    rows: usize,
    first_row: usize,
    number: usize,
}

type Chunks = Vec<ArrowColumnChunk>;

/// Writes all records of the threads' spills.
pub(crate) fn write(output: &Output<'_>, spills: Vec<Spill>, rows: u64) -> Result<(), IntakeError> {
    output.progress.start(Stage::Write, rows);
    let mut data = Target::create(output.data, Arc::clone(&output.schema), &data_settings(output.layout))?;
    let rows_schema = rows_schema();
    let mut row_map = Target::create(output.rows, Arc::clone(&rows_schema), &rows_settings())?;
    let spills = Mutex::new(spills);
    let mut waiting: Vec<Slice> = Vec::new();
    let mut first_row = 0;
    let mut next = 0;
    while next < PARTITIONS || !waiting.is_empty() {
        let mut loaded = Vec::new();
        let mut bytes = 0;
        while next < PARTITIONS && bytes < GROUPS_AT_ONCE * GROUP * output.layout.width {
            let records = load(&spills, next)?;
            bytes += records.len();
            loaded.push(Mutex::new(records));
            next += 1;
        }
        let sorted = in_parallel(&loaded, output.threads, |records| {
            let records = std::mem::take(&mut *records.lock().unwrap_or_else(PoisonError::into_inner));
            sort(output, records)
        })?;
        for sorted in sorted {
            let range = 0..sorted.order.len();
            if !range.is_empty() {
                waiting.push(Slice { sorted: Arc::new(sorted), range });
            }
        }
        let groups = groups(&mut waiting, &mut first_row, next == PARTITIONS, data.groups);
        let encoded = in_parallel(&groups, output.threads, |group| {
            let both = (data.encode(output, group)?, row_map.encode_rows(output, group)?);
            output.progress.advance(group.rows as u64);
            Ok(both)
        })?;
        drop(groups);
        for (chunks, row_chunks) in encoded {
            data.append(chunks)?;
            row_map.append(row_chunks)?;
        }
    }
    data.close()?;
    row_map.close()
}

fn load(spills: &Mutex<Vec<Spill>>, partition: usize) -> Result<Vec<u8>, IntakeError> {
    let mut records = Vec::new();
    for spill in spills.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
        spill.take(partition, &mut records)?;
    }
    Ok(records)
}

/// Brings the records of a partition into the order of the delivery.
fn sort(output: &Output<'_>, mut records: Vec<u8>) -> Result<Sorted, IntakeError> {
    let width = output.layout.width;
    let compared = output.layout.record_number;
    for field in output.layout.fields.iter().filter(|field| matches!(field.kind, FieldKind::Text)) {
        rank_texts(&mut records, width, field, output.texts)?;
    }
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(records.len() / width);
    for (at, record) in records.chunks_exact(width).enumerate() {
        let prefix = record.first_chunk().map_or(0, |prefix| u64::from_be_bytes(*prefix));
        keys.push((prefix, u32::try_from(at).map_err(|_| IntakeError::Bug { step: "number a partition's rows" })?));
    }
    let record = |at: u32| {
        let start = at as usize * width;
        records.get(start..start + compared).unwrap_or_default()
    };
    keys.sort_unstable_by(|left, right| left.0.cmp(&right.0).then_with(|| record(left.1).cmp(record(right.1))));
    let order = keys.into_iter().map(|(_, at)| at).collect();
    Ok(Sorted { records, order })
}

/// Replaces the numbers of interned texts, which depend on who came first, by their ranks.
fn rank_texts(records: &mut [u8], width: usize, field: &Field, texts: &Texts) -> Result<(), IntakeError> {
    for record in records.chunks_exact_mut(width) {
        if let Some(number) = field.get(record) {
            let rank = usize::try_from(number).ok().and_then(|number| texts.ranks.get(number));
            field.put(record, *rank.ok_or(IntakeError::Bug { step: "rank a text" })?);
        }
    }
    Ok(())
}

/// All kept texts of a file, and for each number under which one was interned its rank.
pub(crate) struct Texts {
    sorted: Vec<String>,
    ranks: Vec<i64>,
}

impl Texts {
    /// Ranks the texts, given in the order of their numbers.
    pub(crate) fn new(interned: Vec<String>) -> Self {
        let mut sorted: Vec<(String, usize)> = interned.into_iter().zip(0..).collect();
        sorted.sort_unstable();
        let mut ranks = vec![0_i64; sorted.len()];
        for ((_, number), rank) in sorted.iter().zip(0_i64..) {
            if let Some(place) = ranks.get_mut(*number) {
                *place = rank;
            }
        }
        Self { sorted: sorted.into_iter().map(|(text, _)| text).collect(), ranks }
    }
}

/// Takes full row groups from what is waiting; `all` takes the rest too.
fn groups(waiting: &mut Vec<Slice>, first_row: &mut usize, all: bool, written: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut rows: usize = waiting.iter().map(|slice| slice.range.len()).sum();
    let mut slices = std::mem::take(waiting).into_iter();
    let mut open = slices.next();
    while rows >= GROUP || (all && rows > 0) {
        let mut group = Group { slices: Vec::new(), rows: 0, first_row: *first_row, number: written + groups.len() };
        while let Some(slice) = open.take() {
            let room = GROUP - group.rows;
            let cut = slice.range.end.min(slice.range.start + room);
            group.rows += cut - slice.range.start;
            group.slices.push(Slice { sorted: Arc::clone(&slice.sorted), range: slice.range.start..cut });
            if cut < slice.range.end {
                open = Some(Slice { range: cut..slice.range.end, ..slice });
                break;
            }
            open = slices.next();
        }
        rows -= group.rows;
        *first_row += group.rows;
        groups.push(group);
    }
    waiting.extend(open);
    waiting.extend(slices);
    groups
}

impl Group {
    /// The records of rows `from..to` of the group, in order.
    fn records(&self, width: usize, rows: Range<usize>) -> Vec<&[u8]> {
        let mut records = Vec::with_capacity(rows.len());
        let mut before = 0;
        for slice in &self.slices {
            let length = slice.range.len();
            let from = rows.start.clamp(before, before + length) - before + slice.range.start;
            let to = rows.end.clamp(before, before + length) - before + slice.range.start;
            before += length;
            for at in slice.sorted.order.get(from..to).unwrap_or_default() {
                let start = *at as usize * width;
                records.push(slice.sorted.records.get(start..start + width).unwrap_or_default());
            }
        }
        records
    }
}

/// A Parquet file under way.
struct Target {
    path: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<File>,
    factory: ArrowRowGroupWriterFactory,
    groups: usize,
}

impl Target {
    fn create(path: &Path, schema: SchemaRef, settings: &WriterProperties) -> Result<Self, IntakeError> {
        let failed = |source| IntakeError::Parquet { path: path.to_owned(), source };
        let file = private_file(path)?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(settings.clone())).map_err(failed)?;
        let (writer, factory) = writer.into_serialized_writer().map_err(failed)?;
        Ok(Self { path: path.to_owned(), schema, writer, factory, groups: 0 })
    }

    fn failed(&self, source: ParquetError) -> IntakeError {
        IntakeError::Parquet { path: self.path.clone(), source }
    }

    fn encode(&self, output: &Output<'_>, group: &Group) -> Result<Chunks, IntakeError> {
        self.encode_batches(group.number, group.rows, |rows| {
            let records = group.records(output.layout.width, rows);
            output.layout.fields.iter().map(|field| array(field, &records, &output.texts.sorted)).collect()
        })
    }

    fn encode_rows(&self, output: &Output<'_>, group: &Group) -> Result<Chunks, IntakeError> {
        self.encode_batches(group.number, group.rows, |rows| {
            let first = group.first_row + rows.start;
            row_map_arrays(output, &group.records(output.layout.width, rows), first)
        })
    }

    fn encode_batches(
        &self,
        group: usize,
        rows: usize,
        arrays: impl Fn(Range<usize>) -> Result<Vec<ArrayRef>, IntakeError>,
    ) -> Result<Chunks, IntakeError> {
        let mut writers = self.factory.create_column_writers(group).map_err(|error| self.failed(error))?;
        for start in (0..rows).step_by(BATCH) {
            let arrays = arrays(start..rows.min(start + BATCH))?;
            let mut next = writers.iter_mut();
            for (field, array) in self.schema.fields().iter().zip(&arrays) {
                for leaf in compute_leaves(field, array).map_err(|error| self.failed(error))? {
                    let writer = next.next().ok_or(IntakeError::Bug { step: "find a column writer" })?;
                    writer.write(&leaf).map_err(|error| self.failed(error))?;
                }
            }
        }
        writers.into_iter().map(|writer| writer.close().map_err(|error| self.failed(error))).collect()
    }

    fn append(&mut self, chunks: Chunks) -> Result<(), IntakeError> {
        let path = self.path.clone();
        let failed = |source| IntakeError::Parquet { path: path.clone(), source };
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        self.groups += 1;
        Ok(())
    }

    fn close(self) -> Result<(), IntakeError> {
        let path = self.path;
        let file = self.writer.into_inner().map_err(|source| IntakeError::Parquet { path: path.clone(), source })?;
        file.sync_all().map_err(|source| IntakeError::Output { path, source })
    }
}

fn settings() -> parquet::file::properties::WriterPropertiesBuilder {
    let level = ZstdLevel::try_new(ZSTD).unwrap_or_default();
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP))
        .set_write_batch_size(BATCH)
        // Minima and maxima of tokens would tell where a person stands before the file is opened.
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
}

fn data_settings(layout: &Layout) -> WriterProperties {
    let mut settings = settings();
    for field in layout.fields.iter().filter(|field| matches!(field.kind, FieldKind::Token)) {
        settings = settings.set_column_dictionary_enabled(ColumnPath::from(field.name.as_str()), false);
    }
    settings.build()
}

fn rows_settings() -> WriterProperties {
    let mut settings = settings();
    for column in ["row", "source_row", "record_number"] {
        settings = settings.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    settings.build()
}

fn rows_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        ArrowField::new("row", DataType::Int64, false),
        ArrowField::new("source_digest", DataType::Utf8, false),
        ArrowField::new("sheet", DataType::Utf8, false),
        ArrowField::new("source_row", DataType::Int64, false),
        ArrowField::new("record_number", DataType::Utf8, true),
    ]))
}

fn row_map_arrays(output: &Output<'_>, records: &[&[u8]], first: usize) -> Result<Vec<ArrayRef>, IntakeError> {
    let layout = output.layout;
    let bug = IntakeError::Bug { step: "number the rows" };
    let first = i64::try_from(first).map_err(|_| bug)?;
    let source_row = |record: &&[u8]| {
        let bytes = record.get(layout.source_row..).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| i64::from(u32::from_be_bytes(*bytes)))
    };
    let number = |record: &&[u8]| -> Option<String> {
        let rest = record.get(layout.record_number..)?;
        let (length, text) = rest.split_first()?;
        if *length == u8::MAX {
            return None;
        }
        text.get(..usize::from(*length)).and_then(|text| std::str::from_utf8(text).ok()).map(str::to_owned)
    };
    let numbers: StringArray =
        if layout.is_numbered() { records.iter().map(number).collect() } else { StringArray::new_null(records.len()) };
    let rows = i64::try_from(records.len()).unwrap_or(0);
    Ok(vec![
        Arc::new(Int64Array::from_iter_values(first..first + rows)),
        Arc::new(StringArray::from_iter_values(records.iter().map(|_| output.facts.digest.as_str()))),
        Arc::new(StringArray::from_iter_values(records.iter().map(|_| output.facts.sheet.as_str()))),
        Arc::new(Int64Array::from_iter_values(records.iter().map(source_row))),
        Arc::new(numbers),
    ])
}

/// One delivered column of some records.
fn array(field: &Field, records: &[&[u8]], texts: &[String]) -> Result<ArrayRef, IntakeError> {
    let bug = |_| IntakeError::Bug { step: "build a column" };
    let values = || records.iter().map(|record| field.get(record));
    Ok(match &field.kind {
        FieldKind::Token => tokens(field, records)?,
        FieldKind::Code(codes) => strings(values(), records.len(), |value| codes.get(value).map(String::as_str)),
        FieldKind::Text => strings(values(), records.len(), |value| texts.get(value).map(String::as_str)),
        FieldKind::Region => {
            let mut builder = StringBuilder::with_capacity(records.len(), 9 * records.len());
            for value in values() {
                builder.append_option(value.map(region_text));
            }
            Arc::new(builder.finish())
        }
        FieldKind::Date => {
            let days = values().map(|value| value.and_then(|value| i32::try_from(value).ok()));
            Arc::new(days.collect::<Date32Array>())
        }
        FieldKind::Timestamp => Arc::new(values().collect::<TimestampSecondArray>()),
        FieldKind::Bool => Arc::new(values().map(|value| value.map(|value| value == 1)).collect::<BooleanArray>()),
        FieldKind::Scaled(DeliveryType::Integer) => Arc::new(values().collect::<Int64Array>()),
        FieldKind::Scaled(ty) => {
            let scale = if *ty == DeliveryType::Yuan { 2 } else { 4 };
            let numbers = values().map(|value| value.map(i128::from)).collect::<Decimal128Array>();
            Arc::new(numbers.with_precision_and_scale(18, scale).map_err(bug)?)
        }
    })
}

fn tokens(field: &Field, records: &[&[u8]]) -> Result<ArrayRef, IntakeError> {
    const NULL: [u8; 32] = [0xff; 32];
    let mut bytes = Vec::with_capacity(32 * records.len());
    for record in records {
        bytes.extend_from_slice(record.get(field.offset..field.offset + 32).unwrap_or(&NULL));
    }
    let valid: BooleanBuffer = bytes.chunks_exact(32).map(|token| token != NULL).collect();
    let nulls = Some(NullBuffer::new(valid)).filter(|nulls| nulls.null_count() > 0);
    if nulls.is_some() {
        for token in bytes.chunks_exact_mut(32).filter(|token| *token == NULL) {
            token.fill(0);
        }
    }
    FixedSizeBinaryArray::try_new(32, Buffer::from_vec(bytes), nulls)
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|_| IntakeError::Bug { step: "build a token column" })
}

fn strings<'t>(
    values: impl Iterator<Item = Option<i64>>,
    rows: usize,
    text: impl Fn(usize) -> Option<&'t str>,
) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows, 8 * rows);
    for value in values {
        builder.append_option(value.and_then(|value| usize::try_from(value).ok()).and_then(&text));
    }
    Arc::new(builder.finish())
}

/// Nine digits, or six where the number is a whole county's.
fn region_text(value: i64) -> String {
    if value % 1000 == 0 { format!("{:06}", value / 1000) } else { format!("{value:09}") }
}
