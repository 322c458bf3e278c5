//! Finds ID columns that a spreadsheet has rounded.

use crate::problem::Problem;

/// So many numbers that end in 000 are no accident, if they are also more than one in a hundred.
const LEAST_ZEROS: u64 = 3;

/// What was counted in one ID column.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Damage {
    scientific: u64,
    zeros: u64,
    numbers: u64,
}

impl Damage {
    /// Looks at a cell as it stands.
    #[inline]
    pub(crate) fn look(&mut self, cell: &[u8]) {
        if let Ok(cell) = <&[u8; 18]>::try_from(cell)
            && cell[..17].iter().all(u8::is_ascii_digit)
        {
            self.numbers += 1;
            self.zeros += u64::from(cell[15..] == *b"000");
        } else if cell.len() != 18 {
            self.look_long(cell);
        }
    }

    fn look_long(&mut self, cell: &[u8]) {
        let text = String::from_utf8_lossy(cell);
        let text = crate::cell::folded(&text);
        let bytes = text.as_bytes();
        if is_scientific(bytes) {
            self.scientific += 1;
        } else if bytes.len() == 18 {
            self.numbers += 1;
            self.zeros += u64::from(bytes.ends_with(b"000"));
        }
    }

    /// A number that is not an ID: only its notation shows that digits were lost.
    pub(crate) fn look_at_notation(&mut self, cell: &str) {
        // Few cells have a plus sign, which a spreadsheet always writes.
        if cell.as_bytes().contains(&b'+') {
            self.scientific += u64::from(is_scientific(cell.trim().as_bytes()));
        }
    }

    pub(crate) fn found(self) -> bool {
        self.scientific > 0
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.scientific += other.scientific;
        self.zeros += other.zeros;
        self.numbers += other.numbers;
    }

    /// The verdict on the column.
    pub(crate) fn problem(self, header: &str) -> Option<Problem> {
        let rounded = self.zeros >= LEAST_ZEROS && self.zeros * 100 > self.numbers;
        (rounded || self.scientific > 0).then(|| Problem::SpreadsheetDamage {
            header: header.to_owned(),
            scientific: self.scientific,
            zeros: self.zeros,
            numbers: self.numbers,
        })
    }
}

/// `1.50104E+17`, `1.5e17`, `1E+17`.
fn is_scientific(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|byte| byte.eq_ignore_ascii_case(&b'e')) else { return false };
    let (mantissa, exponent) = text.split_at(at);
    let exponent = exponent.get(1..).unwrap_or_default();
    let exponent = exponent.strip_prefix(b"+").unwrap_or(exponent);
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let mut parts = mantissa.splitn(2, |byte| *byte == b'.');
    digits(exponent) && parts.next().is_some_and(digits) && parts.next().is_none_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(cells: &[String]) -> Option<Problem> {
        let mut damage = Damage::default();
        for cell in cells {
            damage.look(cell.as_bytes());
        }
        damage.problem("身份证号")
    }

    #[test]
    fn one_number_in_scientific_notation_is_damage() {
        for text in ["1.50104E+17", "1.50104193911041E17", "1E+17", "1.5e17", " 1.5E+17 "] {
            assert!(problem(&[text.to_owned()]).is_some(), "{text}");
        }
        for text in ["E", "1.E", "15010419391104123X", "A1E5", "1.5E+", ""] {
            assert!(problem(&[text.to_owned()]).is_none(), "{text}");
        }
    }

    #[test]
    fn three_numbers_ending_in_000_among_fewer_than_300_are_damage() {
        let numbers = |zeros: usize, others: usize| {
            let mut cells = vec!["150104193911041000".to_owned(); zeros];
            cells.extend(vec!["159901193911041234".to_owned(); others]);
            problem(&cells).is_some()
        };
        assert!(!numbers(2, 0));
        assert!(numbers(3, 0));
        assert!(numbers(3, 296));
        assert!(!numbers(3, 297));
        assert!(!numbers(3, 10_000));
    }
}
