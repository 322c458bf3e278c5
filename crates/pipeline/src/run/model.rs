//! The models of `sql/`: one SELECT per file, file name = table name, dependencies read from its FROM clauses.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use datafusion::logical_expr::SortExpr;
use datafusion::prelude::col;
use serde::{Deserialize, Serialize};
use yilian_engine::TableName;

use super::RunError;
use super::months::MonthsRead;

/// Whether a model is computed per bucket of people or once over all of them, before the buckets or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Pass {
    /// Once, before the buckets, from what the offices delivered: people with two numbers are still two. A bucket reads
    /// the rows of its people.
    First,
    /// Bucket by bucket.
    Bucket,
    /// Once, after the buckets.
    Whole,
}

/// Whether a model's rows are written or computed where they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptAs {
    /// Written, for the models of the whole and for readers of a publication.
    Table,
    /// Held in memory for the later models of its bucket, and gone with it.
    Memory,
    /// Computed anew by each reader.
    View,
}

/// One SELECT of `sql/` with what its header says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Model {
    /// Schema and name of the table it makes.
    pub name: TableName,
    /// The file, relative to the folder of models.
    pub file: PathBuf,
    /// The query, as it stands in the file.
    pub query: String,
    /// When it is computed.
    pub pass: Pass,
    /// How it is kept.
    pub kept_as: KeptAs,
    /// Which months it reads.
    pub months: MonthsRead,
    /// The key of its rows and their order; empty if it has none.
    pub grain: Vec<String>,
    /// The tables that it reads.
    pub reads: Vec<TableName>,
}

impl Model {
    /// Whether readers of a publication may see the table; the others live as long as the run.
    pub fn is_published(&self) -> bool {
        self.name.schema != "work"
    }

    /// Whether the rows of each month stand and are computed apart.
    pub(crate) fn is_by_month(&self) -> bool {
        self.months == MonthsRead::Own
    }

    /// Whether its rows stand in the order of its grain: those of published tables do, others need no order.
    pub(crate) fn has_order(&self) -> bool {
        self.is_published() && !self.grain.is_empty()
    }

    /// The order of its grain, nulls last.
    pub(crate) fn order(&self) -> Vec<SortExpr> {
        self.grain.iter().map(|column| col(column.as_str()).sort(true, false)).collect()
    }
}

/// All models in an order in which each comes after those it reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModelGraph {
    models: Vec<Model>,
}

impl ModelGraph {
    /// Reads every `.sql` file below the numbered folders of `folder` and orders them.
    ///
    /// `sources` are the tables that exist before any model. A model that reads anything else is refused.
    ///
    /// # Errors
    /// [`RunError::Model`], [`RunError::UnknownTable`] with the nearest name, or [`RunError::Circle`].
    pub fn load(folder: &Path, sources: &BTreeSet<TableName>) -> Result<Self, RunError> {
        Self::load_without(folder, sources, None)
    }

    /// [`Self::load`] without the layer of that name.
    pub(crate) fn load_without(
        folder: &Path,
        sources: &BTreeSet<TableName>,
        left_out: Option<&str>,
    ) -> Result<Self, RunError> {
        let mut found = BTreeMap::new();
        let is_in = |path: &&PathBuf| {
            path.is_dir() && starts_with_digit(path) && !left_out.is_some_and(|out| path.ends_with(out))
        };
        for layer in children(folder)?.iter().filter(is_in) {
            for path in children(layer)?.iter().filter(|path| has_sql(path)) {
                found.extend(file::read(folder, path)?.into_iter().map(|model| (model.name.clone(), model)));
            }
        }
        check_tables(&found, sources)?;
        check_passes(&found)?;
        order(found).map(|models| Self { models })
    }

    /// The models, each after those it reads.
    pub fn in_order(&self) -> &[Model] {
        &self.models
    }

    /// The bucket models alone; what they read of an earlier pass is a source for them.
    pub(crate) fn of_buckets(&self) -> Self {
        Self { models: self.of_pass(Pass::Bucket).cloned().collect() }
    }

    /// The models of one pass, in order.
    pub fn of_pass(&self, pass: Pass) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| model.pass == pass)
    }
}

fn check_tables(models: &BTreeMap<TableName, Model>, sources: &BTreeSet<TableName>) -> Result<(), RunError> {
    for model in models.values() {
        for read in &model.reads {
            if !models.contains_key(read) && !sources.contains(read) {
                let names: Vec<String> = models.keys().chain(sources).map(ToString::to_string).collect();
                let nearest = yilian_contract::nearest(&read.to_string(), names.iter().map(String::as_str));
                return Err(RunError::UnknownTable {
                    model: model.name.clone(),
                    missing: read.clone(),
                    nearest: nearest.map(str::to_owned),
                });
            }
        }
    }
    Ok(())
}

