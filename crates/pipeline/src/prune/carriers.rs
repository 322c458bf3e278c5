use std::collections::BTreeSet;
use std::sync::Arc;

use yilian_delivery::Identity;
use yilian_token::{Key, KeyUse, Label, Token, Tokeniser};

use crate::error::PipelineError;
use crate::progress::Progress;
use crate::publication::Publication;
use crate::receive::{Accepted, open_accepted};
use crate::run::RunError;
use crate::run::rotation::{HOUSEHOLDS, PERSONS};
use crate::run::spine::{Spine, Subject};
use crate::run::stage::for_each_row;
use crate::run::token_map::TokenSet;
use crate::run::tombstones::Tombstones;
use crate::site::Site;

/// Which of the deliveries that may go are the last that carry a token of the spine.
///
/// Hub tokens cannot be computed from hub tokens: without a link token in a delivery a number would be lost when the hub
/// key is changed.
pub(super) async fn last_carriers(
    site: &Site,
    publication: &Publication,
    (staying, mut leaving): (&[&Accepted], Vec<&Accepted>),
    progress: &dyn Progress,
) -> Result<BTreeSet<String>, RunError> {
    let mut wanted = Wanted::new(site, publication)?;
    leaving.sort_by_key(|delivery| {
        let manifest = &delivery.manifest;
        std::cmp::Reverse((manifest.period.end(), manifest.sequence, delivery.delivery_id.as_str()))
    });
    let identity = Identity::read(&site.age_key_file());
    let identity = Arc::new(identity.map_err(|source| PipelineError::Identity { source })?);
    progress.start("look who would be lost", Some((staying.len() + leaving.len()) as u64));
    let mut carriers = BTreeSet::new();
    for (delivery, may_leave) in
        staying.iter().map(|stays| (*stays, false)).chain(leaving.iter().map(|leaves| (*leaves, true)))
    {
        if wanted.is_empty() {
            break;
        }
        let opened = open_accepted(site, delivery, &identity).await?;
        if wanted.find(opened.data())? > 0 && may_leave {
            carriers.insert(delivery.delivery_id.clone());
        }
        progress.advance(1);
    }
    progress.finish(&format!("{} deliveries are the last that name somebody", carriers.len()));
    Ok(carriers)
}

/// The tokens of the spine that were in no delivery so far.
struct Wanted {
    hub_key: Key,
    persons: TokenSet,
    households: TokenSet,
}

impl Wanted {
    fn new(site: &Site, publication: &Publication) -> Result<Self, RunError> {
        let hub_key = Key::read(&site.hub_key_file(), KeyUse::Hub)?;
        let (wanted, found) = (&publication.inputs.hub_key, hub_key.check_value());
        if *wanted != found {
            return Err(RunError::AnotherHubKey { wanted: wanted.clone(), found });
        }
        let tokens = |subject| -> Result<TokenSet, RunError> {
            Ok(Spine::load(subject, &site.vault(), &publication.inputs.spine)?.tokens().collect())
        };
        let mut persons = tokens(Subject::Person)?;
        persons.extend(Tombstones::load(&site.vault(), &publication.inputs.spine)?.tokens());
        Ok(Self { hub_key, persons, households: tokens(Subject::Household)? })
    }

    fn is_empty(&self) -> bool {
        self.persons.is_empty() && self.households.is_empty()
    }

    /// Takes out the tokens that a delivery carries; gives how many.
    fn find(&mut self, data: &bytes::Bytes) -> Result<usize, RunError> {
        let (person, household) =
            (self.hub_key.tokeniser(Label::HubPerson)?, self.hub_key.tokeniser(Label::HubHousehold)?);
        let mut found = 0;
        for column in PERSONS {
            found += take_out(data, column, &person, &mut self.persons)?;
        }
        for column in HOUSEHOLDS {
            found += take_out(data, column, &household, &mut self.households)?;
        }
        Ok(found)
    }
}

fn take_out(
    data: &bytes::Bytes,
    column: &str,
    tokeniser: &Tokeniser<'_>,
    wanted: &mut TokenSet,
) -> Result<usize, RunError> {
    let (before, mut last): (usize, Option<Token>) = (wanted.len(), None);
    for_each_row(data, [column], |[token]| {
        if let Some(token) = token.filter(|token| Some(*token) != last) {
            last = Some(token);
            wanted.remove(&tokeniser.of_token(&token));
        }
    })?;
    Ok(before - wanted.len())
}
