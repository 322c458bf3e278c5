//! What an aggregate over rows about people asks, if every step below it is understood.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::common::{Column, DFSchemaRef, JoinType, ScalarValue};
use datafusion::logical_expr::{Aggregate, BinaryExpr, Expr, Join, LogicalPlan, Operator};
use yilian_micro::{Catalogue, RowsOf};

use super::Micro;
use super::refusal::Refusal;
use super::status::STATUS;
use super::table::{PERSON, YEAR, micro_table};
use crate::error::AccessError;

/// A question about groups of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    /// Numbers of the micro tables that are joined on the person.
    pub(super) tables: BTreeSet<usize>,
    /// Years that are asked for; `None` for all.
    pub(super) years: Option<BTreeSet<i32>>,
    /// What people and rows must be.
    pub(super) conditions: Conditions,
    /// By what the answer is grouped, in the order of the columns.
    pub(super) groups: Vec<Grouping>,
    /// What is asked of each group.
    pub(super) asked: Vec<Asked>,
}

/// A column by which an answer is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grouping {
    Year,
    /// Dimension and level.
    Level(usize, usize),
}

/// By dimension: the finest level that was spoken of, and the codes of the finest categories that are wanted.
pub(super) type Conditions = BTreeMap<usize, (usize, BTreeSet<String>)>;

/// What there is to ask about: tables and dimensions are those of every year, the categories of some have others in some years.
struct Known<'a> {
    newest: &'a Catalogue,
    all: Vec<&'a Catalogue>,
}

/// One aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) of: Of,
    /// The conditions of the question with those of its FILTER.
    pub(super) conditions: Conditions,
}

/// What an aggregate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Persons,
    Rows,
    /// Rows that have a value of a measure of a table.
    RowsWith(usize, usize),
    Sum(usize, usize),
    Average(usize, usize),
    StatusOfPersons,
    StatusOfSum(usize, usize),
}

/// Where a column of a step comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Of a table.
    Person(usize),
    /// Of a table.
    Year(usize),
    Level(usize, usize),
    Measure(usize, usize),
}

/// A step below the aggregate.
struct Step {
    tables: BTreeSet<usize>,
    years: Option<BTreeSet<i32>>,
    conditions: Conditions,
    schema: DFSchemaRef,
    /// For each column of the schema; `None` for one that is computed.
    origins: Vec<Option<Origin>>,
    /// Pairs of tables whose people are equated.
    by_person: BTreeSet<(usize, usize)>,
    /// Pairs of tables whose years are.
    by_year: BTreeSet<(usize, usize)>,
}

impl Question {
    /// Reads an aggregate with all that stands below it.
    pub(super) fn read(aggregate: &Aggregate, micro: &Micro) -> Result<Self, AccessError> {
        let all: Vec<&Catalogue> = micro.years().map(|year| year.catalogue()).collect();
        let Some(newest) = all.last().copied() else { return Err(Refusal::of_step(&aggregate.input).into()) };
        let known = &Known { newest, all };
        let step = Step::read(&aggregate.input, known)?;
        step.check_joins(known)?;
        let mut groups = Vec::new();
        for expression in &aggregate.group_expr {
            groups.push(step.grouping(expression)?);
        }
        let mut asked = Vec::new();
        for expression in &aggregate.aggr_expr {
            asked.push(step.asked(expression, known)?);
        }
        let Step { tables, years, conditions, .. } = step;
        Ok(Self { tables, years, conditions, groups, asked })
    }
}

impl Step {
    fn read(plan: &LogicalPlan, known: &Known<'_>) -> Result<Self, Refusal> {
        match plan {
            LogicalPlan::TableScan(scan) => {
                let table = micro_table(scan).ok_or_else(|| Refusal::of_step(plan))?;
                let number = known.newest.tables.iter().position(|known| known.name == table);
                Ok(Self::of_table(number.ok_or_else(|| Refusal::of_step(plan))?, plan, known))
            }
            LogicalPlan::SubqueryAlias(alias) => {
                Ok(Self { schema: Arc::clone(&alias.schema), ..Self::read(&alias.input, known)? })
            }
            LogicalPlan::Projection(projection) => {
                let below = Self::read(&projection.input, known)?;
                let origins = projection.expr.iter().map(|expression| below.origin(expression)).collect();
                Ok(Self { schema: Arc::clone(&projection.schema), origins, ..below })
            }
            LogicalPlan::Filter(filter) => {
                let mut step = Self::read(&filter.input, known)?;
                for condition in conjuncts(&filter.predicate) {
                    step.narrow(condition, known)?;
                }
                Ok(step)
            }
            LogicalPlan::Join(join) => Self::of_join(join, plan, known),
            other => Err(Refusal::of_step(other)),
        }
    }

