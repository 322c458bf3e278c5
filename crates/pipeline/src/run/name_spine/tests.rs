//! The name spine: a few names, and many beside a list of all of them.

use yilian_delivery::sha256_hex;

use super::*;
use crate::run::table_file::to_parquet;

const ZHANG: Token = [1; 32];
const LI: Token = [2; 32];
const WANG: Token = [3; 32];

fn spine(vault: &Path, runs: &[&[(i64, Token)]]) -> NameSpine {
    let mut segments = Vec::new();
    for seen in runs {
        let mut spine = NameSpine::load(vault, &segments).unwrap();
        spine.extend(vault, "first", seen.to_vec()).unwrap();
        segments = spine.segments().to_vec();
    }
    NameSpine::load(vault, &segments).unwrap()
}

#[test]
fn a_name_of_one_person_leads_to_that_person_and_a_name_of_two_to_nobody() {
    let vault = tempfile::tempdir().unwrap();
    let spine = spine(vault.path(), &[&[(7, ZHANG), (8, LI), (9, LI)]]);
    assert_eq!(spine.only_bearer(&ZHANG), Some(Bearer { person_id: 7, ordinal: 1 }));
    assert_eq!(spine.only_bearer(&LI), None);
    assert_eq!(spine.only_bearer(&WANG), None);
    assert_eq!(spine.namesakes(), BTreeMap::from([((8, 9), (1, 1))]));
}

#[test]
fn a_name_that_a_later_run_sees_on_somebody_else_leads_to_nobody_from_then_on() {
    let vault = tempfile::tempdir().unwrap();
    let spine = spine(vault.path(), &[&[(7, ZHANG)], &[(8, ZHANG)]]);
    assert_eq!(spine.only_bearer(&ZHANG), None);
    assert_eq!((spine.ordinal(7, &ZHANG), spine.ordinal(8, &ZHANG)), (Some(1), Some(1)));
}

#[test]
fn a_later_name_gets_the_next_ordinal_and_the_first_keeps_its_own() {
    let vault = tempfile::tempdir().unwrap();
    let spine = spine(vault.path(), &[&[(7, WANG), (8, LI)], &[(7, ZHANG), (7, WANG)]]);
    assert_eq!((spine.ordinal(7, &WANG), spine.ordinal(7, &ZHANG)), (Some(1), Some(2)));
    let several: Vec<_> = spine.of_people_with_several().iter().map(|name| (name.person_id, name.ordinal)).collect();
    assert_eq!(several, [(7, 1), (7, 2)]);
}

#[test]
fn the_first_name_under_another_link_key_has_the_ordinal_of_the_first_name() {
    let vault = tempfile::tempdir().unwrap();
    let before = spine(vault.path(), &[&[(7, ZHANG)]]);
    let mut after = NameSpine::load(vault.path(), before.segments()).unwrap();
    after.extend(vault.path(), "next", vec![(7, WANG), (7, LI)]).unwrap();
    let again = NameSpine::load(vault.path(), after.segments()).unwrap();
    for spine in [&after, &again] {
        let ordinals = [ZHANG, LI, WANG].map(|name| spine.ordinal(7, &name));
        assert_eq!(ordinals, [Some(1), Some(1), Some(2)]);
    }
}

#[test]
fn names_seen_in_another_order_make_the_same_segment() {
    let vault = tempfile::tempdir().unwrap();
    let forward = spine(vault.path(), &[&[(7, ZHANG), (8, LI), (7, LI)]]);
    let backward = spine(vault.path(), &[&[(7, LI), (7, ZHANG), (8, LI), (8, LI)]]);
    assert_eq!(forward.segments(), backward.segments());
}

#[test]
fn nothing_new_makes_no_segment() {
    let vault = tempfile::tempdir().unwrap();
    assert_eq!(spine(vault.path(), &[&[(7, ZHANG)], &[(7, ZHANG)]]).segments().len(), 1);
}

/// More people and names than a batch of a segment has rows, with names of several people and people of several names.
fn many(run: i64) -> Vec<(i64, Token)> {
    let name = |number: i64| {
        let mut name = [5; 32];
        name[8..16].copy_from_slice(&(number % 40_000).wrapping_mul(0x1E37_79B9_7F4A_7C15).to_le_bytes());
        name
    };
    (0..20_000).rev().map(|row| (row % 17_000, name(row * 7 + row / 9_000 + run * 300))).collect()
}

/// A segment of one link key as one table in memory: its name, and its bytes.
fn segment_of(names: &[Named]) -> (String, Vec<u8>) {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(FixedSizeBinaryArray::try_from_iter(names.iter().map(|(_, name, _)| name)).unwrap()),
        Arc::new(names.iter().map(|(person_id, _, _)| *person_id).collect::<Int64Array>()),
        Arc::new(names.iter().map(|(_, _, ordinal)| *ordinal).collect::<Int32Array>()),
        Arc::new(StringArray::from_iter_values(names.iter().map(|_| "first"))),
    ];
    let bytes = to_parquet(&RecordBatch::try_new(schema(), columns).unwrap(), "test").unwrap();
    (format!("name-{}", sha256_hex(&bytes)), bytes)
}

#[test]
fn many_names_make_the_segments_and_answers_that_a_list_of_all_of_them_makes() {
    let vault = tempfile::tempdir().unwrap();
    let (mut bearers, mut counts) = (BTreeMap::<Token, Vec<Bearer>>::new(), BTreeMap::<i64, i32>::new());
    let mut wanted = Vec::new();
    for run in 0..3 {
        let mut names = Vec::new();
        for (person_id, name) in BTreeSet::from_iter(many(run)) {
            let of_name = bearers.entry(name).or_default();
            if of_name.iter().all(|bearer| bearer.person_id != person_id) {
                let ordinal = counts.entry(person_id).or_default();
                *ordinal += 1;
                of_name.push(Bearer { person_id, ordinal: *ordinal });
                names.push((person_id, name, *ordinal));
            }
        }
        wanted.push(segment_of(&names));
    }
    let spine = spine(vault.path(), &[&many(0), &many(1), &many(2)]);
    assert_eq!(spine.segments().len(), wanted.len());
    for (name, (wanted, bytes)) in spine.segments().iter().zip(wanted) {
        assert_eq!(*name, wanted);
        assert!(std::fs::read(segment::path(&folder(vault.path()), name)).unwrap() == bytes);
    }
    let of_several = bearers.values().filter(|bearers| bearers.len() > 1).count();
    assert!(of_several > 1000 && of_several + 1000 < bearers.len(), "names of one person and of several");
    for (name, bearers) in &bearers {
        assert!(spine.bearers(name).eq(bearers.iter().copied()));
        assert_eq!(spine.only_bearer(name), bearers.first().copied().filter(|_| bearers.len() == 1));
    }
}
