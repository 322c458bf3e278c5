//! `yilian-dept subject`: the answer to a person's request (个人信息保护法 art. 44 and 45).

mod clues;
mod machine;
mod number;
mod output;
mod own_data;
mod text;

use std::path::Path;

use chrono::NaiveDate;
use yilian_intake::is_excluded;

use crate::arguments::SubjectArguments;
use crate::clock;
use crate::commands::feedback;
use crate::error::DeptError;
use crate::printer::Printer;
use crate::schemas::Loaded;
use crate::site::Site;

use clues::OwnClue;
use output::Target;
use own_data::{Extract, Own};

/// Looks a person up in this office's own extracts and says what became of the rows.
pub(crate) fn run(subject: &SubjectArguments, site: &Path, printer: Printer) -> Result<(), DeptError> {
    let site = Site::open(site)?;
    let loaded = Loaded::find(subject.schemas.as_deref())?;
    let target = Target::new(subject.out.as_deref())?;
    let id = number::given(&subject.id, printer)?;
    let own = Own::find(subject, &id, (&site, &loaded))?;
    let reply = Reply {
        office: feedback::office(&site, &loaded.region_names()?),
        purpose: &site.settings.purpose,
        legal_basis: &site.settings.legal_basis,
        made_on: clock::today(),
        excluded: match site.exclude() {
            Some(list) if is_excluded(&list, &id)? => Excluded::Listed,
            Some(_) => Excluded::NotListed,
            None => Excluded::NoList,
        },
        clues: clues::about(&own.extracts, &subject.parcel, (&site, &loaded))?,
        parcels: subject.parcel.len(),
        own,
    };
    target.write(&reply, printer)
}

/// Everything that the office tells the person.
struct Reply<'a> {
    office: String,
    purpose: &'a str,
    legal_basis: &'a str,
    made_on: NaiveDate,
    excluded: Excluded,
    own: Own<'a>,
    clues: Vec<OwnClue>,
    /// How many parcels were looked into.
    parcels: usize,
}

impl Reply<'_> {
    fn rows(&self) -> usize {
        self.own.extracts.iter().map(|extract| extract.rows().count()).sum()
    }

    fn delivered(&self) -> usize {
        self.own.extracts.iter().map(Extract::delivered).sum()
    }
}

/// Whether the person is on the office's list of people who are not packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excluded {
    Listed,
    NotListed,
    /// The office has no such list.
    NoList,
}
