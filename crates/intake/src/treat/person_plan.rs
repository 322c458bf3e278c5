//! Where the person block stands in a file and in a record.

use chrono::{Datelike, NaiveDate};
use yilian_contract::{ColumnType, Contract, Schemas, Subject};

use crate::IntakeError;
use crate::canonical::IdQuality;
use crate::cell::{CodeTable, days_from_civil};
use crate::layout::{Field, Layout, code_table};
use crate::plan::Plan;

/// Where the person block stands in the file and in a record.
#[derive(Debug)]
pub(crate) struct PersonPlan {
    /// Index in the contract and in the file.
    pub(super) id: Option<(u16, usize)>,
    pub(super) sex: Option<(u16, usize, CodeTable)>,
    pub(super) birth: Option<(u16, usize)>,
    pub(super) name: Option<(u16, usize)>,
    /// Person or worker token; in a bridge that of the present key.
    pub(super) token: Option<Field>,
    /// In a bridge, the token of the next key.
    pub(super) next_token: Option<Field>,
    pub(super) name_token: Option<Field>,
    sex_field: Option<Field>,
    birth_field: Option<Field>,
    quality_field: Option<Field>,
}

impl PersonPlan {
    pub(crate) fn new(
        schemas: &Schemas,
        contract: &Contract,
        plan: &Plan,
        layout: &Layout,
    ) -> Result<Self, IntakeError> {
        let none = contract.subject == Subject::None;
        let place = |name: &str| {
            let column = plan.columns.iter().find(|column| column.name == name).filter(|_| !none)?;
            Some((column.column, column.source?))
        };
        let field = |name: &str| layout.field(name).filter(|_| !none).cloned();
        let sex = match (place("sex"), contract.column("sex").map(|column| &column.ty)) {
            (Some((column, source)), Some(ColumnType::Code(list))) => {
                Some((column, source, code_table(contract, list, &|name| schemas.codes.get(name).cloned())?))
            }
            _ => None,
        };
        Ok(Self {
            id: place("id_number"),
            sex,
            birth: place("birth_date"),
            name: place("name"),
            token: field("person_token").or_else(|| field("worker_token")).or_else(|| field("old_token")),
            next_token: field("new_token"),
            name_token: field("name_token"),
            sex_field: field("sex"),
            birth_field: field("birth_month"),
            quality_field: field("id_quality"),
        })
    }

    /// Writes sex, month of birth and quality into a row's record.
    pub(super) fn put(&self, record: &mut [u8], sex: Option<u8>, birth: Option<NaiveDate>, quality: IdQuality) {
        let code = match sex {
            Some(code @ 0..=2) => Some(code.into()),
            Some(9) => Some(3),
            _ => None,
        };
        if let (Some(field), Some(code)) = (&self.sex_field, code) {
            field.put(record, code);
        }
        if let (Some(field), Some(birth)) = (&self.birth_field, birth.and_then(|birth| birth.with_day(1))) {
            field.put(record, i64::from(days_from_civil(birth)));
        }
        if let Some(field) = &self.quality_field {
            // Places in `layout::QUALITIES`.
            let code = match quality {
                IdQuality::None(_) => 0,
                IdQuality::ResidencePermit => 1,
                IdQuality::Upgraded15 => 2,
                IdQuality::Valid18 => 3,
            };
            field.put(record, code);
        }
    }
}
