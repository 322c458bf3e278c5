//! How many people and rows each cell of a shape has: one pass over the files, which are sorted by person.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::catalogue::{Catalogue, MicroTable};
use crate::contributions::{Contributions, Largest};
use crate::dimension::DimensionOf;
use crate::error::MicroError;
use crate::file::{CodeColumn, Rows, read};
use crate::shape::Shape;

/// True counts: they leave the crate protected alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) persons: Vec<u64>,
    pub(crate) rows: Vec<u64>,
    /// By measure of the shape's only table of events.
    pub(crate) sums: Vec<Sum>,
    /// For each cell the number of its categories in dimensions of rows, taken together.
    pub(crate) group: Vec<usize>,
    /// The largest contributions in rows, by group.
    pub(crate) largest_rows: Vec<Largest>,
}

/// Sums of one measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) cells: Vec<i64>,
    /// How many rows of the cell have a value.
    pub(crate) valued: Vec<u64>,
    /// The largest contributions, by group.
    pub(crate) largest: Vec<Largest>,
}

/// The files of each micro table by its name, one a bucket of people, in the same order.
pub(crate) type Files = BTreeMap<String, Vec<PathBuf>>;

/// What a table adds to the number of a cell.
struct Part<'c> {
    table: &'c MicroTable,
    columns: Vec<CodeColumn<'c>>,
    /// For each column, what each of its finest categories adds.
    offsets: Vec<Vec<usize>>,
}

/// Counts all cells of a shape.
pub(crate) fn count(
    (catalogue, files): (&Catalogue, &Files),
    shape: &Shape,
    threads: usize,
    cancelled: &AtomicBool,
) -> Result<Counts, MicroError> {
    let counter = Counter::new(catalogue, shape);
    let number = |table: &MicroTable| files.get(&table.name).map_or(0, Vec::len);
    let buckets = shape.members(catalogue).map(number).min().unwrap_or(0);
    if let Some(table) = shape.members(catalogue).find(|table| number(table) != buckets || buckets == 0) {
        return Err(MicroError::Buckets { table: table.name.clone() });
    }
    let (next, total) = (AtomicUsize::new(0), Mutex::new(counter.nothing()));
    let work = || -> Result<(), MicroError> {
        loop {
            let bucket = next.fetch_add(1, Ordering::Relaxed);
            if bucket >= buckets {
                return Ok(());
            }
            let found = counter.bucket(files, bucket, cancelled)?;
            total.lock().unwrap_or_else(PoisonError::into_inner).add(&found, catalogue.noise.largest);
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let own = work();
        workers.into_iter().map(|worker| worker.join().unwrap_or(Err(MicroError::Cancelled))).fold(own, Result::and)
    })?;
    Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
}

struct Counter<'c> {
    keep: usize,
    cells: usize,
    group: Vec<usize>,
    groups: usize,
    /// Its rows are counted: the table with several rows a person, where there is one.
    counted: Option<Part<'c>>,
    /// Their people must be in all of these.
    joined: Vec<Part<'c>>,
    measures: Vec<&'c str>,
}

impl<'c> Counter<'c> {
    fn new(catalogue: &'c Catalogue, shape: &Shape) -> Self {
        let grid = shape.grid(catalogue);
        let sizes = grid.sizes();
        let events = shape.events(catalogue);
        let mut taken = BTreeSet::new();
        let mut parts: Vec<Part<'c>> =
            shape.members(catalogue).map(|table| part(catalogue, shape, (table, sizes), &mut taken)).collect();
        // Any of several tables is counted for its people alone.
        let counted = parts.iter().position(|part| events.is_some_and(|table| table.name == part.table.name));
        let counted = (!parts.is_empty()).then(|| parts.swap_remove(counted.unwrap_or(0)));
        let measures = events.map(|table| table.measures.iter().map(|measure| measure.name.as_str()).collect());
        let cells = grid.cells();
        let rows = shape.positions(catalogue, DimensionOf::Row);
        let group_of = |cell| {
            let categories = grid.categories(cell);
            let size = |position: &usize| sizes.get(*position).copied().unwrap_or(1);
            rows.iter().fold(0, |group, at| group * size(at) + categories.get(*at).copied().unwrap_or_default())
        };
        let group: Vec<usize> = (0..cells).map(group_of).collect();
        let groups = group.iter().max().map_or(1, |most| most + 1);
        Self {
            keep: catalogue.noise.largest,
            cells,
            group,
            groups,
            counted,
            joined: parts,
            measures: measures.unwrap_or_default(),
        }
    }

