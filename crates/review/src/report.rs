//! The report: evidence, and every fault that follows from it.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;
use yilian_pipeline::PipelineError;
use yilian_pipeline::canary::{CanaryFault, CanaryFaultKind};
use yilian_pipeline::prune::{Deletions, Holding, Holdings};
use yilian_pipeline::publication::Publication;
use yilian_pipeline::site::{AcceptedRate, SiteConfig};
use yilian_token::KnownAnswer;

use crate::anonymity::Anonymity;
use crate::changes::{self, Changes};
use crate::enumeration::Enumeration;
use crate::error::ReviewError;
use crate::fairness::Rate;
use crate::inventory::{ColumnLine, ReaderLine, ToldLine};
use crate::queries::Queries;
use crate::residue::{FoundKind, Residue};
use crate::tokens::{DeliveryLine, OverlapLine, Tokens};

/// The code of a fault that people must judge.
const UNEQUAL: &str = "unequal_rate";
/// The code of a remark: a delivery that is taken and shows less than others.
const NO_CANARY_ROWS: &str = "canary_rows_none";

/// The code of a remark: a low match rate that people found right.
const RATE_ACCEPTED: &str = "low_rate_accepted";

/// Everything that a review found, for a page and for machines.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    subject: Subject,
    /// What is wrong, in the order of the sections; empty for a sound site.
    pub faults: Vec<Fault>,
    known_answers: Vec<AnswerLine>,
    canaries: Vec<CanaryFault>,
    deliveries: Vec<DeliveryLine>,
    overlap: Vec<OverlapLine>,
    enumeration: Enumeration,
    residue: Residue,
    fairness: Vec<Rate>,
    pub(crate) anonymity: Anonymity,
    stores: Vec<Holding>,
    deletions: Deletions,
    pub(crate) readers: Vec<ReaderLine>,
    queries: Queries,
    pub(crate) columns: Vec<ColumnLine>,
    pub(crate) told: Vec<ToldLine>,
    /// `None` where there is no earlier report to compare with.
    changes: Option<Changes>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Stable word for machines.
    pub code: &'static str,
    /// Office, delivery or file.
    pub place: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Which site was reviewed, and which publication.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Subject {
    place: String,
    name: String,
    publication: Option<u64>,
    run_id: Option<String>,
    as_of: Option<String>,
    /// The day from which ages are counted back.
    reviewed_on: String,
}

#[derive(Debug, Clone, Serialize)]
struct AnswerLine {
    algorithm: String,
    what: &'static str,
    expected: &'static str,
    holds: bool,
}

impl Subject {
    pub(crate) fn new(config: &SiteConfig, published: Option<&Publication>, reviewed_on: NaiveDate) -> Self {
        Self {
            place: config.place.clone(),
            name: config.name.clone(),
            publication: published.map(|publication| publication.number),
            run_id: published.map(|publication| publication.run_id.clone()),
            as_of: published.map(|publication| publication.as_of.clone()),
            reviewed_on: reviewed_on.to_string(),
        }
    }
}

impl Report {
    pub(crate) fn new(subject: Subject, answers: Vec<KnownAnswer>, enumeration: Enumeration) -> Self {
        let mut report = Self {
            subject,
            faults: Vec::new(),
            known_answers: Vec::new(),
            canaries: Vec::new(),
            deliveries: Vec::new(),
            overlap: Vec::new(),
            enumeration,
            residue: Residue::default(),
            fairness: Vec::new(),
            anonymity: Anonymity::default(),
            stores: Vec::new(),
            deletions: Deletions::default(),
            readers: Vec::new(),
            queries: Queries::default(),
            columns: Vec::new(),
            told: Vec::new(),
            changes: None,
        };
        for answer in answers {
            let (algorithm, holds) = (answer.algorithm.to_string(), answer.found == answer.expected);
            if !holds {
                report.fault(
                    "known_answer",
                    format!("{algorithm} {}", answer.what),
                    "已知答案不符：本程序的散列与公布值不同",
                    "the program does not make the published value",
                );
            }
            report.known_answers.push(AnswerLine { algorithm, what: answer.what, expected: answer.expected, holds });
        }
        report
    }

    fn fault(&mut self, code: &'static str, place: String, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault { code, place, zh: zh.into(), en: en.into() });
    }

