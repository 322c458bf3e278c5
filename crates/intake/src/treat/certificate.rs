//! The disability certificate number, which contains the ID number and never leaves.

use chrono::NaiveDate;

use super::Worker;
use crate::canonical::canonical_id;
use crate::cell::{self, CodeTable};
use crate::finding::FindingKind;
use crate::memo::Meaning;
use crate::plan::{Planned, Work};
use crate::source::Cells;

/// The columns that a certificate number says again.
const SAID: [&str; 2] = ["category", "grade"];
impl Worker<'_> {
    /// Category and grade stand in the certificate number; they are compared and it stays behind.
    pub(super) fn certificates(&mut self, cells: &Cells, column: &Planned, source: usize) {
        let plan = self.shared.plan;
        let id = plan.source("id_number");
        let named = |name: &str| plan.columns.iter().find(|column| column.name == name);
        let compared = SAID.map(named);
        self.said.resize(cells.len(), None);
        for record in 0..cells.len() {
            let text = cell::folded(cells.get(record, source)).to_ascii_uppercase();
            if cell::is_none_mark(&text) {
                continue;
            }
            let Some((owner, said)) = certificate(&text) else {
                self.find(cells, record, column.column, FindingKind::CertificateUnreadable);
                continue;
            };
            let own = id.map(|id| canonical_id(cells.get(record, id), NaiveDate::MAX));
            if own.is_some_and(|own| own.text().is_some_and(|own| own != owner)) {
                self.find(cells, record, column.column, FindingKind::CertificateOfAnother);
            }
            let differs = compared.into_iter().zip(said).any(|(column, said)| {
                let written = column.and_then(|column| Some((column, cells.get(record, column.source?))));
                written.is_some_and(|(column, text)| reads_as_other(column, text, said))
            });
            if differs {
                self.find(cells, record, column.column, FindingKind::CertificateDiffers);
            }
            if let Some(place) = self.said.get_mut(record) {
                *place = Some(said);
            }
        }
    }

    /// What the certificate number says where the cell of its category or grade is empty.
    pub(super) fn said_instead(&self, column: &Planned, record: usize) -> Meaning {
        let said = self.said.get(record).copied().flatten();
        let which = SAID.iter().position(|name| *name == column.name);
        let Some(number) = said.zip(which).and_then(|(said, which)| said.get(which).copied()) else {
            return Meaning::None;
        };
        match &column.work {
            Work::Integer => Meaning::Value(number.into(), 0),
            Work::Code(codes) => codes
                .read(&number.to_string())
                .ok()
                .flatten()
                .map_or(Meaning::None, |at| i64::try_from(at).map_or(Meaning::None, |at| Meaning::Value(at, 0))),
            _ => Meaning::None,
        }
    }
}

/// ID number, category and grade of a certificate number: 18 + 1 + 1 characters and perhaps `B1`, `B2` …
fn certificate(text: &str) -> Option<(&str, [u8; 2])> {
    let (owner, rest) = (text.get(..18)?, text.get(18..)?);
    let (digits, suffix) = (rest.get(..2)?.as_bytes(), rest.get(2..)?);
    let id = owner.bytes().enumerate().all(|(at, byte)| byte.is_ascii_digit() || (at == 17 && byte == b'X'));
    let again = suffix
        .strip_prefix('B')
        .map_or(suffix.is_empty(), |number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    match digits {
        [category @ b'1'..=b'7', grade @ b'1'..=b'4'] if id && again => Some((owner, [category - b'0', grade - b'0'])),
        _ => None,
    }
}

/// Whether a filled cell means another number than the certificate says.
fn reads_as_other(column: &Planned, text: &str, said: u8) -> bool {
    let code = |codes: &CodeTable| codes.read(text).ok().flatten().and_then(|at| codes.codes().get(at).cloned());
    match &column.work {
        Work::Code(codes) => code(codes).is_some_and(|code| code != said.to_string()),
        Work::Integer => cell::integer(text).ok().flatten().is_some_and(|value| value != i64::from(said)),
        _ => false,
    }
}
