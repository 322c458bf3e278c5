//! Checks of the control totals against the contract and the counts; the hub adds them up from the data later.

use std::collections::HashSet;

use chrono::NaiveDate;
use yilian_contract::accounting::{ControlTotal, Counts, imbalance};
use yilian_contract::{BenefitOf, ColumnType, Contract, Schemas};

use crate::manifest::Manifest;
use crate::refusal::Refusal;

/// Everything that is wrong with the control totals of a manifest that follows `contract`.
pub(super) fn check(manifest: &Manifest, contract: &Contract, schemas: &Schemas) -> Vec<Refusal> {
    let totals = &manifest.control_totals;
    let benefits = benefits_of(contract, schemas);
    let malformed = totals.iter().filter(|total| !is_well_formed(total, &benefits)).count();
    let unbalanced = imbalance(totals).len();
    let mut refusals = Vec::new();
    if malformed > 0 {
        refusals.push(Refusal::ControlTotalsMalformed { cells: count(malformed) });
    }
    if unbalanced > 0 {
        refusals.push(Refusal::ControlTotalsUnbalanced { cells: count(unbalanced) });
    }
    let expected = contract.totals.benefit != BenefitOf::None || contract.totals.amount.is_some();
    if (expected || !totals.is_empty()) && !rows_add_up(totals, &manifest.counts) {
        refusals.push(Refusal::ControlTotalsIncomplete);
    }
    refusals
}

/// The benefits that a row of the contract can have.
fn benefits_of<'a>(contract: &'a Contract, schemas: &'a Schemas) -> HashSet<&'a str> {
    let column = match &contract.totals.benefit {
        BenefitOf::Constant(benefit) => return HashSet::from([benefit.as_str()]),
        BenefitOf::Column(column) => contract.column(column),
        BenefitOf::None => None,
    };
    let list = column.and_then(|column| match &column.ty {
        ColumnType::Code(list) => schemas.codes.get(list),
        _ => None,
    });
    list.into_iter().flat_map(|list| &list.entries).map(|entry| entry.code.as_str()).collect()
}

fn is_well_formed(total: &ControlTotal, benefits: &HashSet<&str>) -> bool {
    let benefit = total.benefit.as_deref().is_none_or(|benefit| benefits.contains(benefit));
    let month = total.month.as_ref().is_none_or(|month| {
        month.len() == "2025-01".len() && NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").is_ok()
    });
    benefit && month
}

/// Whether the totals' rows, all benefits and months together, are those of the counts.
fn rows_add_up(totals: &[ControlTotal], counts: &Counts) -> bool {
    let sum = |rows: fn(&ControlTotal) -> i64| totals.iter().map(|total| i128::from(rows(total))).sum::<i128>();
    sum(|total| total.read.rows) == i128::from(counts.read)
        && sum(|total| total.delivered.rows) == i128::from(counts.delivered)
}

fn count(cells: usize) -> u64 {
    u64::try_from(cells).unwrap_or(u64::MAX)
}
