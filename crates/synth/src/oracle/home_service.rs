//! Rules of bought home service and of 特困 in institutions, and payments before their time.

use crate::calendar::Month;
use crate::fact::{Fact, Says};
use crate::oracle::known::{self, Setting, Sure};
use crate::oracle::{Ground, HOME_SERVICE, Holdings, NO_SIDE, Pair, Pairs, bookings_once, both, in_month};
use crate::rulebook::Severity;

/// The benefits that S4 calls a nursing subsidy.
const NURSING: [&str; 3] = ["MZ03", "MZ16", "MZ17"];
const FAMILY_BED: &str = "MZ14";
/// The reading that bars home service by each of the three grounds alone.
const EACH_ALONE: &str = "X15_reading_ii";

/// X15: home service of a moderately or severely disabled person who has a family bed, or lies in an institution and
/// draws a nursing subsidy.
pub(super) fn barred(facts: &[&Fact], held: &Holdings, pairs: &mut Pairs) {
    for (&(month, left), service) in held.iter().filter(|((_, side), _)| side.0 == "MZ11") {
        let listed = HOME_SERVICE.iter().any(|(place, _)| *place == left.1);
        let disabled = known::level(facts, 2, month);
        if !listed || disabled == Sure::No {
            continue;
        }
        let inside = known::in_institution(facts, month);
        let mut found = false;
        for (&(_, right), other) in in_month(held, month) {
            let (nursing, bed) = (NURSING.contains(&right.0), right.0 == FAMILY_BED);
            let strict = Sure::from(bed).or(Sure::from(nursing).and(inside)).and(disabled);
            let excepted = right.0 == "MZ03" && matches!(left.2, "H2" | "H3");
            let wide = Sure::from(nursing && !excepted).and(disabled);
            let pair = Pair { rule: "X15", month, left, right };
            if strict != Sure::No {
                found = true;
                let open = strict == Sure::Open;
                pairs.insert(pair, Ground { open, ..Ground::new(service.fen, both(service, other)) });
            } else if wide != Sure::No {
                found = true;
                let ground = Ground::new(service.fen, both(service, other));
                pairs.insert(pair, each_alone(ground, wide));
            }
        }
        let alone = inside.and(disabled);
        if !found && alone != Sure::No {
            let pair = Pair { rule: "X15", month, left, right: NO_SIDE };
            pairs.insert(pair, each_alone(Ground::new(service.fen, service.rows.clone()), alone));
        }
    }
}

fn each_alone(ground: Ground, sure: Sure) -> Ground {
    Ground { open: sure == Sure::Open, at_most: Some(Severity::Info), switch: Some(EACH_ALONE), ..ground }
}

/// X25: 特困 in an institution, and what is meant for people at home.
pub(super) fn in_central_support(facts: &[&Fact], held: &Holdings, pairs: &mut Pairs) {
    let renovated: Vec<Month> = facts
        .iter()
        .filter_map(|fact| match fact.says {
            Says::Renovated { benefit: "MZ15", on, .. } => Some(Month::of(on)),
            _ => None,
        })
        .collect();
    for (&(month, left), support) in held.iter().filter(|((_, side), _)| side.0 == "MZ07") {
        if !known::on_roll(facts, &["MZ07"], Some(true), month) {
            continue;
        }
        for (&(_, right), other) in in_month(held, month) {
            if matches!(right.0, "MZ11" | "MZ14" | "MZ15") {
                let open = right.0 == "MZ15" && !renovated.contains(&month);
                let ground = Ground { open, ..Ground::new(other.fen, both(support, other)) };
                pairs.insert(Pair { rule: "X25", month, left, right }, ground);
            }
        }
        let booked = in_month(held, month).any(|((_, side), _)| side.0 == "MZ15");
        if renovated.contains(&month) && !booked {
            let pair = Pair { rule: "X25", month, left, right: ("MZ15", left.1, "") };
            pairs.insert(pair, Ground { open: true, ..Ground::new(None, support.rows.clone()) });
        }
    }
}

/// X29: the old-age allowance before the month of the 80th birthday, and what is paid for months before its approval.
pub(super) fn before_its_time(facts: &[&Fact], held: &Holdings, setting: &Setting<'_>, pairs: &mut Pairs) {
    let bookings = bookings_once(facts);
    for (&(month, left), holding) in held {
        let too_young = left.0 == "MZ01" && !setting.aged(80, month);
        let approved_later = left.0.starts_with("MZ")
            && bookings.iter().any(|(booking, row)| {
                holding.rows.contains(row) && booking.approved.is_some_and(|day| Month::of(day) > month)
            });
        if too_young || approved_later {
            let pair = Pair { rule: "X29", month, left, right: NO_SIDE };
            pairs.insert(pair, Ground::new(holding.fen, holding.rows.clone()));
        }
    }
}
