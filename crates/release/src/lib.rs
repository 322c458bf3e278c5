//! The annual release: what each table is, its cells with all margins, which of them may leave, and the files of a version.
//!
//! A model of `sql/80_release/` counts the finest cells of a table; `<table>.yaml` beside it says what the table is. From
//! both come all margins and levels of region, one system of constraints over all tables, and the files (`release.md`).
//!
//! Definitions and [`Annual`] are data; [`FinestCells`] come in; [`Areas`] says which regions stand alone; [`Cube`] has every
//! cell of the [`Plan`]; [`Constraints`] says what follows from what; with a fate for each cell [`release`] gives the tables.
//!
//! **Invariant:** no query engine and no row about a person: counted cells come in, and a value leaves only through
//! [`yilian_disclosure`].

mod annual;
mod areas;
mod before;
mod block;
mod bulletin;
mod cell;
mod check;
mod coarsen;
mod constraints;
mod counted;
mod cube;
mod definition;
mod definitions;
mod dossier;
mod earlier;
mod error;
mod files;
mod finest;
mod layout;
mod links;
mod lookup;
mod make;
mod operators;
mod plan;
mod protect;
mod rates;
mod ratio;
mod release;
mod sealed;
mod select;
mod slots;
mod state;
mod table;
mod tally;
mod totals;

pub use annual::{
    Annual, EarlierReleases, Finality, Link, MonthDay, OnceSuppressed, Rate, Relation, SmallAreas, SmallChanges,
};
pub use areas::{Areas, AreasInput};
pub use before::{Before, Changes, TableChanges};
pub use bulletin::{Edition, Language, Signatures, bulletin};
pub use cell::{Cell, Role, Value};
pub use constraints::{Added, Constraints, Equation, Kind, Term};
pub use counted::finest_cells;
pub use cube::{CellId, Cube, CubeInput};
pub use definition::{Base, Dimension, Group, Measure, Ratio, TableDefinition, Text, Timing, Unit};
pub use definitions::TableDefinitions;
pub use dossier::{DeliveryLine, Origin};
pub use earlier::{Earlier, EarlierVersion, Recount, Told};
pub use error::{Fault, ReleaseError};
pub use files::{
    Difference, FilesError, Found, FoundIn, Marker, Markers, RowDefect, SUMS, SUMS_SIGNATURE, Scan, Version, Written,
    scan, verify_sums, write_sums, write_version,
};
pub use finest::FinestCells;
pub use lookup::{Number, Place, find_number};
pub use make::{Made, PUBLIC, RESTRICTED, SEALED, YearInput, make_version};
pub use operators::{Contributions, Operators};
pub use plan::{Detail, Exception, Plan};
pub use protect::{Protection, ProtectionInput, protect};
pub use rates::PublicRates;
pub use release::{Coarser, Lost, Release, release};
pub use sealed::Why;
pub use select::Select;
pub use state::{STATE_FILE, Signature, SigningOffice, Stage, VersionState, versions};
pub use table::{Region, RegionLevel, ReleasedRow, ReleasedTable};
pub use yilian_disclosure::{Means, Progress};
