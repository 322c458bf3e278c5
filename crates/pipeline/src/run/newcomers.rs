//! People, names and households that the spines do not know yet.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasherDefault;
use std::path::Path;

use yilian_token::{Token, Tokeniser};

use super::RunError;
use super::bridge::Bridge;
use super::spine::{TokenHasher, TokenSet};
use super::stage::SeenTokens;
use super::staging::Desk;

/// Who is in the waiting deliveries and not in the spines.
#[derive(Default)]
pub(crate) struct Newcomers {
    /// Hub tokens of people who are new or bear a new name, each with the first of those names.
    people: HashMap<Token, Option<Token>, BuildHasherDefault<TokenHasher>>,
    /// Hub tokens of people with further new names.
    further_names: BTreeSet<(Token, Token)>,
    households: TokenSet,
}

impl Newcomers {
    /// How many people there are.
    pub(crate) fn people(&self) -> usize {
        self.people.len()
    }

    /// Adds who is in one delivery.
    pub(crate) fn add(&mut self, seen: SeenTokens, desk: &Desk) {
        for (person, name) in seen.persons {
            let known = desk.persons.id(&person);
            if known.is_some_and(|person_id| name.is_none_or(|name| desk.names.ordinal(person_id, &name).is_some())) {
                continue;
            }
            let first = self.people.entry(person).or_insert(name);
            match (&first, name) {
                (None, Some(_)) => *first = name,
                (Some(first), Some(name)) if *first != name => {
                    self.further_names.insert((person, name));
                }
                _ => {}
            }
        }
        self.households.extend(seen.households.into_iter().filter(|token| desk.households.id(token).is_none()));
    }

    /// Names that people bear, each with the person's hub token.
    fn names(self) -> impl Iterator<Item = (Token, Token)> {
        let first = self.people.into_iter().filter_map(|(person, name)| Some((person, name?)));
        first.chain(self.further_names)
    }
}

/// Gives everybody a number and every name an ordinal; the newcomers stand by the check value of their link key.
pub(crate) fn number(
    newcomers: BTreeMap<String, Newcomers>,
    desk: &mut Desk,
    vault: &Path,
    (bridge, record_key): (&Bridge, &Tokeniser<'_>),
) -> Result<(), RunError> {
    let people =
        newcomers.values().flat_map(|new| new.people.keys()).filter(|person| desk.persons.id(person).is_none());
    let people: TokenSet = people.copied().collect();
    let households: TokenSet = newcomers.values().flat_map(|new| &new.households).copied().collect();
    desk.persons.extend(vault, people, bridge, Some(record_key))?;
    desk.households.extend(vault, households, &Bridge::default(), None)?;
    for (link_key, new) in newcomers {
        let names = new.names().filter_map(|(person, name)| Some((desk.persons.id(&person)?, name))).collect();
        desk.names.extend(vault, &link_key, names)?;
    }
    Ok(())
}
