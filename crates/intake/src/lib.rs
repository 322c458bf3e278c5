//! Turns a department's messy extract into canonical, tokenised rows.
//!
//! [`prepare`] reads a CSV or workbook by its contract, canonicalises and tokenises it with the link
//! key, and writes `data.parquet` (what leaves), `rows.parquet` and `rejects.csv` (what stays).
//! [`inspect`] reads in the same way and only says what it found. Both work on columns of a part of the
//! file at a time, on all cores, in memory that does not grow with the file.
//!
//! **Invariant:** this is the only crate that sees plain identifiers. No error, finding or reject
//! carries a value of a row, only columns, counts and row numbers; nothing but treated rows is written;
//! there is no network code here and no crate of the hub depends on it.
//!
//! ```
//! use chrono::NaiveDate;
//! use yilian_intake::{IdQuality, canonical_id};
//!
//! let end = NaiveDate::from_ymd_opt(2025, 12, 31).unwrap_or_default();
//! let id = canonical_id(" １５９９０１３９１１０４１２３", end);
//! assert_eq!(id.text(), Some("159901193911041234"));
//! assert_eq!(id.quality(), IdQuality::Upgraded15);
//! ```

mod error;
mod problem;
mod progress;

mod canary;
mod canonical;
mod cell;
mod damage;
mod name;

mod finding;
mod finding_kind;
mod reject;
mod source;
mod tables;

mod header;
mod layout;
mod memo;
mod plan;
mod totals;

mod treat;

mod spill;
mod write;

mod inspect;
mod parts;
mod prepare;
mod read_file;
mod reading;
mod spare;

mod spelling;
mod trace;

pub use canary::canary_tokens;
pub use canonical::{CANONICALISER_VERSION, CanonicalId, IdQuality, NoId, canonical_id};
pub use error::{Fault, IntakeError};
pub use finding::{Finding, FindingKind};
pub use inspect::{InspectRequest, Inspection, RejectedCells, inspect};
pub use name::canonical_name;
pub use prepare::{Prepared, Request, prepare};
pub use problem::Problem;
pub use progress::{Progress, Silent, Stage};
pub use reject::Reason;
pub use source::Encoding;
pub use spelling::{day, fen, truth};
pub use trace::{
    PeopleRequest, PersonCells, Plain, RowMap, SourcePlace, SourceRow, SubjectCell, SubjectHeader, SubjectRequest,
    SubjectRow, SubjectRows, SubjectTable, TraceError, is_excluded, people, source_digest, subject_rows,
};
