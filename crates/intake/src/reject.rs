//! Rejected rows: where and why, never what stood there.

use std::path::Path;

use crate::IntakeError;
use crate::tables::Tables;

/// Why a row stays in the department.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A required cell is empty.
    Missing,
    /// The row has more cells than the header.
    Columns,
    /// Neither the ID number nor the birth column gives an age.
    AgeUnknown,
    /// A date in no known spelling.
    Date,
    /// A day that the calendar does not have.
    DateImpossible,
    /// A month where a day is needed.
    DateWithoutDay,
    /// A month in no known spelling.
    Month,
    /// Not an exact amount of money.
    Amount,
    /// Not a number of the column's form.
    Number,
    /// Neither a code nor a label of the column's list.
    Code,
    /// Neither yes nor no.
    Bool,
    /// Not 6, 9 or 12 digits.
    Region,
    /// A county code that was never issued.
    RegionUnknown,
    /// Text that looks like a number or a name of a person.
    PersonalText,
    /// A record number that is too long to be one.
    RecordNumber,
    /// Text that an earlier conversion or a formula has damaged.
    DamagedText,
    /// In a bridge between link keys, an ID number that gives no token.
    NoToken,
    /// The ID number of a canary, which nobody has.
    Canary,
}

impl Reason {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::Missing,
        Self::Columns,
        Self::AgeUnknown,
        Self::Date,
        Self::DateImpossible,
        Self::DateWithoutDay,
        Self::Month,
        Self::Amount,
        Self::Number,
        Self::Code,
        Self::Bool,
        Self::Region,
        Self::RegionUnknown,
        Self::PersonalText,
        Self::RecordNumber,
        Self::DamagedText,
        Self::NoToken,
        Self::Canary,
    ];

    /// The code in manifests and `rejects.csv`.
    pub fn code(self) -> &'static str {
        self.words().0
    }

    /// What it means, for the officer.
    pub fn zh(self) -> &'static str {
        self.words().1
    }

    /// What it means, in English.
    pub fn en(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Missing => ("missing_value", "必填项为空", "a required cell is empty"),
            Self::Columns => ("column_count", "本行列数与表头不符", "the row has more cells than the header"),
            Self::AgeUnknown => (
                "age_unknown",
                "身份证号和出生日期都不能确定年龄",
                "neither the ID number nor the birth date gives an age",
            ),
            Self::Date => ("date_unreadable", "日期格式无法识别", "the date is in no known spelling"),
            Self::DateImpossible => ("date_impossible", "日期不存在", "the calendar has no such day"),
            Self::DateWithoutDay => ("date_without_day", "日期缺少日", "the date has no day"),
            Self::Month => ("month_unreadable", "月份格式无法识别", "the month is in no known spelling"),
            Self::Amount => {
                ("amount_unreadable", "金额不是准确到分的数字", "the amount is not a number exact to the fen")
            }
            Self::Number => ("number_unreadable", "数字格式无法识别", "the number cannot be read"),
            Self::Code => ("unknown_code", "代码或名称不在代码表内", "neither a code nor a label of the list"),
            Self::Bool => ("bool_unreadable", "应填是或否", "neither yes nor no"),
            Self::Region => {
                ("region_unreadable", "区划代码应为6、9或12位数字", "the region code is not 6, 9 or 12 digits")
            }
            Self::RegionUnknown => ("region_unknown", "区划代码不存在", "no county ever had this code"),
            Self::PersonalText => (
                "personal_text",
                "文本疑似含有证件号、电话、账号或姓名，不得报送",
                "the text looks like an ID, telephone, account number or a name and must not leave",
            ),
            Self::RecordNumber => ("record_number", "流水号过长", "the record number is too long"),
            Self::DamagedText => (
                "damaged_text",
                "文本含有转码时丢失的字或公式错误值",
                "the text holds a character that a conversion lost, or the error of a formula",
            ),
            Self::NoToken => {
                ("no_token", "证件号码无效，不能生成新旧标识对照", "the ID number gives no token, and so no pair")
            }
            Self::Canary => (
                "canary",
                "证件号码是约定的虚构号码（哨兵），不是真人",
                "the ID number is an agreed fictitious one (a canary), nobody's",
            ),
        }
    }
}

/// One bad cell of a rejected row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reject {
    /// Row of the source, counted on through the sheets; see [`Tables::at`].
    pub(crate) row: u32,
    /// Index of the column in the contract; `NO_COLUMN` where the row as a whole is meant.
    pub(crate) column: u16,
    pub(crate) reason: Reason,
}

/// The row as a whole.
pub(crate) const NO_COLUMN: u16 = u16::MAX;

/// Writes `rejects.csv` (0600, UTF-8 with BOM so that spreadsheets open it): row, column, reason, words, and the
/// sheet where there are several.
pub(crate) fn write(path: &Path, rejects: &[Reject], tables: &Tables) -> Result<(), IntakeError> {
    let failed = |source| IntakeError::Output { path: path.to_owned(), source };
    let mut out = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(std::io::BufWriter::new(crate::write::private_file(path)?));
    let broken = |error: csv::Error| failed(std::io::Error::other(error.to_string()));
    let sheet = tables.are_several().then_some("工作表");
    let header = ["\u{feff}行号", "列", "原因代码", "原因", "reason"];
    out.write_record(header.into_iter().chain(sheet)).map_err(broken)?;
    for reject in rejects {
        let (table, row) = tables.at(reject.row);
        let column = table.headers.get(usize::from(reject.column)).map_or("", String::as_str);
        let (code, zh, en) = reject.reason.words();
        let sheet = tables.are_several().then(|| table.sheet.as_deref().unwrap_or_default());
        out.write_record([row.to_string().as_str(), column, code, zh, en].into_iter().chain(sheet)).map_err(broken)?;
    }
    out.flush().map_err(failed)
}
