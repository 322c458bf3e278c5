//! Files with something in them that should not be there, and files that only look like it.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Int32Array, Int64Array, ListArray, RecordBatch, StringArray,
};
use arrow::buffer::{BooleanBuffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{Field, Int32Type};
use arrow::ipc::writer::FileWriter;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::*;

const ID: &str = "159901193911041234";

fn batch(column: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([("column", column)]).unwrap()
}

fn parquet(column: ArrayRef) -> Bytes {
    let batch = batch(column);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    Bytes::from(bytes)
}

fn found(file: &str, bytes: &Bytes) -> Vec<FoundKind> {
    let mut residue = Residue::default();
    residue.scan(file, bytes);
    residue.found.into_iter().map(|found| found.kind).collect()
}

#[test]
fn an_id_number_in_a_dictionary_of_a_parquet_file_is_found() {
    let bytes = parquet(Arc::new(StringArray::from(vec!["a", ID, "a"])));
    assert!(found("x.parquet", &bytes).contains(&FoundKind::IdNumber));
    assert_eq!(found("x.parquet", &parquet(Arc::new(StringArray::from(vec!["a", "150104", "a"])))), []);
}

fn compressed(texts: &[&str]) -> Bytes {
    let batch = batch(Arc::new(StringArray::from(texts.to_vec())));
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).unwrap());
    let properties = WriterProperties::builder().set_compression(zstd);
    let properties = properties.set_statistics_enabled(EnabledStatistics::None).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    Bytes::from(bytes)
}

#[test]
fn digits_of_two_texts_that_compression_puts_side_by_side_are_no_number() {
    let bytes = compressed(&["a", "village-of-159901193", "village-of-911041234"]);
    assert!(id_numbers(&bytes).count > 0, "compressed otherwise, the file shows nothing");
    assert_eq!(found("x.parquet", &bytes), []);
}

#[test]
fn an_id_number_in_a_compressed_column_or_behind_it_is_found() {
    let bytes = compressed(&["a", ID]);
    assert_eq!(found("x.parquet", &bytes), [FoundKind::IdNumber]);
    let clean = compressed(&["a", "b"]);
    let footer = clean.len()
        - 8
        - usize::try_from(u32::from_le_bytes(*clean[clean.len() - 8..].first_chunk().unwrap())).unwrap();
    let hidden = [&clean[..footer], ID.as_bytes(), &clean[footer..]].concat();
    assert_eq!(found("x.parquet", &Bytes::from(hidden)), [FoundKind::IdNumber]);
}

#[test]
fn a_dictionary_without_unused_entries_is_no_finding() {
    let bytes = parquet(Arc::new(Int64Array::from(vec![Some(12), None, Some(12), Some(7)])));
    assert_eq!(found("runs/r/statistics/t.parquet", &bytes), []);
}

#[test]
fn an_entry_of_a_dictionary_that_no_row_uses_is_found_where_statisticians_read() {
    let whole = parquet(Arc::new(Int64Array::from(vec![12, 7, 12])));
    let bytes = with_an_unused_entry(&whole);
    let mut residue = Residue::default();
    residue.scan("runs/r/statistics/t.parquet", &bytes);
    let kind = FoundKind::UnusedDictionaryEntry;
    let file = "runs/r/statistics/t.parquet".to_owned();
    assert_eq!(
        residue.found,
        [Found { file, place: "column".to_owned(), first: "row group 0".to_owned(), kind, count: 1 }]
    );
    assert_eq!(found("runs/r/hub/t.parquet", &bytes), [], "operators read the rows themselves");
}

/// A file of the rows 12, 7, 12 in which the second row is made to point to the first entry of the dictionary, so that 7
/// stands in the dictionary alone. No writer makes such a file; a filter that copies pages would.
fn with_an_unused_entry(whole: &Bytes) -> Bytes {
    // One bit each; one group of eight, packed; the indices 0, 1, 0.
    let indices = [1, 3, 0b010];
    let places: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(&indices)).collect();
    let [place] = places.as_slice() else { panic!("the indices stand at {places:?}") };
    let mut bytes = whole.to_vec();
    bytes[place + 2] = 0;
    Bytes::from(bytes)
}

fn arrow(column: ArrayRef) -> Bytes {
    let batch = batch(column);
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    Bytes::from(bytes)
}

/// The middle one of three rows is null.
fn middle_null() -> NullBuffer {
    NullBuffer::from(vec![true, false, true])
}

#[test]
fn a_withheld_value_under_a_null_mask_is_found() {
    let hidden = |values: Vec<i64>| arrow(Arc::new(Int64Array::new(ScalarBuffer::from(values), Some(middle_null()))));
    assert_eq!(found("t.arrow", &hidden(vec![9, 3, 8])), [FoundKind::ValueUnderNull]);
    assert_eq!(found("t.arrow", &hidden(vec![9, 0, 8])), []);
}

