//! Who is in the waiting deliveries: everybody once with every name, every household once, and which of them each row is
//! about.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use yilian_delivery::CanaryRows;
use yilian_token::{Key, Label, Token, Tokeniser};

use super::RunError;
use super::bridge::Bridge;
use super::met::{Met, NOTHING};
use super::name_spine::NameSpine;
use super::places::{Places, PlacesReader, PlacesWriter};
use super::stage::{DeliveredRows, tokens_of};
use super::staging::Desk;
use super::threads::made_of_each;
use super::token_map::TokenKey;

const PERSON: &str = "person_token";
const NAME: &str = "name_token";
const HOUSEHOLD: &str = "household_token";

/// A person with a name they are given; `None` for a row that gives none.
type Named = (Token, Option<Token>);

impl TokenKey for Named {
    fn hash(&self) -> u64 {
        let (person, name) = self;
        person.hash() ^ name.as_ref().map_or(0, TokenKey::hash)
    }
}

/// Who was met in the deliveries of one link key.
#[derive(Default)]
pub(crate) struct Seen {
    people: RwLock<Met<Named>>,
    households: RwLock<Met<Token>>,
}

/// Of each row of a delivery, the place of its person and of its household among those seen; `None` for a list whose
/// column is not delivered.
pub(crate) struct SeenRows {
    people: Option<Places>,
    households: Option<Places>,
    /// Its rows of canaries, whom nobody has met.
    canaries: CanaryRows,
    /// Whether a row is about nobody whose number is known, and is not a canary's.
    has_unnumbered: bool,
}

/// A person, and which of the person's names it was.
pub(crate) type NumberedPerson = (i64, Option<i32>);

/// The number of everybody who was seen, by place.
pub(crate) struct Numbered {
    people: Vec<NumberedPerson>,
    households: Vec<i64>,
}

/// What stands in some staged rows for their tokens, by row; `None` for a list whose column is not delivered.
pub(crate) struct Numbers {
    pub(crate) people: Option<Vec<Option<NumberedPerson>>>,
    pub(crate) households: Option<Vec<Option<i64>>>,
}

impl Seen {
    /// Adds who is in one delivery, apart from `canaries`, and notes below `folder` where each row's people are found again;
    /// several deliveries may be added side by side.
    pub(crate) fn add(
        &self,
        delivered: &mut DeliveredRows,
        mut canaries: CanaryRows,
        folder: &Path,
    ) -> Result<SeenRows, RunError> {
        let list = |column: &str| {
            let is_there = delivered.schema().index_of(column).is_ok();
            is_there.then(|| PlacesWriter::begin(&folder.join(column))).transpose()
        };
        let (mut people, mut households) = (list(PERSON)?, list(HOUSEHOLD)?);
        let (mut next, mut unnumbered) = (0, 0);
        delivered.glance(&[PERSON, NAME, HOUSEHOLD], |batch| {
            let mut is_canary = vec![false; batch.num_rows()];
            if let Some(list) = &mut people {
                let named = tokens_of(&batch, PERSON).zip(tokens_of(&batch, NAME)).zip(&mut is_canary).zip(next..);
                let named = named.map(|(((person, name), is_canary), row)| {
                    *is_canary = canaries.recognise(row, person.as_ref().map(<[u8; 32]>::as_slice));
                    person.filter(|_| !*is_canary).map(|person| (person, name))
                });
                let places = places(&self.people, named);
                unnumbered += places.iter().filter(|place| **place == NOTHING).count();
                list.append(&places)?;
            }
            if let Some(list) = &mut households {
                let others = tokens_of(&batch, HOUSEHOLD).zip(&is_canary);
                let others = others.map(|(household, is_canary)| household.filter(|_| !is_canary));
                list.append(&places(&self.households, others))?;
            }
            next += u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
            Ok(())
        })?;
        Ok(SeenRows {
            people: people.map(PlacesWriter::finish).transpose()?,
            households: households.map(PlacesWriter::finish).transpose()?,
            has_unnumbered: unnumbered > canaries.rows().len(),
            canaries,
        })
    }
}

/// The place of what each row is about among all that was met, with what is met for the first time.
fn places<L: TokenKey + Send>(met: &RwLock<Met<L>>, of_rows: impl Iterator<Item = Option<L>>) -> Vec<u32> {
    // Neighbouring rows are often about the same: they are looked up once.
    let mut links: Vec<L> = Vec::new();
    let neighbours = of_rows.map(|link| {
        let link = link?;
        if links.last() != Some(&link) {
            links.push(link);
        }
        Some(links.len() - 1)
    });
    let neighbours: Vec<Option<usize>> = neighbours.collect();
    let known = met.read().unwrap_or_else(PoisonError::into_inner);
    let mut places: Vec<u32> = links.iter().map(|link| known.place(link)).collect();
    drop(known);
    if places.contains(&NOTHING) {
        let mut known = met.write().unwrap_or_else(PoisonError::into_inner);
        let new = places.iter_mut().zip(&links).filter(|(place, _)| **place == NOTHING);
        new.for_each(|(place, link)| *place = known.meet(*link));
    }
    let place = |neighbour: Option<usize>| neighbour.and_then(|neighbour| places.get(neighbour).copied());
    neighbours.into_iter().map(|neighbour| place(neighbour).unwrap_or(NOTHING)).collect()
}

