//! The spine: which hub token is which person, kept in the vault and only ever added to (`design.md` 5.2).

mod record_keys;
mod rows;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use yilian_token::{Token, Tokeniser};

use super::RunError;
use super::bridge::Bridge;
use super::token_map::{TokenMap, TokenSet};
use record_keys::RecordKeys;
use rows::{Columns, Stored, keep_sorted};
pub(crate) use rows::{Entry, entries, keep};

const SLOT_BITS: u32 = 40;
pub(crate) const SLOTS: u32 = 1 << 16;

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
        let next_serial = vec![0; SLOTS as usize];
        let mut spine = Self { subject, ids: TokenMap::default(), next_serial, segments: Vec::new() };
        for segment in subject.own(segments) {
            let stored = Stored::open(subject, vault, segment, Columns::Numbers)?;
            spine.ids.reserve(stored.rows());
            stored.for_each(|entry| spine.recall(entry.token, entry.id))?;
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
        new: Vec<Token>,
        bridge: &Bridge,
        record_key: Option<&Tokeniser<'_>>,
    ) -> Result<(), RunError> {
        let mut carried = self.carry(bridge);
        let (leading, following): (TokenSet, TokenSet) =
            bridge.pairs().iter().filter(|(old, _)| self.id(old).is_none()).copied().unzip();
        let mut waiting = new;
        waiting.extend(leading);
        waiting.retain(|token| self.id(token).is_none());
        waiting.sort_unstable();
        waiting.dedup();
        self.ids.reserve(waiting.len());
        for token in waiting.iter().filter(|token| !following.contains(*token)) {
            self.number(*token);
        }
        carried.extend(self.carry(bridge));
        // Pairs in a circle have no first token; no sound bridge has any.
        for token in waiting.iter().filter(|token| following.contains(*token)) {
            if self.id(token).is_none() {
                self.number(*token);
            }
        }
        if waiting.is_empty() && carried.is_empty() {
            return Ok(());
        }
        let name = self.keep_new(vault, waiting, carried, record_key)?;
        self.segments.push(name);
        Ok(())
    }

    /// Keeps tokens that have a number since this run, as one segment: those waiting, which are in order, and those carried,
    /// which may be some of them.
    fn keep_new(
        &self,
        vault: &Path,
        waiting: Vec<Token>,
        mut carried: Vec<(Token, i64)>,
        record_key: Option<&Tokeniser<'_>>,
    ) -> Result<String, RunError> {
        carried.sort_unstable();
        let record_keys = record_key.map(|record_key| self.record_keys(vault, &waiting, &carried, record_key));
        let record_keys = record_keys.transpose()?;
        let mut new = waiting;
        if !carried.is_empty() {
            new.extend(carried.into_iter().map(|(token, _)| token));
            new.sort_unstable();
            new.dedup();
        }
        let entry = |token| {
            let id = self.id(&token).ok_or(RunError::Unreadable { what: "the number of somebody just seen" })?;
            Ok(Entry { token, id, record_key: record_keys.as_ref().and_then(|keys| keys.of(id, &token)) })
        };
        keep_sorted(self.subject, vault, new.into_iter().map(entry))
    }

    /// The record keys of people with new tokens: those waiting, and those carried, which are in order.
    fn record_keys<'k>(
        &self,
        vault: &Path,
        waiting: &[Token],
        carried: &[(Token, i64)],
        record_key: &'k Tokeniser<'k>,
    ) -> Result<RecordKeys<'k>, RunError> {
        let mut record_keys = RecordKeys::new(record_key, carried.iter().map(|(_, id)| *id));
        if carried.is_empty() {
            return Ok(record_keys);
        }
        for segment in &self.segments {
            let stored = Stored::open(self.subject, vault, segment, Columns::All)?;
            stored.for_each(|entry| record_keys.keep(entry.id, entry.record_key))?;
        }
        let is_carried = |token: &Token| carried.binary_search_by_key(token, |(token, _)| *token).is_ok();
        for token in waiting.iter().filter(|token| !is_carried(token)) {
            if let Some(id) = self.id(token) {
                record_keys.keep_first(id, token);
            }
        }
        Ok(record_keys)
    }

    fn number(&mut self, token: Token) {
        let slot = u16::from_be_bytes([token[0], token[1]]);
        if let Some(serial) = self.next_serial.get_mut(usize::from(slot)) {
            self.ids.insert(token, (i64::from(slot) << SLOT_BITS) + *serial);
            *serial += 1;
        }
    }

    fn recall(&mut self, token: Token, id: i64) {
        self.ids.insert(token, id);
        let (slot, serial) = (id >> SLOT_BITS, id & ((1 << SLOT_BITS) - 1));
        if let Some(next) = usize::try_from(slot).ok().and_then(|slot| self.next_serial.get_mut(slot)) {
            *next = (*next).max(serial + 1);
        }
    }
}

/// The slot of a person id.
pub(crate) fn slot_of(id: i64) -> usize {
    usize::try_from(id >> SLOT_BITS).unwrap_or_default()
}

/// The person ids of the slots `from..until`, as a half-open interval.
pub(crate) fn ids_of_slots(from: u32, until: u32) -> (i64, i64) {
    (i64::from(from) << SLOT_BITS, i64::from(until) << SLOT_BITS)
}
