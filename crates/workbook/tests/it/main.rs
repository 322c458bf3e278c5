//! Workbooks written, opened as a spreadsheet program would, changed, and read back.
#![cfg(test)]

mod book;
mod csv;
mod libre_office;
mod look;
mod officer;
mod round_trip;
mod wrong;
