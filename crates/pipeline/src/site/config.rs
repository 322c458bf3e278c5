//! `site.yaml`: the settings of one hub and the offices that may deliver to it.

use std::fmt::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::PipelineError;

/// `site.yaml` as read; unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteConfig {
    /// Code of the place the hub works for, 2, 4 or 6 digits.
    pub place: String,
    /// Its name, for people.
    pub name: String,
    /// Folder (below the site) or `s3://bucket/prefix`.
    #[serde(default = "default_storage")]
    pub storage: String,
    /// Folder deliveries arrive in.
    #[serde(default = "default_inbox")]
    pub inbox: String,
    /// Memory for one run, `1GB`.
    #[serde(default = "default_memory_limit")]
    pub memory_limit: String,
    /// Whether deliveries of `pack --plain` are taken; for tests alone.
    #[serde(default)]
    pub allow_plain: bool,
    /// The version of the canonicaliser that every delivery must be made with: a mixture would
    /// give one person two tokens.
    #[serde(default = "default_canonicaliser")]
    pub canonicaliser: u32,
    /// Who may deliver what.
    #[serde(default)]
    pub senders: Vec<Sender>,
}

/// One office and what is known of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Code of the office's place, 2, 4 or 6 digits.
    pub place: String,
    /// `civil_affairs`, `health`, …
    pub department: String,
    /// minisign public key, `RW…`.
    pub signature_key: String,
    /// age recipient for what goes back to the office, `age1…`; none yet if empty.
    #[serde(default)]
    pub recipient: String,
    /// Datasets it may deliver.
    #[serde(default)]
    pub datasets: Datasets,
    /// Check values of link keys it may use, with their time.
    #[serde(default)]
    pub link_keys: Vec<LinkKey>,
}

/// Which datasets an office may deliver.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datasets {
    /// The word `all`: every dataset of its department.
    #[default]
    #[serde(with = "all")]
    All,
    /// These alone.
    Only(Vec<String>),
}

/// A link key that an office may use, known by its check value alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkKey {
    /// 16 hex digits, as `yilian-dept keys check` prints them.
    pub check_value: String,
    /// First day of a delivery's as-of date, `YYYY-MM-DD`; empty is always.
    #[serde(default)]
    pub from: String,
    /// Last such day; empty is for ever.
    #[serde(default)]
    pub to: String,
}

impl Datasets {
    /// Whether `dataset` is one of them.
    pub fn allow(&self, dataset: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.iter().any(|name| name == dataset),
        }
    }
}

impl LinkKey {
    /// Whether the key may be used for a delivery of that as-of date (`YYYY-MM-DD`).
    pub fn holds_on(&self, as_of: &str) -> bool {
        (self.from.is_empty() || self.from.as_str() <= as_of) && (self.to.is_empty() || as_of <= self.to.as_str())
    }
}

impl SiteConfig {
    /// The registered sender of exactly that place and department.
    pub fn sender(&self, place: &str, department: &str) -> Option<&Sender> {
        self.senders.iter().find(|sender| sender.place == place && sender.department == department)
    }

    pub(super) fn parse(text: &str, file: &Path) -> Result<Self, PipelineError> {
        let wrong = |mistakes: Vec<String>| PipelineError::Configuration { file: file.to_owned(), mistakes };
        let config: Self = serde_saphyr::from_str(text).map_err(|error| wrong(vec![error.to_string()]))?;
        let mistakes = config.mistakes();
        if mistakes.is_empty() { Ok(config) } else { Err(wrong(mistakes)) }
    }

    fn mistakes(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !is_place(&self.place) {
            found.push(format!("place {:?} is not a code of 2, 4 or 6 digits", self.place));
        }
        for (index, sender) in self.senders.iter().enumerate() {
            let who = format!("sender {} {}", sender.place, sender.department);
            let before = self.senders.iter().take(index);
            if before.into_iter().any(|other| other.place == sender.place && other.department == sender.department) {
                found.push(format!("{who} is listed twice"));
            }
            sender.mistakes(&who, &mut found);
        }
        found
    }
}

impl Sender {
    fn mistakes(&self, who: &str, found: &mut Vec<String>) {
        if !is_place(&self.place) {
            found.push(format!("{who}: the place is not a code of 2, 4 or 6 digits"));
        }
        if let Err(error) = self.department.parse::<yilian_contract::Department>() {
            found.push(format!("{who}: {error}"));
        }
        if !self.signature_key.starts_with("RW") {
            found.push(format!("{who}: signature_key is not a minisign public key (RW…)"));
        }
        if !self.recipient.is_empty() && !self.recipient.starts_with("age1") {
            found.push(format!("{who}: recipient is not an age recipient (age1…)"));
        }
        for key in &self.link_keys {
            if key.check_value.len() != 16 || !key.check_value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                found.push(format!("{who}: a link key's check_value is not 16 hex digits"));
            }
        }
    }
}