/// What is gone with its pass cannot be published or read by a model of a later one, nor what is not there yet.
fn check_passes(models: &BTreeMap<TableName, Model>) -> Result<(), RunError> {
    let refuse = |model: &Model, reason: String| Err(RunError::Model { file: model.file.clone(), reason });
    for model in models.values() {
        if model.kept_as == KeptAs::Memory && (model.is_published() || model.pass != Pass::Bucket) {
            return refuse(model, "only a bucket's own table of schema `work` can be `kept as: memory`".to_owned());
        }
        for read in model.reads.iter().filter_map(|read| models.get(read)) {
            let name = &read.name;
            if read.pass > model.pass {
                return refuse(model, format!("it reads {name}, which is of a later pass"));
            }
            if read.pass < model.pass && read.kept_as != KeptAs::Table {
                let gone = format!("it reads {name}, which is gone with its pass; make that `kept as: table`");
                return refuse(model, gone);
            }
        }
    }
    Ok(())
}

fn order(mut waiting: BTreeMap<TableName, Model>) -> Result<Vec<Model>, RunError> {
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let ready: Vec<TableName> = waiting
            .values()
            .filter(|model| model.reads.iter().all(|read| !waiting.contains_key(read)))
            .map(|model| model.name.clone())
            .collect();
        if ready.is_empty() {
            return Err(RunError::Circle { models: waiting.keys().map(ToString::to_string).collect() });
        }
        ordered.extend(ready.iter().filter_map(|name| waiting.remove(name)));
    }
    Ok(ordered)
}

pub(crate) fn children(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let entries = fs::read_dir(folder).map_err(RunError::io("read", folder))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(RunError::io("read", folder))?;
    paths.sort();
    Ok(paths)
}

/// The children of a folder; none where there is no such folder.
pub(crate) fn children_if_any(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    if folder.exists() { children(folder) } else { Ok(Vec::new()) }
}

pub(crate) fn has_sql(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sql")
}

fn starts_with_digit(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, query: &str) {
        write_kept(folder, name, "pass: bucket · kept as: table", query);
    }

    pub(super) fn write_kept(folder: &Path, name: &str, kept: &str, query: &str) {
        let layer = folder.join("10_layer");
        fs::create_dir_all(&layer).unwrap();
        let header = format!("-- What it is.\n-- schema: work · {kept}\n-- grain: a, b\n");
        fs::write(layer.join(format!("{name}.sql")), format!("{header}{query}")).unwrap();
    }

    pub(super) fn sources() -> BTreeSet<TableName> {
        [TableName { schema: "staged".to_owned(), table: "funeral".to_owned() }].into()
    }

    #[test]
    fn a_model_comes_after_what_it_reads() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a", "select * from work.z");
        write(folder.path(), "z", "select * from staged.funeral");
        let graph = ModelGraph::load(folder.path(), &sources()).unwrap();
        let names: Vec<_> = graph.in_order().iter().map(|model| model.name.table.as_str()).collect();
        assert_eq!(names, ["z", "a"]);
        assert_eq!(graph.in_order()[0].grain, ["a", "b"]);
    }

    #[test]
    fn an_unknown_table_is_refused_with_the_nearest_one() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a", "select * from staged.funerals");
        let error = ModelGraph::load(folder.path(), &sources()).unwrap_err();
        assert!(error.to_string().ends_with("did you mean staged.funeral?"), "{error}");
    }

    #[test]
    fn a_model_of_the_whole_cannot_read_what_is_gone_with_its_bucket() {
        let folder = tempfile::tempdir().unwrap();
        write_kept(folder.path(), "a", "pass: bucket · kept as: memory", "select * from staged.funeral");
        write_kept(folder.path(), "b", "pass: whole · kept as: table", "select * from work.a");
        let error = ModelGraph::load(folder.path(), &sources()).unwrap_err();
        assert!(error.to_string().contains("it reads work.a, which is gone with its pass"), "{error}");
    }

    #[test]
    fn models_in_a_circle_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a", "select * from work.b");
        write(folder.path(), "b", "select * from work.a");
        assert!(matches!(ModelGraph::load(folder.path(), &sources()), Err(RunError::Circle { .. })));
    }
}
