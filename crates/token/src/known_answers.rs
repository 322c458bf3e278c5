//! The known answers of the design, recomputed there with openssl and Python; both algorithms.
//!
//! They are part of the library so that a reviewer's report can recompute them where the program runs.

use crate::{Algorithm, Key, KeyError, KeyUse, Label, Token};

/// One published value and what this program makes of the same input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAnswer {
    /// `HS256` or `HSM3`.
    pub algorithm: Algorithm,
    /// What is hashed: a kind of token, or the check value.
    pub what: &'static str,
    /// The published value, hex.
    pub expected: &'static str,
    /// What this program makes, hex.
    pub found: String,
}

/// Every known answer, recomputed now with the published test keys (link 00..1f, hub 20..3f, noise 60..7f).
///
/// # Errors
/// [`KeyError`] if a key does not take its use.
pub fn known_answers() -> Result<Vec<KnownAnswer>, KeyError> {
    let mut answers = recomputed(&HS256)?;
    answers.extend(recomputed(&HSM3)?);
    Ok(answers)
}

fn key(key_use: KeyUse, algorithm: Algorithm) -> Key {
    let first: u8 = match key_use {
        KeyUse::Link => 0x00,
        KeyUse::Hub => 0x20,
        KeyUse::Noise => 0x60,
    };
    let mut secret = [first; 32];
    for (offset, byte) in (0..).zip(secret.iter_mut()) {
        *byte += offset;
    }
    Key::from_bytes(key_use, algorithm, "known", secret)
}

struct Answers {
    algorithm: Algorithm,
    check: &'static str,
    person: &'static str,
    name: &'static str,
    household: &'static str,
    worker: &'static str,
    record: &'static str,
    hub_person: &'static str,
    hub_name: &'static str,
    hub_household: &'static str,
    record_key: &'static str,
}

const HS256: Answers = Answers {
    algorithm: Algorithm::Hs256,
    check: "23d246cdbcb030aa",
    person: "2b2dd53eca8f0a564ff0065014951ff626236de4e9f2b11c37d147d80a5cf846",
    name: "4389f571d04d15ed5260e135d5d20464c6683496a2cca5c63c9ddd5e2090fa7a",
    household: "13dbc71b8957ff980b15ed6f9b49929b17f0fabcf15567fd8b0ccf402deb2884",
    worker: "e8ff2205f9bd1e6aeaf13582ff9b164eb1fe06464543b791f14a32b289d7eaf7",
    record: "f2c3d620a6ab5b5a84fb1afbad7a25a0ddf718082da2a3fea7d8598ef48f47e0",
    hub_person: "4a7c81bc5d428ac28bfaf85736edfc82de4ce7accf6cdd547f55da1c51bf6d04",
    hub_name: "0ff0856f6f276a1eb851bb9d9f36425e7962681304e486f6a6c8de336e528366",
    hub_household: "f4f56f89e8e3c51d007919f40f14662c80310a3d1abbe6ef9ff91449b5977865",
    record_key: "c80efe32a58c97c43bfd440db47ac36ec415246bd30c0e2ac781a9142e78d908",
};

const HSM3: Answers = Answers {
    algorithm: Algorithm::Hsm3,
    check: "053809156f02da10",
    person: "f6ae3915fc314733ed698119dc500ff9f433f222ebdd8b6c78126e2db4b0331c",
    name: "b1341ddab8fb647162d1085f88a342188fc828bcfb7d8a65d516fe4d3c8daffa",
    household: "cc1d33cc4437265da6452ae95de2fd2002447bb9eb32d613e62f239f3e765563",
    worker: "8c581db86f8183f83e35c4888a7bbea8e62b26b6c6b0325f37be5571a9b6bb03",
    record: "59eb943c925189c99e3284bdeb4458e475006c9b99fe85f34285b892f7d10d92",
    hub_person: "1e0cad07638bbf534c84d6c85aa6b4860dd51840d2a99e13b6f905f82c2b74a8",
    hub_name: "b226237f15fd52fea69660b7f87d0e72e4af69d683ebcf889174b91f58970d91",
    hub_household: "d5e329eb7ff5dbcf6f7790805a292c609ebc9ecda110eeaab3008f2b1b9b255b",
    record_key: "680c853951b11a8d957565ba5efd5cdfcff4ade80b041907fe513d7e2f8f662d",
};

fn recomputed(answers: &Answers) -> Result<Vec<KnownAnswer>, KeyError> {
    let id: &[u8] = b"159901193911041234";
    let link = key(KeyUse::Link, answers.algorithm);
    let hub = key(KeyUse::Hub, answers.algorithm);
    let noise = key(KeyUse::Noise, answers.algorithm);
    let token = |label, parts: &[&[u8]]| -> Result<Token, KeyError> { Ok(link.tokeniser(label)?.token(parts)) };
    let of_token = |label, token: &Token| -> Result<Token, KeyError> { Ok(hub.tokeniser(label)?.of_token(token)) };
    let person = token(Label::Person, &[id])?;
    let name = token(Label::Name, &["阿拉坦·苏和".as_bytes(), b"19391104", b"1"])?;
    let household = token(Label::Household, &[id])?;
    let record = token(Label::Record, &[b"150104", b"civil_affairs", b"benefit_payment", b"ZF202500006312"])?;
    let hub_person = of_token(Label::HubPerson, &person)?;
    let found = [
        ("check value of the link key", answers.check, link.check_value()),
        ("person", answers.person, hex::encode(person)),
        ("name", answers.name, hex::encode(name)),
        ("household", answers.household, hex::encode(household)),
        ("worker", answers.worker, hex::encode(token(Label::Worker, &[id])?)),
        ("record", answers.record, hex::encode(record)),
        ("hub person", answers.hub_person, hex::encode(hub_person)),
        ("hub name", answers.hub_name, hex::encode(of_token(Label::HubName, &name)?)),
        ("hub household", answers.hub_household, hex::encode(of_token(Label::HubHousehold, &household)?)),
        ("record key", answers.record_key, hex::encode(noise.tokeniser(Label::Noise)?.of_token(&hub_person))),
    ];
    let algorithm = answers.algorithm;
    Ok(found.map(|(what, expected, found)| KnownAnswer { algorithm, what, expected, found }).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_algorithms_give_the_known_answers_of_every_kind_of_token() {
        let answers = known_answers().unwrap();
        assert_eq!(answers.len(), 20);
        for answer in answers {
            assert_eq!(answer.found, answer.expected, "{} {}", answer.algorithm, answer.what);
        }
    }

    #[test]
    fn a_hub_record_token_is_neither_its_link_token_nor_another_kind_of_hub_token() {
        let hub = key(KeyUse::Hub, Algorithm::Hs256);
        let link: Token = [7; 32];
        let of_token = |label| hub.tokeniser(label).unwrap().of_token(&link);
        assert_ne!(of_token(Label::HubRecord), link);
        assert_ne!(of_token(Label::HubRecord), of_token(Label::HubPerson));
    }
}
