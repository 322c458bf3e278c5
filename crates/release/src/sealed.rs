use std::io;

use yilian_disclosure::{Reason, Status};

use crate::cell::Role;
use crate::cube::Cube;
use crate::protect::Protection;

/// The file of the sealed part that says of each withheld number why.
pub(crate) const WITHHELD: &str = "withheld.csv";

/// Why a number is withheld. Readers are never told: all are `suppressed` to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// For its own sake.
    Primary(Reason),
    /// An earlier version of the year withheld it, or too few have come or gone since that showed it.
    Earlier,
    /// So that nobody works out another.
    Secondary,
}

const CODES: [(Why, &str); 8] = [
    (Why::Primary(Reason::FewPeople), "few_people"),
    (Why::Primary(Reason::AllInOneClass), "all_in_one_class"),
    (Why::Primary(Reason::FewOperators), "few_operators"),
    (Why::Primary(Reason::Dominated), "dominated"),
    (Why::Primary(Reason::CloseEstimate), "close_estimate"),
    (Why::Primary(Reason::Companion), "companion"),
    (Why::Earlier, "earlier_version"),
    (Why::Secondary, "secondary"),
];

impl Why {
    /// The code of the file, `few_people`.
    pub fn code(self) -> &'static str {
        CODES.iter().find(|(why, _)| *why == self).map_or("", |(_, code)| code)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        CODES.iter().find(|(_, code)| *code == text).map(|(why, _)| *why)
    }

    /// The rule that withholds the number, in Chinese and English.
    pub fn rule(self) -> (&'static str, &'static str) {
        match self {
            Self::Primary(Reason::FewPeople) => (
                "该格或其余部分人数低于公布门槛",
                "fewer people than the threshold are in it, or are what a total has besides it",
            ),
            Self::Primary(Reason::AllInOneClass) => (
                "合计中几乎所有人都属于敏感类别，公布即透露个人情况",
                "everybody, or nearly, of a total is in a sensitive class, so that it would tell of each of them",
            ),
            Self::Primary(Reason::FewOperators) => {
                ("涉及的经办机构不足三家", "fewer than three operators are behind it")
            }
            Self::Primary(Reason::Dominated) => {
                ("少数机构占该数额的绝大部分（主导规则）", "few operators have nearly all of it (dominance)")
            }
            Self::Primary(Reason::CloseEstimate) => (
                "第二大机构可据此较准确推算最大机构（p% 规则）",
                "the second operator could estimate the largest too closely (p%)",
            ),
            Self::Primary(Reason::Companion) => (
                "同格人数低于公布门槛，同格各项一并隐去",
                "a count of the same cell is below the threshold, and they share one fate",
            ),
            Self::Earlier => (
                "本年度前一版已隐去，或与前一版相比变动人数过少",
                "an earlier version of the year withheld it, or too few people have come or gone since",
            ),
            Self::Secondary => (
                "自身可以公布，为使他人不能由合计、关联表或前版推出已隐去的数据而隐去",
                "it could be published itself, and with it others could be worked out from totals, linked tables or earlier versions",
            ),
        }
    }

    /// How the number is protected, in Chinese and English.
    pub fn method(self) -> (&'static str, &'static str) {
        match self {
            Self::Primary(_) | Self::Earlier => (
                "初级隐去；全部表格与已公布版本作为一个约束系统，由七个位置及每个单一贡献者逐一反推检验",
                "primary suppression; all tables and earlier versions are one system, attacked from seven positions and from the \
                 seat of every single contributor",
            ),
            Self::Secondary => (
                "次级隐去；在同一约束系统中选择损失信息最少的单元格",
                "secondary suppression; of the same system the cells that readers miss least",
            ),
        }
    }
}

/// The withheld numbers as CSV: table, region, codes of the dimensions, measure, why. It holds no count.
pub(crate) fn withheld(cube: &Cube, protection: &Protection) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["table", "region", "codes", "measure", "why"])?;
    for (cell, (fate, why)) in cube.cells().zip(protection.fates.iter().zip(&protection.why)) {
        let Role::Counted(measure) = cell.role else { continue };
        if cell.shown && *fate == Status::Suppressed {
            let codes = cube.codes(cell.id).join(" ");
            let why = why.unwrap_or(Why::Secondary).code();
            writer.write_record([&cell.table.name, &cell.region.code, &codes, &measure.name, why])?;
        }
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_as_it_was_written_and_has_words() {
        for (why, code) in CODES {
            assert_eq!(Why::parse(code), Some(why));
            assert_eq!(why.code(), code);
            let said = [why.rule().0, why.rule().1, why.method().0, why.method().1];
            assert!(said.iter().all(|said| !said.is_empty() && !said.contains(|c: char| c.is_ascii_digit())), "{code}");
        }
        assert_eq!(Why::parse("other"), None);
    }
}
