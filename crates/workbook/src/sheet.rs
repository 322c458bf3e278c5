//! What stands on which sheet, in the order of the workbook.

use std::collections::BTreeMap;

use yilian_delivery::{ClueKind, Reliability};

use crate::book::{Book, Entry};
use crate::cell::Cell;
use crate::column::Column;
use crate::returned::Returned;
use crate::sheet_name::{KINDS, Names, RECORDS, RETURNED, short, title};

/// What stands on top of every sheet (design, section 8).
pub(crate) const SENTENCE: &str =
    "本表是比对线索，不是处理决定。未经核实并听取本人或家属意见，不得据此停发、追回或者不予受理。";
/// Stands in the place of the day until which an answer is due.
const TOLD: &str = "仅供知悉";
const TO_FILL_IN: &str = "请填写浅黄色各列：核实结论、是否已听取本人意见从下拉列表中选择；核实结论为“已追回”的，填写追回金额（没有金额填 0）。\
     尚未核实的行留空。可以排序、筛选、删除行，请勿改动线索编号。";
const TO_CORRECT: &str =
    "以下数据没有交付，或者被数据中心退回。请在业务系统中更正后重新导出、打包。行号是导出表中的行号。";
const WHERE_IT_STANDS: &str =
    "每条线索所依据的本单位记录。行号是打包时那份导出表中的行号；行号为空的，本机已没有该次交付的对照表。";

/// A spreadsheet has 1,048,576 rows.
const MOST_ROWS: usize = 1_000_000;
/// More rejected rows are left to rejects.csv.
const MOST_RETURNED: usize = 100_000;
/// Record numbers that a cell shows; all of them stand on a sheet of their own.
const MOST_RECORDS: usize = 3;

/// A sheet before it is written to a file of some form.
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// The sheet in a file name, where no name of a place may stand.
    pub(crate) stem: &'static str,
    pub(crate) title: String,
    /// Lines between the title and the header.
    pub(crate) notes: Vec<String>,
    pub(crate) heads: Vec<Head>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What kind of clues the sheet asks about; `None` if it asks nothing.
    pub(crate) asks: Option<ClueKind>,
}

/// The head of a column.
pub(crate) struct Head {
    pub(crate) text: &'static str,
    pub(crate) width: u16,
    /// The column of a clue sheet that it is.
    pub(crate) column: Option<Column>,
}

/// All sheets of a workbook.
pub(crate) fn sheets(book: &Book) -> Vec<Sheet> {
    let mut names = Names::default();
    let mut sheets = Vec::new();
    for kind in KINDS {
        let mut by_township: BTreeMap<(bool, &str), Vec<&Entry>> = BTreeMap::new();
        for entry in book.entries.iter().filter(|entry| entry.clue.kind == kind) {
            let township = entry.township.as_deref();
            // Those of no known township come last.
            by_township.entry((township.is_none(), township.unwrap_or("乡镇不详"))).or_default().push(entry);
        }
        if by_township.len() < 2 {
            let entries = by_township.into_values().next().unwrap_or_default();
            sheets.extend(clue_sheets(book, kind, None, entries, &mut names));
        } else {
            for ((_, township), entries) in by_township {
                sheets.extend(clue_sheets(book, kind, Some(township), entries, &mut names));
            }
        }
    }
    sheets.push(returned_sheet(book, names.unique(RETURNED)));
    sheets.extend(record_sheets(book, &mut names));
    sheets
}

fn clue_sheets(
    book: &Book,
    kind: ClueKind,
    township: Option<&str>,
    mut entries: Vec<&Entry>,
    names: &mut Names,
) -> Vec<Sheet> {
    entries.sort_by_key(|entry| {
        (entry.clue.due_on.is_none(), entry.clue.due_on, entry.clue.clue_id.len(), entry.clue.clue_id.clone())
    });
    let stem = match kind {
        ClueKind::Overlap => "overlap",
        ClueKind::Gap => "gap",
        ClueKind::SamePerson => "same_person",
    };
    let (wanted, heading) = match township {
        None => (title(kind).to_owned(), title(kind).to_owned()),
        Some(township) => (format!("{}·{township}", short(kind)), format!("{}  {township}", title(kind))),
    };
    in_parts(&entries)
        .map(|part| Sheet {
            name: names.unique(&wanted),
            stem,
            title: heading.clone(),
            notes: vec![office_line(book, part.len()), SENTENCE.to_owned(), TO_FILL_IN.to_owned()],
            heads: Column::ALL
                .map(|column| Head { text: column.header(), width: column.width(), column: Some(column) })
                .into(),
            rows: part
                .iter()
                .map(|entry| Column::ALL.iter().map(|column| clue_cell(entry, *column)).collect())
                .collect(),
            asks: Some(kind),
        })
        .collect()
}

/// As many rows at a time as a sheet holds; one empty part where there are none.
fn in_parts<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let none = rows.is_empty().then_some(rows);
    none.into_iter().chain(rows.chunks(MOST_ROWS))
}

fn office_line(book: &Book, rows: usize) -> String {
    format!(
        "{}    制表日期 {}    数据截至 {}    第 {} 期    共 {rows} 条",
        book.office, book.made_on, book.as_of, book.publication
    )
}

