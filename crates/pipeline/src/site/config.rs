//! `site.yaml`: the settings of one hub and the offices that may deliver to it.

use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use yilian_contract::Department;
use yilian_delivery::{AcceptedLinkKey, Recipient, RegisteredSender, SignatureKey};

use super::AcceptedRate;
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
    /// Low match rates that people have found right.
    #[serde(default)]
    pub accepted_rates: Vec<AcceptedRate>,
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
    /// The department that the office belongs to.
    pub department: Department,
    /// minisign public key, `RW…`.
    pub signature_key: SignatureKey,
    /// age recipient for what goes back to the office; `None` while nothing does.
    #[serde(default)]
    pub recipient: Option<Recipient>,
    /// Datasets it may deliver.
    #[serde(default)]
    pub datasets: Datasets,
    /// Link keys it may use, by check value, with their time.
    #[serde(default)]
    pub link_keys: Vec<LinkKey>,
}

/// Which datasets an office may deliver: the word `all`, or a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Datasets {
    /// Every dataset of its department.
    #[default]
    #[serde(with = "all")]
    All,
    /// These alone.
    These(Vec<String>),
}

/// A link key that an office may use, known by its check value alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkKey {
    /// 16 hex digits, as `yilian-dept keys check` prints them.
    pub check_value: String,
    /// First day on which a period may end, `YYYY-MM-DD`; `None`: from the beginning.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Last day on which a period may end; `None`: no end.
    #[serde(default)]
    pub to: Option<NaiveDate>,
}

impl SiteConfig {
    /// The registered sender of exactly that place and department.
    pub fn sender(&self, place: &str, department: Department) -> Option<&Sender> {
        self.senders.iter().find(|sender| sender.place == place && sender.department == department)
    }

    /// The senders as deliveries are verified against them.
    pub fn registered(&self) -> Vec<RegisteredSender> {
        self.senders.iter().map(Sender::registered).collect()
    }

    /// SHA-256 over who may deliver what: the part of the settings that a published table (coverage) shows.
    pub fn offices_digest(&self) -> String {
        let mut offices: Vec<String> = self
            .senders
            .iter()
            .map(|sender| match &sender.datasets {
                Datasets::All => format!("{} {} all", sender.place, sender.department),
                Datasets::These(names) => format!("{} {} {}", sender.place, sender.department, names.join(" ")),
            })
            .collect();
        offices.sort();
        yilian_delivery::sha256_hex(offices.join("\n").as_bytes())
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
        for accepted in &self.accepted_rates {
            accepted.mistakes(&mut found);
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
    fn registered(&self) -> RegisteredSender {
        RegisteredSender {
            place: self.place.clone(),
            department: self.department,
            signature_key: self.signature_key.clone(),
            link_keys: self.link_keys.iter().map(LinkKey::accepted).collect(),
            datasets: match &self.datasets {
                Datasets::All => yilian_delivery::Datasets::All,
                Datasets::These(names) => yilian_delivery::Datasets::These(names.clone()),
            },
        }
    }

    fn mistakes(&self, who: &str, found: &mut Vec<String>) {
        if !is_place(&self.place) {
            found.push(format!("{who}: the place is not a code of 2, 4 or 6 digits"));
        }
        for key in &self.link_keys {
            let is_check_value =
                key.check_value.len() == 16 && key.check_value.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_check_value {
                found.push(format!("{who}: a link key's check_value is not 16 hex digits"));
            }
        }
    }
}

impl LinkKey {
    fn accepted(&self) -> AcceptedLinkKey {
        AcceptedLinkKey { check_value: self.check_value.clone(), from: self.from, to: self.to }
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
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    line(format!("  - place: {}", quoted(&sender.place)));
    line(format!("    department: {}", sender.department));
    line(format!("    signature_key: {}", quoted(&sender.signature_key.to_string())));
    if let Some(recipient) = &sender.recipient {
        line(format!("    recipient: {recipient}"));
    }
    match &sender.datasets {
        Datasets::All => line("    datasets: all".to_owned()),
        Datasets::These(names) => {
            let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            line(format!("    datasets: [{}]", names.join(", ")));
        }
    }
    if !sender.link_keys.is_empty() {
        line("    link_keys:".to_owned());
    }
    for key in &sender.link_keys {
        line(format!("      - check_value: {}", quoted(&key.check_value)));
        for (name, day) in [("from", key.from), ("to", key.to)] {
            if let Some(day) = day {
                line(format!("        {name}: {}", quoted(&day.to_string())));
            }
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

/// The word `all`, which an untagged enum cannot read by itself.
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
    use yilian_delivery::SigningKey;

    use super::*;

    fn sender(place: &str) -> Sender {
        Sender {
            place: place.to_owned(),
            department: Department::CivilAffairs,
            signature_key: SigningKey::generate().unwrap().signature_key(),
            recipient: None,
            datasets: Datasets::These(vec!["elder_register".to_owned()]),
            link_keys: vec![LinkKey {
                check_value: "23d246cdbcb030aa".to_owned(),
                from: Some("2025-01-01".parse().unwrap()),
                to: None,
            }],
        }
    }

    #[test]
    fn a_sender_is_added_and_comments_stay() {
        let file = Path::new("site.yaml");
        let first = first_text("1501", "市");
        let (text, _) = with_sender(&first, file, sender("150104")).unwrap();
        let all = Sender { datasets: Datasets::All, ..sender("150105") };
        let (text, config) = with_sender(&text, file, all.clone()).unwrap();
        assert!(text.starts_with(first.trim_end_matches(" []\n")));
        assert_eq!(config.senders.len(), 2);
        assert_eq!(config.sender("150105", Department::CivilAffairs), Some(&all));
        assert!(config.sender("150104", Department::Health).is_none());
    }

    #[test]
    fn a_second_sender_of_one_office_is_refused() {
        let file = Path::new("site.yaml");
        let (text, _) = with_sender(&first_text("1501", "市"), file, sender("1501")).unwrap();
        let error = with_sender(&text, file, sender("1501")).unwrap_err();
        assert!(error.to_string().contains("listed twice"), "{error}");
    }

    #[test]
    fn every_mistake_is_named_at_once() {
        let mut wrong = sender("x");
        wrong.link_keys[0].check_value = "12".to_owned();
        let text = first_text("15x", "x");
        let error = SiteConfig::parse(&text, Path::new("s")).unwrap_err();
        assert!(error.to_string().contains("15x"), "{error}");
        let error = with_sender(&first_text("15", "x"), Path::new("s"), wrong).unwrap_err().to_string();
        assert!(error.contains("2 mistake(s)"), "{error}");
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        let error = SiteConfig::parse("place: '1501'\nname: x\nlink_key: a\n", Path::new("s"));
        assert!(error.unwrap_err().to_string().contains("link_key"));
    }
}
