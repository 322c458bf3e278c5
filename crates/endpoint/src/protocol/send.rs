//! Rows to a client as fast as it reads them.

use std::fmt::Debug;
use std::sync::Arc;

use arrow_pg::datatypes::{arrow_schema_to_pg_fields, encode_recordbatch};
use datafusion::arrow::array::{RecordBatch, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use futures::{Sink, SinkExt, StreamExt, stream};
use pgwire::api::portal::Format;
use pgwire::api::results::{FieldInfo, QueryResponse, SendableRowStream, Tag};
use pgwire::error::{PgWireError, PgWireResult};
use pgwire::messages::PgWireBackendMessage;
use pgwire::messages::data::{DataRow, FieldDescription, RowDescription};
use pgwire::messages::extendedquery::PortalSuspended;

use crate::failure::Failure;
use crate::running::Running;

/// The columns of an answer in the formats that the client asks for.
pub(super) fn columns(schema: &Schema, format: &Format) -> PgWireResult<Arc<Vec<FieldInfo>>> {
    if let Format::Individual(formats) = format
        && formats.len() != schema.fields().len()
    {
        return Err(Failure::new("08P01", "there is not one format for each column").into());
    }
    let fields = arrow_schema_to_pg_fields(schema, format, None)?.into_iter().zip(schema.fields());
    Ok(Arc::new(fields.map(|(info, field)| sized(info, field.data_type())).collect()))
}

/// Says of a decimal how many digits it has.
fn sized(info: FieldInfo, ty: &DataType) -> FieldInfo {
    match ty {
        DataType::Decimal128(precision, scale) => {
            info.with_type_size(-1).with_type_modifier((i32::from(*precision) << 16 | i32::from(*scale)) + 4)
        }
        DataType::Int64 => info.with_type_size(8),
        DataType::Int32 | DataType::Date32 => info.with_type_size(4),
        DataType::Int16 => info.with_type_size(2),
        DataType::Boolean => info.with_type_size(1),
        _ => info.with_type_size(-1),
    }
}

/// A running query as rows of the protocol; a batch is encoded when its first row is asked for.
pub(super) fn rows(running: Running, columns: Arc<Vec<FieldInfo>>) -> QueryResponse {
    let batches = stream::unfold(Some(running), |running| async {
        let mut running = running?;
        match running.next().await {
            Ok(Some(batch)) => Some((Ok(batch), Some(running))),
            Ok(None) => None,
            Err(failure) => Some((Err(failure), None)),
        }
    });
    let fields = Arc::clone(&columns);
    let rows = batches.flat_map(move |batch| -> SendableRowStream {
        match batch {
            Ok(batch) => encoded(Arc::clone(&fields), batch),
            Err(failure) => Box::pin(stream::once(async { Err(failure.into()) })),
        }
    });
    QueryResponse::new(columns, rows)
}

fn encoded(columns: Arc<Vec<FieldInfo>>, batch: RecordBatch) -> SendableRowStream {
    // The encoder's own words may quote a value.
    let unwritable = |_| Failure::new("22000", "a value has no form that the client could read").into();
    let rows = encode_recordbatch(columns, batch).map(move |row: PgWireResult<DataRow>| row.map_err(unwritable));
    Box::pin(stream::iter(rows))
}

/// Names and values as an answer of its own.
pub(super) fn texts(names: &[&str], columns: Vec<Vec<String>>) -> PgWireResult<QueryResponse> {
    let fields: Vec<Field> = names.iter().map(|name| Field::new(*name, DataType::Utf8, false)).collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|column| Arc::new(StringArray::from(column)) as _).collect();
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|error| PgWireError::ApiError(Box::new(error)))?;
    let columns = self::columns(&schema, &Format::UnifiedText)?;
    let rows = encoded(Arc::clone(&columns), batch);
    Ok(QueryResponse::new(columns, rows))
}

/// Whether an answer has more rows than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    All,
    Some,
}

pub(super) async fn description<C>(client: &mut C, columns: &[FieldInfo]) -> PgWireResult<()>
where
    C: Sink<PgWireBackendMessage> + Unpin + Send + Sync,
    C::Error: Debug,
    PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
{
    let columns: Vec<FieldDescription> = columns.iter().map(Into::into).collect();
    client.feed(PgWireBackendMessage::RowDescription(RowDescription::new(columns))).await?;
    Ok(())
}

/// Sends rows, so many or all (0), each when the client has taken those before: nothing is kept here for a slow reader.
pub(super) async fn send<C>(client: &mut C, answer: &mut QueryResponse, most: usize) -> PgWireResult<Sent>
where
    C: Sink<PgWireBackendMessage> + Unpin + Send + Sync,
    C::Error: Debug,
    PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
{
    let mut sent = 0;
    while most == 0 || sent < most {
        let Some(row) = answer.data_rows().next().await else {
            let tag = Tag::new(answer.command_tag()).with_rows(sent);
            client.feed(PgWireBackendMessage::CommandComplete(tag.into())).await?;
            return Ok(Sent::All);
        };
        client.feed(PgWireBackendMessage::DataRow(row?)).await?;
        sent += 1;
    }
    client.feed(PgWireBackendMessage::PortalSuspended(PortalSuspended::new())).await?;
    Ok(Sent::Some)
}
