use chrono::NaiveDate;
use yilian_contract::targets::Target;

pub(super) use crate::annual::Finality;
use crate::definition::Text;

/// What a bulletin says about itself: who publishes what, as of when, and who answers for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The place it is about, as a reader would call it: 呼和浩特市.
    pub place: Text,
    /// The code of that place; the targets of others are not shown.
    pub region: String,
    /// The office that publishes it.
    pub publisher: Text,
    /// The year it is about.
    pub year: i32,
    /// Number of the version within the year.
    pub version: String,
    /// Whether later arrears may still change it.
    pub finality: Finality,
    /// The last day on which deliveries were accepted for it.
    pub accepted_until: NaiveDate,
    /// The day of publication; `None` while there is none.
    pub published_on: Option<NaiveDate>,
    /// How small numbers are protected, in a sentence that may be public.
    pub protection: Option<Text>,
    /// What a correction changed; `None` in a first version.
    pub change_note: Option<Text>,
    /// The targets of `pipelines/kpi.yaml`, whose values stand in the table `kpi`.
    pub targets: Vec<Target>,
    /// Who signed.
    pub signatures: Signatures,
}

/// The three who sign a statistical table; a line to sign by hand stands for `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signatures {
    /// 制表人.
    pub prepared: Option<String>,
    /// 审核人.
    pub reviewed: Option<String>,
    /// 单位负责人.
    pub responsible: Option<String>,
}

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Language {
    /// What the page's file is called in a release.
    pub fn file_name(self) -> &'static str {
        self.pick("bulletin.zh.html", "bulletin.en.html")
    }

    /// Of two texts the one in this language.
    pub(super) fn pick<'text>(self, zh: &'text str, en: &'text str) -> &'text str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    pub(super) fn text(self, text: &Text) -> &str {
        self.pick(&text.zh, &text.en)
    }
}
