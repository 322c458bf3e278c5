//! An officer at a spreadsheet program: opens a workbook, changes it, and saves it as that program would.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// What an officer types into a cell, as a spreadsheet program takes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Typed {
    Text(String),
    Number(f64),
    Day(u16, u8, u8),
}

/// A workbook on the officer's screen.
pub(crate) struct Officer {
    pub(crate) sheets: Vec<Screen>,
}

/// A sheet on the screen.
pub(crate) struct Screen {
    pub(crate) name: String,
    pub(crate) rows: Vec<Vec<Typed>>,
}

pub(crate) fn text(text: &str) -> Typed {
    Typed::Text(text.to_owned())
}

impl Officer {
    pub(crate) fn open(bytes: &[u8]) -> Self {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheets = book.sheet_names().into_iter().map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            assert_eq!(range.start(), Some((0, 0)));
            let rows = range.rows().map(|row| row.iter().map(shown).collect()).collect();
            Screen { name, rows }
        });
        Self { sheets: sheets.collect() }
    }

    /// The sheet whose name begins so.
    pub(crate) fn sheet(&mut self, name: &str) -> &mut Screen {
        self.sheets.iter_mut().find(|sheet| sheet.name.starts_with(name)).unwrap()
    }

    pub(crate) fn save(&self, path: &Path) {
        let mut book = Workbook::new();
        for sheet in &self.sheets {
            let worksheet = book.add_worksheet();
            worksheet.set_name(&sheet.name).unwrap();
            for (row, cells) in (0..).zip(&sheet.rows) {
                for (column, cell) in (0..).zip(cells) {
                    match cell {
                        Typed::Text(text) if text.is_empty() => {}
                        Typed::Text(text) => drop(worksheet.write_string(row, column, text).unwrap()),
                        Typed::Number(number) => drop(worksheet.write_number(row, column, *number).unwrap()),
                        Typed::Day(year, month, day) => {
                            let day = ExcelDateTime::from_ymd(*year, *month, *day).unwrap();
                            let format = Format::new().set_num_format("yyyy/m/d");
                            worksheet.write_datetime_with_format(row, column, &day, &format).unwrap();
                        }
                    }
                }
            }
        }
        book.save(path).unwrap();
    }
}

impl Screen {
    /// The header's row and the column of a header.
    pub(crate) fn column(&self, header: &str) -> usize {
        self.rows[self.header()].iter().position(|cell| *cell == text(header)).unwrap()
    }

    pub(crate) fn header(&self) -> usize {
        self.rows.iter().position(|row| row.contains(&text("线索编号"))).unwrap()
    }

    /// The row of a clue.
    pub(crate) fn row(&mut self, clue: &str) -> &mut Vec<Typed> {
        let column = self.column("线索编号");
        self.rows.iter_mut().find(|row| row.get(column) == Some(&text(clue))).unwrap()
    }

    /// Types something into the row of a clue.
    pub(crate) fn fill(&mut self, clue: &str, header: &str, typed: Typed) {
        let column = self.column(header);
        self.row(clue)[column] = typed;
    }

    /// What stands in the row of a clue, as text.
    pub(crate) fn shows(&mut self, clue: &str, header: &str) -> String {
        let column = self.column(header);
        match &self.row(clue)[column] {
            Typed::Text(text) => text.clone(),
            Typed::Number(number) => number.to_string(),
            Typed::Day(year, month, day) => format!("{year}-{month:02}-{day:02}"),
        }
    }
}

fn shown(cell: &Data) -> Typed {
    match cell {
        Data::Empty => text(""),
        Data::String(string) => text(string),
        Data::Float(number) => Typed::Number(*number),
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            Typed::Day(year, month, day)
        }
        other => panic!("a cell of an unexpected type: {}", std::any::type_name_of_val(other)),
    }
}
