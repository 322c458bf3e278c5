//! Tokens of agreed fictitious people, made by the canonicaliser and key that every row goes through.
//!
//! They do not go through the reading of a file or the writing of one, which have tests of their own.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use yilian_contract::Canary;
use yilian_token::{Key, KeyError, Label};

use crate::canonical::canonical_id;

const NO_TOKEN: &str = "none";

/// The person token of each canary in hex by name; `none` where the canonicaliser gives no number.
///
/// # Errors
/// [`KeyError`] if the key is no link key.
pub fn canary_tokens(canaries: &[Canary], link_key: &Key) -> Result<BTreeMap<String, String>, KeyError> {
    let person = link_key.tokeniser(Label::Person)?;
    let token = |canary: &Canary| match canonical_id(&canary.written, NaiveDate::MAX).bytes() {
        Some(id) => hex::encode(person.token(&[id])),
        None => NO_TOKEN.to_owned(),
    };
    Ok(canaries.iter().map(|canary| (canary.name.clone(), token(canary))).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use yilian_contract::Schemas;
    use yilian_token::{Algorithm, KeyUse};

    use super::*;

    #[test]
    fn every_canary_of_the_list_has_the_token_of_its_canonical_number() {
        let schemas = Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
        assert!(schemas.canaries.len() >= 6);
        let key =
            Key::from_bytes(KeyUse::Link, Algorithm::Hs256, "k", std::array::from_fn(|i| u8::try_from(i).unwrap()));
        let tokens = canary_tokens(&schemas.canaries, &key).unwrap();
        // The known answer of the design.
        assert_eq!(tokens["plain"], "2b2dd53eca8f0a564ff0065014951ff626236de4e9f2b11c37d147d80a5cf846");
        for canary in &schemas.canaries {
            let same = schemas.canaries.iter().find(|other| other.canonical == canary.canonical).unwrap();
            assert_eq!(tokens[&canary.name], tokens[&same.name], "{}", canary.name);
            assert_ne!(tokens[&canary.name], NO_TOKEN);
        }
    }
}
