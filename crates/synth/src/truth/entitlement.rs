//! Gaps as the truth writes them: runs of months that are alike.

use std::collections::BTreeMap;

use super::reach::reach;
use super::{Member, Reach};
use crate::calendar::Month;
use crate::fact::{Fact, Fate, Link};
use crate::oracle::gaps::{Gap, Proof, judge};
use crate::oracle::known::Setting;

/// A gap over consecutive months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// The gap in its first month.
    pub(super) gap: Gap,
    /// The last month.
    pub(super) until: Month,
    /// What it rests on.
    pub(super) proof: Proof,
    /// Whether a hub can reach it.
    pub(super) reach: Reach,
}

/// The gaps with the rows that a name alone leads home, which may say that there is none; nothing without such rows.
fn by_name(member: &Member, setting: &Setting<'_>, renovated: bool) -> Option<BTreeMap<Gap, Proof>> {
    if member.facts.iter().all(|fact| fact.link != Link::Lost) {
        return None;
    }
    let delivered = member.facts.iter().filter(|fact| fact.fate == Fate::Delivered);
    let linked: Vec<Fact> = delivered.cloned().map(|fact| Fact { link: Link::Valid, ..fact }).collect();
    Some(judge(&linked.iter().collect::<Vec<_>>(), setting, renovated))
}

/// The gaps of a member of a household, in which somebody's home was renovated or not.
pub(super) fn runs(member: &Member, setting: &Setting<'_>, renovated: bool) -> Vec<Run> {
    let found = reach(&member.facts, member.in_scope, |facts| judge(facts, setting, renovated), |proof| proof.open);
    let mut found: Vec<(Gap, Proof, Reach)> =
        found.into_iter().filter(|(.., reach)| *reach != Reach::OutOfScope).collect();
    let by_name = by_name(member, setting, renovated);
    for (gap, _, reach) in &mut found {
        let in_doubt = by_name.as_ref().is_some_and(|gaps| gaps.get(gap).is_none_or(|proof| proof.open));
        if reach.columns().0 == "true" && (member.died || in_doubt) {
            *reach = Reach::Reading;
        }
    }
    found.sort_by_key(|(gap, ..)| *gap);
    let mut runs: Vec<Run> = Vec::new();
    for (gap, proof, reach) in found {
        match runs.last_mut() {
            Some(run)
                if (run.gap.name, run.gap.benefit, run.until.plus(1)) == (gap.name, gap.benefit, gap.month)
                    && run.reach == reach
                    && run.proof == proof =>
            {
                run.until = gap.month;
            }
            _ => runs.push(Run { gap, until: gap.month, proof, reach }),
        }
    }
    runs
}
