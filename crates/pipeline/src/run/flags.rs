//! Identity of flags from run to run (`design.md` 5.6): a run of months becomes a flag with an id that lasts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use yilian_contract::retention::Months;

/// Rule, person and both sides: what two runs of months must share to be one flag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FlagKey {
    pub(crate) rule_id: String,
    pub(crate) person_id: i64,
    /// Benefit, county and category of each side; empty where a side has none.
    pub(crate) left: [String; 3],
    pub(crate) right: [String; 3],
}

/// A maximal run of consecutive months, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) from: NaiveDate,
    pub(crate) until: NaiveDate,
}

impl Span {
    /// Whether the two share a month or follow each other without a gap.
    fn touches(self, other: Self) -> bool {
        let after = |day: NaiveDate| day.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX);
        self.from <= after(other.until) && other.from <= after(self.until)
    }
}

/// A flag as it stands in the record of all flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordedFlag {
    pub(crate) flag_id: i64,
    pub(crate) key: FlagKey,
    pub(crate) span: Span,
    /// As-of date of the run that saw it first.
    pub(crate) first_seen_on: NaiveDate,
    /// As-of date of the first run since that did not find it; `None` while it is found.
    pub(crate) gone_on: Option<NaiveDate>,
    /// The flag it became part of.
    pub(crate) merged_into: Option<i64>,
}

/// The recorded flags without those that have been gone for longer than retention keeps them.
pub(crate) fn remembered(recorded: Vec<RecordedFlag>, keep: Months, as_of: NaiveDate) -> Vec<RecordedFlag> {
    recorded.into_iter().filter(|flag| !flag.gone_on.is_some_and(|day| keep.are_over(day, as_of))).collect()
}

/// Gives every run of months its flag id, and says what became of the recorded flags.
///
/// A run keeps the id of a recorded flag whose months it shares or touches; where several come together the oldest id
/// stays and the others are gone, merged into it; where a flag falls apart its id stays with the earliest part. `found`
/// is in any order; the ids come in the same order, the new record in order of id.
pub(crate) fn assign(
    found: &[(FlagKey, Span)],
    recorded: &[RecordedFlag],
    as_of: NaiveDate,
) -> (Vec<i64>, Vec<RecordedFlag>) {
    let mut ids: Vec<Option<i64>> = vec![None; found.len()];
    let mut record: BTreeMap<i64, RecordedFlag> = BTreeMap::new();
    let parts = in_order_of_time(found);
    let mut oldest_first: Vec<&RecordedFlag> = recorded.iter().collect();
    oldest_first.sort_by_key(|flag| (flag.first_seen_on, flag.flag_id));
    for flag in oldest_first {
        let touching = parts.get(&flag.key).into_iter().flatten().find(|(span, _)| span.touches(flag.span));
        let mut kept = flag.clone();
        kept.gone_on = Some(flag.gone_on.unwrap_or(as_of));
        if let Some(&(span, at)) = touching
            && let Some(id) = ids.get_mut(at)
        {
            if let Some(older) = *id {
                kept.merged_into = Some(older);
            } else {
                *id = Some(flag.flag_id);
                kept = RecordedFlag { span, gone_on: None, merged_into: None, ..kept };
            }
        }
        record.insert(kept.flag_id, kept);
    }
    let mut taken: BTreeSet<i64> = record.keys().copied().collect();
    // New ids are given in order of key and month, so that a collision falls the same way every time.
    for (key, spans) in &parts {
        for &(span, at) in spans {
            if let Some(id @ None) = ids.get_mut(at) {
                let flag_id = new_id(key, span.from, &taken);
                taken.insert(flag_id);
                *id = Some(flag_id);
                let flag = RecordedFlag {
                    flag_id,
                    key: (*key).clone(),
                    span,
                    first_seen_on: as_of,
                    gone_on: None,
                    merged_into: None,
                };
                record.insert(flag_id, flag);
            }
        }
    }
    (ids.into_iter().map(Option::unwrap_or_default).collect(), record.into_values().collect())
}

/// Leaves open what was open and is not found because what it rests on is not here.
pub(crate) fn keep_unknown(
    record: &mut [RecordedFlag],
    recorded: &[RecordedFlag],
    is_unknown: impl Fn(&RecordedFlag) -> bool,
) {
    let open: BTreeSet<i64> = recorded.iter().filter(|flag| flag.gone_on.is_none()).map(|flag| flag.flag_id).collect();
    for flag in record {
        let closes = flag.gone_on.is_some() && flag.merged_into.is_none() && open.contains(&flag.flag_id);
        if closes && is_unknown(flag) {
            flag.gone_on = None;
        }
    }
}

fn in_order_of_time(found: &[(FlagKey, Span)]) -> BTreeMap<&FlagKey, Vec<(Span, usize)>> {
    let mut parts: BTreeMap<&FlagKey, Vec<(Span, usize)>> = BTreeMap::new();
    for (at, (key, span)) in found.iter().enumerate() {
        parts.entry(key).or_default().push((*span, at));
    }
    for spans in parts.values_mut() {
        spans.sort_unstable();
    }
    parts
}