/// Gives everybody a number and every name an ordinal, by the tokens that the hub key makes on so many threads; those seen,
/// and their numbers, stand by the check value of their link key.
///
/// # Errors
/// [`RunError`] where the hub key is none of use `hub` or the vault cannot be written.
pub(crate) fn number(
    seen: BTreeMap<String, Seen>,
    desk: &mut Desk,
    vault: &Path,
    (bridge, record_key): (&Bridge, &Tokeniser<'_>),
    (hub_key, threads): (&Key, usize),
) -> Result<BTreeMap<String, Numbered>, RunError> {
    let person = hub_key.tokeniser(Label::HubPerson)?;
    let name = hub_key.tokeniser(Label::HubName)?;
    let household = hub_key.tokeniser(Label::HubHousehold)?;
    let hub_tokens = |(of, under): &Named| (person.of_token(of), under.map(|under| name.of_token(&under)));
    let mut under_hub_key = BTreeMap::new();
    for (link_key, Seen { people, households }) in seen {
        let people = people.into_inner().unwrap_or_else(PoisonError::into_inner).changed(threads, hub_tokens);
        let households = households.into_inner().unwrap_or_else(PoisonError::into_inner);
        let households = households.changed(threads, |of| household.of_token(of));
        under_hub_key.insert(link_key, (people, households));
    }
    let mut new = Vec::new();
    for (people, _) in under_hub_key.values() {
        let known = made_of_each(people, threads, |(person, _)| desk.persons.id(person));
        new.extend(people.iter().zip(known).filter(|(_, id)| id.is_none()).map(|((person, _), _)| *person));
    }
    desk.persons.extend(vault, new, bridge, Some(record_key))?;
    let households = under_hub_key.values().flat_map(|(_, households)| households.iter().copied());
    desk.households.extend(vault, households.collect(), &Bridge::default(), None)?;
    let mut numbered = BTreeMap::new();
    for (link_key, (people, households)) in under_hub_key {
        let missing = || RunError::Unreadable { what: "the numbers of people just seen" };
        let households = households.iter().map(|household| desk.households.id(household));
        let households: Vec<i64> = households.collect::<Option<_>>().ok_or_else(missing)?;
        let ids = made_of_each(&people, threads, |(person, _)| desk.persons.id(person));
        let people = people.into_iter().zip(ids).map(|((_, name), id)| Some((id?, name)));
        let people: Vec<(i64, Option<Token>)> = people.collect::<Option<_>>().ok_or_else(missing)?;
        let ordinals = |names: &NameSpine| {
            made_of_each(&people, threads, |(person_id, name)| names.ordinal(*person_id, name.as_ref()?))
        };
        let mut known = ordinals(&desk.names);
        let new = people.iter().zip(&known).filter(|(_, ordinal)| ordinal.is_none());
        let new: Vec<_> = new.filter_map(|((person_id, name), _)| Some((*person_id, (*name)?))).collect();
        if !new.is_empty() {
            desk.names.extend(vault, &link_key, new)?;
            known = ordinals(&desk.names);
        }
        let people = people.iter().map(|(person_id, _)| *person_id).zip(known).collect();
        numbered.insert(link_key, Numbered { people, households });
    }
    Ok(numbered)
}

impl SeenRows {
    /// The rows of the delivery's canaries.
    pub(crate) fn canaries(&self) -> &CanaryRows {
        &self.canaries
    }

    /// Whether a row is about nobody whose number is known, and is not a canary's.
    pub(crate) fn has_unnumbered(&self) -> bool {
        self.has_unnumbered
    }

    /// Reads from the first row on what stands for the tokens.
    pub(crate) fn numbers(self, numbered: &Numbered) -> Result<NumbersReader<'_>, RunError> {
        Ok(NumbersReader {
            numbered,
            people: self.people.map(Places::open).transpose()?,
            households: self.households.map(Places::open).transpose()?,
        })
    }
}

/// What stands in staged rows for their tokens, in the order of the delivery.
pub(crate) struct NumbersReader<'a> {
    numbered: &'a Numbered,
    people: Option<PlacesReader>,
    households: Option<PlacesReader>,
}

impl NumbersReader<'_> {
    /// That of the next `rows` rows.
    pub(crate) fn next(&mut self, rows: usize) -> Result<Numbers, RunError> {
        let Self { numbered, people, households } = self;
        let next = |list: &mut Option<PlacesReader>| list.as_mut().map(|list| list.next(rows)).transpose();
        let (people, households) = (next(people)?, next(households)?);
        let people = people.map(|places| places.iter().map(|place| at(&numbered.people, *place)).collect());
        let households = households.map(|places| places.iter().map(|place| at(&numbered.households, *place)).collect());
        Ok(Numbers { people, households })
    }
}

fn at<T: Copy>(list: &[T], place: u32) -> Option<T> {
    usize::try_from(place).ok().and_then(|place| list.get(place).copied())
}
