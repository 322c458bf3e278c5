//! How many people of the table that operators see are alike, and how much that tells about them.

use serde::Serialize;
use yilian_pipeline::publication::Publication;
use yilian_pipeline::store::Store;

use crate::error::ReviewError;
use crate::published::{Line, lines, lowest};

const ANONYMITY: &str = "evidence.anonymity";
const DIVERSITY: &str = "evidence.diversity";

/// Both measures of the table of people over sex, month of birth and county of residence.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Anonymity {
    /// k-anonymity.
    pub(crate) sizes: Vec<SizeClass>,
    /// l-diversity over the benefits held.
    pub(crate) diversity: Vec<DiversityClass>,
}

/// How many people share the three with how many others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SizeClass {
    /// `1`, `2-4`, `5-9` or `10+` people alike.
    pub(crate) alike: String,
    pub(crate) combinations: u64,
    pub(crate) persons: u64,
}

/// How many sets of benefits there are among people who share the three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct DiversityClass {
    /// As in [`SizeClass`].
    pub(crate) alike: String,
    /// `1`, `2`, `3-4` or `5+` different sets of benefits; the set without any is one.
    pub(crate) sets: String,
    pub(crate) combinations: u64,
    pub(crate) persons: u64,
    /// Of them, people who hold a benefit.
    pub(crate) holders: u64,
}

impl Anonymity {
    pub(crate) async fn of(store: &Store, publication: &Publication) -> Result<Self, ReviewError> {
        let sizes = lines(store, publication, ANONYMITY, (["size_class"], ["combinations", "persons"])).await?;
        let size = |([alike], [combinations, persons]): Line<1, 2>| SizeClass { alike, combinations, persons };
        let texts = ["size_class", "diversity_class"];
        let diversity = lines(store, publication, DIVERSITY, (texts, ["combinations", "persons", "holders"])).await?;
        let class = |([alike, sets], [combinations, persons, holders]): Line<2, 3>| DiversityClass {
            alike,
            sets,
            combinations,
            persons,
            holders,
        };
        let mut sizes: Vec<SizeClass> = sizes.into_iter().map(size).collect();
        let mut diversity: Vec<DiversityClass> = diversity.into_iter().map(class).collect();
        sizes.sort_by_key(|line| lowest(&line.alike));
        diversity.sort_by_key(|line| (lowest(&line.alike), lowest(&line.sets)));
        Ok(Self { sizes, diversity })
    }
}
