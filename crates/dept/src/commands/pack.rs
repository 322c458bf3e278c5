//! `yilian-dept pack`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use yilian_contract::{Contract, Subject};
use yilian_delivery::{Description, Draft, FileName, LinkKeyReference, Partition, Sealed, Sealing, SigningKey};
use yilian_intake::{CANONICALISER_VERSION, IntakeError, Prepared, Request};
use yilian_token::Key;

use crate::arguments::PackArguments;
use crate::commands::inspect::Line;
use crate::error::DeptError;
use crate::printer::{Printer, value};
use crate::progress::Steps;
use crate::records::{Records, Workspace};
use crate::schemas::Loaded;
use crate::site::Site;

/// Turns an extract into a signed, sealed delivery in out/ and its records in records/, or into nothing at all.
pub(crate) fn run(pack: &PackArguments, site: &Path, printer: Printer) -> Result<(), DeptError> {
    let site = Site::open(site)?;
    let loaded = Loaded::find(pack.schemas.as_deref())?;
    let packed = packed(pack, (&site, &loaded), Extract::OfTheOffice, printer)?;
    if packed.sealed.manifest.sealing == Sealing::Plain {
        printer.note("warning: the delivery is not encrypted; a hub refuses it unless its site allows it");
    }
    printer.answer(|| packed.for_people(), || packed.for_machines());
    Ok(())
}

/// Where an extract comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extract {
    /// From the office's own system: some rows may be rejected, and the office keeps it.
    OfTheOffice,
    /// Made by this program from answers: no row may be rejected, and it is kept with the records.
    OfAnswers,
}

/// The name under which the answers of a delivery are kept with its records.
pub(crate) const ANSWERS: &str = "answers.csv";

/// Packs an extract, or leaves nothing.
pub(crate) fn packed(
    pack: &PackArguments,
    (site, loaded): (&Site, &Loaded),
    extract: Extract,
    printer: Printer,
) -> Result<Packed, DeptError> {
    let contract = loaded.contract(&pack.dataset, site)?;
    let link_key = site.link_key()?;
    let job = Job {
        pack,
        loaded,
        contract,
        next_link_key: (contract.subject == Subject::Bridge).then(|| site.next_link_key(&link_key)).transpose()?,
        link_key,
        signing_key: site.signing_key()?,
        records: Records::new(site.records()?, &pack.dataset, &pack.period),
        site,
    };
    let name = job.file_name()?;
    let workspace = job.records.workspace()?;
    let prepared = job.prepare(workspace.path(), printer)?;
    if extract == Extract::OfAnswers {
        let rows = prepared.counts.rejected_rows();
        if rows > 0 {
            return Err(DeptError::AnswersRejected { rows });
        }
        let kept = workspace.path().join(ANSWERS);
        fs::copy(&pack.file, &kept).map_err(DeptError::io("written", &kept))?;
    }
    let sealed = job.seal(&name, &prepared, workspace.path())?;
    let published = job.publish(&name, &sealed, workspace)?;
    Ok(Packed { prepared, sealed, published })
}

/// A delivery that was made, with its records.
pub(crate) struct Packed {
    prepared: Prepared,
    sealed: Sealed,
    published: Published,
}

/// Everything that one delivery is made from.
struct Job<'a> {
    pack: &'a PackArguments,
    site: &'a Site,
    loaded: &'a Loaded,
    contract: &'a Contract,
    link_key: Key,
    /// Both keys make a bridge between them.
    next_link_key: Option<Key>,
    signing_key: SigningKey,
    records: Records,
}

/// Where a delivery and its records are.
struct Published {
    delivery: PathBuf,
    records: PathBuf,
}