/// The first 63 bits of SHA-256 over the key and first month; a number that is taken gives way to the next.
fn new_id(key: &FlagKey, from: NaiveDate, taken: &BTreeSet<i64>) -> i64 {
    let mut hash = Sha256::new();
    let person = key.person_id.to_string();
    let month = from.format("%Y-%m").to_string();
    let parts = [key.rule_id.as_str(), person.as_str()]
        .into_iter()
        .chain(key.left.iter().chain(&key.right).map(String::as_str))
        .chain([month.as_str()]);
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let first = digest.first_chunk::<8>().copied().unwrap_or_default();
    let mut id = i64::from_be_bytes(first) & i64::MAX;
    while taken.contains(&id) {
        id = id.checked_add(1).unwrap_or(0);
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, month, 1).unwrap()
    }

    fn span(from: u32, until: u32) -> Span {
        Span { from: day(from), until: day(until) }
    }

    fn key(person_id: i64) -> FlagKey {
        let side = |benefit: &str| [benefit.to_owned(), "150104".to_owned(), String::new()];
        FlagKey { rule_id: "X01".to_owned(), person_id, left: side("MZ07"), right: side("MZ09") }
    }

    fn run(found: &[(FlagKey, Span)], recorded: &[RecordedFlag], month: u32) -> (Vec<i64>, Vec<RecordedFlag>) {
        assign(found, recorded, day(month))
    }

    #[test]
    fn a_flag_that_grows_keeps_its_id() {
        let (first, record) = run(&[(key(1), span(1, 3))], &[], 4);
        let (second, _) = run(&[(key(1), span(1, 4))], &record, 5);
        assert_eq!(first, second);
    }

    #[test]
    fn a_flag_that_starts_where_another_ended_keeps_its_id() {
        let (first, record) = run(&[(key(1), span(1, 3))], &[], 4);
        let (second, _) = run(&[(key(1), span(4, 5))], &record, 6);
        assert_eq!(first, second);
    }

    #[test]
    fn months_with_a_gap_between_them_are_another_flag() {
        let (first, record) = run(&[(key(1), span(1, 3))], &[], 4);
        let (second, record) = run(&[(key(1), span(5, 6))], &record, 7);
        assert_ne!(first, second);
        assert!(record.iter().any(|flag| flag.flag_id == first[0] && flag.gone_on == Some(day(7))));
    }

    #[test]
    fn flags_that_grow_together_keep_the_older_id() {
        let (older, record) = run(&[(key(1), span(5, 6))], &[], 7);
        let (both, record) = run(&[(key(1), span(1, 2)), (key(1), span(5, 6))], &record, 8);
        let (merged, record) = run(&[(key(1), span(1, 6))], &record, 9);
        assert_eq!(merged, older);
        let other = record.iter().find(|flag| flag.flag_id == both[0]).unwrap();
        assert_eq!((other.gone_on, other.merged_into), (Some(day(9)), Some(older[0])));
    }

    #[test]
    fn a_flag_that_falls_apart_leaves_its_id_to_the_earlier_part() {
        let (whole, record) = run(&[(key(1), span(1, 6))], &[], 7);
        let (parts, _) = run(&[(key(1), span(5, 6)), (key(1), span(1, 2))], &record, 8);
        assert_eq!(parts[1], whole[0]);
        assert_ne!(parts[0], whole[0]);
    }

    #[test]
    fn ids_do_not_depend_on_the_order_in_which_flags_are_found() {
        let forward = [(key(1), span(1, 2)), (key(2), span(1, 2))];
        let backward = [(key(2), span(1, 2)), (key(1), span(1, 2))];
        let (mut one, mut two) = (run(&forward, &[], 3).0, run(&backward, &[], 3).0);
        one.sort_unstable();
        two.sort_unstable();
        assert_eq!(one, two);
    }

    #[test]
    fn what_was_open_stays_open_while_nobody_can_know_and_what_was_gone_stays_gone() {
        let (_, open) = run(&[(key(1), span(1, 2)), (key(2), span(1, 2))], &[], 3);
        let (_, mut record) = run(&[], &open, 4);
        keep_unknown(&mut record, &open, |flag| flag.key.person_id == 1);
        let gone = |record: &[RecordedFlag], person| {
            record.iter().find(|flag| flag.key.person_id == person).map(|flag| flag.gone_on.is_some())
        };
        assert_eq!((gone(&record, 1), gone(&record, 2)), (Some(false), Some(true)));
        let (_, mut later) = run(&[], &record, 5);
        keep_unknown(&mut later, &record, |_| true);
        assert_eq!((gone(&later, 1), gone(&later, 2)), (Some(false), Some(true)));
    }

    #[test]
    fn a_taken_number_gives_way_to_the_next() {
        let free = new_id(&key(1), day(1), &BTreeSet::new());
        assert_eq!(new_id(&key(1), day(1), &BTreeSet::from([free])), free + 1);
    }

    #[test]
    fn a_flag_is_forgotten_when_it_has_been_gone_for_longer_than_retention_says() {
        let repository = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let keep = yilian_contract::retention::Retention::load(&repository.join("pipelines/retention.yaml")).unwrap();
        let (_, record) = run(&[(key(1), span(1, 2))], &[], 3);
        let (_, gone) = run(&[], &record, 4);
        let (_, still_gone) = run(&[], &gone, 5);
        let after = |years: u32| day(4).checked_add_months(chrono::Months::new(12 * years)).unwrap();
        let left = |record: &[RecordedFlag], as_of| remembered(record.to_vec(), keep.closed_flags, as_of).len();
        assert_eq!((left(&still_gone, after(2)), left(&still_gone, after(2).succ_opt().unwrap())), (1, 0));
        assert_eq!(left(&record, after(9)), 1, "a flag that is found is never forgotten");
    }
}
