//! Nothing of a person leaves a department: the extracts' names and numbers are looked for everywhere else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aho_corasick::AhoCorasick;
use arrow::array::{Array, BinaryArray, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest, Sha256};
use yilian_demo::Offices;

use crate::extract_rows::text;
use crate::fixture::{copy_of, files_below, run_options, shared};

/// Headers under which a person's name stands; a facility's name has another.
const NAME_HEADERS: [&str; 3] = ["姓名", "名字", "XM"];

/// How many values of one kind are taken from one extract.
const VALUES_PER_EXTRACT: usize = 60;

/// Shorter names could be part of a place or a title.
const SHORTEST_NAME: usize = 3;

/// ID, certificate and account numbers are at least this long; no amount, date or code is.
const SHORTEST_NUMBER: usize = 15;

/// Byte strings that must stand nowhere outside the extracts.
pub(crate) struct Marks {
    finder: AhoCorasick,
}

impl Marks {
    /// Marked names and numbers, those of the first rows of each extract, and their unkeyed SHA-256 as bytes, hex and base64.
    pub(crate) fn of_extracts() -> Self {
        let mut values = markers(&shared().invented.join("truth").join("markers.csv"));
        assert!(values.len() > 50, "only {} markers are planted", values.len());
        for packed in &shared().packed {
            if packed.extract.path.extension().is_some_and(|extension| extension == "csv") {
                collect_values(&packed.extract.path, &mut values);
            }
        }
        assert!(values.iter().filter(|value| value.is_ascii()).count() > 100, "too few numbers were found to look for");
        assert!(values.iter().filter(|value| !value.is_ascii()).count() > 100, "too few names were found to look for");
        let patterns: Vec<Vec<u8>> = values.iter().flat_map(|value| forms(value)).collect();
        Self { finder: AhoCorasick::new(patterns).unwrap() }
    }

    pub(crate) fn assert_none_in(&self, bytes: &[u8], place: &str) {
        let found = self.finder.find_iter(bytes).count();
        assert_eq!(found, 0, "{found} names or numbers of people stand in {place}");
    }
}

/// What the generator planted to be looked for: names, ID, certificate and account numbers.
fn markers(path: &Path) -> BTreeSet<String> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|line| line.unwrap()[1].to_owned()).collect()
}

fn forms(value: &str) -> [Vec<u8>; 6] {
    let digest = Sha256::digest(value.as_bytes());
    let unpadded = |text: String| text.trim_end_matches('=').as_bytes().to_vec();
    [
        value.as_bytes().to_vec(),
        digest.to_vec(),
        hex::encode(digest).into_bytes(),
        hex::encode_upper(digest).into_bytes(),
        unpadded(STANDARD.encode(digest)),
        unpadded(URL_SAFE.encode(digest)),
    ]
}

fn collect_values(path: &Path, values: &mut BTreeSet<String>) {
    let text = text(path);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let header = rows.iter().find(|row| row.iter().any(|cell| NAME_HEADERS.contains(&cell.trim())));
    let name_column = header.and_then(|row| row.iter().position(|cell| NAME_HEADERS.contains(&cell.trim())));
    for row in rows.iter().skip(1).take(VALUES_PER_EXTRACT) {
        let numbers = row.iter().map(|cell| cell.trim().trim_start_matches('\''));
        values.extend(numbers.filter(|cell| is_number(cell)).map(str::to_owned));
        let name = name_column.and_then(|column| row.get(column)).map(str::trim);
        values.extend(name.filter(|name| name.chars().count() >= SHORTEST_NAME && !name.is_ascii()).map(str::to_owned));
    }
}

fn is_number(cell: &str) -> bool {
    cell.len() >= SHORTEST_NUMBER
        && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X')
        // One digit repeated is what an office types where it has no number; it says nothing about anybody.
        && cell.bytes().collect::<BTreeSet<_>>().len() > 2
}

#[test]
fn the_recogniser_finds_what_the_extracts_hold() {
    let marks = Marks::of_extracts();
    let found = shared().packed.iter().filter(|packed| {
        let bytes = fs::read(&packed.extract.path).unwrap();
        marks.finder.find(&bytes).is_some()
    });
    assert!(found.count() > 10, "the marks are not even in the extracts");
}

