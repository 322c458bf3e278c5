//! `yilian-dept inspect`.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;
use yilian_contract::Contract;
use yilian_intake::{Finding, InspectRequest, Inspection, RejectedCells};

use crate::arguments::InspectArguments;
use crate::error::DeptError;
use crate::printer::Printer;
use crate::progress::Steps;
use crate::schemas::Loaded;

/// Reads an extract as `pack` would, and prints what would be rejected and what an officer should look at.
pub(crate) fn run(inspect: &InspectArguments, printer: Printer) -> Result<(), DeptError> {
    let loaded = Loaded::find(inspect.schemas.as_deref())?;
    let contract = loaded.schemas.dataset(&inspect.dataset).map_err(DeptError::Dataset)?;
    let steps = Steps::new(printer);
    let request = InspectRequest {
        schemas: &loaded.schemas,
        contract,
        regions: &loaded.regions,
        input: &inspect.file,
        period: inspect.period.as_ref(),
        progress: &steps,
    };
    let inspection = yilian_intake::inspect(&request);
    steps.finish();
    let inspection = inspection?;
    printer.answer(|| for_people(contract, &inspection), || for_machines(contract, &inspection));
    tolerable(inspect, contract, &inspection)
}

/// Fails where `pack` would refuse the file for its share of rejected rows.
fn tolerable(inspect: &InspectArguments, contract: &Contract, found: &Inspection) -> Result<(), DeptError> {
    let rejected = rejected_rows(found);
    let permille = contract.rejected_tolerance.0;
    if u128::from(rejected) * 1000 <= u128::from(found.rows) * u128::from(permille) {
        return Ok(());
    }
    Err(DeptError::NotPackable { file: inspect.file.clone(), rejected, read: found.rows, permille })
}

fn rejected_rows(found: &Inspection) -> u64 {
    found.rows.saturating_sub(found.deliverable).saturating_sub(found.out_of_scope)
}

fn for_people(contract: &Contract, found: &Inspection) -> String {
    let mut text = format!(
        "{} {} {}\n编码 encoding: {}\n读入 read: {}\n可报送 deliverable: {}\n未满60岁 not yet 60: {}\n不合格 rejected: {}",
        contract.title_zh,
        contract.id,
        contract.version,
        found.encoding.as_str(),
        found.rows,
        found.deliverable,
        found.out_of_scope,
        rejected_rows(found),
    );
    if !found.rejected.is_empty() {
        text.push_str("\n\n需要更正，这些行不会报送 to be corrected, these rows stay:\n");
        text.push_str(&table(found.rejected.iter().map(Line::from)));
    }
    if !found.findings.is_empty() {
        text.push_str("\n\n提示，不影响报送 to look at, these rows are delivered:\n");
        text.push_str(&table(found.findings.iter().map(Line::from)));
    }
    text
}

fn for_machines(contract: &Contract, found: &Inspection) -> serde_json::Value {
    let lines = |lines: Vec<Line<'_>>| lines.iter().map(Line::for_machines).collect::<Vec<_>>();
    json!({
        "contract": contract.id,
        "version": contract.version,
        "encoding": found.encoding.as_str(),
        "sheet": found.sheet,
        "read": found.rows,
        "deliverable": found.deliverable,
        "out_of_scope": found.out_of_scope,
        "rejected_rows": rejected_rows(found),
        "rejected": lines(found.rejected.iter().map(Line::from).collect()),
        "findings": lines(found.findings.iter().map(Line::from).collect()),
    })
}

/// One kind of oddity in one column, with how often and in which rows.
pub(crate) struct Line<'a> {
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    column: Option<&'a str>,
    count: u64,
    rows: &'a [u64],
}

impl<'a> From<&'a RejectedCells> for Line<'a> {
    fn from(cells: &'a RejectedCells) -> Self {
        Self {
            code: cells.reason.code(),
            zh: cells.reason.zh(),
            en: cells.reason.en(),
            column: cells.column.as_deref(),
            count: cells.count,
            rows: &cells.rows,
        }
    }
}

impl<'a> From<&'a Finding> for Line<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            code: finding.kind.code(),
            zh: finding.kind.zh(),
            en: finding.kind.en(),
            column: finding.column.as_deref().filter(|header| !looks_like_a_number(header)),
            count: finding.count,
            rows: &finding.rows,
        }
    }
}

/// Whether a header holds a number as long as a person's: it is no header then, and is not shown.
fn looks_like_a_number(header: &str) -> bool {
    header.split(|c: char| !c.is_numeric()).any(|digits| digits.chars().count() >= 8)
}

impl Line<'_> {
    pub(crate) fn for_machines(&self) -> serde_json::Value {
        json!({
            "kind": self.code,
            "zh": self.zh,
            "en": self.en,
            "column": self.column,
            "count": self.count,
            "rows": self.rows,
        })
    }

    /// The first rows; an ellipsis if there are more.
    fn rows(&self) -> String {
        let named: Vec<String> = self.rows.iter().map(u64::to_string).collect();
        let more = u64::try_from(self.rows.len()).is_ok_and(|named| named < self.count && named > 0);
        format!("{}{}", named.join(" "), if more { " …" } else { "" })
    }
}

fn table<'a>(lines: impl Iterator<Item = Line<'a>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["列 column", "次数 count", "行号 rows", "说明 what"]);
    for line in lines {
        table.add_row([
            line.column.unwrap_or("").to_owned(),
            line.count.to_string(),
            line.rows(),
            format!("{}\n{}", line.zh, line.en),
        ]);
    }
    table.to_string()
}