    fn of_table(number: usize, plan: &LogicalPlan, known: &Known<'_>) -> Self {
        let origin = |name: &str| match name {
            PERSON => Some(Origin::Person(number)),
            YEAR => Some(Origin::Year(number)),
            name => known.newest.level(name).map(|(dimension, level)| Origin::Level(dimension, level)).or_else(|| {
                let measures = &known.newest.tables.get(number)?.measures;
                let measure = measures.iter().position(|measure| measure.name == name)?;
                Some(Origin::Measure(number, measure))
            }),
        };
        Self {
            tables: BTreeSet::from([number]),
            years: None,
            conditions: Conditions::new(),
            schema: Arc::clone(plan.schema()),
            origins: plan.schema().fields().iter().map(|field| origin(field.name())).collect(),
            by_person: BTreeSet::new(),
            by_year: BTreeSet::new(),
        }
    }

    fn of_join(join: &Join, plan: &LogicalPlan, known: &Known<'_>) -> Result<Self, Refusal> {
        if join.join_type != JoinType::Inner {
            let hint = "only inner joins on the person are answered; ask for each group and subtract";
            return Err(Refusal::new("a join that keeps people without a match", plan.display().to_string(), hint));
        }
        let (left, right) = (Self::read(&join.left, known)?, Self::read(&join.right, known)?);
        if let Some(twice) = left.tables.intersection(&right.tables).next() {
            let name = known.newest.tables.get(*twice).map(|table| table.name.clone()).unwrap_or_default();
            return Err(Refusal::new("a table is joined with itself", name, "name each micro table once"));
        }
        let mut step = Self {
            tables: &left.tables | &right.tables,
            years: both(left.years, right.years),
            conditions: left.conditions,
            schema: Arc::clone(plan.schema()),
            origins: left.origins.iter().chain(&right.origins).copied().collect(),
            by_person: &left.by_person | &right.by_person,
            by_year: &left.by_year | &right.by_year,
        };
        for (dimension, (level, wanted)) in right.conditions {
            narrow(&mut step.conditions, (dimension, level), wanted);
        }
        for (one, other) in &join.on {
            if !step.join(one, other) {
                let hint = HOW_TO_JOIN;
                return Err(Refusal::of("micro tables are joined on the person alone", one, hint));
            }
        }
        for condition in join.filter.iter().flat_map(conjuncts) {
            step.narrow(condition, known)?;
        }
        Ok(step)
    }

    /// Takes note that two columns are equated, if they are people or years of two tables.
    fn join(&mut self, one: &Expr, other: &Expr) -> bool {
        match (self.origin(one), self.origin(other)) {
            (Some(Origin::Person(one)), Some(Origin::Person(other))) => self.by_person.insert((one, other)),
            (Some(Origin::Year(one)), Some(Origin::Year(other))) => self.by_year.insert((one, other)),
            _ => return false,
        };
        true
    }

