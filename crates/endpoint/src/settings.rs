//! The settings of a connection that clients send when they connect. None changes what is answered but `search_path`,
//! which says where a table without a schema is looked for, and `statement_timeout`.

use std::collections::BTreeMap;
use std::time::Duration;

use yilian_access::DEFAULT_SCHEMA;

use crate::failure::{Failure, UNSUPPORTED};

/// Names in small letters with the first value, and which others may be set.
const KNOWN: [(&str, &str, Allowed); 27] = [
    ("application_name", "", Allowed::Any),
    ("bytea_output", "hex", Allowed::These(&["hex"])),
    ("client_encoding", "UTF8", Allowed::These(&["utf8", "utf-8", "unicode"])),
    ("client_min_messages", "notice", Allowed::Any),
    ("datestyle", "ISO, YMD", Allowed::Beginning("iso")),
    ("default_transaction_isolation", "repeatable read", Allowed::Any),
    ("default_transaction_read_only", "on", Allowed::These(&["on", "true", "1"])),
    ("extra_float_digits", "1", Allowed::Any),
    ("idle_in_transaction_session_timeout", "0", Allowed::Any),
    ("integer_datetimes", "on", Allowed::Not),
    ("intervalstyle", "postgres", Allowed::These(&["postgres"])),
    ("is_superuser", "off", Allowed::Not),
    ("jit", "off", Allowed::Any),
    ("lock_timeout", "0", Allowed::Any),
    ("max_identifier_length", "63", Allowed::Not),
    ("row_security", "on", Allowed::Any),
    ("search_path", DEFAULT_SCHEMA, Allowed::Any),
    ("server_encoding", "UTF8", Allowed::Not),
    ("server_version", crate::catalogue::VERSION, Allowed::Not),
    ("server_version_num", "160006", Allowed::Not),
    ("session_authorization", "", Allowed::Not),
    ("ssl_renegotiation_limit", "0", Allowed::Any),
    ("standard_conforming_strings", "on", Allowed::These(&["on", "true", "1"])),
    ("statement_timeout", "0", Allowed::Any),
    ("timezone", "Asia/Shanghai", Allowed::Any),
    ("transaction_isolation", "repeatable read", Allowed::Any),
    ("transaction_read_only", "on", Allowed::These(&["on", "true", "1"])),
];

#[derive(Debug, Clone, Copy)]
enum Allowed {
    Any,
    These(&'static [&'static str]),
    Beginning(&'static str),
    Not,
}

/// What a connection has set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    /// The value of a setting; `None` for one that there is not.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (name, first, _) = known(name)?;
        Some(self.0.get(name).map_or(first, String::as_str))
    }

    /// Names and values of all.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        KNOWN.iter().map(|(name, first, _)| (*name, self.0.get(name).map_or(*first, String::as_str)))
    }

    /// Sets one, or puts its first value back.
    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), Failure> {
        let unknown = || Failure::new("42704", format!("there is no setting {name}")).hint("SHOW ALL lists them");
        let (name, _, allowed) = known(name).ok_or_else(unknown)?;
        let Some(value) = value else {
            self.0.remove(name);
            return Ok(());
        };
        let small = value.to_lowercase();
        let is_allowed = match allowed {
            Allowed::Any => true,
            Allowed::These(values) => values.contains(&small.as_str()),
            Allowed::Beginning(beginning) => small.starts_with(beginning),
            Allowed::Not => false,
        };
        if !is_allowed {
            return Err(Failure::new(UNSUPPORTED, format!("{name} cannot be set to that"))
                .hint(format!("it stays {}", self.get(name).unwrap_or_default())));
        }
        if name == "statement_timeout" && milliseconds(value).is_none() {
            return Err(Failure::new("22023", "statement_timeout is no time").hint("write 60000, '60s' or '5min'"));
        }
        self.0.insert(name, value.to_owned());
        Ok(())
    }

    /// Puts every first value back, but for what the client said of itself.
    pub(crate) fn reset(&mut self) {
        self.0.retain(|name, _| *name == "application_name");
    }

    /// The first schema of the search path that the role sees.
    pub(crate) fn schema<'a>(&self, schemas: &[&'a str]) -> Option<&'a str> {
        let path = self.0.get("search_path")?;
        let mut names = path.split(',').map(|name| name.trim().trim_matches(['"', '\'']));
        names.find_map(|name| schemas.iter().find(|schema| **schema == name).copied())
    }

    /// How long a statement may take, where the client says so.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        let milliseconds = milliseconds(self.0.get("statement_timeout")?)?;
        (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
    }
}

fn known(name: &str) -> Option<(&'static str, &'static str, Allowed)> {
    let small = name.to_lowercase().replace(' ', "_");
    let name = if small == "time_zone" { "timezone" } else { small.as_str() };
    KNOWN.iter().find(|(known, ..)| *known == name).copied()
}

fn milliseconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" | "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_send_is_set_and_shown() {
        let mut settings = Settings::default();
        settings.set("client_encoding", Some("UTF8")).unwrap();
        settings.set("DateStyle", Some("ISO, MDY")).unwrap();
        settings.set("statement_timeout", Some("2s")).unwrap();
        settings.set("TIME ZONE", Some("UTC")).unwrap();
        assert_eq!(settings.get("timezone"), Some("UTC"));
        assert_eq!(settings.get("datestyle"), Some("ISO, MDY"));
        assert_eq!(settings.timeout(), Some(Duration::from_secs(2)));
        settings.reset();
        assert_eq!(settings.timeout(), None);
    }

    #[test]
    fn what_would_change_the_bytes_of_an_answer_is_refused() {
        let mut settings = Settings::default();
        for (name, value) in [
            ("client_encoding", "GBK"),
            ("datestyle", "German"),
            ("bytea_output", "escape"),
            ("transaction_read_only", "off"),
            ("server_version", "17"),
            ("datafusion.catalog.default_schema", "hub"),
            ("statement_timeout", "soon"),
        ] {
            assert!(settings.set(name, Some(value)).is_err(), "{name}");
        }
    }

    #[test]
    fn the_search_path_finds_the_first_schema_of_the_role() {
        let mut settings = Settings::default();
        assert_eq!(settings.schema(&["release"]), None);
        settings.set("search_path", Some("\"$user\", hub, release")).unwrap();
        assert_eq!(settings.schema(&["release", "statistics"]), Some("release"));
    }
}
