//! The spine: which hub token is which person, kept in the vault and only ever added to (`design.md` 5.2).

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, Int64Array, PrimitiveArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_token::{Token, Tokeniser};

use super::RunError;
use super::bridge::Bridge;
use super::segment;
pub(crate) use super::token_map::TokenHasher;
use super::token_map::{TokenMap, TokenSet};

const SLOT_BITS: u32 = 40;
const SLOTS: usize = 1 << 16;

/// What a spine numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Person,
    Household,
}

impl Subject {
    pub(crate) const ALL: [Self; 2] = [Self::Person, Self::Household];

    pub(crate) fn folder(self, vault: &Path) -> PathBuf {
        vault.join(match self {
            Self::Person => "spine",
            Self::Household => "household_spine",
        })
    }
    fn prefix(self) -> &'static str {
        match self {
            Self::Person => "person-",
            Self::Household => "household-",
        }
    }
    fn id_column(self) -> &'static str {
        match self {
            Self::Person => "person_id",
            Self::Household => "household_id",
        }
    }
    fn own(self, segments: &[String]) -> impl Iterator<Item = &String> {
        segments.iter().filter(move |name| name.starts_with(self.prefix()))
    }
}

/// One token of the spine with what is stored of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) token: Token,
    pub(crate) id: i64,
    /// The key of the person's perturbation, made at first sight and never changed; `None` for a household.
    pub(crate) record_key: Option<Token>,
}

/// The numbers given so far.
///
/// A number is slot·2⁴⁰ + serial within the slot; the slot is the first 16 bits of the hub token under which the person
/// was first seen, the serial follows the order of (run of first sight, hub token). It is never changed or used again.
/// A person has several tokens where a bridge between link keys says so.
pub(crate) struct Spine {
    subject: Subject,
    ids: TokenMap<i64>,
    next_serial: Vec<i64>,
    segments: Vec<String>,
}

impl Spine {
    /// Reads the segments that a publication names, oldest first; those of another subject are passed over.
    ///
    /// Record keys are not read: a run needs them for people alone whom it gives a further token.
    pub(crate) fn load(subject: Subject, vault: &Path, segments: &[String]) -> Result<Self, RunError> {
        let mut spine = Self { subject, ids: TokenMap::default(), next_serial: vec![0; SLOTS], segments: Vec::new() };
        for segment in subject.own(segments) {
            read(&segment::path(&subject.folder(vault), segment), &["hub_token", subject.id_column()], |columns| {
                for (token, id) in tokens(columns, 0).zip(ids(columns, 1)) {
                    if let (Some(token), Some(id)) = (token, id) {
                        spine.recall(token, id);
                    }
                }
            })?;
            spine.segments.push(segment.clone());
        }
        Ok(spine)
    }

    /// The number of a token; `None` if it was never seen.
    pub(crate) fn id(&self, token: &Token) -> Option<i64> {
        self.ids.get(token).copied()
    }

