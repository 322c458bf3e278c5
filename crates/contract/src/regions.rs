use std::collections::HashMap;
use std::path::Path;

use crate::codes::{self, Rows};
use crate::error::ContractError;
use crate::yaml::{self, Examined};

const COLUMNS: [&str; 6] = ["code", "name", "level", "valid_from", "valid_to", "successor"];
const LEVELS: [(&str, usize); 4] = [("province", 2), ("city", 4), ("county", 6), ("township", 9)];

/// Every region code ever issued, with the code that took its place where there is exactly one.
#[derive(Debug, Clone, Default)]
pub struct Regions {
    /// The final successor of a code; the code itself where it has none.
    current: HashMap<Box<str>, Box<str>>,
}

impl Regions {
    /// Reads `codes/region.csv` below the folder `schemas`.
    ///
    /// # Errors
    /// Everything that is wrong with the table: a code of another length than its level, a code given twice, a
    /// successor that is not in the table or leads back to the code.
    pub fn load(schemas: &Path) -> Result<Self, Vec<ContractError>> {
        let path = schemas.join("codes").join("region.csv");
        let bytes = yaml::read_bytes(&path).map_err(|error| vec![error])?;
        let rows = codes::rows(&bytes).map_err(|error| vec![yaml::malformed(&path, &error)])?;
        let mut file = Examined::new(&path);
        codes::check_columns(&mut file, &rows.header, &COLUMNS, &[]);
        let successors = read(&mut file, &rows);
        let current =
            successors.keys().map(|code| ((*code).into(), last(&mut file, &successors, code).into())).collect();
        if file.errors.is_empty() { Ok(Self { current }) } else { Err(file.errors) }
    }

    /// Whether a code names a region that exists or existed.
    ///
    /// 12 digits are known by their township, 6 digits also as a city or province written with zeros (150100).
    pub fn knows(&self, code: &str) -> bool {
        let code = match code.len() {
            12 => code.get(..9).unwrap_or_default(),
            6 if code.ends_with("0000") => code.get(..2).unwrap_or_default(),
            6 if code.ends_with("00") && !self.current.contains_key(code) => code.get(..4).unwrap_or_default(),
            2 | 4 | 6 | 9 => code,
            _ => return false,
        };
        self.current.contains_key(code)
    }

    /// The county of a code: its first six digits, codes with a single successor replaced as often as they were.
    pub fn county<'a>(&'a self, code: &'a str) -> &'a str {
        let county = code.get(..6).unwrap_or(code);
        self.current.get(county).map_or(county, AsRef::as_ref)
    }
}

impl Regions {
    /// Every code of six digits with its county, in order of code.
    pub fn counties(&self) -> Vec<(&str, &str)> {
        let mut counties: Vec<(&str, &str)> = self
            .current
            .iter()
            .filter(|(code, _)| code.len() == 6)
            .map(|(code, county)| (&**code, &**county))
            .collect();
        counties.sort_unstable();
        counties
    }
}

/// Each code with its own successor; an empty text where it has none.
fn read<'r>(file: &mut Examined, rows: &'r Rows) -> HashMap<&'r str, &'r str> {
    let mut successors = HashMap::with_capacity(rows.records.len());
    for (number, row) in rows.records.iter().enumerate() {
        let place = || format!("row {}", number + 2);
        let (code, level) = (rows.cell(row, "code"), rows.cell(row, "level"));
        match LEVELS.iter().find(|(name, _)| *name == level) {
            None => file.unknown(&place(), "level", level, LEVELS.iter().map(|(name, _)| *name)),
            Some((_, digits)) if code.len() != *digits || !code.bytes().all(|byte| byte.is_ascii_digit()) => {
                file.contradiction(&place(), format!("the code of a {level} has {digits} digits"));
            }
            Some(_) => {}
        }
        for key in ["valid_from", "valid_to"] {
            codes::date(file, &place(), rows.cell(row, key));
        }
        if successors.insert(code, rows.cell(row, "successor")).is_some() {
            file.contradiction(&place(), format!("code `{code}` is given twice"));
        }
    }
    successors
}

/// The last code of a chain of successors.
fn last<'r>(file: &mut Examined, successors: &HashMap<&'r str, &'r str>, code: &'r str) -> &'r str {
    let mut current = code;
    for _ in 0..successors.len() {
        match successors.get(current) {
            None => break,
            Some(&"") => return current,
            Some(next) => current = next,
        }
    }
    file.contradiction(&format!("code `{code}`"), "its successors end at no code of the table");
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Regions {
        Regions::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap()
    }

    #[test]
    fn the_counties_of_the_documents_are_found_from_their_old_codes() {
        let regions = shipped();
        let pairs = [
            ("152728", "150627"),
            ("522127", "520327"),
            ("371523", "371503"),
            ("372522101", "371521"),
            ("372521", "371502"),
            ("152721", "150602"),
            ("522121", "520304"),
            ("150104002023", "150104"),
        ];
        for (old, new) in pairs {
            assert_eq!(regions.county(old), new, "{old}");
        }
    }

    #[test]
    fn a_county_that_was_split_keeps_its_code() {
        assert_eq!(shipped().county("440321"), "440321");
    }

    #[test]
    fn codes_are_known_at_every_length_and_test_codes_are_not() {
        let regions = shipped();
        for code in ["150104", "150104400", "150104400037", "152728", "150100", "150000", "1501", "15", "441900"] {
            assert!(regions.knows(code), "{code}");
        }
        for code in ["159901", "150199", "520399", "371599", "150104999", "1", "", "15010440003"] {
            assert!(!regions.knows(code), "{code}");
        }
    }

    #[test]
    fn a_successor_outside_the_table_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("codes")).unwrap();
        let table = "code,name,level,valid_from,valid_to,successor\n150104,玉泉区,county,,,150105\n";
        std::fs::write(folder.path().join("codes/region.csv"), table).unwrap();
        let errors = Regions::load(folder.path()).unwrap_err();
        assert!(errors[0].to_string().contains("150104"), "{errors:?}");
    }
}
