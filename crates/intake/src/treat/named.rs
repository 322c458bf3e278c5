//! The name token: for a person whose ID number is missing or wrong in one of two files.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use yilian_token::{Token, Tokeniser};

/// What a name token is made of.
pub(super) struct Named<'c> {
    pub(super) name: Cow<'c, str>,
    pub(super) birth: NaiveDate,
    /// `1` or `2`.
    pub(super) sex: u8,
}

impl Named<'_> {
    pub(super) fn token(&self, tokeniser: &Tokeniser<'_>) -> Token {
        let mut digits = [b'0'; 8];
        let mut rest = self.birth.year().unsigned_abs() * 10_000 + self.birth.month() * 100 + self.birth.day();
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        tokeniser.token(&[self.name.as_bytes(), &digits, &[b'0' + self.sex]])
    }
}
