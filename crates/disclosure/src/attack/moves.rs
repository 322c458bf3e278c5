//! Search for a change of the true table that nobody sees: a best-first search that starts at the target and repairs
//! one equation after another.
//!
//! In a table of two dimensions its results are the alternating cycles of Kelly, Golden and Assad (1992); in linked
//! tables of more dimensions they are integer vectors of the kernel with few entries. Secondary suppression is the
//! same search where a published cell may be used at its price.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::prover::Question;
use super::witness::Move;
use crate::rows::Dense;
use crate::system::{CellId, Fate, System};

/// Whether the search may suppress further cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fare {
    Free,
    Paid,
}

/// One question to the search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'q> {
    pub(crate) question: &'q Question<'q>,
    /// The change of the target.
    pub(crate) amount: i64,
    /// A change that satisfies all equations, on top of which it is made.
    pub(crate) base: &'q [Move],
    /// How much fewer broken equations count against a higher cost.
    pub(crate) greed: u64,
    /// States to expand at most.
    pub(crate) budget: usize,
}

/// The search with its working memory.
#[derive(Debug)]
pub(crate) struct Moves<'a> {
    system: &'a System,
    moved: Dense<i64>,
    residual: Dense<i64>,
    touched: Vec<usize>,
    path: Vec<Move>,
    paid: Vec<usize>,
    nodes: Vec<Node>,
    queue: BinaryHeap<Reverse<(u64, usize)>>,
    seen: BTreeSet<u64>,
    hope: u64,
    pub(crate) expanded: u64,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: usize,
    at: usize,
    by: i64,
    cost: u64,
    broken: u32,
    mark: u64,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    at: usize,
    by: i64,
    fare: u64,
}

const NONE: usize = usize::MAX;
const STEP: u64 = 2;
const TELLING: u64 = 3;
const PRICE: u64 = 16;
const LEAST_HOPE: u64 = 6;

