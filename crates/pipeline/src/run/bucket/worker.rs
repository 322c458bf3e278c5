//! One bucket at work: each step computes the rows that have changed since the night before, and no more than it must read
//! for that.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::filter_record_batch;
use datafusion::prelude::SessionContext;
use futures::future::BoxFuture;
use yilian_engine::{Engine, NamedRows, PreparedQuery, TableName};

use super::super::RunError;
use super::super::contents::{Contents, Extent, months_of};
use super::super::model::KeptAs;
use super::super::order::in_order;
use super::super::united::United;
use super::kept::{KeptBucket, KeptFile, KeptStep};
use super::plan::{BucketPlan, Step};
use super::source::Source;
use super::step_files::StepFiles;
use super::{BucketTable, BucketTables, under};

/// So many rows of a step that stands month by month are looked at.
const LOOKED_AT: usize = 1 << 14;

/// The steps of a plan by place, each run by what its first bucket has shown to be the best way.
pub(super) type Prepared = BTreeMap<usize, PreparedQuery>;

/// A bucket at work.
pub(super) struct Bucket<'a> {
    plan: &'a BucketPlan,
    prepared: &'a mut Prepared,
    /// Whose rows they are.
    whose: (&'a United, (i64, i64)),
    session: SessionContext,
    /// What the step at work reads.
    rows: Arc<NamedRows>,
    /// Of a table perhaps the rows of some months and all of them, each as it was asked for.
    held: BTreeMap<TableName, Vec<Held>>,
    /// What each table is that is known by now.
    contents: BTreeMap<TableName, Contents>,
    kept: KeptBucket,
}

/// Rows in memory.
struct Held {
    extent: Extent,
    /// The columns of a source by place; all of a step's.
    columns: BTreeSet<usize>,
    batches: Vec<RecordBatch>,
}

