//! The fixed words of the page in both languages.

use chrono::{Datelike, NaiveDate};
use yilian_disclosure::Status;

use super::edition::{Finality, Language};
use crate::definition::{Base, Group, Timing, Unit};
use crate::table::Region;

/// What stands in the cell of a table in place of a number that is not there.
pub(super) fn symbol(status: Status) -> &'static str {
    match status {
        Status::Published | Status::Zero | Status::Missing => "",
        Status::Suppressed => "*",
        Status::NotApplicable => "–",
    }
}

impl Language {
    pub(super) fn tag(self) -> &'static str {
        self.pick("zh-CN", "en")
    }

    pub(super) fn group(self, group: &Group) -> &str {
        self.pick(&group.zh, &group.en)
    }

    /// A region without a name in Latin letters has its Chinese one beside its code: few know the codes.
    pub(super) fn region(self, region: &Region) -> String {
        match self {
            Self::Zh => region.name_zh.clone(),
            Self::En if region.name_en == region.code => format!("{} {}", region.code, region.name_zh),
            Self::En => region.name_en.clone(),
        }
    }

    pub(super) fn total(self) -> &'static str {
        self.pick("合计", "Total")
    }

    /// The unit in a sentence; English has another form after 1.
    pub(super) fn unit(self, unit: Unit, is_one: bool) -> &'static str {
        let (zh, one, many) = match unit {
            Unit::Person => ("人", "person", "people"),
            Unit::Household => ("户", "household", "households"),
            Unit::PersonMonth => ("人月", "person-month", "person-months"),
            Unit::Event => ("人次", "case", "cases"),
            Unit::Hour => ("小时", "hours", "hours"),
            Unit::Facility => ("个", "facility", "facilities"),
            Unit::Bed => ("张", "bed", "beds"),
            Unit::Yuan | Unit::YuanEach => ("元", "yuan", "yuan"),
            Unit::Percent => ("%", "%", "%"),
            Unit::PerThousand => ("‰", "‰", "‰"),
        };
        self.pick(zh, if is_one { one } else { many })
    }

    /// What a status means, in words.
    pub(super) fn status(self, status: Status) -> &'static str {
        match status {
            Status::Published => self.pick("公布", "published"),
            Status::Zero => self.pick("数值为零", "zero"),
            Status::Suppressed => self.pick("为保护个人信息未公布", "withheld to protect people"),
            Status::Missing => self.pick("无数据（部门报送不完整）", "no data (deliveries incomplete)"),
            Status::NotApplicable => self.pick("不适用", "does not apply"),
        }
    }

    /// A note under a table on a symbol that occurs in it.
    pub(super) fn legend(self, status: Status) -> String {
        let symbol = match status {
            Status::Missing => self.pick("空白", "blank"),
            other => symbol(other),
        };
        format!("{symbol}{}{}", self.pick(" ", ": "), self.status(status))
    }

    pub(super) fn base(self, base: Base) -> &'static str {
        match base {
            Base::Hukou => self.pick("户籍地", "place of household registration (hukou)"),
            Base::Residence => self.pick("常住地", "place of residence"),
            Base::Paying => self.pick("支付地", "place that pays"),
            Base::Pool => self.pick("参保统筹地", "insurance pool"),
            Base::Site => self.pick("机构或项目所在地", "place of the facility or the work"),
        }
    }

    /// The day or the year that a table shows.
    pub(super) fn timing(self, timing: Timing, year: i32) -> String {
        match (self, timing) {
            (Self::Zh, Timing::Stock) => format!("{year}年12月31日24时"),
            (Self::Zh, Timing::Flow) => format!("{year}年全年"),
            (Self::En, Timing::Stock) => format!("31 December {year}, 24:00"),
            (Self::En, Timing::Flow) => format!("the whole of {year}"),
        }
    }

    pub(super) fn department(self, code: &str) -> &str {
        match code {
            "civil_affairs" => self.pick("民政", "civil affairs"),
            "health" => self.pick("卫生健康", "health"),
            "medical_insurance" => self.pick("医疗保障", "medical insurance"),
            "disabled_federation" => self.pick("残联", "disabled persons' federation"),
            "human_resources" => self.pick("人力资源和社会保障", "human resources and social security"),
            other => other,
        }
    }

    pub(super) fn finality(self, finality: Finality) -> &'static str {
        match finality {
            Finality::Provisional => self.pick("初步数据", "Provisional"),
            Finality::Final => self.pick("最终数据", "Final"),
        }
    }

    pub(super) fn date(self, date: NaiveDate) -> String {
        match self {
            Self::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
            Self::En => date.format("%-d %B %Y").to_string(),
        }
    }

    /// The number of a chapter: 一, 十二; 1, 12.
    pub(super) fn ordinal(self, number: usize) -> String {
        const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let digit = |digit: usize| DIGITS.get(digit).copied().unwrap_or_default();
        match (self, number) {
            (Self::En, _) | (_, 100..) => number.to_string(),
            (Self::Zh, 0..=9) => digit(number).to_owned(),
            (Self::Zh, 10..=19) => format!("十{}", digit(number % 10)),
            (Self::Zh, _) => format!("{}十{}", digit(number / 10), digit(number % 10)),
        }
    }

    /// With a capital letter where the language has them.
    pub(super) fn capital(self, text: &str) -> String {
        let mut letters = text.chars();
        match (self, letters.next()) {
            (Self::En, Some(first)) => first.to_uppercase().chain(letters).collect(),
            _ => text.to_owned(),
        }
    }

    /// `（人）`, ` (people)`.
    pub(super) fn in_brackets(self, text: &str) -> String {
        match self {
            Self::Zh => format!("（{text}）"),
            Self::En => format!(" ({text})"),
        }
    }

    /// Texts one after the other: 甲、乙 and a, b.
    pub(super) fn list(self, texts: &[String]) -> String {
        texts.join(self.pick("、", ", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_numbered_as_bulletins_number_them() {
        let numbered: Vec<String> = [1, 10, 12, 20, 21].map(|number| Language::Zh.ordinal(number)).into();
        assert_eq!(numbered, ["一", "十", "十二", "二十", "二十一"]);
        assert_eq!(Language::En.ordinal(12), "12");
    }

    #[test]
    fn a_day_is_written_as_each_language_writes_it() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap();
        assert_eq!(Language::Zh.date(day), "2026年3月31日");
        assert_eq!(Language::En.date(day), "31 March 2026");
    }
}