#[test]
fn opened_deliveries_hold_no_name_and_no_number() {
    let marks = Marks::of_extracts();
    let offices = &shared().offices;
    let identity = fs::read_to_string(offices.hub().join("vault").join("age.key")).unwrap();
    for packed in &shared().packed {
        let delivery = &packed.report.delivery;
        let sealed = fs::read(delivery).unwrap();
        marks.assert_none_in(&sealed, "a sealed delivery");
        for (name, content) in entries(&identity, &sealed) {
            search(&marks, Path::new(&name), &content);
        }
    }
}

#[test]
fn hub_storage_receipts_and_statistics_hold_no_name_and_no_number() {
    let marks = Marks::of_extracts();
    let files = files_below(&shared().offices.hub());
    assert!(files.iter().any(|path| path.extension().is_some_and(|extension| extension == "parquet")));
    for path in files {
        search(&marks, &path, &fs::read(&path).unwrap());
    }
}

#[test]
fn lists_of_rejected_rows_hold_no_name_and_no_number() {
    let marks = Marks::of_extracts();
    let mut lists = 0;
    for department in yilian_demo::DEPARTMENTS {
        for path in files_below(&shared().offices.department(department)) {
            if path.file_name().is_some_and(|name| name == "rejects.csv") {
                marks.assert_none_in(&fs::read(&path).unwrap(), &path.display().to_string());
                lists += 1;
            }
        }
    }
    assert!(lists > 0, "no rejects.csv was found");
}

#[test]
fn nothing_that_the_programs_print_holds_a_name_or_a_number() {
    let marks = Marks::of_extracts();
    let offices = copy_of(&shared().offices, "printed");
    let check = |finished: yilian_demo::Finished| {
        assert_eq!(finished.code, 0, "{}", finished.stderr);
        marks.assert_none_in(finished.stdout.as_bytes(), &finished.command);
        marks.assert_none_in(finished.stderr.as_bytes(), &finished.command);
    };
    for packed in &shared().packed {
        check(inspect(&offices, packed));
        check(offices.try_pack(&packed.extract).unwrap());
    }
    check(offices.try_receive().unwrap());
    check(offices.try_run(&run_options(&[])).unwrap());
}

fn inspect(offices: &Offices, packed: &yilian_demo::PackedExtract) -> yilian_demo::Finished {
    let extract = &packed.extract;
    let site = offices.department(&extract.department).display().to_string();
    let file = extract.path.display().to_string();
    offices
        .programs()
        .try_run("yilian-dept", ["inspect", &file, "--dataset", &extract.dataset, "--site", &site])
        .unwrap()
}

/// Looks into a file as it is and, where it is Parquet, into its values.
fn search(marks: &Marks, path: &Path, content: &[u8]) {
    let place = path.display().to_string();
    marks.assert_none_in(content, &place);
    if path.extension().is_some_and(|extension| extension == "parquet") {
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(content)).unwrap().build().unwrap();
        for batch in reader {
            search_values(marks, &batch.unwrap(), &place);
        }
    }
}

fn search_values(marks: &Marks, batch: &RecordBatch, place: &str) {
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let place = format!("{place}, column {}", field.name());
        match column.data_type() {
            DataType::FixedSizeBinary(_) => {
                let values: &FixedSizeBinaryArray = column.as_any().downcast_ref().unwrap();
                values.iter().flatten().for_each(|value| marks.assert_none_in(value, &place));
            }
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
                let values = cast(column, &DataType::Binary).unwrap();
                let values: &BinaryArray = values.as_any().downcast_ref().unwrap();
                values.iter().flatten().for_each(|value| marks.assert_none_in(value, &place));
            }
            _ => {
                let values = cast(column, &DataType::Utf8).unwrap();
                let values: &StringArray = values.as_any().downcast_ref().unwrap();
                values.iter().flatten().for_each(|value| marks.assert_none_in(value.as_bytes(), &place));
            }
        }
    }
}

/// The files inside a sealed delivery, opened with `age` and `tar` as a reviewer would.
pub(crate) fn entries(identity: &str, sealed: &[u8]) -> Vec<(String, Vec<u8>)> {
    let line = identity.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    let identity: age::x25519::Identity = line.parse().unwrap();
    let tar_bytes = age::decrypt(&identity, sealed).unwrap();
    let mut archive = tar::Archive::new(tar_bytes.as_slice());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        (name, content)
    });
    entries.collect()
}
