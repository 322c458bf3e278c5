use std::io::Write;

use comfy_table::{Cell, CellAlignment, Table};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::writer::{LineDelimited, WriterBuilder as JsonBuilder};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::parquet::arrow::ArrowWriter;
use futures::{Stream, StreamExt};

use crate::error::AccessError;

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// A table for eyes; long answers are cut, and say so.
    #[default]
    Table,
    /// One JSON array of objects, an object a line.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// CSV with a header.
    Csv,
    /// A Parquet file.
    Parquet,
}

/// The rows of an answer, which come as they are written.
pub struct Answer {
    rows: SendableRecordBatchStream,
    shapes: Vec<String>,
}

/// A table for eyes holds no more rows than this.
const ROWS_FOR_EYES: usize = 1_000;

impl Answer {
    pub(crate) fn new(rows: SendableRecordBatchStream, shapes: Vec<String>) -> Self {
        Self { rows, shapes }
    }

    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    /// What was asked of micro data: tables and columns of each shape.
    pub fn shapes(&self) -> &[String] {
        &self.shapes
    }

    /// The rows as they come; an error of running quotes no value.
    pub fn into_batches(self) -> impl Stream<Item = Result<RecordBatch, AccessError>> + Send {
        self.rows.map(|batch| batch.map_err(AccessError::running))
    }

    /// Writes every row (a table for eyes: the first thousand) and returns how many rows there are.
    pub async fn write(self, format: Format, out: &mut dyn Write) -> Result<usize, AccessError> {
        match format {
            Format::Table => self.write_table(out).await,
            Format::Json => self.write_json(out).await,
            Format::JsonLines => self.write_json_lines(out).await,
            Format::Csv => self.write_csv(out).await,
            Format::Parquet => self.write_parquet(out).await,
        }
    }

    async fn write_table(mut self, out: &mut dyn Write) -> Result<usize, AccessError> {
        let schema = self.schema();
        let mut table = new_table();
        table.set_header(schema.fields().iter().map(|field| field.name().clone()));
        let mut rows = 0;
        while let Some(batch) = self.next().await? {
            let shown = batch.num_rows().min(ROWS_FOR_EYES.saturating_sub(rows));
            add_rows(&mut table, &batch.slice(0, shown))?;
            rows += batch.num_rows();
        }
        let said = |source| AccessError::Output { source };
        writeln!(out, "{table}").map_err(said)?;
        let plural = if rows == 1 { "row" } else { "rows" };
        if rows > ROWS_FOR_EYES {
            writeln!(out, "({rows} {plural}, the first {ROWS_FOR_EYES} shown; --csv or --json writes all)")
        } else {
            writeln!(out, "({rows} {plural})")
        }
        .map_err(said)?;
        Ok(rows)
    }

    async fn write_json(mut self, out: &mut dyn Write) -> Result<usize, AccessError> {
        let said = |source| AccessError::Output { source };
        let mut rows = 0;
        while let Some(batch) = self.next().await? {
            let mut lines = Vec::new();
            json_lines(&mut lines, &batch)?;
            for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                out.write_all(if rows == 0 { b"[" } else { b",\n" }).map_err(said)?;
                out.write_all(line).map_err(said)?;
                rows += 1;
            }
        }
        out.write_all(if rows == 0 { b"[]\n" } else { b"]\n" }).map_err(said)?;
        Ok(rows)
    }

    async fn write_json_lines(mut self, out: &mut dyn Write) -> Result<usize, AccessError> {
        let mut rows = 0;
        while let Some(batch) = self.next().await? {
            json_lines(out, &batch)?;
            rows += batch.num_rows();
        }
        Ok(rows)
    }

    async fn write_csv(mut self, out: &mut dyn Write) -> Result<usize, AccessError> {
        let mut writer = WriterBuilder::new().with_header(true).build(out);
        let mut rows = 0;
        // The header stands above no rows, too.
        writer.write(&RecordBatch::new_empty(self.schema())).map_err(|error| unwritten(&error))?;
        while let Some(batch) = self.next().await? {
            writer.write(&batch).map_err(|error| unwritten(&error))?;
            rows += batch.num_rows();
        }
        Ok(rows)
    }

    async fn write_parquet(mut self, out: &mut dyn Write) -> Result<usize, AccessError> {
        let unwritten = |_| AccessError::Execution { kind: "a column has no form in Parquet".to_owned() };
        let mut writer = ArrowWriter::try_new(Vec::new(), self.schema(), None).map_err(unwritten)?;
        let mut rows = 0;
        while let Some(batch) = self.next().await? {
            writer.write(&batch).map_err(unwritten)?;
            rows += batch.num_rows();
        }
        let bytes = writer.into_inner().map_err(unwritten)?;
        out.write_all(&bytes).map_err(|source| AccessError::Output { source })?;
        Ok(rows)
    }

    async fn next(&mut self) -> Result<Option<RecordBatch>, AccessError> {
        self.rows.next().await.transpose().map_err(AccessError::running)
    }
}

/// Nulls are written out, so that every object has the same keys.
fn json_lines(out: &mut dyn Write, batch: &RecordBatch) -> Result<(), AccessError> {
    let mut writer = JsonBuilder::new().with_explicit_nulls(true).build::<_, LineDelimited>(out);
    writer.write(batch).and_then(|()| writer.finish()).map_err(|error| unwritten(&error))
}

/// An empty table in the one style of this program.
pub(crate) fn new_table() -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::UTF8_FULL_CONDENSED);
    table
}

fn add_rows(table: &mut Table, batch: &RecordBatch) -> Result<(), AccessError> {
    let failed = |error: ArrowError| AccessError::running(DataFusionError::from(error));
    let options = FormatOptions::default().with_null("");
    let columns = batch
        .columns()
        .iter()
        .map(|column| {
            ArrayFormatter::try_new(column.as_ref(), &options).map(|text| (text, column.data_type().is_numeric()))
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    for row in 0..batch.num_rows() {
        table.add_row(columns.iter().map(|(text, numeric)| {
            let cell = Cell::new(text.value(row));
            if *numeric { cell.set_alignment(CellAlignment::Right) } else { cell }
        }));
    }
    Ok(())
}

fn unwritten(error: &ArrowError) -> AccessError {
    match error {
        ArrowError::IoError(_, source) => {
            AccessError::Output { source: std::io::Error::new(source.kind(), "output closed") }
        }
        _ => AccessError::Execution { kind: "a column has no such text form".to_owned() },
    }
}
