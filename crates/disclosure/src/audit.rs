//! The audit: who could compute what from a pattern.

use crate::attack::{Claim, Counts, Fare, Prover, Question, View, Witness};
use crate::group;
use crate::guard::UNBOUNDED;
use crate::ledger::{Ledger, sitter};
use crate::pattern::Pattern;
use crate::system::{CellId, Piece, PositionId, System, VariableId};

/// What an audit found. It holds intervals of true values and must not leave the hub.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    exposed: Vec<Exposed>,
    dominated: Vec<Vec<CellId>>,
    protected: usize,
    lowered: usize,
    lowered_by_search: usize,
    counts: Counts,
}

/// A value that somebody could know too well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exposed {
    /// Who.
    pub onlooker: Onlooker,
    /// The value.
    pub variable: VariableId,
    /// Its cell.
    pub cell: CellId,
    /// It is at least this; a bound that propagation proves.
    pub low: i64,
    /// It is at most this; `None` is unbounded.
    pub high: Option<i64>,
}

/// From where a release is attacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Onlooker {
    /// Everybody.
    Public,
    /// One of the named positions.
    Position(PositionId),
    /// Who alone makes up this variable, and perhaps others.
    Contributor(VariableId),
}

/// Attacks a pattern from every position and from the seat of every single contributor.
///
/// A value that is not in the result is uncertain enough: other tables of integers exist that fit everything that
/// an onlooker knows.
pub fn audit(system: &System, pattern: &Pattern) -> Audit {
    let mut found = Audit::default();
    for piece in system.pieces() {
        let mut ledger = Ledger::new(&piece.system);
        let mut prover = Prover::new(&piece.system);
        let mut here = Pattern::of(piece.system.cells.len());
        for (place, cell) in piece.cells().enumerate() {
            if pattern.is_suppressed(cell) {
                here.suppress(CellId(place));
            }
        }
        let audit = examine(&piece.system, &here, &mut ledger, &mut prover);
        found.add(&piece, audit);
    }
    found.sorted()
}

/// The audit, starting from witnesses that are checked again; those that it finds are added.
pub(crate) fn examine(system: &System, pattern: &Pattern, ledger: &mut Ledger, prover: &mut Prover<'_>) -> Audit {
    let mut audit = Audit { protected: system.goals.len(), ..Audit::default() };
    for index in 0..ledger.claims.len() {
        let Some(claim) = ledger.claims.get(index).copied() else { continue };
        let mut witnesses = still_valid(system, pattern, &claim, ledger.witnesses.get(index));
        prover.counts.by_search += u64::try_from(witnesses.len()).unwrap_or_default();
        for view in unproven((system, pattern), ledger, prover, (index, &mut witnesses)) {
            let (low, high) = prover.interval(pattern, &claim, view);
            audit.exposed.push(Exposed {
                onlooker: onlooker(system, view),
                variable: VariableId(claim.target),
                cell: system.cell_of(VariableId(claim.target)),
                low,
                high: (high < UNBOUNDED).then_some(high),
            });
        }
        if let Some(slot) = ledger.witnesses.get_mut(index) {
            *slot = witnesses;
        }
    }
    audit.exposed.sort_unstable();
    audit.exposed.dedup();
    audit.dominated = group::dominated(system, pattern);
    audit.lowered = ledger.lowered.len();
    audit.lowered_by_search = ledger.by_search;
    audit.counts = prover.counts;
    audit
}

fn still_valid(system: &System, pattern: &Pattern, claim: &Claim, kept: Option<&Vec<Witness>>) -> Vec<Witness> {
    let question = Question { pattern, claim, view: View::PUBLIC, fare: Fare::Free };
    let kept = kept.into_iter().flatten();
    kept.filter_map(|witness| Witness::check(system, &question, &witness.moves)).collect()
}

