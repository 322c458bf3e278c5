use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, Utc};
use yilian_contract::retention::{Months, Retention};

use super::carriers::last_carriers;
use super::holdings::PUBLICATION_OF_PARCEL;
use super::{Pruned, Removed};
use crate::files;
use crate::progress::Progress;
use crate::publication::{self, Publication};
use crate::receive::{Accepted, all_deliveries, current_deliveries, receipt_path, retire, tells_of_refused};
use crate::run::RunError;
use crate::run::generation::{Generations, STAGED_FOLDERS, parts};
use crate::run::kept;
use crate::run::model::{children, children_if_any};
use crate::run::tombstones::{Office, Tombstones, office_of};
use crate::site::Site;
use crate::store::{Object, Store};

/// Everything that a prune does, in the order in which it does it.
#[derive(Default)]
pub(super) struct Plan {
    /// Deliveries that no run will read any more.
    retired: Vec<Accepted>,
    removals: Vec<(&'static str, Removal)>,
    kept_for_numbers: usize,
}

/// One thing that goes.
struct Removal {
    place: Place,
    bytes: u64,
}

enum Place {
    /// An object of the store.
    Object(String),
    /// A file of the vault.
    File(PathBuf),
}

impl Plan {
    pub(super) async fn make(
        site: &Site,
        retention: &Retention,
        as_of: NaiveDate,
        progress: &dyn Progress,
    ) -> Result<Self, RunError> {
        if site.next_hub_key_file().exists() {
            return Err(RunError::HubKeyChanging);
        }
        let mut plan = Self::default();
        let publications = publication::all(site.store()).await?;
        let current = publications.last();
        plan.runs(site.store(), &publications, |day| retention.runs.are_over(day, as_of)).await?;
        let kept = plan.deliveries(site, current, |day| retention.deliveries.are_over(day, as_of), progress).await?;
        plan.quarantine(site.store(), retention.deliveries, as_of).await?;
        if let Some(current) = current {
            plan.staged(site, current, &kept)?;
        }
        plan.logs(&site.vault(), retention.logs, as_of)?;
        Ok(plan)
    }

    /// Old publications, then tables that no kept publication names, then parcels of publications that are gone.
    async fn runs(
        &mut self,
        store: &Store,
        publications: &[Publication],
        is_old: impl Fn(NaiveDate) -> bool,
    ) -> Result<(), RunError> {
        let current = publications.last().map(|publication| publication.number);
        let stays = |publication: &&Publication| {
            let day = publication.as_of.parse().map_err(|_| RunError::Unreadable { what: "a publication's day" });
            day.map(|day| Some(publication.number) == current || !is_old(day))
        };
        let mut kept: Vec<&Publication> = Vec::new();
        for publication in publications {
            if stays(&publication)? {
                kept.push(publication);
            }
        }
        let numbers: BTreeSet<u64> = kept.iter().map(|publication| publication.number).collect();
        let named: BTreeSet<&str> = kept
            .iter()
            .flat_map(|publication| publication.tables.values())
            .flat_map(|table| table.files.iter().map(|file| file.path.as_str()))
            .collect();
        for object in store.list("publications").await? {
            if number_in(&object.path, 0).is_some_and(|number| !numbers.contains(&number)) {
                self.object("publications", object);
            }
        }
        for object in store.list("runs").await? {
            if !named.contains(object.path.as_str()) {
                self.object("runs", object);
            }
        }
        for object in store.list("outbox").await? {
            if number_in(&object.path, PUBLICATION_OF_PARCEL).is_some_and(|number| !numbers.contains(&number)) {
                self.object("parcels", object);
            }
        }
        Ok(())
    }

