//! Answers to clues, and the extract of dataset `disposition` that they are packed from.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use yilian_delivery::ClueKind;

use crate::error::WorkbookError;

/// Headers of the extract, as the contract `common.disposition` names its columns.
const COLUMNS: [&str; 9] = [
    "flag_id",
    "gap_id",
    "candidate_id",
    "decision",
    "heard",
    "decided_on",
    "recovered_amount",
    "from_month",
    "until_month",
];

/// Whether the person or the family was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// 是
    Yes,
    /// 否
    No,
}

/// What an office found out about a clue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What was asked.
    pub kind: ClueKind,
    /// Number of the clue.
    pub clue_id: u64,
    /// Code of the decision.
    pub decision: String,
    /// Whether the person or the family was heard.
    pub heard: Heard,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// Money recovered, in fen; `None` if the question does not arise.
    pub recovered_fen: Option<i64>,
    /// First and last month that the officer saw, `YYYY-MM`; `None` if the workbook no longer says.
    pub months: Option<(String, String)>,
}

/// What a workbook says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// The answers in the order of kind and number, each clue once.
    pub answers: Vec<Answer>,
    /// Every clue that stands in the workbook, answered or not.
    pub listed: BTreeSet<(ClueKind, u64)>,
}

impl Answers {
    /// How many clues of the workbook have no answer yet.
    pub fn unanswered(&self) -> usize {
        self.listed.len().saturating_sub(self.answers.len())
    }
}

impl Answer {
    /// What the answer is about.
    pub fn clue(&self) -> (ClueKind, u64) {
        (self.kind, self.clue_id)
    }

    /// The extract of these answers: CSV in UTF-8, with the column names of the contract.
    pub fn to_csv(answers: &[Self]) -> Result<Vec<u8>, WorkbookError> {
        let written = || -> Result<Vec<u8>, csv::Error> {
            let mut csv = csv::Writer::from_writer(Vec::new());
            csv.write_record(COLUMNS)?;
            for answer in answers {
                csv.write_record(answer.record())?;
            }
            csv.into_inner().map_err(|error| error.into_error().into())
        };
        written().map_err(|_| WorkbookError::NotWritten)
    }

    /// Reads an extract that [`Self::to_csv`] wrote; `None` if it is any other file.
    pub fn from_csv(bytes: &[u8]) -> Option<Vec<Self>> {
        let mut csv = csv::Reader::from_reader(bytes);
        if csv.headers().ok()?.iter().ne(COLUMNS) {
            return None;
        }
        csv.records().map(|record| Self::from_record(&record.ok()?)).collect()
    }

    fn record(&self) -> [String; 9] {
        let id = |kind| if self.kind == kind { self.clue_id.to_string() } else { String::new() };
        let heard = match self.heard {
            Heard::Yes => "是",
            Heard::No => "否",
        };
        [
            id(ClueKind::Overlap),
            id(ClueKind::Gap),
            id(ClueKind::SamePerson),
            self.decision.clone(),
            heard.to_owned(),
            self.decided_on.to_string(),
            self.recovered_fen.map_or(String::new(), |fen| format!("{}.{:02}", fen / 100, fen % 100)),
            self.months.as_ref().map_or(String::new(), |months| months.0.clone()),
            self.months.as_ref().map_or(String::new(), |months| months.1.clone()),
        ]
    }

    fn from_record(record: &csv::StringRecord) -> Option<Self> {
        let cell = |at| record.get(at).filter(|text: &&str| !text.is_empty());
        let kinds = [ClueKind::Overlap, ClueKind::Gap, ClueKind::SamePerson];
        let (kind, clue_id) = (0..).zip(kinds).find_map(|(at, kind)| Some((kind, cell(at)?.parse().ok()?)))?;
        let recovered_fen = match cell(6) {
            None => None,
            Some(text) => Some(text.replace('.', "").parse().ok()?),
        };
        Some(Self {
            kind,
            clue_id,
            decision: cell(3)?.to_owned(),
            heard: if cell(4)? == "是" { Heard::Yes } else { Heard::No },
            decided_on: cell(5)?.parse().ok()?,
            recovered_fen,
            months: cell(7).zip(cell(8)).map(|(from, until)| (from.to_owned(), until.to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extract_is_read_back_as_it_was_written() {
        let answer = |kind, recovered_fen| Answer {
            kind,
            clue_id: 9_223_372_036_854_775_806,
            decision: "recovered".to_owned(),
            heard: Heard::No,
            decided_on: "2026-11-20".parse().unwrap(),
            recovered_fen,
            months: recovered_fen.map(|_| ("2025-01".to_owned(), "2025-03".to_owned())),
        };
        let answers =
            [answer(ClueKind::Overlap, Some(105)), answer(ClueKind::Gap, None), answer(ClueKind::SamePerson, Some(0))];
        let csv = Answer::to_csv(&answers).unwrap();
        assert_eq!(Answer::from_csv(&csv).unwrap(), answers);
        assert!(
            String::from_utf8(csv)
                .unwrap()
                .contains("9223372036854775806,,,recovered,否,2026-11-20,1.05,2025-01,2025-03\n")
        );
        assert_eq!(Answer::from_csv("姓名\n苏和\n".as_bytes()), None);
    }
}
