//! The one spelling of a name that goes into a name token.

mod private_use;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::canonical::is_ignorable;
use crate::finding::FindingKind;
use private_use::{is_private, standard};

/// Lengths at which many systems cut a name off; a shorter limit would hold most names whole.
const LIMITS: [usize; 5] = [10, 15, 16, 20, 25];
const MIDDLE_DOT: char = '\u{b7}';

/// Brings a name into the form that is hashed: the standard's character for a private-use one, NFKC, one middle dot
/// for all dots, no white space.
///
/// `None` if fewer than two characters are left.
pub fn canonical_name(text: &str) -> Option<Cow<'_, str>> {
    if is_plain(text.as_bytes()) {
        return (text.len() > 3).then_some(Cow::Borrowed(text));
    }
    let characters: Vec<char> = text
        .chars()
        .map(|c| if is_dot(c) { MIDDLE_DOT } else { standard(c).unwrap_or(c) })
        .nfkc()
        .filter(|c| !c.is_whitespace() && !is_ignorable(*c))
        .collect();
    let letter = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|c| c.is_alphabetic());
    let name: String = characters
        .iter()
        .enumerate()
        .map(|(at, c)| {
            let between = letter(at.checked_sub(1)) && letter(at.checked_add(1));
            if *c == '.' && between { MIDDLE_DOT } else { *c }
        })
        .collect();
    (characters.len() >= 2).then_some(Cow::Owned(name))
}

/// Whether a canonical name holds a character that means nothing, or something else to everybody.
pub(crate) fn is_unreadable(name: &str) -> bool {
    name.contains(|c| c == char::REPLACEMENT_CHARACTER || is_private(c))
}

/// What makes a name weak evidence or none.
pub(crate) fn oddities(text: &str) -> impl Iterator<Item = FindingKind> {
    let bytes = text.as_bytes();
    // Two to nine common characters: nearly every name, and nothing odd.
    if is_plain(bytes) && (6..=27).contains(&bytes.len()) {
        return Vec::new().into_iter();
    }
    let mut kinds = Vec::new();
    let name = canonical_name(text);
    match &name {
        None => kinds.push(FindingKind::NameMissing),
        Some(name) if LIMITS.contains(&name.chars().count()) => kinds.push(FindingKind::NameAtLimit),
        Some(_) => {}
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        kinds.push(FindingKind::ReplacementCharacter);
    }
    if text.contains(|c| standard(c).is_some()) {
        kinds.push(FindingKind::PrivateUse);
    }
    if text.contains(|c| is_private(c) && standard(c).is_none()) {
        kinds.push(FindingKind::PrivateUseUnknown);
    }
    kinds.into_iter()
}

fn is_dot(c: char) -> bool {
    matches!(c, '\u{2022}' | '\u{30fb}' | '\u{2027}' | '\u{ff0e}' | '\u{ff65}')
}

/// Whether the text is made of U+4000 to U+9FFF and middle dots alone, which the rules leave as they are.
fn is_plain(mut bytes: &[u8]) -> bool {
    loop {
        bytes = match bytes {
            [] => return true,
            [0xe4..=0xe9, _, _, rest @ ..] | [0xc2, 0xb7, rest @ ..] => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_dots_become_the_one_middle_dot() {
        for text in [
            "阿拉坦·苏和",
            "阿拉坦•苏和",
            "阿拉坦・苏和",
            "阿拉坦‧苏和",
            "阿拉坦．苏和",
            "阿拉坦･苏和",
            "阿拉坦.苏和",
            " 阿拉坦 ·\u{200b} 苏和\u{3000}",
        ] {
            assert_eq!(canonical_name(text).as_deref(), Some("阿拉坦·苏和"), "{text}");
        }
    }

    #[test]
    fn a_full_stop_that_stands_between_no_letters_stays() {
        assert_eq!(canonical_name("王伟.").as_deref(), Some("王伟."));
    }

    #[test]
    fn a_name_of_fewer_than_two_characters_is_none() {
        for text in ["", "王", " 王 ", "·", "\u{200b}"] {
            assert_eq!(canonical_name(text), None, "{text}");
        }
        assert_eq!(canonical_name("王伟").as_deref(), Some("王伟"));
    }

    #[test]
    fn full_width_letters_become_ascii_and_rare_characters_stay() {
        assert_eq!(canonical_name("Ａnna㐀䶮").as_deref(), Some("Anna㐀䶮"));
    }

    proptest! {
        #[test]
        fn the_short_way_gives_what_the_long_way_gives(text in "[\u{4000}-\u{9fff}·]{0,8}") {
            let long: String = text.nfkc().filter(|c| !c.is_whitespace() && !is_ignorable(*c)).collect();
            let expected = (long.chars().count() >= 2).then_some(long);
            prop_assert_eq!(canonical_name(&text).map(Cow::into_owned), expected);
        }

        #[test]
        fn canonicalising_twice_changes_nothing(text in "[a-zA-Zａ-ｚ\u{4e00}-\u{9fff}·.•・． \u{200b}]{0,12}") {
            if let Some(once) = canonical_name(&text) {
                let twice = canonical_name(&once);
                prop_assert_eq!(twice.as_deref(), Some(&*once));
            }
        }
    }
}
