//! What was read is delivered, rejected or left out; what was delivered is kept, a repeat or unlinked. Or the run stops.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, Decimal128Array, RecordBatch};
use yilian_delivery::Description;
use yilian_demo::{Offices, Published, RunOptions};

use crate::fixture::{copy_of, files_below, run_options, shared};
use crate::resealed::{Change, resealed, write_changed};

/// A delivery of benefit payments with rows in it.
fn delivery_of_payments(offices: &Offices) -> PathBuf {
    let packed = &shared().packed;
    let payments = packed.iter().filter(|packed| packed.extract.dataset == "benefit_payment");
    let largest = payments.max_by_key(|packed| packed.report.counts.delivered).unwrap();
    let name = largest.report.delivery.file_name().unwrap();
    offices.department(&largest.extract.department).join("out").join(name)
}

/// Hands the file to a copy of the shared hub and asserts that nothing of it is ever published.
fn assert_never_published(offices: &Offices, delivery: &Path) {
    let before = Published::newest(&offices.store()).unwrap().number;
    fs::copy(delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    let received = offices.try_receive().unwrap();
    let run = offices.try_run(&run_options(&[])).unwrap();
    let refused = received.stdout.contains("refused")
        && !received.json::<yilian_demo::ReceiveReport>().unwrap().refused.is_empty();
    if !refused {
        assert_eq!(run.code, 1, "the run went on: {}", run.stdout);
        assert!(run.stderr.contains("MZ"), "the message names no benefit: {}", run.stderr);
        assert_eq!(Published::newest(&offices.store()).unwrap().number, before, "something was published");
    }
}

fn without_first_row(rows: &RecordBatch) -> RecordBatch {
    rows.slice(1, rows.num_rows() - 1)
}

fn amounts_in_ten_thousands(rows: &RecordBatch) -> RecordBatch {
    let schema = rows.schema();
    let index = schema.index_of("amount").unwrap();
    let amounts: &Decimal128Array = rows.column(index).as_any().downcast_ref().unwrap();
    let smaller: Decimal128Array = amounts.iter().map(|amount| amount.map(|amount| amount / 10_000)).collect();
    let smaller = smaller.with_precision_and_scale(amounts.precision(), amounts.scale()).unwrap();
    let mut columns = rows.columns().to_vec();
    columns[index] = Arc::new(smaller);
    RecordBatch::try_new(schema, columns).unwrap()
}

#[test]
fn a_row_that_pack_loses_is_noticed_even_if_the_counts_are_changed_to_fit() {
    let offices = copy_of(&shared().offices, "lost_row");
    let one_less = |description: &mut Description| {
        description.counts.delivered -= 1;
        description.counts.read -= 1;
    };
    let change = Change { name: "lost_row_delivery", rows: &without_first_row, description: &one_less };
    let delivery = resealed(&offices, &delivery_of_payments(&offices), &change);
    assert_never_published(&offices, &delivery);
}

#[test]
fn yuan_that_became_ten_thousands_of_yuan_are_noticed() {
    let offices = copy_of(&shared().offices, "unit");
    let change = Change { name: "unit_delivery", rows: &amounts_in_ten_thousands, description: &|_| {} };
    let delivery = resealed(&offices, &delivery_of_payments(&offices), &change);
    assert_never_published(&offices, &delivery);
}

#[test]
fn a_row_that_the_hub_loses_stops_the_run() {
    let offices = copy_of(&shared().offices, "lost_at_hub");
    let publications = || files_below(&offices.store().join("publications")).len();
    let before = publications();
    let staged = offices.hub().join("vault").join("staged").join("benefit_payment");
    let largest = files_below(&staged).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    write_changed(&largest, fs::read(&largest).unwrap().into(), &without_first_row);
    // Another day gives the run something to do; it takes the staged rows as they lie there.
    let another_day = RunOptions { as_of: "2026-03-01".to_owned(), ..run_options(&[]) };
    let run = offices.try_run(&another_day).unwrap();
    assert_ne!(run.code, 0, "the run went on: {}", run.stdout);
    assert!(run.stderr.contains("conservation"), "the message names no check: {}", run.stderr);
    assert_eq!(publications(), before, "something was published");
}

#[test]
fn the_same_delivery_sealed_again_without_a_change_goes_through() {
    // Otherwise the two tests above would pass for any reason whatever.
    let offices = copy_of(&shared().offices, "unchanged");
    let change = Change { name: "unchanged_delivery", rows: &RecordBatch::clone, description: &|_| {} };
    let delivery = resealed(&offices, &delivery_of_payments(&offices), &change);
    fs::copy(&delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    offices.receive().unwrap().nothing_refused().unwrap();
    offices.run(&run_options(&[])).unwrap();
}
