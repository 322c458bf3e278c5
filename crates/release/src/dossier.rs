use std::collections::BTreeMap;
use std::fmt::Write as _;

use yilian_disclosure::Status;

use crate::before::{Changes, TableChanges};
use crate::make::YearInput;
use crate::protect::Protection;
use crate::release::Release;
use crate::table::ReleasedTable;

/// What a version was made from, each by its digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The published run whose deliveries were read.
    pub run_id: String,
    /// The program that made it.
    pub program: String,
    /// SHA-256 over the models.
    pub models: String,
    /// SHA-256 over contracts and code lists.
    pub schemas: String,
    /// Check value of the hub key, which says in which epoch of keys it was made.
    pub hub_key: String,
    /// Every delivery that was read, in the order of their ids.
    pub deliveries: Vec<DeliveryLine>,
}

/// One delivery that went in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeliveryLine {
    /// SHA-256 of its manifest.
    pub id: String,
    /// Code of the office's place.
    pub place: String,
    /// Its department.
    pub department: String,
    /// What it holds.
    pub dataset: String,
    /// For which period.
    pub period: String,
    /// Which try it was.
    pub sequence: u64,
}

/// `DOSSIER.md`: what went in, what was withheld, and how the result was attacked. It names k and no other parameter.
pub(crate) fn dossier(
    input: &YearInput<'_>,
    release: &Release,
    (protection, is_recounted): (&Protection, bool),
) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = write_dossier(&mut text, input, release, (protection, is_recounted));
    text
}

fn write_dossier(
    text: &mut String,
    input: &YearInput<'_>,
    release: &Release,
    (protection, is_recounted): (&Protection, bool),
) -> std::fmt::Result {
    let origin = input.origin;
    let (code, name) = input.place;
    writeln!(text, "# {name} ({code}) {} · version {}\n", input.year, input.number)?;
    if !input.note.is_empty() {
        writeln!(text, "Correction 更正：{}\n", input.note)?;
    }
    writeln!(text, "| what 内容 | |\n|---|---|")?;
    writeln!(text, "| state 性质 | {} |", finality(input))?;
    writeln!(text, "| run 运行 | `{}` |", origin.run_id)?;
    writeln!(text, "| as of 数据截至 | {} |", input.as_of)?;
    writeln!(text, "| program 程序 | {} |", origin.program)?;
    writeln!(text, "| models 模型 | sha256 `{}` |", origin.models)?;
    writeln!(text, "| contracts 数据合同 | sha256 `{}` |", origin.schemas)?;
    writeln!(text, "| hub key 密钥校验值 | `{}` |\n", origin.hub_key)?;
    writeln!(text, "## Cells by status 单元格\n")?;
    writeln!(
        text,
        "| table 表 | published | zero | suppressed | missing | not applicable |\n|---|---:|---:|---:|---:|---:|"
    )?;
    for table in &release.tables {
        let counts = counts(table);
        let of = |status| counts.get(&status).copied().unwrap_or_default();
        let [published, zero, suppressed, missing, none] =
            [Status::Published, Status::Zero, Status::Suppressed, Status::Missing, Status::NotApplicable].map(of);
        let name = &table.definition.name;
        let inside = if table.definition.restricted { " (internal 内部)" } else { "" };
        writeln!(text, "| {name}{inside} | {published} | {zero} | {suppressed} | {missing} | {none} |")?;
    }
    writeln!(text, "\n## Protection 披露控制\n")?;
    write_protection(text, protection)?;
    for coarser in &release.coarser {
        writeln!(
            text,
            "- {} at level {:?}: {} instead of {} dimensions at a time, since {} of {} {} would be withheld",
            coarser.table,
            coarser.level,
            coarser.at_a_time.map_or("nothing".to_owned(), |at_a_time| at_a_time.to_string()),
            coarser.planned,
            coarser.suppressed,
            coarser.cells,
            coarser.lost
        )?;
    }
    if !input.earlier.versions.is_empty() {
        write_changes(text, input, (&protection.changes, is_recounted))?;
    }
    writeln!(text, "\n## Deliveries 数据包 ({})\n", origin.deliveries.len())?;
    writeln!(text, "| delivery | place | department | dataset | period | sequence |\n|---|---|---|---|---|---:|")?;
    for line in &origin.deliveries {
        let DeliveryLine { id, place, department, dataset, period, sequence } = line;
        writeln!(text, "| `{id}` | {place} | {department} | {dataset} | {period} | {sequence} |")?;
    }
    Ok(())
}

fn write_protection(text: &mut String, protection: &Protection) -> std::fmt::Result {
    let (cells, variables, equations) = protection.size;
    let (primary, secondary) = protection.withheld;
    let counts = protection.audit.counts();
    writeln!(text, "- one system of {cells} cells, {variables} numbers and {equations} equations over all tables")?;
    writeln!(
        text,
        "- withheld for their own sake: {primary} cells, some of which no table shows; for the sake of others: {secondary}"
    )?;
    writeln!(
        text,
        "- audit from seven positions and from the seat of every single contributor: {}; {} values attacked; \
         answered by propagation of bounds: {}, by search: {}, by linear programs: {} of {}, undecided: {}",
        if protection.audit.is_clean() { "clean" } else { "NOT CLEAN" },
        protection.audit.values(),
        counts.by_propagation,
        counts.by_search,
        counts.by_program,
        counts.programs,
        counts.undecided,
    )?;
    writeln!(
        text,
        "- sides of values that an onlooker knows better than k asks for, whatever is published, so that only as much was \
         asked for as a release of nothing leaves: {}, of which by search and not by bounds: {}",
        protection.audit.lowered(),
        protection.audit.lowered_by_search(),
    )
}

/// What somebody finds changed who has the earlier versions.
fn write_changes(
    text: &mut String,
    input: &YearInput<'_>,
    (changes, is_recounted): (&Changes, bool),
) -> std::fmt::Result {
    writeln!(text, "\n## Changes 与前一版的差异\n")?;
    for version in &input.earlier.versions {
        writeln!(text, "- published before 此前公布：version {}, SHA256SUMS `{}`", version.number, version.sums)?;
    }
    writeln!(
        text,
        "- {}",
        if is_recounted {
            "the newest of them was counted again from its run, and both were attacked together as one system"
        } else {
            "the newest of them cannot be counted again: what readers have of it is taken as known, and what it withheld \
             stays withheld"
        }
    )?;
    writeln!(
        text,
        "\n| table 表 | changed 已变 | kept, the change is below k 变动过小仍用旧值 | newly withheld 新隐去 | published again 恢复公布 | \
         still withheld 仍隐去 |\n|---|---:|---:|---:|---:|---:|"
    )?;
    for (name, table) in &changes.tables {
        let TableChanges { changed, kept, newly_withheld, published_again, still_withheld } = table;
        writeln!(text, "| {name} | {changed} | {kept} | {newly_withheld} | {published_again} | {still_withheld} |")?;
    }
    Ok(())
}

fn finality(input: &YearInput<'_>) -> &'static str {
    match input.annual.release_state {
        crate::annual::Finality::Provisional => "provisional 初步数",
        crate::annual::Finality::Final => "final 最终数",
    }
}

fn counts(table: &ReleasedTable) -> BTreeMap<Status, usize> {
    let mut counts = BTreeMap::new();
    for row in &table.rows {
        *counts.entry(row.status).or_default() += 1;
    }
    counts
}
