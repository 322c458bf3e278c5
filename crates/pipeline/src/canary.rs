//! Canaries: agreed fictitious people, whose tokens every sealed manifest names and which must agree everywhere.
//!
//! They show, without any key at the hub, that the departments write numbers the same way and hash them the same way.
//! In every delivery about older people each has a row, too, that was made on the way of all rows: it must come with the
//! token that the manifest names, and is left out before anybody gets a number.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use yilian_contract::Canary;
use yilian_delivery::{CanaryDifference, CanaryRows, Manifest, sha256_hex};

const NO_TOKEN: &str = "none";
/// Fewer hex digits than these agree by chance.
const SHORTEST_PREFIX: usize = 12;

/// What is wrong with one canary of one office.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CanaryFault {
    /// Place and department.
    pub office: String,
    /// Name of the canary.
    pub canary: String,
    /// What the canary shows where it is right.
    pub shows: String,
    /// What is wrong.
    pub kind: CanaryFaultKind,
    /// The deliveries that show it, which are to be made anew.
    pub files: BTreeSet<String>,
}

/// In which way a canary is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CanaryFaultKind {
    /// The manifest does not name it.
    Missing,
    /// The department's program gave it no token.
    NoToken,
    /// Not 32 bytes, or the rest of them is zero.
    Truncated,
    /// The hash of the number without a key.
    Unkeyed,
    /// Another token than the same number written in another way.
    NotCanonical,
    /// Another token than other offices give under a key of the same check value.
    Differs,
    /// Fewer rows have its token than the manifest names canaries with it.
    RowMissing,
    /// More rows have its token than the manifest names canaries with it.
    RowRepeated,
    /// Rows have its token although the manifest counts no rows of canaries.
    RowNotCounted,
}

impl fmt::Display for CanaryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            CanaryFaultKind::Missing => "is missing",
            CanaryFaultKind::NoToken => "got no token",
            CanaryFaultKind::Truncated => "has a truncated token",
            CanaryFaultKind::Unkeyed => "is hashed without a key",
            CanaryFaultKind::NotCanonical => "has another token than the same number written otherwise",
            CanaryFaultKind::Differs => "has another token than at other offices",
            CanaryFaultKind::RowMissing => "has too few rows with its token",
            CanaryFaultKind::RowRepeated => "has too many rows with its token",
            CanaryFaultKind::RowNotCounted => "has a row with its token, which the manifest does not count,",
        };
        write!(f, "{}: canary {} ({}) {what} in ", self.office, self.canary, self.shows)?;
        let first = self.files.first().map_or("a delivery", String::as_str);
        match self.files.len() {
            0 | 1 => f.write_str(first),
            several => write!(f, "{several} deliveries, the first of them {first}"),
        }
    }
}

/// Everything that is wrong with the canaries of these manifests, in order, each fault once with all its deliveries.
pub fn faults<'m>(manifests: impl Iterator<Item = &'m Manifest>, canaries: &[Canary]) -> Vec<CanaryFault> {
    let mut found: BTreeMap<(String, &str, CanaryFaultKind), BTreeSet<String>> = BTreeMap::new();
    let mut given: BTreeMap<(&str, &str), BTreeMap<&str, FilesOfOffices>> = BTreeMap::new();
    for manifest in manifests {
        let (office, file) = (format!("{} {}", manifest.place, manifest.department), manifest.file_name().to_string());
        for canary in canaries {
            let token = manifest.canaries.get(&canary.name).map(String::as_str);
            let mut fault = |kind| {
                found.entry((office.clone(), canary.name.as_str(), kind)).or_default().insert(file.clone());
            };
            if let Some(kind) = of_itself(token, canary) {
                fault(kind);
            } else if first_of_number(canaries, canary)
                .and_then(|first| manifest.canaries.get(&first.name))
                .is_some_and(|first| Some(first.as_str()) != token)
            {
                fault(CanaryFaultKind::NotCanonical);
            } else if let Some(token) = token {
                let key = (manifest.link_key.check_value.as_str(), canary.name.as_str());
                let offices = given.entry(key).or_default().entry(token).or_default();
                offices.entry(office.clone()).or_default().insert(file.clone());
            }
        }
    }
    for ((_, name), tokens) in given {
        // Whoever stands with the fewest is named; where nobody is in the majority, all are.
        let most = tokens.values().map(BTreeMap::len).max().unwrap_or(0);
        let alone = tokens.values().filter(|offices| offices.len() == most).count() == 1;
        let several = tokens.len() > 1;
        for (office, files) in
            tokens.into_values().filter(|offices| several && !(alone && offices.len() == most)).flatten()
        {
            found.entry((office, name, CanaryFaultKind::Differs)).or_default().extend(files);
        }
    }
    let fault = |((office, name, kind), files): ((String, &str, CanaryFaultKind), _)| CanaryFault {
        office,
        canary: name.to_owned(),
        shows: shows(name, canaries),
        kind,
        files,
    };
    found.into_iter().map(fault).collect()
}

