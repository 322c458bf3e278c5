//! `pipelines/rules/allowed.csv`: benefits that lawfully go together; no rule may flag one of these pairs on that alone.
//! Between `|` stand the parts of a stack, between `/` alternatives of one part, which do not go together by that.

use std::path::Path;

use super::{Rule, RuleType};
use crate::codes;
use crate::error::ContractError;
use crate::yaml::{self, Examined};

const FILE: &str = "allowed.csv";
const COLUMNS: [&str; 5] = ["id", "benefits", "title_zh", "title_en", "basis"];

/// Benefits that a document lets go together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// `A01`.
    pub id: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// The document or the reason.
    pub basis: String,
    /// The parts, each with its alternatives; no parts where the list says in words alone what is allowed.
    parts: Vec<Vec<String>>,
}

impl Stack {
    /// Whether two benefits are of different parts.
    pub fn allows(&self, one: &str, other: &str) -> bool {
        let part_of = |benefit: &str| self.parts.iter().position(|part| part.iter().any(|of| of == benefit));
        part_of(one).zip(part_of(other)).is_some_and(|(one, other)| one != other)
    }
}

/// Reads the list in the folder of rules; a folder without the list allows nothing.
///
/// # Errors
/// The list cannot be read, or lacks a column.
pub fn load(folder: &Path) -> Result<Vec<Stack>, Vec<ContractError>> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let bytes = yaml::read_bytes(&path).map_err(|error| vec![error])?;
    let rows = codes::rows(&bytes).map_err(|error| vec![yaml::malformed(&path, &error)])?;
    let mut file = Examined::new(&path);
    codes::check_columns(&mut file, &rows.header, &COLUMNS, &[]);
    if !file.errors.is_empty() {
        return Err(file.errors);
    }
    let parts = |cell: &str| {
        let parts = cell.split('|').filter(|part| !part.is_empty());
        parts.map(|part| part.split('/').map(str::to_owned).collect()).collect()
    };
    let stacks = rows.records.iter().map(|row| Stack {
        id: rows.cell(row, "id").to_owned(),
        title_zh: rows.cell(row, "title_zh").to_owned(),
        title_en: rows.cell(row, "title_en").to_owned(),
        basis: rows.cell(row, "basis").to_owned(),
        parts: parts(rows.cell(row, "benefits")),
    });
    Ok(stacks.collect())
}

/// The pairs of rules without a further ground that the list allows.
pub(super) fn check(folder: &Path, rules: &[Rule]) -> Vec<ContractError> {
    let stacks = match load(folder) {
        Ok(stacks) => stacks,
        Err(mistakes) => return mistakes,
    };
    let path = folder.join(FILE);
    let mut file = Examined::new(&path);
    for stack in &stacks {
        for rule in rules.iter().filter(|rule| compares_months(rule)) {
            for (left, right) in rule.pairs() {
                if stack.allows(left, right) && rule.needs_of(left).next().is_none() {
                    let reason =
                        format!("allows {left} with {right}, which {} flags without a further ground", rule.id);
                    file.contradiction(&format!("`{}`", stack.id), reason);
                }
            }
        }
    }
    file.errors
}

fn compares_months(rule: &Rule) -> bool {
    matches!(rule.kind, RuleType::Exclusive | RuleType::Higher | RuleType::Offset)
}
