//! The bucket models, planned once for all buckets: planning them takes longer than running them for a few people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use yilian_engine::{Engine, PlannedQuery, TableName, register_by_name};

use super::super::RunError;
use super::super::compute::view;
use super::super::contents::{Contents, Extent, MONTH, Month};
use super::super::model::{KeptAs, Model, ModelGraph, Pass};
use super::super::months::MonthsRead;
use super::super::reads::Reads;
use super::source::{Source, has_months};
use super::sources::Sources;

/// What is computed for each bucket, in order, and what it is computed from.
pub(crate) struct BucketPlan {
    pub(super) steps: Vec<Step>,
    /// Where the step of a table stands.
    pub(super) places: BTreeMap<TableName, usize>,
    /// The tables about people that any step reads.
    pub(super) sources: BTreeMap<TableName, Source>,
    /// What the tables about no people are.
    pub(super) for_all: BTreeMap<TableName, Contents>,
    /// The first month that is not closed.
    pub(super) horizon: Month,
}

/// A model that is computed.
pub(super) struct Step {
    pub(super) model: Model,
    pub(super) query: PlannedQuery,
    /// The tables that it reads, views read through.
    pub(super) reads: Vec<TableName>,
    /// The tables that no later step reads.
    pub(super) read_no_more: Vec<TableName>,
    /// Whether another step reads it.
    pub(super) is_read: bool,
    /// The columns of sources that it reads, and those by which rows are chosen, by place.
    columns: BTreeMap<TableName, BTreeSet<usize>>,
}

impl BucketPlan {
    pub(crate) async fn new(
        engine: &Engine,
        sources: &Sources,
        graph: &ModelGraph,
        horizon: Month,
    ) -> Result<Self, RunError> {
        let session = engine.session();
        sources.register_for_planning(&session)?;
        let reads = Reads::of(graph);
        let for_all: BTreeSet<&TableName> = sources.for_all().map(|(name, _)| name).collect();
        let mut steps: Vec<Step> = Vec::new();
        for model in graph.of_pass(Pass::Bucket) {
            if model.kept_as == KeptAs::View {
                view(&session, model).await?;
                continue;
            }
            let query = PlannedQuery::new(&session, &model.query).await.map_err(RunError::query(&model.name))?;
            register_by_name(&session, &model.name, query.schema())?;
            if model.is_by_month() && query.schema().index_of(MONTH).is_err() {
                let reason = "its header says `months: own`, but it has no column `month`".to_owned();
                return Err(RunError::Model { file: model.file.clone(), reason });
            }
            steps.push(Step {
                reads: reads.of_step(&model.name).into_iter().cloned().collect(),
                read_no_more: reads.last_by(&model.name, |table| !for_all.contains(table)),
                is_read: reads.is_read(&model.name),
                columns: BTreeMap::new(),
                model: model.clone(),
                query,
            });
        }
        let read: BTreeSet<TableName> = steps.iter().flat_map(|step| step.reads.clone()).collect();
        let mut of_people = BTreeMap::new();
        for (name, provider) in sources.about_people().filter(|(name, _)| read.contains(name)) {
            let columns = columns_read(&mut steps, (name, provider))?;
            of_people.insert(name.clone(), Source::new(&session, (name, provider), columns).await?);
        }
        let mut of_all = BTreeMap::new();
        for (name, provider) in sources.for_all().filter(|(name, _)| read.contains(name)) {
            let rows = session.read_table(Arc::clone(provider)).map_err(RunError::query(name))?.collect().await;
            of_all
                .insert(name.clone(), Contents::of_rows(&rows.map_err(RunError::query(name))?, has_months(provider))?);
        }
        let places = steps.iter().zip(0..).map(|(step, place)| (step.model.name.clone(), place)).collect();
        let plan = Self { steps, places, sources: of_people, for_all: of_all, horizon };
        plan.check_months()?;
        Ok(plan)
    }

    /// The step of a table.
    pub(super) fn step(&self, name: &TableName) -> Option<&Step> {
        self.places.get(name).and_then(|place| self.steps.get(*place))
    }

    /// Whether the months of a table can be read apart.
    pub(super) fn has_months_apart(&self, name: &TableName) -> bool {
        let source = self.sources.get(name).map(Source::has_months);
        source.or(self.step(name).map(|step| step.model.is_by_month())).unwrap_or_default()
    }

    /// Refuses a model of closed or open months that would meet rows of the others.
    fn check_months(&self) -> Result<(), RunError> {
        let months_of = |name: &&TableName| {
            let for_all = self.for_all.get(*name).map(|contents| matches!(contents, Contents::ByMonth(_)));
            for_all.unwrap_or_else(|| self.step(name).is_some_and(Step::has_months) && !self.has_months_apart(name))
        };
        let apart = |step: &&Step| matches!(step.model.months, MonthsRead::Closed | MonthsRead::Open);
        for step in self.steps.iter().filter(apart) {
            if let Some(read) = step.reads.iter().find(months_of) {
                let reason =
                    format!("it keeps closed months apart, and reads {read}, which does not stand month by month");
                return Err(RunError::Model { file: step.model.file.clone(), reason });
            }
        }
        Ok(())
    }
}

