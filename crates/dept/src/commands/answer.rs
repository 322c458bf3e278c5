//! `yilian-dept answer`.

mod sent;

use std::io::Write;
use std::path::Path;

use serde_json::json;
use yilian_contract::Period;
use yilian_workbook::{Answer, Answers, Reading};

use crate::arguments::{AnswerArguments, PackArguments};
use crate::clock;
use crate::commands::feedback;
use crate::commands::pack::{self, Extract, Packed};
use crate::error::DeptError;
use crate::printer::Printer;
use crate::schemas::Loaded;
use crate::site::Site;

use sent::Due;
pub(crate) use sent::Sent;

const DATASET: &str = "disposition";

/// Reads the answers of a workbook and packs those that were not packed yet, or nothing at all.
pub(crate) fn run(answer: &AnswerArguments, site: &Path, printer: Printer) -> Result<(), DeptError> {
    let site = Site::open(site)?;
    let loaded = Loaded::find(answer.schemas.as_deref())?;
    let today = clock::today();
    let reading = Reading {
        path: &answer.workbook,
        today,
        decisions: &feedback::decisions(&loaded)?,
        known: &feedback::known(&site)?,
    };
    let answers = yilian_workbook::read(&reading)?;
    if answers.answers.is_empty() {
        return Err(DeptError::NothingAnswered { path: answer.workbook.clone() });
    }
    let period = match answer.period {
        Some(period) => period,
        None => day(today)?,
    };
    let due = Sent::load(&site.records()?)?.due(&answers, &period);
    if due.unreadable {
        printer.note(
            "注意：这一天已有不是由 answer 生成的核实结果，新的交付会替换它 warning: answers of this day were packed in \
             another way; the new delivery replaces them",
        );
    }
    let packed = if due.changed { Some(packed(answer, &due, &period, (&site, &loaded), printer)?) } else { None };
    report(&answers, &due, packed.as_ref(), printer);
    Ok(())
}

fn day(today: chrono::NaiveDate) -> Result<Period, DeptError> {
    today.to_string().parse().map_err(|_| DeptError::ClockUnusable)
}

fn packed(
    answer: &AnswerArguments,
    due: &Due,
    period: &Period,
    (site, loaded): (&Site, &Loaded),
    printer: Printer,
) -> Result<Packed, DeptError> {
    let records = site.records()?;
    let failed = || DeptError::io("written", &records);
    let mut extract =
        tempfile::Builder::new().prefix(".answers-").suffix(".csv").tempfile_in(&records).map_err(failed())?;
    extract.write_all(&Answer::to_csv(&due.answers)?).map_err(failed())?;
    let pack = PackArguments {
        file: extract.path().to_owned(),
        dataset: DATASET.to_owned(),
        period: *period,
        sequence: None,
        plain: false,
        schemas: answer.schemas.clone(),
    };
    pack::packed(&pack, (site, loaded), Extract::OfAnswers, printer)
}

fn report(answers: &Answers, due: &Due, packed: Option<&Packed>, printer: Printer) {
    printer.answer(
        || {
            let first = match packed {
                Some(packed) => format!("`{}` 已生成 was packed", packed.delivery().display()),
                None => "没有新的核实结果，未生成交付文件 nothing new, no delivery was made".to_owned(),
            };
            format!(
                "{first}\n已填写 answered: {}\n未填写 not answered yet: {}\n以前已交付 delivered before: {}\n\
                 并入当日已交付的 carried over from earlier today: {}",
                answers.answers.len(),
                answers.unanswered(),
                due.sent_before,
                due.carried,
            )
        },
        || {
            json!({
                "answered": answers.answers.len(),
                "unanswered": answers.unanswered(),
                "sent_before": due.sent_before,
                "carried": due.carried,
                "packed": packed.map(Packed::for_machines),
            })
        },
    );
}
