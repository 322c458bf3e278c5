mod versions;

use std::collections::{BTreeMap, BTreeSet};

use yilian_disclosure::{
    Audit, CellId as Protected, Fate, Guard, Means, PositionId, Sets, Status, System, SystemBuilder, Threshold,
    VariableId, suppress_with,
};

use crate::before::{Before, Changes, counts_people};
use crate::cell::{Cell, Role, Value};
use crate::check::TOTAL;
use crate::constraints::Constraints;
use crate::cube::{CellId, Cube};
use crate::definition::Unit;
use crate::error::ReleaseError;
use crate::operators::Contributions;
use crate::sealed::Why;
use versions::Pasts;

/// Dimensions whose categories are benefits, of which somebody has a roll.
const OF_BENEFITS: [&str; 2] = ["benefit", "roll"];

/// What decides which cells may leave, besides the cells and what follows from what.
#[derive(Debug, Clone, Copy)]
pub struct ProtectionInput<'a> {
    /// The least number of people of each table.
    pub thresholds: &'a BTreeMap<String, Threshold>,
    /// Code of the department that pays each benefit, and so knows who has it.
    pub payers: &'a BTreeMap<String, String>,
    /// Benefits whose rolls hang on a public board.
    pub posted_rolls: &'a [&'a str],
    /// Who has how much of the numbers that operators make up.
    pub operators: &'a Contributions,
    /// What readers have of the year already.
    pub before: Option<&'a Before>,
}

/// A fate for every cell of a cube, and the audit that found them safe.
#[derive(Debug)]
pub struct Protection {
    /// In the order of the cells.
    pub fates: Vec<Status>,
    /// From all positions; it is clean.
    pub audit: Audit,
    /// Cells that are withheld for their own sake, and for the sake of others.
    pub withheld: (usize, usize),
    /// Cells, variables and equations of the system.
    pub size: (usize, usize, usize),
    /// What is another number than in the version before.
    pub changes: Changes,
    /// Why cells are withheld, in the order of the cells; `None` for those that are not.
    pub why: Vec<Option<Why>>,
}

/// Decides what becomes of every cell of all tables together, and attacks the result from every position.
///
/// # Errors
/// [`ReleaseError::Disclosure`] where something cannot be protected; it names cells by table, region and codes.
pub fn protect(
    cube: &Cube,
    constraints: &Constraints,
    input: ProtectionInput<'_>,
    means: Means<'_>,
) -> Result<Protection, ReleaseError> {
    let mut draft = Draft::new(cube, constraints, input);
    draft.add_rests(cube, constraints);
    draft.add_equations(constraints);
    draft.add_outsides(cube);
    draft.add_before(cube);
    let system = std::mem::take(&mut draft.builder).build()?;
    let protection = suppress_with(&system, means)?;
    let pattern = protection.pattern();
    let fate = |(at, cell): (usize, Cell<'_>)| match cell.value {
        Value::Missing => Status::Missing,
        Value::NotApplicable => Status::NotApplicable,
        Value::Known(_)
            if draft.protected.get(at).copied().flatten().is_none_or(|cell| pattern.is_suppressed(cell)) =>
        {
            Status::Suppressed
        }
        Value::Known(0) => Status::Zero,
        Value::Known(_) => Status::Published,
    };
    let mut fates: Vec<Status> = cube.cells().enumerate().map(fate).collect();
    let changes = input.before.map(|before| before.settle(cube, &mut fates, input.thresholds)).unwrap_or_default();
    Ok(Protection {
        fates,
        audit: protection.audit().clone(),
        withheld: (system.primary_cells().len(), protection.secondary().len()),
        size: system.size(),
        changes,
        why: draft.why(&system, pattern),
    })
}

/// The system under construction.
struct Draft<'a> {
    input: ProtectionInput<'a>,
    builder: SystemBuilder,
    /// For each cell of the cube, in order, its variable if it has a value, and by how much that is lifted.
    variables: Vec<Option<(VariableId, i64)>>,
    /// For each cell of the cube, in order, what shares its fate.
    protected: Vec<Option<Protected>>,
    departments: BTreeMap<String, PositionId>,
    rolls: PositionId,
    /// What earlier versions keep from being published.
    from_before: BTreeSet<Protected>,
    /// Cells whose value an earlier version shows: it is no variable, for everybody has it.
    known: BTreeMap<CellId, i64>,
}

impl<'a> Draft<'a> {
    fn new(cube: &Cube, constraints: &Constraints, input: ProtectionInput<'a>) -> Self {
        let mut builder = System::builder();
        let rolls = builder.position("the public with the posted rolls");
        let names = cube.tables.iter().flat_map(|table| table.definition.departments.iter().cloned());
        let mut names: Vec<String> = names.chain(input.payers.values().cloned()).collect();
        names.sort();
        names.dedup();
        let departments = names.into_iter().map(|name| (name.clone(), builder.position(name))).collect();
        let (variables, protected, from_before) = (Vec::new(), Vec::new(), BTreeSet::new());
        let known = BTreeMap::new();
        let mut draft = Self { input, builder, variables, protected, departments, rolls, from_before, known };
        let mut same = Same::new(cube, constraints, input.thresholds);
        let pasts = draft.pasts(cube, &mut same);
        let mut groups: BTreeMap<(CellId, bool), Protected> = BTreeMap::new();
        for cell in cube.cells() {
            draft.add_cell(cube, &cell, (&mut same, &pasts, &mut groups));
        }
        draft
    }

