//! A flag in words: rule, words of the document, both sides with their rows, months, money, and what ends it.

use serde_json::{Value, json};
use yilian_contract::rules::Rule;

use super::{Asked, money, text, words};
use crate::error::HubError;

/// So many rows of a side are named; the others are counted.
const ROWS_NAMED: usize = 12;

/// The explanation for a person and for a machine.
pub(super) async fn explain(asked: &Asked<'_>, flag_id: i64) -> Result<(String, Value), HubError> {
    // Amounts as text: a number of JSON is no amount of money.
    let found = asked
        .rows(&format!(
            "select * exclude (left_amount, right_amount, at_risk), cast(left_amount as varchar) as left_amount, \
             cast(right_amount as varchar) as right_amount, cast(at_risk as varchar) as at_risk \
             from hub.overlap where flag_id = {flag_id}"
        ))
        .await?;
    let Some(flag) = found.into_iter().next() else { return Err(gone(asked, flag_id).await?) };
    let rows = asked
        .rows(&format!(
            "select own.side, d.department, d.place, d.dataset, d.period, own.row \
             from evidence.overlap_row own join hub.delivery d on d.delivery_id = own.delivery_id \
             where own.flag_id = {flag_id} order by own.side, d.department, d.dataset, d.period, own.row"
        ))
        .await?;
    let answers = asked
        .rows(&format!(
            "select place, department, decision, decided_on, covers from hub.answer \
             where flag_id = {flag_id} order by place, department"
        ))
        .await?;
    let fallen = asked
        .rows(&format!(
            "select answers, confirmed, fell_on from hub.rule_standing where rule_id = '{}' and fell_on is not null",
            text(&flag, "rule_id")
        ))
        .await?
        .into_iter()
        .next();
    let rule = asked.book.rule(text(&flag, "rule_id"));
    let said = said(asked, &flag, rule, (&rows, &answers, fallen.as_ref()));
    Ok((said, json!({ "flag": flag, "rule": rule, "rows": rows, "answers": answers, "fallen": fallen })))
}

/// Why a rule gives information only, though its text may say more.
fn has_fallen(standing: &Value) -> String {
    format!(
        "规则自 {day} 起降为仅供参考（{all} 条核实结论中 {sure} 条属实），下次运行起生效 / \
         the rule fell to information on {day}, from the next run on: {sure} of {all} answers confirm it",
        day = text(standing, "fell_on"),
        all = standing["answers"],
        sure = standing["confirmed"],
    )
}

fn said(
    asked: &Asked<'_>,
    flag: &Value,
    rule: Option<&Rule>,
    (rows, answers, fallen): (&[Value], &[Value], Option<&Value>),
) -> String {
    let words = &asked.book.words;
    let mut lines = Vec::new();
    match rule {
        Some(rule) => lines.push(format!("{}  {} / {}", rule.id, rule.title.zh, rule.title.en)),
        None => lines
            .push(format!("{}  规则已不在规则集中 / this rule is no longer in the rule book", text(flag, "rule_id"))),
    }
    lines.push(format!("程度 / severity: {}", words::severity(text(flag, "severity"))));
    lines.extend(fallen.map(has_fallen));
    lines.push(format!(
        "状态 / status: {}, 首次提示 / first seen {}",
        text(flag, "status"),
        text(flag, "first_seen_on")
    ));
    lines.push(format!(
        "月份 / months: {} – {}, 共 {months} 个月 / {months} in all",
        month_of(flag, "from_month"),
        month_of(flag, "until_month"),
        months = flag["months"]
    ));
    lines.push(format!("涉及金额（元）/ yuan at risk: {}", money(flag, "at_risk")));
    for side in ["left", "right"] {
        let part = |name: &str| text(flag, &format!("{side}_{name}")).to_owned();
        let place = words.region(&part("county"));
        let category = Some(part("category")).filter(|category| !category.is_empty());
        lines.push(format!(
            "\n{} {}{}{}, 金额（元）/ yuan: {}",
            if side == "left" { "一方 / one side:" } else { "另一方 / other side:" },
            words.benefit(&part("benefit")),
            if place.is_empty() { String::new() } else { format!(", {place}") },
            category.map(|category| format!(", 类别 / category {category}")).unwrap_or_default(),
            money(flag, &format!("{side}_amount")),
        ));
        lines.extend(rows_of(rows, side));
    }
    if let Some(rule) = rule {
        lines.push(String::new());
        lines.extend(ground(rule));
        let (zh, en) = words::remedy(rule.kind);
        lines.push(format!("\n怎样会消失 / what ends it:\n  {zh}\n  {en}"));
        lines.push(format!("核实单位 / who checks: {}", words::acts(rule)));
    }
    for answer in answers {
        let covers =
            if answer["covers"] == true { "" } else { "（不含现有月份 / does not cover these months）" };
        lines.push(format!(
            "答复 / answer: {} {} {} {}{covers}",
            text(answer, "place"),
            text(answer, "department"),
            text(answer, "decision"),
            text(answer, "decided_on"),
        ));
    }
    lines.join("\n")
}

/// Where the rule comes from, in the words of the document.
fn ground(rule: &Rule) -> Vec<String> {
    let Some(source) = &rule.source else {
        return vec!["依据 / source: 无 / none, so for information at most".to_owned()];
    };
    let mut lines = vec![format!("依据 / source: {}，{}", source.document, source.clause)];
    if let Some(quote) = &source.quote {
        lines.push(format!("  「{quote}」"));
    }
    if !source.checked {
        lines.push("  （引文尚未与原件核对 / not yet compared with the document itself）".to_owned());
    }
    lines
}

/// A side's delivered rows, delivery by delivery; whose they are only their office can say.
fn rows_of(rows: &[Value], side: &str) -> Vec<String> {
    let of_side: Vec<&Value> = rows.iter().filter(|row| text(row, "side") == side).collect();
    let delivery = |row: &&Value| ["department", "place", "dataset", "period"].map(|name| text(row, name).to_owned());
    of_side
        .chunk_by(|one, other| delivery(one) == delivery(other))
        .filter_map(|of_delivery| {
            let [department, place, dataset, period] = delivery(of_delivery.first()?);
            let named: Vec<String> = of_delivery.iter().take(ROWS_NAMED).map(|row| row["row"].to_string()).collect();
            let more = match of_delivery.len().saturating_sub(ROWS_NAMED) {
                0 => String::new(),
                more => format!(" … +{more}"),
            };
            let numbers = named.join(", ");
            Some(format!("  {department} {place} {dataset} {period}: 报送数据行 / delivered rows {numbers}{more}"))
        })
        .collect()
}

fn month_of<'r>(row: &'r Value, name: &str) -> &'r str {
    text(row, name).get(..7).unwrap_or_default()
}

/// A flag that is not there: one that is gone, or one that never was.
async fn gone(asked: &Asked<'_>, flag_id: i64) -> Result<HubError, HubError> {
    let query = format!("select gone_on, merged_into from hub.flag_record where flag_id = {flag_id}");
    let recorded = asked.rows(&query).await?;
    Ok(match recorded.first() {
        Some(flag) => HubError::FlagGone {
            flag_id,
            gone_on: text(flag, "gone_on").to_owned(),
            merged_into: flag["merged_into"].as_i64(),
        },
        None => HubError::UnknownFlag { flag_id },
    })
}
