//! `schemas/disclosure.csv`: which clue a department may be sent, and in which words it hears of the other side.

use std::path::Path;

use super::Rule;
use crate::codes::{self, Rows};
use crate::department::Department;
use crate::entitlement::Gap;
use crate::error::ContractError;
use crate::yaml::{self, Examined};

const FILE: &str = "disclosure.csv";
const COLUMNS: [&str; 7] =
    ["rule_id", "receiver", "counterpart", "words_zh", "words_en", "answer_within_days", "legal_basis"];
const COUNTERPARTS: [(&str, Counterpart); 2] = [("benefit", Counterpart::Benefit), ("words", Counterpart::Words)];

/// Stands in the place of a rule for the question whether two people who share name, birth date and sex are one.
pub const SAME_NAME: &str = "same_name";

/// One line of the list; what is not listed is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// The rule, kind of gap, or [`SAME_NAME`].
    pub rule_id: String,
    /// The department that may be sent its clues.
    pub receiver: Department,
    /// How the other side is called.
    pub counterpart: Counterpart,
    /// The words for the other side in Chinese; stand in for a benefit without a name, too.
    pub words_zh: String,
    /// The same in English.
    pub words_en: String,
    /// Days from the first sight of a clue to the day on which it should be answered.
    pub answer_within_days: u32,
    /// What allows it.
    pub legal_basis: String,
}

impl Disclosure {
    fn is_for(&self, rule_id: &str, receiver: Department) -> bool {
        self.rule_id == rule_id && self.receiver == receiver
    }
}

/// How the other side of a clue is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counterpart {
    /// By the name of its benefit.
    Benefit,
    /// By the words of the line alone.
    Words,
}

impl Counterpart {
    /// The name in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Benefit => "benefit",
            Self::Words => "words",
        }
    }
}

/// Reads `disclosure.csv` of the folder `schemas`.
///
/// # Errors
/// Everything that is wrong with it: unknown columns, rules or departments (with the nearest name), empty cells, and a
/// rule that is listed twice for one department.
pub fn load(schemas: &Path, rules: &[Rule], gaps: &[Gap]) -> Result<Vec<Disclosure>, Vec<ContractError>> {
    let path = schemas.join(FILE);
    let bytes = yaml::read_bytes(&path).map_err(|error| vec![error])?;
    let rows = codes::rows(&bytes).map_err(|error| vec![yaml::malformed(&path, &error)])?;
    let mut file = Examined::new(&path);
    codes::check_columns(&mut file, &rows.header, &COLUMNS, &[]);
    let gaps = gaps.iter().map(|gap| gap.id.as_str());
    let known: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).chain(gaps).chain([SAME_NAME]).collect();
    let mut list: Vec<Disclosure> = Vec::new();
    for (number, row) in rows.records.iter().enumerate() {
        let place = format!("row {}", number + 2);
        let Some(line) = read(&mut file, &place, (&rows, row), &known) else { continue };
        if list.iter().any(|other| other.is_for(&line.rule_id, line.receiver)) {
            file.missing(&place, "rule_id and receiver", "listed once");
        }
        list.push(line);
    }
    for rule in rules {
        for told in rule.tells.iter().filter(|told| !list.iter().any(|line| line.is_for(&rule.id, **told))) {
            file.missing(
                "the list",
                &format!("{} for {told}", rule.id),
                "a line, since the rule `tells` that department",
            );
        }
    }
    if file.errors.is_empty() { Ok(list) } else { Err(file.errors) }
}

