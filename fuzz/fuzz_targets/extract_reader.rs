//! `cargo fuzz run extract_reader`; see the README.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yilian_fuzz::extract_reader(bytes));
