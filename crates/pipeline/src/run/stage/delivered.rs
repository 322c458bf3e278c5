//! The rows of an accepted delivery as they lie in it, one row group at a time: a delivery of any size is held by nobody.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::{Buf, Bytes};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{FooterTail, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use yilian_delivery::{AcceptedFile, Identity, Manifest, Refusal};

use crate::receive::{Accepted, damaged, open_in_pieces};
use crate::run::RunError;
use crate::run::threads::one_ahead;
use crate::site::Site;

const ROWS_AT_ONCE: usize = 1 << 15;
const FOOTER: u64 = 8;

/// A delivery's rows, still sealed.
pub(crate) struct DeliveredRows {
    delivery_id: String,
    file: AcceptedFile,
    metadata: ArrowReaderMetadata,
}

impl DeliveredRows {
    /// Opens a delivery; its texts will be read as dictionaries, which take four bytes a row.
    pub(crate) async fn open(site: &Site, delivery: &Accepted, identity: &Identity) -> Result<Self, RunError> {
        let mut file = open_in_pieces(site, delivery, identity).await.map_err(RunError::Site)?;
        let delivery_id = delivery.delivery_id.clone();
        let end = file.bytes();
        let mut last = |length: u64, before: u64| {
            let until = end.saturating_sub(before);
            file.read(until.saturating_sub(length)..until).map_err(|reason| broken(&delivery_id, reason))
        };
        let tail = last(FOOTER, 0)?;
        let tail = tail.as_ref().try_into().map_err(|_| ParquetError::EOF("a delivery without a footer".to_owned()));
        let tail = tail.and_then(FooterTail::try_new).map_err(failed())?;
        let footer = last(tail.metadata_length() as u64, FOOTER)?;
        let footer = Arc::new(ParquetMetaDataReader::decode_metadata(&footer).map_err(failed())?);
        let delivered = ArrowReaderMetadata::try_new(Arc::clone(&footer), ArrowReaderOptions::new());
        let dictionaries = dictionary_types(delivered.map_err(failed())?.schema());
        let options = ArrowReaderOptions::new().with_schema(dictionaries);
        let metadata = ArrowReaderMetadata::try_new(footer, options).map_err(failed())?;
        Ok(Self { delivery_id, file, metadata })
    }

    pub(super) fn delivery_id(&self) -> &str {
        &self.delivery_id
    }

    /// What the sender signed.
    pub(super) fn manifest(&self) -> &Manifest {
        self.file.manifest()
    }

    /// The columns as delivered.
    pub(crate) fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> Result<u32, RunError> {
        let rows = self.metadata.metadata().file_metadata().num_rows();
        u32::try_from(rows).map_err(|_| failed()(ParquetError::General("too many rows".to_owned())))
    }

    /// Shows some columns of every row, in order, and decrypts nothing else; nothing is proven of what is shown.
    pub(crate) fn glance(
        &mut self,
        columns: &[&str],
        each: impl FnMut(RecordBatch) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let mask = ProjectionMask::columns(self.metadata.parquet_schema(), columns.iter().copied());
        self.read(&mask, each, |file, group| {
            let wanted = group.columns().iter().enumerate().filter(|(column, _)| mask.leaf_included(*column));
            wanted.map(|(_, chunk)| piece(file, range_of(chunk.byte_range()))).collect()
        })
    }

    /// Shows some columns of every row, in order, and at the end proves that the delivery is to the bit what was accepted.
    pub(crate) fn read_and_prove(
        mut self,
        columns: &[&str],
        each: impl FnMut(RecordBatch) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let mask = ProjectionMask::columns(self.metadata.parquet_schema(), columns.iter().copied());
        let mut end = 0;
        self.read(&mask, each, |file, group| {
            let chunks = || group.columns().iter().map(|chunk| range_of(chunk.byte_range()));
            let first = chunks().map(|chunk| chunk.start).min().unwrap_or(end);
            // From where the last one ended: what is read in order need not be read again to be proven.
            let start = first.min(end);
            end = chunks().map(|chunk| chunk.end).max().unwrap_or(end);
            piece(file, start..end).map(|piece| vec![piece])
        })?;
        self.file.finish().map_err(|reason| broken(&self.delivery_id, reason))
    }

    /// Reads row group by row group; while one is shown the next is decrypted.
    fn read(
        &mut self,
        mask: &ProjectionMask,
        mut each: impl FnMut(RecordBatch) -> Result<(), RunError>,
        mut pieces: impl FnMut(&mut AcceptedFile, &RowGroupMetaData) -> Result<Vec<Piece>, Refusal> + Send,
    ) -> Result<(), RunError> {
        let Self { delivery_id, file, metadata } = self;
        let (length, groups) = (file.bytes(), metadata.metadata().row_groups().iter().enumerate());
        let decrypted = groups.map(|(number, group)| {
            let pieces = pieces(file, group).map_err(|reason| broken(delivery_id, reason))?;
            Ok((number, Pieces { pieces, length }))
        });
        one_ahead(decrypted, |(number, pieces)| {
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(pieces, metadata.clone())
                .with_row_groups(vec![number])
                .with_projection(mask.clone())
                .with_batch_size(ROWS_AT_ONCE)
                .build()
                .map_err(failed())?;
            for batch in reader {
                each(batch.map_err(RunError::arrow("a delivery"))?)?;
            }
            Ok(())
        })
    }
}

/// The type of a text that is read as a number among the texts beside it.
pub(super) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The same columns, each text a [`dictionary`].
pub(super) fn dictionary_types(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 | DataType::Utf8View => Arc::new(Field::clone(field).with_data_type(dictionary())),
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn failed() -> impl FnOnce(ParquetError) -> RunError {
    RunError::parquet("a delivery")
}

fn broken(delivery_id: &str, reason: Refusal) -> RunError {
    RunError::Site(damaged(delivery_id, &[reason]))
}

fn range_of((start, length): (u64, u64)) -> Range<u64> {
    start..start.saturating_add(length)
}

fn piece(file: &mut AcceptedFile, range: Range<u64>) -> Result<Piece, Refusal> {
    let start = range.start;
    file.read(range).map(|bytes| Piece { start, bytes })
}

/// Bytes of a delivery and where they begin in it.
struct Piece {
    start: u64,
    bytes: Bytes,
}

/// The parts of a delivery that one reader needs.
struct Pieces {
    pieces: Vec<Piece>,
    /// That of the whole delivery.
    length: u64,
}

impl Pieces {
    /// What was read from `start` on, of the piece that it lies in.
    fn from(&self, start: u64) -> Result<Bytes, ParquetError> {
        let from = |piece: &Piece| {
            let skipped = usize::try_from(start.checked_sub(piece.start)?).ok()?;
            (skipped < piece.bytes.len()).then(|| piece.bytes.slice(skipped..))
        };
        let missing = || ParquetError::EOF("a page outside the columns that the footer names".to_owned());
        self.pieces.iter().find_map(from).ok_or_else(missing)
    }
}

impl Length for Pieces {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Pieces {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.from(start).map(Buf::reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let from = self.from(start)?;
        let missing = || ParquetError::EOF("a page behind the columns that the footer names".to_owned());
        if length > from.len() { Err(missing()) } else { Ok(from.slice(..length)) }
    }
}
