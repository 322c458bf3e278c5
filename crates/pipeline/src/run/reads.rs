//! How long a bucket needs each table: from the first model that reads it to the last.

use std::collections::BTreeMap;

use yilian_engine::TableName;

use super::model::{KeptAs, ModelGraph, Pass};

/// Which computed model reads a table first and which last, views read through.
pub(crate) struct Reads<'a> {
    first_and_last: BTreeMap<&'a TableName, (&'a TableName, &'a TableName)>,
}

impl<'a> Reads<'a> {
    pub(crate) fn of(graph: &'a ModelGraph) -> Self {
        let mut behind_view: BTreeMap<&TableName, Vec<&TableName>> = BTreeMap::new();
        let mut first_and_last: BTreeMap<&TableName, (&TableName, &TableName)> = BTreeMap::new();
        for model in graph.of_pass(Pass::Bucket) {
            let reads =
                model.reads.iter().flat_map(|read| behind_view.get(read).cloned().unwrap_or_else(|| vec![read]));
            let reads: Vec<&TableName> = reads.collect();
            if model.kept_as == KeptAs::View {
                behind_view.insert(&model.name, reads);
                continue;
            }
            // What nobody reads ends where it is made.
            for read in reads.into_iter().chain([&model.name]) {
                first_and_last.entry(read).or_insert((&model.name, &model.name)).1 = &model.name;
            }
        }
        Self { first_and_last }
    }

    pub(crate) fn is_first(&self, table: &TableName, reader: &TableName) -> bool {
        self.first_and_last.get(table).is_some_and(|(first, _)| *first == reader)
    }

    /// The tables of the bucket that `reader` is the last to read.
    pub(crate) fn last_by(&self, reader: &TableName, is_of_bucket: impl Fn(&TableName) -> bool) -> Vec<TableName> {
        let last = self.first_and_last.iter().filter(|(table, (_, last))| *last == reader && is_of_bucket(table));
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
        assert!(reads.is_first(&funeral, &name("work", "once")) && !reads.is_first(&funeral, &name("work", "late")));
        assert_eq!(reads.last_by(&name("work", "once"), |_| true), [funeral]);
        assert_eq!(reads.last_by(&name("work", "early"), |_| true), []);
        let all = ["early", "late", "once"].map(|table| name("work", table));
        assert_eq!(reads.last_by(&name("work", "late"), |_| true), all);
        assert_eq!(reads.last_by(&name("work", "late"), |table| table.table != "late").len(), 2);
    }
}
