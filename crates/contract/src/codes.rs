use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::error::ContractError;
use crate::names;
use crate::yaml::{self, Examined};

/// All code lists of `schemas/codes/`, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeLists {
    lists: BTreeMap<String, CodeList>,
}

/// One code list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList {
    /// The file's name without `.csv`; for a part of a list that one column allows, `<dataset>.<column>`.
    pub name: String,
    /// The codes in the order of the file.
    pub entries: Vec<Code>,
    /// SHA-256 of the file's bytes, in hex.
    pub digest: String,
    by_label: HashMap<String, usize>,
}

/// One code with the texts that mean it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the fields are the columns of the file, one of which is `code`")]
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

/// Tables of `schemas/codes/` that are no code lists: they relate codes to one another.
const TABLES: [&str; 8] = [
    "region",
    "benefit_source",
    "term",
    "standard_amount",
    "funding_share",
    "service_rate",
    "disability_allowance",
    "service_standard",
];
const COLUMNS: [&str; 6] = ["code", "label_zh", "label_en", "aliases", "valid_from", "valid_to"];
const BENEFIT_COLUMNS: [&str; 5] = ["kind", "class", "owner", "period", "bit"];

impl CodeLists {
    /// Reads every code list below the folder `schemas/codes`.
    pub(crate) fn load(folder: &Path) -> Result<Self, Vec<ContractError>> {
        let mut lists = BTreeMap::new();
        let mut errors = Vec::new();
        for path in yaml::files(folder, ".csv").map_err(|error| vec![error])? {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if TABLES.contains(&name.as_str()) {
                continue;
            }
            match CodeList::read(&path, &name) {
                Ok(list) => drop(lists.insert(name, list)),
                Err(found) => errors.extend(found),
            }
        }
        if errors.is_empty() { Ok(Self { lists }) } else { Err(errors) }
    }

    /// The list with this name.
    pub fn get(&self, name: &str) -> Option<&CodeList> {
        self.lists.get(name)
    }

    /// All lists in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &CodeList> {
        self.lists.values()
    }

    /// Records a code that is not one of a list, with the nearest that is.
    pub(crate) fn check(&self, file: &mut Examined, place: &str, (what, list, code): (&'static str, &str, &str)) {
        let list = self.lists.get(list);
        if list.and_then(|list| list.entry(code)).is_none() {
            let valid = list.into_iter().flat_map(|list| &list.entries).map(|entry| entry.code.as_str());
            file.unknown(place, what, code, valid);
        }
    }

    /// Adds the part of a list that holds only these codes; the codes that the list does not have come back.
    pub(crate) fn restrict(&mut self, list: &str, name: &str, codes: &[String]) -> Vec<String> {
        let Some(whole) = self.lists.get(list) else { return codes.to_vec() };
        let entries: Vec<Code> = whole.entries.iter().filter(|entry| codes.contains(&entry.code)).cloned().collect();
        let unknown = codes.iter().filter(|code| !entries.iter().any(|entry| entry.code == **code)).cloned().collect();
        let digest = whole.digest.clone();
        // A part of an unambiguous list is unambiguous.
        let by_label = labels(&entries).collect();
        self.lists.insert(name.to_owned(), CodeList { name: name.to_owned(), entries, digest, by_label });
        unknown
    }
}

impl CodeList {
    /// The code that a cell means: the code itself, its Chinese or English label or an alias, in any width and case.
    pub fn resolve(&self, text: &str) -> Option<&str> {
        let index = self.by_label.get(&names::folded(text))?;
        self.entries.get(*index).map(|entry| entry.code.as_str())
    }

    /// The entry of a code.
    pub fn entry(&self, code: &str) -> Option<&Code> {
        self.entries.iter().find(|entry| entry.code == code)
    }

