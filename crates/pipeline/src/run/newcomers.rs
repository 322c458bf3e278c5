//! People, names and households that the spines do not know yet.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::path::Path;

use yilian_token::{Label, Token, Tokeniser};

use super::RunError;
use super::bridge::Bridge;
use super::spine::{TokenHasher, TokenSet};
use super::stage::SeenTokens;
use super::staging::Desk;

/// Who is in the waiting deliveries and not in the spines.
#[derive(Default)]
pub(crate) struct Newcomers {
    /// What was looked at already, as the link key made it: most people stand in many deliveries under one name, and a
    /// look here is cheaper than hashing them again.
    looked_at: LookedAt,
    /// Hub tokens of people who are new or bear a new name, each with the first of those names.
    people: HashMap<Token, Option<Token>, BuildHasherDefault<TokenHasher>>,
    /// Hub tokens of people with further new names.
    further_names: BTreeSet<(Token, Token)>,
    households: TokenSet,
}

#[derive(Default)]
struct LookedAt {
    persons: HashSet<(Token, Option<Token>), BuildHasherDefault<TokenHasher>>,
    households: TokenSet,
}

impl Newcomers {
    /// How many people there are.
    pub(crate) fn people(&self) -> usize {
        self.people.len()
    }

    /// Adds who is in one delivery.
    ///
    /// # Errors
    /// [`RunError`] where the hub key is none of use `hub`.
    pub(crate) fn add(&mut self, seen: SeenTokens, desk: &Desk) -> Result<(), RunError> {
        let [person_hash, name_hash, household_hash] =
            [Label::HubPerson, Label::HubName, Label::HubHousehold].map(|label| desk.hub_key.tokeniser(label));
        let (person_hash, name_hash, household_hash) = (person_hash?, name_hash?, household_hash?);
        for (person, name) in seen.persons {
            if self.looked_at.persons.insert((person, name)) {
                self.add_person(person_hash.of_token(&person), name.map(|name| name_hash.of_token(&name)), desk);
            }
        }
        for household in seen.households {
            if self.looked_at.households.insert(household) {
                let household = household_hash.of_token(&household);
                if desk.households.id(&household).is_none() {
                    self.households.insert(household);
                }
            }
        }
        Ok(())
    }

    /// Forgets what was looked at: a million people take a hundred megabytes.
    pub(crate) fn finish(&mut self) {
        self.looked_at = LookedAt::default();
    }

    fn add_person(&mut self, person: Token, name: Option<Token>, desk: &Desk) {
        let known = desk.persons.id(&person);
        if known.is_some_and(|person_id| name.is_none_or(|name| desk.names.ordinal(person_id, &name).is_some())) {
            return;
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
