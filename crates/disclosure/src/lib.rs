//! Disclosure control of tables: which cells may be published with their value.
//!
//! This is the primary threshold: a cell that rests on 1…k−1 people is suppressed, with every
//! measure it has. Secondary suppression and the audit over margins and years are not here yet,
//! so what it protects stays a `draft` (`release.md`, "Disclosure control").
//!
//! ```
//! use yilian_disclosure::{Cell, Measure, Observed, RawTable, Status, Threshold, Unit};
//!
//! let few = Cell {
//!     dimensions: vec!["150104".into(), "80+".into()],
//!     measures: vec![
//!         Measure { name: "persons".into(), unit: Unit::People, observed: Observed::Known(3) },
//!         Measure { name: "amount".into(), unit: Unit::Other, observed: Observed::Known(90_000) },
//!     ],
//! };
//! let table = RawTable::new("benefit_recipients", vec![few])?.protect(Threshold::of_people(5)?);
//! for measure in table.cells().iter().flat_map(|cell| cell.measures()) {
//!     assert_eq!((measure.status(), measure.value()), (Status::Suppressed, None));
//! }
//! # Ok::<(), yilian_disclosure::DisclosureError>(())
//! ```
//!
//! **Invariant:** no I/O, no clock, no query engine: the same cells and threshold give the same
//! table. A [`Protected`] cell can be made here alone.

mod cell;
mod protect;
mod threshold;

mod attack;
mod audit;
mod group;
mod guard;
mod ledger;
mod pattern;
mod suppress;
mod system;

mod error;
mod rows;

pub use attack::Counts;
pub use audit::{Audit, Exposed, Onlooker, audit};
pub use cell::{Cell, Measure, Observed, RawTable, Unit};
pub use error::DisclosureError;
pub use guard::{Contribution, Dominance, Guard, Reason};
pub use pattern::Pattern;
pub use protect::{Protected, ProtectedMeasure, ProtectedTable, Status, protect};
pub use suppress::{Protection, suppress};
pub use system::{CellId, Fate, PositionId, System, SystemBuilder, VariableId};
pub use threshold::{Threshold, Thresholds};
