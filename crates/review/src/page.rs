//! The report as one page of HTML that needs nothing else, in Chinese and English.

use minijinja::{Environment, context};

use crate::error::ReviewError;
use crate::report::Report;

const TEMPLATE: &str = include_str!("report.html");

/// The page; every text in it is escaped.
///
/// # Errors
/// [`ReviewError::Page`] if the template is not sound.
pub fn html(report: &Report) -> Result<String, ReviewError> {
    let mut environment = Environment::new();
    environment.add_filter("thousands", thousands);
    environment.add_filter("duration", duration);
    environment.add_filter("share", share);
    environment.add_filter("ratio", ratio);
    environment.add_template("report.html", TEMPLATE)?;
    let page = environment.get_template("report.html")?;
    Ok(page.render(context! { report, passes => report.passes() })?)
}

/// `21,893,085`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `12.34%` of a whole; a dash where there is nothing to be a part of.
fn share(part: u64, whole: u64) -> String {
    let hundredths = (u128::from(part) * 10_000 + u128::from(whole) / 2).checked_div(u128::from(whole));
    hundredths.map_or_else(|| "–".to_owned(), |share| format!("{}.{:02}%", share / 100, share % 100))
}

/// `1.25` for 1250; a dash for none.
fn ratio(permille: Option<u64>) -> String {
    permille.map_or_else(|| "–".to_owned(), |permille| format!("{}.{:02}", permille / 1000, permille % 1000 / 10))
}

/// Seconds in the largest unit that leaves at least two of it.
fn duration(seconds: u64) -> String {
    let units = [(86_400, "天 days"), (3_600, "小时 hours"), (60, "分钟 minutes")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2 * length);
    unit.map_or_else(|| format!("{seconds} 秒 seconds"), |(length, name)| format!("{} {name}", seconds / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_written_for_people() {
        assert_eq!(thousands(21_893_085), "21,893,085");
        assert_eq!(thousands(999), "999");
        assert_eq!(duration(7), "7 秒 seconds");
        assert_eq!(duration(622), "10 分钟 minutes");
        assert_eq!(duration(37_403), "10 小时 hours");
        assert_eq!((share(1, 8), share(0, 0)), ("12.50%".to_owned(), "–".to_owned()));
        assert_eq!((ratio(Some(1259)), ratio(None)), ("1.25".to_owned(), "–".to_owned()));
    }
}
