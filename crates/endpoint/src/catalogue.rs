//! The catalogue of PostgreSQL over the tables of one role, with what people say of tables and columns as comments.
//!
//! The tables of a role do not change while it reads them: every table of the catalogue is worked out once.

mod comments;
mod functions;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::{Array, AsArray, Float64Array, Int32Array, RecordBatch, new_null_array};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use datafusion::catalog::{CatalogProviderList, MemTable, SchemaProvider, TableProvider};
use datafusion::common::TableReference;
use datafusion::datasource::TableType;
use datafusion::error::DataFusionError;
use datafusion_pg_catalog::pg_catalog::catalog_info::CatalogInfo;
use datafusion_pg_catalog::pg_catalog::context::{PgCatalogContextProvider, Role as PgRole};
use datafusion_pg_catalog::pg_catalog::{PgCatalogSchemaProvider, PgCatalogStaticTables, setup_pg_catalog};
use yilian_access::{Access, DEFAULT_SCHEMA, Role, TableSource};
use yilian_engine::DATABASE;

use crate::readers::SourceError;
use comments::Comments;
use functions::Numbers;
pub(crate) use functions::VERSION;

const PG_CATALOG: &str = "pg_catalog";
/// Worked out once, because they depend on the tables of the role.
const FIXED: [&str; 6] = ["pg_class", "pg_namespace", "pg_attribute", "pg_database", "pg_tables", "pg_roles"];

/// Adds the catalogue to what a role sees.
pub(crate) async fn describe(access: &mut Access) -> Result<(), SourceError> {
    let role = access.catalogue().role();
    let roles = Roles(role);
    setup_pg_catalog(access.session(), DATABASE, roles).map_err(|error| *error)?;
    let databases = Arc::clone(access.session().state().catalog_list());
    let visible = Visible { databases, schemas: schemas(role) };
    let statics = Arc::new(PgCatalogStaticTables::try_new()?);
    let inner = PgCatalogSchemaProvider::try_new(visible, statics, roles)?;

    let mut batches = BTreeMap::new();
    for name in FIXED {
        batches.insert(name, rows_of(access, &inner, name).await?);
    }
    let sources = access.catalogue().tables().to_vec();
    let relations = Relations::read(&batches)?;
    adjust(&mut batches, &relations, &sources, access).await?;
    let types = rows_of(access, &inner, "pg_type").await?;
    let types = texts(&types, "typname")?.into_iter().zip(numbers(&types, "oid")?).collect();
    let numbers = Numbers { types, tables: relations.named() };
    let comments = Comments::new(&relations, &sources, &batches)?;
    batches.insert("pg_description", comments.table(&relations)?);

    let fixed = batches.into_iter().map(|(name, batch)| {
        let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
        Ok((name, Arc::new(table) as Arc<dyn TableProvider>))
    });
    let fixed = fixed.collect::<Result<BTreeMap<_, _>, DataFusionError>>()?;
    access.add_system_schema(PG_CATALOG, Arc::new(PgCatalog { inner, fixed }))?;
    access.add_functions(functions::all(role, comments, numbers));
    Ok(())
}

/// The schemas of a role, then those that describe them.
fn schemas(role: Role) -> Vec<String> {
    role.schemas().iter().copied().chain(["information_schema", PG_CATALOG]).map(str::to_owned).collect()
}

async fn rows_of(access: &Access, schema: &impl SchemaProvider, name: &str) -> Result<RecordBatch, DataFusionError> {
    let missing = || DataFusionError::Internal(format!("the catalogue has no {name}"));
    let table = schema.table(name).await?.ok_or_else(missing)?;
    let columns = table.schema();
    let batches = access.session().read_table(table)?.collect().await?;
    let rows = datafusion::arrow::compute::concat_batches(&columns, &batches)?;
    Ok(rows)
}

/// The numbers of tables and schemas.
pub(crate) struct Relations(BTreeMap<(String, String), i32>);

