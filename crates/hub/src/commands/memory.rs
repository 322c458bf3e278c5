//! Reads amounts of memory as people write them.

use crate::error::HubError;

/// `512MB`, `1GB` (decimal), `1GiB` (binary) or a number of bytes.
pub(crate) fn memory_bytes(text: &str) -> Result<usize, HubError> {
    let refused = || HubError::Memory { text: text.to_owned() };
    let trimmed = text.trim();
    let digits = trimmed.find(|character: char| !character.is_ascii_digit()).unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(digits);
    let factor: usize = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(refused()),
    };
    let number: usize = number.parse().map_err(|_| refused())?;
    number.checked_mul(factor).filter(|bytes| *bytes > 0).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_the_units_people_write() {
        assert_eq!(memory_bytes("1GB").unwrap(), 1_000_000_000);
        assert_eq!(memory_bytes("512 MiB").unwrap(), 512 << 20);
        assert_eq!(memory_bytes("1000").unwrap(), 1_000);
        for wrong in ["", "GB", "1TB", "0", "-1GB", "1.5GB"] {
            assert!(memory_bytes(wrong).is_err(), "{wrong}");
        }
    }
}