    /// Every token, in no order.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = Token> {
        self.ids.iter().map(|(token, _)| *token)
    }

    /// How many people or households have a number.
    pub(crate) fn len(&self) -> usize {
        let given: i64 = self.next_serial.iter().sum();
        usize::try_from(given).unwrap_or(usize::MAX)
    }

    /// The segments the numbers come from, oldest first.
    pub(crate) fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Gives every token whose person is known by the other token of a pair the same number.
    pub(crate) fn carry(&mut self, bridge: &Bridge) -> Vec<(Token, i64)> {
        let mut carried = Vec::new();
        // A pair may make one side of another pair known, where link keys were changed twice.
        loop {
            let before = carried.len();
            for (old, new) in bridge.pairs() {
                let (token, id) = match (self.id(old), self.id(new)) {
                    (Some(id), None) => (*new, id),
                    (None, Some(id)) => (*old, id),
                    _ => continue,
                };
                self.ids.insert(token, id);
                carried.push((token, id));
            }
            if carried.len() == before {
                return carried;
            }
        }
    }

    /// Numbers tokens that are new, in order of token, and keeps them as one more segment of the vault.
    ///
    /// Both tokens of a pair get one number. `record_key` makes the record key of a person seen for the first time;
    /// households have none. A segment is named by its content and counts only once a publication names it, so a failed
    /// run leaves no trace.
    pub(crate) fn extend(
        &mut self,
        vault: &Path,
        new: impl IntoIterator<Item = Token>,
        bridge: &Bridge,
        record_key: Option<&Tokeniser<'_>>,
    ) -> Result<(), RunError> {
        let mut carried = self.carry(bridge);
        let (leading, following): (TokenSet, TokenSet) =
            bridge.pairs().iter().filter(|(old, _)| self.id(old).is_none()).copied().unzip();
        let mut waiting: Vec<Token> = new.into_iter().chain(leading).filter(|token| self.id(token).is_none()).collect();
        waiting.sort_unstable();
        waiting.dedup();
        self.ids.reserve(waiting.len());
        let mut first: Vec<(Token, i64)> = Vec::new();
        for token in waiting.iter().filter(|token| !following.contains(*token)) {
            first.push((*token, self.number(*token)));
        }
        carried.extend(self.carry(bridge));
        // Pairs in a circle have no first token; no sound bridge has any.
        for token in waiting {
            if self.id(&token).is_none() {
                first.push((token, self.number(token)));
            }
        }
        if first.is_empty() && carried.is_empty() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(first.len() + carried.len());
        match record_key {
            Some(record_key) => {
                let numbered = |(token, id)| Entry { token, id, record_key: Some(record_key.of_token(&token)) };
                entries.extend(first.into_iter().map(numbered));
                let carried = self.with_record_keys(vault, carried, &entries)?;
                entries.extend(carried);
            }
            None => {
                entries.extend(first.into_iter().chain(carried).map(|(token, id)| Entry {
                    token,
                    id,
                    record_key: None,
                }));
            }
        }
        self.segments.push(keep(self.subject, vault, entries)?);
        Ok(())
    }

    /// Further tokens of people, each with the record key that the person has already.
    fn with_record_keys(
        &self,
        vault: &Path,
        carried: Vec<(Token, i64)>,
        numbered: &[Entry],
    ) -> Result<Vec<Entry>, RunError> {
        if carried.is_empty() {
            return Ok(Vec::new());
        }
        let mut stored: HashMap<i64, Option<Token>> = carried.iter().map(|(_, id)| (*id, None)).collect();
        let kept = entries(self.subject, vault, &self.segments)?;
        for entry in kept.iter().chain(numbered) {
            if let Some(place) = stored.get_mut(&entry.id) {
                *place = entry.record_key;
            }
        }
        let entry = |(token, id)| Entry { token, id, record_key: stored.get(&id).copied().flatten() };
        Ok(carried.into_iter().map(entry).collect())
    }

    fn number(&mut self, token: Token) -> i64 {
        let slot = u16::from_be_bytes([token[0], token[1]]);
        let serial = self.next_serial.get_mut(usize::from(slot)).map_or(0, |next| {
            let serial = *next;
            *next += 1;
            serial
        });
        let id = (i64::from(slot) << SLOT_BITS) + serial;
        self.ids.insert(token, id);
        id
    }

    fn recall(&mut self, token: Token, id: i64) {
        self.ids.insert(token, id);
        let (slot, serial) = (id >> SLOT_BITS, id & ((1 << SLOT_BITS) - 1));
        if let Some(next) = usize::try_from(slot).ok().and_then(|slot| self.next_serial.get_mut(slot)) {
            *next = (*next).max(serial + 1);
        }
    }
}

