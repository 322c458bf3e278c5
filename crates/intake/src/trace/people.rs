//! Reads name, ID number and township of some rows of an extract, and nothing else of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use yilian_contract::{Contract, Regions, Schemas, Subject};

use super::walk::{Extract, TablePlace, walk};
use super::{Plain, SourcePlace, TraceError};
use crate::IntakeError;
use crate::cell::region;
use crate::plan::Plan;
use crate::source::Cells;

/// Columns that say where a person belongs, the paying place first.
const REGIONS: [&str; 4] = ["region", "residence_region", "hukou_region", "pool_region"];

/// Which rows of which extract are asked for.
pub struct PeopleRequest<'a> {
    /// Contracts and code lists.
    pub schemas: &'a Schemas,
    /// The contract of the dataset.
    pub contract: &'a Contract,
    /// Region codes.
    pub regions: &'a Regions,
    /// The extract.
    pub extract: &'a Path,
    /// The SHA-256 that the row map names; an extract with another one is refused.
    pub digest: &'a str,
    /// Where these rows stand.
    pub rows: &'a BTreeSet<SourcePlace>,
}

/// Whom a row of an extract is about, as written there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonCells {
    /// Name.
    pub name: Option<Plain>,
    /// ID number.
    pub id_number: Option<Plain>,
    /// Code of the township, of nine digits.
    pub township: Option<Plain>,
}

impl fmt::Debug for PersonCells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonCells(***)")
    }
}

/// Reads whom these rows are about; a row that the extract does not have is left out.
///
/// # Errors
/// [`TraceError::AnotherFile`] if the extract is not the one that was packed: nothing of it is given back then.
pub fn people(request: &PeopleRequest<'_>) -> Result<BTreeMap<SourcePlace, PersonCells>, TraceError> {
    let another = || TraceError::AnotherFile { path: request.extract.to_owned() };
    let extract = Extract { schemas: request.schemas, contract: request.contract, path: request.extract };
    let walked = walk(
        extract,
        |plan, table| (Wanted::new(request, plan, table), BTreeMap::new()),
        |(wanted, people), cells| wanted.collect(cells, people),
    );
    match walked {
        Ok(walked) if walked.digest == request.digest => {
            Ok(walked.tables.into_iter().flat_map(|(_, people)| people).collect())
        }
        // What was packed could be read; what cannot be read is something else.
        Ok(_) | Err(IntakeError::Encoding { .. } | IntakeError::Quotes { .. }) => Err(another()),
        Err(error) => Err(error.into()),
    }
}

/// The rows that are asked for, and where their columns stand in the file.
struct Wanted<'a> {
    /// By the row's number in its sheet.
    rows: BTreeMap<u64, &'a SourcePlace>,
    /// How many rows stand before the sheet.
    before: u32,
    regions: &'a Regions,
    name: Option<usize>,
    id_number: Option<usize>,
    places: Vec<usize>,
}

impl<'a> Wanted<'a> {
    fn new(request: &'a PeopleRequest<'_>, plan: &Plan, TablePlace { sheet, before }: TablePlace<'_>) -> Self {
        // Of a single sheet the row map does not say the name.
        let here = |place: &&SourcePlace| place.sheet.is_none() || place.sheet.as_deref() == sheet;
        // The name of an institution is no person's.
        let about_people = request.contract.subject != Subject::None;
        let of_person = |name| plan.source(name).filter(|_| about_people);
        Self {
            rows: request.rows.iter().filter(here).map(|place| (place.row, place)).collect(),
            before,
            regions: request.regions,
            name: of_person("name"),
            id_number: of_person("id_number"),
            places: REGIONS.iter().filter_map(|name| plan.source(name)).collect(),
        }
    }

    fn collect(&self, cells: &Cells, people: &mut BTreeMap<SourcePlace, PersonCells>) {
        for (record, row) in cells.rows().iter().enumerate() {
            let row = u64::from(row.saturating_sub(self.before));
            let Some(place) = self.rows.get(&row) else { continue };
            let cell = |column: Option<usize>| column.and_then(|column| Plain::new(cells.get(record, column)));
            let township = self.places.iter().find_map(|place| self.township(cells.get(record, *place)));
            people.insert(
                (*place).clone(),
                PersonCells { name: cell(self.name), id_number: cell(self.id_number), township },
            );
        }
    }

    /// The nine digits of a township; `None` where a cell names a county or nothing that is known.
    fn township(&self, text: &str) -> Option<Plain> {
        let code = region(text, self.regions).ok()??.township;
        (code % 1000 != 0).then(|| Plain::new(&format!("{code:09}")))?
    }
}
