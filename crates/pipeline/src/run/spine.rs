//! The spine: which hub token is which person, kept in the vault and only ever added to (`design.md` 5.2).

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, FixedSizeBinaryArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_delivery::sha256_hex;
use yilian_token::Token;

use super::RunError;
use super::table_file::to_parquet;

const SLOT_BITS: u32 = 40;
const SLOTS: usize = 1 << 16;

/// Tokens are uniformly random already, so eight of their bytes are hash enough.
#[derive(Default)]
pub(crate) struct TokenHasher(u64);

impl Hasher for TokenHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(eight) = bytes.get(8..16).and_then(|slice| slice.try_into().ok()) {
            self.0 = u64::from_le_bytes(eight);
        }
    }
    fn write_usize(&mut self, _length: usize) {}
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Hub tokens, each once, in no order.
pub(crate) type TokenSet = HashSet<Token, BuildHasherDefault<TokenHasher>>;

/// What a spine numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Person,
    Household,
}

impl Subject {
    fn folder(self, vault: &Path) -> PathBuf {
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
}

/// The numbers given so far.
///
/// A number is slot·2⁴⁰ + serial within the slot; the slot is the first 16 bits of the hub token under which the person
/// was first seen, the serial follows the order of (run of first sight, hub token). It is never changed or used again.
pub(crate) struct Spine {
    subject: Subject,
    ids: HashMap<Token, i64, BuildHasherDefault<TokenHasher>>,
    next_serial: Vec<i64>,
    segments: Vec<String>,
}

impl Spine {
    /// Reads the segments that a publication names, oldest first; those of another subject are passed over.
    pub(crate) fn load(subject: Subject, vault: &Path, segments: &[String]) -> Result<Self, RunError> {
        let mut spine = Self { subject, ids: HashMap::default(), next_serial: vec![0; SLOTS], segments: Vec::new() };
        for segment in segments.iter().filter(|name| name.starts_with(subject.prefix())) {
            let path = subject.folder(vault).join(format!("{segment}.parquet"));
            spine.read(&path)?;
            spine.segments.push(segment.clone());
        }
        Ok(spine)
    }

    /// The number of a token; `None` if it was never seen.
    pub(crate) fn id(&self, token: &Token) -> Option<i64> {
        self.ids.get(token).copied()
    }

    /// How many people or households have a number.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The segments the numbers come from, oldest first.
    pub(crate) fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Numbers tokens that are new, in order of token, and keeps them as one more segment of the vault.
    ///
    /// A segment is named by its content and counts only once a publication names it, so a failed run leaves no trace.
    pub(crate) fn extend(&mut self, vault: &Path, new: TokenSet) -> Result<(), RunError> {
        let mut new: Vec<Token> = new.into_iter().filter(|token| !self.ids.contains_key(token)).collect();
        new.sort_unstable();
        if new.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = new.iter().map(|token| self.number(*token)).collect();
        let content = to_parquet(&self.segment(&new, ids)?, self.subject.id_column())?;
        let name = format!("{}{}", self.subject.prefix(), sha256_hex(&content));
        let folder = self.subject.folder(vault);
        fs::create_dir_all(&folder).map_err(RunError::io("create", &folder))?;
        let path = folder.join(format!("{name}.parquet"));
        fs::write(&path, content).map_err(RunError::io("write", &path))?;
        self.segments.push(name);
        Ok(())
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

    fn segment(&self, tokens: &[Token], ids: Vec<i64>) -> Result<RecordBatch, RunError> {
        let schema = Arc::new(Schema::new(vec![
            Field::new("hub_token", DataType::FixedSizeBinary(32), false),
            Field::new(self.subject.id_column(), DataType::Int64, false),
        ]));
        let tokens = FixedSizeBinaryArray::try_from_iter(tokens.iter()).map_err(RunError::arrow("spine"))?;
        RecordBatch::try_new(schema, vec![Arc::new(tokens), Arc::new(Int64Array::from(ids))])
            .map_err(RunError::arrow("spine"))
    }

    fn read(&mut self, path: &Path) -> Result<(), RunError> {
        let file = File::open(path).map_err(RunError::io("read", path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(RunError::parquet("spine"))?;
        for batch in reader {
            let batch = batch.map_err(RunError::arrow("spine"))?;
            let tokens = batch.column(0).as_any().downcast_ref::<FixedSizeBinaryArray>();
            let ids = batch.column(1).as_any().downcast_ref::<Int64Array>();
            let (Some(tokens), Some(ids)) = (tokens, ids) else { continue };
            for (token, id) in tokens.iter().zip(ids.iter()) {
                if let (Some(Ok(token)), Some(id)) = (token.map(Token::try_from), id) {
                    self.recall(token, id);
                }
            }
        }
        Ok(())
    }

    fn recall(&mut self, token: Token, id: i64) {
        self.ids.insert(token, id);
        let (slot, serial) = (id >> SLOT_BITS, id & ((1 << SLOT_BITS) - 1));
        if let Some(next) = usize::try_from(slot).ok().and_then(|slot| self.next_serial.get_mut(slot)) {
            *next = (*next).max(serial + 1);
        }
    }
}

/// The person ids of the slots `from..until`, as a half-open interval.
pub(crate) fn ids_of_slots(from: u32, until: u32) -> (i64, i64) {
    (i64::from(from) << SLOT_BITS, i64::from(until) << SLOT_BITS)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn a_number_is_the_slot_and_the_serial_in_order_of_token() {
        let vault = tempfile::tempdir().unwrap();
        let mut spine = Spine::load(Subject::Person, vault.path(), &[]).unwrap();
        spine.extend(vault.path(), set([token(2, 9), token(2, 1), token(1, 5)])).unwrap();
        assert_eq!(spine.id(&token(1, 5)), Some(1 << 40));
        assert_eq!(spine.id(&token(2, 1)), Some(2 << 40));
        assert_eq!(spine.id(&token(2, 9)), Some((2 << 40) + 1));
    }

    #[test]
    fn a_later_run_keeps_old_numbers_and_continues_the_serials() {
        let vault = tempfile::tempdir().unwrap();
        let mut first = Spine::load(Subject::Person, vault.path(), &[]).unwrap();
        first.extend(vault.path(), set([token(2, 9)])).unwrap();
        let mut second = Spine::load(Subject::Person, vault.path(), first.segments()).unwrap();
        second.extend(vault.path(), set([token(2, 1), token(2, 9)])).unwrap();
        assert_eq!(second.id(&token(2, 9)), Some(2 << 40));
        assert_eq!(second.id(&token(2, 1)), Some((2 << 40) + 1));
        assert_eq!(second.segments().len(), 2);
    }

    #[test]
    fn nothing_new_makes_no_segment() {
        let vault = tempfile::tempdir().unwrap();
        let mut spine = Spine::load(Subject::Household, vault.path(), &[]).unwrap();
        spine.extend(vault.path(), set([])).unwrap();
        assert!(spine.segments().is_empty());
    }
}
