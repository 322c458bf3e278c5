//! Amounts of memory, and what the allocator makes of them.

use std::env;
use std::ffi::OsStr;

use crate::error::HubError;

/// Below this limit of the queries, what the allocator keeps of freed memory weighs more than the time to give it back sooner.
const LITTLE: usize = 512_000_000;
/// How long the allocator keeps freed memory, in milliseconds; left to itself, a second.
const PURGE_DELAY: &str = "MIMALLOC_PURGE_DELAY";
const SOON: &str = "10";

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

/// Lets the program begin anew with an allocator that gives memory back soon, where queries may hold little: an allocator reads
/// its settings when a program begins. What the environment says already stays.
pub(crate) fn give_back_soon(limit: usize) {
    if !wants_it_soon(limit, env::var_os(PURGE_DELAY).as_deref()) {
        return;
    }
    #[cfg(unix)]
    if let Ok(program) = env::current_exe() {
        use std::os::unix::process::CommandExt;
        use std::process::Command;

        let mut arguments = env::args_os();
        let mut anew = Command::new(program);
        anew.arg0(arguments.next().unwrap_or_default()).args(arguments).env(PURGE_DELAY, SOON);
        // It comes back only where the program could not begin; then this one goes on as it is.
        let _ = anew.exec();
    }
}

fn wants_it_soon(limit: usize, said: Option<&OsStr>) -> bool {
    limit < LITTLE && said.is_none()
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

    #[test]
    fn memory_is_given_back_soon_where_the_limit_is_low_and_the_environment_says_nothing_else() {
        assert!(wants_it_soon(256_000_000, None));
        assert!(!wants_it_soon(512_000_000, None));
        assert!(!wants_it_soon(256_000_000, Some(OsStr::new("1000"))));
        assert!(!wants_it_soon(256_000_000, Some(OsStr::new(SOON))), "it would begin anew again and again");
    }
}