impl Relations {
    fn read(batches: &BTreeMap<&str, RecordBatch>) -> Result<Self, DataFusionError> {
        let namespaces = batches.get("pg_namespace").ok_or_else(|| lacking("pg_namespace"))?;
        let schemas: BTreeMap<i32, String> =
            numbers(namespaces, "oid")?.into_iter().zip(texts(namespaces, "nspname")?).collect();
        let classes = batches.get("pg_class").ok_or_else(|| lacking("pg_class"))?;
        let rows = numbers(classes, "oid")?.into_iter().zip(numbers(classes, "relnamespace")?);
        let rows = rows.zip(texts(classes, "relname")?);
        let named = rows.filter_map(|((oid, schema), table)| Some(((schemas.get(&schema)?.clone(), table), oid)));
        Ok(Self(named.collect()))
    }

    /// By `schema.table`, and by name alone in `statistics`.
    fn named(&self) -> BTreeMap<String, i32> {
        let full = self.0.iter().map(|((schema, table), oid)| (format!("{schema}.{table}"), *oid));
        let own = self.0.iter().filter(|((schema, _), _)| schema == DEFAULT_SCHEMA || schema == PG_CATALOG);
        own.map(|((_, table), oid)| (table.clone(), *oid)).chain(full).collect()
    }

    pub(crate) fn of(&self, schema: &str, table: &str) -> Option<i32> {
        self.0.get(&(schema.to_owned(), table.to_owned())).copied()
    }
}

/// Says what the engine cannot know: rows of each table, precision of each decimal; and leaves out other databases.
async fn adjust(
    batches: &mut BTreeMap<&'static str, RecordBatch>,
    relations: &Relations,
    sources: &[TableSource],
    access: &Access,
) -> Result<(), DataFusionError> {
    let mut rows = BTreeMap::new();
    let mut precisions = BTreeMap::new();
    for source in sources {
        let Some(oid) = relations.of(&source.schema, &source.table) else { continue };
        rows.insert(oid, source.rows);
        let name = TableReference::full(DATABASE, source.schema.as_str(), source.table.as_str());
        for (place, field) in access.session().table_provider(name).await?.schema().fields().iter().enumerate() {
            if let DataType::Decimal128(precision, scale) = field.data_type() {
                let number = i16::try_from(place + 1).unwrap_or_default();
                // As PostgreSQL packs them: both after four bytes of a length.
                precisions.insert((oid, number), (i32::from(*precision) << 16 | i32::from(*scale)) + 4);
            }
        }
    }
    if let Some(classes) = batches.get_mut("pg_class") {
        let oids = numbers(classes, "oid")?;
        #[expect(clippy::cast_precision_loss, reason = "the column is a float and an estimate")]
        let counts = oids.iter().map(|oid| rows.get(oid).map_or(-1.0, |rows| *rows as f64));
        *classes = with_column(classes, "reltuples", Arc::new(counts.collect::<Float64Array>()))?;
        for name in ["reloptions", "relacl"] {
            *classes = with_empty_list(classes, name)?;
        }
    }
    if let Some(columns) = batches.get_mut("pg_attribute") {
        let numbered = columns.column_by_name("attnum").ok_or_else(|| lacking("attnum"))?;
        let numbered = numbered.as_primitive::<datafusion::arrow::datatypes::Int16Type>();
        let keys = numbers(columns, "attrelid")?.into_iter().zip(numbered.values().iter().copied());
        let modifiers: Int32Array = keys.map(|key| precisions.get(&key).copied().unwrap_or(-1)).collect();
        *columns = with_column(columns, "atttypmod", Arc::new(modifiers))?;
    }
    if let Some(databases) = batches.get_mut("pg_database") {
        let ours = texts(databases, "datname")?.iter().map(|name| Some(name == DATABASE)).collect();
        *databases = filter_record_batch(databases, &ours)?;
    }
    Ok(())
}

fn with_column(batch: &RecordBatch, name: &str, column: Arc<dyn Array>) -> Result<RecordBatch, DataFusionError> {
    let place = batch.schema().index_of(name)?;
    let mut columns = batch.columns().to_vec();
    if let Some(old) = columns.get_mut(place) {
        *old = column;
    }
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}

