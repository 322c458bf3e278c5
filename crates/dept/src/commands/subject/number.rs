//! Takes the person's number without leaving it anywhere.

use std::io::{self, BufRead, IsTerminal, Read};
use std::path::Path;

use chrono::NaiveDate;
use yilian_intake::{CanonicalId, Plain, canonical_id};

use crate::arguments::GivenNumber;
use crate::error::DeptError;
use crate::printer::Printer;

const STANDARD_INPUT: &str = "-";
/// A number has 18 characters, and as many again that do not count.
const LONGEST_LINE: u64 = 256;

/// The number, from the command line or from standard input.
///
/// # Errors
/// [`DeptError::NumberInvalid`] for anything but one valid number; it never says what was given.
pub(super) fn given(numbers: &[GivenNumber], printer: Printer) -> Result<CanonicalId, DeptError> {
    let typed = match numbers {
        [] | [GivenNumber(None)] => read(printer)?,
        [GivenNumber(Some(number))] if number.reveal() == STANDARD_INPUT => read(printer)?,
        [GivenNumber(Some(number))] => {
            printer.note(
                "提示：命令行中的号码会留在终端历史里，可改用 `-` note: the shell may keep the number; `-` reads it from \
                 standard input",
            );
            Some(number.clone())
        }
        _ => None,
    };
    let id = typed.map(|number| canonical_id(number.reveal(), NaiveDate::MAX));
    id.filter(|id| id.text().is_some()).ok_or(DeptError::NumberInvalid)
}

/// The first line of standard input.
fn read(printer: Printer) -> Result<Option<Plain>, DeptError> {
    let input = io::stdin();
    if input.is_terminal() {
        printer.note("身份证号 ID number:");
    }
    let mut line = String::with_capacity(usize::try_from(LONGEST_LINE).unwrap_or(0));
    let read = input.lock().take(LONGEST_LINE).read_line(&mut line);
    read.map_err(DeptError::io("read", Path::new(STANDARD_INPUT)))?;
    Ok(Plain::new(&line))
}