    fn nothing(&self) -> Counts {
        let sum = || Sum {
            cells: vec![0; self.cells],
            valued: vec![0; self.cells],
            largest: vec![Largest::default(); self.groups],
        };
        Counts {
            persons: vec![0; self.cells],
            rows: vec![0; self.cells],
            sums: self.measures.iter().map(|_| sum()).collect(),
            group: self.group.clone(),
            largest_rows: vec![Largest::default(); self.groups],
        }
    }

    fn bucket(&self, files: &Files, bucket: usize, cancelled: &AtomicBool) -> Result<Counts, MicroError> {
        let file = |part: &Part<'_>| files.get(&part.table.name).and_then(|files| files.get(bucket));
        let joined: Option<Vec<&PathBuf>> = self.joined.iter().map(file).collect();
        let (Some(counted), Some(paths)) = (self.counted.as_ref(), joined) else { return Ok(self.nothing()) };
        let Some(path) = file(counted) else { return Ok(self.nothing()) };
        let mut others = Vec::new();
        for (part, path) in self.joined.iter().zip(paths) {
            others.push(Others::read(part, path, cancelled)?);
        }
        let mut tally = Tally::new(self);
        read(path, (&counted.columns, &self.measures), cancelled, |rows| {
            for (row, person) in rows.people.iter().enumerate() {
                tally.person(*person);
                let mut cells = vec![counted.offset(rows, row)];
                for other in &mut others {
                    let found = other.of(*person);
                    cells = match (cells.as_slice(), found) {
                        ([cell], [offset]) => vec![cell + offset],
                        _ => cells.iter().flat_map(|cell| found.iter().map(move |offset| cell + offset)).collect(),
                    };
                }
                for cell in cells {
                    tally.row(cell, rows, row)?;
                }
            }
            Ok(())
        })?;
        Ok(tally.finish())
    }
}

/// What a table adds to the cell of each of its people, sorted by person.
struct Others {
    people: Vec<i64>,
    offsets: Vec<usize>,
    /// Where the person who was asked for last begins and ends.
    at: (usize, usize),
}

