//! What the cells add to the control totals, before and apart from the treatment.

use chrono::Datelike;
use yilian_contract::BenefitOf;

use super::Worker;
use super::values::number;
use crate::cell::{self, days_from_civil};
use crate::memo::{Meaning, Memo};
use crate::plan::Work;
use crate::source::Cells;
use crate::totals::{Fate, fen_of_text};

impl Worker<'_> {
    /// Adds up what the cells say, before and apart from what the columns made of them.
    pub(super) fn totals(&mut self, cells: &Cells, fates: &[Fate]) {
        let plan = self.shared.plan;
        let totals = &self.shared.contract.totals;
        let named = |name: &str| {
            let column = plan.columns.iter().find(|column| column.name == name)?;
            Some((&column.work, column.source?))
        };
        let benefit = match &totals.benefit {
            BenefitOf::Column(name) => named(name),
            _ => None,
        };
        let (month, amount) = (totals.month.as_deref().and_then(named), totals.amount.as_deref().and_then(named));
        let year = self.shared.period_end.map_or(0, |end| end.year());
        let [benefits, months, amounts] = &mut self.total_memos;
        for (record, fate) in fates.iter().enumerate() {
            let of = |memo: &mut Memo, column: Option<(&Work, usize)>| {
                let (work, source) = column?;
                let span = cells.span(record, source);
                match memo.meaning(cells.bytes(), span, || total(work, cells.text(span.0, span.1), year)) {
                    Meaning::Value(value, _) => Some(value),
                    _ => None,
                }
            };
            let benefit = of(benefits, benefit).and_then(|value| u16::try_from(value).ok());
            let month = of(months, month).and_then(|value| i32::try_from(value).ok());
            let fen = of(amounts, amount).unwrap_or(0);
            self.out.totals.add((benefit, month), fen, *fate);
        }
    }
}

/// What a cell adds to the control totals.
fn total(work: &Work, text: &str, year: i32) -> Meaning {
    let read = match work {
        Work::Code(codes) => number(codes.read(text)),
        Work::Month => cell::month(text, year).map(|date| date.map(|date| i64::from(days_from_civil(date)))),
        Work::Yuan(unit) => Ok(Some(fen_of_text(text, *unit))),
        _ => Ok(None),
    };
    match read {
        Ok(Some(value)) => Meaning::Value(value, 0),
        _ => Meaning::None,
    }
}