fn read(
    file: &mut Examined,
    place: &str,
    (rows, row): (&Rows, &csv::StringRecord),
    known: &[&str],
) -> Option<Disclosure> {
    let cell = |column: &str| rows.cell(row, column).to_owned();
    for column in ["words_zh", "words_en", "legal_basis"] {
        if cell(column).is_empty() {
            file.missing(place, column, "a text");
        }
    }
    let rule_id = cell("rule_id");
    if !known.contains(&rule_id.as_str()) {
        file.unknown(place, "rule or kind of gap", &rule_id, known.iter().copied());
    }
    let receiver = Department::ALL.into_iter().find(|department| department.as_str() == cell("receiver"));
    if receiver.is_none() {
        file.unknown(place, "department", &cell("receiver"), Department::ALL.iter().map(|known| known.as_str()));
    }
    let counterpart = COUNTERPARTS.iter().find(|(name, _)| *name == cell("counterpart")).map(|(_, known)| *known);
    if counterpart.is_none() {
        file.unknown(place, "counterpart", &cell("counterpart"), COUNTERPARTS.iter().map(|(name, _)| *name));
    }
    let days = cell("answer_within_days").parse().ok().filter(|days| (1..=366).contains(days));
    if days.is_none() {
        file.missing(place, "answer_within_days", "a number of days from 1 to 366");
    }
    Some(Disclosure {
        rule_id,
        receiver: receiver?,
        counterpart: counterpart?,
        words_zh: cell("words_zh"),
        words_en: cell("words_en"),
        answer_within_days: days?,
        legal_basis: cell("legal_basis"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Schemas;

    const HEADER: &str = "rule_id,receiver,counterpart,words_zh,words_en,answer_within_days,legal_basis\n";

    fn rules() -> Vec<Rule> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        super::super::load(&root.join("pipelines/rules"), &Schemas::load(&root.join("schemas")).unwrap()).unwrap()
    }

    fn load_text(text: &str) -> Result<Vec<Disclosure>, Vec<ContractError>> {
        load_beside(&rules(), text)
    }

    fn load_beside(rules: &[Rule], text: &str) -> Result<Vec<Disclosure>, Vec<ContractError>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), format!("{HEADER}{text}")).unwrap();
        load(folder.path(), rules, &[])
    }

    #[test]
    fn the_projects_own_list_is_sound_and_every_rule_can_be_sent_to_the_department_that_acts() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let schemas = Schemas::load(&root.join("schemas")).unwrap();
        let rules = super::super::load(&root.join("pipelines/rules"), &schemas).unwrap();
        let gaps = crate::entitlement::load(&root.join("pipelines/entitlement"), &schemas).unwrap().gaps;
        let list = load(&root.join("schemas"), &rules, &gaps).unwrap();
        let is_listed =
            |id: &str, department| list.iter().any(|line| line.rule_id == id && line.receiver == department);
        for gap in &gaps {
            assert!(is_listed(&gap.id, gap.act_by) && is_listed(&gap.id, gap.proved_by), "{} is not listed", gap.id);
        }
        // What speaks against a provider is sent to nobody.
        for rule in rules.iter().filter(|rule| rule.limits.is_empty()) {
            if let super::super::ActBy::Department(department) = rule.act_by {
                assert!(is_listed(&rule.id, department), "{} is not listed for {department}", rule.id);
            }
        }
    }

    #[test]
    fn every_mistake_is_named_at_once_with_the_nearest_name() {
        let errors = load_text("X011,civil_afairs,benefits,,x,0,law\n").unwrap_err();
        let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let text = text.join("\n");
        for word in ["X01", "civil_affairs", "benefit", "words_zh", "answer_within_days"] {
            assert!(text.contains(word), "{word} is not in\n{text}");
        }
    }

    #[test]
    fn the_question_whether_two_people_are_one_is_listed_like_a_rule() {
        let line = "same_name,health,words,另一条记录,another record,30,law\n";
        assert_eq!(load_text(line).unwrap()[0].rule_id, SAME_NAME);
    }

    #[test]
    fn a_department_that_a_rule_tells_must_be_listed() {
        let mut rules = rules();
        rules[0].tells = vec![Department::Health];
        let line = "X01,health,words,其他部门待遇,a benefit of another department,30,law\n";
        assert!(load_beside(&rules, line).is_ok());
        let errors = load_beside(&rules, &line.replace("health", "civil_affairs")).unwrap_err();
        assert!(errors[0].to_string().contains("X01 for health"), "{}", errors[0]);
    }

    #[test]
    fn one_line_for_each_rule_and_department() {
        let line = "X01,civil_affairs,benefit,其他部门待遇,a benefit of another department,30,law\n";
        assert_eq!(load_text(line).unwrap().len(), 1);
        assert!(load_text(&format!("{line}{line}")).is_err());
    }
}