/// Adds a list of texts that no row has.
fn with_empty_list(batch: &RecordBatch, name: &str) -> Result<RecordBatch, DataFusionError> {
    let ty = DataType::new_list(DataType::Utf8, true);
    let column = new_null_array(&ty, batch.num_rows());
    let fields =
        batch.schema().fields().iter().cloned().chain([Arc::new(Field::new(name, ty, true))]).collect::<Vec<_>>();
    let columns = batch.columns().iter().cloned().chain([column]).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

fn numbers(batch: &RecordBatch, name: &str) -> Result<Vec<i32>, DataFusionError> {
    let column = batch.column_by_name(name).ok_or_else(|| lacking(name))?;
    let column = datafusion::arrow::compute::cast(column, &DataType::Int32)?;
    Ok(column.as_primitive::<Int32Type>().values().to_vec())
}

fn texts(batch: &RecordBatch, name: &str) -> Result<Vec<String>, DataFusionError> {
    let column = batch.column_by_name(name).ok_or_else(|| lacking(name))?;
    let column = datafusion::arrow::compute::cast(column, &DataType::Utf8)?;
    Ok(column.as_string::<i32>().iter().map(|text| text.unwrap_or_default().to_owned()).collect())
}

fn lacking(name: &str) -> DataFusionError {
    DataFusionError::Internal(format!("the catalogue has no {name}"))
}

/// `pg_catalog`: what does not depend on the role comes from the export of a PostgreSQL.
#[derive(Debug)]
struct PgCatalog {
    inner: PgCatalogSchemaProvider<Visible, Roles>,
    fixed: BTreeMap<&'static str, Arc<dyn TableProvider>>,
}

#[async_trait]
impl SchemaProvider for PgCatalog {
    fn table_names(&self) -> Vec<String> {
        self.inner.table_names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>, DataFusionError> {
        match self.fixed.get(name) {
            Some(table) => Ok(Some(Arc::clone(table))),
            None => self.inner.table(name).await,
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.inner.table_exist(name)
    }
}

/// The schemas of one role in a fixed order, so that a table has the same number in every connection.
#[derive(Debug, Clone)]
struct Visible {
    databases: Arc<dyn CatalogProviderList>,
    schemas: Vec<String>,
}

impl Visible {
    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        self.schemas.iter().any(|schema| schema == name).then(|| self.databases.catalog(DATABASE)?.schema(name))?
    }
}

#[async_trait]
impl CatalogInfo for Visible {
    async fn catalog_names(&self) -> Result<Vec<String>, DataFusionError> {
        Ok(vec![DATABASE.to_owned()])
    }

    async fn schema_names(&self, _: &str) -> Result<Option<Vec<String>>, DataFusionError> {
        Ok(Some(self.schemas.clone()))
    }

    async fn table_names(&self, _: &str, schema: &str) -> Result<Option<Vec<String>>, DataFusionError> {
        let mut names = self.schema(schema).map(|schema| schema.table_names()).unwrap_or_default();
        names.sort();
        Ok(Some(names))
    }

    async fn table_schema(&self, _: &str, schema: &str, table: &str) -> Result<Option<SchemaRef>, DataFusionError> {
        let Some(schema) = self.schema(schema) else { return Ok(None) };
        Ok(schema.table(table).await?.map(|table| table.schema()))
    }

    async fn table_type(&self, _: &str, schema: &str, table: &str) -> Result<Option<TableType>, DataFusionError> {
        let Some(schema) = self.schema(schema) else { return Ok(None) };
        schema.table_type(table).await
    }
}

/// One role, which is the only one that its readers hear of.
#[derive(Debug, Clone, Copy)]
struct Roles(Role);

#[async_trait]
impl PgCatalogContextProvider for Roles {
    async fn roles(&self) -> Vec<String> {
        vec![self.0.as_str().to_owned()]
    }

    async fn role(&self, name: &str) -> Option<PgRole> {
        (name == self.0.as_str()).then(|| PgRole {
            name: name.to_owned(),
            is_superuser: false,
            can_login: true,
            can_create_db: false,
            can_create_role: false,
            can_create_user: false,
            can_replication: false,
            grants: Vec::new(),
            inherited_roles: Vec::new(),
        })
    }
}
