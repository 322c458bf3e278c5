//! Measures how fast benefit payments are prepared, beside the rate that their HMACs alone allow, with both algorithms.
//!
//! ```text
//! cargo run --release -p yilian-intake --example pack_rate -- [ROWS] [FOLDER]
//! ```
//! makes ROWS payments of invented people (default 2,000,000; twelve months a person, in the order of
//! months, as an office books them), computes person, name and record token of each row and nothing
//! else, and then prepares the file. Both run on all cores. FOLDER (default: the system's temporary
//! folder) needs room for some 500 bytes a row. Run it in the repository's root.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use yilian_contract::{Period, Regions, Schemas};
use yilian_intake::{Request, Silent, prepare};
use yilian_token::{Algorithm, Key, KeyUse, Label};

const WEIGHTS: [u64; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const SURNAMES: [&str; 8] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄"];
const GIVEN: [&str; 8] = ["秀英", "桂兰", "建国", "玉兰", "德明", "淑珍", "文", "翠"];
const HEADER: &str = "姓名,身份证号码,性别,出生年月,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,对象类别,发放区划,审批日期,银行账号,central_share,province_share,city_share,county_share\n";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows: u64 = arguments.next().map_or(Ok(2_000_000), |text| text.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder)?;
    let input = folder.path().join("benefit_payment.csv");
    let bytes = generate(&input, rows)?;
    let threads = std::thread::available_parallelism()?.get() as u64;
    let mut out = std::io::stdout();
    writeln!(out, "{rows} rows, {} MB, {threads} threads", bytes / 1_000_000)?;
    for algorithm in [Algorithm::Hs256, Algorithm::Hsm3] {
        let key = Key::generate(KeyUse::Link, algorithm, "bench", "2026-01-01")?;
        let started = Instant::now();
        hmacs(&key, rows, threads)?;
        let hmac_rate = rate(rows, started);
        writeln!(out, "{algorithm}: HMACs alone (person, name, record): {hmac_rate} rows/s")?;
        let started = Instant::now();
        prepare_file(&key, &input, folder.path())?;
        let pack_rate = rate(rows, started);
        let percent = pack_rate * 100 / hmac_rate.max(1);
        writeln!(out, "{algorithm}: prepared: {pack_rate} rows/s, {percent} % of the HMAC rate")?;
    }
    writeln!(out, "peak memory: {} MB", peak_memory() / 1024)?;
    Ok(())
}

fn prepare_file(key: &Key, input: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let all = |errors: Vec<_>| format!("{errors:?}");
    let schemas = Schemas::load(Path::new("schemas")).map_err(all)?;
    let regions = Regions::load(Path::new("schemas")).map_err(all)?;
    let period: Period = "2025".parse()?;
    prepare(&Request {
        schemas: &schemas,
        contract: schemas.dataset("benefit_payment")?,
        regions: &regions,
        input,
        place: "150104",
        period: &period,
        link_key: key,
        next_link_key: None,
        exclude: None,
        village_classes: None,
        out_dir: folder,
        progress: &Silent,
    })?;
    Ok(())
}

/// What the tokens of a payment cost by themselves.
fn hmacs(key: &Key, rows: u64, threads: u64) -> Result<(), Box<dyn Error>> {
    let person = key.tokeniser(Label::Person)?;
    let name = key.tokeniser(Label::Name)?;
    let record = key.tokeniser(Label::Record)?;
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (person, name, record) = (&person, &name, &record);
            scope.spawn(move || {
                let mut id = *b"159901193911041234";
                let mut number = *b"ZF202500006312";
                let mut seen = 0_u8;
                for row in (thread..rows).step_by(usize::try_from(threads).unwrap_or(1)) {
                    // Other bytes in every row, without the cost of making a text.
                    id[6..14].copy_from_slice(&row.to_be_bytes());
                    number[6..14].copy_from_slice(&row.to_be_bytes());
                    seen ^= person.token(&[&id])[0];
                    seen ^= name.token(&["王秀英".as_bytes(), &id[6..14], b"1"])[0];
                    seen ^= record.token(&[b"150104", b"civil_affairs", b"benefit_payment", &number])[0];
                }
                std::hint::black_box(seen);
            });
        }
    });
    Ok(())
}

fn generate(path: &Path, rows: u64) -> Result<u64, Box<dyn Error>> {
    let people = rows.div_ceil(12).max(1);
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(HEADER.as_bytes())?;
    for row in 0..rows {
        let (person, month) = (row % people, row / people % 12 + 1);
        let (id, birth, sex) = person_of(person);
        let amount = 90 + person % 5 * 20;
        writeln!(
            file,
            "{}{},{id},{sex},{birth},ZF2025{row:08},MZ{:02},2025-{month:02},2025{month:02}20,{amount}.00,正常,,150104{:03}{:03},20240601,622202028{person:010},,,{}.0,{}.0",
            pick(&SURNAMES, person),
            pick(&GIVEN, person / 8),
            person % 4 + 1,
            person % 8 + 1,
            person % 40 + 1,
            amount / 2,
            amount / 2,
        )?;
    }
    file.flush()?;
    Ok(std::fs::metadata(path)?.len())
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

fn rate(rows: u64, started: Instant) -> u64 {
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
    rows.saturating_mul(1_000_000) / micros
}

/// The most memory this process ever held, in kB; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|text| text.parse().ok()).unwrap_or(0)
}
