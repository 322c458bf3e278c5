//! One file of `sql/`: a header of comments that says what the model is, and a SELECT.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use yilian_engine::{TableName, tables_read_by};

use super::{KeptAs, Model, Pass};
use crate::run::RunError;
use crate::run::contents::MONTH;
use crate::run::months::MonthsRead;

/// The models of one file.
pub(super) fn read(folder: &Path, file: &Path) -> Result<Vec<Model>, RunError> {
    let refuse = |reason: &str| RunError::Model { file: file.to_owned(), reason: reason.to_owned() };
    let query = fs::read_to_string(file).map_err(RunError::io("read", file))?;
    let header = Header::parse(&query);
    let table = file.file_stem().and_then(|stem| stem.to_str()).ok_or_else(|| refuse("its name is not text"))?;
    let reads = tables_read_by(&query).map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        refuse(&format!("{error}: {cause}"))
    })?;
    let pass = match header.get("pass") {
        Some("first") => Pass::First,
        Some("bucket") => Pass::Bucket,
        Some("whole") => Pass::Whole,
        _ => return Err(refuse("its header must say `pass: first`, `pass: bucket` or `pass: whole`")),
    };
    let kept_as = match header.get("kept as") {
        Some("table") => KeptAs::Table,
        Some("memory") => KeptAs::Memory,
        Some("view") => KeptAs::View,
        _ => return Err(refuse("its header must say `kept as: table`, `kept as: memory` or `kept as: view`")),
    };
    let grain = match header.get("grain") {
        Some(text) if text.starts_with("none") => Vec::new(),
        Some(text) => text.split(',').map(|column| column.trim().to_owned()).collect(),
        None => return Err(refuse("its header must say its `grain:`")),
    };
    let is_computed = pass == Pass::Bucket && kept_as != KeptAs::View;
    let (months, closed_apart) = match header.get("months") {
        None => (MonthsRead::All, false),
        Some("own") if is_computed => (MonthsRead::Own, false),
        Some("closed apart") if is_computed => (MonthsRead::All, true),
        Some("own" | "closed apart") => return Err(refuse("only what a bucket computes can say `months:`")),
        Some(_) => return Err(refuse("its header can say `months: own` or `months: closed apart`")),
    };
    let schema = header.get("schema").ok_or_else(|| refuse("its header must say its `schema:`"))?.to_owned();
    if closed_apart && schema != "work" {
        return Err(refuse("only a table of schema `work` can keep closed months apart"));
    }
    if months == MonthsRead::Own && schema != "work" && grain.first().is_none_or(|column| column != MONTH) {
        return Err(refuse("rows that stand month by month begin their `grain` with `month`"));
    }
    let name = TableName { schema, table: table.to_owned() };
    let file = file.strip_prefix(folder).unwrap_or(file).to_owned();
    let model = Model { name, file, query, pass, kept_as, months, grain, reads };
    Ok(if closed_apart { with_closed_months_apart(&model) } else { vec![model] })
}

/// A model computed for the closed months and for the open ones, and a view of the rows of both. What changes every night
/// is not kept for the next one.
fn with_closed_months_apart(model: &Model) -> Vec<Model> {
    let part = |months, word, kept_as| {
        let name = TableName { table: format!("{}_{word}", model.name.table), ..model.name.clone() };
        Model { name, kept_as, months, ..model.clone() }
    };
    let parts = [part(MonthsRead::Closed, "closed", model.kept_as), part(MonthsRead::Open, "open", KeptAs::Memory)];
    let [closed, open] = parts.each_ref().map(|part| &part.name);
    let query = format!("select * from {closed} union all select * from {open}");
    let reads = vec![closed.clone(), open.clone()];
    let both = Model { query, reads, kept_as: KeptAs::View, grain: Vec::new(), ..model.clone() };
    parts.into_iter().chain([both]).collect()
}

/// `key: value` pairs of the comment lines at the top, several to a line where ` · ` stands between them.
struct Header(BTreeMap<String, String>);

impl Header {
    fn parse(query: &str) -> Self {
        let lines = query.lines().map_while(|line| line.strip_prefix("--"));
        let pairs = lines.flat_map(|line| line.split(" · ")).filter_map(|pair| pair.split_once(": "));
        Self(pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect())
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::model::ModelGraph;
    use crate::run::model::tests::{sources, write_kept};

    #[test]
    fn months_of_their_own_are_for_what_a_bucket_computes_and_readers_find_them_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let mistake = |kept: &str, query: &str| {
            write_kept(folder.path(), "a", kept, query);
            ModelGraph::load(folder.path(), &sources()).unwrap_err().to_string()
        };
        let query = "select * from staged.funeral";
        let refused = mistake("pass: whole · kept as: table · months: own", query);
        assert!(refused.contains("only what a bucket computes can say `months:`"), "{refused}");
        let refused = mistake("pass: bucket · kept as: view · months: own", query);
        assert!(refused.contains("only what a bucket computes can say `months:`"), "{refused}");
        let refused = mistake("pass: bucket · kept as: table · months: all", query);
        assert!(refused.contains("can say `months: own` or `months: closed apart`"), "{refused}");
        write_kept(folder.path(), "a", "pass: bucket · kept as: table · months: own", query);
        assert!(ModelGraph::load(folder.path(), &sources()).unwrap().in_order()[0].is_by_month());
        let header =
            "-- It.\n-- schema: hub · pass: bucket · kept as: table · months: own\n-- grain: person_id, month\n";
        fs::write(folder.path().join("10_layer").join("a.sql"), format!("{header}{query}")).unwrap();
        let refused = ModelGraph::load(folder.path(), &sources()).unwrap_err().to_string();
        assert!(refused.contains("begin their `grain` with `month`"), "{refused}");
        let header = "-- It.\n-- schema: hub · pass: bucket · kept as: table · months: closed apart\n-- grain: a\n";
        fs::write(folder.path().join("10_layer").join("a.sql"), format!("{header}{query}")).unwrap();
        let refused = ModelGraph::load(folder.path(), &sources()).unwrap_err().to_string();
        assert!(refused.contains("only a table of schema `work`"), "{refused}");
    }

    #[test]
    fn a_model_that_keeps_closed_months_apart_is_computed_twice_and_read_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let kept = "pass: bucket · kept as: table · months: closed apart";
        write_kept(folder.path(), "a", kept, "select * from staged.funeral");
        let graph = ModelGraph::load(folder.path(), &sources()).unwrap();
        let [closed, open, both] = graph.in_order() else { panic!("{graph:?}") };
        assert_eq!((closed.name.table.as_str(), closed.months), ("a_closed", MonthsRead::Closed));
        assert_eq!((open.name.table.as_str(), open.months), ("a_open", MonthsRead::Open));
        assert_eq!((closed.kept_as, open.kept_as, both.kept_as), (KeptAs::Table, KeptAs::Memory, KeptAs::View));
        assert_eq!(both.query, "select * from work.a_closed union all select * from work.a_open");
        assert_eq!(both.reads, [closed.name.clone(), open.name.clone()]);
    }
}
