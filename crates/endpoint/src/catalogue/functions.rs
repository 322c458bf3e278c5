//! Functions that clients ask with when they connect. None reads a file, a setting of the machine or another connection.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int32Array, ListArray, StringArray, new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use yilian_access::{DEFAULT_SCHEMA, Role};

use super::comments::Comments;
use crate::settings::Settings;

/// What clients read as the server's version; the catalogue is that of this PostgreSQL.
pub(crate) const VERSION: &str = "16.6";

type Answer = dyn Fn(&[ArrayRef], usize) -> Result<ArrayRef, DataFusionError> + Send + Sync;

/// One function by name, number of arguments and a plain answer for all rows of a batch.
struct Function {
    name: &'static str,
    signature: Signature,
    returns: DataType,
    answer: Box<Answer>,
}

/// Every function of the catalogue that is ours, for one role.
pub(super) fn all(role: Role, comments: Comments, numbers: Numbers) -> Vec<ScalarUDF> {
    let (columns, objects) = (comments.clone(), comments);
    let schemas: Vec<String> = super::schemas(role);
    let mut all = vec![
        text("version", &[0], |_, _| Some(format!("PostgreSQL {VERSION} (yilian {})", env!("CARGO_PKG_VERSION")))),
        text("current_schema", &[0], |_, _| Some(DEFAULT_SCHEMA.to_owned())),
        text("session_user", &[0], move |_, _| Some(role.as_str().to_owned())),
        text("pg_get_userbyid", &[1], |_, _| Some("yilian".to_owned())),
        text("obj_description", &[1, 2], move |arguments, row| {
            objects.of(number(arguments.first()?, row)?, 0).map(str::to_owned)
        }),
        text("col_description", &[2], move |arguments, row| {
            let place = number(arguments.get(1)?, row)?;
            // Place 0 is the table's own comment, which is no column's.
            columns.of(number(arguments.first()?, row)?, place).filter(|_| place > 0).map(str::to_owned)
        }),
        text("shobj_description", &[2], |_, _| None),
        text("current_setting", &[1, 2], |arguments, row| {
            Settings::default().get(&word(arguments.first()?, row)?).map(str::to_owned)
        }),
        text("set_config", &[3], |arguments, row| word(arguments.get(1)?, row)),
        text("pg_size_pretty", &[1], |arguments, row| Some(format!("{} bytes", number(arguments.first()?, row)?))),
    ];
    all.extend(without_answer());
    all.push(number_of("to_regtype", numbers.types));
    all.push(number_of("to_regclass", numbers.tables));
    // Sizes of files are the machine's.
    for name in ["pg_table_size", "pg_indexes_size", "pg_database_size", "pg_tablespace_size"] {
        all.push(function(name, &[1], DataType::Int64, |_, rows| Ok(new_null_array(&DataType::Int64, rows))));
    }
    all.push(current_schemas(schemas));
    all
}

/// Functions about what no table here has, and about rights, which are those of the role.
fn without_answer() -> Vec<ScalarUDF> {
    let mut all = Vec::new();
    for name in [
        "pg_get_viewdef",
        "pg_get_indexdef",
        "pg_get_ruledef",
        "pg_get_triggerdef",
        "pg_get_functiondef",
        "pg_get_function_result",
        "pg_get_function_arguments",
        "pg_get_function_identity_arguments",
        "pg_get_serial_sequence",
        "pg_tablespace_location",
        "inet_server_addr",
        "pg_get_partition_constraintdef",
    ] {
        all.push(text(name, &[0, 1, 2, 3], |_, _| None));
    }
    for (name, is) in [
        ("pg_is_in_recovery", false),
        ("pg_type_is_visible", true),
        ("pg_function_is_visible", true),
        ("pg_operator_is_visible", true),
        ("pg_collation_is_visible", true),
        ("pg_opclass_is_visible", true),
        ("has_column_privilege", true),
        ("has_function_privilege", true),
        ("has_language_privilege", true),
        ("has_sequence_privilege", false),
        ("has_tablespace_privilege", false),
        ("pg_has_role", true),
        ("pg_is_other_temp_schema", false),
        ("row_security_active", false),
    ] {
        all.push(yes_or_no(name, is));
    }
    all
}

