//! `pipelines/rules/allowed.csv`: benefits that lawfully go together; no rule may flag one of these pairs on that alone.
//! Between `|` stand the parts of a stack, between `/` alternatives of one part, which do not go together by that.

use std::path::Path;

use super::{Rule, RuleType};
use crate::codes;
use crate::error::ContractError;
use crate::yaml::{self, Examined};

const FILE: &str = "allowed.csv";
const COLUMNS: [&str; 5] = ["id", "benefits", "title_zh", "title_en", "basis"];

/// The pairs of rules without a further ground that the list allows; a folder without the list allows nothing.
pub(super) fn check(folder: &Path, rules: &[Rule]) -> Vec<ContractError> {
    let path = folder.join(FILE);
    if !path.is_file() {
        return Vec::new();
    }
    let bytes = match yaml::read_bytes(&path) {
        Ok(bytes) => bytes,
        Err(error) => return vec![error],
    };
    let rows = match codes::rows(&bytes) {
        Ok(rows) => rows,
        Err(error) => return vec![yaml::malformed(&path, &error)],
    };
    let mut file = Examined::new(&path);
    codes::check_columns(&mut file, &rows.header, &COLUMNS, &[]);
    for row in &rows.records {
        let id = rows.cell(row, "id");
        let parts: Vec<Vec<&str>> =
            rows.cell(row, "benefits").split('|').map(|part| part.split('/').collect()).collect();
        let part_of = |benefit: &str| parts.iter().position(|part| part.contains(&benefit));
        for rule in rules.iter().filter(|rule| compares_months(rule)) {
            for (left, right) in rule.pairs() {
                let is_allowed = part_of(left).zip(part_of(right)).is_some_and(|(left, right)| left != right);
                if is_allowed && rule.needs_of(left).next().is_none() {
                    let reason =
                        format!("allows {left} with {right}, which {} flags without a further ground", rule.id);
                    file.contradiction(&format!("`{id}`"), reason);
                }
            }
        }
    }
    file.errors
}

fn compares_months(rule: &Rule) -> bool {
    matches!(rule.kind, RuleType::Exclusive | RuleType::Higher | RuleType::Offset)
}
