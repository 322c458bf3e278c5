//! Rules that look at amounts: deductions and the cap of subsidised care, pensions above the line.

use crate::fact::{Fact, Says};
use crate::oracle::{Ground, Holdings, NO_SIDE, Pair, Pairs, both, in_month};
use crate::rulebook::{CARE_CAP, CARE_RATE, POVERTY_LINE};

/// What is taken off what 集中照护 pays.
const DEDUCTED: [&str; 4] = ["MZ02", "MZ03", "MZ09", "MZ10"];

/// X18: less was taken off than the person gets elsewhere. X19: more was paid than full support costs.
pub(super) fn deductions(held: &Holdings, pairs: &mut Pairs) {
    for (&(month, left), holding) in held.iter().filter(|((_, side), _)| side.0 == "MZ17") {
        let amount = holding.fen.unwrap_or(0);
        if amount > CARE_CAP {
            let pair = Pair { rule: "X19", month, left, right: NO_SIDE };
            pairs.insert(pair, Ground::new(Some(amount - CARE_CAP), holding.rows.clone()));
        }
        let others: Vec<_> = in_month(held, month).filter(|((_, side), _)| DEDUCTED.contains(&side.0)).collect();
        let elsewhere: i64 = others.iter().filter_map(|(_, other)| other.fen).sum();
        let missing = (amount + elsewhere - CARE_RATE).clamp(0, elsewhere);
        if missing == 0 {
            continue;
        }
        for (&(_, right), other) in others {
            let fen = other.fen.map(|fen| fen.min(missing));
            pairs.insert(Pair { rule: "X18", month, left, right }, Ground::new(fen, both(holding, other)));
        }
    }
}

/// X33: the pension of one member alone lies above the line of the whole household.
pub(super) fn pension_above_line(facts: &[&Fact], held: &Holdings, pairs: &mut Pairs) {
    for (&(month, right), pension) in held.iter().filter(|((_, side), _)| side.0 == "RS01") {
        for fact in facts {
            let Says::Roll { benefit: "MZ05", from, until, members, .. } = fact.says else { continue };
            let above = pension.fen.unwrap_or(0) > POVERTY_LINE * members;
            let roll = in_month(held, month).find(|((_, side), _)| side.0 == "MZ05");
            if let (true, Some((&(_, left), holding))) = (above && from <= month && month <= until, roll) {
                let mut rows = both(holding, pension);
                rows.push(fact.row);
                pairs.insert(Pair { rule: "X33", month, left, right }, Ground::new(holding.fen, rows));
            }
        }
    }
}
