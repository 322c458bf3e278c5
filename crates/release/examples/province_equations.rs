//! The cube and the equations of a made-up province of 103 counties and 1,200 townships: how many, and how long it takes.
//!
//! `cargo run --release -p yilian-release --example province_equations`

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::Write as _;
use std::time::Instant;

use yilian_contract::RegionNames;
use yilian_disclosure::Status;
use yilian_release::{
    Annual, Areas, AreasInput, Cell, Constraints, Cube, CubeInput, FinestCells, Kind, PublicRates, TableDefinitions,
    Value, release,
};

const COUNTIES: usize = 103;
const TOWNSHIPS: usize = 1_200;

const TEXT: &str = "title: { zh: 表, en: Table }
universe: { zh: 老年人, en: older people }
formula: { zh: 人数, en: a count }
timing: stock
base: residence
departments: [civil_affairs]
datasets: [register]
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout();
    let folder = tempfile::tempdir()?;
    let definitions = definitions(folder.path())?;
    let annual = annual(folder.path(), &definitions)?;
    let mut clock = Instant::now();
    let mut lap = |what: String| {
        let seconds = clock.elapsed();
        clock = Instant::now();
        writeln!(out, "{:>4}.{:01} s  {what}", seconds.as_secs(), seconds.subsec_millis() / 100)
    };

    let finest = finest(&definitions)?;
    let rows: usize = finest.values().map(|(_, rows)| rows).sum();
    lap(format!("{rows} finest cells of {} tables", finest.len()))?;
    let finest: BTreeMap<String, FinestCells> = finest.into_iter().map(|(name, (cells, _))| (name, cells)).collect();
    let counties: BTreeSet<String> = (0..COUNTIES).map(county).collect();
    let complete = counties.iter().map(|county| ("register".to_owned(), county.clone())).collect();
    let small = &annual.small_areas;
    let input = AreasInput { place: "15", counties: &counties, finest: &finest, definitions: &definitions, small };
    let areas = Areas::new(input, &RegionNames::default());
    lap(format!("{} regions", areas.regions().count()))?;
    let input = CubeInput { definitions: &definitions, plan: &annual.plan, finest: &finest, complete: &complete };
    let cube = Cube::build(input, areas)?;
    lap(format!("{} cells, {} of them shown", cube.len(), cube.cells().filter(|cell| cell.shown).count()))?;
    let constraints = Constraints::new(&cube, &annual, (&PublicRates::default(), 2025))?;
    let mut kinds: BTreeMap<Kind, usize> = BTreeMap::new();
    for equation in constraints.equations() {
        *kinds.entry(equation.kind).or_default() += 1;
    }
    lap(format!("{} equations with {} terms: {kinds:?}", constraints.len(), constraints.terms()))?;
    let fates: Vec<Status> = cube.cells().map(|cell| fate(&cube, cell)).collect();
    let released = release(&cube, &fates, (2025, annual.coarser_above_percent))?;
    let rows: usize = released.tables.iter().map(|table| table.rows.len()).sum();
    lap(format!("{rows} rows released, coarser: {:?}", released.coarser))?;
    Ok(())
}

/// What the threshold alone would withhold.
fn fate(cube: &Cube, cell: Cell<'_>) -> Status {
    match (cell.value, cube.cell(cell.group).map(|leader| leader.value)) {
        (Value::Missing, _) => Status::Missing,
        (Value::NotApplicable, _) => Status::NotApplicable,
        (_, Some(Value::Known(1..=4))) => Status::Suppressed,
        (Value::Known(0), _) => Status::Zero,
        _ => Status::Published,
    }
}

fn list(codes: impl Iterator<Item = String>) -> String {
    codes.map(|code| format!("{{ code: '{code}', zh: '{code}', en: '{code}' }}")).collect::<Vec<_>>().join(", ")
}

