//! The rows of the invented extracts and whose they are, for a test that packs other extracts made of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use calamine::{Reader, open_workbook_auto};
use yilian_contract::Subject;
use yilian_demo::Extract;

use crate::fixture::shared;
use crate::resealed::SCHEMAS;

/// Places of the columns with which every extract about people begins.
pub(crate) const NAME: usize = 0;
const ID_NUMBER: usize = 1;

/// The first words of the sum that some offices write below the last row.
const FOOTER: &str = "合计";

/// An extract as text, without a footer.
#[derive(Clone)]
pub(crate) struct Rows {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Rows {
    pub(crate) fn of(extract: &Extract) -> Self {
        let is_text = extract.path.extension().is_some_and(|extension| extension == "csv");
        let mut rows = if is_text { text_lines(&extract.path) } else { sheet_lines(&extract.path) };
        rows.pop_if(|last| last[0].starts_with(FOOTER));
        let header = rows.remove(0);
        Self { header, rows }
    }

    /// Writes the rows below `folder` as an extract of the same office and dataset.
    pub(crate) fn write(&self, folder: &Path, like: &Extract, period: &str) -> Extract {
        let folder = folder.join(&like.department);
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{}.{period}.csv", like.dataset));
        let mut writer = csv::Writer::from_path(&path).unwrap();
        for line in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(line).unwrap();
        }
        writer.flush().unwrap();
        let bytes = fs::metadata(&path).unwrap().len();
        Extract { path, period: period.to_owned(), bytes, ..like.clone() }
    }

    /// The rows that are wanted and the others, by their number from 0 and their cells.
    pub(crate) fn parted(&self, is_wanted: impl Fn(usize, &[String]) -> bool) -> [Self; 2] {
        let numbered = self.rows.iter().cloned().enumerate();
        let (wanted, others): (Vec<_>, Vec<_>) = numbered.partition(|(number, row)| is_wanted(*number, row));
        [wanted, others].map(|part| {
            let rows = part.into_iter().map(|(_, row)| row).collect();
            Self { header: self.header.clone(), rows }
        })
    }

    /// The place of a column with one of these headers.
    pub(crate) fn column(&self, headers: &[&str]) -> Option<usize> {
        self.header.iter().position(|header| headers.contains(&header.as_str()))
    }
}

/// The invented extracts about people, and whose their rows are.
pub(crate) struct Everybody {
    pub(crate) owners: Owners,
    pub(crate) extracts: Vec<(Extract, Rows)>,
}

impl Everybody {
    /// Everybody of the shared hub.
    pub(crate) fn invented() -> Self {
        let extracts = shared().packed.iter().map(|packed| &packed.extract).filter(|extract| is_about_people(extract));
        let extracts = extracts.map(|extract| (extract.clone(), Rows::of(extract))).collect();
        Self { owners: Owners::of(&shared().invented), extracts }
    }
}

/// Whether an extract is about older people, one in each row.
pub(crate) fn is_about_people(extract: &Extract) -> bool {
    SCHEMAS.dataset(&extract.dataset).unwrap().subject == Subject::Person
}

/// Whose each row is: the number says it, or the generator where the number is damaged.
pub(crate) struct Owners {
    people: BTreeSet<String>,
    damaged: BTreeMap<(String, String, usize), String>,
}

impl Owners {
    pub(crate) fn of(invented: &Path) -> Self {
        let lines = |file: &str| {
            let reader = csv::Reader::from_path(invented.join("truth").join(file)).unwrap();
            reader.into_deserialize().map(|line| -> BTreeMap<String, String> { line.unwrap() })
        };
        let people = lines("person.csv").map(|mut person| person.remove("id_number").unwrap()).collect();
        let damaged = lines("link.csv").map(|mut row| {
            let [dataset, period, line, id_number] =
                ["dataset", "period", "row", "id_number"].map(|column| row.remove(column).unwrap());
            ((dataset, period, line.parse().unwrap()), id_number)
        });
        Self { people, damaged: damaged.collect() }
    }

    /// The ID numbers of everybody.
    pub(crate) fn people(&self) -> &BTreeSet<String> {
        &self.people
    }

    /// Every row of an extract about people with the ID number of its owner.
    pub(crate) fn rows_of<'r>(&'r self, extract: &'r Extract, rows: &'r Rows) -> Vec<(&'r str, &'r Vec<String>)> {
        // The generator counts lines, and the header is the first.
        let numbered = rows.rows.iter().zip(2..);
        let owned = numbered.map(|(row, line)| {
            let owner = self.known(&row[ID_NUMBER]).or_else(|| self.of_damaged(extract, line));
            (owner.unwrap_or_else(|| panic!("{}: nobody's row", extract.path.display())), row)
        });
        owned.collect()
    }

    /// The ID number that a cell spells, if it is somebody's.
    pub(crate) fn known(&self, cell: &str) -> Option<&str> {
        self.people.get(&plain(cell)).map(String::as_str)
    }

    /// Whether one of somebody's rows has a damaged number.
    pub(crate) fn has_damaged_row(&self, id_number: &str) -> bool {
        self.damaged.values().any(|owner| owner == id_number)
    }

    fn of_damaged(&self, extract: &Extract, line: usize) -> Option<&str> {
        self.damaged.get(&(extract.dataset.clone(), extract.period.clone(), line)).map(String::as_str)
    }
}

/// Letters and digits alone, as narrow capitals.
fn plain(id_number: &str) -> String {
    const WIDE_TO_NARROW: u32 = 0xfee0;
    let narrow = id_number.chars().map(|character| match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - WIDE_TO_NARROW).unwrap(),
        other => other,
    });
    narrow.filter(char::is_ascii_alphanumeric).map(|character| character.to_ascii_uppercase()).collect()
}

/// The text of an extract in any encoding that the generator writes.
pub(crate) fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    match std::str::from_utf8(&bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => encoding_rs::GB18030.decode(&bytes).0.into_owned(),
    }
}

fn text_lines(path: &Path) -> Vec<Vec<String>> {
    let text = text(path);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn sheet_lines(path: &Path) -> Vec<Vec<String>> {
    let (_, sheet) = open_workbook_auto(path).unwrap().worksheets().remove(0);
    sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}