impl Step {
    /// What its rows follow from, where the tables that it reads are these.
    pub(super) fn made_from(&self, contents: &BTreeMap<TableName, Contents>, horizon: Month) -> Contents {
        let read: Vec<(String, &Contents)> =
            self.reads.iter().filter_map(|name| contents.get(name).map(|found| (name.to_string(), found))).collect();
        let following = |of: &dyn Fn(&Contents) -> String| {
            let found: Vec<String> = read.iter().flat_map(|(name, contents)| [name.clone(), of(contents)]).collect();
            Contents::following_from([self.model.query.as_str()].into_iter().chain(found.iter().map(String::as_str)))
        };
        if !self.model.is_by_month() {
            let extent = self.model.months.extent(&Extent::All, horizon);
            return Contents::Whole(following(&|contents: &Contents| contents.of_extent(&extent)));
        }
        let months: BTreeSet<Month> = read.iter().flat_map(|(_, contents)| contents.months()).collect();
        let of_month = |month: Month| following(&|contents: &Contents| contents.of_month(month).to_owned());
        Contents::ByMonth(months.into_iter().map(|month| (month, of_month(month))).collect())
    }

    /// The columns of a source that it reads, and those by which rows are chosen, by place.
    pub(super) fn columns_of(&self, source: &TableName) -> BTreeSet<usize> {
        self.columns.get(source).cloned().unwrap_or_default()
    }

    pub(super) fn has_months(&self) -> bool {
        self.query.schema().index_of(MONTH).is_ok()
    }
}

/// Takes down which columns of a source each step reads, and gives those that any of them does.
fn columns_read(
    steps: &mut [Step],
    (name, provider): (&TableName, &Arc<dyn TableProvider>),
) -> Result<BTreeSet<usize>, RunError> {
    let person = provider.schema().index_of("person_id").map_err(RunError::arrow(name.to_string()))?;
    let month = provider.schema().index_of(MONTH).ok();
    let mut columns = BTreeSet::new();
    for step in steps.iter_mut().filter(|step| step.reads.contains(name)) {
        let read: BTreeSet<usize> = step.query.columns_of(name).into_iter().chain([person]).chain(month).collect();
        columns.extend(&read);
        step.columns.insert(name.clone(), read);
    }
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch};
    use yilian_engine::EngineOptions;

    use super::*;

    /// Plans a model that keeps closed months apart and reads `read`; `work.payment` has months, and does not stand by them.
    async fn planned(read: &str) -> Result<BucketPlan, RunError> {
        let folder = tempfile::tempdir().unwrap();
        let layer = folder.path().join("10_layer");
        fs::create_dir_all(&layer).unwrap();
        let header = "-- It.\n-- schema: work · pass: bucket · kept as: ";
        let payment = format!("{header}memory\n-- grain: none\nselect person_id, month from staged.payment");
        fs::write(layer.join("payment.sql"), payment).unwrap();
        let received = format!(
            "{header}table · months: closed apart\n-- grain: none\nselect p.month from {read} p join staged.payment s on true"
        );
        fs::write(layer.join("received.sql"), received).unwrap();
        let engine = Engine::new(&EngineOptions {
            memory_bytes: 1 << 24,
            threads: 1,
            spill_folder: folder.path().join("spill"),
        });
        let months: ArrayRef = Arc::new(Date32Array::from(vec![0]));
        let people: ArrayRef = Arc::new(Int64Array::from(vec![1]));
        let mut sources = Sources::default();
        let of_people = RecordBatch::try_from_iter([("person_id", people), (MONTH, Arc::clone(&months))]).unwrap();
        sources.add_rows(("staged", "payment"), &of_people).unwrap();
        sources.add_rows(("reference", "rate"), &RecordBatch::try_from_iter([(MONTH, months)]).unwrap()).unwrap();
        let names = sources.tables().map(|(name, _)| name.clone()).collect();
        let graph = ModelGraph::load(folder.path(), &names)?;
        BucketPlan::new(&engine.unwrap(), &sources, &graph, 0).await
    }

    #[tokio::test]
    async fn a_model_that_keeps_closed_months_apart_reads_no_table_that_does_not() {
        for read in ["work.payment", "reference.rate"] {
            let refused = planned(read).await.err().unwrap().to_string();
            assert!(refused.contains(&format!("reads {read}, which does not stand month by month")), "{refused}");
        }
        let plan = planned("staged.payment").await.unwrap();
        assert_eq!(plan.steps.len(), 3, "the payments, the closed months and the open ones");
    }
}
