//! Holds a delivery against its contract and against the extract, sharing no code with the program.
//!
//! It reads the extract once more with other readers (the `csv` crate, the workbook as ranges), finds each delivered
//! row by its number, and works out by itself who the row is about.

use std::collections::HashSet;
use std::io::Cursor;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use calamine::{Data, Reader, Xlsx};
use encoding_rs::{GB18030, UTF_16LE};
use yilian_contract::{ColumnType, Contract, Treatment};
use yilian_intake::Prepared;
use yilian_token::{Algorithm, Key, KeyUse, Label};

use crate::office::{SCHEMAS, column, rows, texts};

pub(super) struct Checker {
    contract: &'static Contract,
    key: Key,
}

/// The rows of a table, by sheet and number.
type Extract = Vec<(String, Vec<Vec<String>>)>;

impl Checker {
    pub(super) fn new(dataset: &str, key: &[u8; 32]) -> Self {
        let key = Key::from_bytes(KeyUse::Link, Algorithm::Hs256, "link-2026a", *key);
        Self { contract: SCHEMAS.dataset(dataset).unwrap(), key }
    }

    /// How many rows could be found again in the extract; or what is wrong.
    pub(super) fn check(&self, prepared: &Prepared, extract: &[u8]) -> Result<u64, String> {
        let data = rows(&prepared.data);
        self.columns(&data)?;
        let births = column(&data, "birth_month");
        for birth in &births {
            let year: i32 = birth.as_deref().and_then(|birth| birth.get(..4)).unwrap_or("9999").parse().unwrap();
            if year + 60 > 2025 {
                return Err("a delivered person is not 60, or nobody knows".to_owned());
            }
        }
        let map = rows(&prepared.rows);
        if map.num_rows() != data.num_rows() {
            return Err("the row map has other rows".to_owned());
        }
        let sheets = map.column_by_name("sheet").map(|_| texts(&map, "sheet"));
        let sheet = prepared.sheets.first().cloned().unwrap_or_default();
        let extract = read(extract);
        let mut judged = 0;
        let tokens = column(&data, "person_token");
        for (at, number) in texts(&map, "source_row").iter().enumerate() {
            let sheet = sheets.as_ref().map_or(&sheet, |sheets| &sheets[at]);
            let Some(id) = id_cell(&extract, sheet, number.parse().unwrap()) else { continue };
            judged += 1;
            let expected = own_id(&id).map(|id| {
                let token = self.key.tokeniser(Label::Person).unwrap().token(&[id.as_bytes()]);
                (hex::encode(token), format!("{}-{}-01", &id[6..10], &id[10..12]))
            });
            if tokens[at] != expected.as_ref().map(|(token, _)| token.clone()) {
                return Err(format!("the token of row {number} is not that of its ID number"));
            }
            if expected.is_some_and(|(_, birth)| births[at].as_ref() != Some(&birth)) {
                return Err(format!("the birth month of row {number} is not that of its ID number"));
            }
        }
        Ok(judged)
    }

    /// Required columns have values, codes are in their lists, tokens are whole.
    fn columns(&self, data: &RecordBatch) -> Result<(), String> {
        for column in &self.contract.columns {
            let name = column.delivered_as.as_deref().unwrap_or(&column.name);
            let Some(array) = data.column_by_name(name) else { continue };
            let may_be_null = matches!(column.treatment, Treatment::Tokenise(_)) && name != "record_token";
            if column.required && !may_be_null && array.null_count() > 0 {
                return Err(format!("{name} is null in a delivered row"));
            }
            if let ColumnType::Code(list) = &column.ty {
                let codes = codes(list);
                let cast = arrow::compute::cast(array, &arrow::datatypes::DataType::Utf8).unwrap();
                if let Some(code) = cast.as_string::<i32>().iter().flatten().find(|code| !codes.contains(*code)) {
                    return Err(format!("{name} holds {} characters that are no code", code.len()));
                }
            }
        }
        let tokens = data.columns().iter().filter_map(|array| array.as_fixed_size_binary_opt());
        for token in tokens.flat_map(|array| array.iter().flatten()) {
            if token.len() != 32 || token.iter().all(|byte| *byte == token[0]) {
                return Err("a token is no HMAC".to_owned());
            }
        }
        Ok(())
    }
}

