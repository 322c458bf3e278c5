//! The columns of a clue sheet.

use unicode_normalization::UnicodeNormalization;

/// A column of a clue sheet, in the order of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    Clue,
    Record,
    Name,
    IdNumber,
    Township,
    Question,
    OwnBenefit,
    Counterpart,
    Months,
    MonthCount,
    Amount,
    Basis,
    Reliability,
    FirstSeen,
    Due,
    Decision,
    Recovered,
    Heard,
    CheckedBy,
    DecidedOn,
}

impl Column {
    pub(crate) const ALL: [Self; 20] = [
        Self::Clue,
        Self::Record,
        Self::Name,
        Self::IdNumber,
        Self::Township,
        Self::Question,
        Self::OwnBenefit,
        Self::Counterpart,
        Self::Months,
        Self::MonthCount,
        Self::Amount,
        Self::Basis,
        Self::Reliability,
        Self::FirstSeen,
        Self::Due,
        Self::Decision,
        Self::Recovered,
        Self::Heard,
        Self::CheckedBy,
        Self::DecidedOn,
    ];

    /// Without these there are no answers to read.
    pub(crate) const NEEDED: [Self; 5] = [Self::Clue, Self::Decision, Self::Recovered, Self::Heard, Self::DecidedOn];

    pub(crate) const fn header(self) -> &'static str {
        self.look().0
    }

    /// In characters of the standard font.
    pub(crate) const fn width(self) -> u16 {
        self.look().1
    }

    /// Whether the officer fills it in.
    pub(crate) fn is_answer(self) -> bool {
        self >= Self::Decision
    }

    const fn look(self) -> (&'static str, u16) {
        match self {
            Self::Clue => ("线索编号", 11),
            Self::Record => ("本单位记录号", 18),
            Self::Name => ("姓名", 9),
            Self::IdNumber => ("身份证号", 19),
            Self::Township => ("乡镇", 9),
            Self::Question => ("待核实事项", 18),
            Self::OwnBenefit => ("本单位待遇", 9),
            Self::Counterpart => ("对方待遇类别", 9),
            Self::Months => ("起止月份", 9),
            Self::MonthCount => ("月数", 5),
            Self::Amount => ("涉及金额（元）", 10),
            Self::Basis => ("政策依据", 27),
            Self::Reliability => ("匹配可靠程度", 10),
            Self::FirstSeen => ("首次提示", 11),
            Self::Due => ("核实期限", 11),
            Self::Decision => ("核实结论", 11),
            Self::Recovered => ("追回金额（元）", 12),
            Self::Heard => ("已听取本人意见", 7),
            Self::CheckedBy => ("核实人", 8),
            Self::DecidedOn => ("核实日期", 11),
        }
    }
}

/// A header or cell without what a spreadsheet or a hand adds: full width becomes ASCII, white space and the apostrophe
/// that forces text are gone.
pub(crate) fn folded(text: &str) -> String {
    let folded: String = text.nfkc().filter(|c| !c.is_whitespace() && *c != '\u{feff}' && *c != '\u{200b}').collect();
    folded.trim_start_matches('\'').to_owned()
}
