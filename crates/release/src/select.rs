use std::collections::BTreeMap;

use serde::Deserialize;

use crate::definition::{Dimension, TableDefinition};
use crate::definitions::TableDefinitions;
use crate::error::Fault;

/// Measures of a table, for some categories: `benefit_recipients.amount[benefit=MZ06|MZ07]`, `expenditure.central+county`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Select {
    /// As it is written.
    pub text: String,
    /// The table.
    pub table: String,
    /// The counted measures that are added up.
    pub measures: Vec<String>,
    /// By dimension, the categories or township groups that are added up.
    pub filters: BTreeMap<String, Vec<String>>,
}

impl Select {
    /// What does not fit in two selections that are set equal.
    ///
    /// A dimension that both tables have and neither filters must have the same categories in both; one that is neither
    /// shared nor filtered must add up.
    pub(crate) fn faults_beside(&self, other: &Self, definitions: &TableDefinitions) -> Vec<Fault> {
        let mut faults = self.faults(definitions);
        faults.extend(other.faults(definitions));
        let (Ok(one), Ok(two)) = (definitions.get(&self.table), definitions.get(&other.table)) else { return faults };
        for (select, table, beside) in [(self, one, (other, two)), (other, two, (self, one))] {
            for dimension in table.dimensions.iter().filter(|dimension| !select.filters.contains_key(&dimension.name)) {
                match shared(dimension, beside) {
                    None if !dimension.adds_up => faults.push(Fault::contradiction(
                        &select.text,
                        "a dimension whose categories do not add up has no total; filter it",
                    )),
                    Some(same) if !same_categories(dimension, same) => faults.push(Fault::contradiction(
                        &select.text,
                        "the two tables divide a dimension of one name in different ways; filter it",
                    )),
                    _ => {}
                }
            }
        }
        faults
    }

    /// The dimensions that both selections have and neither filters, by name.
    pub(crate) fn shared_with<'t>(
        &self,
        other: &Self,
        (one, two): (&'t TableDefinition, &TableDefinition),
    ) -> Vec<&'t str> {
        let free = one.dimensions.iter().filter(|dimension| !self.filters.contains_key(&dimension.name));
        free.filter(|dimension| shared(dimension, (other, two)).is_some())
            .map(|dimension| dimension.name.as_str())
            .collect()
    }

    fn faults(&self, definitions: &TableDefinitions) -> Vec<Fault> {
        let Ok(table) = definitions.get(&self.table) else {
            return vec![Fault::unknown(&self.text, "table", &self.table, definitions.names())];
        };
        let mut faults = Vec::new();
        for name in &self.measures {
            if !table.counted().any(|measure| measure.name == *name) {
                let counted = table.counted().map(|measure| measure.name.as_str());
                faults.push(Fault::unknown(&self.text, "counted measure", name, counted));
            }
            if self.measures.iter().filter(|other| *other == name).count() > 1 {
                faults.push(Fault::repeated(&self.text, "measure", name));
            }
        }
        for (name, codes) in &self.filters {
            let Some(dimension) = table.dimension(name) else {
                let names = table.dimensions.iter().map(|dimension| dimension.name.as_str());
                faults.push(Fault::unknown(&self.text, "dimension", name, names));
                continue;
            };
            let valid = || dimension.categories.iter().chain(&dimension.township).map(|group| group.code.as_str());
            for code in codes.iter().filter(|code| !valid().any(|valid| valid == **code)) {
                faults.push(Fault::unknown(&self.text, "category", code, valid()));
            }
            let mut categories = categories(dimension, codes);
            let count = categories.len();
            categories.dedup();
            if categories.len() < count {
                faults.push(Fault::contradiction(&self.text, "a filter counts a category twice"));
            }
        }
        faults
    }
}

/// The categories that codes of a dimension mean, in order; one that two codes mean stands twice.
pub(crate) fn categories(dimension: &Dimension, codes: &[String]) -> Vec<usize> {
    let position = |code: &String| dimension.categories.iter().position(|category| category.code == *code);
    let mut categories = Vec::new();
    for code in codes {
        match dimension.township.iter().find(|group| group.code == *code) {
            Some(group) => categories.extend(group.of.iter().filter_map(position)),
            None => categories.extend(position(code)),
        }
    }
    categories.sort_unstable();
    categories
}

fn shared<'t>(dimension: &Dimension, (other, table): (&Select, &'t TableDefinition)) -> Option<&'t Dimension> {
    table.dimension(&dimension.name).filter(|_| !other.filters.contains_key(&dimension.name))
}

fn same_categories(one: &Dimension, two: &Dimension) -> bool {
    let codes = |dimension: &Dimension| -> Vec<String> {
        dimension.categories.iter().map(|category| category.code.clone()).collect()
    };
    codes(one) == codes(two) && one.adds_up == two.adds_up
}

impl TryFrom<String> for Select {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const FORM: &str = "a selection is written table.measure+measure[dimension=code|code, dimension=code]";
        let (counted, filtered) = match text.split_once('[') {
            Some((counted, rest)) => (counted, Some(rest.strip_suffix(']').ok_or(FORM)?)),
            None => (text.as_str(), None),
        };
        let (table, measures) = counted.split_once('.').ok_or(FORM)?;
        let measures: Vec<String> = measures.split('+').map(|measure| measure.trim().to_owned()).collect();
        if [table].into_iter().chain(measures.iter().map(String::as_str)).any(|name| !is_name(name)) {
            return Err(FORM);
        }
        let mut filters = BTreeMap::new();
        for filter in filtered.into_iter().flat_map(|filters| filters.split(',')) {
            let (dimension, codes) = filter.split_once('=').ok_or(FORM)?;
            let codes: Vec<String> = codes.split('|').map(|code| code.trim().to_owned()).collect();
            if codes.iter().any(String::is_empty) || filters.insert(dimension.trim().to_owned(), codes).is_some() {
                return Err(FORM);
            }
        }
        Ok(Self { table: table.to_owned(), measures, filters, text })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
