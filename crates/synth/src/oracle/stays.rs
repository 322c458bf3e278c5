//! Rules of beds: X27 two institutions, X24 a family bed and an institution.

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::fact::{Fact, Says};
use crate::files::RowRef;
use crate::oracle::{Ground, Holdings, NO_SIDE, Pair, Pairs};

/// Days that two half-open runs of days have in common, as months of the year.
fn common_months(one: (NaiveDate, NaiveDate), two: (NaiveDate, NaiveDate), year: i32) -> impl Iterator<Item = Month> {
    let (from, until) = (one.0.max(two.0), one.1.min(two.1));
    let last = until.pred_opt().unwrap_or(until);
    let first = Month::of(from).max(Month::new(year, 1));
    let last = Month::of(last).min(Month::new(year, 12));
    first.to(last).filter(move |_| from < until)
}

fn stays(facts: &[&Fact]) -> Vec<(u32, NaiveDate, NaiveDate, RowRef)> {
    let mut stays = Vec::new();
    for fact in facts {
        if let Says::Stay { institution, admitted, discharged } = fact.says {
            stays.push((institution, admitted, discharged, fact.row));
        }
    }
    stays
}

/// X27: two institutions at one time.
pub(super) fn two_institutions(facts: &[&Fact], year: i32, pairs: &mut Pairs) {
    let stays = stays(facts);
    for (institution, admitted, discharged, row) in &stays {
        for (other, other_admitted, other_discharged, other_row) in &stays {
            if (institution, admitted) >= (other, other_admitted) {
                continue;
            }
            let months = common_months((*admitted, *discharged), (*other_admitted, *other_discharged), year);
            for month in months {
                let pair = Pair { rule: "X27", month, left: NO_SIDE, right: NO_SIDE };
                let ground = pairs.entry(pair).or_default();
                ground.rows.extend([*row, *other_row]);
            }
        }
    }
}

/// X24: a family bed paid for while the person lies in an institution. Without a row about the bed, the stay must
/// cover the whole month.
pub(super) fn bed_in_institution(facts: &[&Fact], held: &Holdings, pairs: &mut Pairs) {
    let stays = stays(facts);
    let beds: Vec<(NaiveDate, NaiveDate, RowRef)> = facts
        .iter()
        .filter_map(|fact| match fact.says {
            Says::Bed { opened, closed } => Some((opened, closed, fact.row)),
            _ => None,
        })
        .collect();
    for (&(month, left), holding) in held.iter().filter(|((_, side), _)| side.0 == "MZ14") {
        let whole = (month.first_day(), month.plus(1).first_day());
        let mut rows = Vec::new();
        for (_, admitted, discharged, stay_row) in &stays {
            if beds.is_empty() && *admitted <= whole.0 && *discharged >= whole.1 {
                rows.push(*stay_row);
            }
            for (opened, closed, bed_row) in &beds {
                let from = whole.0.max(*admitted).max(*opened);
                let until = whole.1.min(*discharged).min(*closed);
                if from < until {
                    rows.extend([*stay_row, *bed_row]);
                }
            }
        }
        if !rows.is_empty() {
            rows.extend(&holding.rows);
            let pair = Pair { rule: "X24", month, left, right: NO_SIDE };
            pairs.insert(pair, Ground::new(holding.fen, rows));
        }
    }
}
