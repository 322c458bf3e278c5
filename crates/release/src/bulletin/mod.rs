//! The bulletin (公报): what a release says, as one page to read, print and keep, in Chinese and in English.
//!
//! ```text
//! ReleasedTable ──> View (cells by address, this year and the year before)
//!                    ├─> facts     what the text says
//!                    ├─> chart …   where its bars stand, in whole numbers
//!                    └─> grid      the table under it
//!                         └─> page: chapters of `outline`, notes, signatures ──> templates/page.html
//! ```
//!
//! A number on the page is a released value, or is computed from released values alone (a share, a change, a sum over
//! age bands); where one of them is withheld, the number is left out. A bar that has no value has no length either.
//! Restricted tables are dropped before anything else is done, but for the answered clues of `answers`.
//!
//! The charts are templates of their own. What draws charts in Rust computes coordinates in floating point, sets text in
//! a size that a telephone cannot read, and knows neither `title` and `desc` nor a bar without a length.
//!
//! **Invariant:** nothing is read here, neither a file nor the clock: the same tables and [`Edition`] give the same bytes.

mod answers;
mod block;
mod chart;
mod edition;
mod facts;
mod grid;
mod notes;
mod number;
mod outline;
mod page;
mod pyramid;
mod regions;
mod target_page;
mod targets;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub use edition::{Edition, Language, Signatures};
pub use page::bulletin;
