//! What it costs to try out all ID numbers, measured here.

use std::hint::black_box;
use std::time::Instant;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// Birth days of people of 60 to 119 years, and sequence numbers of a day in one county (GB 11643-1999).
const BIRTH_DAYS: u64 = 21_915;
const SEQUENCES: u64 = 999;
/// County codes of one province (about), and all ever issued from 1980 to 2019 (`schemas/codes/region.csv`'s sources).
const COUNTIES_OF_A_PROVINCE: u64 = 100;
const COUNTIES_OF_THE_COUNTRY: u64 = 6_016;
const MEASURED: u32 = 400_000;

/// Candidates and times of a whole search.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Enumeration {
    /// SHA-256 of one number each, by one core of this machine.
    pub(crate) hashes_per_second: u64,
    pub(crate) areas: Vec<Area>,
}

/// One area that somebody might search.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Area {
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
    /// ID numbers that people of 60 and more may have there.
    pub(crate) candidates: u64,
    /// Seconds on one core where numbers are hashed without a key.
    pub(crate) seconds_unkeyed: u64,
}

/// Measures this machine; no number of a person is involved.
pub(crate) fn measured() -> Enumeration {
    let started = Instant::now();
    let mut id = *b"159901193911041234";
    for number in 0..MEASURED {
        for (place, digit) in id.iter_mut().rev().zip(number.to_string().bytes().rev()) {
            *place = digit;
        }
        black_box(Sha256::digest(id));
    }
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
    let hashes_per_second = (u64::from(MEASURED) * 1_000_000 / micros).max(1);
    let area = |zh, en, counties: u64| {
        let candidates = counties * BIRTH_DAYS * SEQUENCES;
        Area { zh, en, candidates, seconds_unkeyed: candidates.div_ceil(hashes_per_second) }
    };
    let areas = vec![
        area("一个县", "one county", 1),
        area("一个省", "one province", COUNTIES_OF_A_PROVINCE),
        area("全国", "the country", COUNTIES_OF_THE_COUNTRY),
    ];
    Enumeration { hashes_per_second, areas }
}
