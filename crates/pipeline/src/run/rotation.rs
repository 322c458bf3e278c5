//! The change of the hub key: every number of the spine passes to the token that the next key makes.
//!
//! Hub tokens cannot be computed from hub tokens. The link tokens stand in the retained deliveries alone, superseded ones
//! included; `prune` keeps of every person the last one.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use yilian_delivery::Identity;
use yilian_token::{Key, Label, Token, Tokeniser};

use super::name_spine::NameSpine;
use super::spine::{Entry, Spine, Subject, entries, keep};
use super::stage::for_each_row;
use super::token_map::{TokenMap, TokenSet};
use super::tombstones::Tombstones;
use super::{Night, RunError};
use crate::progress::Progress;
use crate::receive::{all_deliveries, open_accepted};

/// Old hub token to next hub token.
type Renamed = TokenMap<Token>;

/// Columns of a delivery whose tokens a spine numbers.
pub(crate) const PERSONS: [&str; 3] = ["person_token", "old_token", "new_token"];
pub(crate) const HOUSEHOLDS: [&str; 1] = ["household_token"];
const NAMES: &str = "name_token";

/// The segments of the spine that the run found, under the hub key of the run.
///
/// Where the key does not change these are the segments of the last publication; else new ones that give every token of
/// the next key the number and the record key of the old one.
///
/// # Errors
/// [`RunError::TokensLost`] if a person or household of the spine stands in no retained delivery.
pub(crate) async fn spine_of(
    night: &Night<'_>,
    identity: &Arc<Identity>,
    progress: &dyn Progress,
) -> Result<Vec<String>, RunError> {
    let found = &night.inputs.spine;
    let Some(former) = &night.keys.former else { return Ok(found.clone()) };
    let vault = night.site.vault();
    let tombstones = Tombstones::load(&vault, found)?;
    let known = Arc::new(Known {
        erased: tombstones.tokens().collect(),
        tombstones,
        persons: Spine::load(Subject::Person, &vault, found)?,
        households: Spine::load(Subject::Household, &vault, found)?,
        names: NameSpine::load(&vault, found)?,
    });
    let renamed = look(night, former, (&known, identity), progress).await?;
    let (persons, lost_persons) = under_next_key(entries(Subject::Person, &vault, found)?, &renamed.persons);
    let (households, lost_households) =
        under_next_key(entries(Subject::Household, &vault, found)?, &renamed.households);
    let next_token = |token: &Token| renamed.persons.get(token).copied();
    let tombstones = known.tombstones.rename(&vault, next_token)?;
    let lost_tombstones = tombstones.as_ref().err().copied().unwrap_or_default();
    if lost_persons + lost_households + lost_tombstones > 0 {
        return Err(RunError::TokensLost { persons: lost_persons + lost_tombstones, households: lost_households });
    }
    let mut segments = Vec::new();
    for (subject, entries) in [(Subject::Person, persons), (Subject::Household, households)] {
        if !entries.is_empty() {
            segments.push(keep(subject, &vault, entries)?);
        }
    }
    segments.extend(tombstones.ok().flatten());
    segments.extend(known.names.rename(&vault, |name| renamed.names.get(name).copied())?);
    Ok(segments)
}

/// The numbers under the old key.
struct Known {
    persons: Spine,
    households: Spine,
    names: NameSpine,
    tombstones: Tombstones,
    /// Tokens of the tombstones.
    erased: TokenSet,
}

/// What the retained deliveries say about known tokens.
#[derive(Default)]
struct Seen {
    persons: Renamed,
    households: Renamed,
    names: Renamed,
}

async fn look(
    night: &Night<'_>,
    former: &Arc<Key>,
    (known, identity): (&Arc<Known>, &Arc<Identity>),
    progress: &dyn Progress,
) -> Result<Seen, RunError> {
    let deliveries = all_deliveries(night.site.store()).await?;
    progress.start("hash everybody with the next hub key", Some(deliveries.len() as u64));
    let mut looking = futures::stream::iter(&deliveries)
        .map(|delivery| {
            let (known, former, next) = (Arc::clone(known), Arc::clone(former), Arc::clone(&night.keys.hub));
            let opening = open_accepted(night.site, delivery, identity);
            async move {
                let opened = opening.await?;
                tokio::task::spawn_blocking(move || seen(opened.data(), &known, (&former, &next)))
                    .await
                    .map_err(|_| RunError::Interrupted)?
            }
        })
        .buffer_unordered(night.options.threads.max(1));
    let mut all = Seen::default();
    while let Some(seen) = looking.next().await {
        let seen = seen?;
        all.persons.extend(pairs(&seen.persons));
        all.households.extend(pairs(&seen.households));
        all.names.extend(pairs(&seen.names));
        progress.advance(1);
    }
    progress.finish(&format!("{} tokens", all.persons.len() + all.households.len()));
    Ok(all)
}