/// The codes of a list, as its file has them; a column that allows some of `benefit` has a list `<dataset>.benefit`.
fn codes(list: &str) -> HashSet<String> {
    let list = list.rsplit('.').next().unwrap_or(list);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../schemas/codes/{list}.csv"));
    csv::Reader::from_path(path).unwrap().records().map(|record| record.unwrap()[0].to_owned()).collect()
}

fn read(bytes: &[u8]) -> Extract {
    if bytes.starts_with(b"PK") {
        let Ok(mut book) = Xlsx::new(Cursor::new(bytes)) else { return Vec::new() };
        return book.worksheets().into_iter().map(|(name, range)| (name, sheet(&range))).collect();
    }
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(_) => GB18030.decode(bytes).0.into_owned(),
        },
    };
    let tabs = text.bytes().filter(|byte| *byte == b'\t').count();
    let delimiter = if tabs > text.bytes().filter(|byte| *byte == b',').count() { b'\t' } else { b',' };
    let mut records = Vec::new();
    // The reader of the `csv` crate passes over empty lines, which count here.
    let mut reader = csv::ReaderBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut line = 0;
    for record in reader.records() {
        let Ok(record) = record else { return Vec::new() };
        let start = usize::try_from(record.position().unwrap().byte()).unwrap();
        let lines = text[..start].matches('\n').count();
        let broken: usize = records.iter().flatten().map(|cell: &String| cell.matches('\n').count()).sum();
        let skipped = text[start..].bytes().take_while(|byte| *byte == b'\n').count();
        while line + broken < lines + skipped {
            records.push(Vec::new());
            line += 1;
        }
        records.push(record.iter().map(str::to_owned).collect());
        line += 1;
    }
    vec![(String::new(), records)]
}

fn sheet(range: &calamine::Range<Data>) -> Vec<Vec<String>> {
    let (top, left) = range.start().unwrap_or_default();
    let mut rows = vec![Vec::new(); top as usize];
    for row in range.rows() {
        let cells =
            row.iter().map(|cell| if let Data::Float(number) = cell { format!("{number}") } else { cell.to_string() });
        rows.push(vec![String::new(); left as usize].into_iter().chain(cells).collect());
    }
    rows
}

/// The ID number's cell in a row, if the table's header can be found.
fn id_cell(extract: &Extract, sheet: &str, row: usize) -> Option<String> {
    let (_, rows) = extract.iter().find(|(name, _)| name == sheet)?;
    let known = |cell: &String| cell.trim().trim_start_matches('\u{feff}') == "身份证号码";
    let at = rows.iter().take(10).find_map(|row| row.iter().position(known))?;
    Some(rows.get(row.checked_sub(1)?)?.get(at).cloned().unwrap_or_default())
}

/// The 18 characters of a good ID number, by the words of the standard.
fn own_id(cell: &str) -> Option<String> {
    let plain = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        'ｘ' | 'Ｘ' | 'x' => Some('X'),
        c if c.is_whitespace() || matches!(c, '-' | '\'' | '\u{200b}' | '\u{feff}') => None,
        c => Some(c),
    };
    let mut id: String = cell.chars().filter_map(plain).collect();
    if id.chars().any(|c| !c.is_ascii_digit() && c != 'X') {
        return None;
    }
    let weigh = |id: &str| {
        let sum: u32 = id
            .chars()
            .take(17)
            .enumerate()
            .map(|(at, c)| c.to_digit(10).unwrap_or(0) * (1_u32 << (17 - at)) % 11)
            .sum();
        "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap()).unwrap()
    };
    if id.len() == 15 && !("996".."99:").contains(&&id[12..]) {
        id.insert_str(6, "19");
        id.push(weigh(&id));
    }
    if id.len() != 18 || id[..17].contains('X') || weigh(&id) != id.chars().last()? {
        return None;
    }
    let (year, month, day): (u32, u32, u32) =
        (id[6..10].parse().ok()?, id[10..12].parse().ok()?, id[12..14].parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let exists = (1..=12).contains(&month) && day >= 1 && day <= days[month as usize - 1];
    let repeated = id[..17].chars().all(|c| id.starts_with(c)) || id.starts_with("12345678");
    (exists && (1800..=2025).contains(&year) && !repeated).then_some(id)
}

/// Whether a text holds a number as long as a person's.
pub(super) fn holds_a_number(said: &str) -> bool {
    said.split(|c: char| !c.is_ascii_digit()).any(|digits| (15..=20).contains(&digits.len()))
}
