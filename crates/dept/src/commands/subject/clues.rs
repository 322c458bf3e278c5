//! The clues of the hub that rest on the person's own rows.

use std::path::PathBuf;

use yilian_delivery::{Clue, ClueRow};

use super::own_data::Extract;
use crate::commands::answer::Sent;
use crate::commands::feedback;
use crate::error::DeptError;
use crate::schemas::Loaded;
use crate::site::Site;

/// A clue about the person, with what this office found out.
pub(super) struct OwnClue {
    pub(super) clue: Clue,
    /// What is to be checked and the office's own benefit in words.
    pub(super) own_benefit: String,
    /// The decision as the office delivered it, in Chinese and English; `None` while there is none.
    pub(super) decision: Option<(String, String)>,
}

/// The clues of these parcels that rest on a row of the person, each once, as the newest parcel tells it.
pub(super) fn about(
    extracts: &[Extract<'_>],
    parcels: &[PathBuf],
    (site, loaded): (&Site, &Loaded),
) -> Result<Vec<OwnClue>, DeptError> {
    let deliveries: Vec<_> = extracts.iter().flat_map(|extract| &extract.deliveries).collect();
    let is_own = |row: &ClueRow| {
        deliveries.iter().any(|delivery| *delivery.id == *row.delivery_id && delivery.places.contains(&row.row))
    };
    let mut found: Vec<(u64, Clue)> = Vec::new();
    for path in parcels {
        let parcel = feedback::opened(path, site)?;
        let publication = parcel.manifest().publication;
        for clue in parcel.clues().iter().filter(|clue| clue.rows.iter().any(is_own)) {
            found.push((publication, clue.clone()));
        }
    }
    found.sort_by(|(one, left), (two, right)| (left.kind, &left.clue_id, two).cmp(&(right.kind, &right.clue_id, one)));
    found.dedup_by(|(_, one), (_, two)| (one.kind, &one.clue_id) == (two.kind, &two.clue_id));
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let sent = Sent::load(&site.records()?)?;
    Ok(found.into_iter().map(|(_, clue)| with_words(clue, &sent, loaded)).collect())
}

fn with_words(clue: Clue, sent: &Sent, loaded: &Loaded) -> OwnClue {
    let words = |list: &str, code: &str| {
        let entry = loaded.schemas.codes.get(list).and_then(|list| list.entry(code));
        entry.map_or((code.to_owned(), code.to_owned()), |entry| (entry.label_zh.clone(), entry.label_en.clone()))
    };
    let own_benefit = clue.own_benefit.as_deref().map(|code| words("benefit", code).0).unwrap_or_default();
    let decision = clue.clue_id.parse().ok().and_then(|number| sent.decision((clue.kind, number)));
    OwnClue { decision: decision.map(|code| words("decision", code)), own_benefit, clue }
}
