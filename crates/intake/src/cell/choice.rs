//! Codes of a list and yes or no.

use yilian_contract::CodeList;

use super::{Read, folded, is_none_mark};
use crate::reject::Reason;

/// A code list whose codes are numbered in the order of their text.
#[derive(Debug, Clone)]
pub(crate) struct CodeTable {
    list: CodeList,
    sorted: Vec<String>,
}

impl CodeTable {
    pub(crate) fn new(list: &CodeList) -> Self {
        let mut sorted: Vec<String> = list.entries.iter().map(|entry| entry.code.clone()).collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { list: list.clone(), sorted }
    }

    /// The number of the code that the cell means: the code itself or any of its labels.
    pub(crate) fn read(&self, text: &str) -> Read<usize> {
        let text = folded(text);
        if let Some(code) = self.list.resolve(&text) {
            return self.sorted.binary_search_by(|known| known.as_str().cmp(code)).map(Some).map_err(|_| Reason::Code);
        }
        // A code that was a number in a spreadsheet: 3 as 3.0.
        if let Some(whole) = text.strip_suffix(".0")
            && !whole.is_empty()
        {
            return self.read(whole);
        }
        if is_none_mark(&text) { Ok(None) } else { Err(Reason::Code) }
    }

    /// The codes in the order of their numbers.
    pub(crate) fn codes(&self) -> &[String] {
        &self.sorted
    }
}

/// Yes or no.
pub(crate) fn truth(text: &str) -> Read<bool> {
    let text = folded(text).to_ascii_lowercase();
    match text.as_str() {
        "是" | "1" | "y" | "yes" | "有" | "true" | "t" | "√" | "1.0" => Ok(Some(true)),
        "否" | "0" | "n" | "no" | "无" | "没有" | "false" | "f" | "×" | "0.0" => Ok(Some(false)),
        _ if is_none_mark(&text) => Ok(None),
        _ => Err(Reason::Bool),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_in_all_their_spellings() {
        for text in ["是", "1", "Y", "y", "有", " 是 ", "１"] {
            assert_eq!(truth(text), Ok(Some(true)), "{text}");
        }
        for text in ["否", "0", "N", "n", "无", "０"] {
            assert_eq!(truth(text), Ok(Some(false)), "{text}");
        }
        assert_eq!(truth(""), Ok(None));
        assert_eq!(truth("-"), Ok(None));
        assert_eq!(truth("maybe"), Err(Reason::Bool));
    }
}
