//! `yilian-dept inspect`.

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;
use yilian_contract::Contract;
use yilian_intake::{Finding, InspectRequest, Inspection, IntakeError, Problem, RejectedCells};

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
    printer.answer(|| for_people(contract, inspect, &inspection), || for_machines(contract, &inspection));
    packable(inspect, contract, inspection)
}

/// Fails where `pack` would refuse the file as a whole.
fn packable(inspect: &InspectArguments, contract: &Contract, found: Inspection) -> Result<(), DeptError> {
    if !found.problems.is_empty() {
        let (path, rows, problems) = (inspect.file.clone(), found.rows, found.problems);
        return Err(IntakeError::Refused { path, rows, problems }.into());
    }
    let rejected = rejected_rows(&found);
    let permille = contract.rejected_tolerance.0;
    if u128::from(rejected) * 1000 <= u128::from(found.rows) * u128::from(permille) {
        return Ok(());
    }
    Err(DeptError::NotPackable { file: inspect.file.clone(), rejected, read: found.rows, permille })
}

fn rejected_rows(found: &Inspection) -> u64 {
    found.rows.saturating_sub(found.deliverable).saturating_sub(found.out_of_scope)
}

fn for_people(contract: &Contract, inspect: &InspectArguments, found: &Inspection) -> String {
    let mut said = vec![
        format!("{} {} {}", contract.title_zh, contract.id, contract.version),
        format!("文件 file: `{}`，{}", inspect.file.display(), found.encoding.as_str()),
    ];
    if !found.sheets.is_empty() {
        said.push(format!("工作表 sheets: {}", found.sheets.join("、")));
    }
    said.push(format!("读入 read: {}", found.rows));
    said.push(format!("可报送 deliverable: {}", found.deliverable));
    said.push(format!("未满60岁 not yet 60: {}", found.out_of_scope));
    said.push(format!("不合格 rejected: {}", rejected_rows(found)));
    if !found.problems.is_empty() {
        said.push("\n整个文件不能打包 the file as a whole cannot be packed:".to_owned());
        for (sheet, problem) in found.problems.iter().flat_map(Problem::each) {
            let sheet = sheet.map(|name| format!("{name}：")).unwrap_or_default();
            said.push(format!("  - {sheet}{}\n    {problem}", problem.zh()));
        }
    }
    if !found.rejected.is_empty() {
        said.push("\n需要更正，这些行不会报送 to be corrected, these rows stay:".to_owned());
        said.push(table(&found.rejected.iter().map(Line::from).collect::<Vec<_>>()));
    }
    if !found.findings.is_empty() {
        said.push("\n提示，本身不影响报送 to look at, for this alone no row stays:".to_owned());
        said.push(table(&found.findings.iter().map(Line::from).collect::<Vec<_>>()));
    }
    if found.problems.is_empty() && found.rejected.is_empty() && found.findings.is_empty() {
        said.push("\n没有发现问题 nothing was found".to_owned());
    }
    said.join("\n")
}

fn for_machines(contract: &Contract, found: &Inspection) -> serde_json::Value {
    let lines = |lines: Vec<Line<'_>>| lines.iter().map(Line::for_machines).collect::<Vec<_>>();
    let problem = |(sheet, problem): (Option<&str>, &Problem)| json!({ "kind": problem.code(), "sheet": sheet, "zh": problem.zh(), "en": problem.to_string() });
    json!({
        "contract": contract.id,
        "version": contract.version,
        "encoding": found.encoding.as_str(),
        "sheets": found.sheets,
        "read": found.rows,
        "deliverable": found.deliverable,
        "out_of_scope": found.out_of_scope,
        "rejected_rows": rejected_rows(found),
        "problems": found.problems.iter().flat_map(Problem::each).map(problem).collect::<Vec<_>>(),
        "rejected": lines(found.rejected.iter().map(Line::from).collect()),
        "findings": lines(found.findings.iter().map(Line::from).collect()),
    })
}

/// One kind of oddity in one column, with how often and in which rows.
pub(crate) struct Line<'a> {
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    sheet: Option<&'a str>,
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
            sheet: cells.sheet.as_deref(),
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
            sheet: finding.sheet.as_deref(),
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
            "sheet": self.sheet,
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

fn table(lines: &[Line<'_>]) -> String {
    let sheets = lines.iter().any(|line| line.sheet.is_some());
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let header = ["列 column", "次数 count", "行号 rows", "说明 what"];
    table.set_header(sheets.then_some("工作表 sheet").into_iter().chain(header));
    for line in lines {
        let cells = [
            line.column.unwrap_or("").to_owned(),
            line.count.to_string(),
            line.rows(),
            format!("{}\n{}", line.zh, line.en),
        ];
        table.add_row(sheets.then(|| line.sheet.unwrap_or("").to_owned()).into_iter().chain(cells));
    }
    table.to_string()
}

#[cfg(test)]
mod tests;
