//! Who may deliver, and with which keys.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use yilian_contract::Department;

use crate::keys::SignatureKey;

/// A department's office that the hub accepts deliveries from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredSender {
    /// 6-, 4- or 2-digit code of the office.
    pub place: String,
    /// The department that the office belongs to.
    pub department: Department,
    /// The minisign public key, `RW…`.
    pub signature_key: SignatureKey,
    /// The link keys whose tokens are accepted.
    pub link_keys: Vec<AcceptedLinkKey>,
    /// What the office may deliver.
    pub datasets: Datasets,
}

/// A link key by its check value, and the periods it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedLinkKey {
    /// 16 hex digits, as `yilian-dept keys check` prints them.
    pub check_value: String,
    /// First day, `YYYY-MM-DD`, on which a period may end; absent: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// First day, `YYYY-MM-DD`, on which a period may no longer end; absent: no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
}

impl AcceptedLinkKey {
    /// Whether the key is for a period that ends on `day`.
    pub(crate) fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }
}

/// The datasets that an office may deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datasets {
    /// Every dataset of its department: the word `all`.
    All(All),
    /// These alone.
    These(Vec<String>),
}

/// The word `all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum All {
    /// The word itself.
    All,
}

impl Datasets {
    /// Whether `dataset` may be delivered.
    pub fn allow(&self, dataset: &str) -> bool {
        match self {
            Self::All(All::All) => true,
            Self::These(names) => names.iter().any(|name| name == dataset),
        }
    }
}
