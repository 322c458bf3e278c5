//! What came back to a department to be corrected.

/// One thing to correct: a cell, a row or a whole delivery. It says where, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Chinese title of the dataset.
    pub dataset: String,
    /// Period of the delivery.
    pub period: String,
    /// Row of the extract as a spreadsheet counts it; `None` where the file as a whole is meant.
    pub row: Option<u64>,
    /// Header of the column; empty where the row as a whole is meant.
    pub column: String,
    /// Code of the reason.
    pub reason: String,
    /// What is wrong, in Chinese.
    pub what: String,
}

impl Returned {
    /// How to correct it, in Chinese.
    pub(crate) fn advice(&self) -> &'static str {
        match self.reason.as_str() {
            "missing_value" => "在业务系统中补填后重新导出",
            "column_count" => "检查本行是否多出逗号、换行或单元格，重新导出，不要手工改动 CSV",
            "age_unknown" => "补填有效的身份证号或出生日期",
            "date_unreadable" => "日期写成 2025-01-31 的形式",
            "date_impossible" => "核对日期，日历上没有这一天",
            "date_without_day" => "补填日期中的“日”",
            "month_unreadable" => "月份写成 2025-01 的形式",
            "amount_unreadable" => "金额以元为单位，最多两位小数，不含文字",
            "number_unreadable" => "只填数字",
            "unknown_code" => "改为代码表中的代码或名称（见 schemas/codes）",
            "bool_unreadable" => "填“是”或“否”",
            "region_unreadable" => "填 6、9 或 12 位区划代码",
            "region_unknown" => "核对区划代码，前 6 位应为曾经使用过的县级代码",
            "personal_text" => "本列只填代码，删去证件号、电话、账号或姓名",
            "record_number" => "核对流水号，本列不应填其他内容",
            "damaged_text" => "在业务系统中更正乱码或公式错误值后重新导出，不要从表格中另行复制",
            "no_token" => "核对身份证号码后重新导出",
            "canary" => "这是约定的虚构号码，多为测试记录，请从业务系统中删去；如确有其人，核对身份证号码",
            "refused" => "按原因更正后重新打包交付",
            _ => "按数据契约更正后重新导出",
        }
    }
}

#[cfg(test)]
mod tests {
    use yilian_intake::Reason;

    use super::*;

    #[test]
    fn every_reason_for_a_reject_has_its_own_advice() {
        let of = |reason: &str| {
            let returned = Returned {
                dataset: String::new(),
                period: String::new(),
                row: None,
                column: String::new(),
                reason: reason.to_owned(),
                what: String::new(),
            };
            returned.advice()
        };
        let general = of("");
        let without: Vec<_> = Reason::ALL.into_iter().map(Reason::code).filter(|code| of(code) == general).collect();
        assert!(without.is_empty(), "add an advice for {without:?}");
    }
}
