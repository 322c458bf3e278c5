//! After the buckets: flags, the models of `pass: whole`, the checks, and statistics that may leave.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use datafusion::prelude::SessionContext;
use yilian_engine::{TableName, register_parquet};

use super::bucket::{BucketTable, BucketTables, Sources, table_file};
use super::checks::run_checks;
use super::compute::{compute_to_file, read_all};
use super::model::{KeptAs, Model, Pass};
use super::overlap::{FLAGS, GAPS, Numbered};
use super::reference::benefit_sources;
use super::united::United;
use super::unknown::Rests;
use super::{Night, RunError, flags, ledger, match_rate, overlap, statistics};
use crate::coverage::coverage_batch;
use crate::progress::Progress;
use crate::publication::{CheckResult, Publication};
use crate::site::AcceptedRate;

/// A table that will be published, in files that follow one another.
pub(crate) struct FinishedTable {
    pub(crate) name: TableName,
    pub(crate) files: Vec<BucketTable>,
    /// Whether the files' months follow one another, and not the files.
    pub(crate) by_month: bool,
    /// The key of its rows; empty where the program itself made them unique.
    pub(crate) grain: Vec<String>,
}

/// All tables of the run, ready to be published.
pub(crate) struct Whole {
    pub(crate) tables: Vec<FinishedTable>,
    pub(crate) checks: Vec<CheckResult>,
    pub(crate) flags: usize,
    pub(crate) gaps: usize,
    pub(crate) suppressed: i64,
    pub(crate) accepted_rates: Vec<AcceptedRate>,
}

impl Whole {
    /// Computes what follows the buckets, and checks it; each model gives its memory back before the next begins.
    pub(crate) fn compute(
        night: &Night<'_>,
        sources: &Sources,
        (buckets, united): (&[BucketTables], &United),
        previous: Option<&Publication>,
        progress: &dyn Progress,
    ) -> Result<Self, RunError> {
        let models: Vec<&Model> = night.definition.graph.of_pass(Pass::Whole).collect();
        progress.start("put the buckets together", Some(models.len() as u64));
        let session = night.engine.session();
        sources.register_all(&session)?;
        let mut whole = Self {
            tables: Vec::new(),
            checks: Vec::new(),
            flags: 0,
            gaps: 0,
            suppressed: 0,
            accepted_rates: Vec::new(),
        };
        let first = |name: &TableName| vec![in_one_file(table_file(night.work.path(), name, 0))];
        whole.take_tables(night, Pass::First, first);
        let of_bucket =
            |name: &TableName| buckets.iter().filter_map(|tables| tables.get(name)).flatten().cloned().collect();
        let of_buckets = whole.take_tables(night, Pass::Bucket, of_bucket);
        night.step(|| open_tables(&session, of_buckets))?;
        let rests = Rests {
            sources: benefit_sources(&night.definition.schemas_folder)?,
            gaps: &night.definition.entitlement.gaps,
            before: night.definition.entitlement.missing_months.0,
            coverage: &night.coverage,
        };
        whole.flags = night.step(|| whole.number_runs(night, &session, (previous, united, &rests), &FLAGS))?;
        whole.gaps = night.step(|| whole.number_runs(night, &session, (previous, united, &rests), &GAPS))?;
        for model in models {
            night.step(|| whole.compute_model(night, &session, model))?;
            progress.advance(1);
        }
        whole.checks = night.step(|| run_checks(night, &session))?;
        whole.accepted_rates = night.step(|| match_rate::stop_where_low(&session, night))?;
        for (table, batch) in ledger::tables(night.deliveries)? {
            whole.add_batch(night, ("hub", table), &batch)?;
        }
        let covered = coverage_batch(&night.coverage).map_err(RunError::arrow("hub.coverage"))?;
        whole.add_batch(night, ("hub", "coverage"), &covered)?;
        whole.add_batch(night, ("hub", "check_result"), &ledger::check_result(&whole.checks)?)?;
        progress.finish(&format!("{} flags, {} gaps, {} checks hold", whole.flags, whole.gaps, whole.checks.len()));
        Ok(whole)
    }

