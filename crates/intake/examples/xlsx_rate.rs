//! Measures how fast a large workbook is read through intake, beside calamine's own reader alone on the same file.
//!
//! ```text
//! cargo run --release -p yilian-intake --example xlsx_rate -- [ROWS] [FOLDER]
//! ```
//! makes a sheet of ROWS payments of invented people (default 300,000, 18 columns: texts, numbers and dates as offices
//! mix them), reads every cell of it with calamine and does nothing with it, then inspects and prepares it. Each is
//! done three times in turn and the best counts. FOLDER (default: the system's temporary folder) needs room for some
//! 300 bytes a row. Run it in the repository's root.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use calamine::{DataRef, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use yilian_contract::{Period, Regions, Schemas};
use yilian_intake::{InspectRequest, Request, Silent, inspect, prepare};
use yilian_token::{Algorithm, Key, KeyUse};

const WEIGHTS: [u64; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const SURNAMES: [&str; 8] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄"];
const GIVEN: [&str; 8] = ["秀英", "桂兰", "建国", "玉兰", "德明", "淑珍", "文", "翠"];
const HEADER: &str = "姓名,身份证号码,性别,出生年月,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,对象类别,发放区划,审批日期,银行账号,central_share,province_share,city_share,county_share";
const REGIONS: [f64; 4] = [150_104_001_000.0, 150_104_002_001.0, 150_104_003_000.0, 150_104_008_032.0];
const TIMES: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows: u32 = arguments.next().map_or(Ok(300_000), |text| text.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    let input = folder.path().join("benefit_payment.xlsx");
    generate(&input, rows)?;
    let office = Office::new()?;
    let mut out = std::io::stdout();
    let (mut cells, mut best) = (0, [Duration::MAX; 3]);
    for _ in 0..TIMES {
        for (at, best) in best.iter_mut().enumerate() {
            let started = Instant::now();
            match at {
                0 => cells = read_alone(&input)?,
                1 => office.inspect(&input)?,
                _ => office.prepare(&input, folder.path())?,
            }
            *best = started.elapsed().min(*best);
        }
    }
    let threads = std::thread::available_parallelism()?;
    writeln!(
        out,
        "{rows} rows, {cells} cells, {} MB, {threads} threads",
        std::fs::metadata(&input)?.len() / 1_000_000
    )?;
    let [alone, ..] = best;
    for (what, time) in ["calamine alone", "inspect", "prepare"].into_iter().zip(best) {
        let rate = u128::from(cells) * 1_000_000 / time.as_micros().max(1);
        let share = alone.as_micros() * 100 / time.as_micros().max(1);
        writeln!(out, "{what}: {rate} cells/s, {share} % of calamine alone")?;
    }
    Ok(())
}

/// How many cells have a value, asked of calamine and nothing else.
fn read_alone(input: &Path) -> Result<u64, Box<dyn Error>> {
    let mut book: Xlsx<BufReader<File>> = open_workbook(input)?;
    let sheet = book.sheet_names().first().cloned().ok_or("no sheet")?;
    let mut reader = book.worksheet_cells_reader(&sheet)?;
    let mut cells = 0;
    while let Some(cell) = reader.next_cell()? {
        cells += u64::from(!matches!(cell.get_value(), DataRef::Empty));
    }
    Ok(cells)
}

struct Office {
    schemas: Schemas,
    regions: Regions,
    period: Period,
    key: Key,
}

impl Office {
    fn new() -> Result<Self, Box<dyn Error>> {
        let all = |errors: Vec<_>| format!("{errors:?}");
        Ok(Self {
            schemas: Schemas::load(Path::new("schemas")).map_err(all)?,
            regions: Regions::load(Path::new("schemas")).map_err(all)?,
            period: "2025".parse()?,
            key: Key::generate(KeyUse::Link, Algorithm::Hs256, "bench", "2026-01-01")?,
        })
    }

    fn inspect(&self, input: &Path) -> Result<(), Box<dyn Error>> {
        inspect(&InspectRequest {
            schemas: &self.schemas,
            contract: self.schemas.dataset("benefit_payment")?,
            regions: &self.regions,
            input,
            period: Some(&self.period),
            progress: &Silent,
        })?;
        Ok(())
    }

    fn prepare(&self, input: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
        prepare(&Request {
            schemas: &self.schemas,
            contract: self.schemas.dataset("benefit_payment")?,
            regions: &self.regions,
            input,
            place: "150104",
            period: &self.period,
            link_key: &self.key,
            next_link_key: None,
            exclude: None,
            village_classes: None,
            out_dir: folder,
            progress: &Silent,
        })?;
        Ok(())
    }
}

fn generate(path: &Path, rows: u32) -> Result<(), Box<dyn Error>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (column, header) in (0..).zip(HEADER.split(',')) {
        sheet.write_string(0, column, header)?;
    }
    for number in 0..rows {
        let (row, person) = (number + 1, u64::from(number) / 12);
        let month = number % 12 + 1;
        let (id, birth, sex) = person_of(person);
        let amount = u32::try_from(90 + person % 5 * 20)?;
        sheet.write_string(row, 0, format!("{}{}", pick(&SURNAMES, person), pick(&GIVEN, person / 8)))?;
        sheet.write_string(row, 1, id)?;
        sheet.write_string(row, 2, sex)?;
        sheet.write_string(row, 3, birth)?;
        sheet.write_string(row, 4, format!("ZF2025{number:08}"))?;
        sheet.write_string(row, 5, format!("MZ{:02}", person % 4 + 1))?;
        sheet.write_string(row, 6, format!("2025-{month:02}"))?;
        sheet.write_datetime_with_format(row, 7, ExcelDateTime::from_ymd(2025, u8::try_from(month)?, 20)?, &day)?;
        sheet.write_number(row, 8, amount)?;
        sheet.write_string(row, 9, "正常")?;
        sheet.write_number(row, 11, REGIONS.get(usize::try_from(person % 4)?).copied().unwrap_or_default())?;
        sheet.write_number(row, 12, 20_240_601)?;
        sheet.write_string(row, 13, format!("622202028{person:010}"))?;
        sheet.write_number(row, 16, amount / 2)?;
        sheet.write_number(row, 17, 45.25)?;
    }
    book.save(path)?;
    Ok(())
}

/// An invented person; the area code was never issued.
fn person_of(person: u64) -> (String, String, &'static str) {
    let mixed = person.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let birth = format!("{:04}{:02}{:02}", 1930 + mixed % 35, mixed / 35 % 12 + 1, mixed / 420 % 28 + 1);
    let sequence = person % 1000;
    let body = format!("159901{birth}{sequence:03}");
    let sum: u64 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    let check = pick(&["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"], sum);
    (format!("{body}{check}"), birth, if sequence % 2 == 1 { "男" } else { "女" })
}

fn pick<'t>(texts: &[&'t str], number: u64) -> &'t str {
    let count = texts.len() as u64;
    usize::try_from(number % count).ok().and_then(|at| texts.get(at)).copied().unwrap_or_default()
}
