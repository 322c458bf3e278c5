use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use datafusion::arrow::array::{ArrayRef, Decimal128Array, Int32Array, Int64Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::DataFusionError;
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder};
use yilian_micro::{Answered, Catalogue, Dimension, DimensionOf, Measure, MicroYear, RowsOf, Shape, Status};

use super::question::{Asked, Conditions, Grouping, Of, Question};
use super::refusal::Refusal;
use super::{Micro, SCHEMA};
use crate::error::AccessError;

/// Decimals of an average.
const AVERAGE_DECIMALS: u32 = 6;

/// The protected answers of a question.
pub(super) struct Rows {
    /// By group: the codes of its columns.
    groups: Vec<Vec<String>>,
    /// By aggregate and group.
    answers: Vec<Vec<Answer>>,
}

/// An answer, with the decimals of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Answer {
    value: Option<i128>,
    decimals: u32,
    status: Status,
}

/// Asks the micro data of each year.
pub(super) fn answer(
    question: &Question,
    micro: &Micro,
    cancelled: &AtomicBool,
    shapes: &mut Vec<String>,
) -> Result<Rows, AccessError> {
    let wanted = |year: &&Arc<MicroYear>| question.years.as_ref().is_none_or(|years| years.contains(&year.year()));
    let years: Vec<&Arc<MicroYear>> = micro.years().filter(wanted).collect();
    if years.is_empty() {
        let known: Vec<String> = micro.years().map(|year| year.year().to_string()).collect();
        let hint = format!("micro data are there of {}", known.join(", "));
        return Err(Refusal::new("there are no micro data of this year", "", hint).into());
    }
    if years.len() > 1 && !question.groups.contains(&Grouping::Year) {
        let hint = "people of several years are not one group: add year to group by, or where year = …";
        return Err(Refusal::new("several years in one group", "", hint).into());
    }
    let mut rows = Rows { groups: Vec::new(), answers: vec![Vec::new(); question.asked.len()] };
    for year in years {
        let groups = Groups::new(question, year.catalogue())?;
        rows.groups.extend(groups.codes(question, year));
        for (asked, column) in question.asked.iter().zip(&mut rows.answers) {
            let answers = groups.ask(question, asked, (year, cancelled), shapes)?;
            column.extend(answers);
        }
    }
    Ok(rows)
}

/// The groups of a question, all of them, empty ones too: which there are must say nothing about people.
struct Groups<'c> {
    catalogue: &'c Catalogue,
    /// Dimension and level of each column that is no year.
    columns: Vec<(usize, usize)>,
    /// The categories of each group, in order.
    keys: Vec<Vec<usize>>,
}

impl<'c> Groups<'c> {
    /// Refuses more dimensions, or more groups, than are answered, before it makes any.
    fn new(question: &Question, catalogue: &'c Catalogue) -> Result<Self, AccessError> {
        let columns: Vec<(usize, usize)> = question
            .groups
            .iter()
            .filter_map(|group| match group {
                Grouping::Year => None,
                Grouping::Level(dimension, level) => Some((*dimension, *level)),
            })
            .collect();
        let shape = finest_of(&question.tables, columns.iter().copied());
        check(&shape, catalogue)?;
        shape.check_size(catalogue)?;
        let conditions = wanted_in(&question.conditions, catalogue);
        // Finest categories first, so that two columns of one dimension agree.
        let mut keys = BTreeSet::from([BTreeMap::new()]);
        for (dimension, level) in shape.dimensions() {
            let wanted = categories_of((*dimension, *level), &conditions, catalogue);
            let longer = |key: &BTreeMap<usize, (usize, usize)>| {
                let with = wanted.iter().map(|category| {
                    let mut key = key.clone();
                    key.insert(*dimension, (*level, *category));
                    key
                });
                with.collect::<Vec<_>>()
            };
            keys = keys.iter().flat_map(longer).collect();
        }
        let key = |categories: &BTreeMap<usize, (usize, usize)>| {
            let category = |(dimension, to): &(usize, usize)| {
                let (level, category) = categories.get(dimension).copied().unwrap_or_default();
                catalogue.dimensions.get(*dimension).map_or(0, |found| found.lift_between(category, (level, *to)))
            };
            columns.iter().map(category).collect::<Vec<_>>()
        };
        let keys: BTreeSet<Vec<usize>> = keys.iter().map(key).collect();
        Ok(Self { catalogue, columns, keys: keys.into_iter().collect() })
    }