fn definitions(folder: &std::path::Path) -> Result<TableDefinitions, Box<dyn Error>> {
    let dimension = |name: &str, codes: String, adds_up: bool, township: &str| {
        format!(
            "  - {{ name: {name}, title: {{ zh: {name}, en: {name} }}, categories: [{codes}], adds_up: {adds_up}{township} }}\n"
        )
    };
    let groups = ", township: [{ code: 65+, zh: 65+, en: 65+, of: [b1, b2, b3, b4, b5, b6, b7, b8] }, \
        { code: 80+, zh: 80+, en: 80+, of: [b4, b5, b6, b7, b8] }]";
    let sex = dimension("sex", list(["1", "2"].map(str::to_owned).into_iter()), true, "");
    let band = dimension("age_band", list((0..9).map(|band| format!("b{band}"))), true, groups);
    let urban = dimension("urban_rural", list(["urban", "rural"].map(str::to_owned).into_iter()), true, "");
    let situation = dimension("situation", list((0..6).map(|situation| format!("s{situation}"))), true, "");
    let benefit = dimension("benefit", list((0..30).map(|benefit| format!("B{benefit:02}"))), false, "");
    let persons = "  - { name: persons, title: { zh: 人数, en: persons }, unit: person }\n";
    let all = "  - { name: december, title: { zh: 十二月, en: december }, unit: person, part_of: persons }
  - { name: months, title: { zh: 人月, en: months }, unit: person_month }
  - { name: amount, title: { zh: 金额, en: amount }, unit: yuan }
";
    let tables = [
        ("population", format!("{sex}{band}{urban}"), persons.to_owned()),
        ("living_situation", format!("{situation}{sex}{band}{urban}"), persons.to_owned()),
        ("benefit_recipients", format!("{benefit}{sex}{band}{urban}"), format!("{persons}{all}")),
    ];
    for (name, dimensions, measures) in tables {
        let text = format!("{TEXT}dimensions:\n{dimensions}measures:\n{measures}");
        std::fs::write(folder.join(format!("{name}.yaml")), text)?;
    }
    let loaded = TableDefinitions::load(folder);
    loaded.map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into())
}

fn annual(folder: &std::path::Path, definitions: &TableDefinitions) -> Result<Annual, Box<dyn Error>> {
    let text = "release_state: provisional
reference_day: 12-31
cut_off: 03-31
small_areas: { table: population, measure: persons, below: 200, units: ['4'] }
plan: { whole: all, province: all, city: all, county: { at_most: 2 }, township: groups }
coarser_above_percent: 50
earlier_releases: { suppressed: stay, small_changes: keep_old_value }
links: [{ left: population.persons, right: living_situation.persons }]
";
    let file = folder.join("annual.yml");
    std::fs::write(&file, text)?;
    Ok(Annual::load(&file, definitions)?)
}

fn county(number: usize) -> String {
    format!("15{:02}{:02}", number / 9 + 1, number % 9 + 1)
}

/// About 4,000 people in a township, fewer the older; a benefit goes to a share of them that differs by benefit.
fn finest(definitions: &TableDefinitions) -> Result<BTreeMap<String, (FinestCells, usize)>, Box<dyn Error>> {
    let mut tables = BTreeMap::new();
    for definition in definitions.iter() {
        tables.insert(definition.name.clone(), (FinestCells::new(definition), 0));
    }
    let mut push = |table: &str, region: &str, codes: &[&str], values: &[i64]| -> Result<(), Box<dyn Error>> {
        let (cells, rows) = tables.get_mut(table).ok_or("no such table")?;
        let values: Vec<Option<i64>> = values.iter().copied().map(Some).collect();
        *rows += 1;
        Ok(cells.push(region, codes, &values)?)
    };
    let mut state = 20_250_101_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below.max(1)
    };
    for township in 0..TOWNSHIPS {
        let region = format!("{}{:03}", county(township % COUNTIES), township / COUNTIES + 1);
        for cell in 0..36_u32 {
            let (sex, urban) = (if cell % 2 == 0 { "1" } else { "2" }, if cell % 4 < 2 { "urban" } else { "rural" });
            let band = format!("b{}", cell / 4);
            let mut persons = 0;
            for situation in 0..6 {
                let people = i64::try_from(draw(120 >> (cell / 4)))?;
                persons += people;
                if people > 0 {
                    push("living_situation", &region, &[&format!("s{situation}"), sex, &band, urban], &[people])?;
                }
            }
            if persons > 0 {
                push("population", &region, &[sex, &band, urban], &[persons])?;
            }
            for benefit in 0..30 {
                let people = persons * i64::try_from(draw(1 + benefit * benefit))? / 2_000;
                if people > 0 {
                    let code = format!("B{benefit:02}");
                    let values = [people, people - people / 9, people * 11, people * 110_000];
                    push("benefit_recipients", &region, &[&code, sex, &band, urban], &values)?;
                }
            }
        }
    }
    Ok(tables)
}
