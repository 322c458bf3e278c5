//! Checks of the manifest by itself and against the sender's registration.

use yilian_contract::accounting::Counts;

use super::Verification;
use crate::manifest::{LinkKeyReference, Manifest};
use crate::name::{is_dataset, is_place};
use crate::refusal::{Refusal, ShownName};
use crate::sender::RegisteredSender;

const LONGEST_TEXT: usize = 2000;

/// The registration of the place and department that the manifest names.
pub(super) fn sender_of<'a>(manifest: &Manifest, senders: &'a [RegisteredSender]) -> Option<&'a RegisteredSender> {
    senders.iter().find(|sender| sender.place == manifest.place && sender.department == manifest.department)
}

/// Everything that can be said without the data and the contract's columns.
pub(super) fn check(manifest: &Manifest, expected: &Verification<'_>) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> =
        unusable_fields(manifest).into_iter().map(|field| Refusal::ManifestFieldUnusable { field }).collect();
    if let Some(sender) = sender_of(manifest, expected.senders) {
        refusals.extend(check_registration(manifest, sender));
    }
    refusals.extend(match expected.canonicaliser {
        Some(held) if held != manifest.canonicaliser => {
            Some(Refusal::CanonicaliserMismatch { delivered: manifest.canonicaliser, expected: held })
        }
        _ => None,
    });
    refusals.extend(check_counts(&manifest.counts));
    refusals
}

fn unusable_fields(manifest: &Manifest) -> Vec<&'static str> {
    let text = |text: &str| !text.trim().is_empty() && text.len() <= LONGEST_TEXT;
    let digest = |digest: &str| digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
    [
        ("yilian:place", is_place(&manifest.place)),
        ("yilian:dataset", is_dataset(&manifest.dataset)),
        ("yilian:sequence", manifest.sequence > 0),
        ("yilian:as_of", manifest.as_of == manifest.period.end().to_string()),
        ("yilian:purpose", text(&manifest.purpose)),
        ("yilian:legal_basis", text(&manifest.legal_basis)),
        ("yilian:link_key", is_usable(&manifest.link_key)),
        (
            "yilian:next_link_key",
            manifest.next_link_key.as_ref().is_none_or(|next| is_another(next, &manifest.link_key)),
        ),
        ("yilian:code_lists", manifest.code_lists.iter().all(|(name, value)| word(name) && digest(value))),
        (
            "yilian:counts",
            manifest.counts.rejected.keys().chain(manifest.counts.findings.keys()).all(|kind| word(kind)),
        ),
        ("hash", manifest.data().sha256().is_some_and(digest)),
    ]
    .into_iter()
    .filter_map(|(field, usable)| (!usable).then_some(field))
    .collect()
}

/// Whether a text is a short word that can be shown.
fn word(word: &str) -> bool {
    (1..=64).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
}

fn is_usable(key: &LinkKeyReference) -> bool {
    word(&key.kid) && word(&key.algorithm)
}

fn is_another(key: &LinkKeyReference, than: &LinkKeyReference) -> bool {
    is_usable(key) && key.check_value != than.check_value
}

fn check_registration(manifest: &Manifest, sender: &RegisteredSender) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if !sender.datasets.allow(&manifest.dataset) {
        refusals.push(Refusal::DatasetNotAllowed { dataset: ShownName::new(&manifest.dataset) });
    }
    for LinkKeyReference { check_value, .. } in [&manifest.link_key].into_iter().chain(&manifest.next_link_key) {
        let mut registered = sender.link_keys.iter().filter(|key| key.check_value == *check_value).peekable();
        if registered.peek().is_none() {
            refusals.push(Refusal::KeyCheckMismatch { check_value: ShownName::new(check_value) });
        } else if !registered.any(|key| key.covers(manifest.period.end())) {
            refusals.push(Refusal::KeyOutOfDate { check_value: ShownName::new(check_value) });
        }
    }
    refusals
}

/// Whether what was read is what became of it, in numbers that a stranger may have chosen.
fn check_counts(counts: &Counts) -> Option<Refusal> {
    let rejected = counts.rejected.values().fold(0, |sum: u64, rows| sum.saturating_add(*rows));
    let accounted = counts.delivered.saturating_add(counts.out_of_scope).saturating_add(rejected);
    (counts.read != accounted).then_some(Refusal::CountsUnbalanced { read: counts.read, accounted })
}
