//! Extracts as offices write them, through `prepare` and `inspect`, by the repository's contracts.
#![cfg(test)]
#![expect(clippy::format_push_string, reason = "the tables are short and read better line by line")]

mod accounting;
mod bad_files;
mod canaries;
mod mutations;
mod no_leak;
mod office;
mod person;
mod reading;
mod realities;
mod subject;
mod trace;
mod treatment;
