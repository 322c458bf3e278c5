//! Rules that look at days: care in hospital, subsidies of a stay, residential care.

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::fact::{Fact, Says};
use crate::files::RowRef;
use crate::oracle::known::{self, Sure};
use crate::oracle::{Ground, Holdings, NO_SIDE, Pair, Pairs};

/// Days of a half-open stay that lie in a month.
fn days_in(month: Month, from: NaiveDate, until: NaiveDate) -> i64 {
    let (first, end) = (month.first_day().max(from), month.plus(1).first_day().min(until));
    (end - first).num_days().max(0)
}

pub(super) fn hospital(facts: &[&Fact]) -> Vec<(NaiveDate, NaiveDate, RowRef)> {
    let mut stays = Vec::new();
    for fact in facts {
        if let Says::Hospital { admitted, discharged } = fact.says {
            stays.push((admitted, discharged, fact.row));
        }
    }
    stays
}

/// X10: insured care on days in hospital. Where only the number of days is known: more days than the month has.
pub(super) fn care_in_hospital(facts: &[&Fact], held: &Holdings, pairs: &mut Pairs) {
    let stays = hospital(facts);
    if stays.is_empty() {
        return;
    }
    for (&(month, left), holding) in held.iter().filter(|((_, side), _)| side.0 == "YB01") {
        let length = days_in(month, month.first_day(), month.plus(1).first_day());
        let (mut sure, mut rows) = (Sure::No, Vec::new());
        let mut count = (0_i64, 0_i64);
        for fact in facts {
            let Says::CareDays { month: of, days, count: days_of_care } = fact.says else { continue };
            if of != month || !holding.rows.contains(&fact.row) {
                continue;
            }
            let Some((first, last)) = days else {
                count = (count.0.max(days_of_care), count.1 + days_of_care);
                continue;
            };
            let after = last.succ_opt().unwrap_or(last);
            for (admitted, discharged, row) in &stays {
                let (from, until) = (first.max(*admitted), after.min(*discharged));
                if from < until {
                    let only_admission = (until - from).num_days() == 1 && from == *admitted;
                    sure = sure.or(if only_admission { Sure::Open } else { Sure::Yes });
                    rows.push(*row);
                }
            }
        }
        let nights: i64 = stays.iter().map(|(admitted, discharged, _)| days_in(month, *admitted, *discharged)).sum();
        if nights > 0 && count.0 > 0 {
            // Two rows of one month may be one that was exported twice.
            sure = sure.or(match (count.0 + nights > length, count.1 + nights > length) {
                (true, _) => Sure::Yes,
                (false, true) => Sure::Open,
                _ => Sure::No,
            });
            rows.extend(stays.iter().map(|(.., row)| *row));
        }
        if sure != Sure::No {
            rows.extend(&holding.rows);
            let pair = Pair { rule: "X10", month, left, right: NO_SIDE };
            pairs.insert(pair, Ground { open: sure == Sure::Open, ..Ground::new(holding.fen, rows) });
        }
    }
}

/// X26: without a stay in the month nobody knows whether the person is at home.
pub(super) fn subsidy_without_stay(facts: &[&Fact], pairs: &mut Pairs) {
    for (pair, ground) in pairs.iter_mut().filter(|(pair, _)| pair.rule == "X26") {
        ground.open = known::in_institution(facts, pair.month) != Sure::Yes;
    }
}

/// X32: residential care and a subsidy of an institution.
pub(super) fn residential_care(facts: &[&Fact], held: &Holdings, pairs: &mut Pairs) {
    for fact in facts {
        let Says::ResidentialCare { from, until } = fact.says else { continue };
        for (&(month, right), holding) in held.iter().filter(|((_, side), _)| matches!(side.0, "MZ16" | "MZ17")) {
            let care = held.iter().find(|((of, side), _)| *of == month && side.0 == "CL04");
            if let Some((&(_, left), _)) = care.filter(|_| from <= month && month <= until) {
                let mut rows = holding.rows.clone();
                rows.push(fact.row);
                pairs.insert(Pair { rule: "X32", month, left, right }, Ground::new(holding.fen, rows));
            }
        }
    }
}
