//! What the cells add to the control totals, before and apart from the treatment.

use chrono::Datelike;
use yilian_contract::BenefitOf;

use super::Worker;
use super::values::number;
use crate::cell::{self, days_from_civil};
use crate::memo::Total;
use crate::plan::{Planned, Work};
use crate::totals::{Fate, fen_of_text};

impl Worker<'_> {
    /// Which of benefit, month and amount a column is in the control totals, if any.
    pub(super) fn control_of(&self, column: &Planned) -> Option<usize> {
        let totals = &self.shared.contract.totals;
        let benefit = match &totals.benefit {
            BenefitOf::Column(name) => Some(name),
            _ => None,
        };
        [benefit, totals.month.as_ref(), totals.amount.as_ref()].iter().position(|name| *name == Some(&column.name))
    }

    /// What a cell adds to the control totals, whatever the treatment makes of it.
    pub(super) fn total(&self, column: &Planned, text: &str) -> Total {
        let year = self.shared.period_end.map_or(0, |end| end.year());
        match &column.work {
            Work::Code(codes) => number(codes.read(text)).ok().flatten(),
            Work::Month => cell::month(text, year).ok().flatten().map(|date| days_from_civil(date).into()),
            Work::Yuan(unit) => Some(fen_of_text(text, *unit)),
            _ => None,
        }
    }

    /// Adds up what the cells said.
    pub(super) fn totals(&mut self, fates: &[Fate]) {
        let [benefits, months, amounts] = &self.control;
        for (((fate, benefit), month), fen) in fates.iter().zip(benefits).zip(months).zip(amounts) {
            let benefit = benefit.and_then(|value| u16::try_from(value).ok());
            let month = month.and_then(|value| i32::try_from(value).ok());
            self.out.totals.add((benefit, month), fen.unwrap_or(0), *fate);
        }
    }
}
