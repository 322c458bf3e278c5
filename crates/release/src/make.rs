use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use chrono::NaiveDate;
use yilian_contract::RegionNames;
use yilian_contract::targets::Target;
use yilian_disclosure::{Means, Threshold, Thresholds};

use crate::annual::Annual;
use crate::areas::{Areas, AreasInput};
use crate::before::Before;
use crate::bulletin::{Edition, Language, Signatures, bulletin};
use crate::coarsen::coarsen;
use crate::constraints::Constraints;
use crate::counted::finest_cells;
use crate::cube::{Cube, CubeInput};
use crate::definition::Text;
use crate::definitions::TableDefinitions;
use crate::dossier::{Origin, dossier};
use crate::earlier::{Earlier, Recount};
use crate::error::ReleaseError;
use crate::files::{Version, sha256_of, write_sums, write_version};
use crate::finest::FinestCells;
use crate::operators::Contributions;
use crate::plan::Plan;
use crate::protect::{Protection, ProtectionInput, protect};
use crate::rates::PublicRates;
use crate::release::{Release, release};
use crate::sealed;
use crate::state::VersionState;
use crate::table::ReleasedTable;

/// The folder of a version that everybody may read, and the one for internal use (内部资料).
pub const PUBLIC: &str = "public";
/// See [`PUBLIC`].
pub const RESTRICTED: &str = "restricted";
/// What stays with the hub: why each number is withheld.
pub const SEALED: &str = "sealed";
/// Benefits whose rolls hang on a public board (公示).
const POSTED_ROLLS: [&str; 5] = ["MZ01", "MZ05", "MZ07", "MZ09", "MZ10"];

/// Everything that a version is made from.
#[derive(Debug)]
pub struct YearInput<'a> {
    /// The year that it is about.
    pub year: i32,
    /// Number of the version within the year, from 1.
    pub number: u32,
    /// What a correction changes; empty for the first version.
    pub note: &'a str,
    /// Code and name of the hub's place.
    pub place: (&'a str, &'a str),
    /// `pipelines/annual.yaml`.
    pub annual: &'a Annual,
    /// What the tables are.
    pub definitions: &'a TableDefinitions,
    /// Thresholds by table and day.
    pub thresholds: &'a Thresholds,
    /// Rates that documents set.
    pub rates: &'a PublicRates,
    /// Targets of policy documents.
    pub targets: &'a [Target],
    /// Code of the department that pays each benefit.
    pub payers: &'a BTreeMap<String, String>,
    /// Names of regions.
    pub names: &'a RegionNames,
    /// Every county of the place, whether its offices deliver or not.
    pub counties: &'a BTreeSet<String>,
    /// The finest cells of each table, as its model counted them, and as `<table>_operator` whose its money and staff are.
    pub rows: &'a BTreeMap<String, RecordBatch>,
    /// Dataset and county whose deliveries are complete for the year.
    pub complete: &'a BTreeSet<(String, String)>,
    /// The day up to which deliveries were read.
    pub as_of: NaiveDate,
    /// What went in, for the dossier.
    pub origin: &'a Origin,
    /// The versions of the year that readers have already.
    pub earlier: &'a Earlier,
}

/// What came of it.
#[derive(Debug)]
pub struct Made {
    /// A draft.
    pub state: VersionState,
    /// The tables as they leave.
    pub release: Release,
    /// What was withheld, and how it was attacked.
    pub protection: Protection,
}

/// Makes a version in an empty `folder`: cells, protection, files, bulletins, dossier, checksums and state.
///
/// The same input gives the same bytes, with any means.
///
/// # Errors
/// [`ReleaseError`]; what has been written by then is for the caller to remove.
pub fn make_version(input: &YearInput<'_>, folder: &Path, means: Means<'_>) -> Result<Made, ReleaseError> {
    let thresholds = thresholds(input)?;
    let percent = input.annual.coarser_above_percent;
    let finest = finest(input, input.rows)?;
    let areas = areas(input, &finest);
    let cube = |plan: &Plan| {
        let (definitions, complete) = (input.definitions, input.complete);
        Cube::build(CubeInput { definitions, plan, finest: &finest, complete }, areas.clone())
    };
    let (plan, coarser) = coarsen(&cube(&input.annual.plan)?, input.annual, &thresholds);
    let cube = cube(&plan)?;
    let constraints = Constraints::new(&cube, input.annual, (input.rates, input.year))?;
    let recounted = input.earlier.recount.as_ref().and_then(|recount| recounted(input, recount, (&plan, &areas)));
    let before = Before::new(&cube, (input.earlier, input.annual.earlier_releases), recounted);
    let before = before.as_ref();
    let (payers, posted_rolls) = (input.payers, &POSTED_ROLLS[..]);
    let operators = &Contributions::new(&cube, input.annual.operators.as_ref(), input.rows)?;
    let protection = protect(
        &cube,
        &constraints,
        ProtectionInput { thresholds: &thresholds, payers, posted_rolls, operators, before },
        means,
    )?;
    let shown = cube.showing(&protection.changes.kept);
    let mut release = release(&shown, &protection.fates, (input.year, percent))?;
    release.coarser.splice(0..0, coarser);
    let [public, restricted] = [PUBLIC, RESTRICTED].map(|name| folder.join(name));
    write_version(&release.tables, &version(input, &thresholds), &public, &restricted)?;
    write_bulletins(input, (&release.tables, protection.changes.numbers_kept()), &thresholds, &public)?;
    let is_recounted = before.is_some_and(Before::is_recounted);
    write(&public.join("DOSSIER.md"), dossier(input, &release, (&protection, is_recounted)).as_bytes())?;
    let sealed = folder.join(SEALED);
    let withheld = sealed::withheld(&cube, &protection).map_err(failed("write", &sealed))?;
    fs::create_dir_all(&sealed).map_err(failed("create", &sealed))?;
    write(&sealed.join(sealed::WITHHELD), &withheld)?;
    let sums = write_sums(&public)?;
    for part in [&restricted, &sealed].into_iter().filter(|part| part.exists()) {
        write_sums(part)?;
    }
    let state = VersionState::draft(
        (input.year, input.number),
        input.annual.release_state,
        input.note,
        (&input.origin.run_id, &input.origin.models),
        (&sha256_of(&sums), input.earlier.recount.is_some()),
    );
    state.write(folder)?;
    Ok(Made { state, release, protection })
}

