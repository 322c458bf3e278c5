//! The shipped rules as worked examples: `tests/rules/<rule>.slt` says what people hold, and shows what is flagged.
//!
//! `CREATE RULES` makes the reference tables from `pipelines/rules`; `CREATE RULES WITH X10 150104` switches a rule on that
//! is off. `RUN RULES` computes the models up to `work.overlap_run` and `hub.provider_finding`. Between them rows are put into `staged.*`, into
//! `reference.standard_amount`, and into three short tables: `held` (what is held in a month), `person`, and `approved`.
//! Snapshots of 150104 speak for the months of 2025.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType};
use yilian_contract::rules::RulePlace;
use yilian_engine::TableName;
use yilian_pipeline::run::{Definition, tables_before_models};

use crate::fixture::{files_below, new_folder};
use crate::slt::{answer, assert_examples, session};

/// What an example says in place of the models that make it.
const GIVEN: [&str; 7] = [
    "create schema work",
    "create schema hub",
    "create table held (person_id bigint, benefit varchar, month date, county varchar, category varchar, \
     amount decimal(18, 2), link_grade varchar)",
    "create table person (person_id bigint, birth_month date)",
    "create view hub.benefit_month as select *, 'booking' as form, 2 as bookings, true as held from held",
    "create view hub.person as select * from person",
    "create table work.other_name (person_id bigint, name_ordinal bigint, link_grade varchar)",
];
/// Rows of `values` below an `insert` are read as rows of its table, so each dataset has a statement.
fn snapshots() -> impl Iterator<Item = String> {
    ["assistance_roll", "day_care", "institution_stay", "family_bed"].into_iter().flat_map(|dataset| {
        (1..=12).map(move |month| {
            format!(
                "insert into reference.snapshot_month values \
                 ('{dataset}', '150104', date '2025-{month:02}-01', date '2025-12-31')"
            )
        })
    })
}

struct Rules {
    session: SessionContext,
    models: Vec<(TableName, String)>,
}

impl Rules {
    fn new(spill_folder: PathBuf) -> Self {
        Self { session: session(spill_folder), models: Vec::new() }
    }

    async fn create(&mut self, switched_on: &str) -> Result<(), DataFusionError> {
        let mut definition = definition();
        let mut words = switched_on.split_whitespace();
        while let (Some(id), Some(place)) = (words.next(), words.next()) {
            let rule = definition.rules.iter_mut().find(|rule| rule.id.eq_ignore_ascii_case(id)).unwrap();
            rule.places.push(RulePlace { place: place.to_owned(), from: None, until: None });
        }
        for schema in ["staged", "unnumbered", "reference", "spine"] {
            self.execute(&format!("create schema {schema}")).await?;
        }
        for (name, batch) in tables_before_models(&definition).unwrap() {
            self.register(&name, vec![nullable(&batch)])?;
        }
        for statement in GIVEN.map(str::to_owned).into_iter().chain(snapshots()) {
            self.execute(&statement).await?;
        }
        self.models = models_of_flags(&definition);
        Ok(())
    }

    async fn run_models(&mut self) -> Result<(), DataFusionError> {
        for (name, query) in self.models.clone() {
            if self.session.table_exist(name.to_string())? {
                continue;
            }
            let rows = self.session.sql(&query).await?;
            let schema = Arc::clone(rows.schema().inner());
            let mut batches = rows.collect().await?;
            if batches.is_empty() {
                batches.push(RecordBatch::new_empty(schema));
            }
            self.register(&name, batches)?;
        }
        Ok(())
    }

    async fn execute(&self, sql: &str) -> Result<Vec<RecordBatch>, DataFusionError> {
        self.session.sql(sql).await?.collect().await
    }

    fn register(&self, name: &TableName, batches: Vec<RecordBatch>) -> Result<(), DataFusionError> {
        let table = MemTable::try_new(batches[0].schema(), vec![batches])?;
        self.session.register_table(name.to_string(), Arc::new(table)).map(drop)
    }
}

#[async_trait::async_trait]
impl AsyncDB for Rules {
    type Error = DataFusionError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<Self::ColumnType>, Self::Error> {
        let statement = sql.trim().to_lowercase();
        if let Some(rest) = statement.strip_prefix("create rules") {
            self.create(rest.trim().trim_start_matches("with")).await?;
            return Ok(DBOutput::StatementComplete(0));
        }
        if statement == "run rules" {
            self.run_models().await?;
            return Ok(DBOutput::StatementComplete(0));
        }
        if statement.starts_with("select") {
            return answer(&self.session, sql).await;
        }
        self.execute(sql).await?;
        Ok(DBOutput::StatementComplete(0))
    }

    async fn shutdown(&mut self) {}
}

#[tokio::test]
async fn every_shipped_rule_flags_what_its_example_shows() {
    let spill = new_folder("rules");
    assert_examples(&folder(), || Rules::new(spill.clone())).await;
}

#[test]
fn every_shipped_rule_has_an_example() {
    let examples: BTreeSet<String> =
        files_below(&folder()).iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let missing: Vec<String> =
        definition().rules.into_iter().map(|rule| rule.id).filter(|id| !examples.contains(id)).collect();
    assert!(missing.is_empty(), "no worked example of {}", missing.join(", "));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

fn definition() -> Definition {
    Definition::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../pipelines/nightly.yaml")).unwrap()
}

/// `work.overlap_run` and `hub.provider_finding`, and the models that they rest on, in order.
fn models_of_flags(definition: &Definition) -> Vec<(TableName, String)> {
    let mut wanted: BTreeSet<String> = ["work.overlap_run", "hub.provider_finding"].map(str::to_owned).into();
    let mut models = Vec::new();
    for model in definition.graph.in_order().iter().rev() {
        if wanted.contains(&model.name.to_string()) {
            let is_given = GIVEN.iter().any(|given| given.contains(&format!("{} ", model.name)));
            if !is_given {
                wanted.extend(model.reads.iter().map(ToString::to_string));
            }
            models.push((model.name.clone(), model.query.clone()));
        }
    }
    models.reverse();
    models
}

/// An example names the columns that matter; the others are null.
fn nullable(batch: &RecordBatch) -> RecordBatch {
    let fields: Vec<Field> =
        batch.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), batch.columns().to_vec()).unwrap()
}
