//! The end of the demonstration: what happened, in one page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use serde_json::Value;

use crate::{DEPARTMENTS, DemoError, LinkScore, Offices, PackedExtract, RuleScore};

const PEOPLE: &str = "select count(*) as people, \
    sum(case when in_register then 1 else 0 end) as in_register, \
    sum(case when death_status = 'dead' then 1 else 0 end) as dead from hub.person";
const UNLINKED: &str = "select count(*) as unlinked from hub.unlinked_row";
const DUPLICATES: &str = "select kind, count(*) as cases, sum(extra_rows) as extra_rows, \
    cast(sum(paid_again) as varchar) as paid_again from hub.duplicate_payment group by kind order by kind";
const FLAGS: &str = "select rule_id, severity, count(*) as flags, count(distinct person_id) as people, \
    sum(months) as months, cast(sum(at_risk) as varchar) as at_risk from hub.overlap \
    group by rule_id, severity order by rule_id, severity";
const STATISTICS: [&str; 4] = ["population", "benefit_recipients", "old_age_subsidy", "overlap_summary"];

/// What the demonstration shows at its end.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// People at the hub, in the register, dead.
    pub people: Value,
    /// Rows of each department by what became of them.
    pub departments: Vec<DepartmentRows>,
    /// Rows that departments must correct, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Deliveries that the hub accepted.
    pub deliveries: u64,
    /// Delivered rows that belong to no person of the hub.
    pub unlinked: Value,
    /// Repeats and money paid twice, apart; `paid_again` is null where no money moved.
    pub duplicates: Vec<Value>,
    /// Flags by rule and severity, with money at risk.
    pub flags: Vec<Value>,
    /// Planted truth against what was found.
    pub scores: Vec<RuleScore>,
    /// Planted gaps against those that were found, by kind.
    pub gap_scores: Vec<RuleScore>,
    /// Planted pairs of rules that the hub does not run yet, and planted gaps of kinds that a place switches on.
    pub not_judged: BTreeMap<String, u64>,
    /// Rows without a sure number against whom they were linked to, by grade.
    pub links: Vec<LinkScore>,
    /// Cells of each statistics table by status.
    pub statistics: BTreeMap<String, Value>,
    /// Three commands to try next.
    pub next: [String; 3],
}

/// What was planted against what was found.
#[derive(Debug)]
pub struct Compared {
    /// By rule.
    pub scores: Vec<RuleScore>,
    /// By kind of gap.
    pub gap_scores: Vec<RuleScore>,
    /// Planted pairs of rules, and planted gaps, that the hub does not look for.
    pub not_judged: BTreeMap<String, u64>,
    /// By grade of link.
    pub links: Vec<LinkScore>,
}

/// The rows of one department by what became of them.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DepartmentRows {
    /// The department.
    pub department: String,
    /// How many extracts it had.
    pub extracts: u64,
    /// Rows in them.
    pub read: u64,
    /// Rows that left the department as tokens.
    pub delivered: u64,
    /// Rows about people under 60.
    pub out_of_scope: u64,
    /// Rows that it must correct.
    pub rejected: u64,
    /// Delivered rows without a valid ID number.
    pub without_token: u64,
}

impl Summary {
    /// Adds up the pack reports and asks the hub for the rest.
    ///
    /// # Errors
    /// Where a query fails.
    pub fn gather(offices: &Offices, packed: &[PackedExtract], compared: Compared) -> Result<Self, DemoError> {
        let Compared { scores, gap_scores, not_judged, links } = compared;
        let first = |rows: Vec<Value>| rows.into_iter().next().unwrap_or_default();
        let statistics = STATISTICS
            .iter()
            .map(|table| {
                let query = format!(
                    "select count(*) as cells, sum(case when status = 'published' then 1 else 0 end) as published, \
                     sum(case when status = 'zero' then 1 else 0 end) as zero, \
                     sum(case when status = 'suppressed' then 1 else 0 end) as suppressed from statistics.{table}"
                );
                Ok(((*table).to_owned(), first(offices.sql("reviewer", &query)?)))
            })
            .collect::<Result<_, DemoError>>()?;
        let (departments, rejected) = rows(packed);
        Ok(Self {
            people: first(offices.sql("operator", PEOPLE)?),
            departments,
            rejected,
            deliveries: u64::try_from(packed.len()).unwrap_or(u64::MAX),
            unlinked: first(offices.sql("operator", UNLINKED)?),
            duplicates: offices.sql("operator", DUPLICATES)?,
            flags: offices.sql("operator", FLAGS)?,
            scores,
            gap_scores,
            not_judged,
            links,
            statistics,
            next: next_commands(offices),
        })
    }