    fn read(path: &Path, name: &str) -> Result<Self, Vec<ContractError>> {
        let bytes = yaml::read_bytes(path).map_err(|error| vec![error])?;
        let mut file = Examined::new(path);
        let rows = rows(&bytes).map_err(|error| vec![yaml::malformed(path, &error)])?;
        check_header(&mut file, name, &rows.header);
        let mut entries = Vec::new();
        for (number, row) in rows.records.iter().enumerate() {
            let cell = |column: &str| rows.cell(row, column);
            let place = format!("row {}", number + 2);
            if cell("code").is_empty() || cell("label_zh").is_empty() {
                file.missing(&place, "code and label_zh", "both filled");
            }
            entries.push(Code {
                code: cell("code").to_owned(),
                label_zh: cell("label_zh").to_owned(),
                label_en: cell("label_en").to_owned(),
                aliases: cell("aliases").split('|').filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
                valid_from: date(&mut file, &place, cell("valid_from")),
                valid_to: date(&mut file, &place, cell("valid_to")),
            });
        }
        if name == "benefit" {
            check_bits(&mut file, &rows);
        }
        let by_label = unambiguous(&mut file, &entries);
        let digest = hex::encode(Sha256::digest(&bytes));
        if file.errors.is_empty() {
            Ok(Self { name: name.to_owned(), entries, digest, by_label })
        } else {
            Err(file.errors)
        }
    }
}

/// A CSV file with its header.
pub(crate) struct Rows {
    pub(crate) header: Vec<String>,
    pub(crate) records: Vec<csv::StringRecord>,
}

impl Rows {
    /// A cell by column name, without outer spaces; empty where the file has no such column.
    pub(crate) fn cell<'r>(&self, row: &'r csv::StringRecord, column: &str) -> &'r str {
        let index = self.header.iter().position(|name| name == column);
        index.and_then(|index| row.get(index)).unwrap_or_default().trim()
    }
}

/// Reads a CSV file whole.
pub(crate) fn rows(bytes: &[u8]) -> Result<Rows, csv::Error> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers()?.iter().map(str::to_owned).collect();
    Ok(Rows { header, records: reader.records().collect::<Result<_, _>>()? })
}

/// An ISO date; an empty cell is `None`.
pub(crate) fn date(file: &mut Examined, place: &str, cell: &str) -> Option<NaiveDate> {
    if cell.is_empty() {
        return None;
    }
    let day = NaiveDate::parse_from_str(cell, "%Y-%m-%d").ok();
    if day.is_none() {
        file.contradiction(place, format!("`{cell}` is not a date; write 2025-01-31"));
    }
    day
}

/// Refuses columns that the table does not have and misses those it must have.
pub(crate) fn check_columns(file: &mut Examined, header: &[String], required: &[&str], optional: &[&str]) {
    let allowed: Vec<&str> = required.iter().chain(optional).copied().collect();
    for name in header.iter().filter(|name| !allowed.contains(&name.as_str())) {
        file.unknown("the header", "column", name, allowed.iter().copied());
    }
    for name in required.iter().filter(|name| !header.iter().any(|column| column == *name)) {
        file.missing("the header", name, "a column of every such table");
    }
}

fn check_header(file: &mut Examined, name: &str, header: &[String]) {
    let optional: &[&str] = if name == "benefit" { &BENEFIT_COLUMNS } else { &[] };
    check_columns(file, header, &COLUMNS, optional);
}

/// The benefits' bits must fit a mask of 63 bits, one each.
fn check_bits(file: &mut Examined, rows: &Rows) {
    let mut taken = BTreeMap::new();
    for row in &rows.records {
        let (code, bit) = (rows.cell(row, "code"), rows.cell(row, "bit"));
        match bit.parse::<u8>().ok().filter(|bit| *bit <= 62) {
            None => file.contradiction(&format!("benefit `{code}`"), "its bit is not a number from 0 to 62"),
            Some(bit) => {
                if let Some(other) = taken.insert(bit, code) {
                    file.contradiction(&format!("benefit `{code}`"), format!("bit {bit} belongs to `{other}`"));
                }
            }
        }
    }
}

fn labels(entries: &[Code]) -> impl Iterator<Item = (String, usize)> {
    entries.iter().enumerate().flat_map(|(index, entry)| {
        [&entry.code, &entry.label_zh, &entry.label_en]
            .into_iter()
            .chain(&entry.aliases)
            .filter(|label| !label.is_empty())
            .map(move |label| (names::folded(label), index))
    })
}

/// The labels of a list, each of which must mean one code.
fn unambiguous(file: &mut Examined, entries: &[Code]) -> HashMap<String, usize> {
    let mut by_label = HashMap::new();
    for (label, index) in labels(entries) {
        let other = *by_label.entry(label.clone()).or_insert(index);
        if let (true, Some(first), Some(second)) = (other != index, entries.get(other), entries.get(index)) {
            file.contradiction(
                &format!("label `{label}`"),
                format!("means both `{}` and `{}`", first.code, second.code),
            );
        }
    }
    by_label
}
