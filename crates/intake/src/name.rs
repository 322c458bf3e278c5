//! The one spelling of a name that goes into a name token.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::canonical::is_ignorable;

const MIDDLE_DOT: char = '\u{b7}';

/// Brings a name into the form that is hashed: NFKC, one middle dot for all dots, no white space.
///
/// `None` if fewer than two characters are left.
pub fn canonical_name(text: &str) -> Option<Cow<'_, str>> {
    if is_plain(text.as_bytes()) {
        return (text.len() > 3).then_some(Cow::Borrowed(text));
    }
    let characters: Vec<char> = text
        .chars()
        .map(|c| if is_dot(c) { MIDDLE_DOT } else { c })
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
