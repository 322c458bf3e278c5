//! Arrow files: buffers of columns and of all that is within them, nulls and dictionaries.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use arrow::array::{Array, ArrayData, AsArray, make_array};
use arrow::datatypes::{ArrowNativeType, DataType};
use arrow::ipc::reader::FileReader;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use bytes::Bytes;

use super::{FoundKind, Residue, is_published};
use crate::patterns::id_numbers;

/// Values of one dictionary column, as text, over all batches: those that stand in it, and those that a row uses.
#[derive(Default)]
struct Entries {
    all: BTreeSet<String>,
    used: BTreeSet<String>,
}

type Dictionaries = BTreeMap<String, Entries>;

impl Residue {
    /// `None` if it cannot be read.
    pub(super) fn scan_arrow(&mut self, file: &str, bytes: &Bytes) -> Option<()> {
        let mut dictionaries = Dictionaries::new();
        for (batch, number) in FileReader::try_new(Cursor::new(bytes.clone()), None).ok()?.zip(0_usize..) {
            let batch = batch.ok()?;
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                let part = format!("batch {number}, ");
                self.scan_data(file, (field.name(), &part), &column.to_data(), &mut dictionaries)?;
            }
        }
        for (name, entries) in dictionaries.iter().filter(|_| is_published(file)) {
            let unused = entries.all.difference(&entries.used).count();
            let count = u64::try_from(unused).unwrap_or(u64::MAX);
            self.note(file, name, String::new(), (FoundKind::UnusedDictionaryEntry, count));
        }
        Some(())
    }

    /// Scans an array, and what lists, structs and dictionaries hold.
    fn scan_data(
        &mut self,
        file: &str,
        (name, part): (&str, &str),
        data: &ArrayData,
        dictionaries: &mut Dictionaries,
    ) -> Option<()> {
        for (buffer, number) in data.buffers().iter().zip(0_usize..) {
            self.note_numbers(file, name, &format!("{part}buffer {number}, "), id_numbers(buffer));
        }
        let hidden = hidden_rows(data);
        let first = hidden.first().map(|row| format!("{part}row {row}")).unwrap_or_default();
        let count = u64::try_from(hidden.len()).unwrap_or(u64::MAX);
        self.note(file, name, first, (FoundKind::ValueUnderNull, count));
        if matches!(data.data_type(), DataType::Dictionary(..)) {
            dictionaries.entry(name.to_owned()).or_default().add(data)?;
        }
        for (child, number) in data.child_data().iter().zip(0_usize..) {
            let (name, part) = (format!("{name}.{number}"), part.to_owned());
            self.scan_data(file, (&name, &part), child, dictionaries)?;
        }
        Some(())
    }
}

impl Entries {
    fn add(&mut self, data: &ArrayData) -> Option<()> {
        let array = make_array(data.clone());
        let dictionary = array.as_any_dictionary_opt()?;
        let options = FormatOptions::default();
        let values = ArrayFormatter::try_new(dictionary.values().as_ref(), &options).ok()?;
        let rows = ArrayFormatter::try_new(array.as_ref(), &options).ok()?;
        self.all.extend((0..dictionary.values().len()).map(|entry| values.value(entry).to_string()));
        self.used.extend((0..array.len()).filter(|row| array.is_valid(*row)).map(|row| rows.value(row).to_string()));
        Some(())
    }
}

/// Null places of an array whose bytes say something all the same.
fn hidden_rows(data: &ArrayData) -> Vec<usize> {
    let Some(nulls) = data.nulls() else { return Vec::new() };
    (0..data.len()).filter(|row| nulls.is_null(*row) && holds_something(data, data.offset() + row)).collect()
}

/// Whether a place of a buffer, the offset counted in, holds a text that is not empty or a number that is not zero.
fn holds_something(data: &ArrayData, at: usize) -> bool {
    let buffer = |number: usize| data.buffers().get(number).map(arrow::buffer::Buffer::as_slice).unwrap_or_default();
    let any = |width: usize| {
        let bytes = at.checked_mul(width).and_then(|from| buffer(0).get(from..from + width));
        bytes.is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0))
    };
    match data.data_type() {
        DataType::Utf8 | DataType::Binary => differs::<i32>(data, at),
        DataType::LargeUtf8 | DataType::LargeBinary => differs::<i64>(data, at),
        // The length stands in the first four bytes of a view.
        DataType::Utf8View | DataType::BinaryView => any(16),
        DataType::Boolean => buffer(0).get(at / 8).is_some_and(|byte| (byte >> (at % 8)) & 1 == 1),
        DataType::FixedSizeBinary(width) => usize::try_from(*width).is_ok_and(any),
        // A key under a null leads to whatever is first in the dictionary.
        DataType::Dictionary(..) => false,
        other => other.primitive_width().is_some_and(any),
    }
}

/// Whether a text begins and ends at different places.
fn differs<Offset: ArrowNativeType + PartialEq>(data: &ArrayData, at: usize) -> bool {
    let Some(offsets) = data.buffers().first() else { return false };
    let width = size_of::<Offset>();
    let offset = |place: usize| offsets.as_slice().get(place * width..(place + 1) * width);
    offset(at) != offset(at + 1)
}
