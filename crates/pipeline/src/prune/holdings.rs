use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Date32Type, Field, Schema};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use yilian_contract::retention::{Months, Retention};

use super::plan::{files_below, metadata, number_in};
use crate::publication::{self, Publication};
use crate::receive::{Accepted, all_deliveries, current_deliveries, retired_deliveries};
use crate::run::generation::{STAGED_FOLDERS, parts};
use crate::run::kept;
use crate::run::model::children;
use crate::run::read_published;
use crate::run::spine::Subject;
use crate::run::tombstones::{self, Tombstones};
use crate::run::{RunError, name_spine};
use crate::site::Site;
use crate::store::{Object, Store};

/// What a site holds, how old it is, and what it was told to forget.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Holdings {
    /// One line for each store.
    pub stores: Vec<Holding>,
    /// What was deleted on purpose.
    pub deletions: Deletions,
}

/// What one store holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// Its name, as `prune` prints it.
    pub store: &'static str,
    /// For how many months it may keep something; `None` where something goes with what it belongs to.
    pub months: Option<u32>,
    /// How many files, publications, deliveries or flags it holds.
    pub count: u64,
    /// The day of the oldest, `YYYY-MM-DD`; `None` where it is empty.
    pub oldest: Option<String>,
    /// How many should be gone.
    pub overdue: u64,
}

/// What was deleted on purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Deletions {
    /// People whose rows of an office are used no more, by office (`<place> <department>`).
    pub tombstones: BTreeMap<String, usize>,
    /// Deliveries that no run reads any more.
    pub retired: usize,
    /// Of them, those whose sealed file is kept as the last that names somebody.
    pub kept_for_numbers: usize,
}

/// Looks at every store of a site; nothing is changed, and no key is needed.
///
/// # Errors
/// [`RunError`] where a store or the vault cannot be read.
pub async fn holdings(site: &Site, retention: &Retention, as_of: NaiveDate) -> Result<Holdings, RunError> {
    let store = site.store();
    let publications = publication::all(store).await?;
    let current = publications.last();
    let (deliveries, retired) = (all_deliveries(store).await?, retired_deliveries(store).await?);
    let is_retired = |id: &str| retired.contains(id);
    let (taken_out, in_use): (Vec<_>, Vec<_>) =
        deliveries.iter().partition(|delivery| is_retired(&delivery.delivery_id));
    let current_ids: BTreeSet<String> =
        current_deliveries(store).await?.into_iter().map(|delivery| delivery.delivery_id).collect();
    let mut held = Held { as_of, lines: Vec::new() };

    // No run reads a superseded delivery, whatever its age.
    let delivery = |delivery: &&Accepted| {
        let end = delivery.manifest.period.end();
        let is_over = !current_ids.contains(&delivery.delivery_id) || retention.deliveries.are_over(end, as_of);
        (end, standing(is_over))
    };
    held.line("deliveries", Some(retention.deliveries), in_use.iter().map(delivery));
    held.published(store, &publications, retention.runs).await?;
    held.vault("staged", &staged(site)?, |name| parts(name).is_none_or(|(id, _)| !current_ids.contains(id)));
    let quarantine = store.list("quarantine").await?;
    held.aged("quarantine", retention.deliveries, quarantine.iter().map(|object| object.written_on));
    let receipts = store.list("receipts").await?;
    held.line("receipts", None, receipts.iter().map(|object| (object.written_on, Standing::Due)));
    held.aged("closed_flags", retention.closed_flags, closed_flags(store, current).await?.into_iter());
    let logs = files_of(children(&site.vault())?.into_iter().filter(|file| super::is_log(&file_name(file))))?;
    held.aged("logs", retention.logs, logs.into_iter().map(|(_, day)| day));

    let kept = files_of(files_below(&site.vault().join(kept::FOLDER))?.into_iter())?;
    held.without_months("kept", kept.into_iter().map(|(_, day)| day));
    let told = store.list("told").await?;
    held.without_months("told", told.iter().map(|object| object.written_on));
    let micro = files_of(files_below(&site.vault().join("micro"))?.into_iter())?;
    held.without_months("micro", micro.into_iter().map(|(_, day)| day));
    held.numbers(&site.vault())?;
    held.without_months("last_deliveries", taken_out.iter().map(|delivery| delivery.manifest.period.end()));

    let spine = current.map(|publication| publication.inputs.spine.clone()).unwrap_or_default();
    let offices = Tombstones::load(&site.vault(), &spine)?.counts();
    let office = |((place, department), count): ((String, _), usize)| (format!("{place} {department}"), count);
    let deletions = Deletions {
        tombstones: offices.into_iter().map(office).collect(),
        retired: retired.len(),
        kept_for_numbers: taken_out.len(),
    };
    Ok(Holdings { stores: held.lines, deletions })
}

/// Whether something may still be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Due,
    Overdue,
}

struct Held {
    as_of: NaiveDate,
    lines: Vec<Holding>,
}

