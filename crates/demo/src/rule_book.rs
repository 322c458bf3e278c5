//! A place's own rule book: a copy of the shipped one beside the six offices, with what the place decides.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::{DemoError, Offices, SECOND_READING, rules};

const FOLDER: &str = "rule_book";
const PIPELINE: &str = "pipelines/nightly.yaml";

impl Offices {
    /// Copies the shipped rule book (`pipelines/`, `schemas/`, `sql/`) to a folder beside the offices and adds to each code
    /// list named the rows of a file in its form. From then on the hub runs by the copy.
    ///
    /// # Errors
    /// Where a file cannot be copied or written.
    pub fn keep_rule_book(&self, additions: &[(&str, &Path)]) -> Result<(), DemoError> {
        let copy = self.folder().join(FOLDER);
        for part in ["pipelines", "schemas", "sql"] {
            copy_folder(&self.programs().repository().join(part), &copy.join(part))?;
        }
        for (list, rows) in additions {
            let added = fs::read_to_string(rows).map_err(DemoError::file(rows))?;
            let path = copy.join("schemas/codes").join(format!("{list}.csv"));
            let mut file = fs::OpenOptions::new().append(true).open(&path).map_err(DemoError::file(&path))?;
            for line in added.lines().skip(1) {
                writeln!(file, "{line}").map_err(DemoError::file(&path))?;
            }
        }
        Ok(())
    }

    /// Lists a place in every rule of the offices' own rule book that is off, as docs/rules.md says, and returns these rules:
    /// the region of the invented people, and for the second reading of X15 the county whose text it reads.
    ///
    /// # Errors
    /// Where a rule cannot be read or written.
    pub fn switch_every_rule_on(&self) -> Result<Vec<String>, DemoError> {
        let mut switched = Vec::new();
        for rule in rules(&self.folder().join(FOLDER))? {
            let path = self.folder().join(FOLDER).join("pipelines/rules").join(format!("{rule}.yaml"));
            let text = fs::read_to_string(&path).map_err(DemoError::file(&path))?;
            let place = if SECOND_READING.contains(&rule.as_str()) { "150104" } else { "15" };
            let on = text.replace("default: off\n", &format!("default: off\nplaces:\n  - {{ place: '{place}' }}\n"));
            if on == text && text.lines().any(|line| line.starts_with("default:")) {
                return Err(DemoError::Form { path, problem: "is off in a form that is not known here".to_owned() });
            }
            if on != text {
                fs::write(&path, on).map_err(DemoError::file(&path))?;
                switched.push(rule);
            }
        }
        Ok(switched)
    }

    /// The folder of the rule book by which the hub runs: the offices' own, else the shipped one.
    pub fn rule_book(&self) -> PathBuf {
        let own = self.folder().join(FOLDER);
        if own.join(PIPELINE).is_file() { own } else { self.programs().repository().to_path_buf() }
    }

    /// The pipeline file of the rule book by which the hub runs.
    pub fn pipeline(&self) -> PathBuf {
        self.rule_book().join(PIPELINE)
    }
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), DemoError> {
    fs::create_dir_all(to).map_err(DemoError::file(to))?;
    for entry in fs::read_dir(from).map_err(DemoError::file(from))? {
        let path = entry.map_err(DemoError::file(from))?.path();
        let copy = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(DemoError::file(&path))?;
        }
    }
    Ok(())
}
