//! `yilian-dept feedback`.

mod extracts;
mod output;
mod own_rows;
mod report;
mod returned;

use std::path::Path;

use yilian_contract::RegionNames;
use yilian_delivery::{Clue, OpenedParcel, ParcelFile};
use yilian_workbook::{Book, Decisions, Entry};

use crate::arguments::FeedbackArguments;
use crate::clock;
use crate::error::DeptError;
use crate::printer::Printer;
use crate::schemas::Loaded;
use crate::site::Site;

use extracts::People;
use output::{Form, Target};
use own_rows::OwnRows;
use report::Report;

pub(crate) use output::known;

/// Opens a parcel and makes the officer's workbook of it, or nothing at all.
pub(crate) fn run(feedback: &FeedbackArguments, site: &Path, printer: Printer) -> Result<(), DeptError> {
    let site = Site::open(site)?;
    let loaded = Loaded::find(feedback.schemas.as_deref())?;
    let parcel = opened(&feedback.parcel, &site)?;
    let form = if feedback.csv { Form::Csv } else { Form::Workbook };
    let target = Target::new(&site, parcel.manifest(), feedback.out.as_deref(), form)?;
    let rows = OwnRows::find(&site.records()?, parcel.clues())?;
    let region_names = loaded.region_names()?;
    let people = People::read(&feedback.extract, &rows, (&site, &loaded), &region_names)?;
    let book = Book {
        office: office(&site, &region_names),
        made_on: clock::today(),
        as_of: parcel.manifest().as_of,
        publication: parcel.manifest().publication,
        entries: parcel.clues().iter().map(|clue| entry(clue, (&rows, &people), &loaded)).collect(),
        returned: returned::returned(&site.records()?, parcel.manifest(), &loaded)?,
    };
    let decisions = decisions(&loaded)?;
    target.write(&book, &decisions, parcel.clues())?;
    let report =
        Report { manifest: parcel.manifest(), book: &book, rows: &rows, people: &people, written: target.path() };
    printer.answer(|| report.for_people(), || report.for_machines());
    Ok(())
}

/// The parcel, if the hub made it for this very office.
pub(crate) fn opened(path: &Path, site: &Site) -> Result<OpenedParcel, DeptError> {
    let hub = site.hub_signature_key()?;
    let file = ParcelFile::read(path)?;
    let parcel =
        file.open(&site.identity()?, hub).map_err(|faults| DeptError::Parcel { path: path.to_owned(), faults })?;
    let (manifest, settings) = (parcel.manifest(), &site.settings);
    if manifest.place == settings.place && manifest.department == settings.department {
        Ok(parcel)
    } else {
        Err(DeptError::ParcelOfAnother { path: path.to_owned() })
    }
}

/// The decisions that can be taken today.
pub(crate) fn decisions(loaded: &Loaded) -> Result<Decisions, DeptError> {
    let list = loaded.schemas.codes.get("decision").ok_or(DeptError::SchemasNotFound)?;
    Ok(Decisions::new(list, clock::today()))
}

/// 玉泉区民政.
pub(crate) fn office(site: &Site, names: &RegionNames) -> String {
    let place = site.settings.place.as_str();
    format!("{}{}", names.name(place).unwrap_or(place), site.settings.department.zh())
}

fn entry(clue: &Clue, (rows, people): (&OwnRows, &People), loaded: &Loaded) -> Entry {
    let benefit = clue.own_benefit.as_deref().unwrap_or_default();
    let label = loaded.schemas.codes.get("benefit").and_then(|list| list.entry(benefit));
    Entry {
        own_benefit: label.map_or(benefit, |label| label.label_zh.as_str()).to_owned(),
        records: clue.rows.iter().map(|row| rows.record(row, loaded)).collect(),
        people: people.of(clue, rows),
        township: people.township(clue, rows),
        clue: clue.clone(),
    }
}
