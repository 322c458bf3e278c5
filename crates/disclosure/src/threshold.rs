use crate::error::DisclosureError;

/// The least number of people that a published cell may rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold {
    k: Option<u32>,
}

/// The thresholds of all tables with their days, as `schemas/disclosure_threshold.csv` has them.
///
/// Columns: `table` (`*` is every table), `k` (`none` where nobody needs protection: public
/// registers), `valid_from`, `valid_to` (last day; empty is for ever), then anything (`source`).
/// Of the lines that hold on a day the one that names the table wins; `*` is the floor, which a
/// named line may only raise or switch off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    table: String,
    threshold: Threshold,
    valid_from: String,
    valid_to: String,
}

impl Threshold {
    /// Protects cells of 1…k−1 people; `k` below 2 would protect nobody and is refused.
    pub fn of_people(k: u32) -> Result<Self, DisclosureError> {
        if k < 2 {
            return Err(DisclosureError::ThresholdTooLow { k });
        }
        Ok(Self { k: Some(k) })
    }

    /// For tables of public registers, in which no person stands.
    pub fn none() -> Self {
        Self { k: None }
    }

    /// k, or `None` where nobody needs protection.
    pub fn k(self) -> Option<u32> {
        self.k
    }

    pub(crate) fn protects(self, people: i64) -> bool {
        self.k.is_some_and(|k| (1..i64::from(k)).contains(&people))
    }
}

impl Thresholds {
    /// Reads the text of `disclosure_threshold.csv`.
    pub fn parse(text: &str) -> Result<Self, DisclosureError> {
        let text = text.trim_start_matches('\u{feff}');
        let mut rows = text.lines().enumerate();
        let header = rows.next().map_or("", |(_, header)| header);
        if !header.starts_with("table,k,valid_from,valid_to") {
            return Err(DisclosureError::Line { line: 1, reason: "the header is not table,k,valid_from,valid_to" });
        }
        let lines = rows
            .filter(|(_, row)| !row.trim().is_empty())
            .map(|(index, row)| Line::parse(row).map_err(|reason| at(index, reason)))
            .collect::<Result<_, _>>()?;
        Ok(Self { lines })
    }

    /// The threshold of a table on a day (`YYYY-MM-DD`), never below the floor.
    pub fn of(&self, table: &str, day: &str) -> Result<Threshold, DisclosureError> {
        let holding = |name: &str| {
            self.lines
                .iter()
                .filter(|line| line.table == name && line.holds_on(day))
                .map(|line| line.threshold)
                .next_back()
        };
        let named = holding(table);
        match (named, holding("*")) {
            (Some(named), Some(floor)) if named.k.is_some() => Ok(named.max(floor)),
            (Some(found), _) | (None, Some(found)) => Ok(found),
            (None, None) => Err(DisclosureError::NoThreshold { table: table.to_owned(), day: day.to_owned() }),
        }
    }
}

impl Line {
    fn parse(row: &str) -> Result<Self, &'static str> {
        let mut fields = row.split(',').map(str::trim);
        let mut next = |reason| fields.next().ok_or(reason);
        let table = next("no table")?.to_owned();
        let threshold = match next("no k")? {
            "none" => Threshold::none(),
            k => k
                .parse()
                .ok()
                .and_then(|k| Threshold::of_people(k).ok())
                .ok_or("k is neither `none` nor a number of at least 2")?,
        };
        let valid_from = next("no valid_from")?.to_owned();
        let valid_to = next("no valid_to")?.to_owned();
        if !is_day(&valid_from) || !(valid_to.is_empty() || is_day(&valid_to)) {
            return Err("a day is not written YYYY-MM-DD");
        }
        Ok(Self { table, threshold, valid_from, valid_to })
    }

    // ISO days compare as text.
    fn holds_on(&self, day: &str) -> bool {
        self.valid_from.as_str() <= day && (self.valid_to.is_empty() || day <= self.valid_to.as_str())
    }
}

fn at(index: usize, reason: &'static str) -> DisclosureError {
    DisclosureError::Line { line: index + 1, reason }
}

fn is_day(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00"
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "table,k,valid_from,valid_to,source\n\
        *,5,2000-01-01,,release\n\
        hardship,10,2000-01-01,,release\n\
        ability,3,2000-01-01,2024-12-31,too low\n\
        facilities,none,2000-01-01,,public register\n";

    fn k(table: &str, day: &str) -> Option<u32> {
        Thresholds::parse(TEXT).unwrap().of(table, day).unwrap().k()
    }

    #[test]
    fn a_table_has_its_own_threshold_or_the_floor() {
        assert_eq!(k("hardship", "2025-12-31"), Some(10));
        assert_eq!(k("population", "2025-12-31"), Some(5));
        assert_eq!(k("facilities", "2025-12-31"), None);
    }

    #[test]
    fn no_table_is_weaker_than_the_floor() {
        assert_eq!(k("ability", "2024-12-31"), Some(5));
    }

    #[test]
    fn a_day_before_every_line_has_no_threshold() {
        let thresholds = Thresholds::parse(TEXT).unwrap();
        assert!(matches!(thresholds.of("population", "1999-12-31"), Err(DisclosureError::NoThreshold { .. })));
    }

    #[test]
    fn a_threshold_that_protects_nobody_is_refused_with_its_line() {
        let text = "table,k,valid_from,valid_to\n*,1,2000-01-01,\n";
        assert!(matches!(Thresholds::parse(text), Err(DisclosureError::Line { line: 2, .. })));
    }
}
