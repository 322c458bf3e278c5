//! What is wrong with an answer, in both languages; never what stood in the cell.

use std::fmt;

use yilian_delivery::ClueKind;

use crate::sheet_name::short;

/// Something to correct in a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub wrong: Wrong,
}

/// A row of a workbook. A sheet goes by its number: its name may say where somebody lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the sheet, counted from 1.
    pub sheet: u32,
    /// What the sheet asks about, if its name says so.
    pub kind: Option<ClueKind>,
    /// Row as a spreadsheet counts it; `None` where the sheet as a whole is meant.
    pub row: Option<u32>,
}

/// What is wrong with a row or a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// The sheet has clues and not this column.
    ColumnMissing {
        /// Its header.
        header: &'static str,
    },
    /// Two columns of the sheet have this header.
    ColumnTwice {
        /// The header.
        header: &'static str,
    },
    /// Neither the clue nor the sheet says what is asked.
    KindUnknown,
    /// There is an answer and no clue number.
    ClueMissing,
    /// A spreadsheet took the clue number for a number and lost digits.
    ClueDamaged,
    /// No such clue was received.
    ClueUnknown,
    /// Something is filled in, and no decision.
    DecisionMissing,
    /// No decision of the list.
    DecisionUnknown {
        /// The one that is probably meant.
        nearest: Option<String>,
        /// Those that fit.
        fitting: Vec<String>,
    },
    /// A decision about another kind of clue.
    DecisionUnfit {
        /// Those that fit.
        fitting: Vec<String>,
    },
    /// Whether the person was heard is not filled in.
    HeardMissing,
    /// Neither yes nor no.
    HeardUnreadable,
    /// The date is not filled in.
    DateMissing,
    /// No date.
    DateUnreadable,
    /// A day that has not come yet.
    DateAhead,
    /// Money was recovered, and how much is not filled in.
    AmountMissing,
    /// No amount of money.
    AmountUnreadable,
    /// Less than nothing.
    AmountNegative,
    /// Money recovered, with a decision that recovers none.
    AmountUnfit,
    /// The same clue has another answer elsewhere.
    AnsweredTwice {
        /// Where.
        other: Place,
    },
}

impl Fault {
    /// The fault in Chinese.
    pub fn zh(&self) -> String {
        format!("{}：{}", self.place.zh(), self.wrong.zh())
    }

    /// The fault in English.
    pub fn en(&self) -> String {
        format!("{}: {}", self.place.en(), self.wrong.en())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.zh(), self.en())
    }
}

impl Place {
    fn zh(self) -> String {
        let kind = self.kind.map(|kind| format!("（{}）", short(kind))).unwrap_or_default();
        let row = self.row.map(|row| format!("第 {row} 行")).unwrap_or_default();
        format!("第 {} 张表{kind}{row}", self.sheet)
    }

    fn en(self) -> String {
        let row = self.row.map(|row| format!(", row {row}")).unwrap_or_default();
        format!("sheet {}{row}", self.sheet)
    }
}

