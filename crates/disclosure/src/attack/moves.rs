//! Search for a change of the true table that nobody sees: a best-first search that starts at the target and repairs
//! one equation after another.
//!
//! In a table of two dimensions its results are the alternating cycles of Kelly, Golden and Assad (1992); in linked
//! tables of more dimensions they are integer vectors of the kernel with few entries. Secondary suppression is the
//! same search where a published cell may be used at its price.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::fare::{Fares, PRICE, STEP};
use super::prover::Question;
use super::state::State;
use super::witness::Move;
use crate::rows::Dense;
use crate::system::{CellId, System};

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
    state: State<'a>,
    fares: Fares,
    /// The state that is loaded: its nodes from the root on, with the cell that each pays for.
    loaded: Vec<(usize, Option<usize>)>,
    /// How often the loaded state and the base pay for each cell.
    paid: Dense<u32>,
    /// How often the loaded state moves each variable up, and down.
    turns: Dense<[u32; 2]>,
    way: Vec<usize>,
    nodes: Vec<Node>,
    queue: BinaryHeap<Reverse<(u64, usize)>>,
    seen: BTreeSet<u64>,
    hope: u64,
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
const LEAST_HOPE: u64 = 6;

impl<'a> Moves<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        Self {
            system,
            state: State::new(system),
            fares: Fares::new(system.variables.0.len()),
            loaded: Vec::new(),
            paid: Dense::of(0, system.cells.len()),
            turns: Dense::of([0; 2], system.variables.0.len()),
            way: Vec::new(),
            nodes: Vec::new(),
            queue: BinaryHeap::new(),
            seen: BTreeSet::new(),
            hope: LEAST_HOPE,
        }
    }

    /// The changes that close every equation, the target's first; `None` if none was found.
    pub(crate) fn find(&mut self, query: &Query<'_>) -> Option<Vec<Move>> {
        self.nodes.clear();
        self.queue.clear();
        self.seen.clear();
        self.fares.forget();
        for (at, by) in query.base {
            self.state.settle(*at, *by);
            self.pay(self.paid_for(query, *at), |times| times + 1);
        }
        let target = query.question.claim.target;
        let broken = u32::try_from(self.system.uses.row(target).len()).unwrap_or(u32::MAX);
        let root = Node { parent: NONE, at: target, by: query.amount, cost: 0, broken, mark: 0 };
        let free = room(query, self.system, target, self.state.moved(target), query.amount.signum());
        if free >= query.amount.abs() {
            self.hope = 0;
            self.push(root);
            self.hope = query.greed * self.usual_fare(query);
        }
        let found = self.run(query);
        self.unload_to(0);
        for (at, by) in query.base {
            self.state.settle(*at, -by);
            self.pay(self.paid_for(query, *at), |times| times - 1);
        }
        found
    }

    fn run(&mut self, query: &Query<'_>) -> Option<Vec<Move>> {
        let mut left = query.budget;
        while let Some(Reverse((_, index))) = self.queue.pop() {
            let node = self.nodes.get(index).copied()?;
            if node.broken == 0 {
                return Some(self.path(index));
            }
            if left == 0 {
                return None;
            }
            left -= 1;
            self.load(query, index);
            self.expand(query, index, &node);
        }
        None
    }

    /// The changes of a node, the target's first.
    fn path(&self, index: usize) -> Vec<Move> {
        let mut path = Vec::new();
        let mut next = index;
        while let Some(node) = self.nodes.get(next) {
            path.push((node.at, node.by));
            next = node.parent;
        }
        path.reverse();
        path
    }

    /// What the repair of an equation is likely to cost: the mean over the target's equations of the cheapest way.
    fn usual_fare(&mut self, query: &Query<'_>) -> u64 {
        self.load(query, 0);
        let mut sum = 0;
        for equation in self.state.broken().iter().copied() {
            let residual = self.state.residual(equation);
            let steps = self.system.equations.row(equation).iter();
            let fares = steps.filter_map(|term| self.step(query, term.at, term.by, residual)).map(|step| step.fare);
            sum += fares.min().unwrap_or(0);
        }
        let mean = sum / u64::try_from(self.state.broken().len().max(1)).unwrap_or(1);
        mean.max(LEAST_HOPE)
    }

    fn push(&mut self, node: Node) {
        if self.seen.insert(node.mark) {
            self.queue.push(Reverse((node.cost + self.hope * u64::from(node.broken), self.nodes.len())));
            self.nodes.push(node);
        }
    }

    /// Brings the state of a node into the working memory, from what it has in common with the one that is there.
    fn load(&mut self, query: &Query<'_>, index: usize) {
        self.way.clear();
        let mut next = index;
        while let Some(node) = self.nodes.get(next) {
            self.way.push(next);
            next = node.parent;
        }
        let ways = self.loaded.iter().zip(self.way.iter().rev());
        let common = ways.take_while(|((loaded, _), wanted)| loaded == *wanted).count();
        self.unload_to(common);
        let way = std::mem::take(&mut self.way);
        for index in way.iter().rev().skip(common) {
            let Some(node) = self.nodes.get(*index).copied() else { continue };
            self.state.change(node.at, node.by);
            self.turn(&node, |times| times + 1);
            let paid = self.paid_for(query, node.at);
            self.pay(paid, |times| times + 1);
            self.loaded.push((*index, paid));
        }
        self.way = way;
    }

    fn unload_to(&mut self, length: usize) {
        while self.loaded.len() > length {
            let Some((index, paid)) = self.loaded.pop() else { return };
            self.pay(paid, |times| times - 1);
            if let Some(node) = self.nodes.get(index).copied() {
                self.state.change(node.at, -node.by);
                self.turn(&node, |times| times - 1);
            }
        }
    }

    /// The cell that a change of a variable would suppress.
    fn paid_for(&self, query: &Query<'_>, at: usize) -> Option<usize> {
        let cell = self.system.variable(at).cell;
        (!query.question.pattern.is_suppressed(CellId(cell))).then_some(cell)
    }

    fn pay(&mut self, cell: Option<usize>, times: fn(u32) -> u32) {
        if let Some(cell) = cell {
            self.paid.put(cell, times(self.paid.at(cell)));
        }
    }

    fn turn(&mut self, node: &Node, times: fn(u32) -> u32) {
        let [up, down] = self.turns.at(node.at);
        self.turns.put(node.at, if node.by > 0 { [times(up), down] } else { [up, times(down)] });
    }

    fn expand(&mut self, query: &Query<'_>, index: usize, node: &Node) {
        let Some(equation) = self.tightest(query) else { return };
        let residual = self.state.residual(equation);
        let system = self.system;
        for term in system.equations.row(equation) {
            let Some(step) = self.step(query, term.at, term.by, residual) else { continue };
            self.push(self.after(index, node, &step));
            if let Some(further) = self.beyond(query, &step, term.by, residual) {
                self.push(self.after(index, node, &further));
            }
        }
    }

    /// The broken equation with the fewest ways to repair it; `None` if one of them has none.
    fn tightest(&self, query: &Query<'_>) -> Option<usize> {
        let mut best: Option<(usize, usize)> = None;
        for equation in self.state.broken().iter().copied() {
            let residual = self.state.residual(equation);
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
        let mut fare = self.fares.of(self.system, query.question, at)?;
        let direction = if (residual > 0) == (by > 0) { -1 } else { 1 };
        // What is less than the coefficient is overshot, and repaired by another variable of the equation.
        let wanted = match by {
            1 | -1 => residual.saturating_abs(),
            _ => (residual.saturating_abs() / by.saturating_abs()).max(1),
        };
        let moved = self.state.moved(at);
        let amount = wanted.min(room(query, self.system, at, moved, direction));
        if amount == 0 || (moved != 0 && self.goes_back(at, direction)) {
            return None;
        }
        if fare >= PRICE && self.paid.at(self.system.variable(at).cell) > 0 {
            fare = STEP;
        }
        Some(Step { at, by: amount * direction, fare })
    }

    /// Whether the loaded state has moved a variable the other way.
    fn goes_back(&self, at: usize, direction: i64) -> bool {
        let [up, down] = self.turns.at(at);
        (if direction > 0 { down } else { up }) > 0
    }

    /// The step that goes beyond an equation which a step of whole numbers does not close; `None` where it is closed.
    fn beyond(&self, query: &Query<'_>, step: &Step, by: i64, residual: i64) -> Option<Step> {
        let left = residual + by * step.by;
        let is_open = left.signum() == residual.signum() && left.saturating_abs() < by.saturating_abs();
        let more = step.by.signum();
        let has_room = room(query, self.system, step.at, self.state.moved(step.at) + step.by, more) > 0;
        (is_open && has_room).then_some(Step { by: step.by + more, ..*step })
    }

    fn after(&self, parent: usize, node: &Node, step: &Step) -> Node {
        let mut broken = node.broken;
        for usage in self.system.uses.row(step.at) {
            let before = self.state.residual(usage.at);
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