impl Others {
    fn read(part: &Part<'_>, path: &std::path::Path, cancelled: &AtomicBool) -> Result<Self, MicroError> {
        let mut found = Self { people: Vec::new(), offsets: Vec::new(), at: (0, 0) };
        read(path, (&part.columns, &[]), cancelled, |rows| {
            for (row, person) in rows.people.iter().enumerate() {
                let offset = part.offset(rows, row);
                let begun = found.people.iter().rposition(|other| other != person).map_or(0, |before| before + 1);
                if !found.offsets.get(begun..).unwrap_or_default().contains(&offset) {
                    found.people.push(*person);
                    found.offsets.push(offset);
                }
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// What it adds to the cells of a person, who comes after those that were asked for before.
    fn of(&mut self, person: i64) -> &[usize] {
        if self.people.get(self.at.0) != Some(&person) || self.at.0 == self.at.1 {
            let mut from = self.at.1;
            while self.people.get(from).is_some_and(|other| *other < person) {
                from += 1;
            }
            let mut until = from;
            while self.people.get(until) == Some(&person) {
                until += 1;
            }
            self.at = (from, until);
        }
        self.offsets.get(self.at.0..self.at.1).unwrap_or_default()
    }
}

/// The counts of one bucket while its rows pass.
struct Tally<'p, 'c> {
    counter: &'p Counter<'c>,
    counts: Counts,
    person: (u32, Option<i64>),
    /// By cell, the last person who was counted.
    last: Vec<u32>,
    rows: Contributions,
    sums: Vec<Contributions>,
}

impl<'p, 'c> Tally<'p, 'c> {
    fn new(counter: &'p Counter<'c>) -> Self {
        let contributions = || Contributions::new(counter.groups, counter.keep);
        Self {
            counter,
            counts: counter.nothing(),
            person: (0, None),
            last: vec![0; counter.cells],
            rows: contributions(),
            sums: counter.measures.iter().map(|_| contributions()).collect(),
        }
    }

    fn person(&mut self, person: i64) {
        if self.person.1 != Some(person) {
            self.person = (self.person.0 + 1, Some(person));
        }
    }

    fn row(&mut self, cell: usize, rows: &Rows, row: usize) -> Result<(), MicroError> {
        let person = self.person.0;
        let (Some(group), Some(last)) = (self.counter.group.get(cell), self.last.get_mut(cell)) else { return Ok(()) };
        if *last != person {
            *last = person;
            add(&mut self.counts.persons, cell);
        }
        add(&mut self.counts.rows, cell);
        self.rows.add(*group, person, 1);
        for ((sum, contributions), values) in self.counts.sums.iter_mut().zip(&mut self.sums).zip(&rows.values) {
            let Some(value) = values.get(row).copied().flatten() else { continue };
            if let Some(total) = sum.cells.get_mut(cell) {
                *total = total.checked_add(value).ok_or(MicroError::TooLarge)?;
            }
            add(&mut sum.valued, cell);
            contributions.add(*group, person, value);
        }
        Ok(())
    }

    fn finish(mut self) -> Counts {
        self.counts.largest_rows = self.rows.finish();
        for (sum, contributions) in self.counts.sums.iter_mut().zip(self.sums) {
            sum.largest = contributions.finish();
        }
        self.counts
    }
}

impl Counts {
    fn add(&mut self, other: &Self, keep: usize) {
        let add = |own: &mut [u64], other: &[u64]| own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
        add(&mut self.persons, &other.persons);
        add(&mut self.rows, &other.rows);
        merge(&mut self.largest_rows, &other.largest_rows, keep);
        for (own, other) in self.sums.iter_mut().zip(&other.sums) {
            own.cells.iter_mut().zip(&other.cells).for_each(|(own, other)| *own = own.saturating_add(*other));
            add(&mut own.valued, &other.valued);
            merge(&mut own.largest, &other.largest, keep);
        }
    }
}

impl Part<'_> {
    fn offset(&self, rows: &Rows, row: usize) -> usize {
        let categories = self.offsets.iter().zip(&rows.categories);
        categories.filter_map(|(offsets, column)| offsets.get(*column.get(row)?).copied()).sum()
    }
}

fn merge(own: &mut [Largest], other: &[Largest], keep: usize) {
    own.iter_mut().zip(other).for_each(|(own, other)| own.merge(other, keep));
}

fn add(counts: &mut [u64], cell: usize) {
    if let Some(count) = counts.get_mut(cell) {
        *count += 1;
    }
}

/// The dimensions of the shape that a table has, but for those that another has given already.
fn part<'c>(
    catalogue: &'c Catalogue,
    shape: &Shape,
    (table, sizes): (&'c MicroTable, &[usize]),
    taken: &mut BTreeSet<usize>,
) -> Part<'c> {
    let mut part = Part { table, columns: Vec::new(), offsets: Vec::new() };
    for (position, (number, level)) in shape.dimensions().iter().enumerate() {
        if !table.dimensions.contains(number) || !taken.insert(*number) {
            continue;
        }
        let Some(dimension) = catalogue.dimensions.get(*number) else { continue };
        let stride: usize = sizes.iter().skip(position + 1).product();
        let finest = 0..dimension.categories(0).len();
        part.offsets.push(finest.map(|category| dimension.category_at(category, *level) * stride).collect());
        part.columns.push(CodeColumn {
            name: &dimension.name,
            codes: dimension.codes(),
            otherwise: dimension.otherwise,
        });
    }
    part
}