impl Job<'_> {
    /// The delivery's name, with the next sequence; a name that is taken is refused before any work.
    fn file_name(&self) -> Result<FileName, DeptError> {
        let settings = &self.site.settings;
        let sequence = match self.pack.sequence {
            Some(sequence) => sequence,
            None => self.records.next_sequence()?,
        };
        let name = FileName {
            partition: Partition {
                place: settings.place.clone(),
                department: settings.department,
                dataset: self.pack.dataset.clone(),
                period: self.pack.period,
            },
            sequence,
            sealing: if self.pack.plain { Sealing::Plain } else { Sealing::Age },
        };
        for path in [self.records.path(sequence), self.site.out()?.join(name.to_string())] {
            if path.exists() {
                return Err(DeptError::DeliveryExists { path });
            }
        }
        Ok(name)
    }

    /// Reads and tokenises the extract into `workspace`.
    fn prepare(&self, workspace: &Path, printer: Printer) -> Result<Prepared, DeptError> {
        let steps = Steps::new(printer);
        let (exclude, village_classes) = (self.site.exclude(), self.site.village_classes());
        let prepared = yilian_intake::prepare(&Request {
            schemas: &self.loaded.schemas,
            contract: self.contract,
            regions: &self.loaded.regions,
            input: &self.pack.file,
            place: &self.site.settings.place,
            period: &self.pack.period,
            link_key: &self.link_key,
            next_link_key: self.next_link_key.as_ref(),
            exclude: exclude.as_deref(),
            village_classes: village_classes.as_deref(),
            out_dir: workspace,
            progress: &steps,
        });
        steps.finish();
        prepared.map_err(|error| self.keep_rejects(error))
    }

    /// Above the tolerance there is no delivery, but the officer needs the list of rows to correct.
    fn keep_rejects(&self, error: IntakeError) -> DeptError {
        let IntakeError::TooManyRejects { path, rejected, read, permille, rejects } = error else {
            return error.into();
        };
        match self.records.keep_refused(&rejects) {
            Ok(rejects) => IntakeError::TooManyRejects { path, rejected, read, permille, rejects }.into(),
            Err(error) => error,
        }
    }

    /// Signs and seals the prepared data into `workspace`.
    fn seal(&self, name: &FileName, prepared: &Prepared, workspace: &Path) -> Result<Sealed, DeptError> {
        let settings = &self.site.settings;
        let lists = self.loaded.schemas.lists_of(self.contract);
        let description = Description {
            partition: name.partition.clone(),
            sequence: name.sequence,
            code_lists: lists.into_iter().map(|list| (list.name.clone(), list.digest.clone())).collect(),
            link_key: reference(&self.link_key),
            next_link_key: self.next_link_key.as_ref().map(reference),
            canonicaliser: CANONICALISER_VERSION,
            purpose: settings.purpose.clone(),
            legal_basis: settings.legal_basis.clone(),
            counts: prepared.counts.clone(),
            control_totals: prepared.control_totals.clone(),
            canaries: yilian_intake::canary_tokens(&self.loaded.schemas.canaries, &self.link_key)?,
        };
        let draft = Draft {
            description,
            contract: self.contract,
            data: &prepared.data,
            signing_key: &self.signing_key,
            recipient: (!self.pack.plain).then_some(&settings.hub_recipient),
        };
        Ok(yilian_delivery::seal(draft, workspace)?)
    }

    /// Keeps the records and puts the delivery into out/; until its last step there is no delivery.
    fn publish(&self, name: &FileName, sealed: &Sealed, workspace: Workspace) -> Result<Published, DeptError> {
        let data = workspace.path().join("data.parquet");
        fs::remove_file(&data).map_err(DeptError::io("removed", &data))?;
        let manifest = workspace.path().join("datapackage.json");
        fs::write(&manifest, &sealed.manifest_bytes).map_err(DeptError::io("written", &manifest))?;
        let records = self.records.keep(workspace, name.sequence)?;
        let (packed, delivery) = (records.join(name.to_string()), self.site.out()?.join(name.to_string()));
        if let Err(source) = fs::rename(&packed, &delivery) {
            // Without its delivery the sequence would be lost to records of nothing.
            let _ = fs::remove_dir_all(&records);
            return Err(DeptError::io("written", &delivery)(source));
        }
        self.records.forget_refused();
        Ok(Published { delivery, records })
    }
}

fn reference(key: &Key) -> LinkKeyReference {
    LinkKeyReference {
        kid: key.kid().to_owned(),
        algorithm: key.algorithm().to_string(),
        check_value: key.check_value(),
    }
}

impl Packed {
    /// The delivery in JSON.
    pub(crate) fn for_machines(&self) -> serde_json::Value {
        let Self { prepared, sealed, published } = self;
        json!({
            "delivery": published.delivery,
            "delivery_id": sealed.delivery_id,
            "sequence": sealed.manifest.sequence,
            "bytes": sealed.bytes,
            "encoding": prepared.encoding.as_str(),
            "sheets": prepared.sheets,
            "counts": value(&prepared.counts),
            "findings": prepared.findings.iter().map(|one| Line::from(one).for_machines()).collect::<Vec<_>>(),
            "records": published.records,
        })
    }

    /// Where the delivery is.
    pub(crate) fn delivery(&self) -> &Path {
        &self.published.delivery
    }

    fn for_people(&self) -> String {
        let counts = &self.prepared.counts;
        let mut text = format!(
            "`{}` 已生成 was packed\n编号 delivery id: {}\n读入 read: {}\n报送 delivered: {}\n未满60岁 not yet 60: {}\n\
             不合格 rejected: {}\n无有效证件号 without a valid ID: {}\n15位升18位 upgraded from 15 digits: {}",
            self.published.delivery.display(),
            self.sealed.delivery_id,
            counts.read,
            counts.delivered,
            counts.out_of_scope,
            counts.rejected_rows(),
            counts.null_tokens,
            counts.upgraded,
        );
        if counts.rejected_rows() > 0 {
            let reasons: Vec<String> =
                counts.rejected.iter().map(|(reason, rows)| format!("{reason} {rows}")).collect();
            let rejects = self.published.records.join("rejects.csv");
            let list = format!("\n\n不合格行 rejected rows: {}\n  {}", rejects.display(), reasons.join(", "));
            text.push_str(&list);
        }
        text
    }
}

#[cfg(test)]
mod tests;
