//! What each computed model of a bucket reads, and how long the bucket needs it: until the last model that does.

use std::collections::BTreeMap;

use yilian_engine::TableName;

use super::model::{KeptAs, ModelGraph, Pass};

/// Which computed model reads which tables, and which one last; views are read through.
pub(crate) struct Reads<'a> {
    /// What each computed model reads.
    by_step: BTreeMap<&'a TableName, Vec<&'a TableName>>,
    /// Which computed model is the last to read a table.
    last: BTreeMap<&'a TableName, &'a TableName>,
}

impl<'a> Reads<'a> {
    pub(crate) fn of(graph: &'a ModelGraph) -> Self {
        let mut behind_view: BTreeMap<&TableName, Vec<&TableName>> = BTreeMap::new();
        let mut found = Self { by_step: BTreeMap::new(), last: BTreeMap::new() };
        for model in graph.of_pass(Pass::Bucket) {
            let reads =
                model.reads.iter().flat_map(|read| behind_view.get(read).cloned().unwrap_or_else(|| vec![read]));
            let mut reads: Vec<&TableName> = reads.collect();
            reads.sort();
            reads.dedup();
            if model.kept_as == KeptAs::View {
                behind_view.insert(&model.name, reads);
                continue;
            }
            // What nobody reads ends where it is made.
            found.last.extend(reads.iter().chain([&&model.name]).map(|read| (*read, &model.name)));
            found.by_step.insert(&model.name, reads);
        }
        found
    }

    /// The tables that a computed model reads, each once.
    pub(crate) fn of_step(&self, reader: &TableName) -> Vec<&'a TableName> {
        self.by_step.get(reader).cloned().unwrap_or_default()
    }

    /// Whether another model reads a computed one.
    pub(crate) fn is_read(&self, table: &TableName) -> bool {
        self.last.get(table).is_some_and(|last| *last != table)
    }

    /// The tables of the bucket that `reader` is the last to read.
    pub(crate) fn last_by(&self, reader: &TableName, is_of_bucket: impl Fn(&TableName) -> bool) -> Vec<TableName> {
        let last = self.last.iter().filter(|(table, last)| **last == reader && is_of_bucket(table));
        last.map(|(table, _)| (*table).clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn name(schema: &str, table: &str) -> TableName {
        TableName { schema: schema.to_owned(), table: table.to_owned() }
    }

    #[test]
    fn who_reads_a_view_reads_what_is_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let layer = folder.path().join("10_layer");
        fs::create_dir_all(&layer).unwrap();
        let model = |table: &str, kept_as: &str, read: &str| {
            let header = format!("-- It.\n-- schema: work · pass: bucket · kept as: {kept_as}\n-- grain: none\n");
            fs::write(layer.join(format!("{table}.sql")), format!("{header}select * from {read}")).unwrap();
        };
        model("once", "memory", "staged.funeral");
        model("seen", "view", "work.once");
        model("early", "memory", "work.once");
        model("late", "memory", "work.seen join work.early on true");
        let funeral = name("staged", "funeral");
        let graph = ModelGraph::load(folder.path(), &[funeral.clone()].into()).unwrap();
        let reads = Reads::of(&graph);
        let (once, early, late) = (name("work", "once"), name("work", "early"), name("work", "late"));
        assert_eq!(reads.of_step(&late), [&early, &once]);
        assert!(reads.is_read(&once) && !reads.is_read(&late));
        assert_eq!(reads.last_by(&name("work", "once"), |_| true), [funeral]);
        assert_eq!(reads.last_by(&name("work", "early"), |_| true), []);
        let all = ["early", "late", "once"].map(|table| name("work", table));
        assert_eq!(reads.last_by(&name("work", "late"), |_| true), all);
        assert_eq!(reads.last_by(&name("work", "late"), |table| table.table != "late").len(), 2);
    }
}