impl<'a> Bucket<'a> {
    pub(super) fn new(
        plan: &'a BucketPlan,
        prepared: &'a mut Prepared,
        engine: &Engine,
        whose: (&'a United, (i64, i64)),
        kept: KeptBucket,
    ) -> Self {
        let rows = Arc::new(NamedRows::default());
        let session = engine.session_over(Arc::clone(&rows));
        Self { plan, prepared, whose, session, rows, held: BTreeMap::new(), contents: plan.for_all.clone(), kept }
    }

    /// Computes every step whose rows do not follow from what they followed from the night before, and gives the tables with what
    /// the next night will find.
    pub(super) async fn compute(mut self) -> Result<(BucketTables, KeptBucket), RunError> {
        let plan = self.plan;
        for (place, step) in plan.steps.iter().enumerate() {
            self.look_at_sources(step).await?;
            let made_from = step.made_from(&self.contents, plan.horizon);
            let stale = stale(step, &made_from, self.kept.before(&step.model.name));
            let now = match self.kept.before(&step.model.name) {
                Some(before) if stale.is_empty() => KeptStep { made_from, ..before.clone() },
                _ => self.take_step((place, step), made_from, stale).await?,
            };
            self.contents.insert(step.model.name.clone(), now.contents.clone());
            self.kept.note(&step.model.name, now);
            for name in &step.read_no_more {
                self.rows.forget(name);
                if self.is_read_no_more(name) {
                    self.held.remove(name);
                }
            }
        }
        let mut tables = BucketTables::new();
        for step in plan.steps.iter().filter(|step| step.model.kept_as == KeptAs::Table) {
            let Some(KeptStep { files, contents, .. }) = self.kept.now(&step.model.name) else { continue };
            let contents = self.kept.is_for_later().then(|| contents.clone());
            let table = |(file, _): &KeptFile| BucketTable { file: self.kept.path(file), contents: contents.clone() };
            tables.insert(step.model.name.clone(), files.iter().map(table).collect());
        }
        Ok((tables, self.kept))
    }

    /// Whether rows can go once the last step that reads them is taken: a later one may ask for a table that is as it was the
    /// night before, and so for what that was computed from. Most rows are those of sources and of single months.
    fn is_read_no_more(&self, name: &TableName) -> bool {
        self.kept.is_new() || self.plan.step(name).is_none_or(|step| step.model.is_by_month())
    }

    /// Says what the sources of a step are; rows whose file names do not say it are read for that.
    async fn look_at_sources(&mut self, step: &Step) -> Result<(), RunError> {
        let (united, ids) = self.whose;
        for name in &step.reads {
            let Some(source) = self.plan.sources.get(name) else { continue };
            if !self.kept.is_for_later() || self.contents.contains_key(name) {
                continue;
            }
            let contents = if let Some(contents) = &source.contents {
                contents.beside(&united.known_in(ids))
            } else {
                self.hold_source(source, &source.columns, &Extent::All).await?;
                let held = self.held.get(name).and_then(|held| best(held, &source.columns, &Extent::All));
                Contents::of_rows(held.map_or(&[], |held| &held.batches), source.has_months())?
            };
            self.contents.insert(name.clone(), contents);
        }
        Ok(())
    }

    /// Computes what is stale of a step, and writes its table.
    async fn take_step(
        &mut self,
        (place, step): (usize, &Step),
        made_from: Contents,
        stale: Extent,
    ) -> Result<KeptStep, RunError> {
        let rows = self.rows_of_step(place, &stale).await?;
        let name = &step.model.name;
        let contents = if step.is_read && self.kept.is_for_later() {
            self.contents_of_step(step, &made_from, (&stale, &rows))?
        } else {
            made_from.clone()
        };
        let files = match step.model.kept_as {
            KeptAs::Table => self.files().write(step, &rows, (&stale, &made_from))?,
            KeptAs::Memory | KeptAs::View => Vec::new(),
        };
        if step.is_read {
            self.put(name, Held { extent: stale, columns: BTreeSet::new(), batches: rows });
        }
        Ok(KeptStep { made_from, contents, files })
    }

    /// What the rows of a step are. Of many rows it is told by what they follow from, but for months whose rows are those of the
    /// night before: to look at them all would take longer than what a reader spares where they are as they were.
    fn contents_of_step(
        &self,
        step: &Step,
        made_from: &Contents,
        (stale, rows): (&Extent, &[RecordBatch]),
    ) -> Result<Contents, RunError> {
        let many = rows.iter().map(RecordBatch::num_rows).sum::<usize>() > LOOKED_AT;
        match (made_from, stale) {
            (Contents::Whole(_), _) => Contents::of_rows(rows, step.has_months()),
            (_, Extent::Months(stale)) => {
                let found = if many { made_from.clone() } else { Contents::of_rows(rows, true)? };
                let Some(before) = self.kept.before(&step.model.name) else { return Ok(found) };
                let same = if many { self.files().same_months(before, (stale, rows))? } else { BTreeSet::new() };
                let other = stale.difference(&same).copied().collect();
                Ok(before.contents.clone().with_months(&other, &found))
            }
            _ if many => Ok(made_from.clone()),
            _ => Contents::of_rows(rows, true),
        }
    }

    /// The rows of a step, as far as they are meant, from rows of the tables that it reads.
    fn rows_of_step<'b>(
        &'b mut self,
        place: usize,
        extent: &'b Extent,
    ) -> BoxFuture<'b, Result<Vec<RecordBatch>, RunError>> {
        Box::pin(async move {
            let plan = self.plan;
            let Some(step) = plan.steps.get(place) else { return Ok(Vec::new()) };
            let failed = || RunError::arrow(step.model.name.to_string());
            let mut read = Vec::new();
            for name in &step.reads {
                let extent = self.extent_of(name, step, extent);
                self.hold(name, step, &extent).await?;
                let columns = self.plan.sources.get(name).map(|_| step.columns_of(name)).unwrap_or_default();
                if let Some(held) = self.held.get(name).and_then(|held| best(held, &columns, &extent)) {
                    let is_meant = held.extent == extent;
                    read.push((name, if is_meant { held.batches.clone() } else { of_months(&held.batches, &extent)? }));
                }
            }
            for (name, rows) in read {
                self.rows.put(name, rows);
            }
            let prepared = match self.prepared.entry(place) {
                Entry::Occupied(prepared) => prepared.into_mut(),
                Entry::Vacant(vacant) => {
                    let prepared = step.query.prepare(&self.session).await;
                    vacant.insert(prepared.map_err(RunError::query(&step.model.name))?)
                }
            };
            let found = prepared.rows(&self.session).await.map_err(RunError::query(&step.model.name))?;
            let found = under(&step.query.schema(), &found).map_err(failed())?;
            let found = if step.model.is_by_month() { of_months(&found, extent)? } else { found };
            if !step.model.has_order() {
                return Ok(found);
            }
            // The order of what stands month by month begins with the month.
            in_order(found, &step.query.schema(), &step.model.grain).map_err(failed())
        })
    }

    /// How much of a table a step needs for some of its own rows.
    fn extent_of(&self, name: &TableName, step: &Step, own: &Extent) -> Extent {
        let has_months = self.plan.has_months_apart(name);
        if has_months { step.model.months.extent(own, self.plan.horizon) } else { Extent::All }
    }

    /// Holds a table in memory, at least so much of it; one about no people is there in every session.
    async fn hold(&mut self, name: &TableName, reader: &Step, extent: &Extent) -> Result<(), RunError> {
        let plan = self.plan;
        let extent = if self.kept.is_new() { &Extent::All } else { extent };
        if let Some(source) = plan.sources.get(name) {
            // Where most is as it was, nearly nobody reads the rows of many months, and so few of their columns; else the rows are
            // read once for all steps.
            let is_for_few = !self.kept.is_new() && source.has_months() && !matches!(extent, Extent::Months(_));
            let columns = if is_for_few { &reader.columns_of(name) } else { &source.columns };
            return self.hold_source(source, columns, extent).await;
        }
        let Some(place) = plan.places.get(name) else { return Ok(()) };
        if self.held.get(name).is_some_and(|held| best(held, &BTreeSet::new(), extent).is_some()) {
            return Ok(());
        }
        let batches = match (self.kept.now(name), plan.steps.get(*place)) {
            (Some(kept), Some(step)) if !kept.files.is_empty() => self.files().read(step, kept, extent)?,
            _ => self.rows_of_step(*place, extent).await?,
        };
        self.put(name, Held { extent: extent.clone(), columns: BTreeSet::new(), batches });
        Ok(())
    }

    async fn hold_source(
        &mut self,
        source: &Source,
        columns: &BTreeSet<usize>,
        extent: &Extent,
    ) -> Result<(), RunError> {
        let name = source.name();
        let held = self.held.get(name).map(Vec::as_slice).unwrap_or_default();
        if best(held, columns, extent).is_some() {
            return Ok(());
        }
        let mut columns = columns.clone();
        columns.extend(held.iter().filter(|held| held.extent == *extent).flat_map(|held| &held.columns));
        let batches = source.read(&self.session, self.whose, (&columns, extent)).await?;
        self.put(name, Held { extent: extent.clone(), columns, batches });
        Ok(())
    }

    fn files(&self) -> StepFiles<'_> {
        StepFiles { kept: &self.kept, horizon: self.plan.horizon }
    }

    /// Holds rows in the place of those of the same extent.
    fn put(&mut self, name: &TableName, rows: Held) {
        let held = self.held.entry(name.clone()).or_default();
        held.retain(|held| held.extent != rows.extent);
        held.push(rows);
    }
}