    fn codes(&self, question: &Question, year: &MicroYear) -> Vec<Vec<String>> {
        let row = |key: &Vec<usize>| {
            let mut own = self.columns.iter().zip(key).map(|((dimension, level), category)| {
                let dimension = self.catalogue.dimensions.get(*dimension);
                let category = dimension.and_then(|dimension| dimension.categories(*level).get(*category));
                category.map(|category| category.code.clone()).unwrap_or_default()
            });
            let column = |group: &Grouping| match group {
                Grouping::Year => year.year().to_string(),
                Grouping::Level(..) => own.next().unwrap_or_default(),
            };
            question.groups.iter().map(column).collect()
        };
        self.keys.iter().map(row).collect()
    }

    /// The answers of one aggregate, by group.
    fn ask(
        &self,
        question: &Question,
        asked: &Asked,
        (year, cancelled): (&MicroYear, &AtomicBool),
        shapes: &mut Vec<String>,
    ) -> Result<Vec<Answer>, AccessError> {
        let (shape, wanted) = self.shape(question, asked);
        check(&shape, self.catalogue)?;
        if matches!(asked.of, Of::Persons | Of::StatusOfPersons) {
            self.check_that_people_add_up(&shape, &wanted)?;
        }
        let described = shape.describe(self.catalogue);
        if !shapes.contains(&described) {
            shapes.push(described);
        }
        let cells = Cells { groups: self, shape: &shape, wanted: &wanted };
        let of = |measure| -> Result<Vec<Answered>, AccessError> {
            Ok(cells.together(&year.answers(&shape, measure, cancelled)?))
        };
        let decimals = |table: usize, measure: usize| {
            let measures = self.catalogue.tables.get(table).map(|table| table.measures.as_slice());
            measures.and_then(|measures| measures.get(measure)).map_or(0, |measure| measure.decimals)
        };
        Ok(match asked.of {
            Of::Persons | Of::StatusOfPersons => of(Measure::Persons)?.iter().map(|found| plain(found, 0)).collect(),
            Of::Rows => of(Measure::Rows)?.iter().map(|found| plain(found, 0)).collect(),
            Of::RowsWith(_, measure) => of(Measure::RowsWith(measure))?.iter().map(|found| plain(found, 0)).collect(),
            Of::Sum(table, measure) | Of::StatusOfSum(table, measure) => {
                of(Measure::Sum(measure))?.iter().map(|found| plain(found, decimals(table, measure))).collect()
            }
            Of::Average(table, measure) => {
                let (sums, rows) = (of(Measure::Sum(measure))?, of(Measure::RowsWith(measure))?);
                sums.iter().zip(&rows).map(|(sum, rows)| average(sum, rows, decimals(table, measure))).collect()
            }
        })
    }

    /// The shape of an aggregate, and of each of its dimensions the categories that are wanted.
    fn shape(&self, question: &Question, asked: &Asked) -> (Shape, Vec<BTreeSet<usize>>) {
        let conditions = wanted_in(&asked.conditions, self.catalogue);
        let needed = conditions.iter().filter_map(|(number, (level, wanted))| {
            let dimension = self.catalogue.dimensions.get(*number)?;
            Some((*number, coarsest(dimension, wanted, *level)?))
        });
        let shape = finest_of(&question.tables, self.columns.iter().copied().chain(needed));
        let wanted =
            shape.dimensions().iter().map(|level| categories_of(*level, &conditions, self.catalogue)).collect();
        (shape, wanted)
    }
}

impl Groups<'_> {
    /// People of several categories of a dimension of rows are no sum: who is in two of them would count twice.
    fn check_that_people_add_up(&self, shape: &Shape, wanted: &[BTreeSet<usize>]) -> Result<(), Refusal> {
        for ((number, level), wanted) in shape.dimensions().iter().zip(wanted) {
            let Some(dimension) = self.catalogue.dimensions.get(*number) else { continue };
            let adds_up = dimension.of == DimensionOf::Person || self.has_one_row_a_person(shape, *number);
            if adds_up || wanted.len() < 2 || self.columns.contains(&(*number, *level)) {
                continue;
            }
            let column = dimension.levels.get(*level).map(|level| level.column.clone()).unwrap_or_default();
            let hint = format!("group by {column}, or filter it to one category; count(*) counts rows of several");
            return Err(Refusal::new("people with rows in several categories would count twice", column, hint));
        }
        Ok(())
    }

    /// Whether a dimension comes from a table that has one row a person.
    fn has_one_row_a_person(&self, shape: &Shape, dimension: usize) -> bool {
        let tables = shape.tables().iter().filter_map(|table| self.catalogue.tables.get(*table));
        tables.into_iter().any(|table| table.rows == RowsOf::Person && table.dimensions.contains(&dimension))
    }
}