    pub(crate) fn add_queries(&mut self, queries: Queries) {
        for file in &queries.broken {
            self.fault(
                "query_log_broken",
                file.clone(),
                "查询日志断链：有行被改动、删除或截断",
                "a line of the query log was changed, taken out or cut",
            );
        }
        self.queries = queries;
    }

    pub(crate) fn add_canaries(&mut self, faults: Vec<CanaryFault>) {
        for fault in &faults {
            let (code, zh) = match fault.kind {
                CanaryFaultKind::Missing => ("canary_missing", "清单中没有这个哨兵令牌"),
                CanaryFaultKind::NoToken => ("canary_without_token", "这个写法没有得到令牌"),
                CanaryFaultKind::Truncated => ("canary_truncated", "令牌被截断"),
                CanaryFaultKind::Unkeyed => ("canary_unkeyed", "令牌是不带密钥的散列，可被穷举还原"),
                CanaryFaultKind::NotCanonical => ("canary_not_canonical", "同一号码的另一种写法得到了不同的令牌"),
                CanaryFaultKind::Differs => ("canary_differs", "与其他单位的令牌不同"),
                CanaryFaultKind::RowMissing => ("canary_row_missing", "数据中缺少带有该令牌的行"),
                CanaryFaultKind::RowRepeated => ("canary_row_repeated", "数据中带有该令牌的行过多"),
                CanaryFaultKind::RowNotCounted => {
                    ("canary_row_not_counted", "清单未计哨兵行，数据中却有带有该令牌的行")
                }
            };
            let place = fault.office.clone();
            self.fault(code, place, format!("哨兵 {}：{zh}", fault.canary), fault.to_string());
        }
        self.canaries.extend(faults);
    }

    /// Names a stored delivery that cannot be opened; nothing of it is in the report.
    pub(crate) fn fault_in_stored(&mut self, file: String, error: &PipelineError) {
        let zh = "已接收的交付无法打开，未参与本次审查";
        self.fault("delivery_unreadable", file, zh, format!("cannot be opened and was not reviewed: {error}"));
    }

    /// Names a delivery that comes without the rows of canaries that its contract carries.
    pub(crate) fn remark_without_canary_rows(&mut self, file: String) {
        let zh = "没有哨兵行：由旧版程序打包或有意省略，无法核对其数据是否按清单写成";
        let en = "has no rows of canaries: whether it was written as its manifest says cannot be seen";
        self.fault(NO_CANARY_ROWS, file, zh, en);
    }

    /// Names every low match rate that `site.yaml` lets a run publish.
    pub(crate) fn remark_accepted_rates(&mut self, accepted: &[AcceptedRate]) {
        for AcceptedRate { place, department, date, until, reason } in accepted {
            let zh = format!("关联率偏低已于 {date} 接受，有效至 {until}：{reason}");
            let en = format!("a low match rate was accepted on {date} until {until}: {reason}");
            self.fault(RATE_ACCEPTED, format!("{place} {department}"), zh, en);
        }
    }

    pub(crate) fn add_tokens(&mut self, tokens: Tokens) {
        self.overlap = tokens.overlap();
        self.deliveries = tokens.deliveries;
        self.compare_keys();
        let cut: Vec<(String, String, usize)> = self
            .deliveries
            .iter()
            .flat_map(|delivery| delivery.columns.iter().map(move |column| (delivery, column)))
            .filter(|(_, column)| column.is_truncated())
            .map(|(delivery, column)| (delivery.file.clone(), column.name.clone(), column.constant_bytes))
            .collect();
        for (file, column, bytes) in cut {
            let zh = format!("{column}：所有令牌有 {bytes} 个字节相同，令牌被截断");
            self.fault("token_truncated", file, zh, format!("{column}: {bytes} bytes are the same in all tokens"));
        }
        for line in self.overlap.clone().into_iter().filter(OverlapLine::is_suspicious) {
            let (persons, shared) = (line.persons, line.shared);
            let zh = format!("{persons} 人中只有 {shared} 人也出现在其他部门，可能使用了另一把密钥或另一种算法");
            let en = format!("of {persons} people only {shared} are known to another department: another key or hash?");
            self.fault("mis_key", line.department, zh, en);
        }
    }