/// Held rows that have these columns of all that is meant: best those of no other months.
fn best<'h>(held: &'h [Held], columns: &BTreeSet<usize>, extent: &Extent) -> Option<&'h Held> {
    let mut fitting = held.iter().filter(|held| held.extent.covers(extent) && held.columns.is_superset(columns));
    fitting.clone().find(|held| held.extent == *extent).or_else(|| fitting.next())
}

/// What must be computed of a step anew.
fn stale(step: &Step, made_from: &Contents, before: Option<&KeptStep>) -> Extent {
    let Some(before) = before else { return Extent::All };
    if !step.model.is_by_month() {
        return if before.made_from == *made_from { Extent::Months(BTreeSet::new()) } else { Extent::All };
    }
    let differing = made_from.differing(&before.made_from);
    if !differing.is_empty() && made_from.months().is_subset(&differing) {
        Extent::All
    } else {
        Extent::Months(differing)
    }
}

/// The rows of some months.
fn of_months(batches: &[RecordBatch], extent: &Extent) -> Result<Vec<RecordBatch>, RunError> {
    if *extent == Extent::All {
        return Ok(batches.to_vec());
    }
    let chosen = |batch: &RecordBatch| {
        let chosen: Vec<bool> = months_of(batch)?.into_iter().map(|month| extent.contains(month)).collect();
        // Most batches are of one month.
        match chosen.iter().filter(|is_chosen| **is_chosen).count() {
            0 => Ok(batch.slice(0, 0)),
            all if all == chosen.len() => Ok(batch.clone()),
            _ => filter_record_batch(batch, &chosen.into()).map_err(RunError::arrow("rows of some months")),
        }
    };
    batches.iter().map(chosen).collect()
}