/// By dimension: the finest level that was spoken of, and the finest categories of a year that are wanted.
type Wanted = BTreeMap<usize, (usize, BTreeSet<usize>)>;

/// The categories of a level that are wanted.
fn categories_of((number, level): (usize, usize), conditions: &Wanted, catalogue: &Catalogue) -> BTreeSet<usize> {
    let Some(dimension) = catalogue.dimensions.get(number) else { return BTreeSet::new() };
    match conditions.get(&number) {
        Some((_, finest)) => finest.iter().map(|finest| dimension.category_at(*finest, level)).collect(),
        None => (0..dimension.categories(level).len()).collect(),
    }
}

/// What conditions want in a year; a category that it does not have is nobody's.
fn wanted_in(conditions: &Conditions, catalogue: &Catalogue) -> Wanted {
    let wanted = conditions.iter().filter_map(|(number, (level, codes))| {
        let finest = catalogue.dimensions.get(*number)?.categories(0).iter().enumerate();
        let wanted = finest.filter(|(_, category)| codes.contains(&category.code)).map(|(at, _)| at);
        Some((*number, (*level, wanted.collect())))
    });
    wanted.collect()
}

/// The shape of these tables with each dimension once, at the finest level of which is spoken.
fn finest_of(tables: &BTreeSet<usize>, spoken: impl Iterator<Item = (usize, usize)>) -> Shape {
    let mut levels: BTreeMap<usize, usize> = BTreeMap::new();
    for (dimension, level) in spoken {
        levels.entry(dimension).and_modify(|found| *found = (*found).min(level)).or_insert(level);
    }
    Shape::new(tables, &levels.into_iter().collect())
}

/// Refuses a shape of more dimensions than are answered.
fn check(shape: &Shape, catalogue: &Catalogue) -> Result<(), AccessError> {
    let most = catalogue.dimensions_at_a_time;
    let columns = shape.columns(catalogue);
    if columns.len() > most {
        let hint = format!("speak of at most {most} dimensions in groups and conditions together");
        return Err(Refusal::new("too many dimensions at a time", columns.join(", "), hint).into());
    }
    for (number, _) in shape.dimensions() {
        let has = |table: &usize| catalogue.tables.get(*table).is_some_and(|table| table.dimensions.contains(number));
        if !shape.tables().iter().any(has) {
            return Err(Refusal::new("a dimension that none of the tables has", columns.join(", "), "").into());
        }
    }
    Ok(())
}

/// The coarsest level at which a condition can be said, from one on; `None` where it wants everything.
fn coarsest(dimension: &Dimension, wanted: &BTreeSet<usize>, from: usize) -> Option<usize> {
    let all = dimension.categories(0).len();
    if wanted.len() == all {
        return None;
    }
    let says_it = |level: &usize| {
        let lifted: BTreeSet<usize> = wanted.iter().map(|finest| dimension.category_at(*finest, *level)).collect();
        (0..all).filter(|finest| lifted.contains(&dimension.category_at(*finest, *level))).count() == wanted.len()
    };
    (from..dimension.levels.len()).rev().find(says_it).or(Some(0))
}

/// The cells of a shape that make up each group.
struct Cells<'a, 'c> {
    groups: &'a Groups<'c>,
    shape: &'a Shape,
    wanted: &'a [BTreeSet<usize>],
}

impl Cells<'_, '_> {
    /// The answers of each group's cells together: none of them may be withheld.
    fn together(&self, answers: &[Answered]) -> Vec<Answered> {
        let catalogue = self.groups.catalogue;
        let grid = self.shape.grid(catalogue);
        let mut found: BTreeMap<Vec<usize>, Answered> = BTreeMap::new();
        for (cell, answer) in answers.iter().enumerate() {
            let categories = grid.categories(cell);
            if !categories.iter().zip(self.wanted).all(|(category, wanted)| wanted.contains(category)) {
                continue;
            }
            let key = self.groups.columns.iter().map(|(number, to)| {
                let position = self.shape.dimensions().iter().position(|(dimension, _)| dimension == number)?;
                let (_, level) = self.shape.dimensions().get(position)?;
                let category = categories.get(position).copied()?;
                Some(catalogue.dimensions.get(*number)?.lift_between(category, (*level, *to)))
            });
            let key: Vec<usize> = key.map(Option::unwrap_or_default).collect();
            found.entry(key).and_modify(|sum| *sum = plus(*sum, *answer)).or_insert(*answer);
        }
        let nobody = Answered { value: Some(0), status: Status::Zero };
        self.groups.keys.iter().map(|key| found.get(key).copied().unwrap_or(nobody)).collect()
    }
}

