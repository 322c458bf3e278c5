//! How many buckets there are, and whose rows are in each.

use super::RunOptions;
use super::spine::{SLOTS, ids_of_slots};

/// What one staged row of a bucket takes while its models run, as measured on the benchmark of docs/performance.md.
const BYTES_PER_ROW: u64 = 850;

/// So many buckets for so many staged rows that those at work together fit into the memory limit; one of few numbers, and that of
/// the night before if it will do, so that buckets are the same people from night to night while their rows become more.
pub(super) fn number_of_buckets(rows: u64, options: &RunOptions, before: Option<u32>) -> u32 {
    let at_once = options.threads.max(1) as u64 * BYTES_PER_ROW;
    let limit = (options.memory_bytes as u64).max(1);
    let wanted = rows.saturating_mul(at_once).div_ceil(limit).max(options.threads as u64);
    near(u32::try_from(wanted).unwrap_or(SLOTS).min(SLOTS), before)
}

/// The number of the night before as long as it fits more or less: another one has everything computed.
fn near(wanted: u32, before: Option<u32>) -> u32 {
    let fits = |before: &u32| wanted <= before + before / 4 && *before <= wanted.saturating_mul(3);
    before.filter(fits).unwrap_or_else(|| round_number(wanted))
}

/// The least number from `wanted` on that is a power of two, or one and a half of one.
fn round_number(wanted: u32) -> u32 {
    let power = wanted.next_power_of_two();
    let between = power / 4 * 3;
    if wanted <= between { between } else { power }
}

/// The ids of the people of a bucket, the first and the one after the last.
pub(super) fn ids_of_bucket(bucket: u32, buckets: u32) -> (i64, i64) {
    ids_of_slots(edge(bucket, buckets), edge(bucket + 1, buckets))
}

/// The first slot of a bucket.
fn edge(bucket: u32, buckets: u32) -> u32 {
    let edge = u64::from(bucket) * u64::from(SLOTS) / u64::from(buckets);
    u32::try_from(edge).unwrap_or(SLOTS)
}

#[cfg(test)]
mod tests {
    use super::{near, round_number};

    #[test]
    fn a_tenth_more_rows_rarely_ask_for_another_number_of_buckets() {
        let numbers: Vec<u32> = [1, 2, 3, 4, 5, 6, 7, 33, 48, 49, 64, 65].map(round_number).into();
        assert_eq!(numbers, [1, 2, 3, 4, 6, 6, 8, 48, 48, 64, 64, 96]);
        assert!((1..=1 << 16).all(|wanted| (wanted..=1 << 16).contains(&round_number(wanted))));
    }

    #[test]
    fn the_number_of_the_night_before_stays_until_rows_are_a_quarter_more_or_far_fewer() {
        let after = |before, wanted| near(wanted, Some(before));
        assert_eq!([180, 193, 240, 241].map(|wanted| after(192, wanted)), [192, 192, 192, 256]);
        assert_eq!([64, 63].map(|wanted| after(192, wanted)), [192, 64]);
        assert_eq!(near(193, None), 256);
    }
}
