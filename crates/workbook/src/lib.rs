//! The officer's workbook: the clues of a parcel and the rejected rows as sheets, and the answers read back.
//!
//! [`Book`] holds what an officer is to see, [`Book::to_xlsx`] and [`Book::to_csv`] write it, and [`read`] takes the
//! answers out of a workbook that has been through a spreadsheet program. A clue is a question; every sheet says so on
//! top.
//!
//! ```
//! use yilian_delivery::ClueKind;
//! assert_eq!(yilian_workbook::title(ClueKind::Gap), "疑似应享未享（待核实）");
//! ```
//!
//! **Invariant:** no cell of a workbook is a formula, whatever the extract or the parcel holds. No fault names what
//! stood in a cell, only sheet, row and column. There is no clock, no key and no network here.

mod book;
mod column;
mod decision;
mod returned;

mod cell;
mod sheet;
mod sheet_name;

mod csv_file;
mod xlsx;
mod xlsx_style;

mod answer;
mod fault;
mod filled;
mod grid;
mod judge;

mod error;

pub use answer::{Answer, Answers, Heard};
pub use book::{Book, Entry, OwnRecord};
pub use decision::Decisions;
pub use error::WorkbookError;
pub use fault::{Fault, Place, Wrong};
pub use filled::{Known, Reading, read};
pub use returned::Returned;
pub use sheet_name::title;
