use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::names;

/// All code lists of `schemas/codes/`, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeLists {
    lists: BTreeMap<String, CodeList>,
}

/// One code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList {
    /// The file's name without `.csv`.
    pub name: String,
    /// The codes in the order of the file.
    pub entries: Vec<Code>,
    /// SHA-256 of the file's bytes, in hex.
    pub digest: String,
    by_label: HashMap<String, usize>,
}

/// One code with the texts that mean it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What is stored.
    pub code: String,
    /// Chinese label.
    pub label_zh: String,
    /// English label.
    pub label_en: String,
    /// Other texts that offices write.
    pub aliases: Vec<String>,
    /// First day of validity; `None` = always.
    pub valid_from: Option<NaiveDate>,
    /// Last day of validity; `None` = still valid.
    pub valid_to: Option<NaiveDate>,
}

impl CodeLists {
    /// The list with this name.
    pub fn get(&self, name: &str) -> Option<&CodeList> {
        self.lists.get(name)
    }

    /// All lists in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &CodeList> {
        self.lists.values()
    }
}

impl CodeList {
    /// The code that a cell means: the code itself, its Chinese or English label or an alias, in any width and case.
    pub fn resolve(&self, text: &str) -> Option<&str> {
        let index = self.by_label.get(&names::folded(text))?;
        self.entries.get(*index).map(|entry| entry.code.as_str())
    }
}
