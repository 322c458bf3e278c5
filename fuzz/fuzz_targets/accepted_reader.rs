//! `cargo fuzz run accepted_reader`; see the README.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yilian_fuzz::accepted_reader(bytes));
