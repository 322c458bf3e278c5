//! What was asked over the network: the query log of `yilian serve`, its chain checked and its questions counted.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::ReviewError;

const PREFIX: &str = "query_log_";
/// So many shapes are listed, those that were asked most.
const SHAPES: usize = 50;

/// The query log in numbers: no statement stands here, for it may hold what somebody typed.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Queries {
    pub(crate) users: Vec<UserLine>,
    pub(crate) shapes: Vec<ShapeLine>,
    /// Files in which a line does not follow the one before it.
    #[serde(skip)]
    pub(crate) broken: Vec<String>,
}

/// What became of the statements of a user.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UserLine {
    user: String,
    role: String,
    statements: u64,
    /// Statements about groups of people.
    about_people: u64,
    /// Statements that the rules refused.
    refused: u64,
    /// Day of the last one.
    last: String,
}

/// How often a shape of micro data was asked.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ShapeLine {
    shape: String,
    statements: u64,
}

#[derive(Deserialize)]
struct Line {
    number: u64,
    at: String,
    user: String,
    role: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    shapes: Vec<String>,
    before: String,
}

/// The code of what is refused for what it asks.
const REFUSED: &str = "42501";

impl Queries {
    /// Reads every file of the log in a vault; a file that retention has removed is no gap before the first that is there.
    pub(crate) fn read(vault: &Path) -> Result<Self, ReviewError> {
        let mut queries = Self::default();
        let (mut users, mut shapes) = (BTreeMap::<(String, String), UserLine>::new(), BTreeMap::<String, u64>::new());
        let mut last: Option<(u64, String)> = None;
        for file in files(vault)? {
            let text = fs::read_to_string(&file).map_err(ReviewError::file(&file))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut holds = text.is_empty() || text.ends_with('\n');
            for text in text.lines() {
                let Ok(line) = serde_json::from_str::<Line>(text) else {
                    holds = false;
                    continue;
                };
                holds &=
                    last.as_ref().is_none_or(|(number, digest)| line.number == number + 1 && line.before == *digest);
                last = Some((line.number, sha256(text)));
                let user = users.entry((line.user.clone(), line.role.clone())).or_insert_with(|| UserLine {
                    user: line.user,
                    role: line.role,
                    statements: 0,
                    about_people: 0,
                    refused: 0,
                    last: String::new(),
                });
                user.statements += 1;
                user.about_people += u64::from(!line.shapes.is_empty());
                user.refused += u64::from(line.code.as_deref() == Some(REFUSED));
                line.at.get(..10).unwrap_or_default().clone_into(&mut user.last);
                line.shapes.into_iter().for_each(|shape| *shapes.entry(shape).or_default() += 1);
            }
            if !holds {
                queries.broken.push(name);
            }
        }
        queries.users = users.into_values().collect();
        queries.shapes = shapes.into_iter().map(|(shape, statements)| ShapeLine { shape, statements }).collect();
        queries.shapes.sort_by_key(|line| (std::cmp::Reverse(line.statements), line.shape.clone()));
        queries.shapes.truncate(SHAPES);
        Ok(queries)
    }
}

fn files(vault: &Path) -> Result<Vec<PathBuf>, ReviewError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(vault).map_err(ReviewError::file(vault))? {
        let path = entry.map_err(ReviewError::file(vault))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(PREFIX) && name.ends_with(".jsonl") {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as the endpoint writes them, each with the digest of the one before.
    fn write(vault: &Path, month: &str, before: &str, lines: &[(u64, &str)]) -> String {
        let mut before = before.to_owned();
        let mut text = String::new();
        for (number, rest) in lines {
            let line = format!(
                "{{\"number\":{number},\"at\":\"2026-03-0{number}T08:00:00+08:00\",\"user\":\"li\",\"role\":\"statistician\",\
                 \"statement\":\"select\",{rest}\"before\":\"{before}\"}}"
            );
            before = sha256(&line);
            text.push_str(&line);
            text.push('\n');
        }
        fs::write(vault.join(format!("query_log_{month}.jsonl")), text).unwrap();
        before
    }

    #[test]
    fn questions_are_counted_by_user_and_shape_over_all_files_of_an_unbroken_log() {
        let vault = tempfile::tempdir().unwrap();
        let shapes = "\"shapes\":[\"person_year[sex]\"],";
        let before = write(vault.path(), "2026-02", "", &[(1, shapes), (2, "\"code\":\"42501\",")]);
        write(vault.path(), "2026-03", &before, &[(3, shapes), (4, "\"code\":\"57014\",")]);
        let queries = Queries::read(vault.path()).unwrap();
        assert!(queries.broken.is_empty());
        let [user] = queries.users.as_slice() else { panic!("{:?}", queries.users) };
        assert_eq!((user.statements, user.about_people, user.refused, user.last.as_str()), (4, 2, 1, "2026-03-04"));
        assert_eq!((queries.shapes[0].shape.as_str(), queries.shapes[0].statements), ("person_year[sex]", 2));
    }

    #[test]
    fn a_line_that_was_changed_taken_out_or_cut_is_a_fault_of_its_file() {
        for change in ["select", "number", "cut"] {
            let vault = tempfile::tempdir().unwrap();
            let before = write(vault.path(), "2026-02", "", &[(1, ""), (2, ""), (3, "")]);
            write(vault.path(), "2026-03", &before, &[(4, "")]);
            let file = vault.path().join("query_log_2026-02.jsonl");
            let text = fs::read_to_string(&file).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            let changed = match change {
                "select" => text.replacen("select", "selekt", 1),
                "number" => format!("{}\n{}\n", lines[0], lines[2]),
                _ => text.trim_end().to_owned() + "x",
            };
            fs::write(&file, changed).unwrap();
            assert_eq!(Queries::read(vault.path()).unwrap().broken[0], "query_log_2026-02.jsonl", "{change}");
        }
    }
}
