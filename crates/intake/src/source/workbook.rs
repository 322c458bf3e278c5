//! The sheets of an .xlsx workbook, read on threads of their own.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use calamine::{Reader, SheetType, SheetVisible, Xlsx, XlsxError, open_workbook};

use super::sheet_look::look;
use super::sheet_text::{Misplaced, SheetText};
use super::{Part, SourceFacts, TableName, digest_of};
use crate::IntakeError;

/// Parts that wait to be treated.
const AHEAD: usize = 8;

/// A workbook whose sheets are read while what came before is treated.
pub(crate) struct Workbook {
    path: PathBuf,
    messages: Receiver<Message>,
    facts: JoinHandle<Result<SourceFacts, IntakeError>>,
    /// A sheet whose beginning has been seen.
    next: Option<TableName>,
    ended: bool,
}

enum Message {
    Sheet(TableName),
    Part(Part),
    Failed(IntakeError),
    End,
}

impl Workbook {
    pub(crate) fn open(path: &Path) -> Result<Self, IntakeError> {
        let book = open_workbook(path).map_err(|error| failed(path, &error))?;
        let (sender, messages) = sync_channel(AHEAD);
        let reader = path.to_owned();
        std::thread::spawn(move || read(book, &reader, &sender));
        let looker = path.to_owned();
        let facts = std::thread::spawn(move || {
            Ok(SourceFacts { digest: digest_of(&looker)?, looks: look(&looker).unwrap_or_default() })
        });
        Ok(Self { path: path.to_owned(), messages, facts, next: None, ended: false })
    }

    pub(crate) fn table(&mut self) -> Result<Option<TableName>, IntakeError> {
        while self.next.is_none() && !self.ended {
            self.receive()?;
        }
        Ok(self.next.take())
    }

    pub(crate) fn next(&mut self) -> Result<Option<Part>, IntakeError> {
        if self.next.is_some() || self.ended { Ok(None) } else { self.receive() }
    }

    fn receive(&mut self) -> Result<Option<Part>, IntakeError> {
        match self.messages.recv() {
            Ok(Message::Part(part)) => return Ok(Some(part)),
            Ok(Message::Sheet(name)) => self.next = Some(name),
            Ok(Message::End) => self.ended = true,
            Ok(Message::Failed(error)) => return Err(error),
            // The reader is gone without a word.
            Err(_) => return Err(IntakeError::Workbook { path: self.path.clone(), reason: DAMAGED }),
        }
        Ok(None)
    }

    pub(crate) fn facts(self) -> Result<SourceFacts, IntakeError> {
        self.facts.join().unwrap_or(Err(IntakeError::Workbook { path: self.path, reason: DAMAGED }))
    }
}

/// Why the reader stops.
enum Stop {
    /// The file is at fault.
    Failed(IntakeError),
    /// Nobody listens any more.
    Unheard,
}

fn read(mut book: Xlsx<BufReader<File>>, path: &Path, sender: &SyncSender<Message>) {
    let last = match read_all(&mut book, path, sender) {
        Ok(()) => Message::End,
        Err(Stop::Failed(error)) => Message::Failed(error),
        Err(Stop::Unheard) => return,
    };
    let _ = sender.send(last);
}

fn read_all(book: &mut Xlsx<BufReader<File>>, path: &Path, sender: &SyncSender<Message>) -> Result<(), Stop> {
    let send = |message| sender.send(message).map_err(|_| Stop::Unheard);
    let broken = |error: XlsxError| Stop::Failed(failed(path, &error));
    let mut base = 0_u32;
    for sheet in book.sheets_metadata().to_vec() {
        let hidden = sheet.visible != SheetVisible::Visible;
        send(Message::Sheet(TableName { sheet: Some(sheet.name.clone()), hidden }))?;
        // A chart has no cells.
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let mut text = SheetText::new(base);
        let mut reader = book.worksheet_cells_reader(&sheet.name).map_err(broken)?;
        while let Some(cell) = reader.next_cell().map_err(broken)? {
            let part = text
                .cell(cell.get_position(), cell.get_value())
                .map_err(|Misplaced(reason)| Stop::Failed(IntakeError::Workbook { path: path.to_owned(), reason }))?;
            if let Some(part) = part {
                send(Message::Part(part))?;
            }
        }
        let (part, records) = text.finish();
        if let Some(part) = part {
            send(Message::Part(part))?;
        }
        base = base.saturating_add(records);
    }
    Ok(())
}

const DAMAGED: &str = "its content is damaged";

/// What the reader says may hold the text of a cell; it is not repeated.
fn failed(path: &Path, error: &XlsxError) -> IntakeError {
    let reason = match error {
        XlsxError::Password => "it is protected by a password",
        XlsxError::Io(_) | XlsxError::Zip(_) => "the file is damaged or was cut short",
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => "it is a zip file but not a whole workbook",
        XlsxError::CellError(_) => "a cell holds an error value that no spreadsheet knows",
        _ => DAMAGED,
    };
    IntakeError::Workbook { path: path.to_owned(), reason }
}
