//! The spine: a few tokens made by hand, and many beside a table of everybody.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{FixedSizeBinaryArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use yilian_delivery::sha256_hex;
use yilian_token::{Algorithm, Key, KeyUse, Label};

use super::*;
use crate::run::segment;
use crate::run::table_file::to_parquet;

fn token(slot: u8, rest: u8) -> Token {
    let mut token = [rest; 32];
    token[0] = 0;
    token[1] = slot;
    token
}

fn set<const N: usize>(tokens: [Token; N]) -> TokenSet {
    tokens.into_iter().collect()
}

fn noise() -> Key {
    Key::from_bytes(KeyUse::Noise, Algorithm::Hs256, "n", [7; 32])
}

fn extend(spine: &mut Spine, vault: &Path, new: TokenSet, pairs: &[(Token, Token)]) {
    let (noise, bridge) = (noise(), Bridge::new(pairs.to_vec()));
    spine.extend(vault, new.into_iter().collect(), &bridge, Some(&noise.tokeniser(Label::Noise).unwrap())).unwrap();
}

fn empty(vault: &Path) -> Spine {
    Spine::load(Subject::Person, vault, &[]).unwrap()
}

#[test]
fn a_number_is_the_slot_and_the_serial_in_order_of_token() {
    let vault = tempfile::tempdir().unwrap();
    let mut spine = Spine::load(Subject::Person, vault.path(), &[]).unwrap();
    extend(&mut spine, vault.path(), set([token(2, 9), token(2, 1), token(1, 5)]), &[]);
    assert_eq!(spine.id(&token(1, 5)), Some(1 << 40));
    assert_eq!(spine.id(&token(2, 1)), Some(2 << 40));
    assert_eq!(spine.id(&token(2, 9)), Some((2 << 40) + 1));
}

#[test]
fn a_later_run_keeps_old_numbers_and_continues_the_serials() {
    let vault = tempfile::tempdir().unwrap();
    let mut first = Spine::load(Subject::Person, vault.path(), &[]).unwrap();
    extend(&mut first, vault.path(), set([token(2, 9)]), &[]);
    let mut second = Spine::load(Subject::Person, vault.path(), first.segments()).unwrap();
    extend(&mut second, vault.path(), set([token(2, 1), token(2, 9)]), &[]);
    assert_eq!(second.id(&token(2, 9)), Some(2 << 40));
    assert_eq!(second.id(&token(2, 1)), Some((2 << 40) + 1));
    assert_eq!(second.segments().len(), 2);
}

#[test]
fn nothing_new_makes_no_segment() {
    let vault = tempfile::tempdir().unwrap();
    let mut spine = Spine::load(Subject::Household, vault.path(), &[]).unwrap();
    spine.extend(vault.path(), Vec::new(), &Bridge::default(), None).unwrap();
    assert!(spine.segments().is_empty());
}

#[test]
fn a_person_known_by_either_token_of_a_pair_keeps_the_number() {
    let vault = tempfile::tempdir().unwrap();
    let mut spine = empty(vault.path());
    extend(&mut spine, vault.path(), set([token(1, 1), token(2, 2)]), &[]);
    let pairs = [(token(1, 1), token(5, 1)), (token(6, 2), token(2, 2))];
    extend(&mut spine, vault.path(), set([token(5, 1)]), &pairs);
    let again = Spine::load(Subject::Person, vault.path(), spine.segments()).unwrap();
    for spine in [&spine, &again] {
        assert_eq!(spine.id(&token(5, 1)), spine.id(&token(1, 1)));
        assert_eq!(spine.id(&token(6, 2)), spine.id(&token(2, 2)));
        assert_eq!(spine.len(), 2);
    }
}

#[test]
fn a_person_known_by_neither_token_of_a_pair_gets_one_number_whatever_comes_first() {
    let vault = tempfile::tempdir().unwrap();
    let mut spine = empty(vault.path());
    // The second pair goes on where the first one ends, and both are read before anybody is known.
    let pairs = [(token(1, 1), token(5, 1)), (token(5, 1), token(3, 1))];
    extend(&mut spine, vault.path(), set([token(3, 1)]), &pairs);
    let ids = [token(1, 1), token(5, 1), token(3, 1)].map(|token| spine.id(&token));
    assert_eq!(ids, [Some(1 << 40); 3]);
    assert_eq!(spine.len(), 1);
}

#[test]
fn two_known_people_are_never_merged() {
    let vault = tempfile::tempdir().unwrap();
    let mut spine = empty(vault.path());
    extend(&mut spine, vault.path(), set([token(1, 1), token(2, 2)]), &[]);
    let pairs = vec![(token(1, 1), token(2, 2))];
    extend(&mut spine, vault.path(), set([]), &pairs);
    assert_ne!(spine.id(&token(1, 1)), spine.id(&token(2, 2)));
    assert_eq!(Bridge::new(pairs).conflicts(&spine), 1);
}

