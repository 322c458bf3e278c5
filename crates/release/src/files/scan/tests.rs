//! A released folder without its withheld values, and folders into each of whose corners one of them was put.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::tests::{restricted, table, version};
use super::super::{write_sums, write_version};
use super::*;

/// A prime.
const SECRET: i64 = 1_299_709;

fn markers() -> Markers {
    Markers::new(&[Marker { value: 7_368_787, decimals: 0 }, Marker { value: SECRET, decimals: 0 }]).unwrap()
}

fn found(name: &str, bytes: &[u8]) -> Vec<Found> {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    scan(folder.path(), &markers()).unwrap().found
}

fn forms(name: &str, bytes: &[u8]) -> Vec<(String, FoundIn)> {
    found(name, bytes)
        .into_iter()
        .map(|found| {
            assert_eq!((found.file.as_str(), found.marker), (name, Some(1)));
            (found.place, found.form)
        })
        .collect()
}

fn here(place: &str, form: FoundIn) -> (String, FoundIn) {
    (place.to_owned(), form)
}

fn parquet_with(column: ArrayRef, properties: WriterProperties) -> Vec<u8> {
    let schema = Schema::new(vec![Field::new("column", column.data_type().clone(), true)]);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![column]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn compressed() -> parquet::file::properties::WriterPropertiesBuilder {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
    WriterProperties::builder().set_compression(zstd)
}

#[test]
fn a_release_holds_none_of_the_values_that_it_withholds() {
    let folder = TempDir::new().unwrap();
    let (public, inside) = (folder.path().join("1"), folder.path().join("inside"));
    write_version(&[table(), restricted()], &version(), &public, &inside).unwrap();
    write_sums(&public).unwrap();
    let scan_of = |folder: &Path, value: i64, decimals: u32| {
        scan(folder, &Markers::new(&[Marker { value, decimals }]).unwrap()).unwrap()
    };
    let clean = scan_of(&public, SECRET, 0);
    assert_eq!(clean.found, []);
    assert_eq!(clean.files, 7);
    assert!(clean.parts > 30, "{} parts", clean.parts);
    // What is published stands in every file of numbers, so that the search is no empty one.
    let published: Vec<String> = scan_of(&public, 3_600_050, 2).found.into_iter().map(|found| found.file).collect();
    for file in ["csv/living.csv", "data/living.parquet", "sdmx/living.csv", "tables.xlsx"] {
        assert!(published.iter().any(|found| found == file), "{file}: {published:?}");
    }
}

#[test]
fn a_marker_in_a_text_a_drawing_or_a_name_is_found() {
    assert_eq!(forms("a.csv", b"a,1299709\n"), [here("bytes", FoundIn::Text)]);
    assert_eq!(forms("a.html", "<svg><path d='M0 1299709.5'/></svg>".as_bytes()), [here("bytes", FoundIn::Text)]);
    assert_eq!(forms("1299709.txt", b""), [here("name", FoundIn::Name)]);
    assert_eq!(forms("a.csv", b"a,1299708\n"), []);
    assert_eq!(forms("SHA256SUMS", b"1299709"), [here("bytes", FoundIn::Text)]);
}

#[test]
fn a_marker_in_a_column_is_found_by_its_bytes_and_by_its_value() {
    let columns: [ArrayRef; 3] = [
        Arc::new(Int32Array::from(vec![Some(7), None, Some(1_299_709)])),
        Arc::new(Int64Array::from(vec![Some(7), None, Some(SECRET)])),
        Arc::new(
            Decimal128Array::from(vec![Some(7), None, Some(129_970_900)]).with_precision_and_scale(18, 2).unwrap(),
        ),
    ];
    for column in columns {
        let kind = column.data_type().clone();
        let bytes = parquet_with(column, compressed().build());
        let forms = forms("t.parquet", &bytes);
        for (place, form) in [("bytes", FoundIn::Binary), ("column", FoundIn::Binary), ("column", FoundIn::Value)] {
            assert!(forms.contains(&here(place, form)), "{kind} {place} {form:?}: {forms:?}");
        }
    }
    let text: ArrayRef = Arc::new(StringArray::from(vec!["a", "1,299,709"]));
    let forms = forms("t.parquet", &parquet_with(text, compressed().build()));
    assert!(forms.contains(&here("column", FoundIn::Text)), "{forms:?}");
}

#[test]
fn a_marker_that_is_written_as_a_difference_is_found() {
    let properties = compressed()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .set_column_encoding(ColumnPath::from("column"), Encoding::DELTA_BINARY_PACKED);
    let column: ArrayRef = Arc::new(Int64Array::from(vec![5, SECRET, 9]));
    assert_eq!(forms("t.parquet", &parquet_with(column, properties.build())), [here("column", FoundIn::Value)]);
}

#[test]
fn a_marker_in_a_dictionary_that_no_row_refers_to_is_found() {
    let column: ArrayRef = Arc::new(Int64Array::from(vec![7, SECRET, 7]));
    let none = parquet::file::properties::EnabledStatistics::None;
    let uncompressed = WriterProperties::builder().set_statistics_enabled(none).build();
    let mut bytes = parquet_with(column, uncompressed);
    // One bit each; one group of eight, packed; the indices 0, 1, 0.
    let indices = [1, 3, 0b010];
    let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&indices)).collect();
    let [place] = places.as_slice() else { panic!("the indices stand at {places:?}") };
    bytes[place + 2] = 0;
    let forms = forms("t.parquet", &bytes);
    assert!(forms.contains(&here("column", FoundIn::Binary)), "{forms:?}");
    assert!(!forms.contains(&here("column", FoundIn::Value)), "{forms:?}");
}

#[test]
fn a_marker_in_the_metadata_of_a_file_is_found() {
    let note = KeyValue::new("note".to_owned(), "1299709".to_owned());
    let column: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let properties = compressed().set_key_value_metadata(Some(vec![note])).build();
    assert_eq!(forms("t.parquet", &parquet_with(column, properties)), [here("bytes", FoundIn::Text)]);
}

fn archive(content: &[u8]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = ZipWriter::new(&mut bytes);
    writer.start_file("xl/sheet.xml", SimpleFileOptions::default()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap();
    bytes.into_inner()
}

#[test]
fn a_marker_in_a_member_of_an_archive_is_found() {
    let content = b"<v>1299709</v>".repeat(20);
    assert_eq!(forms("t.xlsx", &archive(&content)), [here("xl/sheet.xml/bytes", FoundIn::Text)]);
    let within = archive(&archive(&content));
    assert_eq!(forms("t.zip", &within), [here("xl/sheet.xml/xl/sheet.xml/bytes", FoundIn::Text)]);
    let mut behind = archive(b"<v>1</v>");
    behind.extend(b"1299709");
    assert_eq!(forms("t.xlsx", &behind), [here("bytes", FoundIn::Text)]);
}

#[test]
fn what_only_begins_like_a_file_is_said_to_be_unreadable() {
    for (name, bytes) in [("t.parquet", b"PAR1 and nothing more".as_slice()), ("t.xlsx", b"PK\x03\x04 nothing")] {
        let found = found(name, bytes);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].form, found[0].marker), (FoundIn::Unreadable, None));
    }
}
