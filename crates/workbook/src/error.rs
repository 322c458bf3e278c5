//! Why a workbook cannot be written or read.

use std::path::PathBuf;

use crate::fault::Fault;

/// Why there is no workbook, or no answers; never what stands in a cell.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// The writer failed: a fault of the program.
    #[error("the workbook could not be written")]
    NotWritten,
    /// The file cannot be read at all.
    #[error("`{}` 无法读取 cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The file is no workbook that can be opened.
    #[error("`{}` 不是可以打开的 .xlsx 工作簿 is not a workbook that can be opened", path.display())]
    NotAWorkbook {
        /// The file.
        path: PathBuf,
    },
    /// No sheet of it is a clue sheet.
    #[error(
        "`{}` 中没有线索表（没有同时含有“线索编号”和“核实结论”的表头） has no clue sheet: no header row with 线索编号 and 核实结论",
        path.display()
    )]
    NoClueSheet {
        /// The file.
        path: PathBuf,
    },
    /// Some answers are incomplete or contradict one another.
    #[error(
        "`{}` 中有 {} 处需要更正，没有生成交付文件 holds {} faults, no delivery was made:{}",
        path.display(), faults.len(), faults.len(), listed(faults)
    )]
    Faults {
        /// The file.
        path: PathBuf,
        /// All of them, in the order of sheets and rows.
        faults: Vec<Fault>,
    },
}

impl WorkbookError {
    /// What the officer can do, `None` if the message says it all.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotAWorkbook { .. } => Some(
                "请另存为 .xlsx（不是 .xls，不设密码）后再试 save it as .xlsx (not .xls, without a password) and try again",
            ),
            Self::NoClueSheet { .. } => Some(
                "请使用 `yilian-dept feedback` 生成的工作簿，保留表头 use the workbook that `yilian-dept feedback` made, with its headers",
            ),
            Self::Faults { .. } => {
                Some("请在工作簿中更正后再运行一次 correct them in the workbook and run the command again")
            }
            Self::NotWritten | Self::Unreadable { .. } => None,
        }
    }
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().fold(String::new(), |text, fault| text + "\n  " + &fault.to_string())
}
