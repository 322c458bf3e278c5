//! The bridge between two link keys: which tokens of the old and the new key are one person (`datasets.md` 32).

use std::sync::Arc;

use bytes::Bytes;
use yilian_contract::Subject as ContractSubject;
use yilian_delivery::Identity;
use yilian_token::{Key, Label, Token};

use super::spine::Spine;
use super::stage::for_each_row;
use super::{Night, RunError};
use crate::receive::open_accepted;

const OLD: &str = "old_token";
const NEW: &str = "new_token";

/// Pairs of hub tokens, (under the old link key, under the new one), in order and each once.
#[derive(Debug, Default)]
pub(crate) struct Bridge {
    pairs: Vec<(Token, Token)>,
}

impl Bridge {
    pub(crate) fn new(mut pairs: Vec<(Token, Token)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        Self { pairs }
    }

    /// Reads every bridge among the run's deliveries; what was joined before is found joined again.
    pub(crate) async fn read(night: &Night<'_>, identity: &Arc<Identity>) -> Result<Self, RunError> {
        let mut pairs = Vec::new();
        for delivery in night.deliveries {
            let contract = night.definition.schemas.dataset(&delivery.manifest.dataset);
            if contract.is_ok_and(|contract| contract.subject == ContractSubject::Bridge) {
                let opened = open_accepted(night.site, delivery, identity).await?;
                pairs.extend(pairs_of(opened.data(), &night.keys.hub)?);
            }
        }
        Ok(Self::new(pairs))
    }

    pub(crate) fn pairs(&self) -> &[(Token, Token)] {
        &self.pairs
    }

    /// Pairs whose two tokens are known as two people; they are told to the operator and never merged.
    pub(crate) fn conflicts(&self, spine: &Spine) -> usize {
        let differ = |(old, new): &&(Token, Token)| spine.id(old) != spine.id(new);
        self.pairs.iter().filter(differ).count()
    }
}

fn pairs_of(data: &Bytes, hub_key: &Key) -> Result<Vec<(Token, Token)>, RunError> {
    let tokeniser = hub_key.tokeniser(Label::HubPerson)?;
    let mut pairs = Vec::new();
    for_each_row(data, [OLD, NEW], |tokens| {
        if let [Some(old), Some(new)] = tokens {
            pairs.push((tokeniser.of_token(&old), tokeniser.of_token(&new)));
        }
    })?;
    Ok(pairs)
}
