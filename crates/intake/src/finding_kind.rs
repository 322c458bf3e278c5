//! The kinds of findings, each with its name and what it means in Chinese and English.

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        /// The kinds of findings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FindingKind {
            $($(#[$doc])* $kind,)*
        }

        impl FindingKind {
            /// All kinds, in the order in which they are listed.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name in manifests and `--json`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// What it means, for the officer.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$kind => $zh,)* }
            }

            /// What it means, in English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$kind => $en,)* }
            }
        }
    };
}

kinds! {
    /// A column that the contract does not have; it never leaves.
    UnknownColumn = "unknown_column", "合同中没有的列，不报送", "a column that the contract does not have; it never leaves";
    /// An ID cell that is empty.
    IdEmpty = "id_empty", "身份证号为空", "the ID number is empty";
    /// An ID of neither 15 nor 18 characters.
    IdLength = "id_length", "身份证号位数不对", "the ID number is of neither 15 nor 18 characters";
    /// An ID with a character that no ID has there.
    IdCharacter = "id_character", "身份证号含有非法字符", "the ID number has a character that does not belong there";
    /// An ID whose birth date does not exist or lies after the period.
    IdBirthDate = "id_birth_date", "身份证号中的出生日期不存在或晚于期末", "the birth date in the ID number does not exist or lies after the period";
    /// An ID with a wrong check character.
    IdCheckCharacter = "id_check_character", "身份证号校验码不符", "the check character of the ID number is wrong";
    /// An ID that stands for none: one digit repeated, 12345678…
    IdPlaceholder = "id_placeholder", "身份证号是占位数", "the ID number is a placeholder";
    /// A 15-digit ID of a person born before 1900.
    Centenarian15 = "centenarian15", "15位身份证号，顺序码996至999（1900年前出生）", "a 15-digit number of a person born before 1900";
    /// A 15-digit ID that was upgraded.
    Upgraded15 = "upgraded15", "15位身份证号，已升为18位", "a 15-digit number that was upgraded to 18";
    /// A residence permit.
    ResidencePermit = "residence_permit", "居住证或永久居留证", "a residence permit";
    /// A valid ID in an unusual spelling: full width, spaces, an apostrophe, a small x.
    IdRewritten = "id_rewritten", "身份证号含全角字符、空格、撇号或小写x等，已规范", "the ID number was written with full-width characters, spaces, an apostrophe or a small x; it was read";
    /// Sex differs from the ID.
    SexDiffers = "sex_differs_from_id", "性别与身份证号不符", "sex differs from the ID number";
    /// Birth date differs from the ID.
    BirthDiffers = "birth_date_differs_from_id", "出生日期与身份证号不符", "birth date differs from the ID number";
    /// Sex cannot be read.
    SexUnreadable = "sex_unreadable", "性别无法识别", "sex cannot be read";
    /// Birth date cannot be read.
    BirthUnreadable = "birth_date_unreadable", "出生日期无法识别", "birth date cannot be read";
    /// No name of at least two characters.
    NameMissing = "name_missing", "姓名不足两个字", "the name has fewer than two characters";
    /// A name whose length is a limit of many systems.
    NameAtLimit = "name_at_limit", "姓名恰好达到常见字段长度（10、15、16、20或25个字），可能被截断", "the name has exactly 10, 15, 16, 20 or 25 characters, where many systems cut it off";
    /// A character that an earlier conversion lost (U+FFFD).
    ReplacementCharacter = "replacement_character", "姓名含有转码时丢失的字", "the name holds a character that an earlier conversion lost";
    /// A character for private use that stands for a known character.
    PrivateUse = "private_use_character", "姓名含有造字区的字，已按国家标准对应", "the name holds a private-use character; it was read as the character that the standard gives it";
    /// A character for private use that nobody else can read.
    PrivateUseUnknown = "private_use_unknown", "姓名含有自造字，其他单位无法识别，不能用姓名比对", "the name holds a private-use character that nobody else can read; the name is not compared";
    /// The household head's number gives no token.
    HouseholdNone = "household_none", "户主身份证号无效", "the household head's ID number gives no token";
    /// A date after the end of the period.
    DateAfterPeriod = "date_after_period", "日期晚于期末", "a date after the end of the period";
    /// A region code that has a successor.
    RegionSuperseded = "region_superseded", "旧区划代码，统计时按其唯一后继代码计", "an old region code; it is counted under its only successor";
    /// A township that the list of its county does not have.
    TownshipUnknown = "township_unknown", "该县没有此乡级代码", "the county is known and the township is not";
    /// The disability certificate says another category or grade than the columns.
    CertificateDiffers = "certificate_differs", "残疾人证号中的类别或等级与列不符", "the certificate number says another category or grade than the columns";
    /// The disability certificate holds another person's ID.
    CertificateOfAnother = "certificate_of_another", "残疾人证号与身份证号不符", "the certificate number holds another ID number";
    /// The disability certificate number has no known form.
    CertificateUnreadable = "certificate_unreadable", "残疾人证号格式不对", "the certificate number has no known form";
    /// The row has fewer cells than the header.
    ShortRow = "short_row", "本行列数少于表头，缺少的按空值处理", "the row has fewer cells than the header; the missing ones are empty";
    /// The row begins like a footer (合计, 制表人) or repeats the header, and was left out.
    Footer = "footer", "合计、制表人等表尾行或重复的表头，已略去", "a footer or a repeated header, left out";
    /// Rows that the spreadsheet hides; they were read.
    HiddenRows = "hidden_rows", "隐藏的行，已照常读取", "hidden rows; they were read like the others";
    /// A column that the spreadsheet hides; it was read.
    HiddenColumn = "hidden_column", "隐藏的列，已照常读取", "a hidden column; it was read like the others";
    /// A sheet that the workbook hides; it was read.
    HiddenSheet = "hidden_sheet", "隐藏的工作表，已照常读取", "a hidden sheet; it was read like the others";
    /// Cells merged over several rows: only the first of them has the value.
    MergedCells = "merged_cells", "跨行合并的单元格，只有第一行有值", "cells merged over rows; only the first row has the value";
    /// A sheet without rows of the dataset: empty, a chart or a note.
    SheetSkipped = "sheet_skipped", "空表、图表或说明，未读取", "an empty sheet, a chart or a note, which was not read";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_have_a_name_or_a_meaning_in_common() {
        for words in [FindingKind::code, FindingKind::zh, FindingKind::en] {
            let all: BTreeSet<&str> = FindingKind::ALL.iter().map(|kind| words(*kind)).collect();
            assert_eq!(all.len(), FindingKind::ALL.len());
        }
    }
}
