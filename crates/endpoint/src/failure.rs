//! Errors in the words and codes of PostgreSQL; none holds a value of a row.

use pgwire::error::{ErrorInfo, PgWireError};
use yilian_access::{AccessError, MicroError};

/// An error that a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// SQLSTATE.
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    severity: Severity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Severity {
    /// The statement ends.
    Error,
    /// The connection ends.
    Fatal,
}

pub(crate) const REFUSED: &str = "42501";
pub(crate) const UNSUPPORTED: &str = "0A000";
pub(crate) const CANCELLED: &str = "57014";
pub(crate) const SHUT_DOWN: &str = "57P01";

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, severity: Severity::Error }
    }

    pub(crate) fn fatal(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Fatal, ..Self::new(code, message) }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Of a question that has no answer.
    pub(crate) fn of(error: &AccessError) -> Self {
        if matches!(error, AccessError::Micro(error) if error.is_the_hubs()) {
            // Its words name folders of the hub.
            return Self::unpublished();
        }
        let code = match error {
            AccessError::Query { .. } | AccessError::SeveralStatements => "42601",
            AccessError::NotAQuestion { .. } | AccessError::NotForRole { .. } | AccessError::Refused(_) => REFUSED,
            AccessError::TooLong { .. } | AccessError::Micro(MicroError::TooManyCells { .. }) => "54000",
            AccessError::UnknownTable { .. } => "42P01",
            AccessError::UnknownColumn { .. } => "42703",
            AccessError::Parameters { .. } => "08P01",
            AccessError::Parameter { .. } => "22P02",
            AccessError::Memory => "53200",
            AccessError::Execution { .. } => "22000",
            AccessError::Tables { .. } | AccessError::Output { .. } | AccessError::Micro(_) => "58030",
            _ => "XX000",
        };
        let hint = match error {
            // Its own hint names a flag of another program.
            AccessError::NotForRole { .. } | AccessError::UnknownTable { nearest: None, .. } => None,
            AccessError::UnknownTable { nearest: Some(nearest), .. } => Some(format!("did you mean {nearest}?")),
            AccessError::NotAQuestion { .. } => Some("the tables are made by the hub and are for reading".to_owned()),
            other => other.hint(),
        };
        Self { code, message: error.to_string(), hint, severity: Severity::Error }
    }

    /// The tables cannot be read at all; the reason, which may name folders, is on the operator's console.
    pub(crate) fn unpublished() -> Self {
        Self::new("58030", "the published tables cannot be read now")
            .hint("the reason stands on the console of the endpoint; tell its operator")
    }

    pub(crate) fn ours() -> Self {
        Self::new("XX000", "the query failed for a reason that is our fault")
    }

    pub(crate) fn too_much_memory(bytes: usize) -> Self {
        Self::new("53200", format!("the query needs more memory than the {} that one query may have", amount(bytes)))
            .hint("ask for fewer rows, columns or groups")
    }

    pub(crate) fn too_many_rows(rows: u64) -> Self {
        Self::new("54000", format!("the answer has more than the {rows} rows that one answer may have"))
            .hint("add a condition or a LIMIT, or count and sum instead")
    }

    pub(crate) fn too_long(seconds: u64) -> Self {
        Self::new(CANCELLED, format!("the query took longer than the {seconds} s that it may take, and was ended"))
            .hint("ask for less at once")
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(CANCELLED, "the query was cancelled")
    }

    pub(crate) fn shut_down() -> Self {
        Self::fatal(SHUT_DOWN, "the endpoint is being shut down")
    }
}

/// Bytes as people read them.
fn amount(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{bytes} bytes"),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

impl From<Failure> for PgWireError {
    fn from(failure: Failure) -> Self {
        let severity = match failure.severity {
            Severity::Error => "ERROR",
            Severity::Fatal => "FATAL",
        };
        let mut info = ErrorInfo::new(severity.to_owned(), failure.code.to_owned(), failure.message);
        info.severity_nonlocalized = Some(severity.to_owned());
        info.hint = failure.hint;
        Self::UserError(Box::new(info))
    }
}