    /// Every table must stand beside the others by the person, and in the same year.
    fn check_joins(&self, known: &Known<'_>) -> Result<(), Refusal> {
        if [&self.by_person, &self.by_year].into_iter().all(|pairs| connected(&self.tables, pairs)) {
            return Ok(());
        }
        let names =
            self.tables.iter().filter_map(|table| known.newest.tables.get(*table)).map(|table| table.name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        Err(Refusal::new("micro tables are joined on the person and the year", names, HOW_TO_JOIN))
    }

    fn origin(&self, expression: &Expr) -> Option<Origin> {
        match expression {
            Expr::Column(column) => self.of_column(column),
            Expr::Alias(alias) => self.origin(&alias.expr),
            _ => None,
        }
    }

    fn of_column(&self, column: &Column) -> Option<Origin> {
        let at = self.schema.maybe_index_of_column(column)?;
        self.origins.get(at).copied().flatten()
    }

    fn grouping(&self, expression: &Expr) -> Result<Grouping, Refusal> {
        match self.origin(expression) {
            Some(Origin::Year(_)) => Ok(Grouping::Year),
            Some(Origin::Level(dimension, level)) => Ok(Grouping::Level(dimension, level)),
            Some(Origin::Person(_)) => {
                Err(Refusal::of("a group for each person", expression, "group by categories, such as age_band"))
            }
            Some(Origin::Measure(..)) => {
                Err(Refusal::of("a group for each value", expression, "sum it or average it in groups of categories"))
            }
            None => Err(Refusal::of(
                "a group by what is computed",
                expression,
                "group by columns as they are, and compute with the answer; rollup and cube are asked as several questions",
            )),
        }
    }

    fn asked(&self, expression: &Expr, known: &Known<'_>) -> Result<Asked, Refusal> {
        let expression = match expression {
            Expr::Alias(alias) => &*alias.expr,
            other => other,
        };
        let hint = "count(*), count(distinct person), sum, avg and cell_status are answered";
        let Expr::AggregateFunction(function) = expression else {
            return Err(Refusal::of("this aggregate is not answered", expression, hint));
        };
        let parameters = &function.params;
        let refuse = || Refusal::of("this aggregate is not answered", expression, hint);
        if !parameters.order_by.is_empty() || parameters.null_treatment.is_some() {
            return Err(refuse());
        }
        let mut conditions = self.conditions.clone();
        if let Some(filter) = &parameters.filter {
            for condition in conjuncts(filter) {
                let (level, wanted) = self.condition(condition, known)?;
                let Wanted::Categories(dimension, categories) = wanted else { return Err(refuse()) };
                narrow(&mut conditions, (dimension, level), categories);
            }
        }
        let [argument] = parameters.args.as_slice() else { return Err(refuse()) };
        let origin = self.origin(argument);
        let is_constant = matches!(argument, Expr::Literal(value, _) if !value.is_null());
        let of = match (function.func.name(), parameters.distinct, origin) {
            ("count", true, Some(Origin::Person(_))) => Of::Persons,
            ("count", false, Some(Origin::Person(_) | Origin::Year(_) | Origin::Level(..))) => Of::Rows,
            ("count", false, Some(Origin::Measure(table, measure))) => Of::RowsWith(table, measure),
            ("count", false, None) if is_constant => Of::Rows,
            ("sum", false, Some(Origin::Measure(table, measure))) => Of::Sum(table, measure),
            ("avg", false, Some(Origin::Measure(table, measure))) => Of::Average(table, measure),
            (STATUS, false, Some(Origin::Person(_))) => Of::StatusOfPersons,
            (STATUS, false, Some(Origin::Measure(table, measure))) => Of::StatusOfSum(table, measure),
            _ => return Err(refuse()),
        };
        let events = self.tables.iter().filter_map(|table| known.newest.tables.get(*table));
        let events = events.filter(|table| table.rows == RowsOf::Event).count();
        if events > 1 && !matches!(of, Of::Persons | Of::StatusOfPersons) {
            let hint = "of several tables of events people alone are counted: count(distinct person)";
            return Err(Refusal::of("rows of one table are repeated by another", expression, hint));
        }
        Ok(Asked { of, conditions })
    }

    fn narrow(&mut self, condition: &Expr, known: &Known<'_>) -> Result<(), Refusal> {
        if let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) = condition
            && self.join(left, right)
        {
            return Ok(());
        }
        let (level, wanted) = self.condition(condition, known)?;
        match wanted {
            Wanted::Years(years) => self.years = both(self.years.take(), Some(years)),
            Wanted::Categories(dimension, categories) => narrow(&mut self.conditions, (dimension, level), categories),
        }
        Ok(())
    }