    fn add_cell(
        &mut self,
        cube: &Cube,
        cell: &Cell<'_>,
        (same, pasts, groups): (&mut Same, &Pasts, &mut BTreeMap<(CellId, bool), Protected>),
    ) {
        let Value::Known(value) = cell.value else {
            self.variables.push(None);
            self.protected.push(None);
            return;
        };
        // What no reader sees has no fate to share.
        let key = if cell.shown { (same.groups.first(cell.group), true) } else { (cell.id, false) };
        let group = *groups.entry(key).or_insert_with(|| {
            let fate = self.fate(cell, pasts.get(&key.0).copied());
            let home = self.builder.cell(name(cube, cell), fate);
            self.from_before.extend((cell.shown && !matches!(fate, Fate::Open { .. })).then_some(home));
            home
        });
        self.protected.push(Some(group));
        let first = same.values.first(cell.id);
        let equal = self.variables.get(first).copied().flatten().filter(|_| cell.shown && first != cell.id);
        if equal.is_none() && self.input.before.is_some_and(|before| before.shows(cell, value)) {
            self.known.insert(cell.id, value);
            self.variables.push(None);
            return;
        }
        let (variable, lift) = equal.unwrap_or_else(|| self.add_variable(cube, cell, (group, value)));
        for position in self.knowing(cube, cell) {
            self.builder.known_to(position, variable);
        }
        self.variables.push(Some((variable, lift)));
    }

    fn threshold(&self, cell: &Cell<'_>) -> Threshold {
        self.input.thresholds.get(&cell.table.name).copied().unwrap_or_else(Threshold::none)
    }

    fn guard(&self, cell: &Cell<'_>) -> Guard {
        match cell.unit {
            Unit::Person | Unit::Household => Guard::People(self.threshold(cell)),
            _ => Guard::None,
        }
    }

    /// A number, which is lifted where it is below zero. One that operators make up and that counts people stands there
    /// twice, once under the rules for operators and once under the threshold for people.
    fn add_variable(&mut self, cube: &Cube, cell: &Cell<'_>, (group, value): (Protected, i64)) -> (VariableId, i64) {
        let lift = lift(value);
        let Some((contributions, dominance)) = self.input.operators.of(cell.id).filter(|_| lift == 0) else {
            return (self.builder.variable(group, value.saturating_add(lift), self.guard(cell)), lift);
        };
        let variable = self.builder.variable(group, value, Guard::Operators { contributions, dominance });
        if counts_people(cell) {
            let people = self.builder.variable(group, value, self.guard(cell));
            self.builder.equation(&[(1, variable), (-1, people)], 0);
            for position in self.knowing(cube, cell) {
                self.builder.known_to(position, people);
            }
        }
        (variable, lift)
    }

    /// Who knows a cell without any release: the one department whose data it rests on, who pays the benefit, and
    /// whoever can read a posted roll.
    fn knowing(&self, cube: &Cube, cell: &Cell<'_>) -> Vec<PositionId> {
        let mut knowing = Vec::new();
        if let [only] = cell.table.departments.as_slice() {
            knowing.extend(self.departments.get(only));
        }
        let of_benefits =
            cell.table.dimensions.iter().position(|dimension| OF_BENEFITS.contains(&dimension.name.as_str()));
        let codes = if of_benefits.is_some() { cube.codes(cell.id) } else { Vec::new() };
        if let Some(benefit) = of_benefits.and_then(|at| codes.get(at)) {
            let payer = self.input.payers.get(benefit).and_then(|payer| self.departments.get(payer));
            knowing.extend(payer);
            knowing.extend(self.input.posted_rolls.contains(&benefit.as_str()).then_some(self.rolls));
        }
        knowing.sort();
        knowing.dedup();
        knowing
    }

    /// What one side of a link counts besides the other is in no table, and protected like a cell all the same.
    fn add_rests(&mut self, cube: &Cube, constraints: &Constraints) {
        for added in constraints.added() {
            let Some(of) = cube.cell(added.of) else { continue };
            let cell = self.builder.cell(format!("{} beside a linked table", name(cube, &of)), Fate::Never);
            let guard = self.guard(&of);
            self.variables.push(Some((self.builder.variable(cell, added.value, guard), 0)));
        }
    }

    fn add_equations(&mut self, constraints: &Constraints) {
        for equation in constraints.equations() {
            let mut constant = 0i64;
            let mut terms = Vec::with_capacity(equation.terms.len());
            let mut known = 0;
            for term in equation.terms {
                if let Some((variable, lift)) = self.variables.get(term.cell).copied().flatten() {
                    constant = constant.saturating_add(lift.saturating_mul(term.coefficient));
                    terms.push((term.coefficient, variable));
                } else if let Some(value) = self.known.get(&term.cell) {
                    constant = constant.saturating_sub(value.saturating_mul(term.coefficient));
                    known += 1;
                }
            }
            if is_empty(&terms) {
                continue;
            }
            // A cell without a value stands in no equation; with one missing the others say nothing.
            if terms.len() + known == equation.terms.len() {
                self.builder.equation(&terms, constant);
            }
        }
    }

