//! A department reads an extract that is anything at all.

use std::fs::File;
use std::sync::LazyLock;

use arrow::array::{Array, AsArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rust_xlsxwriter::Workbook;
use yilian_contract::Subject;
use yilian_intake::{Fault, InspectRequest, Prepared, Silent, inspect};

use crate::edits::input;
use crate::office::{OFFICE, file, folder, funerals};

static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(samples);

/// Prepares and inspects an extract. Panics if the program says that it is at fault, if what leaves breaks its
/// contract, if rows are lost, or if both do not agree.
pub fn extract_reader(bytes: &[u8]) {
    let dataset = "funeral";
    let folder = folder();
    let bytes = input(&SAMPLES, bytes);
    let prepared = OFFICE.prepare(dataset, folder.path(), &bytes);
    let inspected = inspect(&InspectRequest {
        schemas: &OFFICE.schemas,
        contract: OFFICE.contract(dataset),
        regions: &OFFICE.regions,
        input: &file(folder.path(), &bytes),
        period: Some(&OFFICE.period),
        progress: &Silent,
    });
    match (&prepared, &inspected) {
        (Ok(prepared), Ok(inspected)) => {
            assert!(inspected.problems.is_empty() && prepared.counts.balance());
            assert_eq!((prepared.counts.read, prepared.counts.delivered), (inspected.rows, inspected.deliverable));
            keeps_its_contract(dataset, prepared);
        }
        (Ok(_), Err(_)) => panic!("packed, and not to be read by inspect"),
        (Err(error), _) => {
            assert_eq!(error.fault(), Fault::Input, "{error}");
            assert!(error.to_string().contains("hint: "), "{error}");
        }
    }
}

fn keeps_its_contract(dataset: &str, prepared: &Prepared) {
    let contract = OFFICE.contract(dataset);
    let file = File::open(&prepared.data).expect("it was written");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
    let mut rows = 0;
    for batch in reader.expect("it is Parquet") {
        let batch = batch.expect("it is whole");
        rows += batch.num_rows();
        for column in contract.delivery_columns() {
            let array = batch.column_by_name(&column.name).expect("every column of the contract");
            assert!(column.nullable || array.null_count() == 0, "{} is null", column.name);
            if let Some(tokens) = array.as_fixed_size_binary_opt() {
                assert_eq!(tokens.value_length(), 32);
            }
        }
        assert!(
            contract.subject != Subject::Person || batch["birth_month"].null_count() == 0,
            "somebody without an age"
        );
    }
    assert_eq!(rows as u64, prepared.counts.written());
}

/// The same table as CSV, as UTF-16 and as a workbook of one and of two sheets.
fn samples() -> Vec<Vec<u8>> {
    let text = funerals();
    let quoted = format!("\"{}\"", text.trim_end().replace(',', "\",\"").replace('\n', "\"\r\n\""));
    let tabs = text.replace(',', "\t");
    let utf16 = std::iter::once(0xfeff).chain(tabs.encode_utf16()).flat_map(u16::to_le_bytes);
    vec![text.clone().into_bytes(), quoted.into_bytes(), utf16.collect(), workbook(&text, 1), workbook(&text, 2)]
}

fn workbook(text: &str, sheets: usize) -> Vec<u8> {
    let mut book = Workbook::new();
    for _ in 0..sheets {
        let sheet = book.add_worksheet();
        for (row, line) in (0..).zip(text.lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).expect("the sheet has room");
            }
        }
    }
    book.save_to_buffer().expect("memory")
}
