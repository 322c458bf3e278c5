//! What leaves by contract, who hears of what, and who may read what.

use serde::Serialize;
use yilian_contract::rules::ActBy;
use yilian_contract::rules::disclosure::{Disclosure, SAME_NAME};
use yilian_contract::{Classification, Schemas, Treatment};
use yilian_pipeline::publication::Publication;

use crate::{Reader, Rulebook};

/// One column of a contract and what happens to it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ColumnLine {
    pub(crate) dataset: String,
    pub(crate) column: String,
    pub(crate) header: String,
    pub(crate) class: &'static str,
    pub(crate) treatment: &'static str,
    /// The name under which it leaves; `None` if it stays.
    pub(crate) leaves_as: Option<String>,
}

/// Who hears of a rule's clues.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ToldLine {
    pub(crate) rule: String,
    pub(crate) title_zh: String,
    pub(crate) title_en: String,
    pub(crate) act_by: String,
    /// Receivers with the words for the other side.
    pub(crate) receivers: Vec<String>,
}

/// What one role may read.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReaderLine {
    pub(crate) role: &'static str,
    pub(crate) schemas: &'static [&'static str],
    /// Published tables of these schemas.
    pub(crate) tables: Vec<String>,
}

/// Every role with the tables of a publication that it may read.
pub(crate) fn readers(readers: &[Reader], published: Option<&Publication>) -> Vec<ReaderLine> {
    let sees = |reader: &Reader, table: &str| {
        table.split_once('.').is_some_and(|(schema, _)| reader.schemas.contains(&schema))
    };
    readers
        .iter()
        .map(|reader| ReaderLine {
            role: reader.role,
            schemas: reader.schemas,
            tables: published
                .iter()
                .flat_map(|publication| publication.tables.keys())
                .filter(|table| sees(reader, table))
                .cloned()
                .collect(),
        })
        .collect()
}

/// Every column of every dataset.
pub(crate) fn columns(schemas: &Schemas) -> Vec<ColumnLine> {
    let mut lines = Vec::new();
    for contract in &schemas.contracts {
        lines.extend(contract.columns.iter().map(|column| ColumnLine {
            dataset: contract.dataset.clone(),
            column: column.name.clone(),
            header: column.header.clone(),
            class: match column.classification {
                Classification::Direct => "direct",
                Classification::Quasi => "quasi",
                Classification::Sensitive => "sensitive",
                Classification::Plain => "plain",
            },
            treatment: match column.treatment {
                Treatment::Tokenise(_) => "tokenise",
                Treatment::Drop => "drop",
                Treatment::Coarsen => "coarsen",
                Treatment::Keep => "keep",
            },
            leaves_as: match column.treatment {
                Treatment::Drop => None,
                _ => Some(column.delivered_as.clone().unwrap_or_else(|| column.name.clone())),
            },
        }));
    }
    lines
}

/// For each rule and kind of gap, who must check and who may be sent its clues; then the same of people who share a name.
pub(crate) fn told(rulebook: &Rulebook<'_>) -> Vec<ToldLine> {
    let Rulebook { rules, gaps, disclosures, .. } = rulebook;
    let receiver = |line: &Disclosure| format!("{}（{}）：{}", line.receiver.zh(), line.receiver, line.words_zh);
    let told_of = |id: &str| disclosures.iter().filter(|line| line.rule_id == id).map(receiver).collect();
    let same_name = ToldLine {
        rule: SAME_NAME.to_owned(),
        title_zh: "姓名、出生日期、性别相同，证件号码不同：是否同一人".to_owned(),
        title_en: "the same name, birth date and sex, and two ID numbers: one person?".to_owned(),
        act_by: "有其中一人记录的部门 whoever has rows of one of both".to_owned(),
        receivers: told_of(SAME_NAME),
    };
    rules
        .iter()
        .map(|rule| ToldLine {
            rule: rule.id.clone(),
            title_zh: rule.title.zh.clone(),
            title_en: rule.title.en.clone(),
            act_by: match rule.act_by {
                ActBy::Department(department) => department.zh().to_owned(),
                ActBy::Payer => "发放部门 payer".to_owned(),
            },
            receivers: told_of(&rule.id),
        })
        .chain(gaps.iter().map(|gap| ToldLine {
            rule: gap.id.clone(),
            title_zh: gap.title.zh.clone(),
            title_en: gap.title.en.clone(),
            act_by: gap.act_by.zh().to_owned(),
            receivers: told_of(&gap.id),
        }))
        .chain([same_name])
        .collect()
}
