use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use chrono::NaiveDate;

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
    /// The first and last day of a code; a side is open where the table has no day.
    days: Days,
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
        let (successors, days) = read(&mut file, &rows);
        let current =
            successors.keys().map(|code| ((*code).into(), last(&mut file, &successors, code).into())).collect();
        if file.errors.is_empty() { Ok(Self { current, days }) } else { Err(file.errors) }
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

    /// The counties that existed on a day, each under the code that [`Regions::county`] gives its rows.
    ///
    /// One that was renamed or moved has existed since the first of its codes; one that ended without a single successor
    /// did not exist after its last day.
    pub fn counties_on(&self, day: NaiveDate) -> BTreeSet<&str> {
        let days = |code: &str| self.days.get(code).copied().unwrap_or_default();
        let had_begun = |code: &str| days(code).0.is_none_or(|first| first <= day);
        let is_left = |code: &str| days(code).1.is_none_or(|last| day <= last);
        let counties = self.counties().into_iter();
        counties.filter(|(code, county)| had_begun(code) && is_left(county)).map(|(_, county)| county).collect()
    }
}

type Successors<'r> = HashMap<&'r str, &'r str>;
type Days = HashMap<Box<str>, (Option<NaiveDate>, Option<NaiveDate>)>;

/// Each code with its own successor, an empty text where it has none, and with its days.
fn read<'r>(file: &mut Examined, rows: &'r Rows) -> (Successors<'r>, Days) {
    let mut successors = HashMap::with_capacity(rows.records.len());
    let mut days = HashMap::with_capacity(rows.records.len());
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
        let [first, last] = ["valid_from", "valid_to"].map(|key| codes::date(file, &place(), rows.cell(row, key)));
        days.insert(code.into(), (first, last));
        if successors.insert(code, rows.cell(row, "successor")).is_some() {
            file.contradiction(&place(), format!("code `{code}` is given twice"));
        }
    }
    (successors, days)
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
    fn a_county_exists_from_the_first_of_its_codes_to_its_last_day() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("codes")).unwrap();
        // 01 stays; 02 was split in 2019; 03 became 04 later in 2019; 05 and 06 are made in 2026, 06 out of 07.
        let table = "code,name,level,valid_from,valid_to,successor\n\
            150101,甲,county,,,\n150102,乙,county,,2019-04-30,\n150103,丙,county,,2019-04-30,150104\n\
            150104,丙,county,2019-10-31,,\n150105,丁,county,2026-06-30,,\n150106,戊,county,2026-06-30,,\n\
            150107,戊,county,,2025-12-31,150106\n15,省,province,,,\n";
        std::fs::write(folder.path().join("codes/region.csv"), table).unwrap();
        let regions = Regions::load(folder.path()).unwrap();
        let on = |day: &str| -> Vec<String> {
            regions.counties_on(day.parse().unwrap()).into_iter().map(str::to_owned).collect()
        };
        assert_eq!(on("2025-12-31"), ["150101", "150104", "150106"]);
        assert_eq!(on("2026-12-31"), ["150101", "150104", "150105", "150106"]);
        assert_eq!(on("2019-04-30"), ["150101", "150102", "150104", "150106"]);
    }

    #[test]
    fn counties_that_were_abolished_are_none_of_the_year() {
        let regions = shipped();
        let counties = regions.counties_on("2025-12-31".parse().unwrap());
        for gone in ["110103", "110221", "440321", "152728", "371523"] {
            assert!(!counties.contains(gone), "{gone}");
        }
        for there in ["150104", "150105", "371503", "150627"] {
            assert!(counties.contains(there), "{there}");
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
