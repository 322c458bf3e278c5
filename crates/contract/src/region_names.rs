use std::collections::HashMap;
use std::path::Path;

use crate::codes;
use crate::error::ContractError;
use crate::yaml;

/// The Chinese names of regions, for what officers read; nothing is decided by a name.
#[derive(Debug, Clone, Default)]
pub struct RegionNames {
    names: HashMap<Box<str>, Box<str>>,
}

impl RegionNames {
    /// Reads `codes/region.csv` below the folder `schemas`, which [`crate::Regions::load`] checks.
    ///
    /// # Errors
    /// The table cannot be read.
    pub fn load(schemas: &Path) -> Result<Self, Vec<ContractError>> {
        let path = schemas.join("codes").join("region.csv");
        let bytes = yaml::read_bytes(&path).map_err(|error| vec![error])?;
        let rows = codes::rows(&bytes).map_err(|error| vec![yaml::malformed(&path, &error)])?;
        let named = rows.records.iter().map(|row| (rows.cell(row, "code").into(), rows.cell(row, "name").into()));
        Ok(Self { names: named.collect() })
    }

    /// The name of a code of 2, 4, 6 or 9 digits, without the names of the regions that it lies in.
    pub fn name(&self, code: &str) -> Option<&str> {
        self.names.get(code).map(AsRef::as_ref).filter(|name: &&str| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_their_names_at_every_length() {
        let names = RegionNames::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
        for (code, name) in
            [("15", "内蒙古自治区"), ("1501", "呼和浩特市"), ("150104", "玉泉区"), ("110101001", "东华门街道")]
        {
            assert_eq!(names.name(code), Some(name), "{code}");
        }
        assert_eq!(names.name("159901"), None);
    }
}