    /// The tables of a pass with their files; those of readers will be published.
    fn take_tables(
        &mut self,
        night: &Night<'_>,
        pass: Pass,
        files: impl Fn(&TableName) -> Vec<BucketTable>,
    ) -> Vec<(TableName, Vec<PathBuf>)> {
        let tables = night.definition.graph.of_pass(pass).filter(|model| model.kept_as == KeptAs::Table);
        let mut found = Vec::new();
        for model in tables {
            let files = files(&model.name);
            found.push((model.name.clone(), files.iter().map(|table| table.file.clone()).collect()));
            if model.is_published() {
                let (name, by_month, grain) = (model.name.clone(), model.is_by_month(), model.grain.clone());
                self.tables.push(FinishedTable { name, files, by_month, grain });
            }
        }
        found
    }

    /// Gives the runs of months of flags, or of gaps, the numbers by which they are known from run to run.
    async fn number_runs(
        &mut self,
        night: &Night<'_>,
        session: &SessionContext,
        (previous, united, rests): (Option<&Publication>, &United, &Rests<'_>),
        numbered: &Numbered,
    ) -> Result<usize, RunError> {
        let name = TableName { schema: "work".to_owned(), table: numbered.runs.to_owned() };
        let Some(model) = night.definition.graph.in_order().iter().find(|model| model.name == name) else {
            return Err(RunError::UnknownTable { model: name.clone(), missing: name, nearest: None });
        };
        let rows = session.table(name.to_string()).await.map_err(RunError::query(&name))?;
        let schema = std::sync::Arc::new(rows.schema().as_arrow().clone());
        let batches = rows
            .sort(model.order())
            .map_err(RunError::query(&name))?
            .collect()
            .await
            .map_err(RunError::query(&name))?;
        let runs = concat_batches(&schema, &batches).map_err(RunError::arrow(name.to_string()))?;
        let recorded = overlap::recorded(night.site.store(), previous, numbered).await?;
        let keep = night.definition.retention.closed_flags;
        let recorded = flags::remembered(recorded, keep, night.options.as_of);
        let flags = overlap::make(&runs, (&recorded, united), night.options.as_of, |flag| rests.is_unknown(flag))?;
        let record = self.add_batch(night, ("hub", numbered.record), &flags.record)?;
        register_parquet(session, "hub", numbered.record, &[record]).await?;
        let name = TableName { schema: "work".to_owned(), table: numbered.found.to_owned() };
        let file = ledger::write_batch(night.work.path(), &name, &flags.found)?;
        register_parquet(session, &name.schema, &name.table, &[file]).await?;
        Ok(flags.found.num_rows())
    }

    async fn compute_model(
        &mut self,
        night: &Night<'_>,
        session: &SessionContext,
        model: &Model,
    ) -> Result<(), RunError> {
        let file = table_file(night.work.path(), &model.name, 0);
        compute_to_file(session, model, &file).await?;
        match model.name.schema.as_str() {
            "statistics" => self.protect(night, model, &file),
            "work" => Ok(()),
            _ => {
                let (name, grain) = (model.name.clone(), model.grain.clone());
                self.tables.push(FinishedTable { name, files: vec![in_one_file(file)], by_month: false, grain });
                Ok(())
            }
        }
    }

    /// Puts the protected form of a statistics table in the place of the true one.
    fn protect(&mut self, night: &Night<'_>, model: &Model, file: &Path) -> Result<(), RunError> {
        let cells = read_all(file, &model.name)?;
        let table = model.name.table.as_str();
        let threshold = night.definition.thresholds.of(table, &night.options.as_of.to_string())?;
        let protected = statistics::protect(model, &cells, threshold)?;
        self.suppressed += statistics::suppressed(&protected);
        self.add_batch(night, ("statistics", table), &protected).map(|_| ())
    }

    fn add_batch(
        &mut self,
        night: &Night<'_>,
        (schema, table): (&str, &str),
        batch: &RecordBatch,
    ) -> Result<PathBuf, RunError> {
        let name = TableName { schema: schema.to_owned(), table: table.to_owned() };
        let file = ledger::write_batch(night.work.path(), &name, batch)?;
        let files = vec![in_one_file(file.clone())];
        self.tables.push(FinishedTable { name, files, by_month: false, grain: Vec::new() });
        Ok(file)
    }
}

fn in_one_file(file: PathBuf) -> BucketTable {
    BucketTable { file, contents: None }
}

async fn open_tables(session: &SessionContext, tables: Vec<(TableName, Vec<PathBuf>)>) -> Result<(), RunError> {
    for (name, files) in tables {
        register_parquet(session, &name.schema, &name.table, &files).await?;
    }
    Ok(())
}
