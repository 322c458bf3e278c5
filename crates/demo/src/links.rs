//! Rows of which the number alone is not sure, as the hub linked them, against the generator's `truth/link.csv`.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, Int64Array, RecordBatch};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};

use crate::compare::ratio;
use crate::published::{column, text_column};
use crate::{DemoError, Offices, PackedExtract, People, Published};

const LINKS: &str = "evidence.name_link";

/// How well the rows of one grade were linked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LinkScore {
    /// `upgraded15` or `name`.
    pub grade: String,
    /// Delivered rows that could only be linked so.
    pub delivered: u64,
    /// Rows that were linked so.
    pub linked: u64,
    /// Those of them that belong to the person they were linked to.
    pub right: u64,
}

impl LinkScore {
    /// Share of the linked rows that belong to their person, as text; `-` where none was linked.
    pub fn precision(&self) -> String {
        ratio(self.right, self.linked)
    }

    /// Share of the delivered rows that were linked to their person, as text; `-` where none was delivered.
    pub fn recall(&self) -> String {
        ratio(self.right, self.delivered)
    }
}

#[derive(Deserialize)]
struct Line {
    dataset: String,
    period: String,
    row: i64,
    id_number: String,
    quality: String,
}

/// A row of a delivery.
type Place = (String, i64);

/// Compares the links of a publication with the truth, by grade.
///
/// # Errors
/// Where a file of the truth, a department's row map or a table of the hub cannot be read.
pub fn link_scores(
    invented: &Path,
    packed: &[PackedExtract],
    offices: &Offices,
    people: &People,
) -> Result<[LinkScore; 2], DemoError> {
    let truth = delivered_truth(invented, packed, offices)?;
    let published = Published::newest(&offices.store())?;
    let by_name = published.read(LINKS)?.iter().map(|batch| links(batch, |_| true)).collect::<Result<Vec<_>, _>>()?;
    let score = |grade: &str, quality: &str, linked: Vec<(Place, i64)>| {
        let right = |(place, person_id): &&(Place, i64)| {
            truth.get(place).is_some_and(|line| people.person_id(&line.id_number) == Some(*person_id))
        };
        LinkScore {
            grade: grade.to_owned(),
            delivered: count(truth.values().filter(|line| line.quality == quality).count()),
            linked: count(linked.len()),
            right: count(linked.iter().filter(right).count()),
        }
    };
    Ok([
        score("upgraded15", "upgraded15", upgraded(offices, packed)?),
        score("name", "none", by_name.into_iter().flatten().collect()),
    ])
}

/// The lines of `truth/link.csv` that the departments delivered, by their place in the delivery.
fn delivered_truth(
    invented: &Path,
    packed: &[PackedExtract],
    offices: &Offices,
) -> Result<BTreeMap<Place, Line>, DemoError> {
    let path = invented.join("truth").join("link.csv");
    let form = |problem: String| DemoError::Form { path: path.clone(), problem };
    let mut reader = csv::Reader::from_path(&path).map_err(|error| form(error.to_string()))?;
    let mut lines: BTreeMap<(String, String), BTreeMap<i64, Line>> = BTreeMap::new();
    for line in reader.deserialize() {
        let line: Line = line.map_err(|error| form(error.to_string()))?;
        lines.entry((line.dataset.clone(), line.period.clone())).or_default().insert(line.row, line);
    }
    let mut delivered = BTreeMap::new();
    for PackedExtract { extract, report } in packed {
        let Some(mut lines) = lines.remove(&(extract.dataset.clone(), extract.period.clone())) else { continue };
        let map = row_map(offices, &extract.department, &report.delivery);
        for batch in read_columns(&map, &["row", "source_row"])? {
            let rows: &Int64Array = column(&batch, "rows.parquet", "row")?;
            let sources: &Int64Array = column(&batch, "rows.parquet", "source_row")?;
            for (row, source) in rows.values().iter().zip(sources.values()) {
                if let Some(line) = lines.remove(source) {
                    delivered.insert((report.delivery_id.clone(), *row), line);
                }
            }
        }
    }
    Ok(delivered)
}

/// The row map of a delivery `<place>.<department>.<dataset>.<period>.<sequence>.tar.age`.
fn row_map(offices: &Offices, department: &str, delivery: &Path) -> PathBuf {
    let name = delivery.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let parts: Vec<&str> = name.split('.').skip(2).take(3).collect();
    offices.department(department).join("records").join(parts.join(".")).join("rows.parquet")
}

/// The staged rows of 15-digit numbers, from the hub's vault: no published table says them one by one.
fn upgraded(offices: &Offices, packed: &[PackedExtract]) -> Result<Vec<(Place, i64)>, DemoError> {
    let mut linked = Vec::new();
    for PackedExtract { extract, report } in packed {
        let folder = offices.hub().join("vault").join("staged").join(&extract.dataset);
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let own = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(report.delivery_id.as_str()))
        };
        let Some(file) = files.filter(own).min() else { continue };
        for batch in read_columns(&file, &["person_id", "link_grade", "delivery_id", "row"])? {
            if batch.column_by_name("link_grade").is_some() {
                let grades = text_column(&batch, "a staged file", "link_grade")?;
                linked.extend(links(&batch, |row| grades.value(row) == "upgraded15")?);
            }
        }
    }
    Ok(linked)
}

/// Whom the rows of a batch are linked to.
fn links(batch: &RecordBatch, wanted: impl Fn(usize) -> bool) -> Result<Vec<(Place, i64)>, DemoError> {
    let deliveries = text_column(batch, LINKS, "delivery_id")?;
    let rows: &Int64Array = column(batch, LINKS, "row")?;
    let people: &Int64Array = column(batch, LINKS, "person_id")?;
    let wanted = (0..batch.num_rows()).filter(|row| wanted(*row) && people.is_valid(*row));
    Ok(wanted.map(|row| ((deliveries.value(row).to_owned(), rows.value(row)), people.value(row))).collect())
}

fn read_columns(path: &Path, columns: &[&str]) -> Result<Vec<RecordBatch>, DemoError> {
    let problem = |problem: String| DemoError::Form { path: path.to_path_buf(), problem };
    let file = File::open(path).map_err(DemoError::file(path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| problem(error.to_string()))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).build().map_err(|error| problem(error.to_string()))?;
    reader.collect::<Result<_, _>>().map_err(|error| problem(error.to_string()))
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