fn finest(
    input: &YearInput<'_>,
    rows: &BTreeMap<String, RecordBatch>,
) -> Result<BTreeMap<String, FinestCells>, ReleaseError> {
    let counted = input.definitions.iter().filter_map(|definition| Some((definition, rows.get(&definition.name)?)));
    counted.map(|(definition, rows)| Ok((definition.name.clone(), finest_cells(definition, rows)?))).collect()
}

/// The cells of the newest earlier version with their equations; `None` where models or rules have changed so much since
/// that they no longer fit, and only what readers have is known of it.
fn recounted(input: &YearInput<'_>, recount: &Recount, (plan, areas): (&Plan, &Areas)) -> Option<(Cube, Constraints)> {
    let finest = finest(input, &recount.rows).ok()?;
    let cells = CubeInput { definitions: input.definitions, plan, finest: &finest, complete: &recount.complete };
    let cube = Cube::build(cells, areas.clone()).ok()?;
    let constraints = Constraints::new(&cube, input.annual, (input.rates, input.year)).ok()?;
    Some((cube, constraints))
}

fn areas(input: &YearInput<'_>, finest: &BTreeMap<String, FinestCells>) -> Areas {
    let areas = AreasInput {
        place: input.place.0,
        counties: input.counties,
        finest,
        definitions: input.definitions,
        small: &input.annual.small_areas,
    };
    Areas::new(areas, input.names)
}

/// The threshold of each table on the reference day: that of `schemas/`, or a higher one of `annual.yaml`.
fn thresholds(input: &YearInput<'_>) -> Result<BTreeMap<String, Threshold>, ReleaseError> {
    let day = input.annual.reference_day.of_year(input.year);
    let of = |name: &str| -> Result<Threshold, ReleaseError> {
        let floor = input.thresholds.of(name, &day)?;
        let raised = input.annual.thresholds.get(name).map(|k| Threshold::of_people(*k)).transpose()?;
        Ok(match raised {
            Some(raised) if floor.k().is_some() => raised.max(floor),
            _ => floor,
        })
    };
    input.definitions.names().map(|name| Ok((name.to_owned(), of(name)?))).collect()
}

fn version(input: &YearInput<'_>, thresholds: &BTreeMap<String, Threshold>) -> Version {
    let (code, name) = input.place;
    Version {
        year: input.year,
        number: input.number,
        state: input.annual.release_state,
        publisher: publisher(name),
        id: format!("yilian-{code}-{}-{}", input.year, input.number),
        as_of: input.as_of,
        thresholds: thresholds.iter().map(|(table, threshold)| (table.clone(), threshold.k())).collect(),
    }
}

fn publisher(name: &str) -> Text {
    Text { zh: name.to_owned(), en: name.to_owned() }
}

fn write_bulletins(
    input: &YearInput<'_>,
    (tables, kept): (&[ReleasedTable], usize),
    thresholds: &BTreeMap<String, Threshold>,
    public: &Path,
) -> Result<(), ReleaseError> {
    let (region, name) = input.place;
    let edition = Edition {
        place: publisher(name),
        region: region.to_owned(),
        publisher: publisher(name),
        year: input.year,
        version: input.number.to_string(),
        finality: input.annual.release_state,
        accepted_until: input.as_of,
        published_on: None,
        protection: Some(protection(thresholds)),
        change_note: change_note(input, kept),
        targets: input.targets.to_vec(),
        signatures: Signatures::default(),
    };
    for language in [Language::Zh, Language::En] {
        let page = bulletin(language, &edition, tables, &[])?;
        write(&public.join(language.file_name()), page.as_bytes())?;
    }
    Ok(())
}

/// What a correction changes, and how many numbers it leaves as they were since their change would show single people.
fn change_note(input: &YearInput<'_>, kept: usize) -> Option<Text> {
    let note = Some(input.note).filter(|note| !note.is_empty())?;
    if kept == 0 {
        return Some(publisher(note));
    }
    Some(Text {
        zh: format!("{note}；另有{kept}个数据变动过小，为保护个人信息仍用前一版数值，分项之和与合计可能略有出入"),
        en: format!(
            "{note}; {kept} numbers have changed by so few people that they stay as they were, so that parts may not add up \
             to their total"
        ),
    })
}

/// How small numbers are protected: k is public, the other parameters are not.
fn protection(thresholds: &BTreeMap<String, Threshold>) -> Text {
    let ks: BTreeSet<u32> = thresholds.values().filter_map(|threshold| threshold.k()).collect();
    let list: Vec<String> = ks.iter().map(u32::to_string).collect();
    Text {
        zh: format!("人数少于{}人的数据不予公布；为使其不能由其他数据推出，另有部分数据不予公布", list.join("或")),
        en: format!(
            "Numbers of fewer than {} people are withheld, and others with them, so that none can be worked out",
            list.join(" or ")
        ),
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), ReleaseError> {
    fs::write(file, bytes).map_err(failed("write", file))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> ReleaseError {
    move |source| ReleaseError::File { action, path: path.to_owned(), source }
}