impl Held {
    fn line(&mut self, store: &'static str, months: Option<Months>, held: impl Iterator<Item = (NaiveDate, Standing)>) {
        let mut line = Holding { store, months: months.map(Months::count), count: 0, oldest: None, overdue: 0 };
        let mut oldest: Option<NaiveDate> = None;
        for (day, standing) in held {
            line.count += 1;
            line.overdue += u64::from(standing == Standing::Overdue);
            oldest = Some(oldest.map_or(day, |oldest| oldest.min(day)));
        }
        line.oldest = oldest.map(|day| day.to_string());
        self.lines.push(line);
    }

    fn aged(&mut self, store: &'static str, months: Months, days: impl Iterator<Item = NaiveDate>) {
        let as_of = self.as_of;
        self.line(store, Some(months), days.map(|day| (day, standing(months.are_over(day, as_of)))));
    }

    /// What nothing but its own event ends; it is never overdue.
    fn without_months(&mut self, store: &'static str, days: impl Iterator<Item = NaiveDate>) {
        self.line(store, None, days.map(|day| (day, Standing::Due)));
    }

    /// Segments of the vault that only grow.
    fn numbers(&mut self, vault: &Path) -> Result<(), RunError> {
        let [persons, households] = Subject::ALL.map(|subject| subject.folder(vault));
        let spine = [files_below(&persons)?, files_below(&households)?].concat();
        let (names, stones) = (files_below(&name_spine::folder(vault))?, files_below(&tombstones::folder(vault))?);
        for (store, files) in [("spine", spine), ("name_spine", names), ("tombstones", stones)] {
            self.without_months(store, files_of(files.into_iter())?.into_iter().map(|(_, day)| day));
        }
        Ok(())
    }

    fn vault(&mut self, store: &'static str, files: &[(String, NaiveDate)], is_left: impl Fn(&str) -> bool) {
        self.line(store, None, files.iter().map(|(name, day)| (*day, standing(is_left(name)))));
    }

    /// Publications, the tables that they name, and the parcels that were made of them; the current one may be of any age.
    async fn published(&mut self, store: &Store, publications: &[Publication], months: Months) -> Result<(), RunError> {
        let current = publications.last().map(|publication| publication.number);
        let (mut days, mut tables) = (BTreeMap::new(), BTreeMap::new());
        for publication in publications {
            let day: NaiveDate =
                publication.as_of.parse().map_err(|_| RunError::Unreadable { what: "a publication's day" })?;
            let is_over = Some(publication.number) != current && months.are_over(day, self.as_of);
            days.insert(publication.number, (day, standing(is_over)));
            for file in publication.tables.values().flat_map(|table| &table.files) {
                // What several publications name is as young as the youngest of them, which comes last.
                tables.insert(file.path.as_str(), (day, standing(is_over)));
            }
        }
        // What no publication names is left over from a run that failed, or from one that was pruned.
        let as_of = self.as_of;
        let left = |object: &Object| (object.written_on, standing(months.are_over(object.written_on, as_of)));
        self.line("publications", Some(months), days.values().copied());
        let runs = store.list("runs").await?;
        let table = |object: &Object| tables.get(object.path.as_str()).copied().unwrap_or_else(|| left(object));
        self.line("runs", Some(months), runs.iter().map(table));
        let parcels = store.list("outbox").await?;
        let of_publication = |object: &Object| days.get(&number_in(&object.path, PUBLICATION_OF_PARCEL)?).copied();
        let parcel = |object: &Object| of_publication(object).unwrap_or_else(|| left(object));
        self.line("parcels", Some(months), parcels.iter().map(parcel));
        Ok(())
    }
}

/// Which part of a parcel's name is the number of its publication: `<place>.<department>.parcel.<publication>…`.
pub(super) const PUBLICATION_OF_PARCEL: usize = 3;

fn standing(is_over: bool) -> Standing {
    if is_over { Standing::Overdue } else { Standing::Due }
}

fn staged(site: &Site) -> Result<Vec<(String, NaiveDate)>, RunError> {
    let mut files = Vec::new();
    for folder in STAGED_FOLDERS {
        files.extend(files_of(files_below(&site.vault().join(folder))?.into_iter())?);
    }
    Ok(files)
}

/// Names of files with the days on which they were written.
fn files_of(files: impl Iterator<Item = std::path::PathBuf>) -> Result<Vec<(String, NaiveDate)>, RunError> {
    files
        .map(|file| {
            let written = metadata(&file)?.modified().map_err(RunError::io("read", &file))?;
            Ok((file_name(&file), DateTime::<Utc>::from(written).date_naive()))
        })
        .collect()
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The days on which flags that are gone were first no longer found.
async fn closed_flags(store: &Store, current: Option<&Publication>) -> Result<Vec<NaiveDate>, RunError> {
    let Some(current) = current else { return Ok(Vec::new()) };
    let schema = Arc::new(Schema::new(vec![Field::new("gone_on", DataType::Date32, true)]));
    let record = read_published(store, current, "hub.flag_record", &schema).await?;
    let days = record.column(0).as_primitive::<Date32Type>();
    Ok(days.iter().flatten().filter_map(Date32Type::to_naive_date_opt).collect())
}