/// Everything that is wrong with the rows of canaries, in order, each fault once with all its deliveries.
///
/// Canaries that are one number share a token: where one of their rows is missing all of them are named.
pub fn row_faults<'r>(
    deliveries: impl Iterator<Item = (&'r Manifest, &'r CanaryRows)>,
    canaries: &[Canary],
) -> Vec<CanaryFault> {
    let mut found: BTreeMap<(String, String, CanaryFaultKind), CanaryFault> = BTreeMap::new();
    for (manifest, rows) in deliveries {
        let office = format!("{} {}", manifest.place, manifest.department);
        for CanaryDifference { names, found: rows, expected } in rows.differences() {
            let kind = match expected {
                0 => CanaryFaultKind::RowNotCounted,
                expected if rows < expected => CanaryFaultKind::RowMissing,
                _ => CanaryFaultKind::RowRepeated,
            };
            let canary = names.join(", ");
            let key = (office.clone(), canary.clone(), kind);
            let fault = found.entry(key).or_insert_with(|| CanaryFault {
                office: office.clone(),
                canary,
                shows: names.iter().map(|name| shows(name, canaries)).collect::<Vec<_>>().join("; "),
                kind,
                files: BTreeSet::new(),
            });
            fault.files.insert(manifest.file_name().to_string());
        }
    }
    found.into_values().collect()
}

fn shows(name: &str, canaries: &[Canary]) -> String {
    canaries.iter().find(|canary| canary.name == name).map(|canary| canary.shows_en.clone()).unwrap_or_default()
}

/// File names of deliveries by office.
type FilesOfOffices = BTreeMap<String, BTreeSet<String>>;

fn of_itself(token: Option<&str>, canary: &Canary) -> Option<CanaryFaultKind> {
    let Some(token) = token else { return Some(CanaryFaultKind::Missing) };
    if token == NO_TOKEN {
        return Some(CanaryFaultKind::NoToken);
    }
    let kept = token.trim_end_matches('0');
    let is_hash_of = |id: &String| kept.len() >= SHORTEST_PREFIX && sha256_hex(id.as_bytes()).starts_with(kept);
    if [&canary.canonical, &canary.written].into_iter().any(is_hash_of) {
        return Some(CanaryFaultKind::Unkeyed);
    }
    let is_whole =
        token.len() == 64 && !token.ends_with("00000000") && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_whole).then_some(CanaryFaultKind::Truncated)
}

