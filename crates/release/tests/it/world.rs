//! Made-up tables of a place with two counties, small enough to count by hand.

use std::collections::{BTreeMap, BTreeSet};

use yilian_contract::RegionNames;
use yilian_release::{
    Annual, Areas, AreasInput, Constraints, Cube, CubeInput, FinestCells, PublicRates, ReleaseError, TableDefinitions,
};

/// A counted cell: region, category codes, measures.
pub(crate) type Row = (&'static str, Vec<&'static str>, Vec<Option<i64>>);

pub(crate) const COUNTIES: [&str; 2] = ["150104", "150105"];

const TEXT: &str = "title: { zh: 表, en: Table }
universe: { zh: 老年人, en: older people }
formula: { zh: 人数, en: a count }
timing: stock
departments: [civil_affairs]
";
const SEX: &str = "  - name: sex
    title: { zh: 性别, en: Sex }
    categories: [{ code: '1', zh: 男, en: men }, { code: '2', zh: 女, en: women }]
    adds_up: true
";
const BAND: &str = "  - name: band
    title: { zh: 年龄组, en: Age band }
    categories: [{ code: '60', zh: 60–64, en: 60–64 }, { code: '65', zh: 65–79, en: 65–79 }, { code: '80', zh: 80+, en: 80+ }]
    adds_up: true
    township: [{ code: 65+, zh: 65+, en: 65+, of: ['65', '80'] }, { code: 80+, zh: 80+, en: 80+, of: ['80'] }]
";
const HOME: &str = "  - name: home
    title: { zh: 居住, en: Home }
    categories: [{ code: own, zh: 自有, en: own }, { code: rented, zh: 租, en: rented }]
    adds_up: true
";
const BENEFIT: &str = "  - name: benefit
    title: { zh: 待遇, en: Benefit }
    categories: [{ code: A, zh: 甲, en: A }, { code: B, zh: 乙, en: B }]
    adds_up: false
";
const PERSONS: &str = "  - { name: persons, title: { zh: 人数, en: Persons }, unit: person }
";
const MEASURES: &str = "  - { name: persons, title: { zh: 人数, en: Persons }, unit: person }
  - { name: december, title: { zh: 十二月, en: December }, unit: person, part_of: persons }
  - { name: months, title: { zh: 人月, en: Months }, unit: person_month }
  - { name: amount, title: { zh: 金额, en: Amount }, unit: yuan }
  - { name: share, title: { zh: 占比, en: Share }, unit: percent, ratio: { of: december, to: persons } }
  - { name: average, title: { zh: 均额, en: Average }, unit: yuan_each, ratio: { of: amount, to: months } }
";
pub(crate) const ANNUAL: &str = "release_state: final
reference_day: 12-31
cut_off: 03-31
small_areas: { table: population, measure: persons, below: 4, units: ['4'] }
plan: { whole: all, province: all, city: all, county: { at_most: 2 }, township: groups }
coarser_above_percent: 50
earlier_releases: { suppressed: stay, small_changes: suppress }
";

fn table(base: &str, dimensions: &[&str], measures: &str) -> String {
    let datasets = if base == "paying" { "[payments]" } else { "[register]" };
    let dimensions = dimensions.concat();
    format!("{TEXT}base: {base}\ndatasets: {datasets}\ndimensions:\n{dimensions}measures:\n{measures}")
}

/// `population` by sex, band and home; `recipients` by benefit, sex and band; `homes` by home.
pub(crate) fn tables() -> Vec<(&'static str, String)> {
    vec![
        ("population", table("residence", &[SEX, BAND, HOME], PERSONS)),
        ("recipients", table("paying", &[BENEFIT, SEX, BAND], MEASURES)),
        ("homes", table("residence", &[HOME], PERSONS)),
    ]
}

pub(crate) fn load(tables: &[(&str, String)]) -> Result<TableDefinitions, Vec<ReleaseError>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in tables {
        std::fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
    }
    TableDefinitions::load(folder.path())
}

pub(crate) fn annual(text: &str, definitions: &TableDefinitions) -> Result<Annual, ReleaseError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("annual.yaml");
    std::fs::write(&file, text).unwrap();
    Annual::load(&file, definitions)
}

/// Everything that a test looks at.
pub(crate) struct World {
    pub(crate) annual: Annual,
    pub(crate) rows: BTreeMap<&'static str, Vec<Row>>,
    pub(crate) cube: Cube,
}

/// The rows, which are the whole of a failing case.
impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(&self.rows).finish()
    }
}

impl World {
    /// Of the tables that have rows; every dataset is complete but those named.
    pub(crate) fn new(
        rows: BTreeMap<&'static str, Vec<Row>>,
        annual_text: &str,
        incomplete: &[(&str, &str)],
    ) -> Result<Self, ReleaseError> {
        Self::of_place("15", rows, annual_text, incomplete)
    }

    /// The same at a hub of another place.
    pub(crate) fn of_place(
        place: &str,
        rows: BTreeMap<&'static str, Vec<Row>>,
        annual_text: &str,
        incomplete: &[(&str, &str)],
    ) -> Result<Self, ReleaseError> {
        let tables: Vec<_> = tables().into_iter().filter(|(name, _)| rows.contains_key(name)).collect();
        let definitions = load(&tables).unwrap();
        let annual = annual(annual_text, &definitions)?;
        let mut finest = BTreeMap::new();
        for (name, rows) in &rows {
            let mut cells = FinestCells::new(definitions.get(name).unwrap());
            for (region, codes, values) in rows {
                cells.push(region, codes, values)?;
            }
            finest.insert((*name).to_owned(), cells);
        }
        let counties: BTreeSet<String> = COUNTIES.map(str::to_owned).into();
        let small = &annual.small_areas;
        let input = AreasInput { place, counties: &counties, finest: &finest, definitions: &definitions, small };
        let areas = Areas::new(input, &RegionNames::default());
        let complete: BTreeSet<(String, String)> = ["register", "payments"]
            .iter()
            .flat_map(|dataset| COUNTIES.map(|county| (*dataset, county)))
            .filter(|pair| !incomplete.contains(pair))
            .map(|(dataset, county)| (dataset.to_owned(), county.to_owned()))
            .collect();
        let input = CubeInput { definitions: &definitions, plan: &annual.plan, finest: &finest, complete: &complete };
        let cube = Cube::build(input, areas)?;
        Ok(Self { annual, rows, cube })
    }

    pub(crate) fn constraints(&self) -> Constraints {
        Constraints::new(&self.cube, &self.annual, (&PublicRates::default(), 2025)).unwrap()
    }
}
