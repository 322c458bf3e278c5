//! What a delivery is a version of, and the file name that says so.

use std::fmt;

use yilian_contract::{Department, Period};

use crate::manifest::Sealing;

/// What a delivery is a version of: one dataset of one office in one period.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// 6-, 4- or 2-digit code of the delivering office.
    pub place: String,
    /// The department that the office belongs to.
    pub department: Department,
    /// Name of the dataset within the department.
    pub dataset: String,
    /// What the delivery covers.
    pub period: Period,
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, department, dataset, period } = self;
        write!(f, "{place}.{department}.{dataset}.{period}")
    }
}

/// The name of a delivery's file: `<place>.<department>.<dataset>.<period>.<sequence>.tar.age`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileName {
    /// What the file is a version of.
    pub partition: Partition,
    /// Which version.
    pub sequence: u32,
    /// `.tar.age`, or `.tar` for a plain one.
    pub sealing: Sealing,
}

impl FileName {
    /// Reads a file name; `None` if it is not of the prescribed form, to the letter.
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, sealing) = if let Some(stem) = name.strip_suffix(".tar.age") {
            (stem, Sealing::Age)
        } else {
            (name.strip_suffix(".tar")?, Sealing::Plain)
        };
        let mut parts = stem.split('.');
        let partition = Partition {
            place: parts.next().filter(|place| is_place(place))?.to_owned(),
            department: parts.next()?.parse().ok()?,
            dataset: parts.next().filter(|dataset| is_dataset(dataset))?.to_owned(),
            period: parts.next()?.parse().ok()?,
        };
        let sequence = parts.next()?.parse().ok()?;
        let read = Self { partition, sequence, sealing };
        (parts.next().is_none() && read.to_string() == name).then_some(read)
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suffix = match self.sealing {
            Sealing::Age => "tar.age",
            Sealing::Plain => "tar",
        };
        write!(f, "{}.{}.{suffix}", self.partition, self.sequence)
    }
}

/// Whether `place` is a code of 2, 4 or 6 digits.
pub(crate) fn is_place(place: &str) -> bool {
    matches!(place.len(), 2 | 4 | 6) && place.bytes().all(|b| b.is_ascii_digit())
}

/// Whether `dataset` is a name that a contract could have.
pub(crate) fn is_dataset(dataset: &str) -> bool {
    (1..=64).contains(&dataset.len()) && dataset.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_reads_back_as_it_was_written() {
        for name in ["150104.civil_affairs.benefit_payment.2025-01.3.tar.age", "15.health.death_certificate.2025.1.tar"]
        {
            assert_eq!(FileName::parse(name).unwrap().to_string(), name);
        }
    }

    #[test]
    fn other_spellings_are_no_file_names_of_ours() {
        for name in [
            "",
            "150104.civil_affairs.benefit_payment.2025-01.03.tar.age",
            "../150104.civil_affairs.benefit_payment.2025-01.3.tar.age",
            "1501.police.benefit_payment.2025.1.tar.age",
            "150104.civil_affairs.benefit_payment.2025.1.x.tar.age",
            "150104.civil_affairs.benefit_payment.2025-13.1.tar.age",
            "150104.civil_affairs.benefit_payment.2025.1.zip",
        ] {
            assert_eq!(FileName::parse(name), None, "{name}");
        }
    }
}