/// The first canary of the list that stands for the same number.
fn first_of_number<'c>(canaries: &'c [Canary], canary: &Canary) -> Option<&'c Canary> {
    canaries.iter().find(|other| other.canonical == canary.canonical)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use yilian_contract::Schemas;
    use yilian_contract::accounting::Counts;
    use yilian_delivery::{DataFile, Description, LinkKeyReference, Partition, Sealing};

    use super::*;

    fn canary(name: &str, written: &str, canonical: &str) -> Canary {
        let text = |text: &str| text.to_owned();
        Canary {
            name: text(name),
            written: text(written),
            canonical: text(canonical),
            shows_zh: text(name),
            shows_en: text(name),
        }
    }

    fn list() -> Vec<Canary> {
        vec![
            canary("plain", "159901193911041234", "159901193911041234"),
            canary("fifteen", "159901391104123", "159901193911041234"),
            canary("lower", "15990119400215018x", "15990119400215018X"),
        ]
    }

    /// What offices say, each with a token for each of the three canaries.
    fn found(offices: &[[&str; 3]]) -> Vec<(usize, String, CanaryFaultKind)> {
        let manifests: Vec<Manifest> = offices
            .iter()
            .zip(["civil_affairs", "health", "medical_insurance", "human_resources"])
            .map(|(tokens, department)| manifest(department, tokens))
            .collect();
        let at = |fault: &CanaryFault| {
            manifests.iter().position(|manifest| fault.office == format!("150104 {}", manifest.department)).unwrap()
        };
        faults(manifests.iter(), &list()).iter().map(|fault| (at(fault), fault.canary.clone(), fault.kind)).collect()
    }

    fn manifest(department: &str, tokens: &[&str; 3]) -> Manifest {
        let schemas = Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
        let named = list().into_iter().zip(tokens).filter(|(_, token)| !token.is_empty());
        let description = Description {
            partition: Partition {
                place: "150104".to_owned(),
                department: department.parse().unwrap(),
                dataset: "funeral".to_owned(),
                period: "2025".parse().unwrap(),
            },
            sequence: 1,
            code_lists: BTreeMap::new(),
            link_key: LinkKeyReference {
                kid: String::new(),
                algorithm: "HS256".to_owned(),
                check_value: "23d246cdbcb030aa".to_owned(),
            },
            next_link_key: None,
            canonicaliser: 1,
            purpose: String::new(),
            legal_basis: String::new(),
            counts: Counts::default(),
            control_totals: Vec::new(),
            canaries: named.map(|(canary, token)| (canary.name, (*token).to_owned())).collect(),
        };
        let data = DataFile { bytes: 0, sha256: String::new() };
        Manifest::new(description, schemas.dataset("funeral").unwrap(), Sealing::Age, &data)
    }

    const A: &str = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";
    const B: &str = "b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2";
    const C: &str = "c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3";

    #[test]
    fn offices_that_hash_alike_have_no_fault() {
        assert_eq!(found(&[[A, A, B], [A, A, B]]), []);
    }

    #[test]
    fn a_fault_names_the_delivery_that_is_to_be_made_anew() {
        let found = faults([manifest("health", &["", A, B])].iter(), &list());
        let [fault] = found.as_slice() else { panic!("{found:?}") };
        assert!(fault.to_string().ends_with("is missing in 150104.health.funeral.2025.1.tar.age"), "{fault}");
    }

    #[test]
    fn the_office_that_differs_from_the_others_is_named() {
        let faults = found(&[[A, A, B], [A, A, C], [A, A, B]]);
        assert_eq!(faults, [(1, "lower".to_owned(), CanaryFaultKind::Differs)]);
        assert_eq!(found(&[[A, A, B], [A, A, C]]).len(), 2);
    }

    #[test]
    fn fifteen_digits_that_are_not_upgraded_are_named() {
        assert_eq!(found(&[[A, C, B]]), [(0, "fifteen".to_owned(), CanaryFaultKind::NotCanonical)]);
        assert_eq!(found(&[[A, "none", B]]), [(0, "fifteen".to_owned(), CanaryFaultKind::NoToken)]);
    }

    #[test]
    fn a_missing_a_truncated_and_an_unkeyed_token_are_named() {
        let cut = format!("{}{}", &B[..32], "0".repeat(32));
        let plain = sha256_hex(b"15990119400215018X");
        for (token, kind) in [
            ("", CanaryFaultKind::Missing),
            (cut.as_str(), CanaryFaultKind::Truncated),
            (&B[..32], CanaryFaultKind::Truncated),
            (plain.as_str(), CanaryFaultKind::Unkeyed),
        ] {
            assert_eq!(found(&[[A, A, token]]), [(0, "lower".to_owned(), kind)]);
        }
    }

    #[test]
    fn rows_that_are_missing_or_too_many_are_named_with_every_delivery_that_shows_it() {
        let mut manifests = [manifest("health", &[A, A, B]), manifest("health", &[A, A, B])];
        manifests[1].sequence = 2;
        let rows_of = |manifest: &Manifest, tokens: &[&str]| {
            let mut manifest = manifest.clone();
            manifest.counts.canaries = 3;
            let mut rows = CanaryRows::of(&manifest);
            for (row, token) in (0..).zip(tokens) {
                rows.recognise(row, Some(&hex::decode(token).unwrap()));
            }
            rows
        };
        let found = |first: &[&str], second: &[&str]| {
            let rows = [rows_of(&manifests[0], first), rows_of(&manifests[1], second)];
            row_faults(manifests.iter().zip(&rows), &list())
        };
        assert_eq!(found(&[A, A, B], &[C, B, A, A]), []);
        let faults = found(&[A, B], &[A, B]);
        let [missing] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((missing.kind, missing.files.len()), (CanaryFaultKind::RowMissing, 2));
        let said = missing.to_string();
        assert!(said.starts_with("150104 health: canary fifteen, plain ("), "{said}");
        assert!(said.ends_with("in 2 deliveries, the first of them 150104.health.funeral.2025.1.tar.age"), "{said}");
        let faults = found(&[A, A, B, B], &[A, A, B]);
        let [repeated] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((repeated.kind, repeated.canary.as_str()), (CanaryFaultKind::RowRepeated, "lower"));
        let mut uncounted = CanaryRows::of(&manifests[0]);
        assert!(uncounted.recognise(0, Some(&hex::decode(B).unwrap())));
        let faults = row_faults([(&manifests[0], &uncounted)].into_iter(), &list());
        let [uncounted] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((uncounted.kind, uncounted.canary.as_str()), (CanaryFaultKind::RowNotCounted, "lower"));
    }
}
