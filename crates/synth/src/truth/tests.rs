//! What a hub can reach.

use super::*;
use crate::calendar::Month;
use crate::dataset::Dataset;
use crate::fact::{Fact, RowType};
use crate::files::RowRef;

const YEAR: i32 = 2025;

fn setting() -> Setting<'static> {
    Setting { year: YEAR, born: crate::calendar::day(1940, 5, 5), counties: &[150_104], moved: None }
}

fn fact(link: Link, fate: Fate, says: Says) -> Fact {
    let row = RowRef { dataset: Dataset::BenefitPayment, period: 1, line: 2 };
    Fact { row, link, fate, says }
}

fn destitute(link: Link) -> Fact {
    let (from, until) = (Month::new(YEAR, 1), Month::new(YEAR, 12));
    let says = Says::Spell { benefit: "MZ07", county: 150_104, from, until, fen: Some(100) };
    fact(link, Fate::Delivered, says)
}

fn allowance(link: Link, fate: Fate, fen: i64) -> Fact {
    let row_type = if fen < 0 { RowType::Reversal } else { RowType::Normal };
    let number = Some(u64::from(fen < 0));
    let month = Month::new(YEAR, 5);
    let says = Booking { benefit: "MZ09", month, county: 150_104, category: "", fen, row_type, number, approved: None };
    fact(link, fate, Says::Booking(says))
}

fn reach(facts: &[Fact], in_scope: bool) -> Vec<Reach> {
    pairs(facts, &setting(), in_scope).into_iter().map(|(.., reach)| reach).collect()
}

#[test]
fn a_pair_is_as_good_as_the_worse_of_its_rows() {
    use Fate::{Delivered, Rejected};
    use Link::{Lost, Upgraded, Valid};
    let cases = [
        (Valid, Valid, Delivered, Reach::Reachable),
        (Upgraded, Valid, Delivered, Reach::Upgraded15),
        (Valid, Lost, Delivered, Reach::NoValidId),
        (Lost, Upgraded, Delivered, Reach::NoValidId),
        (Valid, Valid, Rejected, Reach::RejectedRow),
    ];
    for (one, other, fate, wanted) in cases {
        let facts = [destitute(one), allowance(other, fate, 10_000)];
        assert_eq!(reach(&facts, true), [wanted], "{one:?} {other:?} {fate:?}");
        assert_eq!(reach(&facts, false), [Reach::OutOfScope]);
    }
}

#[test]
fn a_reversal_out_of_reach_makes_a_pair_that_is_not_true() {
    let delivered = Fate::Delivered;
    let facts =
        [destitute(Link::Valid), allowance(Link::Valid, delivered, 10_000), allowance(Link::Lost, delivered, -10_000)];
    assert_eq!(reach(&facts, true), [Reach::EvidenceLost]);
}

#[test]
fn a_death_known_by_an_old_number_alone_is_out_of_reach() {
    let says = Says::Death { evidence: Evidence::Certificate, month: Month::new(YEAR, 11) };
    let facts = [destitute(Link::Valid), fact(Link::Upgraded, Fate::Delivered, says)];
    assert_eq!(reach(&facts, true), [Reach::DeathUpgraded15]);
}
