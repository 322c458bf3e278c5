//! From an extract to the files of a delivery.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use yilian_contract::accounting::{ControlTotal, Counts, Sum, imbalance};
use yilian_contract::{Contract, Period, Regions, Schemas};
use yilian_token::Key;

use crate::canonical::canonical_id;
use crate::cell::VillageClasses;
use crate::finding::Finding;
use crate::progress::{Progress, Stage};
use crate::reading::Reading;
use crate::source::Encoding;
use crate::spill::Partitions;
use crate::totals::Delivered;
use crate::treat::Tokens;
use crate::write::Output;
use crate::{IntakeError, reject, write};

/// Everything that preparing a delivery needs to know.
pub struct Request<'a> {
    /// Contracts and code lists.
    pub schemas: &'a Schemas,
    /// The contract of the dataset.
    pub contract: &'a Contract,
    /// Region codes.
    pub regions: &'a Regions,
    /// The extract.
    pub input: &'a Path,
    /// Code of the delivering office, of 2, 4 or 6 digits; part of every record token.
    pub place: &'a str,
    /// The period of the delivery.
    pub period: &'a Period,
    /// The link key.
    pub link_key: &'a Key,
    /// The link key that takes its place; a bridge between the two is made with both, everything else with the first.
    pub next_link_key: Option<&'a Key>,
    /// ID numbers of protected people, one a line, whose rows stay.
    pub exclude: Option<&'a Path>,
    /// Urban-rural class of villages: a CSV of code and class.
    pub village_classes: Option<&'a Path>,
    /// The folder for the results; it must exist and be on a disk with room for the tokenised rows.
    pub out_dir: &'a Path,
    /// Is told how far the work is.
    pub progress: &'a dyn Progress,
}

/// What was prepared.
#[derive(Debug)]
pub struct Prepared {
    /// `data.parquet`: what leaves.
    pub data: PathBuf,
    /// `rows.parquet`: from each row of the delivery to the row of the extract, 0 for a canary's; stays.
    pub rows: PathBuf,
    /// `rejects.csv`: which rows stay and why; stays.
    pub rejects: PathBuf,
    /// Row counts for the manifest.
    pub counts: Counts,
    /// Control totals for the manifest; they balance.
    pub control_totals: Vec<ControlTotal>,
    /// What an officer should look at.
    pub findings: Vec<Finding>,
    /// How the extract was encoded.
    pub encoding: Encoding,
    /// SHA-256 of the extract, in hex.
    pub source_digest: String,
    /// Names of the sheets that were read; none for a text file.
    pub sheets: Vec<String>,
}

/// Reads an extract, tokenises it and writes what leaves and what stays; see [`Prepared`].
///
/// Memory does not grow with the file: treated rows wait in a nameless temporary file.
///
/// # Errors
/// [`IntakeError`]; after [`IntakeError::TooManyRejects`] `rejects.csv` is there, nothing else.
pub fn prepare(request: &Request<'_>) -> Result<Prepared, IntakeError> {
    let excluded = excluded(request.exclude, request.period.end())?;
    let villages = VillageClasses::load(request.village_classes)?;
    let reading = Reading {
        schemas: request.schemas,
        contract: request.contract,
        regions: request.regions,
        input: request.input,
        place: request.place,
        period_end: Some(request.period.end()),
        tokens: Some(Tokens::new(request.link_key, request.next_link_key)?),
        excluded: &excluded,
        villages: &villages,
        folder: request.out_dir,
        progress: request.progress,
        threads: threads(),
    };
    let read = reading.read()?;
    if !read.problems.is_empty() {
        return Err(reading.refused(read.rows(), read.problems));
    }
    let rejects = request.out_dir.join("rejects.csv");
    reject::write(&rejects, &read.rejects, &read.tables)?;
    let mut counts = read.counts();
    if request.period.months().len() == 12 && request.exclude.is_some() {
        counts.excluded = Some(read.excluded);
    }
    tolerable(request, &counts, &rejects)?;
    let (data, rows) = (request.out_dir.join("data.parquet"), request.out_dir.join("rows.parquet"));
    let (totals, findings) = (read.totals, read.findings);
    let output = Output {
        layout: &read.layout,
        schema: request.contract.delivery_schema(),
        texts: &read.texts,
        digest: &read.digest,
        tables: &read.tables,
        data: &data,
        rows: &rows,
        threads: reading.threads,
        progress: request.progress,
    };
    write::write(&output, &Partitions::new(read.spills, request.out_dir), counts.written())?;
    request.progress.start(Stage::Check, counts.written());
    let delivered = Delivered::count(&data, request.contract, reading.threads)?.without(&read.canaries.1);
    request.progress.advance(counts.written());
    let written = delivered.rows;
    let control_totals = totals.into_list(request.contract, &read.benefits, delivered);
    balanced(request.input, &counts, written, &control_totals)?;
    Ok(Prepared {
        data,
        rows,
        rejects,
        counts,
        control_totals,
        findings,
        encoding: read.encoding,
        source_digest: read.digest,
        sheets: read.tables.sheets(),
    })
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(1, 8)
}

fn tolerable(request: &Request<'_>, counts: &Counts, rejects: &Path) -> Result<(), IntakeError> {
    let permille = request.contract.rejected_tolerance.0;
    let rejected = counts.rejected_rows();
    if u128::from(rejected) * 1000 <= u128::from(counts.read) * u128::from(permille) {
        return Ok(());
    }
    Err(IntakeError::TooManyRejects {
        path: request.input.to_owned(),
        rejected,
        read: counts.read,
        permille,
        rejects: rejects.to_owned(),
    })
}

/// Fails if a row or a fen was lost between the text and the file.
fn balanced(path: &Path, counts: &Counts, written: u64, totals: &[ControlTotal]) -> Result<(), IntakeError> {
    let apart = imbalance(totals);
    if apart.is_empty() && counts.balance() && counts.delivered == written {
        return Ok(());
    }
    let difference = |of: fn(&Sum) -> i64| {
        apart.iter().fold(0_i64, |sum, one| {
            let accounted = one.accounted.as_ref().map_or(i64::MAX, of);
            sum.saturating_add(of(&one.read).saturating_sub(accounted).saturating_abs())
        })
    };
    Err(IntakeError::Imbalance {
        path: path.to_owned(),
        benefits: apart.len(),
        rows: difference(|sum| sum.rows),
        fen: difference(|sum| sum.fen),
    })
}

/// The ID numbers of protected people.
pub(crate) fn excluded(path: Option<&Path>, period_end: NaiveDate) -> Result<HashSet<[u8; 18]>, IntakeError> {
    let Some(path) = path else { return Ok(HashSet::new()) };
    let bytes = std::fs::read(path).map_err(|source| IntakeError::Input { path: path.to_owned(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    let mut ids = HashSet::new();
    for (line, text) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let text = text.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        match canonical_id(text, period_end).bytes() {
            Some(id) => ids.insert(*id),
            None => return Err(IntakeError::Exclude { path: path.to_owned(), line: line + 1 }),
        };
    }
    Ok(ids)
}
