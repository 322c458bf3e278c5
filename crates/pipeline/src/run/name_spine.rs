//! The name spine: which people bore which name token, kept in the vault and only ever added to (`design.md` 5.3).
//!
//! It is learnt from rows that carry an ID number beside the name, and serves rows that carry a name alone.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, FixedSizeBinaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_token::Token;

use super::RunError;
use super::segment;
use super::token_map::TokenMap;

const FOLDER: &str = "name_spine";
const PREFIX: &str = "name-";
const WHAT: &str = "name spine";

/// A person who bears a name, and the how manyth of that person's names it is: 1, 2, 3, … in order of first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) person_id: i64,
    pub(crate) ordinal: i32,
}

/// Everybody's names so far.
///
/// Nearly every name is the first name of one person, so that the person alone is all there is to remember of it.
#[derive(Default)]
pub(crate) struct NameSpine {
    /// Who bore a name before anybody else, where it was this person's first name.
    first: TokenMap<i64>,
    /// All others who bore a name, in order of first sight.
    further: TokenMap<Vec<Bearer>>,
    segments: Vec<String>,
    /// Check values of the link keys that made the tokens.
    link_keys: Vec<String>,
    /// Of names that another link key than the first made, its place in the list.
    further_keys: TokenMap<usize>,
}

impl NameSpine {
    /// Reads the segments that a publication names, oldest first; those of another spine are passed over.
    pub(crate) fn load(vault: &Path, segments: &[String]) -> Result<Self, RunError> {
        let mut spine = Self::default();
        for segment in segments.iter().filter(|name| name.starts_with(PREFIX)) {
            spine.read(&segment::path(&folder(vault), segment))?;
            spine.segments.push(segment.clone());
        }
        Ok(spine)
    }

    /// The segments the names come from, oldest first.
    pub(crate) fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Which of a person's names a hub name token is; `None` if the person was never seen under it.
    pub(crate) fn ordinal(&self, person_id: i64, name: &Token) -> Option<i32> {
        self.bearers(name).find(|bearer| bearer.person_id == person_id).map(|bearer| bearer.ordinal)
    }

    /// The one person who bears a name; `None` if nobody does or more than one person.
    pub(crate) fn only_bearer(&self, name: &Token) -> Option<Bearer> {
        let mut bearers = self.bearers(name);
        bearers.next().filter(|_| bearers.next().is_none())
    }

    /// Every name of each person who has more than one, in order of person and ordinal.
    pub(crate) fn of_people_with_several(&self) -> Vec<Bearer> {
        let all = || self.all().map(|(_, bearer)| bearer);
        let several: BTreeSet<i64> = all().filter(|bearer| bearer.ordinal > 1).map(|bearer| bearer.person_id).collect();
        let mut names: Vec<Bearer> = all().filter(|bearer| several.contains(&bearer.person_id)).collect();
        names.sort_unstable_by_key(|bearer| (bearer.person_id, bearer.ordinal));
        names.dedup();
        names
    }

    /// Every two people who bear one name, the lower id first, in order; with the ordinals of that name, of several the
    /// lowest ones.
    pub(crate) fn namesakes(&self) -> BTreeMap<(i64, i64), (i32, i32)> {
        let mut pairs = BTreeMap::new();
        for (name, _) in self.further.iter() {
            let people: BTreeMap<i64, i32> =
                self.bearers(name).map(|bearer| (bearer.person_id, bearer.ordinal)).collect();
            for (lower, of_lower) in &people {
                for (higher, of_higher) in people.range(lower + 1..) {
                    let ordinals = (*of_lower, *of_higher);
                    let known = pairs.entry((*lower, *higher)).or_insert(ordinals);
                    *known = ordinals.min(*known);
                }
            }
        }
        pairs
    }

    /// Adds names that people were seen under in deliveries of one link key, in order of person and token, as one more
    /// segment of the vault.
    ///
    /// Ordinals count per link key: a person's first name under another key is taken for the same name. A segment is
    /// named by its content and counts only once a publication names it, so a failed run leaves no trace.
    pub(crate) fn extend(&mut self, vault: &Path, link_key: &str, mut seen: Vec<(i64, Token)>) -> Result<(), RunError> {
        seen.retain(|(person_id, name)| self.ordinal(*person_id, name).is_none());
        seen.sort_unstable();
        seen.dedup();
        if seen.is_empty() {
            return Ok(());
        }
        let last = self.last_ordinals(&seen, link_key);
        let names = seen.chunk_by(|(one, _), (other, _)| one == other).flat_map(|of_person| {
            let person_id = of_person.first().map(|(person_id, _)| *person_id);
            let before = person_id.and_then(|person_id| last.get(&person_id)).copied().unwrap_or_default();
            of_person.iter().zip(1..).map(move |((person_id, name), nth)| Ok((*person_id, *name, before + nth)))
        });
        self.first.reserve(seen.len());
        let batches = segment::batches(names).map(|names| {
            let names = names?;
            for (person_id, name, ordinal) in &names {
                self.recall(*name, Bearer { person_id: *person_id, ordinal: *ordinal });
                self.remember_key(*name, link_key);
            }
            self.table(&names)
        });
        let segment = segment::keep(&folder(vault), PREFIX, &schema(), batches, WHAT)?;
        self.segments.push(segment);
        Ok(())
    }

    /// Whether anybody bears a name.
    pub(crate) fn knows(&self, name: &Token) -> bool {
        self.bearers(name).next().is_some()
    }

