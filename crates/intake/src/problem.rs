//! Why a file is refused as a whole.

use std::fmt::Write;

/// One reason to refuse a whole file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No data row.
    #[error("the file has no data row")]
    Empty,
    /// A required column is not there.
    #[error("the required column {header} is missing{}", nearest.as_ref().map(|nearest| format!(" (is it {nearest}?)")).unwrap_or_default())]
    MissingColumn {
        /// Its Chinese header.
        header: String,
        /// A header of the file that is probably meant.
        nearest: Option<String>,
    },
    /// Two columns of the file are the same column of the contract.
    #[error("the column {header} is there twice")]
    DoubleColumn {
        /// Its Chinese header.
        header: String,
    },
    /// A required column has no value in any row.
    #[error("the required column {header} is empty in every row")]
    NullColumn {
        /// The header in the file.
        header: String,
    },
    /// A spreadsheet rounded the ID numbers.
    #[error(
        "the column {header} was damaged by a spreadsheet: {scientific} numbers are in scientific notation, {zeros} of {numbers} 18-digit numbers end in 000"
    )]
    SpreadsheetDamage {
        /// The header in the file.
        header: String,
        /// Cells like `1.50104E+17`.
        scientific: u64,
        /// 18-digit numbers that end in 000.
        zeros: u64,
        /// 18-digit numbers in all.
        numbers: u64,
    },
    /// Rows about people stand above the header.
    #[error("{rows} rows with an ID number stand above the header")]
    RowsAboveHeader {
        /// How many.
        rows: u64,
    },
    /// The unit of money in a header or title is not 元, 万元 or 分.
    #[error("the unit of money of the column {header} is not 元, 万元 or 分")]
    UnknownUnit {
        /// Its Chinese header.
        header: String,
    },
    /// Rows in another encoding than the rest of the file.
    #[error("row {row} is UTF-8 and other rows are GB18030: two files were put together")]
    MixedEncodings {
        /// The first of them.
        row: u64,
    },
    /// Formulas whose results were never computed.
    #[error("{count} formulas have no result (rows {})", numbers(rows))]
    Uncomputed {
        /// How many.
        count: u64,
        /// The first rows.
        rows: Vec<u64>,
    },
    /// What is wrong with one of several sheets.
    #[error("the sheet {name} has {} problems", problems.len())]
    Sheet {
        /// Its name.
        name: String,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
}

impl Problem {
    /// The name in `--json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::MissingColumn { .. } => "missing_column",
            Self::DoubleColumn { .. } => "double_column",
            Self::NullColumn { .. } => "null_column",
            Self::SpreadsheetDamage { .. } => "spreadsheet_damage",
            Self::RowsAboveHeader { .. } => "rows_above_header",
            Self::UnknownUnit { .. } => "unknown_unit",
            Self::MixedEncodings { .. } => "mixed_encodings",
            Self::Uncomputed { .. } => "formulas_without_result",
            Self::Sheet { .. } => "sheet",
        }
    }

    /// What is wrong, for the officer.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "文件没有数据行".to_owned(),
            Self::MissingColumn { header, nearest: None } => format!("缺少必填列“{header}”"),
            Self::MissingColumn { header, nearest: Some(nearest) } => {
                format!("缺少必填列“{header}”（是否就是“{nearest}”？）")
            }
            Self::DoubleColumn { header } => format!("“{header}”列重复出现"),
            Self::NullColumn { header } => format!("必填列“{header}”全部为空"),
            Self::SpreadsheetDamage { header, scientific, zeros, numbers } => format!(
                "“{header}”列已被电子表格软件损坏：{scientific}个号码为科学计数法，{numbers}个18位号码中有{zeros}个末三位为000"
            ),
            Self::RowsAboveHeader { rows } => format!("表头上方有{rows}行含身份证号的数据"),
            Self::UnknownUnit { header } => format!("“{header}”列的金额单位不是元、万元或分"),
            Self::MixedEncodings { row } => format!("第{row}行是UTF-8编码，其余行是GB18030编码：由两个文件拼接而成"),
            Self::Uncomputed { count, rows } => format!("{count}个公式没有计算结果（第{}行）", numbers(rows)),
            Self::Sheet { name, problems } => format!("工作表“{name}”有{}个问题", problems.len()),
        }
    }

    /// The problem itself, or those of its sheet, each with the sheet's name.
    pub fn each(&self) -> Vec<(Option<&str>, &Self)> {
        match self {
            Self::Sheet { name, problems } => problems.iter().map(|problem| (Some(name.as_str()), problem)).collect(),
            one => vec![(None, one)],
        }
    }
}

/// All problems, each on its line, and what can be done about them.
pub(crate) fn listed(problems: &[Problem]) -> String {
    let each: Vec<_> = problems.iter().flat_map(Problem::each).collect();
    let mut text = String::new();
    for (sheet, problem) in &each {
        // Writing into memory does not fail.
        let _ = match sheet {
            Some(sheet) => write!(text, "\n  - sheet {sheet}: {problem}"),
            None => write!(text, "\n  - {problem}"),
        };
    }
    let any = |of: fn(&Problem) -> bool| each.iter().any(|(_, problem)| of(problem));
    text.push_str("\n\nhint: ");
    text.push_str(if any(|problem| matches!(problem, Problem::SpreadsheetDamage { .. })) {
        "a spreadsheet keeps 15 digits of a number. Export again from the business system, or set the column to 文本 (text) before the numbers are pasted or imported; the lost digits cannot be restored"
    } else if any(|problem| matches!(problem, Problem::Uncomputed { .. })) {
        "open the workbook in a spreadsheet, let it compute, and save it again"
    } else if any(|problem| matches!(problem, Problem::MixedEncodings { .. })) {
        "export the whole table at once; do not put text files together by hand"
    } else if each.iter().any(|(sheet, _)| sheet.is_some()) {
        "every sheet with rows needs the headers of the contract; put other tables into a workbook of their own"
    } else {
        "export the table again with the headers of the contract in one row on top"
    });
    text
}

fn numbers(rows: &[u64]) -> String {
    rows.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}
