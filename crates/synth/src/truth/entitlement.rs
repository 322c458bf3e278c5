//! Gaps as the truth writes them: runs of months that are alike.

use super::reach::reach;
use super::{Member, Reach};
use crate::calendar::Month;
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

/// The gaps of a member of a household, in which somebody's home was renovated or not.
pub(super) fn runs(member: &Member, setting: &Setting<'_>, renovated: bool) -> Vec<Run> {
    let found = reach(&member.facts, member.in_scope, |facts| judge(facts, setting, renovated), |proof| proof.open);
    let mut found: Vec<(Gap, Proof, Reach)> =
        found.into_iter().filter(|(.., reach)| *reach != Reach::OutOfScope).collect();
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