    /// Keeps every name under the token that the next hub key makes of it; `None` where there is none. A name that no
    /// delivery gives any more is dropped.
    pub(crate) fn rename(
        &self,
        vault: &Path,
        next: impl Fn(&Token) -> Option<Token>,
    ) -> Result<Option<String>, RunError> {
        let mut names = Vec::new();
        let mut renamed = Self::default();
        for (name, bearer) in self.all() {
            if let Some(next) = next(name) {
                renamed.remember_key(next, self.key_of(name));
                names.push((bearer.person_id, next, bearer.ordinal));
            }
        }
        if names.is_empty() {
            return Ok(None);
        }
        names.sort_unstable();
        let batches = segment::batches(names.into_iter().map(Ok)).map(|names| renamed.table(&names?));
        segment::keep(&folder(vault), PREFIX, &schema(), batches, WHAT).map(Some)
    }

    /// Who bears a name, in order of first sight.
    fn bearers(&self, name: &Token) -> impl Iterator<Item = Bearer> {
        let first = self.first.get(name).copied().map(first_name);
        let further = move || self.further.get(name).into_iter().flatten().copied();
        first.into_iter().chain(std::iter::once_with(further).flatten())
    }

    /// Every name with each of its bearers, in no order.
    fn all(&self) -> impl Iterator<Item = (&Token, Bearer)> {
        let first = self.first.iter().map(|(name, person_id)| (name, first_name(*person_id)));
        let further = self.further.iter();
        first.chain(further.flat_map(|(name, bearers)| bearers.iter().map(move |bearer| (name, *bearer))))
    }

    /// Rows of a segment.
    fn table(&self, names: &[Named]) -> Result<RecordBatch, RunError> {
        let tokens = FixedSizeBinaryArray::try_from_iter(names.iter().map(|(_, name, _)| name));
        let tokens = tokens.map_err(RunError::arrow(WHAT))?;
        let people = names.iter().map(|(person_id, _, _)| *person_id).collect::<Int64Array>();
        let ordinals = names.iter().map(|(_, _, ordinal)| *ordinal).collect::<Int32Array>();
        let link_keys = StringArray::from_iter_values(names.iter().map(|(_, name, _)| self.key_of(name)));
        let columns: Vec<ArrayRef> = vec![Arc::new(tokens), Arc::new(people), Arc::new(ordinals), Arc::new(link_keys)];
        RecordBatch::try_new(schema(), columns).map_err(RunError::arrow(WHAT))
    }

    /// How many names under a link key the people of `seen`, which is in order, have already; nobody who has none.
    fn last_ordinals(&self, seen: &[(i64, Token)], link_key: &str) -> BTreeMap<i64, i32> {
        let mut last = BTreeMap::new();
        for (_, bearer) in self.all().filter(|(name, _)| self.key_of(name) == link_key) {
            if seen.binary_search_by_key(&bearer.person_id, |(person_id, _)| *person_id).is_ok() {
                let ordinal = last.entry(bearer.person_id).or_default();
                *ordinal = bearer.ordinal.max(*ordinal);
            }
        }
        last
    }

    /// The check value of the link key that made a name token.
    fn key_of(&self, name: &Token) -> &str {
        let at = self.further_keys.get(name).copied().unwrap_or_default();
        self.link_keys.get(at).map_or("", String::as_str)
    }

    fn remember_key(&mut self, name: Token, link_key: &str) {
        let at = self.link_keys.iter().position(|known| known == link_key).unwrap_or_else(|| {
            self.link_keys.push(link_key.to_owned());
            self.link_keys.len() - 1
        });
        // Most names are of the first key.
        if at > 0 {
            self.further_keys.insert(name, at);
        }
    }

    fn recall(&mut self, name: Token, bearer: Bearer) {
        if let Some(bearers) = self.further.get_mut(&name) {
            bearers.push(bearer);
        } else if bearer == first_name(bearer.person_id) && self.first.get(&name).is_none() {
            self.first.insert(name, bearer.person_id);
        } else {
            self.further.insert(name, vec![bearer]);
        }
    }

    fn read(&mut self, path: &Path) -> Result<(), RunError> {
        let file = File::open(path).map_err(RunError::io("read", path))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(RunError::parquet(WHAT))?;
        self.first.reserve(usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default());
        for batch in builder.build().map_err(RunError::parquet(WHAT))? {
            let batch = batch.map_err(RunError::arrow(WHAT))?;
            let names = batch.column(0).as_any().downcast_ref::<FixedSizeBinaryArray>();
            let people = batch.column(1).as_any().downcast_ref::<Int64Array>();
            let ordinals = batch.column(2).as_any().downcast_ref::<Int32Array>();
            let keys = batch.column(3).as_any().downcast_ref::<StringArray>();
            let (Some(names), Some(people), Some(ordinals), Some(keys)) = (names, people, ordinals, keys) else {
                continue;
            };
            for (((name, person_id), ordinal), key) in names.iter().zip(people).zip(ordinals).zip(keys) {
                if let (Some(Ok(name)), Some(person_id), Some(ordinal), Some(key)) =
                    (name.map(Token::try_from), person_id, ordinal, key)
                {
                    self.recall(name, Bearer { person_id, ordinal });
                    self.remember_key(name, key);
                }
            }
        }
        Ok(())
    }
}

/// A person, a name and its ordinal.
type Named = (i64, Token, i32);

/// Where the segments lie.
pub(crate) fn folder(vault: &Path) -> PathBuf {
    vault.join(FOLDER)
}

fn first_name(person_id: i64) -> Bearer {
    Bearer { person_id, ordinal: 1 }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("hub_name_token", DataType::FixedSizeBinary(32), false),
        Field::new("person_id", DataType::Int64, false),
        Field::new("ordinal", DataType::Int32, false),
        Field::new("link_key", DataType::Utf8, false),
    ]))
}
