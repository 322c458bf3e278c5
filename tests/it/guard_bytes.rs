//! What the guard withholds is in no buffer of an answer, whatever is done with the answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use arrow::ipc::writer::StreamWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::guarded::{guarded, rows_of_people};

/// The money of each benefit and month of a county, in fen, as the rows about people have it.
fn true_money() -> BTreeMap<Vec<String>, i128> {
    let mut money = BTreeMap::new();
    for file in &rows_of_people(&guarded().hub)["benefit_month"] {
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap().build().unwrap();
        for batch in reader.map(Result::unwrap) {
            let text = |name: &str| arrow::compute::cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap();
            let keys = ["region", "benefit", "month"].map(text);
            let amounts = batch.column_by_name("amount").unwrap().as_primitive::<Decimal128Type>().clone();
            for row in 0..batch.num_rows() {
                let key =
                    keys.iter().map(|column: &ArrayRef| column.as_string::<i32>().value(row).to_owned()).collect();
                let amount = if amounts.is_null(row) { 0 } else { amounts.value(row) };
                *money.entry(key).or_insert(0) += amount;
            }
        }
    }
    money
}

fn bytes_of(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = StreamWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

/// Buffers begin at multiples of eight bytes; elsewhere a part of one number and of the next may look like a third.
fn holds(bytes: &[u8], fen: i128) -> bool {
    bytes.windows(16).step_by(8).any(|window| window == fen.to_le_bytes())
}

#[test]
fn what_is_withheld_is_not_in_the_bytes_of_an_answer() {
    let money = true_money();
    let grouped = "select county, benefit, cast(month as varchar) as month, sum(amount) as yuan from micro.benefit_month group by county, benefit, month";
    let released = "select benefit, sum(amount) as yuan from micro.benefit_month group by benefit";
    let bytes = bytes_of(&guarded().ask(released).unwrap());
    let mut found = 0;
    for row in guarded().rows(released).iter().filter(|row| !row[1].is_empty()) {
        assert!(holds(&bytes, row[1].replace('.', "").parse().unwrap()), "{row:?} is shown and not found");
        found += 1;
    }
    assert!(found >= 10, "{found} numbers are shown");
    let (withheld, shown): (Vec<_>, Vec<_>) = guarded().rows(grouped).into_iter().partition(|row| row[3].is_empty());
    let shown: BTreeSet<i128> = shown.iter().map(|row| row[3].replace('.', "").parse().unwrap()).collect();
    let withheld = withheld.iter().filter_map(|row| money.get(&row[..3]).copied());
    // Smaller numbers are also lengths and offsets of the format, and one that is shown elsewhere is there.
    let withheld: Vec<i128> = withheld.filter(|fen| *fen > 100_000 && !shown.contains(fen)).collect();
    assert!(withheld.len() >= 100, "{} numbers are withheld", withheld.len());
    for question in [
        grouped.to_owned(),
        format!("{grouped} order by yuan desc nulls last"),
        format!("select county, case when yuan > 0 then yuan end as yuan from ({grouped}) as a"),
        format!("select county, nullif(yuan, 0) as yuan, coalesce(yuan, 0) as known from ({grouped}) as a"),
        format!("select * from ({grouped}) as a where yuan is null"),
        format!(
            "select a.yuan, b.yuan as again from ({grouped}) as a left join ({grouped}) as b using (county, benefit, month)"
        ),
        format!("{grouped} union all {grouped}"),
    ] {
        let batches = guarded().ask(&question).unwrap();
        assert_nothing_under_null(&batches, &question);
        let bytes = bytes_of(&batches);
        assert!(withheld.iter().all(|fen| !holds(&bytes, *fen)), "{question}");
    }
}

fn assert_nothing_under_null(batches: &[RecordBatch], question: &str) {
    for column in batches.iter().flat_map(RecordBatch::columns) {
        for row in (0..column.len()).filter(|row| column.is_null(*row)) {
            let value = match column.data_type() {
                DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value(row),
                DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
                _ => 0,
            };
            assert_eq!(value, 0, "{question}");
        }
    }
}
