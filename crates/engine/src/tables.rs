use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{MemorySchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::reader::{FileReader, SerializedFileReader};
use datafusion::prelude::SessionContext;

use crate::{EngineError, TableName};

/// Makes `schema.table` the union of these Parquet files, which must have one schema; there must be at least one.
///
/// # Errors
/// [`EngineError::Register`] if a file is missing or is not Parquet, [`EngineError::Path`] for a path that is no URL.
pub async fn register_parquet(
    session: &SessionContext,
    schema: &str,
    table: &str,
    files: &[PathBuf],
) -> Result<(), EngineError> {
    let urls = files.iter().map(file_url).collect::<Result<Vec<_>, _>>()?;
    register_urls(session, (schema, table), urls).await
}

/// [`register_parquet`] of files that lie where the engine reads from ([`crate::Engine::read_from`]), each an absolute path
/// or a URL.
///
/// # Errors
/// Those of [`register_parquet`].
pub async fn register_stored_parquet(
    session: &SessionContext,
    name: &TableName,
    places: &[String],
) -> Result<(), EngineError> {
    let url =
        |place: &String| ListingTableUrl::parse(place).map_err(|_| EngineError::Path { path: PathBuf::from(place) });
    let urls = places.iter().map(url).collect::<Result<Vec<_>, _>>()?;
    register_urls(session, (&name.schema, &name.table), urls).await
}

/// The files of a table that [`register_parquet`] made; `None` for any other.
pub fn parquet_files(table: &dyn TableProvider) -> Option<Vec<PathBuf>> {
    let listing = table.downcast_ref::<ListingTable>()?;
    listing.table_paths().iter().map(|url| url.get_url().to_file_path().ok()).collect()
}

async fn register_urls(
    session: &SessionContext,
    (schema, table): (&str, &str),
    urls: Vec<ListingTableUrl>,
) -> Result<(), EngineError> {
    let failed = failed(schema, table, urls.len());
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .infer_schema(&session.state())
        .await
        .map_err(&failed)?;
    let provider = ListingTable::try_new(config).map_err(&failed)?;
    put(session, schema, table, Arc::new(provider)).map_err(failed)
}

/// How many rows a Parquet file has, as its footer says.
///
/// # Errors
/// [`EngineError::Parquet`] if it is missing or is not Parquet.
pub fn rows_of_parquet(file: &Path) -> Result<u64, EngineError> {
    let failed = |source| EngineError::Parquet { path: file.to_owned(), source };
    let open = File::open(file).map_err(|error| failed(ParquetError::External(Box::new(error))))?;
    let rows = SerializedFileReader::new(open).map_err(failed)?.metadata().file_metadata().num_rows();
    Ok(u64::try_from(rows).unwrap_or_default())
}

/// Makes a table that another session has opened known under the same name in this one.
///
/// # Errors
/// [`EngineError::Register`] if the name is taken.
pub fn register_provider(
    session: &SessionContext,
    name: &TableName,
    provider: Arc<dyn TableProvider>,
) -> Result<(), EngineError> {
    put(session, &name.schema, &name.table, provider).map_err(failed(&name.schema, &name.table, 0))
}

/// A table of rows in memory, in the types of a Parquet table ([`view_types`]), for sessions to register.
///
/// # Errors
/// [`EngineError::Register`] if a text does not fit into a view.
pub fn rows_in_memory(name: &TableName, batch: &RecordBatch) -> Result<Arc<dyn TableProvider>, EngineError> {
    let failed = failed(&name.schema, &name.table, 0);
    let schema = view_types(&batch.schema());
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type())).collect::<Result<Vec<_>, _>>();
    let rows = columns.and_then(|columns| RecordBatch::try_new(Arc::clone(&schema), columns));
    let rows = rows.map_err(|source| failed(source.into()))?;
    MemTable::try_new(schema, vec![vec![rows]]).map(|table| Arc::new(table) as Arc<dyn TableProvider>).map_err(failed)
}

/// Makes `schema.table` another name for a query that has already been planned.
///
/// # Errors
/// [`EngineError::Register`] if the name is taken.
pub fn register_view(session: &SessionContext, schema: &str, table: &str, query: DataFrame) -> Result<(), EngineError> {
    put(session, schema, table, query.into_view()).map_err(failed(schema, table, 0))
}

/// The schema that a Parquet table of these columns has in a query: text is read as views.
pub fn view_types(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => Arc::new(Field::clone(field).with_data_type(DataType::Utf8View)),
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn failed(schema: &str, table: &str, files: usize) -> impl Fn(DataFusionError) -> EngineError {
    move |source| EngineError::Register { schema: schema.to_owned(), table: table.to_owned(), files, source }
}

fn file_url(path: &PathBuf) -> Result<ListingTableUrl, EngineError> {
    let absolute = std::path::absolute(path).map_err(|_| EngineError::Path { path: path.clone() })?;
    absolute
        .to_str()
        .and_then(|text| ListingTableUrl::parse(text).ok())
        .ok_or_else(|| EngineError::Path { path: path.clone() })
}

fn put(
    session: &SessionContext,
    schema: &str,
    table: &str,
    provider: Arc<dyn TableProvider>,
) -> Result<(), DataFusionError> {
    let database = session.state_ref().read().config_options().catalog.default_catalog.clone();
    let catalog = session
        .catalog(&database)
        .ok_or_else(|| DataFusionError::Internal("the default catalog is missing".to_owned()))?;
    if catalog.schema(schema).is_none() {
        catalog.register_schema(schema, Arc::new(MemorySchemaProvider::new()))?;
    }
    session.register_table(TableReference::partial(schema, table), provider).map(|_| ())
}