/// The views from which a claim has no witness after a search for one.
fn unproven(
    (system, pattern): (&System, &Pattern),
    ledger: &mut Ledger,
    prover: &mut Prover<'_>,
    (index, witnesses): (usize, &mut Vec<Witness>),
) -> Vec<View> {
    let mut failed: Vec<View> = Vec::new();
    loop {
        let lacking = ledger.lacking(system, index, witnesses);
        let Some(view) = lacking.into_iter().find(|view| !failed.contains(view)) else { return failed };
        let Some(claim) = ledger.claim(index, view) else { return failed };
        if let Some(witness) = prover.prove(pattern, &claim, view) {
            witnesses.push(witness);
        } else if !ledger.lower_as_needed(prover, index, view) {
            failed.push(view);
        }
    }
}

fn onlooker(system: &System, view: View) -> Onlooker {
    match (view.seat, view.bit) {
        (0, 0) => Onlooker::Public,
        (0, bit) => Onlooker::Position(PositionId(usize::try_from(bit.trailing_zeros()).unwrap_or_default())),
        (seat, _) => Onlooker::Contributor(sitter(system, seat)),
    }
}

impl Audit {
    /// Adds what was found of a piece of the system.
    pub(crate) fn add(&mut self, piece: &Piece, other: Self) {
        let onlooker = |onlooker: Onlooker| match onlooker {
            Onlooker::Contributor(variable) => Onlooker::Contributor(piece.variable(variable)),
            Onlooker::Public | Onlooker::Position(_) => onlooker,
        };
        self.exposed.extend(other.exposed.into_iter().map(|exposed| Exposed {
            onlooker: onlooker(exposed.onlooker),
            variable: piece.variable(exposed.variable),
            cell: piece.cell(exposed.cell),
            ..exposed
        }));
        let groups = other.dominated.into_iter();
        self.dominated.extend(groups.map(|group| group.into_iter().map(|cell| piece.cell(cell)).collect()));
        self.protected += other.protected;
        self.lowered += other.lowered;
        self.lowered_by_search += other.lowered_by_search;
        self.counts = self.counts.and(other.counts);
    }

    /// What was found in one order, whatever order it was found in.
    pub(crate) fn sorted(mut self) -> Self {
        self.exposed.sort_unstable();
        self.dominated.sort_unstable();
        self
    }

    /// Whether nobody can know anything too well.
    pub fn is_clean(&self) -> bool {
        self.exposed.is_empty() && self.dominated.is_empty()
    }

    /// What is too well known, by onlooker.
    pub fn exposed(&self) -> &[Exposed] {
        &self.exposed
    }

    /// Suppressed cells whose sum everybody knows and in which few operators, or one, dominate.
    pub fn dominated(&self) -> &[Vec<CellId>] {
        &self.dominated
    }

    /// How many values were to be protected.
    pub fn values(&self) -> usize {
        self.protected
    }

    /// How many sides of values an onlooker knows too well from zeros, thresholds and what is theirs, whatever is
    /// published. Of these the audit asks as much as a release of nothing leaves.
    pub fn lowered(&self) -> usize {
        self.lowered
    }

    /// Those of [`Audit::lowered`] where bounds do not prove that nothing more can be asked for: a search found no more.
    pub fn lowered_by_search(&self) -> usize {
        self.lowered_by_search
    }

    /// What answered how many questions.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The names of the positions that fail, once each: `public`, the named ones, `contributor`.
    pub fn failing(&self, system: &System) -> Vec<String> {
        let mut names: Vec<String> = self
            .exposed
            .iter()
            .map(|exposed| exposed.onlooker.name(system))
            .chain((!self.dominated.is_empty()).then(|| "contributor".to_owned()))
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Onlooker {
    /// The name of the position.
    pub fn name(self, system: &System) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Position(position) => system.positions.get(position.0).cloned().unwrap_or_default(),
            Self::Contributor(_) => "contributor".to_owned(),
        }
    }
}
