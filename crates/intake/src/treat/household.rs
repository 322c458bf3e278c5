//! The household head's ID number.

use chrono::NaiveDate;

use super::Worker;
use crate::canonical::canonical_id;
use crate::damage::Damage;
use crate::finding::FindingKind;
use crate::plan::Planned;
use crate::source::Cells;

impl Worker<'_> {
    pub(super) fn households(&mut self, cells: &Cells, index: usize, column: &Planned, source: usize) {
        let field = column.field.and_then(|at| self.shared.layout.fields.get(at));
        let period_end = self.shared.period_end.unwrap_or(NaiveDate::MAX);
        let mut damage = Damage::default();
        let mut filled = false;
        for record in 0..cells.len() {
            let text = cells.get(record, source);
            filled |= !text.is_empty();
            damage.look(text.as_bytes());
            let id = canonical_id(text, period_end);
            match (id.bytes(), field, &self.shared.tokens) {
                (Some(id), Some(field), Some(tokens)) => {
                    let token = tokens.household.token(&[id]);
                    field.put_token(self.record(record), &token);
                }
                (None, _, _) if column.required || !text.is_empty() => {
                    self.find(cells, record, column.column, FindingKind::HouseholdNone);
                }
                _ => {}
            }
        }
        self.add_damage(column.column, damage);
        if let Some(place) = self.out.filled.get_mut(index) {
            *place |= filled;
        }
    }

    pub(super) fn add_damage(&mut self, column: u16, damage: Damage) {
        match self.out.damage.iter_mut().find(|(known, _)| *known == column) {
            Some((_, known)) => known.merge(damage),
            None => self.out.damage.push((column, damage)),
        }
    }
}
