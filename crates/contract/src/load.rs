use std::fs;
use std::path::{Path, PathBuf};

use crate::canaries::Canary;
use crate::codes::CodeLists;
use crate::contract::{ColumnType, Contract};
use crate::error::ContractError;
use crate::{canaries, names, odcs, tables, yaml};

/// Everything below `schemas/`: the contracts and the code lists.
#[derive(Debug, Clone, Default)]
pub struct Schemas {
    /// All contracts, by department and dataset.
    pub contracts: Vec<Contract>,
    /// All code lists, and for each column that allows only some codes of one, the list `<dataset>.<column>`.
    pub codes: CodeLists,
    /// The agreed fictitious people, in the order of the file.
    pub canaries: Vec<Canary>,
}

impl Schemas {
    /// Reads every contract and code list below `schemas`.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files, each with file, place and, for an unknown name, the nearest
    /// valid one.
    pub fn load(schemas: &Path) -> Result<Self, Vec<ContractError>> {
        let mut codes = CodeLists::load(&schemas.join("codes"))?;
        let mut errors = Vec::new();
        let mut contracts = Vec::new();
        for path in contract_files(schemas).map_err(|error| vec![error])? {
            match odcs::read(&path, &mut codes) {
                Ok(contract) => {
                    errors.extend(odcs::check_generated(&path, &contract));
                    contracts.push(contract);
                }
                Err(found) => errors.extend(found),
            }
        }
        let canaries = canaries::load(schemas).unwrap_or_else(|found| {
            errors.extend(found);
            Vec::new()
        });
        let read = Self { contracts, codes, canaries };
        if errors.is_empty() {
            errors.extend(tables::check(schemas, &read));
        }
        if errors.is_empty() { Ok(read) } else { Err(errors) }
    }

    /// The contract of a dataset; dataset names are unique among departments.
    ///
    /// # Errors
    /// [`ContractError::UnknownDataset`] with the nearest name.
    pub fn dataset(&self, dataset: &str) -> Result<&Contract, ContractError> {
        self.contracts.iter().find(|contract| contract.dataset == dataset).ok_or_else(|| {
            ContractError::UnknownDataset {
                name: dataset.to_owned(),
                nearest: names::nearest_owned(dataset, self.contracts.iter().map(|contract| contract.dataset.as_str())),
            }
        })
    }

    /// The code lists that a contract's columns use, each once, in the order of their names.
    pub fn lists_of(&self, contract: &Contract) -> Vec<&crate::CodeList> {
        let used = |name: &str| {
            contract.columns.iter().any(|column| matches!(&column.ty, ColumnType::Code(list) if list == name))
        };
        self.codes.iter().filter(|list| used(&list.name)).collect()
    }
}