/// What has no such value adds nothing to what has.
fn plus(one: Answered, other: Answered) -> Answered {
    match (one.status, other.status) {
        (Status::NotApplicable, _) => return other,
        (_, Status::NotApplicable) => return one,
        _ => {}
    }
    match (one.value, other.value) {
        (Some(first), Some(second)) => {
            let exact = |status| matches!(status, Status::Published | Status::Zero);
            let status = match (one.status, other.status) {
                (Status::Zero, Status::Zero) => Status::Zero,
                (one, other) if exact(one) && exact(other) => Status::Published,
                _ => Status::Estimated,
            };
            Answered { value: Some(first.saturating_add(second)), status }
        }
        (None, _) => one,
        (_, None) => other,
    }
}

fn plain(answered: &Answered, decimals: u32) -> Answer {
    Answer { value: answered.value.map(i128::from), decimals, status: answered.status }
}

fn average(sum: &Answered, rows: &Answered, decimals: u32) -> Answer {
    let scale = 10_i128.pow(AVERAGE_DECIMALS.saturating_sub(decimals));
    let value = match (sum.value, rows.value) {
        (Some(sum), Some(rows)) if rows > 0 => Some(i128::from(sum) * scale / i128::from(rows)),
        _ => None,
    };
    let status = if sum.value.is_none() { sum.status } else { rows.status };
    Answer { value, decimals: AVERAGE_DECIMALS.max(decimals), status }
}

/// The plan of the answers, under the names and types that the aggregate had.
///
/// The engine takes tables of one name for one table, so that each aggregate of a plan needs a `number` of its own.
pub(super) fn in_place_of(aggregate: &Aggregate, rows: Rows, number: usize) -> Result<LogicalPlan, AccessError> {
    let planning = |error: DataFusionError| AccessError::planning(&error);
    let (schema, batch) = batch(aggregate, rows).map_err(|error| planning(error.into()))?;
    let table = MemTable::try_new(schema, vec![vec![batch]]).map_err(planning)?;
    let scan = LogicalPlanBuilder::scan(format!("{SCHEMA}_answer_{number}"), provider_as_source(Arc::new(table)), None);
    let renamed = |plan: LogicalPlanBuilder| {
        let there = plan.schema().columns();
        let names =
            aggregate.schema.iter().zip(there).map(|((qualifier, field), column)| {
                Expr::Column(column).alias_qualified(qualifier.cloned(), field.name())
            });
        plan.project(names.collect::<Vec<_>>())?.build()
    };
    scan.and_then(renamed).map_err(planning)
}

fn batch(aggregate: &Aggregate, rows: Rows) -> Result<(Arc<Schema>, RecordBatch), ArrowError> {
    let Rows { groups, answers } = rows;
    let count = groups.len();
    let mut columns: Vec<ArrayRef> = Vec::new();
    let mut fields = Vec::new();
    let grouped = aggregate.group_expr.len();
    for (at, field) in aggregate.schema.fields().iter().enumerate() {
        let array: ArrayRef = if at < grouped {
            let codes = groups.iter().map(|codes| codes.get(at).cloned().unwrap_or_default());
            if field.data_type().is_integer() {
                Arc::new(codes.map(|code| code.parse::<i32>().ok()).collect::<Int32Array>())
            } else {
                Arc::new(codes.map(Some).collect::<StringArray>())
            }
        } else {
            column(answers.get(at - grouped).map(Vec::as_slice).unwrap_or_default(), field)?
        };
        columns.push(cast(&array, field.data_type())?);
        fields.push(Field::new(format!("column_{at}"), field.data_type().clone(), true));
    }
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
    Ok((schema, batch))
}

/// The answers of an aggregate; what is withheld has no number under its null.
fn column(answers: &[Answer], field: &Field) -> Result<ArrayRef, ArrowError> {
    if field.data_type().is_string() {
        return Ok(Arc::new(answers.iter().map(|answer| Some(answer.status.as_str())).collect::<StringArray>()));
    }
    let decimals = answers.first().map_or(0, |answer| answer.decimals);
    if decimals == 0 {
        let values = answers.iter().map(|answer| answer.value.and_then(|value| i64::try_from(value).ok()));
        return Ok(Arc::new(values.collect::<Int64Array>()));
    }
    let values: Decimal128Array = answers.iter().map(|answer| answer.value).collect();
    Ok(Arc::new(values.with_precision_and_scale(38, i8::try_from(decimals).unwrap_or_default())?))
}
