//! Disclosure control of tables: which cells may be published with their value.
//!
//! [`RawTable::protect`] is the primary threshold alone: a cell that rests on 1…k−1 people is suppressed, with every
//! measure it has. What only that protects stays a `draft`.
//!
//! A release is a [`System`]: all of its cells, and the equations between them that everybody knows. [`suppress`] finds
//! which cells must not be published, and [`audit`] attacks the result from every position (`docs/disclosure.md`).
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
//! ```
//! use yilian_disclosure::{Fate, Guard, System, Threshold, audit, suppress};
//!
//! let mut system = System::builder();
//! let five = || Threshold::of_people(5).map(Guard::People);
//! let mut terms = Vec::new();
//! for (name, people) in [("town a", 3), ("town b", 41), ("town c", 19)] {
//!     let cell = system.cell(name, Fate::Open { cost: 1 });
//!     terms.push((1, system.variable(cell, people, five()?)));
//! }
//! let county = system.cell("county", Fate::Fixed);
//! terms.push((-1, system.variable(county, 63, five()?)));
//! system.equation(&terms, 0);
//! let system = system.build()?;
//!
//! assert_eq!(audit(&system, &system.primary()).failing(&system), ["public"]);
//! let protection = suppress(&system)?;
//! assert!(protection.audit().is_clean());
//! assert_eq!(protection.secondary().len(), 1);
//! # Ok::<(), yilian_disclosure::DisclosureError>(())
//! ```
//!
//! **Invariant:** no I/O, no clock, no query engine: the same cells and threshold give the same
//! table, the same system the same pattern. Floating point stands in one module, and nothing is called safe because of it.
//! A [`Protected`] cell can be made here alone.

mod cell;
mod protect;
mod threshold;

mod attack;
mod audit;
mod group;
mod guard;
mod ledger;
mod means;
mod pattern;
mod suppress;
mod system;

mod error;
mod rows;
mod sets;

pub use attack::Counts;
pub use audit::{Audit, Exposed, Onlooker, audit};
pub use cell::{Cell, Measure, Observed, RawTable, Unit};
pub use error::DisclosureError;
pub use guard::{Contribution, Dominance, Guard, Reason};
pub use means::{Means, Progress};
pub use pattern::Pattern;
pub use protect::{Protected, ProtectedMeasure, ProtectedTable, Status, protect};
pub use sets::Sets;
pub use suppress::{Protection, suppress, suppress_with};
pub use system::{CellId, Fate, PositionId, System, SystemBuilder, VariableId};
pub use threshold::{Threshold, Thresholds};
