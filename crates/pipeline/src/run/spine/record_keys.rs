//! The record key of everybody whose token a run adds to the spine.

use yilian_token::{Token, Tokeniser};

/// Record keys by person: made of the token at first sight, or, of people who get a further token, the one that they have.
pub(super) struct RecordKeys<'k> {
    tokeniser: &'k Tokeniser<'k>,
    /// Of people who get a further token, in order of person.
    kept: Vec<(i64, Option<Token>)>,
}

impl<'k> RecordKeys<'k> {
    /// `carried` are the people who get a further token.
    pub(super) fn new(tokeniser: &'k Tokeniser<'k>, carried: impl Iterator<Item = i64>) -> Self {
        let mut kept: Vec<_> = carried.map(|id| (id, None)).collect();
        kept.sort_unstable();
        kept.dedup();
        Self { tokeniser, kept }
    }

    /// Takes in what is stored of a person.
    pub(super) fn keep(&mut self, id: i64, record_key: Option<Token>) {
        if let Ok(at) = self.place(id)
            && let Some((_, kept)) = self.kept.get_mut(at)
        {
            *kept = record_key;
        }
    }

    /// Takes in that a person is seen for the first time, under this token.
    pub(super) fn keep_first(&mut self, id: i64, token: &Token) {
        if self.place(id).is_ok() {
            self.keep(id, Some(self.tokeniser.of_token(token)));
        }
    }

    /// The one of a person who stands under this token; `None` if it is stored nowhere.
    pub(super) fn of(&self, id: i64, token: &Token) -> Option<Token> {
        match self.place(id) {
            Ok(at) => self.kept.get(at).and_then(|(_, record_key)| *record_key),
            Err(_) => Some(self.tokeniser.of_token(token)),
        }
    }

    fn place(&self, id: i64) -> Result<usize, usize> {
        self.kept.binary_search_by_key(&id, |(id, _)| *id)
    }
}