    /// Superseded and old deliveries; gives the ids and offices of those that runs go on reading.
    async fn deliveries(
        &mut self,
        site: &Site,
        current: Option<&Publication>,
        is_old: impl Fn(NaiveDate) -> bool,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<String, Office>, RunError> {
        let store = site.store();
        let read: BTreeMap<String, Office> = current_deliveries(store)
            .await?
            .into_iter()
            .filter(|delivery| !is_old(delivery.manifest.period.end()))
            .map(|delivery| (delivery.delivery_id.clone(), office_of(&delivery)))
            .collect();
        let all = all_deliveries(store).await?;
        let (staying, leaving): (Vec<&Accepted>, Vec<&Accepted>) =
            all.iter().partition(|delivery| read.contains_key(&delivery.delivery_id));
        let carriers = match current {
            Some(current) if !leaving.is_empty() => {
                last_carriers(site, current, (&staying, leaving.clone()), progress).await?
            }
            _ => BTreeSet::new(),
        };
        self.kept_for_numbers = carriers.len();
        let (mut sealed, mut receipts) = (objects(store, "deliveries").await?, objects(store, "receipts").await?);
        for delivery in &leaving {
            let leaves = !carriers.contains(&delivery.delivery_id);
            // Without its document there is no delivery, whatever is left of the rest.
            for path in [delivery.document_path(), delivery.path()] {
                if let Some(object) = sealed.remove(&path).filter(|_| leaves) {
                    self.object("deliveries", object);
                }
            }
            if let Some(receipt) = receipts.remove(&receipt_path(&delivery.file_name, &delivery.file_sha256)) {
                self.object("receipts", receipt);
            }
        }
        self.retired = leaving.into_iter().cloned().collect();
        let documents: BTreeSet<String> = all.iter().map(Accepted::path).collect();
        for object in sealed.into_values().filter(|object| object.path.strip_suffix(".json").is_none()) {
            if !documents.contains(&object.path) {
                self.object("deliveries", object);
            }
        }
        Ok(read)
    }

    /// Refused files, by the day on which they were put away.
    async fn quarantine(&mut self, store: &Store, keep: Months, as_of: NaiveDate) -> Result<(), RunError> {
        let mut receipts = objects(store, "receipts").await?;
        for object in store.list("quarantine").await? {
            if !keep.are_over(object.written_on, as_of) {
                continue;
            }
            let name = object.path.rsplit('/').next().unwrap_or_default();
            if let Some(sha256) = name.strip_suffix(".json") {
                self.refused(store, &mut receipts, sha256).await?;
            }
            self.object("quarantine", object);
        }
        Ok(())
    }

    /// The receipts of a refused file, one for each name under which it came.
    async fn refused(
        &mut self,
        store: &Store,
        receipts: &mut BTreeMap<String, Object>,
        sha256: &str,
    ) -> Result<(), RunError> {
        for path in receipts.keys().cloned().collect::<Vec<_>>() {
            if tells_of_refused(store, &path, sha256).await?
                && let Some(receipt) = receipts.remove(&path)
            {
                self.object("receipts", receipt);
            }
        }
        Ok(())
    }

    /// Staged rows that the next run would not read.
    fn staged(&mut self, site: &Site, current: &Publication, kept: &BTreeMap<String, Office>) -> Result<(), RunError> {
        let tombstones = Tombstones::load(&site.vault(), &current.inputs.spine)?;
        let generations = Generations::new(&current.inputs.hub_key, &current.inputs.spine, &tombstones);
        let is_read = |name: &str| {
            parts(name).is_some_and(|(delivery, generation)| {
                let office = kept.get(delivery);
                office.is_some_and(|office| generations.names(office).iter().any(|name| name == generation))
            })
        };
        let before = self.removals.len();
        for folder in STAGED_FOLDERS {
            for file in files_below(&site.vault().join(folder))? {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                if !is_read(&name) {
                    let bytes = metadata(&file)?.len();
                    self.removals.push(("staged", Removal { place: Place::File(file), bytes }));
                }
            }
        }
        // What follows from rows that go must not outlive them; the next run makes it again.
        if self.removals.len() > before {
            for file in files_below(&site.vault().join(kept::FOLDER))? {
                let bytes = metadata(&file)?.len();
                self.removals.push(("kept", Removal { place: Place::File(file), bytes }));
            }
        }
        Ok(())
    }

    /// Histories of the prompt, and the query log of the endpoint, which begins a file each month.
    fn logs(&mut self, vault: &Path, keep: Months, as_of: NaiveDate) -> Result<(), RunError> {
        for file in children(vault)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let found = metadata(&file)?;
            let written = found.modified().map_err(RunError::io("read", &file))?;
            let is_log = found.is_file() && super::is_log(&name);
            if is_log && keep.are_over(DateTime::<Utc>::from(written).date_naive(), as_of) {
                self.removals.push(("logs", Removal { place: Place::File(file), bytes: found.len() }));
            }
        }
        Ok(())
    }

    fn object(&mut self, store: &'static str, object: Object) {
        self.removals.push((store, Removal { place: Place::Object(object.path), bytes: object.bytes }));
    }

    /// Does it; what is gone already is no error.
    pub(super) async fn carry_out(&self, site: &Site) -> Result<(), RunError> {
        for delivery in &self.retired {
            retire(site.store(), delivery).await?;
        }
        for (_, removal) in &self.removals {
            match &removal.place {
                Place::Object(path) => site.store().delete(path).await?,
                Place::File(file) => files::remove(file).map_err(RunError::io("remove", file))?,
            }
        }
        Ok(())
    }

    pub(super) fn told(&self) -> Pruned {
        let mut stores: BTreeMap<&'static str, Removed> = BTreeMap::new();
        for (store, removal) in &self.removals {
            let removed = stores.entry(store).or_default();
            removed.files += 1;
            removed.bytes += removal.bytes;
        }
        Pruned { stores, kept_for_numbers: self.kept_for_numbers }
    }
}

/// The number that is one part of a file's name, parts being divided by dots.
pub(super) fn number_in(path: &str, part: usize) -> Option<u64> {
    path.rsplit('/').next()?.split('.').nth(part)?.parse().ok()
}

pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let mut files = Vec::new();
    for path in children_if_any(folder)? {
        if path.is_dir() { files.extend(files_below(&path)?) } else { files.push(path) }
    }
    Ok(files)
}

/// The objects of a folder of the store, by path.
async fn objects(store: &Store, folder: &str) -> Result<BTreeMap<String, Object>, RunError> {
    Ok(store.list(folder).await?.into_iter().map(|object| (object.path.clone(), object)).collect())
}

pub(super) fn metadata(file: &Path) -> Result<fs::Metadata, RunError> {
    fs::metadata(file).map_err(RunError::io("read", file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_somebody_else_has_removed_is_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let site = Site::create(&folder.path().join("site"), "1501", "市").unwrap();
        let removal = |place| ("logs", Removal { place, bytes: 1 });
        let places = [Place::File(site.vault().join("gone")), Place::Object("runs/gone".to_owned())];
        let plan = Plan { removals: places.map(removal).into(), ..Plan::default() };
        plan.carry_out(&site).await.unwrap();
    }
}