fn seen(data: &Bytes, known: &Known, (former, next): (&Key, &Key)) -> Result<Seen, RunError> {
    let mut seen = Seen::default();
    let (old, new) = (former.tokeniser(Label::HubPerson)?, next.tokeniser(Label::HubPerson)?);
    for column in PERSONS {
        rename(
            data,
            column,
            (&old, &new),
            (|token| known.persons.id(token).is_some() || known.erased.contains(token), &mut seen.persons),
        )?;
    }
    let (old, new) = (former.tokeniser(Label::HubHousehold)?, next.tokeniser(Label::HubHousehold)?);
    for column in HOUSEHOLDS {
        rename(data, column, (&old, &new), (|token| known.households.id(token).is_some(), &mut seen.households))?;
    }
    let (old, new) = (former.tokeniser(Label::HubName)?, next.tokeniser(Label::HubName)?);
    rename(data, NAMES, (&old, &new), (|token| known.names.knows(token), &mut seen.names))?;
    Ok(seen)
}

fn rename(
    data: &Bytes,
    column: &str,
    (old, new): (&Tokeniser<'_>, &Tokeniser<'_>),
    (is_known, renamed): (impl Fn(&Token) -> bool, &mut Renamed),
) -> Result<(), RunError> {
    let mut last = None;
    for_each_row(data, [column], |[token]| {
        // The rows of a person stand together.
        if let Some(link_token) = token.filter(|token| Some(*token) != last) {
            last = Some(link_token);
            let hub_token = old.of_token(&link_token);
            if is_known(&hub_token) && renamed.get(&hub_token).is_none() {
                renamed.insert(hub_token, new.of_token(&link_token));
            }
        }
    })
    .map(drop)
}

/// The entries with the tokens of the next key, and of how many people or households a token was not found.
///
/// A person with several tokens must keep all of them: the next delivery may carry any.
fn under_next_key(mut entries: Vec<Entry>, renamed: &Renamed) -> (Vec<Entry>, usize) {
    let mut lost = BTreeSet::new();
    entries.retain_mut(|entry| {
        let next = renamed.get(&entry.token);
        if let Some(token) = next {
            entry.token = *token;
        } else {
            lost.insert(entry.id);
        }
        next.is_some()
    });
    (entries, lost.len())
}

fn pairs(renamed: &Renamed) -> impl Iterator<Item = (Token, Token)> {
    renamed.iter().map(|(old, next)| (*old, *next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(token: u8, id: i64) -> Entry {
        Entry { token: [token; 32], id, record_key: Some([9; 32]) }
    }

    fn renamed<const N: usize>(pairs: [(Token, Token); N]) -> Renamed {
        let mut renamed = Renamed::default();
        renamed.extend(pairs);
        renamed
    }

    #[test]
    fn a_person_keeps_number_and_record_key_under_every_token() {
        let renamed = renamed([([1; 32], [11; 32]), ([2; 32], [12; 32]), ([3; 32], [13; 32])]);
        let (next, lost) = under_next_key(vec![entry(1, 7), entry(2, 7), entry(3, 8)], &renamed);
        assert_eq!(next, [entry(11, 7), entry(12, 7), entry(13, 8)]);
        assert_eq!(lost, 0);
    }

    #[test]
    fn a_person_of_whom_a_token_is_delivered_no_more_is_counted_once_as_lost() {
        let renamed = renamed([([3; 32], [13; 32])]);
        let (_, lost) = under_next_key(vec![entry(1, 7), entry(2, 7), entry(3, 8)], &renamed);
        assert_eq!(lost, 1);
    }
}