impl Wrong {
    /// Stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ColumnMissing { .. } => "column_missing",
            Self::ColumnTwice { .. } => "column_twice",
            Self::KindUnknown => "kind_unknown",
            Self::ClueMissing => "clue_missing",
            Self::ClueDamaged => "clue_damaged",
            Self::ClueUnknown => "clue_unknown",
            Self::DecisionMissing => "decision_missing",
            Self::DecisionUnknown { .. } => "decision_unknown",
            Self::DecisionUnfit { .. } => "decision_unfit",
            Self::HeardMissing => "heard_missing",
            Self::HeardUnreadable => "heard_unreadable",
            Self::DateMissing => "date_missing",
            Self::DateUnreadable => "date_unreadable",
            Self::DateAhead => "date_ahead",
            Self::AmountMissing => "amount_missing",
            Self::AmountUnreadable => "amount_unreadable",
            Self::AmountNegative => "amount_negative",
            Self::AmountUnfit => "amount_unfit",
            Self::AnsweredTwice { .. } => "answered_twice",
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::ColumnMissing { header } => format!("缺少列“{header}”，请恢复原来的表头"),
            Self::ColumnTwice { header } => format!("有两列“{header}”，请删去一列"),
            Self::KindUnknown => "无法判断是哪一类线索，请恢复原来的工作表名称".to_owned(),
            Self::ClueMissing => "填写了核实结论，但没有线索编号".to_owned(),
            Self::ClueDamaged => {
                "线索编号被表格软件改成了数字，末尾数字已丢失，请从原工作簿复制该单元格（格式为文本）".to_owned()
            }
            Self::ClueUnknown => {
                "本单位没有收到过这个编号的线索，请与原工作簿核对；换过电脑的，先用 feedback 重新打开原线索包"
                    .to_owned()
            }
            Self::DecisionMissing => "已填写其他内容，但没有核实结论；尚未核实的请全部留空".to_owned(),
            Self::DecisionUnknown { nearest: Some(nearest), fitting } => {
                format!("核实结论无法识别，最接近的是“{nearest}”；可选：{}", fitting.join("、"))
            }
            Self::DecisionUnknown { nearest: None, fitting } => {
                format!("核实结论无法识别；可选：{}", fitting.join("、"))
            }
            Self::DecisionUnfit { fitting } => format!("该核实结论不适用于这类线索；可选：{}", fitting.join("、")),
            Self::HeardMissing => "请填写“已听取本人意见”：是或否".to_owned(),
            Self::HeardUnreadable => "“已听取本人意见”应填是或否".to_owned(),
            Self::DateMissing => "请填写核实日期".to_owned(),
            Self::DateUnreadable => "核实日期无法识别，请写成 2026-11-20 的形式".to_owned(),
            Self::DateAhead => "核实日期晚于今天".to_owned(),
            Self::AmountMissing => "核实结论为“已追回”，请填写追回金额，没有金额填 0".to_owned(),
            Self::AmountUnreadable => "追回金额无法识别，请以元为单位填写数字，最多两位小数".to_owned(),
            Self::AmountNegative => "追回金额不能是负数".to_owned(),
            Self::AmountUnfit => "这一核实结论没有追回金额，请清空或改正结论".to_owned(),
            Self::AnsweredTwice { other } => format!("同一线索在{}另有不同的答复，请只保留一个", other.zh()),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::ColumnMissing { header } => format!("the column {header} is missing"),
            Self::ColumnTwice { header } => format!("the column {header} is there twice"),
            Self::KindUnknown => "what kind of clue it is cannot be told; restore the sheet's name".to_owned(),
            Self::ClueMissing => "there is a decision and no clue number".to_owned(),
            Self::ClueDamaged => {
                "a spreadsheet made a number of the clue number and lost its last digits; copy the cell from the \
                 original workbook, as text"
                    .to_owned()
            }
            Self::ClueUnknown => {
                "no clue of this number was received; on a new computer, open its parcel with `feedback` first"
                    .to_owned()
            }
            Self::DecisionMissing => "something is filled in, but no decision".to_owned(),
            Self::DecisionUnknown { nearest: Some(nearest), .. } => {
                format!("no such decision; the nearest is {nearest}")
            }
            Self::DecisionUnknown { nearest: None, .. } => "no such decision".to_owned(),
            Self::DecisionUnfit { .. } => "the decision does not fit this kind of clue".to_owned(),
            Self::HeardMissing => "say whether the person was heard: 是 or 否".to_owned(),
            Self::HeardUnreadable => "whether the person was heard is neither 是 nor 否".to_owned(),
            Self::DateMissing => "the date of the decision is missing".to_owned(),
            Self::DateUnreadable => "the date of the decision cannot be read; write 2026-11-20".to_owned(),
            Self::DateAhead => "the date of the decision lies in the future".to_owned(),
            Self::AmountMissing => "fill in the recovered amount, 0 if none".to_owned(),
            Self::AmountUnreadable => {
                "the recovered amount cannot be read; write yuan with at most two decimals".to_owned()
            }
            Self::AmountNegative => "the recovered amount is negative".to_owned(),
            Self::AmountUnfit => "this decision recovers no money".to_owned(),
            Self::AnsweredTwice { other } => format!("the same clue is answered differently at {}", other.en()),
        }
    }
}
