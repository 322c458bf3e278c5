use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::ContractError;
use crate::names;

/// One of the five departments that deliver records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Department {
    /// 民政
    CivilAffairs,
    /// 卫健
    Health,
    /// 医保
    MedicalInsurance,
    /// 残联
    DisabledFederation,
    /// 人社
    HumanResources,
}

impl Department {
    /// All five, in the order of the documents.
    pub const ALL: [Self; 5] =
        [Self::CivilAffairs, Self::Health, Self::MedicalInsurance, Self::DisabledFederation, Self::HumanResources];

    /// The name used in file names, folders and manifests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CivilAffairs => "civil_affairs",
            Self::Health => "health",
            Self::MedicalInsurance => "medical_insurance",
            Self::DisabledFederation => "disabled_federation",
            Self::HumanResources => "human_resources",
        }
    }

    /// The short Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::CivilAffairs => "民政",
            Self::Health => "卫健",
            Self::MedicalInsurance => "医保",
            Self::DisabledFederation => "残联",
            Self::HumanResources => "人社",
        }
    }
}

impl fmt::Display for Department {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Department {
    type Err = ContractError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|department| department.as_str() == name).ok_or_else(|| {
            ContractError::UnknownDepartment {
                name: name.to_owned(),
                nearest: names::nearest_owned(name, Self::ALL.iter().map(|department| department.as_str())),
            }
        })
    }
}
