//! What the Tab key of the prompt offers.

use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

/// Words of a question besides tables and columns.
const KEYWORDS: [&str; 24] = [
    "and", "as", "asc", "between", "by", "case", "count", "desc", "distinct", "else", "end", "from", "group", "having",
    "in", "join", "limit", "not", "null", "order", "select", "sum", "when", "where",
];

/// Everything that may be offered, in order.
#[derive(Debug)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// Tables, columns, keywords and the commands of the prompt.
    pub(crate) fn new(names: impl IntoIterator<Item = String>, commands: &[&str]) -> Self {
        let words = KEYWORDS.iter().chain(commands).map(|word| (*word).to_owned());
        let mut all: Vec<String> = names.into_iter().chain(words).collect();
        all.sort();
        all.dedup();
        Self(all)
    }

    /// Where the word that ends at `position` begins, and what begins like it.
    fn like(&self, line: &str, position: usize) -> (usize, Vec<String>) {
        let before = line.get(..position).unwrap_or(line);
        let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '\\');
        let start = before.char_indices().rev().take_while(|(_, letter)| is_part(*letter)).last();
        let start = start.map_or(before.len(), |(at, _)| at);
        let word = before.get(start..).unwrap_or_default().to_lowercase();
        let begins = |candidate: &&String| !word.is_empty() && candidate.starts_with(&word);
        (start, self.0.iter().filter(begins).cloned().collect())
    }
}

impl Completer for Words {
    type Candidate = String;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.like(line, position))
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_completed_by_tables_columns_keywords_and_commands_wherever_it_stands() {
        let names = ["release.population", "release.pension", "persons"].map(str::to_owned);
        let words = Words::new(names, &["\\d", "\\dt"]);
        assert_eq!(words.like("select per", 10), (7, vec!["persons".to_owned()]));
        assert_eq!(words.like("select sum(PER", 14), (11, vec!["persons".to_owned()]));
        let tables = vec!["release.pension".to_owned(), "release.population".to_owned()];
        assert_eq!(words.like("select 1 from release.p", 23), (14, tables));
        assert_eq!(words.like("\\d", 2), (0, vec!["\\d".to_owned(), "\\dt".to_owned()]));
        assert_eq!(words.like("select ", 7), (7, Vec::new()));
        assert_eq!(words.like("se 人口", 2), (0, vec!["select".to_owned()]));
    }
}