#[test]
fn a_record_key_is_made_of_the_token_at_first_sight_and_shared_by_all_tokens_of_a_person() {
    let vault = tempfile::tempdir().unwrap();
    let mut spine = empty(vault.path());
    extend(&mut spine, vault.path(), set([token(1, 1)]), &[]);
    extend(&mut spine, vault.path(), set([]), &[(token(1, 1), token(5, 1))]);
    let wanted = noise().tokeniser(Label::Noise).unwrap().of_token(&token(1, 1));
    let kept = entries(Subject::Person, vault.path(), spine.segments()).unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|entry| entry.record_key == Some(wanted)));
}

/// Tokens of few slots, several times as many as a batch of a segment, in no order.
fn many(seed: u8) -> Vec<Token> {
    let slot = |token: Token| [&[0, token[0] % 50], &token[2..]].concat().try_into().unwrap();
    let noise = noise();
    let tokeniser = noise.tokeniser(Label::Noise).unwrap();
    (0..20_000_u32).map(|number| slot(tokeniser.token(&[&[seed], &number.to_le_bytes()]))).collect()
}

/// A segment of people as one table in memory: its name, and its bytes.
fn segment_of(people: &BTreeMap<Token, (i64, Token)>) -> (String, Vec<u8>) {
    let tokens = |tokens: Vec<Token>| Arc::new(FixedSizeBinaryArray::try_from_iter(tokens.into_iter()).unwrap());
    let token = |name| Field::new(name, DataType::FixedSizeBinary(32), false);
    let schema =
        Schema::new(vec![token("hub_token"), Field::new("person_id", DataType::Int64, false), token("record_key")]);
    let ids = people.values().map(|(id, _)| *id).collect::<Int64Array>();
    let keys = tokens(people.values().map(|(_, key)| *key).collect());
    let hub = tokens(people.keys().copied().collect());
    let rows = RecordBatch::try_new(Arc::new(schema), vec![hub, Arc::new(ids), keys]).unwrap();
    let bytes = to_parquet(&rows, "test").unwrap();
    (format!("person-{}", sha256_hex(&bytes)), bytes)
}

#[test]
fn many_people_make_the_segments_that_a_table_of_everybody_makes() {
    let vault = tempfile::tempdir().unwrap();
    let (noise, mut next) = (noise(), BTreeMap::<[u8; 2], i64>::new());
    let record_key = noise.tokeniser(Label::Noise).unwrap();
    let mut numbered = |token: &Token| {
        let serial = next.entry([token[0], token[1]]).or_default();
        *serial += 1;
        ((i64::from(token[1]) << 40) + *serial - 1, record_key.of_token(token))
    };
    let sorted = |mut tokens: Vec<Token>| {
        tokens.sort_unstable();
        tokens
    };
    let (first, second, third) = (sorted(many(1)), sorted(many(2)), sorted(many(3)));
    let mut people: BTreeMap<Token, (i64, Token)> = first.iter().map(|token| (*token, numbered(token))).collect();
    let wanted_first = segment_of(&people);

    // Of the people of the second night every third was known before, and every third comes under two tokens.
    let known = || second.iter().zip(&first).step_by(3);
    let new = || second.iter().zip(&third).skip(1).step_by(3);
    let alone = second.iter().skip(2).step_by(3);
    let carried: BTreeMap<Token, (i64, Token)> = known().map(|(token, old)| (*token, people[old])).collect();
    let leading: BTreeMap<Token, Token> = new().map(|(token, old)| (*old, *token)).collect();
    people.clear();
    for token in sorted(leading.keys().chain(alone).copied().collect()) {
        let person = numbered(&token);
        people.insert(token, person);
        people.extend(leading.get(&token).map(|further| (*further, person)));
    }
    people.extend(carried);
    let wanted_second = segment_of(&people);

    let pairs: Vec<(Token, Token)> = known().chain(new()).map(|(token, old)| (*old, *token)).collect();
    let mut spine = empty(vault.path());
    extend(&mut spine, vault.path(), many(1).into_iter().collect(), &[]);
    let mut again = Spine::load(Subject::Person, vault.path(), spine.segments()).unwrap();
    extend(&mut again, vault.path(), many(2).into_iter().chain(many(1)).collect(), &pairs);
    for (name, (wanted, bytes)) in again.segments().iter().zip([wanted_first, wanted_second]) {
        assert_eq!(*name, wanted);
        let file = segment::path(&Subject::Person.folder(vault.path()), name);
        assert!(std::fs::read(file).unwrap() == bytes);
    }
    assert_eq!(again.segments().len(), 2);
}
