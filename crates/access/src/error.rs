use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use yilian_engine::{EngineError, QueryFailure};
use yilian_micro::MicroError;

use crate::catalogue::{Role, nearest};
use crate::micro::Refusal;

/// Why a question has no answer; no message holds a value of a row.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// The text does not parse, or asks for something SQL cannot say here.
    #[error("the query cannot be understood: {reason}")]
    Query {
        /// The parser's or planner's words, which speak of the query alone.
        reason: String,
    },
    /// The statement would change something, or read what no publication names.
    #[error("only questions are answered (SELECT, EXPLAIN, SHOW, DESCRIBE), not {statement}")]
    NotAQuestion {
        /// `COPY`, `CREATE`, …
        statement: String,
    },
    /// A text that is too long to be planned.
    #[error("the statement has {words} words and signs, more than the {most} that are planned")]
    TooLong {
        /// Names, words and signs.
        words: usize,
        /// The limit.
        most: usize,
    },
    /// More than one statement.
    #[error("one statement at a time")]
    SeveralStatements,
    /// No table of that name in the publication.
    #[error("there is no table {name}")]
    UnknownTable {
        /// As written.
        name: String,
        /// The most similar table.
        nearest: Option<String>,
    },
    /// The table is there, and not for this role.
    #[error("table {name} is not for the role {role}")]
    NotForRole {
        /// `schema.table`.
        name: String,
        /// Who asked.
        role: Role,
    },
    /// No column of that name in the tables of the query.
    #[error("there is no column {name}")]
    UnknownColumn {
        /// As written.
        name: String,
        /// The most similar column.
        nearest: Option<String>,
        /// All columns that could be meant.
        valid: Vec<String>,
    },
    /// The guard of `micro.*` refuses the question.
    #[error("{0}")]
    Refused(Refusal),
    /// People cannot be counted.
    #[error(transparent)]
    Micro(#[from] MicroError),
    /// Another number of values than the question has parameters.
    #[error("the question has {expected} parameters, and {given} values were given")]
    Parameters {
        /// Parameters.
        expected: usize,
        /// Values.
        given: usize,
    },
    /// A value that has no form in the type of its parameter.
    #[error("the value of parameter ${number} is no {ty}")]
    Parameter {
        /// Of the parameter.
        number: usize,
        /// Its type.
        ty: String,
    },
    /// The query needs more memory than it may have.
    #[error("the query needs more memory than it may have")]
    Memory,
    /// The query failed on the data; the engine's words are withheld, for they may quote a value.
    #[error("the query failed while it ran: {kind}")]
    Execution {
        /// What kind of failure.
        kind: String,
    },
    /// The publication's files cannot be read.
    #[error("the tables of the publication cannot be opened")]
    Tables {
        /// The engine's reason.
        #[source]
        source: EngineError,
    },
    /// The answer could not be written, or the prompt not be read.
    #[error("the answer could not be written")]
    Output {
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
}

impl AccessError {
    /// What to do about it, for the line after `hint:`.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownTable { nearest, .. } => Some(match nearest {
                Some(nearest) => format!("did you mean {nearest}? \\d lists the tables"),
                None => "\\d lists the tables".to_owned(),
            }),
            Self::UnknownColumn { nearest: Some(nearest), .. } => Some(format!("did you mean {nearest}?")),
            Self::UnknownColumn { valid, .. } if !valid.is_empty() => {
                Some(format!("the columns are {}", valid.join(", ")))
            }
            Self::NotForRole { name, .. } => {
                let schema = name.split('.').next().unwrap_or_default();
                let seeing = Role::ALL.into_iter().filter(|role| role.sees(schema)).map(Role::as_str);
                Some(format!("it is for the roles {}: yilian sql --as ROLE", seeing.collect::<Vec<_>>().join(", ")))
            }
            Self::TooLong { .. } => Some("write column in (…) instead of many conditions, or ask in parts".to_owned()),
            Self::Refused(refusal) => Some(refusal.hint.clone()).filter(|hint| !hint.is_empty()),
            Self::Micro(error) => error.hint(),
            Self::Memory => Some("ask for fewer rows or columns, or raise memory_limit in site.yaml".to_owned()),
            Self::Execution { .. } => {
                Some("a cast or a division fails on some rows; try_cast and nullif help".to_owned())
            }
            _ => None,
        }
    }

    /// Whether the question is at fault, not the data or the machine.
    pub fn is_the_askers(&self) -> bool {
        match self {
            Self::Micro(error) => !error.is_the_hubs(),
            Self::Memory | Self::Execution { .. } | Self::Tables { .. } | Self::Output { .. } => false,
            _ => true,
        }
    }

    /// Sorts an error of planning, whose words speak of the query alone.
    pub(crate) fn planning(error: &DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
                SchemaError::FieldNotFound { field, valid_fields } => {
                    let valid: Vec<String> = valid_fields.iter().map(|column| column.name().to_owned()).collect();
                    Self::UnknownColumn {
                        name: field.name().to_owned(),
                        nearest: nearest(field.name(), valid.iter().cloned()),
                        valid,
                    }
                }
                other => Self::Query { reason: other.to_string() },
            },
            DataFusionError::Collection(errors) => {
                errors.first().map_or_else(|| Self::Query { reason: error.strip_backtrace() }, Self::planning)
            }
            root => Self::Query { reason: root.message().into_owned() },
        }
    }

    /// Sorts an error that comes before the first row: of the plan, or, where a constant was computed, of a value.
    pub(crate) fn starting(error: DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::SchemaError(..) | DataFusionError::Collection(_) => Self::planning(&error),
            _ => Self::running(error),
        }
    }

    /// Sorts an error of execution, whose words may quote a row.
    pub(crate) fn running(error: DataFusionError) -> Self {
        let failure = QueryFailure::from(error);
        if failure.is_lack_of_memory() { Self::Memory } else { Self::Execution { kind: failure.to_string() } }
    }
}
