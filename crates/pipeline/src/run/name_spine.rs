//! The name spine: which people bore which name token, kept in the vault and only ever added to (`design.md` 5.3).
//!
//! It is learnt from rows that carry an ID number beside the name, and serves rows that carry a name alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::hash::BuildHasherDefault;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, FixedSizeBinaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_token::Token;

use super::RunError;
use super::segment;
use super::token_map::TokenHasher;

const FOLDER: &str = "name_spine";
const PREFIX: &str = "name-";

/// A person who bears a name, and the how manyth of that person's names it is: 1, 2, 3, … in order of first sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) person_id: i64,
    pub(crate) ordinal: i32,
}

#[derive(Debug)]
enum Bearers {
    One(Bearer),
    Several(Vec<Bearer>),
}

impl Bearers {
    fn all(&self) -> &[Bearer] {
        match self {
            Self::One(bearer) => std::slice::from_ref(bearer),
            Self::Several(bearers) => bearers,
        }
    }
}

/// Everybody's names so far.
#[derive(Debug, Default)]
pub(crate) struct NameSpine {
    bearers: HashMap<Token, Bearers, BuildHasherDefault<TokenHasher>>,
    segments: Vec<String>,
    /// Check values of the link keys that made the tokens.
    link_keys: Vec<String>,
    /// Of names that another link key than the first made, its place in the list.
    further_keys: HashMap<Token, usize, BuildHasherDefault<TokenHasher>>,
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
        let bearers = self.bearers.get(name)?.all();
        bearers.iter().find(|bearer| bearer.person_id == person_id).map(|bearer| bearer.ordinal)
    }

    /// The one person who bears a name; `None` if nobody does or more than one person.
    pub(crate) fn only_bearer(&self, name: &Token) -> Option<Bearer> {
        match self.bearers.get(name)?.all() {
            [bearer] => Some(*bearer),
            _ => None,
        }
    }

    /// Every name of each person who has more than one, in order of person and ordinal.
    pub(crate) fn of_people_with_several(&self) -> Vec<Bearer> {
        let all = || self.bearers.values().flat_map(Bearers::all);
        let several: BTreeSet<i64> = all().filter(|bearer| bearer.ordinal > 1).map(|bearer| bearer.person_id).collect();
        let mut names: Vec<Bearer> = all().filter(|bearer| several.contains(&bearer.person_id)).copied().collect();
        names.sort_unstable_by_key(|bearer| (bearer.person_id, bearer.ordinal));
        names.dedup();
        names
    }

    /// Every two people who bear one name, the lower id first, in order; with the ordinals of that name, of several the
    /// lowest ones.
    pub(crate) fn namesakes(&self) -> BTreeMap<(i64, i64), (i32, i32)> {
        let mut pairs = BTreeMap::new();
        for bearers in self.bearers.values().map(Bearers::all).filter(|bearers| bearers.len() > 1) {
            let people: BTreeMap<i64, i32> = bearers.iter().map(|bearer| (bearer.person_id, bearer.ordinal)).collect();
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
        let mut names = Vec::with_capacity(seen.len());
        for of_person in seen.chunk_by(|(one, _), (other, _)| one == other) {
            for ((person_id, name), nth) in of_person.iter().zip(1..) {
                let ordinal = last.get(person_id).copied().unwrap_or_default() + nth;
                self.recall(*name, Bearer { person_id: *person_id, ordinal });
                self.remember_key(*name, link_key);
                names.push((*person_id, *name, ordinal));
            }
        }
        self.segments.push(self.keep(vault, names)?);
        Ok(())
    }

    /// Whether anybody bears a name.
    pub(crate) fn knows(&self, name: &Token) -> bool {
        self.bearers.contains_key(name)
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
        for (name, bearers) in &self.bearers {
            let link_key = self.key_of(name);
            if let Some(name) = next(name) {
                renamed.remember_key(name, link_key);
                names.extend(bearers.all().iter().map(|bearer| (bearer.person_id, name, bearer.ordinal)));
            }
        }
        if names.is_empty() { Ok(None) } else { renamed.keep(vault, names).map(Some) }
    }

    /// How many names under a link key the people of `seen`, which is in order, have already; nobody who has none.
    fn last_ordinals(&self, seen: &[(i64, Token)], link_key: &str) -> BTreeMap<i64, i32> {
        let mut last = BTreeMap::new();
        let under_key = self.bearers.iter().filter(|(name, _)| self.key_of(name) == link_key);
        for bearer in under_key.flat_map(|(_, bearers)| bearers.all()) {
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

    /// Keeps names as one segment of the vault, in order; gives its name, which is made of its content.
    fn keep(&self, vault: &Path, mut names: Vec<Named>) -> Result<String, RunError> {
        names.sort_unstable();
        let keys: Vec<&str> = names.iter().map(|(_, name, _)| self.key_of(name)).collect();
        let rows = table(&names, &keys)?;
        segment::keep(&folder(vault), PREFIX, &rows.schema(), std::iter::once(Ok(rows)), "name spine")
    }

    fn recall(&mut self, name: Token, bearer: Bearer) {
        self.bearers
            .entry(name)
            .and_modify(|bearers| *bearers = Bearers::Several([bearers.all(), &[bearer]].concat()))
            .or_insert(Bearers::One(bearer));
    }

    fn read(&mut self, path: &Path) -> Result<(), RunError> {
        let file = File::open(path).map_err(RunError::io("read", path))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(RunError::parquet("name spine"))?;
        for batch in reader {
            let batch = batch.map_err(RunError::arrow("name spine"))?;
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

fn table(names: &[Named], link_keys: &[&str]) -> Result<RecordBatch, RunError> {
    let schema = Arc::new(Schema::new(vec![
        Field::new("hub_name_token", DataType::FixedSizeBinary(32), false),
        Field::new("person_id", DataType::Int64, false),
        Field::new("ordinal", DataType::Int32, false),
        Field::new("link_key", DataType::Utf8, false),
    ]));
    let tokens = FixedSizeBinaryArray::try_from_iter(names.iter().map(|(_, name, _)| name));
    let tokens = tokens.map_err(RunError::arrow("name spine"))?;
    let people = names.iter().map(|(person_id, _, _)| *person_id).collect::<Int64Array>();
    let ordinals = names.iter().map(|(_, _, ordinal)| *ordinal).collect::<Int32Array>();
    RecordBatch::try_new(
        schema,
        vec![
            Arc::new(tokens),
            Arc::new(people),
            Arc::new(ordinals),
            Arc::new(StringArray::from_iter_values(link_keys)),
        ],
    )
    .map_err(RunError::arrow("name spine"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let several: Vec<_> =
            spine.of_people_with_several().iter().map(|name| (name.person_id, name.ordinal)).collect();
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
}
