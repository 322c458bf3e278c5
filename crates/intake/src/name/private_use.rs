//! Characters that older systems keep in the private-use area.
//!
//! GBK and GB 18030-2000 had 80 characters at FE50 to FEA0 for which Unicode had no place yet, and put them at U+E815
//! to U+E864. GB 18030-2005 and -2022 gave them their own places one after another. An export made with an older table
//! still holds the private ones, so that the same name is written in two ways.

/// The first private character of those whose standard characters are [`STANDARD`].
const FIRST: u32 = 0xe815;
const STANDARD: [char; 80] = [
    '\u{2e81}',
    '\u{20087}',
    '\u{20089}',
    '\u{200cc}',
    '\u{2e84}',
    '\u{3473}',
    '\u{3447}',
    '\u{2e88}',
    '\u{2e8b}',
    '\u{9fb4}',
    '\u{359e}',
    '\u{361a}',
    '\u{360e}',
    '\u{2e8c}',
    '\u{2e97}',
    '\u{396e}',
    '\u{3918}',
    '\u{9fb5}',
    '\u{39cf}',
    '\u{39df}',
    '\u{3a73}',
    '\u{39d0}',
    '\u{9fb6}',
    '\u{9fb7}',
    '\u{3b4e}',
    '\u{3c6e}',
    '\u{3ce0}',
    '\u{2ea7}',
    '\u{215d7}',
    '\u{9fb8}',
    '\u{2eaa}',
    '\u{4056}',
    '\u{415f}',
    '\u{2eae}',
    '\u{4337}',
    '\u{2eb3}',
    '\u{2eb6}',
    '\u{2eb7}',
    '\u{2298f}',
    '\u{43b1}',
    '\u{43ac}',
    '\u{2ebb}',
    '\u{43dd}',
    '\u{44d6}',
    '\u{4661}',
    '\u{464c}',
    '\u{9fb9}',
    '\u{4723}',
    '\u{4729}',
    '\u{477c}',
    '\u{478d}',
    '\u{2eca}',
    '\u{4947}',
    '\u{497a}',
    '\u{497d}',
    '\u{4982}',
    '\u{4983}',
    '\u{4985}',
    '\u{4986}',
    '\u{499f}',
    '\u{499b}',
    '\u{49b7}',
    '\u{49b6}',
    '\u{9fba}',
    '\u{241fe}',
    '\u{4ca3}',
    '\u{4c9f}',
    '\u{4ca0}',
    '\u{4ca1}',
    '\u{4c77}',
    '\u{4ca2}',
    '\u{4d13}',
    '\u{4d14}',
    '\u{4d15}',
    '\u{4d16}',
    '\u{4d17}',
    '\u{4d18}',
    '\u{4d19}',
    '\u{4dae}',
    '\u{9fbb}',
];

/// The character that the standard gives to one of its private-use characters.
pub(super) fn standard(c: char) -> Option<char> {
    match c {
        // Two Latin letters of pinyin.
        '\u{e7c7}' => Some('\u{1e3f}'),
        '\u{e7c8}' => Some('\u{1f9}'),
        _ => STANDARD.get(usize::try_from(u32::from(c).checked_sub(FIRST)?).ok()?).copied(),
    }
}

/// Whether a character means what its user agreed with himself.
pub(super) fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;

    use super::*;

    #[test]
    fn the_table_agrees_with_the_decoder_wherever_that_knows_the_standard() {
        let trails = (0x50..=0x7e).chain(0x80..=0xa0);
        for (trail, private) in trails.zip(FIRST..) {
            let bytes = [0xfe, trail];
            let (decoded, _) = GB18030.decode_without_bom_handling(&bytes);
            let decoded = decoded.chars().next().unwrap();
            let private = char::from_u32(private).unwrap();
            let ours = standard(private).unwrap();
            assert!(decoded == ours || decoded == private, "{trail:x}: {decoded:?} {ours:?}");
        }
        assert_eq!(standard('\u{e863}'), Some('\u{4dae}'));
        assert_eq!(standard('\u{e81e}'), Some('\u{9fb4}'));
    }

    #[test]
    fn the_table_ends_where_the_standard_does() {
        assert_eq!(standard('\u{e814}'), None);
        assert_eq!(standard('\u{e865}'), None);
        assert!(STANDARD.iter().all(|c| !is_private(*c)));
    }
}
