//! `cargo fuzz run delivery_reader`; see the README.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| yilian_fuzz::delivery_reader(bytes));
