//! Recognises Chinese ID numbers in bytes of any kind.

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";

/// How many ID numbers of 18 characters stand in the bytes: right check character, possible birth date.
///
/// A number inside a longer run of digits counts too, because a disability certificate begins with one.
pub(crate) fn id_numbers(bytes: &[u8]) -> u64 {
    let mut found = 0;
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + 18) {
        if let Some(other) = window.iter().take(17).rposition(|byte| !byte.is_ascii_digit()) {
            // No window that holds this byte among its digits can be a number.
            at += other + 1;
        } else {
            found += u64::from(is_id_number(window));
            at += 1;
        }
    }
    found
}

fn is_id_number(text: &[u8]) -> bool {
    let digit = |at: usize| text.get(at).map_or(0, |byte| u32::from(byte.wrapping_sub(b'0')));
    let number = |from: usize, length: usize| (from..from + length).fold(0, |sum, at| sum * 10 + digit(at));
    let (year, month, day) = (number(6, 4), number(10, 2), number(12, 2));
    if !(1880..=2100).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return false;
    }
    let sum: u32 = WEIGHTS.iter().enumerate().map(|(at, weight)| digit(at) * weight).sum();
    let expected = CHECK.get(usize::try_from(sum % 11).unwrap_or(0));
    text.get(17).map(u8::to_ascii_uppercase).as_ref() == expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_alone_in_text_and_at_the_head_of_a_certificate() {
        assert_eq!(id_numbers(b"11010519491231002X"), 1);
        assert_eq!(id_numbers(b"name,11010519491231002x;440524188001010014\n"), 2);
        assert_eq!(id_numbers(b"3601211970112100134343"), 1);
    }

    #[test]
    fn dates_amounts_and_wrong_check_characters_are_none() {
        assert_eq!(id_numbers(b"2025-01-01 12345678901234567"), 0);
        assert_eq!(id_numbers(b"110105194912310021"), 0);
        assert_eq!(id_numbers(b"110105194913310029"), 0);
        assert_eq!(id_numbers(b""), 0);
    }
}