/// Everything that the segments store, with record keys: for the change of the hub key.
pub(crate) fn entries(subject: Subject, vault: &Path, segments: &[String]) -> Result<Vec<Entry>, RunError> {
    let mut names = vec!["hub_token", subject.id_column()];
    if subject == Subject::Person {
        names.push("record_key");
    }
    let mut entries = Vec::new();
    for segment in subject.own(segments) {
        read(&segment::path(&subject.folder(vault), segment), &names, |columns| {
            for (row, (token, id)) in tokens(columns, 0).zip(ids(columns, 1)).enumerate() {
                if let (Some(token), Some(id)) = (token, id) {
                    let record_key = columns.get(2).and_then(|keys| token_at(keys, row));
                    entries.push(Entry { token, id, record_key });
                }
            }
        })?;
    }
    Ok(entries)
}

/// Keeps entries as one segment of the vault, in order of token; gives its name, which is made of its content.
pub(crate) fn keep(subject: Subject, vault: &Path, mut entries: Vec<Entry>) -> Result<String, RunError> {
    entries.sort_unstable();
    let rows = table(subject, &entries)?;
    let schema = rows.schema();
    segment::keep(&subject.folder(vault), subject.prefix(), &schema, std::iter::once(Ok(rows)), subject.id_column())
}

fn table(subject: Subject, entries: &[Entry]) -> Result<RecordBatch, RunError> {
    let mut fields = vec![
        Field::new("hub_token", DataType::FixedSizeBinary(32), false),
        Field::new(subject.id_column(), DataType::Int64, false),
    ];
    let of_tokens = |tokens: &mut dyn Iterator<Item = Option<Token>>| {
        FixedSizeBinaryArray::try_from_sparse_iter_with_size(tokens, 32).map_err(RunError::arrow("spine"))
    };
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(of_tokens(&mut entries.iter().map(|entry| Some(entry.token)))?),
        Arc::new(Int64Array::from_iter_values(entries.iter().map(|entry| entry.id))),
    ];
    if subject == Subject::Person {
        fields.push(Field::new("record_key", DataType::FixedSizeBinary(32), false));
        columns.push(Arc::new(of_tokens(&mut entries.iter().map(|entry| entry.record_key))?));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(RunError::arrow("spine"))
}

/// Reads the columns of these names, in this order, and nothing else.
fn read(path: &Path, names: &[&str], mut each: impl FnMut(&[ArrayRef])) -> Result<(), RunError> {
    let file = File::open(path).map_err(RunError::io("read", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(RunError::parquet("spine"))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    for batch in builder.with_projection(mask).build().map_err(RunError::parquet("spine"))? {
        let batch = batch.map_err(RunError::arrow("spine"))?;
        if batch.num_columns() != names.len() {
            return Err(RunError::Unreadable { what: "a segment of the spine without record keys" });
        }
        each(batch.columns());
    }
    Ok(())
}

fn tokens(columns: &[ArrayRef], at: usize) -> impl Iterator<Item = Option<Token>> {
    let tokens = columns.get(at).and_then(|column| column.as_fixed_size_binary_opt());
    tokens.into_iter().flat_map(FixedSizeBinaryArray::iter).map(|token| Token::try_from(token?).ok())
}

fn token_at(column: &ArrayRef, row: usize) -> Option<Token> {
    let tokens = column.as_fixed_size_binary_opt()?;
    tokens.is_valid(row).then(|| Token::try_from(tokens.value(row)).ok()).flatten()
}

fn ids(columns: &[ArrayRef], at: usize) -> impl Iterator<Item = Option<i64>> {
    let ids = columns.get(at).and_then(|column| column.as_primitive_opt::<Int64Type>());
    ids.into_iter().flat_map(PrimitiveArray::iter)
}

/// The person ids of the slots `from..until`, as a half-open interval.
pub(crate) fn ids_of_slots(from: u32, until: u32) -> (i64, i64) {
    (i64::from(from) << SLOT_BITS, i64::from(until) << SLOT_BITS)
}

#[cfg(test)]
mod tests {
    use yilian_token::{Algorithm, Key, KeyUse, Label};

    use super::*;

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
        spine.extend(vault, new, &bridge, Some(&noise.tokeniser(Label::Noise).unwrap())).unwrap();
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
        spine.extend(vault.path(), set([]), &Bridge::default(), None).unwrap();
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
}