    /// One period's deliveries must be made with one key, one algorithm and one canonicaliser.
    fn compare_keys(&mut self) {
        let mut periods: BTreeMap<&str, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for delivery in &self.deliveries {
            let office = delivery.file.split('.').take(2).collect::<Vec<_>>().join(" ");
            let key = format!("{} {} v{}", delivery.algorithm, delivery.check_value, delivery.canonicaliser);
            periods.entry(&delivery.period).or_default().entry(key).or_default().insert(office);
        }
        // Of several periods with the same difference, one line is enough.
        let differing: BTreeSet<(String, String)> = periods
            .into_values()
            .filter(|keys| keys.len() > 1)
            .flatten()
            .map(|(key, offices)| (key, offices.into_iter().collect::<Vec<_>>().join(", ")))
            .collect();
        for (key, offices) in differing {
            let zh = format!("同一期的链接密钥或规范化版本与其他单位不一致：{key}");
            let en = format!("within one period the link key or canonicaliser differs from others: {key}");
            self.fault("keys_differ", offices, zh, en);
        }
    }

    pub(crate) fn add_residue(&mut self, residue: Residue) {
        for found in &residue.found {
            let (code, zh, en) = match found.kind {
                FoundKind::IdNumber => ("id_number", "有身份证号码", "ID numbers stand in it"),
                FoundKind::UnusedDictionaryEntry => (
                    "unused_dictionary_entry",
                    "字典里有没有任何行使用的值",
                    "values that no row uses stand in a dictionary",
                ),
                FoundKind::ValueUnderNull => ("value_under_null", "空值之下仍有数值", "values stand under nulls"),
                FoundKind::NotSealed => {
                    ("not_sealed", "文件名说已加密，内容却没有加密", "it is named like a sealed file and is not sealed")
                }
                FoundKind::Unreadable => ("unreadable", "文件无法读取", "the file cannot be read"),
            };
            let (place, count) = (format!("{} ({})", found.file, found.place), found.count);
            let first = Some(&found.first).filter(|first| !first.is_empty());
            let first_zh = first.map(|first| format!("，首处：{first}")).unwrap_or_default();
            let first_en = first.map(|first| format!(", the first at {first}")).unwrap_or_default();
            let (zh, en) = (format!("{zh}：{count}{first_zh}"), format!("{en}: {count}{first_en}"));
            self.faults.push(Fault { code, place, zh, en });
        }
        self.residue = residue;
    }

    pub(crate) fn deliveries(&self) -> &[DeliveryLine] {
        &self.deliveries
    }

    pub(crate) fn add_fairness(&mut self, rates: Vec<Rate>) {
        for rate in rates.iter().filter(|rate| rate.is_finding) {
            let percent = rate.ratio_permille.unwrap_or(0) / 10;
            let (said_zh, said_en) = (rate.measure.zh(), rate.measure.en());
            let zh = format!("{}：{said_zh}的比例是全体的 {percent}%，请判断是否公平", rate.category_zh);
            let en = format!("{said_en} {percent}% as often as all together; judge whether that is fair");
            let place = format!("{} {}", rate.dimension, rate.category);
            self.faults.push(Fault { code: UNEQUAL, place, zh, en });
        }
        self.fairness.extend(rates);
    }

    pub(crate) fn add_holdings(&mut self, holdings: Holdings) {
        for holding in holdings.stores.iter().filter(|holding| holding.overdue > 0) {
            let count = holding.overdue;
            let remedy = if holding.store == "closed_flags" { "yilian run" } else { "yilian prune" };
            let zh = format!("{count} 个已超过保存期限，由 {remedy} 删除");
            let en =
                format!("{count} are kept for longer than pipelines/retention.yaml allows; `{remedy}` removes them");
            self.faults.push(Fault { code: "retention", place: holding.store.to_owned(), zh, en });
        }
        (self.stores, self.deletions) = (holdings.stores, holdings.deletions);
    }

    /// Says what changed since an earlier report, given as it was written (`review.json`).
    ///
    /// # Errors
    /// [`ReviewError::Earlier`] where it is no report.
    pub fn compare(&mut self, earlier: &[u8]) -> Result<(), ReviewError> {
        self.changes = Some(changes::since(earlier, self)?);
        Ok(())
    }

    /// Whether nothing was found but what people must judge: unequal rates, deliveries without rows of canaries, low match
    /// rates that were accepted.
    pub fn passes(&self) -> bool {
        self.faults.iter().all(|fault| [UNEQUAL, NO_CANARY_ROWS, RATE_ACCEPTED].contains(&fault.code))
    }
}