impl<'a> Moves<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        Self {
            system,
            moved: Dense::of(0, system.variables.0.len()),
            residual: Dense::of(0, system.equations.len()),
            touched: Vec::new(),
            path: Vec::new(),
            paid: Vec::new(),
            nodes: Vec::new(),
            queue: BinaryHeap::new(),
            seen: BTreeSet::new(),
            hope: LEAST_HOPE,
            expanded: 0,
        }
    }

    /// The changes that close every equation, the target's first; `None` if none was found.
    pub(crate) fn find(&mut self, query: &Query<'_>) -> Option<Vec<Move>> {
        self.nodes.clear();
        self.queue.clear();
        self.seen.clear();
        for (at, by) in query.base {
            self.moved.put(*at, by + self.moved.at(*at));
        }
        let broken = u32::try_from(self.system.uses.row(query.question.claim.target).len()).unwrap_or(u32::MAX);
        let root = Node { parent: NONE, at: query.question.claim.target, by: query.amount, cost: 0, broken, mark: 0 };
        let free = room(
            query,
            self.system,
            query.question.claim.target,
            self.moved.at(query.question.claim.target),
            query.amount.signum(),
        );
        if free >= query.amount.abs() {
            self.hope = 0;
            self.push(root);
            self.hope = query.greed * self.usual_fare(query);
        }
        let found = self.run(query);
        for (at, by) in query.base {
            self.moved.put(*at, self.moved.at(*at) - by);
        }
        found
    }

    fn run(&mut self, query: &Query<'_>) -> Option<Vec<Move>> {
        let mut left = query.budget;
        while let Some(Reverse((_, index))) = self.queue.pop() {
            let node = self.nodes.get(index).copied()?;
            self.load(query, index);
            if node.broken == 0 {
                let path = self.path.iter().rev().copied().collect();
                self.unload();
                return Some(path);
            }
            if left > 0 {
                left -= 1;
                self.expanded += 1;
                self.expand(query, index, &node);
            }
            self.unload();
            if left == 0 {
                return None;
            }
        }
        None
    }

    /// What the repair of an equation is likely to cost: the mean over the target's equations of the cheapest way.
    fn usual_fare(&mut self, query: &Query<'_>) -> u64 {
        self.load(query, 0);
        let mut sum = 0;
        for equation in self.touched.iter().copied() {
            let residual = self.residual.at(equation);
            let steps = self.system.equations.row(equation).iter();
            let fares = steps.filter_map(|term| self.step(query, term.at, term.by, residual)).map(|step| step.fare);
            sum += fares.min().unwrap_or(0);
        }
        let mean = sum / u64::try_from(self.touched.len().max(1)).unwrap_or(1);
        self.unload();
        mean.max(LEAST_HOPE)
    }

    fn push(&mut self, node: Node) {
        if self.seen.insert(node.mark) {
            self.queue.push(Reverse((node.cost + self.hope * u64::from(node.broken), self.nodes.len())));
            self.nodes.push(node);
        }
    }

    /// Brings the state of a node into the working memory.
    fn load(&mut self, query: &Query<'_>, index: usize) {
        for (at, _) in query.base {
            self.pay(query, *at);
        }
        let mut next = index;
        while let Some(node) = self.nodes.get(next).copied() {
            self.path.push((node.at, node.by));
            self.moved.put(node.at, self.moved.at(node.at) + node.by);
            for usage in self.system.uses.row(node.at) {
                self.residual.put(usage.at, self.residual.at(usage.at) + usage.by * node.by);
                self.touched.push(usage.at);
            }
            self.pay(query, node.at);
            next = node.parent;
        }
        self.touched.sort_unstable();
        self.touched.dedup();
    }

    fn pay(&mut self, query: &Query<'_>, at: usize) {
        let cell = self.system.variable(at).cell;
        if !query.question.pattern.is_suppressed(CellId(cell)) && !self.paid.contains(&cell) {
            self.paid.push(cell);
        }
    }

    fn unload(&mut self) {
        for (at, by) in self.path.drain(..) {
            self.moved.put(at, self.moved.at(at) - by);
        }
        for equation in self.touched.drain(..) {
            self.residual.put(equation, 0);
        }
        self.paid.clear();
    }

    fn expand(&mut self, query: &Query<'_>, index: usize, node: &Node) {
        let Some(equation) = self.tightest(query) else { return };
        let residual = self.residual.at(equation);
        let system = self.system;
        for term in system.equations.row(equation) {
            if let Some(step) = self.step(query, term.at, term.by, residual) {
                self.push(self.after(index, node, &step));
            }
        }
    }

    /// The broken equation with the fewest ways to repair it; `None` if one of them has none.
    fn tightest(&self, query: &Query<'_>) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for equation in self.touched.iter().copied() {
            let residual = self.residual.at(equation);
            if residual == 0 {
                continue;
            }
            let (mut ways, mut reach) = (0usize, 0i64);
            for term in self.system.equations.row(equation) {
                if let Some(step) = self.step(query, term.at, term.by, residual) {
                    ways += 1;
                    reach = reach.saturating_add((step.by * term.by).saturating_abs());
                }
                if best.is_some_and(|(least, _)| ways >= least) && reach >= residual.saturating_abs() {
                    break;
                }
            }
            if ways == 0 || reach < residual.saturating_abs() {
                return None;
            }
            if best.is_none_or(|(least, _)| ways < least) {
                best = Some((ways, equation));
            }
        }
        best.map(|(_, equation)| equation)
    }

    /// How far a variable can go to repair an equation, and its fare.
    fn step(&self, query: &Query<'_>, at: usize, by: i64, residual: i64) -> Option<Step> {
        if at == query.question.claim.target {
            return None;
        }
        let variable = self.system.variable(at);
        let mut fare = fare(self.system, query.question, at)?;
        if self.paid.contains(&variable.cell) {
            fare = STEP;
        }
        let direction = -(residual.signum() * by.signum());
        let wanted = residual.saturating_abs() / by.saturating_abs();
        let moved = self.moved.at(at);
        let amount = wanted.min(room(query, self.system, at, moved, direction));
        if amount == 0 || self.path.iter().any(|(done, by)| *done == at && by.signum() != direction) {
            return None;
        }
        Some(Step { at, by: amount * direction, fare })
    }

    fn after(&self, parent: usize, node: &Node, step: &Step) -> Node {
        let mut broken = node.broken;
        for usage in self.system.uses.row(step.at) {
            let before = self.residual.at(usage.at);
            match (before == 0, before + usage.by * step.by == 0) {
                (true, false) => broken += 1,
                (false, true) => broken = broken.saturating_sub(1),
                _ => {}
            }
        }
        let mark =
            node.mark.wrapping_add(mixed(step.at).wrapping_mul(step.by.unsigned_abs() * 2 + u64::from(step.by > 0)));
        Node { parent, at: step.at, by: step.by, cost: node.cost + step.fare, broken, mark }
    }
}

/// What it costs to change a variable; `None` if the attacker would see it.
pub(crate) fn fare(system: &System, question: &Question<'_>, at: usize) -> Option<u64> {
    let variable = system.variable(at);
    if variable.is_known_zero || question.view.knows(&variable) {
        return None;
    }
    let telling = if variable.seat != 0 || variable.known != 0 { TELLING } else { 0 };
    if question.pattern.is_suppressed(CellId(variable.cell)) {
        return Some(STEP + telling);
    }
    match (question.fare, system.fate(variable.cell)) {
        (Fare::Paid, Fate::Open { cost } | Fate::SuppressedBefore { cost }) => {
            Some(STEP + telling + PRICE * u64::from(cost.max(1)))
        }
        _ => None,
    }
}

/// How far a variable may go in a direction within its class.
fn room(query: &Query<'_>, system: &System, at: usize, moved: i64, direction: i64) -> i64 {
    let variable = system.variable(at);
    let claim = query.question.claim;
    let (low, high) = system.bounds((claim.target, claim.goal.floor), at);
    let now = variable.value + moved;
    if direction > 0 { (high - now).max(0) } else { (now - low).max(0) }
}

/// Spreads the bits of an index, so that sums of changes rarely meet.
fn mixed(index: usize) -> u64 {
    let mut bits = (index as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