fn text(
    name: &'static str,
    arguments: &[usize],
    answer: impl Fn(&[StringArray], usize) -> Option<String> + Send + Sync + 'static,
) -> ScalarUDF {
    let answer = move |columns: &[ArrayRef], rows: usize| {
        let texts = columns.iter().map(|column| Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone()));
        let texts = texts.collect::<Result<Vec<_>, DataFusionError>>()?;
        Ok(Arc::new((0..rows).map(|row| answer(&texts, row)).collect::<StringArray>()) as ArrayRef)
    };
    function(name, arguments, DataType::Utf8, answer)
}

/// The numbers of types and tables by name.
pub(super) struct Numbers {
    pub(super) types: BTreeMap<String, i32>,
    pub(super) tables: BTreeMap<String, i32>,
}

fn number_of(name: &'static str, numbers: BTreeMap<String, i32>) -> ScalarUDF {
    let answer = move |columns: &[ArrayRef], _: usize| {
        let names = columns.first().map(|column| cast(column, &DataType::Utf8)).transpose()?;
        let names = names.unwrap_or_else(|| new_null_array(&DataType::Utf8, 1));
        let number = |name: Option<&str>| numbers.get(name?.trim_start_matches("pg_catalog.")).copied();
        Ok(Arc::new(names.as_string::<i32>().iter().map(number).collect::<Int32Array>()) as ArrayRef)
    };
    function(name, &[1], DataType::Int32, answer)
}

fn yes_or_no(name: &'static str, is: bool) -> ScalarUDF {
    let answer = move |_: &[ArrayRef], rows: usize| Ok(Arc::new(BooleanArray::from(vec![is; rows])) as ArrayRef);
    function(name, &[0, 1, 2, 3, 4], DataType::Boolean, answer)
}

/// `current_schemas(with those that describe)`: every schema of the role, for each of its tables is found by clients.
fn current_schemas(schemas: Vec<String>) -> ScalarUDF {
    let item = Arc::new(Field::new("item", DataType::Utf8, true));
    let returns = DataType::List(Arc::clone(&item));
    let answer = move |columns: &[ArrayRef], rows: usize| {
        let implicit = columns.first().map(|column| cast(column, &DataType::Boolean)).transpose()?;
        let with_all = implicit.is_some_and(|all| !all.is_empty() && all.as_boolean().value(0));
        let shown =
            schemas.iter().filter(|name| with_all || !matches!(name.as_str(), "pg_catalog" | "information_schema"));
        let names: Vec<&String> = shown.collect();
        let values = StringArray::from_iter_values(names.repeat(rows));
        let offsets = OffsetBuffer::from_repeated_length(names.len(), rows);
        Ok(Arc::new(ListArray::try_new(Arc::clone(&item), offsets, Arc::new(values), None)?) as ArrayRef)
    };
    function("current_schemas", &[1], returns, answer)
}

fn function(
    name: &'static str,
    arguments: &[usize],
    returns: DataType,
    answer: impl Fn(&[ArrayRef], usize) -> Result<ArrayRef, DataFusionError> + Send + Sync + 'static,
) -> ScalarUDF {
    let signatures = arguments.iter().map(|count| match count {
        0 => TypeSignature::Nullary,
        count => TypeSignature::Any(*count),
    });
    let signature = Signature::one_of(signatures.collect(), Volatility::Stable);
    ScalarUDF::from(Function { name, signature, returns, answer: Box::new(answer) })
}

fn number(column: &StringArray, row: usize) -> Option<i64> {
    word(column, row)?.parse().ok()
}

fn word(column: &StringArray, row: usize) -> Option<String> {
    column.is_valid(row).then(|| column.value(row).to_owned())
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue, DataFusionError> {
        let rows = arguments.number_rows;
        let columns = arguments.args.iter().map(|value| value.to_array(rows)).collect::<Result<Vec<_>, _>>()?;
        (self.answer)(&columns, rows).map(ColumnarValue::Array)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.name.hash(hasher);
    }
}
