//! Canaries: agreed fictitious people, whose rows are planted in a delivery and whose tokens its manifest names.
//!
//! A canary's row is text like any other: it is taken apart, treated, tokenised, spilled, sorted and written with the
//! rows of the extract, by the plan that was made for the extract's header. It counts apart from them.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use yilian_contract::{Canary, CodeList, Column, ColumnType, Schemas, TokenKind, Treatment};
use yilian_token::{Key, KeyError, Label};

use crate::IntakeError;
use crate::canonical::canonical_id;
use crate::reject::Reject;
use crate::source::{Cells, Encoding, Grid, Part};
use crate::spill::Spill;
use crate::totals::Totals;
use crate::treat::{Shared, Worker};

const NO_TOKEN: &str = "none";
/// A name that no person has.
const NAME: &str = "哨兵";
/// In place of a row of the extract, whose rows are counted from 1.
const NO_SOURCE_ROW: u32 = 0;

/// The person token of each canary in hex by name; `none` where the canonicaliser gives no number.
///
/// # Errors
/// [`KeyError`] if the key is no link key.
pub fn canary_tokens(canaries: &[Canary], link_key: &Key) -> Result<BTreeMap<String, String>, KeyError> {
    let person = link_key.tokeniser(Label::Person)?;
    let token = |canary: &Canary| match canonical_id(&canary.written, NaiveDate::MAX).bytes() {
        Some(id) => hex::encode(person.token(&[id])),
        None => NO_TOKEN.to_owned(),
    };
    Ok(canaries.iter().map(|canary| (canary.name.clone(), token(canary))).collect())
}

/// The canonical numbers of canaries, each once: no real row may have one.
pub(crate) fn numbers(canaries: &[Canary]) -> Vec<[u8; 18]> {
    let mut numbers: Vec<[u8; 18]> =
        canaries.iter().filter_map(|canary| canonical_id(&canary.written, NaiveDate::MAX).bytes().copied()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The rows of canaries, treated.
pub(crate) struct Planted {
    pub(crate) spill: Spill,
    /// What their cells said of benefits, months and money.
    pub(crate) totals: Totals,
    pub(crate) rows: u64,
}

/// Treats one row of each canary, as a table with this plan would have it.
///
/// # Errors
/// [`IntakeError::Canary`] if such a row would stay in the department, or leave without a person token.
pub(crate) fn plant(shared: &Shared<'_>, schemas: &Schemas, canaries: &[Canary]) -> Result<Planted, IntakeError> {
    // Nobody protects a canary, and here its number is in its place.
    let nobody = HashSet::new();
    let shared = Shared { excluded: &nobody, canaries: &[], is_text: false, ..shared.clone() };
    let mut worker = Worker::new(&shared);
    let mut cells = Cells::default();
    for (canary, rows) in canaries.iter().zip(1..) {
        let part = Part::of_record(&texts(&shared, schemas, canary), NO_SOURCE_ROW);
        cells
            .split(part, Grid::of_sheet(), Encoding::Workbook, shared.plan.width)
            .map_err(|_| IntakeError::Bug { step: "take the row of a canary apart" })?;
        worker.treat(&cells)?;
        if worker.out.delivered != rows || worker.out.null_tokens > 0 {
            return Err(stays(&shared, canary, worker.out.rejects.first()));
        }
    }
    let Worker { out, .. } = worker;
    Ok(Planted { spill: out.spill, totals: out.totals, rows: out.delivered })
}

fn stays(shared: &Shared<'_>, canary: &Canary, reject: Option<&Reject>) -> IntakeError {
    let column = reject.and_then(|reject| shared.contract.columns.get(usize::from(reject.column)));
    IntakeError::Canary {
        canary: canary.name.clone(),
        contract: shared.contract.id.clone(),
        column: column.map_or_else(|| "id_number".to_owned(), |column| column.name.clone()),
        why: reject.map_or("no valid number of somebody of the age", |reject| reject.reason.en()),
    }
}

/// The cells of a canary's row, in the order of the file.
fn texts(shared: &Shared<'_>, schemas: &Schemas, canary: &Canary) -> Vec<String> {
    let mut cells = vec![String::new(); shared.plan.width];
    for (column, planned) in shared.contract.columns.iter().zip(&shared.plan.columns) {
        if let Some(cell) = planned.source.and_then(|source| cells.get_mut(source)) {
            *cell = text(shared, schemas, (column, canary));
        }
    }
    cells
}

/// A plain valid text for a cell that must be filled, and for the name; nothing for the others.
fn text(shared: &Shared<'_>, schemas: &Schemas, (column, canary): (&Column, &Canary)) -> String {
    let end = shared.period_end.unwrap_or_default();
    match (column.name.as_str(), &column.ty) {
        ("name", _) => NAME.to_owned(),
        ("id_number", _) => canary.written.clone(),
        _ if !column.required => String::new(),
        (_, ColumnType::Text) if column.treatment == Treatment::Tokenise(TokenKind::Household) => {
            canary.written.clone()
        }
        (_, ColumnType::Text) => canary.name.clone(),
        (_, ColumnType::Code(list)) => schemas.codes.get(list).map_or_else(String::new, |list| valid_code(list, end)),
        (_, ColumnType::Region) => format!("{:0<6}", shared.place),
        (_, ColumnType::Month) => end.format("%Y-%m").to_string(),
        (_, ColumnType::Date) => end.to_string(),
        (_, ColumnType::DateTime) => format!("{end} 00:00"),
        (_, ColumnType::Yuan | ColumnType::Integer | ColumnType::Decimal) => "0".to_owned(),
        (_, ColumnType::Bool) => "否".to_owned(),
    }
}

/// The first code that is valid on a day; the first of all where none is.
fn valid_code(list: &CodeList, day: NaiveDate) -> String {
    let is_valid = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
        from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
    };
    let mut entries = list.entries.iter();
    let valid = entries.find(|code| is_valid(code.valid_from, code.valid_to)).or_else(|| list.entries.first());
    valid.map(|code| code.code.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use yilian_contract::Schemas;
    use yilian_token::{Algorithm, KeyUse};

    use super::*;

    #[test]
    fn every_canary_of_the_list_has_the_token_of_its_canonical_number() {
        let schemas = Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
        assert!(schemas.canaries.len() >= 6);
        let key =
            Key::from_bytes(KeyUse::Link, Algorithm::Hs256, "k", std::array::from_fn(|i| u8::try_from(i).unwrap()));
        let tokens = canary_tokens(&schemas.canaries, &key).unwrap();
        // The known answer of the design.
        assert_eq!(tokens["plain"], "2b2dd53eca8f0a564ff0065014951ff626236de4e9f2b11c37d147d80a5cf846");
        for canary in &schemas.canaries {
            let same = schemas.canaries.iter().find(|other| other.canonical == canary.canonical).unwrap();
            assert_eq!(tokens[&canary.name], tokens[&same.name], "{}", canary.name);
            assert_ne!(tokens[&canary.name], NO_TOKEN);
        }
    }
}