/// The text of a new `site.yaml`; `senders` stands last, so that senders can be added at the end.
pub(super) fn first_text(place: &str, name: &str) -> String {
    let name = serde_json::Value::from(name);
    format!(
        "# Settings of this hub. `yilian senders add` adds to the list at the end.\n\
         place: \"{place}\"\n\
         name: {name}\n\
         # A folder below this one, or s3://bucket/prefix.\n\
         storage: store\n\
         inbox: inbox\n\
         memory_limit: 1GB\n\
         # Deliveries of `yilian-dept pack --plain`, for tests alone.\n\
         allow_plain: false\n\
         # All deliveries must be made with this version of the canonicaliser.\n\
         canonicaliser: 1\n\
         # Who may deliver: minisign public key, age recipient, datasets, link keys by check value.\n\
         senders: []\n"
    )
}

/// `text` with one more sender at its end, and what it then says.
pub(super) fn with_sender(text: &str, file: &Path, sender: Sender) -> Result<(String, SiteConfig), PipelineError> {
    let mut wanted = SiteConfig::parse(text, file)?;
    wanted.senders.push(sender);
    let mistakes = wanted.mistakes();
    if !mistakes.is_empty() {
        return Err(PipelineError::Configuration { file: file.to_owned(), mistakes });
    }
    let mut longer = text.replace("senders: []", "senders:");
    if !longer.ends_with('\n') {
        longer.push('\n');
    }
    if let Some(sender) = wanted.senders.last() {
        write_sender(&mut longer, sender);
    }
    match SiteConfig::parse(&longer, file) {
        Ok(config) if config == wanted => Ok((longer, config)),
        _ => Err(PipelineError::Configuration {
            file: file.to_owned(),
            mistakes: vec!["`senders` is not the last key, or is not a plain list: add the sender by hand".to_owned()],
        }),
    }
}

fn write_sender(text: &mut String, sender: &Sender) {
    let quoted = |value: &str| serde_json::Value::from(value).to_string();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  - place: {}", quoted(&sender.place));
    let _ = writeln!(text, "    department: {}", quoted(&sender.department));
    let _ = writeln!(text, "    signature_key: {}", quoted(&sender.signature_key));
    if !sender.recipient.is_empty() {
        let _ = writeln!(text, "    recipient: {}", quoted(&sender.recipient));
    }
    match &sender.datasets {
        Datasets::All => text.push_str("    datasets: all\n"),
        Datasets::Only(names) => {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            let _ = writeln!(text, "    datasets: [{}]", names.join(", "));
        }
    }
    if !sender.link_keys.is_empty() {
        text.push_str("    link_keys:\n");
    }
    for key in &sender.link_keys {
        let _ = writeln!(text, "      - check_value: {}", quoted(&key.check_value));
        if !key.from.is_empty() {
            let _ = writeln!(text, "        from: {}", quoted(&key.from));
        }
        if !key.to.is_empty() {
            let _ = writeln!(text, "        to: {}", quoted(&key.to));
        }
    }
}

fn is_place(code: &str) -> bool {
    matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn default_storage() -> String {
    "store".to_owned()
}

fn default_inbox() -> String {
    "inbox".to_owned()
}

fn default_memory_limit() -> String {
    "1GB".to_owned()
}

fn default_canonicaliser() -> u32 {
    1
}

mod all {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("all")
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "all" => Ok(()),
            _ => Err(D::Error::custom("datasets is the word all or a list")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(place: &str) -> Sender {
        Sender {
            place: place.to_owned(),
            department: "civil_affairs".to_owned(),
            signature_key: "RWQkey".to_owned(),
            recipient: String::new(),
            datasets: Datasets::Only(vec!["elder_register".to_owned()]),
            link_keys: vec![LinkKey {
                check_value: "23d246cdbcb030aa".to_owned(),
                from: "2025-01-01".to_owned(),
                to: String::new(),
            }],
        }
    }

    #[test]
    fn a_sender_is_added_and_comments_stay() {
        let file = Path::new("site.yaml");
        let first = first_text("1501", "市");
        let (text, _) = with_sender(&first, file, sender("150104")).unwrap();
        let all = Sender { datasets: Datasets::All, ..sender("150105") };
        let (text, config) = with_sender(&text, file, all).unwrap();
        assert!(text.starts_with(first.trim_end_matches(" []\n")));
        assert_eq!(config.senders.len(), 2);
        assert_eq!(config.sender("150105", "civil_affairs").unwrap().datasets, Datasets::All);
        assert!(config.sender("150104", "health").is_none());
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let file = Path::new("site.yaml");
        let text =
            "place: \"15x\"\nname: x\nsenders:\n  - {place: '1501', department: health, signature_key: nonsense}\n";
        let error = SiteConfig::parse(text, file).unwrap_err().to_string();
        assert!(error.contains("15x") && error.contains("signature_key"), "{error}");
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        let error = SiteConfig::parse("place: '1501'\nname: x\nlink_key: a\n", Path::new("s"));
        assert!(error.unwrap_err().to_string().contains("link_key"));
    }

    #[test]
    fn a_link_key_holds_between_its_days() {
        let key = sender("1501").link_keys.remove(0);
        assert!(!key.holds_on("2024-12-31"));
        assert!(key.holds_on("2025-01-01"));
    }
}
