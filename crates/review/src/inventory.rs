//! What leaves by contract, and who hears of what.

use serde::Serialize;
use yilian_contract::rules::disclosure::Disclosure;
use yilian_contract::rules::{ActBy, Rule};
use yilian_contract::{Classification, Schemas, Treatment};

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

/// For each rule, who must check and who may be sent its clues.
pub(crate) fn told(rules: &[Rule], disclosures: &[Disclosure]) -> Vec<ToldLine> {
    let receiver = |line: &Disclosure| format!("{}（{}）：{}", line.receiver.zh(), line.receiver, line.words_zh);
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
            receivers: disclosures.iter().filter(|line| line.rule_id == rule.id).map(receiver).collect(),
        })
        .collect()
}
