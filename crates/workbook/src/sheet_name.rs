//! Names of sheets: short, unique, and without what a spreadsheet forbids.

use std::collections::BTreeSet;

use yilian_delivery::ClueKind;

/// What a spreadsheet allows.
const LONGEST: usize = 31;
const FORBIDDEN: [char; 7] = ['[', ']', ':', '*', '?', '/', '\\'];

/// The sheet of rejected rows.
pub(crate) const RETURNED: &str = "退回修改的数据";
/// The sheet of the office's own rows behind the clues.
pub(crate) const RECORDS: &str = "线索对应的本单位记录";

/// What the sheets of a kind of clue are called as a whole.
pub const fn title(kind: ClueKind) -> &'static str {
    match kind {
        ClueKind::Overlap => "疑似重复享受（待核实）",
        ClueKind::Gap => "疑似应享未享（待核实）",
        ClueKind::SamePerson => "疑似同一人（待核实）",
    }
}

pub(crate) const KINDS: [ClueKind; 3] = [ClueKind::Overlap, ClueKind::Gap, ClueKind::SamePerson];

/// The beginning of the name of every sheet of a kind.
pub(crate) const fn short(kind: ClueKind) -> &'static str {
    match kind {
        ClueKind::Overlap => "疑似重复享受",
        ClueKind::Gap => "疑似应享未享",
        ClueKind::SamePerson => "疑似同一人",
    }
}

/// The kind whose sheets have such a name; `None` for other sheets.
pub(crate) fn kind_of(name: &str) -> Option<ClueKind> {
    KINDS.into_iter().find(|kind| name.trim_start().starts_with(short(*kind)))
}

/// Gives each sheet a name of its own.
#[derive(Default)]
pub(crate) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name like this one that no sheet has yet.
    pub(crate) fn unique(&mut self, wanted: &str) -> String {
        let clean: String = wanted.chars().map(|c| if forbidden(c) { ' ' } else { c }).collect();
        let clean = clean.trim_matches(|c: char| c == '\'' || c.is_whitespace());
        let mut name = shortened(clean, LONGEST);
        let mut number = 2_u32;
        // Spreadsheets do not tell upper and lower case apart.
        while !self.taken.insert(name.to_lowercase()) {
            let suffix = format!(" {number}");
            name = shortened(clean, LONGEST - suffix.len()) + &suffix;
            number += 1;
        }
        name
    }
}

fn forbidden(c: char) -> bool {
    FORBIDDEN.contains(&c) || c.is_control()
}

/// As much of a text as a spreadsheet counts as so many characters.
fn shortened(text: &str, longest: usize) -> String {
    let mut length = 0;
    let kept = text.chars().take_while(|c| {
        length += c.len_utf16();
        length <= longest
    });
    kept.collect::<String>().trim_end_matches(|c: char| c == '\'' || c.is_whitespace()).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_kind_of_a_sheet_is_known_by_its_name() {
        for kind in KINDS {
            assert!(title(kind).starts_with(short(kind)));
            assert_eq!(kind_of(title(kind)), Some(kind));
            assert_eq!(kind_of(&format!("{}·昭君路街道 2", short(kind))), Some(kind));
        }
        assert_eq!(kind_of(RETURNED), None);
        assert_eq!(kind_of(RECORDS), None);
    }

    proptest! {
        #[test]
        fn names_are_short_allowed_and_unique(wanted in prop::collection::vec("疑似[甲乙\\[:*?/'A-Ca-c𠀀 ]{0,40}", 1..40)) {
            let mut names = Names::default();
            let mut seen = BTreeSet::new();
            for wanted in wanted {
                let name = names.unique(&wanted);
                prop_assert!(name.encode_utf16().count() <= LONGEST && !name.is_empty());
                prop_assert!(!name.contains(forbidden) && !name.starts_with('\'') && !name.ends_with('\''));
                prop_assert!(seen.insert(name.to_lowercase()));
            }
        }
    }
}