    /// The summary as a page of text.
    pub fn page(&self) -> String {
        let mut page = String::new();
        let people = &self.people;
        line(
            &mut page,
            &format!(
                "People at the hub: {}; in the register: {}; dead: {}",
                shown(people, "people"),
                shown(people, "in_register"),
                shown(people, "dead"),
            ),
        );
        section(&mut page, "Rows by department", &self.department_table());
        section(&mut page, "Rows to correct, by reason", &self.rejected_table());
        line(
            &mut page,
            &format!(
                "\nDeliveries accepted: {}; delivered rows that belong to no known person: {}",
                self.deliveries,
                shown(&self.unlinked, "unlinked"),
            ),
        );
        section(
            &mut page,
            "Repeats (no money moved) and money paid twice",
            &rows_table(&["kind", "cases", "extra_rows", "paid_again"], &self.duplicates),
        );
        section(
            &mut page,
            "Flags by rule, each a clue for a human check (疑似，待核实)",
            &rows_table(&["rule_id", "severity", "flags", "people", "months", "at_risk"], &self.flags),
        );
        section(
            &mut page,
            "Planted truth against what was found (a person's month under a rule)",
            &score_table("rule", &self.scores),
        );
        section(
            &mut page,
            "Planted gaps against what was found (a person's month of a kind; months that can be judged)",
            &score_table("gap", &self.gap_scores),
        );
        line(&mut page, &self.not_judged_line());
        section(
            &mut page,
            "Rows without a valid number of 18 digits, and whom they were linked to",
            &self.link_table(),
        );
        section(&mut page, "Statistics (draft)", &self.statistics_table());
        line(&mut page, "\nTry next:");
        for command in &self.next {
            line(&mut page, &format!("  {command}"));
        }
        page
    }

    fn department_table(&self) -> Table {
        let mut table =
            table(&["department", "extracts", "read", "delivered", "under 60", "to correct", "no valid ID"]);
        for rows in &self.departments {
            table.add_row([
                rows.department.clone(),
                rows.extracts.to_string(),
                rows.read.to_string(),
                rows.delivered.to_string(),
                rows.out_of_scope.to_string(),
                rows.rejected.to_string(),
                rows.without_token.to_string(),
            ]);
        }
        right_align(table)
    }

    fn rejected_table(&self) -> Table {
        let mut table = table(&["reason", "rows"]);
        for (reason, rows) in &self.rejected {
            table.add_row([reason.clone(), rows.to_string()]);
        }
        right_align(table)
    }

    fn not_judged_line(&self) -> String {
        if self.not_judged.is_empty() {
            return "Every planted rule and every planted kind of gap is judged.".to_owned();
        }
        let names: Vec<String> = self.not_judged.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        format!("Planted, but not judged by the hub by default: {}", names.join(", "))
    }

    fn link_table(&self) -> Table {
        let mut table = table(&["grade", "delivered", "linked", "right", "precision", "recall"]);
        for score in &self.links {
            table.add_row([
                score.grade.clone(),
                score.delivered.to_string(),
                score.linked.to_string(),
                score.right.to_string(),
                score.precision(),
                score.recall(),
            ]);
        }
        right_align(table)
    }

    fn statistics_table(&self) -> Table {
        let columns = ["cells", "published", "zero", "suppressed"];
        let mut table = table(&["table", "cells", "published", "zero", "suppressed"]);
        for (name, row) in &self.statistics {
            let figures = columns.iter().map(|column| shown(row, column));
            table.add_row(std::iter::once(format!("statistics.{name}")).chain(figures));
        }
        right_align(table)
    }
}

fn score_table(unit: &str, scores: &[RuleScore]) -> Table {
    let mut table = table(&[unit, "planted", "reachable", "found", "flagged", "precision", "recall"]);
    for score in scores {
        table.add_row([
            score.rule_id.clone(),
            score.planted.to_string(),
            score.reachable.to_string(),
            score.found.to_string(),
            score.flagged.to_string(),
            score.precision(),
            score.recall(),
        ]);
    }
    right_align(table)
}

fn rows(packed: &[PackedExtract]) -> (Vec<DepartmentRows>, BTreeMap<String, u64>) {
    let mut departments: Vec<DepartmentRows> = DEPARTMENTS
        .iter()
        .map(|department| DepartmentRows { department: (*department).to_owned(), ..DepartmentRows::default() })
        .collect();
    let mut rejected = BTreeMap::new();
    for PackedExtract { extract, report } in packed {
        let counts = &report.counts;
        for (reason, rows) in &counts.rejected {
            *rejected.entry(reason.clone()).or_default() += rows;
        }
        if let Some(rows) = departments.iter_mut().find(|rows| rows.department == extract.department) {
            rows.extracts += 1;
            rows.read += counts.read;
            rows.delivered += counts.delivered;
            rows.out_of_scope += counts.out_of_scope;
            rows.rejected += counts.rejected.values().sum::<u64>();
            rows.without_token += counts.null_tokens;
        }
    }
    (departments, rejected)
}

fn next_commands(offices: &Offices) -> [String; 3] {
    let hub = offices.hub();
    let hub = hub.strip_prefix(offices.programs().repository()).unwrap_or(&hub).display().to_string();
    let command = |role: &str, query: &str| format!("target/debug/yilian sql --site {hub} --as {role} -c \"{query}\"");
    [
        command("reviewer", "select * from statistics.old_age_subsidy limit 20"),
        command("reviewer", "select * from statistics.overlap_summary limit 20"),
        command(
            "operator",
            "select rule_id, from_month, months, left_benefit, right_benefit, at_risk from hub.overlap order by at_risk desc limit 10",
        ),
    ]
}

fn table(headers: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(headers);
    table
}

/// All columns but the first hold numbers or short words and stand on the right.
fn right_align(mut table: Table) -> Table {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn rows_table(columns: &[&str], rows: &[Value]) -> Table {
    let mut table = table(columns);
    for row in rows {
        table.add_row(columns.iter().map(|column| shown(row, column)));
    }
    right_align(table)
}

fn shown(row: &Value, column: &str) -> String {
    match row.get(column) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "-".to_owned(),
        Some(value) => value.to_string(),
    }
}

fn section(page: &mut String, title: &str, table: &Table) {
    line(page, &format!("\n{title}\n{table}"));
}

fn line(page: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(page, "{text}");
}