    /// Who stands in none of the sensitive categories of a total: if nobody does, everybody is known to be in one.
    fn add_outsides(&mut self, cube: &Cube) {
        let mut sensitive: BTreeMap<Around<'_>, Vec<(i64, Option<VariableId>, i64)>> = BTreeMap::new();
        for cell in cube.cells().filter(|cell| cell.shown && cell.unit == Unit::Person) {
            let (Value::Known(value), Role::Counted(measure)) = (cell.value, cell.role) else { continue };
            let variable = self.variables.get(cell.id).copied().flatten().map(|(variable, _)| variable);
            let codes = cube.codes(cell.id);
            let dimensions = cell.table.dimensions.iter().enumerate();
            for (at, dimension) in
                dimensions.filter(|(_, dimension)| dimension.adds_up && !dimension.sensitive.is_empty())
            {
                let Some(code) = codes.get(at) else { continue };
                let sign = match code.as_str() {
                    TOTAL => 1,
                    code if dimension.sensitive.iter().any(|one| one == code) => -1,
                    _ => continue,
                };
                let mut around = codes.clone();
                if let Some(code) = around.get_mut(at) {
                    code.clone_from(&dimension.name);
                }
                let key = (cell.table.name.as_str(), cell.region.code.as_str(), measure.name.as_str(), around);
                sensitive.entry(key).or_default().push((sign, variable, value));
            }
        }
        for ((table, region, _, codes), terms) in sensitive {
            let outside: i64 = terms.iter().map(|(sign, _, value)| sign * value).sum();
            let threshold = self.input.thresholds.get(table).copied().unwrap_or_else(Threshold::none);
            let has_total = terms.iter().any(|(sign, ..)| *sign > 0);
            let is_known = terms.iter().all(|(_, at, _)| at.is_none());
            if !has_total || terms.len() < 2 || threshold.k().is_none() || is_known {
                continue;
            }
            let cell = self.builder.cell(format!("{table} {region} {} outside", codes.join(" ")), Fate::Never);
            let variable = self.builder.variable(cell, outside, Guard::Outside(threshold));
            // What has no variable is known from an earlier version.
            let known: i64 = terms.iter().filter(|(_, at, _)| at.is_none()).map(|(sign, _, value)| sign * value).sum();
            let unknown = terms.iter().filter_map(|(sign, at, _)| Some((*sign, (*at)?)));
            let equation: Vec<(i64, VariableId)> = unknown.chain([(-1, variable)]).collect();
            self.builder.equation(&equation, -known);
        }
    }
}

/// Table, region, measure, and the codes of all dimensions with the name of one in the place of its code.
type Around<'c> = (&'c str, &'c str, &'c str, Vec<String>);

/// Which cells are one number, as a city and the whole of a hub of one city are: who knows one knows the other, so they
/// are one variable, and what shares a fate with one shares it with the other.
struct Same {
    values: Sets,
    groups: Sets,
}

impl Same {
    fn new(cube: &Cube, constraints: &Constraints, thresholds: &BTreeMap<String, Threshold>) -> Self {
        // Two numbers with different thresholds stay two, and each is protected by its own.
        let of = |cell: Cell<'_>| (cell.group, cell.shown, thresholds.get(&cell.table.name).copied());
        let cells: Vec<(CellId, bool, Option<Threshold>)> = cube.cells().map(of).collect();
        let mut same = Self { values: Sets::new(cells.len()), groups: Sets::new(cells.len()) };
        for equation in constraints.equations() {
            let [one, other] = equation.terms else { continue };
            let (Some((group, true, k)), Some((other_group, true, other_k))) =
                (cells.get(one.cell), cells.get(other.cell))
            else {
                continue;
            };
            if one.coefficient == -other.coefficient && k == other_k {
                same.values.join(one.cell, other.cell);
                same.groups.join(*group, *other_group);
            }
        }
        same
    }
}

/// What is added to a value below zero, as money is after reversals, since an attacker is taken to know that values are
/// not; so far that much below it stays possible too.
fn lift(value: i64) -> i64 {
    if value < 0 { value.saturating_mul(-16) } else { 0 }
}

/// Whether an equation says nothing: its terms are all known, or cancel each other as those of one number do.
fn is_empty(terms: &[(i64, VariableId)]) -> bool {
    terms.is_empty() || matches!(terms, [(one, at), (other, beside)] if at == beside && one + other == 0)
}

fn cost(weight: u64) -> u32 {
    u32::try_from(weight.max(1)).unwrap_or(u32::MAX)
}

fn name(cube: &Cube, cell: &Cell<'_>) -> String {
    let measure = match cell.role {
        Role::Counted(_) => "",
        Role::Rest(_) => " rest",
    };
    format!("{} {} {}{measure}", cell.table.name, cell.region.code, cube.codes(cell.id).join(" "))
}
