//! Who is in the waiting deliveries: everybody once with every name, every household once, and which of them each row is
//! about.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hash};
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use bytes::Bytes;
use yilian_delivery::CanaryRows;
use yilian_token::{Key, Label, Token, Tokeniser};

use super::RunError;
use super::bridge::Bridge;
use super::spine::TokenHasher;
use super::stage::{NOBODY, Named, Neighbours, Numbers, households_of, people_of};
use super::staging::Desk;

/// Who was met in the deliveries of one link key.
#[derive(Default)]
pub(crate) struct Seen {
    people: RwLock<Met<Named>>,
    households: RwLock<Met<Token>>,
}

/// Of each row of a delivery, the place of its person and of its household among those seen; `None` for a list whose
/// column is not delivered.
pub(crate) struct SeenRows {
    people: Option<Vec<u32>>,
    households: Option<Vec<u32>>,
    /// Its rows of canaries, whom nobody has met.
    canaries: CanaryRows,
}

/// Everything of one kind that was met.
struct Met<Link> {
    /// What the link key made, with its place in the list. Most people stand in many deliveries under one name, and a look
    /// here is cheaper than hashing them again.
    places: HashMap<Link, u32, BuildHasherDefault<TokenHasher>>,
    /// What the hub key makes of it.
    hub: Vec<Link>,
}

impl<Link> Default for Met<Link> {
    fn default() -> Self {
        Self { places: HashMap::default(), hub: Vec::new() }
    }
}

/// The number of everybody who was seen, by place.
pub(crate) struct Numbered {
    /// A person, and which of the person's names it was.
    people: Vec<(i64, Option<i32>)>,
    households: Vec<i64>,
}

impl Seen {
    /// Adds who is in one delivery, apart from `canaries`; several may be added side by side.
    ///
    /// # Errors
    /// [`RunError`] where the hub key is none of use `hub` or the delivery cannot be read.
    pub(crate) fn add(&self, data: &Bytes, mut canaries: CanaryRows, hub_key: &Key) -> Result<SeenRows, RunError> {
        let person = hub_key.tokeniser(Label::HubPerson)?;
        let name = hub_key.tokeniser(Label::HubName)?;
        let household = hub_key.tokeniser(Label::HubHousehold)?;
        let hub_named = |(person_link, name_link): &Named| {
            (person.of_token(person_link), name_link.map(|link| name.of_token(&link)))
        };
        let people = people_of(data, &mut canaries)?;
        let households = households_of(data, &canaries)?;
        Ok(SeenRows {
            people: people.map(|people| places(&self.people, people, hub_named)),
            households: households
                .map(|households| places(&self.households, households, |link| household.of_token(link))),
            canaries,
        })
    }
}

/// The place of what each row is about among all that was met, with what is met for the first time.
fn places<Link: Copy + Eq + Hash>(
    met: &RwLock<Met<Link>>,
    neighbours: Neighbours<Link>,
    hub: impl Fn(&Link) -> Link,
) -> Vec<u32> {
    let Neighbours { links, mut of_rows } = neighbours;
    let mut places: Vec<u32> = {
        let known = met.read().unwrap_or_else(PoisonError::into_inner);
        links.iter().map(|link| known.places.get(link).copied().unwrap_or(NOBODY)).collect()
    };
    // Hashed before the others are kept from looking.
    let new: Vec<(&mut u32, &Link, Link)> = places
        .iter_mut()
        .zip(&links)
        .filter(|(place, _)| **place == NOBODY)
        .map(|(place, link)| (place, link, hub(link)))
        .collect();
    let mut known = met.write().unwrap_or_else(PoisonError::into_inner);
    let Met { places: by_link, hub: list } = &mut *known;
    for (place, link, hub) in new {
        *place = *by_link.entry(*link).or_insert_with(|| {
            list.push(hub);
            u32::try_from(list.len() - 1).unwrap_or(NOBODY)
        });
    }
    drop(known);
    for row in &mut of_rows {
        *row = at(*row).and_then(|neighbour| places.get(neighbour).copied()).unwrap_or(NOBODY);
    }
    of_rows
}

/// Gives everybody a number and every name an ordinal; those seen, and their numbers, stand by the check value of their
/// link key.
pub(crate) fn number(
    seen: BTreeMap<String, Seen>,
    desk: &mut Desk,
    vault: &Path,
    (bridge, record_key): (&Bridge, &Tokeniser<'_>),
) -> Result<BTreeMap<String, Numbered>, RunError> {
    let seen: BTreeMap<String, (Vec<Named>, Vec<Token>)> = seen
        .into_iter()
        .map(|(link_key, seen)| (link_key, (hub_tokens(seen.people), hub_tokens(seen.households))))
        .collect();
    let people = seen.values().flat_map(|(people, _)| people.iter().map(|(person, _)| *person));
    desk.persons.extend(vault, people, bridge, Some(record_key))?;
    let households = seen.values().flat_map(|(_, households)| households.iter().copied());
    desk.households.extend(vault, households, &Bridge::default(), None)?;
    let mut numbered = BTreeMap::new();
    for (link_key, (people, households)) in seen {
        let names = people.iter().filter_map(|(person, name)| Some((desk.persons.id(person)?, (*name)?)));
        desk.names.extend(vault, &link_key, names.collect())?;
        let number = |(person, name): &Named| {
            let person_id = desk.persons.id(person)?;
            Some((person_id, name.and_then(|name| desk.names.ordinal(person_id, &name))))
        };
        let people: Option<Vec<_>> = people.iter().map(number).collect();
        let households: Option<Vec<_>> = households.iter().map(|household| desk.households.id(household)).collect();
        let (Some(people), Some(households)) = (people, households) else {
            return Err(RunError::Unreadable { what: "the numbers of people just seen" });
        };
        numbered.insert(link_key, Numbered { people, households });
    }
    Ok(numbered)
}

fn hub_tokens<Link>(met: RwLock<Met<Link>>) -> Vec<Link> {
    met.into_inner().unwrap_or_else(PoisonError::into_inner).hub
}

impl SeenRows {
    /// The rows of the delivery's canaries.
    pub(crate) fn canaries(&self) -> &CanaryRows {
        &self.canaries
    }

    /// What stands in the staged rows for their tokens.
    pub(crate) fn numbers(&self, numbered: &Numbered) -> Numbers {
        let person = |place: &u32| at(*place).and_then(|place| numbered.people.get(place).copied());
        let household = |place: &u32| at(*place).and_then(|place| numbered.households.get(place).copied());
        let people = self.people.as_deref();
        Numbers {
            persons: people.map(|rows| rows.iter().map(|place| person(place).map(|(id, _)| id)).collect()),
            name_ordinals: people
                .map(|rows| rows.iter().map(|place| person(place).and_then(|(_, name)| name)).collect()),
            households: self.households.as_deref().map(|rows| rows.iter().map(household).collect()),
            canaries: self.canaries.rows().to_vec(),
        }
    }
}

fn at(place: u32) -> Option<usize> {
    usize::try_from(place).ok().filter(|_| place != NOBODY)
}
