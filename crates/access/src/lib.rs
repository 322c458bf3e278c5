//! Questions in SQL to the current publication and to the releases of all years, by role.
//!
//! A statistician sees `release.*`, the published tables of all years, and asks `micro.*` through the guard. `statistics.*` of the
//! current run are drafts, for reviewer, release team and operator: beside a release they would tell what it withholds. An operator
//! also `restricted.*`, `hub.*` and `evidence.*`. A table that a
//! role may not see is not registered in its session at all. Only questions are answered: whatever
//! would write, or read a file that no publication names, is refused.
//!
//! ```no_run
//! # async fn example(engine: &yilian_engine::Engine) -> Result<(), yilian_access::AccessError> {
//! use yilian_access::{Access, Format, Readable, Role};
//! let access = Access::open(engine, Role::Statistician, Readable::default()).await?;
//! let answer = access.ask("select * from population").await?;
//! answer.write(Format::Table, &mut std::io::stdout().lock()).await?;
//! # Ok(()) }
//! ```
//!
//! **Invariant:** sessions come from `yilian-engine`; nothing here writes to the store.

mod answer;
mod bounds;
mod catalogue;
mod complete;
mod error;
mod guard;
mod information_schema;
mod micro;
mod pager;
mod prepared;
mod prompt;
mod session;

pub use answer::{Answer, Format};
pub use bounds::check_length;
pub use catalogue::{Catalogue, ColumnNote, Role, TableSource};
pub use error::AccessError;
pub use guard::statements;
pub use micro::{Micro, Refusal};
pub use prepared::{Prepared, Question, Reads};
pub use prompt::{PromptOptions, prompt};
pub use session::{Access, DEFAULT_SCHEMA, Readable};
pub use yilian_micro::MicroError;
