use std::collections::BTreeMap;

use super::fare::fare;
use super::program::{Kind, Program};
use super::prover::Question;
use super::witness::Move;
use crate::rows::Term;
use crate::system::System;

/// Numbers that one program may choose.
const COLUMNS: usize = 500;
/// With more numbers than this, a solution in fractions is not turned into integers.
const INTEGERS: usize = 300;
/// A number moves at most so far.
const FURTHEST: i64 = 1_000_000_000;

/// Changes near a target that a linear program proposes, to be checked by the caller.
pub(crate) fn proposals(system: &System, question: &Question<'_>, missing: i64) -> impl Iterator<Item = Vec<Move>> {
    let (columns, program) = program(system, question, missing);
    let kinds = if columns.len() <= INTEGERS { &[Kind::Relaxed, Kind::Integer][..] } else { &[Kind::Relaxed] };
    kinds.iter().filter_map(move |kind| {
        let chosen = program.solve(*kind)?;
        Some(columns.iter().copied().zip(chosen).filter(|(_, by)| *by != 0).collect())
    })
}

fn program(system: &System, question: &Question<'_>, missing: i64) -> (Vec<usize>, Program) {
    let claim = question.claim;
    let mut program = Program::default();
    let mut columns = vec![question.claim.target];
    let mut rows: BTreeMap<usize, Vec<(usize, i64)>> = BTreeMap::new();
    let mut places = BTreeMap::from([(question.claim.target, program.column(missing, missing, 0))]);
    let mut next = 0;
    while let Some(at) = columns.get(next).copied() {
        next += 1;
        for usage in system.uses.row(at) {
            if rows.contains_key(&usage.at) {
                continue;
            }
            rows.insert(usage.at, Vec::new());
            for Term { at, .. } in system.equations.row(usage.at) {
                if columns.len() < COLUMNS
                    && !places.contains_key(at)
                    && let Some(price) = fare(system, question, *at)
                {
                    let variable = system.variable(*at);
                    let (low, high) = system.bounds((claim.target, claim.goal.floor), *at);
                    let (down, up) = (variable.value - low, high - variable.value);
                    places.insert(*at, program.column(-down.clamp(0, FURTHEST), up.clamp(0, FURTHEST), price));
                    columns.push(*at);
                }
            }
        }
    }
    for equation in rows.keys() {
        let terms = system.equations.row(*equation).iter();
        program.row(terms.filter_map(|term| Some((*places.get(&term.at)?, term.by))).collect());
    }
    (columns, program)
}
