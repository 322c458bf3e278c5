//! Questions in SQL to the current publication and to the releases of all years, by role.
//!
//! A statistician sees `release.*`, the published tables of all years, and `statistics.*` of the current run; an operator
//! also `restricted.*`, `hub.*` and `evidence.*`. A table that a
//! role may not see is not registered in its session at all. Only questions are answered: whatever
//! would write, or read a file that no publication names, is refused.
//!
//! ```no_run
//! # async fn example(engine: &yilian_engine::Engine) -> Result<(), yilian_access::AccessError> {
//! use yilian_access::{Access, Format, Role};
//! let access = Access::open(engine, Role::Statistician, Vec::new()).await?;
//! let answer = access.ask("select * from population").await?;
//! answer.write(Format::Table, &mut std::io::stdout().lock()).await?;
//! # Ok(()) }
//! ```
//!
//! **Invariant:** sessions come from `yilian-engine`; nothing here writes to the store.

mod answer;
mod catalogue;
mod complete;
mod error;
mod guard;
mod information_schema;
mod prepared;
mod prompt;
mod session;

pub use answer::{Answer, Format};
pub use catalogue::{Catalogue, ColumnNote, Role, TableSource};
pub use error::AccessError;
pub use guard::statements;
pub use prepared::{Prepared, Question, Reads};
pub use prompt::{PromptOptions, prompt};
pub use session::Access;
