//! `yilian-dept` as a user meets it.
#![cfg(test)]

mod answer;
mod cli;
mod feedback;
mod office;
#[path = "../../../workbook/tests/it/officer.rs"]
mod officer;
mod subject;
