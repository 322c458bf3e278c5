//! A plain value that is shown only where somebody asks for it by name.

use std::fmt;

use zeroize::Zeroizing;

/// A name or number of a person: prints as `***` and is wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain(Zeroizing<String>);

impl Plain {
    /// Takes a value; `None` if there is nothing but white space.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The value, for a file that stays in the department.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_value_does_not_print() {
        let plain = Plain::new(" 苏和 ").unwrap();
        assert_eq!((format!("{plain}"), format!("{plain:?}")), ("***".to_owned(), "***".to_owned()));
        assert_eq!(plain.reveal(), "苏和");
        assert_eq!(Plain::new(" \t"), None);
    }
}
