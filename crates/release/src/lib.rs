//! The annual release: what each table is, its cells with all margins, which of them may leave, and the files of a version.
//!
//! A model of `sql/80_release/` counts the finest cells of a table; `<table>.yaml` beside it says what the table is. From
//! both come all margins and levels of region, one system of constraints over all tables, and the files (`release.md`).
//!
//! **Invariant:** no query engine and no row about a person: counted cells come in, and a value leaves only through
//! [`yilian_disclosure`].

mod definition;
mod error;
mod state;
mod table;

pub use definition::{Base, Dimension, Group, Measure, Ratio, TableDefinition, Text, Timing, Unit};
pub use error::ReleaseError;
pub use state::{Finality, ReleaseState, STATE_FILE, Signature, SigningOffice, Stage, versions};
pub use table::{Region, RegionLevel, ReleasedRow, ReleasedTable};