fn clue_cell(entry: &Entry, column: Column) -> Cell {
    let clue = &entry.clue;
    let shown = |value: &Option<_>| {
        value.as_ref().map_or(String::new(), |value: &yilian_intake::Plain| value.reveal().to_owned())
    };
    let people = |of: fn(&yilian_intake::PersonCells) -> &Option<yilian_intake::Plain>| {
        let lines: Vec<String> = entry.people.iter().map(|person| shown(of(person))).collect();
        Cell::lines(lines.iter().map(String::as_str))
    };
    match column {
        Column::Clue => Cell::text(&clue.clue_id),
        Column::Record => records_cell(entry),
        Column::Name => people(|person| &person.name),
        Column::IdNumber => people(|person| &person.id_number),
        Column::Township => Cell::text(entry.township.as_deref().unwrap_or_default()),
        Column::Question => Cell::text(&clue.question_zh),
        Column::OwnBenefit => Cell::text(&entry.own_benefit),
        Column::Counterpart => Cell::text(&clue.counterpart_zh),
        Column::Months if clue.from_month == clue.until_month => Cell::text(&clue.from_month),
        Column::Months => Cell::text(&format!("{}至\n{}", clue.from_month, clue.until_month)),
        // The question whether two people are one is about no month.
        Column::MonthCount if clue.months == 0 => Cell::Empty,
        Column::MonthCount => Cell::Count(clue.months.into()),
        Column::Amount => clue.amount.as_deref().map_or(Cell::Empty, Cell::yuan),
        Column::Basis => Cell::text(&clue.basis),
        Column::Reliability => Cell::text(match clue.reliability {
            Reliability::Exact => "证件号一致",
            Reliability::Review => "须先人工核对",
        }),
        Column::FirstSeen => Cell::Day(clue.first_seen_on),
        Column::Due => clue.due_on.map_or(Cell::text(TOLD), Cell::Day),
        Column::Decision | Column::Recovered | Column::Heard | Column::CheckedBy | Column::DecidedOn => Cell::Empty,
    }
}

fn records_cell(entry: &Entry) -> Cell {
    let labels: Vec<String> =
        entry.records.iter().map(crate::OwnRecord::label).filter(|label| !label.is_empty()).collect();
    let more = format!("等 {} 条", labels.len());
    let shown = labels.iter().take(MOST_RECORDS).map(String::as_str);
    Cell::lines(shown.chain((labels.len() > MOST_RECORDS).then_some(more.as_str())))
}

fn returned_sheet(book: &Book, name: String) -> Sheet {
    let mut rows: Vec<Vec<Cell>> = book.returned.iter().take(MOST_RETURNED).map(returned_row).collect();
    if book.returned.len() > MOST_RETURNED {
        let rest = book.returned.len() - MOST_RETURNED;
        rows.push(vec![Cell::text(&format!("另有 {rest} 处，见 records 文件夹中的 rejects.csv"))]);
    }
    Sheet {
        name,
        stem: "returned",
        title: RETURNED.to_owned(),
        notes: vec![office_line(book, book.returned.len()), SENTENCE.to_owned(), TO_CORRECT.to_owned()],
        heads: heads(&[("数据", 24), ("期", 12), ("导出表行号", 12), ("列", 18), ("问题", 44), ("如何更正", 50)]),
        rows,
        asks: None,
    }
}

fn returned_row(returned: &Returned) -> Vec<Cell> {
    vec![
        Cell::text(&returned.dataset),
        Cell::text(&returned.period),
        returned.row.map_or_else(|| Cell::text("整个文件"), Cell::Count),
        Cell::text(&returned.column),
        Cell::text(&returned.what),
        Cell::text(returned.advice()),
    ]
}

fn record_sheets(book: &Book, names: &mut Names) -> Vec<Sheet> {
    let mut entries: Vec<&Entry> = book.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.clue.clue_id.len(), entry.clue.clue_id.clone()));
    let lines: Vec<(&Entry, &crate::OwnRecord)> =
        entries.iter().flat_map(|entry| entry.records.iter().map(|record| (*entry, record))).collect();
    in_parts(&lines)
        .map(|part| Sheet {
            name: names.unique(RECORDS),
            stem: "records",
            title: RECORDS.to_owned(),
            notes: vec![office_line(book, part.len()), SENTENCE.to_owned(), WHERE_IT_STANDS.to_owned()],
            heads: heads(&[("线索编号", 24), ("数据", 24), ("期", 12), ("导出表行号", 12), ("本单位记录号", 30)]),
            rows: part.iter().map(|(entry, record)| record_row(entry, record)).collect(),
            asks: None,
        })
        .collect()
}

fn record_row(entry: &Entry, record: &crate::OwnRecord) -> Vec<Cell> {
    vec![
        Cell::text(&entry.clue.clue_id),
        Cell::text(&record.dataset),
        Cell::text(&record.period),
        record.source_row.map_or(Cell::Empty, Cell::Count),
        Cell::text(record.number.as_deref().unwrap_or_default()),
    ]
}

fn heads(columns: &[(&'static str, u16)]) -> Vec<Head> {
    columns.iter().map(|(text, width)| Head { text, width: *width, column: None }).collect()
}
