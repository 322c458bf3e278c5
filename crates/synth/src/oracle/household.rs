//! Rules about a household: one renovation, not two.

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::fact::{Fact, Fate, Link, Says};
use crate::oracle::{Ground, Pair};
use crate::truth::Reach;

/// One renovation of a household.
#[derive(Debug, Clone, Copy)]
pub struct Renovation {
    /// Which member of the household the row is about.
    pub member: usize,
    /// MZ15 or CL02.
    benefit: &'static str,
    county: u32,
    on: NaiveDate,
    fen: i64,
    fact: usize,
}

/// The renovations among the rows of one member.
pub fn renovations(member: usize, facts: &[Fact]) -> impl Iterator<Item = Renovation> + '_ {
    facts.iter().enumerate().filter_map(move |(at, fact)| match fact.says {
        Says::Renovated { benefit, county, on, fen } => Some(Renovation { member, benefit, county, on, fen, fact: at }),
        _ => None,
    })
}

/// X22 and X23 in one household: whose row the later renovation is, the pair, and whether a hub can reach it. The rows
/// name the head of the household, whose number is never damaged in this world.
pub fn judge(members: &[&[Fact]], year: i32) -> Vec<(usize, Pair, Ground, Reach)> {
    let mut all: Vec<Renovation> = Vec::new();
    for (member, facts) in members.iter().enumerate() {
        all.extend(renovations(member, facts));
    }
    all.sort_by_key(|renovation| (renovation.on, renovation.benefit != "MZ15"));
    let mut found = Vec::new();
    for (at, later) in all.iter().enumerate() {
        for earlier in all.iter().take(at) {
            let rule = match (earlier.benefit, later.benefit) {
                // Two rows of one day are one work that named two people.
                ("MZ15", "MZ15") if earlier.member != later.member && earlier.on == later.on => continue,
                ("MZ15", "MZ15") => "X23",
                ("CL02", "CL02") => continue,
                _ => "X22",
            };
            let fact = |one: &Renovation| members.get(one.member).and_then(|facts| facts.get(one.fact));
            let (Some(first), Some(second)) = (fact(earlier), fact(later)) else { continue };
            let month = Month::of(later.on);
            if month.year() != year {
                continue;
            }
            let mut sides = [(earlier.benefit, earlier.county, ""), (later.benefit, later.county, "")];
            // Of two kinds 民政's is the left one.
            if sides[0].0 < sides[1].0 {
                sides.reverse();
            }
            let pair = Pair { rule, month, left: sides[0], right: sides[1] };
            let mut ground = Ground::new(Some(later.fen), vec![first.row, second.row]);
            ground.open = first.link == Link::Lost;
            let reach = reach(first, second);
            found.push((later.member, pair, ground, reach));
        }
    }
    found
}

fn reach(earlier: &Fact, later: &Fact) -> Reach {
    match (earlier.link, later.link) {
        _ if earlier.fate == Fate::Rejected || later.fate == Fate::Rejected => Reach::RejectedRow,
        (_, Link::Lost) => Reach::NoValidId,
        (Link::Lost, _) => Reach::Reading,
        (Link::Valid, Link::Valid) => Reach::Reachable,
        _ => Reach::Upgraded15,
    }
}
