//! Who may deliver, and with which keys.

use chrono::NaiveDate;
use yilian_contract::Department;

use crate::keys::SignatureKey;

/// A department's office that the hub accepts deliveries from.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedLinkKey {
    /// 16 hex digits, as `yilian-dept keys check` prints them.
    pub check_value: String,
    /// First day on which a period may end; `None`: from the beginning.
    pub from: Option<NaiveDate>,
    /// Last day on which a period may end; `None`: no end.
    pub to: Option<NaiveDate>,
}

impl AcceptedLinkKey {
    /// Whether the key is for a period that ends on `day`.
    pub(crate) fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The datasets that an office may deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datasets {
    /// Every dataset of its department.
    All,
    /// These alone.
    These(Vec<String>),
}

impl Datasets {
    /// Whether `dataset` may be delivered.
    pub fn allow(&self, dataset: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.iter().any(|name| name == dataset),
        }
    }
}