/// The contracts below `schemas`: one folder for each department and `common`.
pub(crate) fn contract_files(schemas: &Path) -> Result<Vec<PathBuf>, ContractError> {
    let mut folders: Vec<PathBuf> = fs::read_dir(schemas)
        .map_err(|error| yaml::unreadable(schemas, &error))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut found = Vec::new();
    for folder in folders {
        found.extend(yaml::files(&folder, ".odcs.yaml")?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    fn shipped() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
    }

    #[test]
    fn the_delivery_objects_follow_from_the_extracts() {
        let mut codes = CodeLists::load(&shipped().join("codes")).unwrap();
        for path in contract_files(&shipped()).unwrap() {
            let contract = odcs::read(&path, &mut codes).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            let expected = generated::rewritten(&text, &contract);
            if std::env::var_os("YILIAN_UPDATE").is_some() {
                fs::write(&path, expected).unwrap();
            } else {
                assert!(text == expected, "{} is stale; set YILIAN_UPDATE=1", path.display());
            }
        }
    }

    #[test]
    fn what_is_shipped_loads() {
        let schemas = Schemas::load(&shipped()).unwrap();
        assert_eq!(schemas.contracts.len(), 33);
    }

    /// A copy of what is shipped with one file changed; what `load` says about it.
    fn errors_after(file: &str, from: &str, to: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for path in contract_files(&shipped())
            .unwrap()
            .into_iter()
            .chain(yaml::files(&shipped().join("codes"), ".csv").unwrap())
            .chain(yaml::files(&shipped(), ".csv").unwrap())
        {
            let target = folder.path().join(path.strip_prefix(shipped()).unwrap());
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(&path, &target).unwrap();
        }
        let path = folder.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        Schemas::load(folder.path()).unwrap_err().iter().map(ToString::to_string).collect()
    }

    const FUNERAL: &str = "civil_affairs/funeral.odcs.yaml";

    #[test]
    fn an_unknown_key_is_refused_with_file_property_and_the_nearest_key() {
        let errors = errors_after(FUNERAL, "        businessName: 死亡日期", "        buisnessName: 死亡日期");
        assert!(errors[0].contains("funeral.odcs.yaml"), "{errors:?}");
        assert!(errors[0].contains("unknown key `buisnessName` in property `died_on`"), "{errors:?}");
        assert!(errors[0].ends_with("the nearest valid one is `businessName`"), "{errors:?}");
    }

    #[test]
    fn an_unknown_type_treatment_class_or_list_is_refused_with_the_nearest() {
        let cases = [
            ("physicalType: region", "physicalType: regions", "unknown type `regions`", "`region`"),
            ("value: coarsen", "value: coarse", "unknown treatment `coarse`", "`coarsen`"),
            ("classification: quasi", "classification: quasy", "unknown classification `quasy`", "`quasi`"),
            ("codeList, value: sex", "codeList, value: sexx", "unknown code list `sexx`", "`sex`"),
            ("domain: civil_affairs", "domain: civil_affair", "unknown department `civil_affair`", "`civil_affairs`"),
        ];
        for (from, to, unknown, nearest) in cases {
            let errors = errors_after(FUNERAL, from, to).join("\n");
            assert!(errors.contains(unknown) && errors.contains(nearest), "{errors}");
        }
    }

    #[test]
    fn a_direct_identifier_is_never_kept() {
        let errors = errors_after("civil_affairs/benefit_payment.odcs.yaml", "value: drop", "value: keep");
        assert!(errors[0].contains("property `account`") && errors[0].contains("never kept"), "{errors:?}");
    }

    #[test]
    fn a_header_of_two_columns_is_refused() {
        let errors = errors_after("civil_affairs/benefit_payment.odcs.yaml", "value: [审批时间]", "value: [金额]");
        assert!(errors[0].contains("`金额` is also a header of `amount`"), "{errors:?}");
    }

    #[test]
    fn a_label_of_two_codes_is_refused() {
        let errors = errors_after("codes/sex.csv", "M|男性", "M|女");
        assert!(errors[0].contains("means both `1` and `2`"), "{errors:?}");
    }

    #[test]
    fn a_stale_delivery_object_is_refused() {
        let errors = errors_after(
            FUNERAL,
            "        required: true\n        classification: quasi",
            "        classification: quasi",
        );
        assert!(errors[0].contains("stale"), "{errors:?}");
    }

    #[test]
    fn a_benefit_source_that_no_contract_has_is_refused() {
        let errors = errors_after("codes/benefit_source.csv", "ltci_benefit", "ltci_benefits");
        assert!(errors[0].contains("the nearest valid one is `ltci_benefit`"), "{errors:?}");
    }

    #[test]
    fn codes_and_labels_of_either_language_mean_the_code() {
        let schemas = Schemas::load(&shipped()).unwrap();
        let code = |list: &str, text: &str| schemas.codes.get(list).unwrap().resolve(text).map(str::to_owned);
        for text in ["男", "1", "M", "m", "male", " １ "] {
            assert_eq!(code("sex", text).as_deref(), Some("1"), "{text}");
        }
        assert_eq!(code("disability_grade", "一级").as_deref(), Some("1"));
        assert_eq!(code("service", "1").as_deref(), Some("01"));
        assert_eq!(code("dementia", "重度").as_deref(), Some("severe"));
        assert_eq!(code("facility_type", "养老机构").as_deref(), Some("institution"));
        assert_eq!(code("sex", "女士们"), None);
    }

    #[test]
    fn a_column_that_allows_some_codes_alone_refuses_the_others() {
        let schemas = Schemas::load(&shipped()).unwrap();
        let allowed = schemas.codes.get("benefit_payment.benefit").unwrap();
        assert_eq!(allowed.resolve("高龄津贴"), Some("MZ01"));
        assert_eq!(allowed.resolve("低保"), None);
    }

    #[test]
    fn a_misspelt_dataset_is_answered_with_the_nearest() {
        let schemas = Schemas::load(&shipped()).unwrap();
        let error = schemas.dataset("benefit_payments").unwrap_err().to_string();
        assert_eq!(error, "there is no dataset `benefit_payments`; the nearest valid one is `benefit_payment`");
    }

    #[test]
    fn no_direct_identifier_is_in_any_delivery() {
        for contract in Schemas::load(&shipped()).unwrap().contracts {
            let columns = contract.delivery_columns();
            for direct in
                ["name", "id_number", "head_id_number", "certificate_no", "account", "payment_no", "birth_date"]
            {
                let public = contract.subject == crate::Subject::None && direct == "name";
                assert!(public || columns.iter().all(|column| column.name != direct), "{} {direct}", contract.id);
            }
        }
    }

    #[test]
    fn the_table_schema_names_the_delivery_columns_in_order() {
        let schemas = Schemas::load(&shipped()).unwrap();
        let contract = schemas.dataset("token_bridge").unwrap();
        let names: Vec<_> =
            contract.table_schema()["fields"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
        assert_eq!(names, ["old_token", "new_token"]);
    }
}
