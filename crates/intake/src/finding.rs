//! What an officer should look at although it rejects nothing.

use std::collections::BTreeMap;

/// How many row numbers a finding names.
const ROWS_NAMED: usize = 10;

/// A kind of oddity in a column, with how often and where; never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The header in the file; `None` where the file or the row as a whole is meant.
    pub column: Option<String>,
    /// How often.
    pub count: u64,
    /// The first rows, as a spreadsheet counts them (the header is 1).
    pub rows: Vec<u64>,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// A column that the contract does not have; it never leaves.
    UnknownColumn,
    /// An ID cell that is empty.
    IdEmpty,
    /// An ID of neither 15 nor 18 characters.
    IdLength,
    /// An ID with a character that no ID has there.
    IdCharacter,
    /// An ID whose birth date does not exist or lies after the period.
    IdBirthDate,
    /// An ID with a wrong check character.
    IdCheckCharacter,
    /// An ID that stands for none: one digit repeated, 12345678…
    IdPlaceholder,
    /// A 15-digit ID of a person born before 1900.
    Centenarian15,
    /// A 15-digit ID that was upgraded.
    Upgraded15,
    /// A residence permit.
    ResidencePermit,
    /// Sex differs from the ID.
    SexDiffers,
    /// Birth date differs from the ID.
    BirthDiffers,
    /// Sex cannot be read.
    SexUnreadable,
    /// Birth date cannot be read.
    BirthUnreadable,
    /// No name of at least two characters.
    NameMissing,
    /// A character that an earlier conversion lost (U+FFFD).
    ReplacementCharacter,
    /// The household head's number gives no token.
    HouseholdNone,
    /// A date after the end of the period.
    DateAfterPeriod,
    /// The disability certificate says another category or grade than the columns.
    CertificateDiffers,
    /// The disability certificate holds another person's ID.
    CertificateOfAnother,
    /// The disability certificate number has no known form.
    CertificateUnreadable,
    /// The row begins like a footer (合计, 制表人) and was left out.
    Footer,
    /// The workbook has further sheets, which were not read.
    OtherSheets,
}

impl FindingKind {
    /// The name in manifests and `--json`.
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
            Self::UnknownColumn => (
                "unknown_column",
                "合同中没有的列，不报送",
                "a column that the contract does not have; it never leaves",
            ),
            Self::IdEmpty => ("id_empty", "身份证号为空", "the ID number is empty"),
            Self::IdLength => ("id_length", "身份证号位数不对", "the ID number is of neither 15 nor 18 characters"),
            Self::IdCharacter => {
                ("id_character", "身份证号含有非法字符", "the ID number has a character that does not belong there")
            }
            Self::IdBirthDate => (
                "id_birth_date",
                "身份证号中的出生日期不存在或晚于期末",
                "the birth date in the ID number does not exist or lies after the period",
            ),
            Self::IdCheckCharacter => {
                ("id_check_character", "身份证号校验码不符", "the check character of the ID number is wrong")
            }
            Self::IdPlaceholder => ("id_placeholder", "身份证号是占位数", "the ID number is a placeholder"),
            Self::Centenarian15 => (
                "centenarian15",
                "15位身份证号，顺序码996至999（1900年前出生）",
                "a 15-digit number of a person born before 1900",
            ),
            Self::Upgraded15 => ("upgraded15", "15位身份证号，已升为18位", "a 15-digit number that was upgraded to 18"),
            Self::ResidencePermit => ("residence_permit", "居住证或永久居留证", "a residence permit"),
            Self::SexDiffers => ("sex_differs_from_id", "性别与身份证号不符", "sex differs from the ID number"),
            Self::BirthDiffers => {
                ("birth_date_differs_from_id", "出生日期与身份证号不符", "birth date differs from the ID number")
            }
            Self::SexUnreadable => ("sex_unreadable", "性别无法识别", "sex cannot be read"),
            Self::BirthUnreadable => ("birth_date_unreadable", "出生日期无法识别", "birth date cannot be read"),
            Self::NameMissing => ("name_missing", "姓名不足两个字", "the name has fewer than two characters"),
            Self::ReplacementCharacter => (
                "replacement_character",
                "姓名含有转码时丢失的字",
                "the name holds a character that an earlier conversion lost",
            ),
            Self::HouseholdNone => {
                ("household_none", "户主身份证号无效", "the household head's ID number gives no token")
            }
            Self::DateAfterPeriod => ("date_after_period", "日期晚于期末", "a date after the end of the period"),
            Self::CertificateDiffers => (
                "certificate_differs",
                "残疾人证号中的类别或等级与列不符",
                "the certificate number says another category or grade than the columns",
            ),
            Self::CertificateOfAnother => {
                ("certificate_of_another", "残疾人证号与身份证号不符", "the certificate number holds another ID number")
            }
            Self::CertificateUnreadable => {
                ("certificate_unreadable", "残疾人证号格式不对", "the certificate number has no known form")
            }
            Self::Footer => ("footer", "合计、制表人等表尾行，已略去", "a footer row, left out"),
            Self::OtherSheets => {
                ("other_sheets", "工作簿还有其他工作表，未读取", "the workbook has further sheets, which were not read")
            }
        }
    }
}

/// Findings while they are being counted, by kind and column of the contract.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    tallies: BTreeMap<(FindingKind, u16), Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    count: u64,
    rows: Vec<u64>,
}

impl Findings {
    pub(crate) fn add(&mut self, kind: FindingKind, column: u16, row: u32) {
        let tally = self.tallies.entry((kind, column)).or_default();
        tally.count += 1;
        if tally.rows.len() < ROWS_NAMED {
            tally.rows.push(row.into());
        }
    }

    /// Adds another thread's; which rows are named does not depend on who saw them.
    ///
    /// Each thread sees its chunks in the order of the file, so its first rows are its smallest.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, tally) in other.tallies {
            let mine = self.tallies.entry(key).or_default();
            mine.count += tally.count;
            mine.rows.extend(tally.rows);
            mine.rows.sort_unstable();
            mine.rows.truncate(ROWS_NAMED);
        }
    }

    pub(crate) fn into_list(self, headers: &[String]) -> Vec<Finding> {
        self.tallies
            .into_iter()
            .map(|((kind, column), tally)| Finding {
                kind,
                column: headers.get(usize::from(column)).cloned(),
                count: tally.count,
                rows: tally.rows,
            })
            .collect()
    }
}
