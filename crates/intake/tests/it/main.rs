//! Extracts as offices write them, through `prepare` and `inspect`, by the repository's contracts.

mod accounting;
mod bad_files;
mod no_leak;
mod office;
mod person;
mod reading;
mod treatment;
