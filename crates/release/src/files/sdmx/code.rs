//! Codes and ids as SDMX can hold them: letters, digits, `_`, `@`, `$` and `-`.

use super::super::words::TOTAL;

/// A code of ours as a code of SDMX: `total` is `_T` as in its own lists, `65+` is `GE65`, and what cannot be held is `_`.
pub(super) fn of(code: &str) -> String {
    if code == TOTAL.code {
        return "_T".to_owned();
    }
    let (prefix, rest) = code.strip_suffix('+').map_or(("", code), |rest| ("GE", rest));
    let held = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '$' | '-') { c } else { '_' };
    prefix.chars().chain(rest.chars().map(held)).collect()
}

/// The id of a component or list.
pub(super) fn upper(name: &str) -> String {
    of(name).to_ascii_uppercase()
}

pub(super) fn dataflow_id(table: &str) -> String {
    format!("DF_{}", upper(table))
}

pub(super) fn structure_id(table: &str) -> String {
    format!("DSD_{}", upper(table))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_sdmx_cannot_hold_are_written_in_another_way() {
        let codes = ["total", "65+", "60-64", "150104other", "150104/other", "MZ01"].map(of);
        assert_eq!(codes, ["_T", "GE65", "60-64", "150104other", "150104_other", "MZ01"]);
        assert_eq!(upper("age_band"), "AGE_BAND");
    }
}