    /// A filter to fixed categories.
    fn condition(&self, condition: &Expr, known: &Known<'_>) -> Result<(usize, Wanted), Refusal> {
        let hint = "filter a column to its categories: column = 'code' or column in ('code', 'code')";
        let refuse = || Refusal::of("this condition is not answered", condition, hint);
        let (column, values) = equalities(condition).ok_or_else(refuse)?;
        match self.origin(column) {
            Some(Origin::Year(_)) => {
                let years = values.iter().map(|value| value.parse().ok()).collect::<Option<_>>();
                Ok((0, Wanted::Years(years.ok_or_else(refuse)?)))
            }
            Some(Origin::Level(number, level)) => {
                let mut wanted = BTreeSet::new();
                for value in values {
                    let found = known.finest((number, level), &value);
                    if found.is_empty() {
                        let dimension = known.newest.dimensions.get(number).ok_or_else(refuse)?;
                        let codes = dimension.categories(level).iter().map(|category| category.code.as_str());
                        let codes: Vec<&str> = codes.take(40).collect();
                        let hint = format!("its categories are {}", codes.join(", "));
                        return Err(Refusal::of("there is no such category", condition, hint));
                    }
                    wanted.extend(found);
                }
                Ok((level, Wanted::Categories(number, wanted)))
            }
            Some(Origin::Person(_)) => {
                Err(Refusal::of("a condition on a single person", condition, "ask about groups of categories"))
            }
            _ => Err(refuse()),
        }
    }
}

const HOW_TO_JOIN: &str = "join them with using (person, year)";

/// Whether pairs lead from any of the tables to all others.
fn connected(tables: &BTreeSet<usize>, pairs: &BTreeSet<(usize, usize)>) -> bool {
    let mut reached: BTreeSet<usize> = tables.iter().take(1).copied().collect();
    for _ in tables {
        let next: Vec<usize> = pairs
            .iter()
            .flat_map(|(one, other)| [(one, other), (other, one)])
            .filter(|(from, _)| reached.contains(*from))
            .map(|(_, to)| *to)
            .collect();
        reached.extend(next);
    }
    reached.is_superset(tables)
}

impl Known<'_> {
    /// The codes of the finest categories that lie in one of a level, in any year; none where there is no such category.
    fn finest(&self, (number, level): (usize, usize), code: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for dimension in self.all.iter().filter_map(|catalogue| catalogue.dimensions.get(number)) {
            let category = dimension.levels.get(level).and_then(|level| level.category(code));
            let finest = dimension.categories(0).iter().enumerate();
            let within = finest.filter(|(at, _)| Some(dimension.category_at(*at, level)) == category);
            found.extend(within.map(|(_, finest)| finest.code.clone()));
        }
        found
    }
}

/// What a condition wants.
enum Wanted {
    Years(BTreeSet<i32>),
    /// Of a dimension, in finest categories.
    Categories(usize, BTreeSet<String>),
}

fn narrow(conditions: &mut Conditions, (dimension, level): (usize, usize), wanted: BTreeSet<String>) {
    let narrowed = match conditions.remove(&dimension) {
        Some((other, before)) => (level.min(other), &before & &wanted),
        None => (level, wanted),
    };
    conditions.insert(dimension, narrowed);
}

fn both(one: Option<BTreeSet<i32>>, other: Option<BTreeSet<i32>>) -> Option<BTreeSet<i32>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(&one & &other),
        (one, other) => one.or(other),
    }
}

fn conjuncts(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
            conjuncts(left).into_iter().chain(conjuncts(right)).collect()
        }
        other => vec![other],
    }
}

/// `column = value`, `column in (values)`, or several of these about one column joined by OR.
fn equalities(condition: &Expr) -> Option<(&Expr, Vec<String>)> {
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            if let Some(value) = constant(right) {
                return Some((left, vec![value]));
            }
            constant(left).map(|value| (&**right, vec![value]))
        }
        Expr::InList(list) if !list.negated => {
            let values = list.list.iter().map(constant).collect::<Option<_>>()?;
            Some((&list.expr, values))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let ((one, mut values), (other, more)) = (equalities(left)?, equalities(right)?);
            values.extend(more);
            (one == other).then_some((one, values))
        }
        _ => None,
    }
}

/// A literal of text or a whole number, also one whose type is said.
fn constant(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Literal(value, _) => match value {
            ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) | ScalarValue::LargeUtf8(Some(text)) => {
                Some(text.clone())
            }
            ScalarValue::Int64(Some(number)) => Some(number.to_string()),
            ScalarValue::Int32(Some(number)) => Some(number.to_string()),
            ScalarValue::Int16(Some(number)) => Some(number.to_string()),
            _ => None,
        },
        Expr::Cast(cast) => constant(&cast.expr),
        _ => None,
    }
}
