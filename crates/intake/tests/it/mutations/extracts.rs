//! Sound extracts of several datasets, in every encoding and as workbooks.

use encoding_rs::GB18030;
use rust_xlsxwriter::Workbook;

use crate::office::id;

pub(super) struct Extract {
    pub(super) dataset: &'static str,
    pub(super) bytes: Vec<u8>,
}

const ROWS: u32 = 50;
const NAMES: [&str; 5] = ["王秀英", "阿拉坦·苏和", "李文", "欧阳修文", "乌云"];
const BIRTHS: [&str; 6] = ["19391104", "19480229", "19651231", "19660101", "19990101", "19270304"];

pub(super) fn extracts() -> Vec<Extract> {
    let mut all = Vec::new();
    for (dataset, table) in [
        ("benefit_payment", payments()),
        ("disability_certificate", certificates()),
        ("accessibility_renovation", renovations()),
    ] {
        let text: String = table.iter().map(|row| row.join(",") + "\n").collect();
        let tabs = text.replace(',', "\t");
        let quoted: String = table
            .iter()
            .map(|row| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\r\n")
            .collect();
        let utf16 = std::iter::once(0xfeff).chain(tabs.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let (one, two) = table.split_at(table.len() / 2);
        let second: Vec<Vec<String>> = table.first().into_iter().chain(two).cloned().collect();
        let encodings = [
            text.clone().into_bytes(),
            GB18030.encode(&text).0.into_owned(),
            format!("\u{feff}{quoted}").into_bytes(),
            utf16,
            workbook(&[&table]),
            workbook(&[one, &second]),
        ];
        all.extend(encodings.map(|bytes| Extract { dataset, bytes }));
    }
    all
}

fn person(at: u32) -> [String; 4] {
    let birth = BIRTHS[at as usize % BIRTHS.len()];
    let number = match at % 10 {
        8 => format!("{}{:03}", &id(birth, at)[..6], at),
        9 => String::new(),
        _ => id(birth, at),
    };
    let sex = if at % 2 == 1 { "男" } else { "女" };
    let birth = if at.is_multiple_of(3) {
        format!("{}-{}-{}", &birth[..4], &birth[4..6], &birth[6..])
    } else {
        birth.to_owned()
    };
    [NAMES[at as usize % NAMES.len()].to_owned(), number, sex.to_owned(), birth]
}

fn table(header: &str, rest: impl Fn(u32) -> Vec<String>) -> Vec<Vec<String>> {
    let header = header.split(',').map(str::to_owned).collect();
    let rows = (0..ROWS).map(|at| person(at).into_iter().chain(rest(at)).collect());
    std::iter::once(header).chain(rows).collect()
}

fn payments() -> Vec<Vec<String>> {
    table(
        "姓名,身份证号码,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,发放区划",
        |at| {
            let month = at % 12 + 1;
            let benefit = ["MZ01", "高龄津贴", "MZ02"][at as usize % 3];
            let cells = [
                &format!("ZF{at:06}"),
                benefit,
                &format!("2025-{month:02}"),
                "2025年1月20日",
                &format!("{at}.50"),
                "正常",
                "150104008",
            ];
            cells.map(str::to_owned).to_vec()
        },
    )
}

fn certificates() -> Vec<Vec<String>> {
    table(
        "姓名,身份证号码,性别,出生日期,残疾类别,残疾等级,发证日期,状态,发放区划",
        |at| {
            let (category, grade) = (["肢体", "4", "视力"][at as usize % 3], ["一级", "2"][at as usize % 2]);
            [category, grade, "2020/1/5", "valid", "150104"].map(str::to_owned).to_vec()
        },
    )
}

fn renovations() -> Vec<Vec<String>> {
    table("姓名,身份证号码,性别,出生日期,户主身份证号,done_on,金额,发放区划", |at| {
        [id("19391104", at).as_str(), "20250301", "2,800.00".trim_matches('"').replace(',', "").as_str(), "150104"]
            .map(str::to_owned)
            .to_vec()
    })
}

fn workbook(sheets: &[&[Vec<String>]]) -> Vec<u8> {
    let mut book = Workbook::new();
    for table in sheets {
        let sheet = book.add_worksheet();
        for (row, cells) in (0..).zip(*table) {
            for (column, cell) in (0..).zip(cells) {
                match cell.parse::<f64>() {
                    Ok(number) if cell.len() < 12 => drop(sheet.write_number(row, column, number).map(drop)),
                    _ => drop(sheet.write_string(row, column, cell).map(drop)),
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}
