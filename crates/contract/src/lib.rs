//! Reads `schemas/` and `pipelines/`: dataset contracts, code lists, regions, rules, entitlements, calendar and retention.
//!
//! The contracts are the program's only knowledge of a dataset. A column that is not in a contract never leaves a
//! department, and the hub refuses a delivery whose columns, codes or versions its own copy does not have.
//!
//! ```no_run
//! let schemas = yilian_contract::Schemas::load(std::path::Path::new("schemas")).map_err(|errors| errors.len())?;
//! let payments = schemas.dataset("benefit_payment").map_err(|_| 0usize)?;
//! assert!(payments.delivery_schema().index_of("person_token").is_ok());
//! # Ok::<(), usize>(())
//! ```
//!
//! **Invariant:** this crate reads text files below the folder it is given and nothing else. It sees no row of any
//! extract, holds no key, and has no dependency that could query or send data.

pub mod accounting;
pub mod calendar;
mod canaries;
mod codes;
mod contract;
mod delivery;
mod department;
pub mod entitlement;
mod error;
mod generated;
mod load;
mod names;
mod odcs;
mod period;
mod property;
mod region_names;
mod regions;
pub mod retention;
pub mod rules;
mod tables;
pub mod targets;
mod yaml;

pub use canaries::Canary;
pub use codes::{Code, CodeList, CodeLists};
pub use contract::{
    BenefitOf, Classification, Column, ColumnType, Contract, Kind, Permille, Subject, TokenKind, TotalsBy, Treatment,
};
pub use delivery::{DeliveryColumn, DeliveryType};
pub use department::Department;
pub use error::ContractError;
pub use load::Schemas;
pub use names::nearest;
pub use period::{Period, PeriodError};
pub use region_names::RegionNames;
pub use regions::Regions;
