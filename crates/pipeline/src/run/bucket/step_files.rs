//! The files in which a bucket keeps the table of a step from night to night.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;

use super::super::RunError;
use super::super::compute::{begin, read_batches};
use super::super::contents::{Contents, Extent, Month};
use super::super::month_file::{self, MonthFile, Months, by_month};
use super::kept::{KeptBucket, KeptFile, KeptStep, name_and_length};
use super::plan::Step;
use super::under;

/// Where the steps of a bucket have their files. Of a table that stands month by month the closed months are in one, which hardly
/// ever changes, and the open ones in another: what a night writes does not grow with the years.
pub(super) struct StepFiles<'a> {
    pub(super) kept: &'a KeptBucket,
    /// The first month that is not closed.
    pub(super) horizon: Month,
}

impl StepFiles<'_> {
    /// Writes the rows of a step, with what it has of other months than the stale ones from the night before.
    pub(super) fn write(
        &self,
        step: &Step,
        rows: &[RecordBatch],
        (stale, made_from): (&Extent, &Contents),
    ) -> Result<Vec<KeptFile>, RunError> {
        let (name, schema) = (&step.model.name, step.query.schema());
        if !step.model.is_by_month() {
            let file = self.kept.new_file(name, made_from, &Extent::All);
            let mut writer = begin(&file, &schema, &step.model)?;
            for batch in rows {
                writer.write(batch.clone())?;
            }
            writer.finish()?;
            return Ok(vec![name_and_length(&file)?]);
        }
        let mut rows = by_month(rows)?;
        let before = self.kept.before(name).filter(|_| *stale != Extent::All);
        let before: Vec<(&KeptFile, MonthFile)> = match before {
            Some(step) => step.files.iter().zip(self.months_of(step)?).collect(),
            None => Vec::new(),
        };
        let mut files = Vec::new();
        for extent in [Extent::Before(self.horizon), Extent::From(self.horizon)] {
            let added: Months = rows.extract_if(.., |month, _| extent.contains(*month)).collect();
            let months = before.iter().flat_map(|(_, file)| file.row_groups().keys().map(move |month| (*month, file)));
            let kept: BTreeMap<Month, &MonthFile> =
                months.filter(|(month, _)| extent.contains(*month) && !stale.contains(*month)).collect();
            let is_empty = added.is_empty() && kept.is_empty();
            // A table without rows still has its columns, among the open months.
            if is_empty && (extent == Extent::Before(self.horizon) || !files.is_empty()) {
                continue;
            }
            let as_it_was = before.iter().find(|(_, file)| file.row_groups().keys().eq(kept.keys()));
            if let Some((file, _)) = as_it_was.filter(|_| added.is_empty()) {
                files.push((*file).clone());
            } else {
                let file = self.kept.new_file(name, made_from, &extent);
                month_file::write(&file, (&schema, &name.to_string()), &added, &kept)?;
                files.push(name_and_length(&file)?);
            }
        }
        Ok(files)
    }

    /// The rows that are kept of a step, as far as they are meant.
    pub(super) fn read(&self, step: &Step, kept: &KeptStep, extent: &Extent) -> Result<Vec<RecordBatch>, RunError> {
        let name = &step.model.name;
        let read: Result<Vec<Vec<RecordBatch>>, RunError> = if step.model.is_by_month() {
            self.months_of(kept)?.iter().map(|file| file.read(extent)).collect()
        } else {
            kept.files.iter().map(|(file, _)| Ok(read_batches(&self.kept.path(file), name)?.1)).collect()
        };
        under(&step.query.schema(), &read?.concat()).map_err(RunError::arrow(name.to_string()))
    }

    /// The stale months of which the night before has kept the same rows in the same order.
    pub(super) fn same_months(
        &self,
        before: &KeptStep,
        (stale, rows): (&BTreeSet<Month>, &[RecordBatch]),
    ) -> Result<BTreeSet<Month>, RunError> {
        let files = self.months_of(before)?;
        let mut same = BTreeSet::new();
        for (month, rows) in by_month(rows)? {
            let file = files.iter().find(|file| file.row_groups().contains_key(&month));
            if let Some(file) = file.filter(|_| stale.contains(&month))
                && same_rows(&rows, &file.read(&Extent::Months([month].into()))?)
            {
                same.insert(month);
            }
        }
        Ok(same)
    }

    fn months_of(&self, kept: &KeptStep) -> Result<Vec<MonthFile>, RunError> {
        kept.files.iter().map(|(file, _)| MonthFile::open(&self.kept.path(file))).collect()
    }
}

/// Whether two tables have the same rows in the same order, in whatever batches.
fn same_rows(one: &[RecordBatch], other: &[RecordBatch]) -> bool {
    let rows = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum::<usize>();
    if rows(one) != rows(other) {
        return false;
    }
    let mut others = other.iter().filter(|batch| batch.num_rows() > 0).cloned();
    let mut rest: Option<RecordBatch> = None;
    for batch in one {
        let mut from = 0;
        while from < batch.num_rows() {
            let Some(other) = rest.take().or_else(|| others.next()) else { return false };
            let together = other.num_rows().min(batch.num_rows() - from);
            if batch.slice(from, together).columns() != other.slice(0, together).columns() {
                return false;
            }
            rest = (together < other.num_rows()).then(|| other.slice(together, other.num_rows() - together));
            from += together;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;

    fn batches(rows: &[&[Option<i64>]]) -> Vec<RecordBatch> {
        let batch = |rows: &&[Option<i64>]| {
            let column: ArrayRef = Arc::new(Int64Array::from(rows.to_vec()));
            RecordBatch::try_from_iter_with_nullable([("person_id", column, true)]).unwrap()
        };
        rows.iter().map(batch).collect()
    }

    #[test]
    fn rows_are_the_same_in_whatever_batches_they_come_and_in_no_other_order() {
        let one = batches(&[&[Some(1), None], &[], &[Some(3), Some(4), Some(5)]]);
        assert!(same_rows(&one, &batches(&[&[Some(1)], &[None, Some(3), Some(4)], &[Some(5)], &[]])));
        assert!(same_rows(&batches(&[&[]]), &[]));
        for other in [
            batches(&[&[Some(1), Some(0), Some(3), Some(4), Some(5)]]),
            batches(&[&[None, Some(1)], &[Some(3), Some(4), Some(5)]]),
            batches(&[&[Some(1), None, Some(3), Some(4)]]),
            batches(&[&[Some(1), None, Some(3), Some(4), Some(5), Some(5)]]),
            batches(&[&[Some(1), None, Some(3), Some(4), Some(6)]]),
        ] {
            assert!(!same_rows(&one, &other) && !same_rows(&other, &one));
        }
    }
}
