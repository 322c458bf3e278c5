//! The office's own payment and event numbers.

use super::{Tokens, Worker};
use crate::cell::is_damaged;
use crate::damage::Damage;
use crate::layout::RECORD_NUMBER;
use crate::plan::{Planned, Work};
use crate::reject::Reason;
use crate::source::Cells;
use crate::totals::Fate;

impl Worker<'_> {
    /// The office's own number: kept for `rows.parquet`; its token is made once the row's fate is known.
    pub(super) fn record_numbers(&mut self, cells: &Cells, index: usize, column: &Planned, source: usize) {
        let at = self.shared.layout.record_number;
        let mut filled = false;
        let mut damage = Damage::default();
        for record in 0..cells.len() {
            let text = cells.get(record, source);
            let number = without_spaces(text);
            damage.look_at_notation(&number);
            if number.is_empty() {
                if column.required {
                    self.reject(cells, record, column.column, Reason::Missing);
                }
                continue;
            }
            filled = true;
            if number.len() > RECORD_NUMBER {
                self.reject(cells, record, column.column, Reason::RecordNumber);
                continue;
            }
            if is_damaged(&number) {
                self.reject(cells, record, column.column, Reason::DamagedText);
                continue;
            }
            let length = u8::try_from(number.len()).unwrap_or(0);
            if let Some((first, rest)) = self.record(record).get_mut(at..).and_then(<[u8]>::split_first_mut) {
                *first = length;
                if let Some(place) = rest.get_mut(..number.len()) {
                    place.copy_from_slice(number.as_bytes());
                }
            }
        }
        if damage.found() {
            self.add_damage(column.column, damage);
        }
        if let Some(place) = self.out.filled.get_mut(index) {
            *place |= filled;
        }
    }

    /// Makes the tokens of the numbers of the rows that leave.
    pub(super) fn record_tokens(&mut self, tokens: &Tokens<'_>, fates: &[Fate]) {
        let shared = self.shared;
        let Some(column) = shared.plan.columns.iter().find(|column| matches!(column.work, Work::Record)) else {
            return;
        };
        let Some(field) = column.field.and_then(|at| shared.layout.fields.get(at)) else { return };
        let department = shared.contract.department.map_or("common", |department| department.as_str());
        let [place, department, dataset] = [shared.place, department, &shared.contract.dataset].map(str::as_bytes);
        for (record, fate) in self.records.chunks_exact_mut(shared.layout.width).zip(fates) {
            if *fate != Fate::Delivered {
                continue;
            }
            let Some(number) = shared.layout.own_number(record) else { continue };
            let token = tokens.record.token(&[place, department, dataset, number]);
            field.put_token(record, &token);
        }
    }
}

/// A record number in the form that is hashed: NFKC, no spaces.
fn without_spaces(text: &str) -> std::borrow::Cow<'_, str> {
    use unicode_normalization::UnicodeNormalization;
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\'') {
        return text.into();
    }
    let kept = text.nfkc().filter(|c| !c.is_whitespace() && !crate::canonical::is_ignorable(*c));
    kept.collect::<String>().trim_start_matches('\'').to_owned().into()
}
