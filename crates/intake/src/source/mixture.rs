//! Finds rows of UTF-8 in a file that is GB18030: two exports that were put together by hand.
//!
//! Nearly every byte pair is a character of GB18030, so that such rows decode into wrong names without an error.

use memchr::memchr_iter;

/// So many bytes beyond ASCII that are also good UTF-8 of Chinese are no accident in a single row.
const SURE: usize = 9;
/// So many may be one, and count only if there are several.
const POSSIBLE: usize = 6;
const LEAST_POSSIBLE: u64 = 4;

/// What was counted in the rows of a file that is not UTF-8 as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mixture {
    rows: u64,
    possible: u64,
    /// The first row that is surely UTF-8, and the first that may be.
    first_sure: Option<u32>,
    first_possible: Option<u32>,
}

impl Mixture {
    /// Looks at the lines of a part whose first has this number.
    pub(super) fn look(bytes: &[u8], first_row: u32) -> Self {
        let mut mixture = Self::default();
        let mut start = 0;
        for (end, row) in memchr_iter(b'\n', bytes).chain([bytes.len()]).zip(first_row..) {
            let line = bytes.get(start..end).unwrap_or_default();
            start = end + 1;
            if line.is_ascii() {
                continue;
            }
            mixture.rows += 1;
            let Some(beyond) = chinese_in_utf8(line) else { continue };
            if beyond >= SURE {
                mixture.first_sure.get_or_insert(row);
            }
            if beyond >= POSSIBLE {
                mixture.possible += 1;
                mixture.first_possible.get_or_insert(row);
            }
        }
        mixture
    }

    pub(crate) fn merge(&mut self, other: Self) {
        let first = |one: Option<u32>, two: Option<u32>| one.into_iter().chain(two).min();
        self.rows += other.rows;
        self.possible += other.possible;
        self.first_sure = first(self.first_sure, other.first_sure);
        self.first_possible = first(self.first_possible, other.first_possible);
    }

    /// The first row in another encoding, if there is one.
    pub(crate) fn row(&self) -> Option<u32> {
        let several = self.possible >= LEAST_POSSIBLE && self.possible * 1000 > self.rows;
        self.first_sure.or(self.first_possible.filter(|_| several))
    }
}

/// How many bytes of a line are not ASCII, if it is UTF-8 and these are Chinese characters and their punctuation.
fn chinese_in_utf8(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line).ok()?;
    let mut beyond = text.chars().filter(|c| !c.is_ascii());
    let chinese = |c: char| matches!(c, '\u{b7}' | '\u{2014}'..='\u{2027}' | '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..);
    beyond.all(chinese).then(|| line.iter().filter(|byte| !byte.is_ascii()).count())
}

#[cfg(test)]
mod tests {
    use encoding_rs::GB18030;

    use super::*;

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn one_row_of_utf8_is_found_where_it_stands() {
        let bytes = [&gb("王秀英,女,正常\n"), "王秀英,女\n".as_bytes(), &gb("联通,男")].concat();
        assert_eq!(Mixture::look(&bytes, 5).row(), Some(6));
    }

    #[test]
    fn short_texts_count_only_together() {
        let short = ["王伟\n".as_bytes(), &gb("李秀英\n")].concat();
        assert_eq!(Mixture::look(&short, 1).row(), None);
        assert_eq!(Mixture::look(&short.repeat(4), 1).row(), Some(1));
    }

    #[test]
    fn names_in_gb18030_are_no_utf8() {
        // Every pair of common characters; some are good UTF-8 of other scripts.
        let common: Vec<char> =
            "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗秀英桂兰建国玉德明淑珍文翠女小联通".chars().collect();
        for one in &common {
            for two in &common {
                let bytes = gb(&format!("{one}{two},女\n").repeat(5));
                assert_eq!(Mixture::look(&bytes, 1).row(), None, "{one}{two}");
            }
        }
    }
}