#[test]
fn a_text_or_a_truth_under_a_null_mask_is_found() {
    let text = |ends: Vec<i32>| {
        let offsets = OffsetBuffer::new(ScalarBuffer::from(ends));
        arrow(Arc::new(StringArray::new(offsets, b"onetwo".into(), Some(middle_null()))))
    };
    assert_eq!(found("t.arrow", &text(vec![0, 1, 3, 6])), [FoundKind::ValueUnderNull]);
    assert_eq!(found("t.arrow", &text(vec![0, 3, 3, 6])), []);
    let truth =
        |truths: Vec<bool>| arrow(Arc::new(BooleanArray::new(BooleanBuffer::from(truths), Some(middle_null()))));
    assert_eq!(found("t.arrow", &truth(vec![false, true, false])), [FoundKind::ValueUnderNull]);
    assert_eq!(found("t.arrow", &truth(vec![true, false, true])), []);
}

#[test]
fn what_a_list_or_a_dictionary_of_an_arrow_file_holds_is_scanned() {
    let entry = |text: &str, keys: Vec<Option<i32>>| {
        let values: ArrayRef = Arc::new(StringArray::from(vec!["a", text]));
        arrow(Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from(keys), values)))
    };
    let used = vec![Some(0), Some(1), None];
    // Once in the bytes, once in the column.
    assert_eq!(found("t.arrow", &entry(ID, used.clone())), [FoundKind::IdNumber, FoundKind::IdNumber]);
    assert_eq!(found("runs/r/statistics/t.arrow", &entry("b", used)), []);
    let unused = entry("b", vec![Some(0), None]);
    assert_eq!(found("runs/r/statistics/t.arrow", &unused), [FoundKind::UnusedDictionaryEntry]);
    assert_eq!(found("runs/r/hub/t.arrow", &unused), []);

    let item = Arc::new(Field::new_list_field(arrow::datatypes::DataType::Int64, true));
    let items = Int64Array::new(ScalarBuffer::from(vec![1, 2, 3]), Some(middle_null()));
    let list = ListArray::new(item, OffsetBuffer::from_lengths([3]), Arc::new(items), None);
    let mut residue = Residue::default();
    residue.scan("t.arrow", &arrow(Arc::new(list)));
    let [hidden] = residue.found.as_slice() else { panic!("{:?}", residue.found) };
    assert_eq!((hidden.kind, hidden.place.as_str()), (FoundKind::ValueUnderNull, "column.0"));
    assert_eq!(hidden.first, "batch 0, row 1");
}

#[test]
fn where_the_first_number_stands_is_said() {
    let first = |bytes: &Bytes| {
        let mut residue = Residue::default();
        residue.scan("t", bytes);
        residue.found.into_iter().map(|found| found.first).collect::<Vec<_>>()
    };
    assert_eq!(first(&Bytes::from(format!("name,{ID},{ID}"))), ["byte 5"]);
    let [page] = <[String; 1]>::try_from(first(&compressed(&["a", ID]))).unwrap();
    assert!(page.starts_with("row group 0, page 0, byte "), "{page}");
}

fn stored(file: &str, bytes: &[u8]) -> Vec<FoundKind> {
    let mut residue = Residue::default();
    residue.scan_stored(file, &Bytes::copy_from_slice(bytes));
    residue.found.into_iter().map(|found| found.kind).collect()
}

#[test]
fn a_file_is_sealed_by_its_content_and_not_by_its_name() {
    let extract = format!("name,{ID}");
    let sealed = format!("age-encryption.org/v1\n{ID}");
    assert_eq!(stored("quarantine/x.tar.age", extract.as_bytes()), [FoundKind::NotSealed, FoundKind::IdNumber]);
    assert_eq!(stored("quarantine/x.tar", extract.as_bytes()), [FoundKind::IdNumber]);
    assert_eq!(stored("quarantine/x.tar.age", b""), [FoundKind::NotSealed]);
    assert_eq!(stored("quarantine/x.tar.age", sealed.as_bytes()), []);
    assert_eq!(stored("anywhere", sealed.as_bytes()), []);
}

#[test]
fn a_plain_delivery_is_scanned_entry_by_entry_and_between_them() {
    let tar = |content: &[u8], behind: &[u8]| {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_cksum();
        let padding = vec![0; content.len().next_multiple_of(512) - content.len()];
        [header.as_bytes(), content, &padding, behind].concat()
    };
    let chance = compressed(&["a", "village-of-159901193", "village-of-911041234"]);
    assert!(id_numbers(&chance).count > 0, "compressed otherwise, the file shows nothing");
    assert_eq!(stored("deliveries/x.tar", &tar(&chance, &[])), []);
    assert_eq!(stored("deliveries/x.tar", &tar(&compressed(&["a", ID]), &[])), [FoundKind::IdNumber]);
    assert_eq!(stored("deliveries/x.tar", &tar(&chance, ID.as_bytes())), [FoundKind::IdNumber]);
}

#[test]
fn a_file_that_only_begins_like_one_is_unreadable() {
    assert_eq!(found("x.parquet", &Bytes::from_static(b"PAR1 and nothing more")), [FoundKind::Unreadable]);
}
