//! Monthly payments, with what goes wrong in the books.

use chrono::NaiveDate;

use crate::calendar::{Month, later};
use crate::clerk::Recorded;
use crate::dataset::Dataset;
use crate::desk::{Case, Desk, fate};
use crate::draw::{Draw, Handling, benefit_label};
use crate::error::SynthError;
use crate::fact::{Booking, RowType, Says};
use crate::problem::Problem;
use crate::spelling::Row;

/// A booking on its way into a file.
#[derive(Debug, Clone, Copy)]
struct Entry {
    month: Month,
    booked: Month,
    fen: i64,
    row_type: RowType,
    number: Option<u64>,
    rejected: bool,
}

/// How one dataset records one person.
struct Ledger {
    dataset: Dataset,
    recorded: Recorded,
    account: u32,
}

/// Writes all monthly payments of a person.
///
/// # Errors
/// If a file cannot be written.
pub fn payments(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let draws = case.draws;
    let mut ledgers: Vec<Ledger> = Vec::new();
    for draw in draws {
        let Some(dataset) = dataset(draw.benefit) else { continue };
        if !ledgers.iter().any(|ledger| ledger.dataset == dataset) {
            let account = case.dice.below(900_000_000);
            case.mark("account", &account_number(account));
            ledgers.push(Ledger { dataset, recorded: case.recorded(), account });
        }
        let months = draw.from.max(desk.january()).to(draw.until.min(desk.december()));
        if let Some(ledger) = ledgers.iter().find(|ledger| ledger.dataset == dataset) {
            for month in months {
                for entry in entries(case, draw, month, desk.december()) {
                    write(case, desk, ledger, draw, entry)?;
                }
            }
        }
    }
    Ok(())
}

/// The dataset in which a benefit is paid out; none for a roll.
fn dataset(benefit: &str) -> Option<Dataset> {
    match benefit {
        "MZ05" | "MZ06" | "MZ07" | "WJ01" | "WJ02" | "CL04" => None,
        "RS01" | "RS02" => Some(Dataset::PensionPayment),
        "RS03" => Some(Dataset::WorkInjuryCare),
        "YB01" => Some(Dataset::LtciBenefit),
        _ => Some(Dataset::BenefitPayment),
    }
}

/// The bookings that a month of a draw leads to.
fn entries(case: &mut Case<'_>, draw: &Draw, month: Month, december: Month) -> Vec<Entry> {
    let numbering =
        dataset(draw.benefit).filter(|dataset| matches!(dataset, Dataset::BenefitPayment | Dataset::PensionPayment));
    let number = numbering.map(|_| case.next_number());
    let normal = Entry { month, booked: month, fen: draw.fen, row_type: RowType::Normal, number, rejected: false };
    match draw.handling {
        Handling::PaidTwice(when) if when == month => {
            vec![normal, Entry { number: Some(case.next_number()), ..normal }]
        }
        Handling::ExportedTwice(when) if when == month => vec![normal, normal],
        Handling::MoreInArrears(when) if when == month => {
            let number = Some(case.next_number());
            let (booked, fen) = (month.plus(1).min(december), normal.fen / 10);
            vec![normal, Entry { booked, fen, row_type: RowType::Arrears, number, ..normal }]
        }
        Handling::Clean
        | Handling::ApprovedIn(_)
        | Handling::MoreInArrears(_)
        | Handling::PaidTwice(_)
        | Handling::ExportedTwice(_) => vec![normal],
        Handling::TakenBack => vec![normal, taken_back(case, normal, draw.fen, december)],
        Handling::Arrears => {
            let booked = draw.until.plus(1);
            vec![Entry { booked, row_type: RowType::Arrears, ..normal }]
        }
        Handling::Plain => match numbering {
            Some(dataset) => by_chance(case, dataset, normal, december),
            None => late_by_chance(case, normal, december),
        },
    }
}

fn taken_back(case: &mut Case<'_>, of: Entry, fen: i64, december: Month) -> Entry {
    Entry {
        booked: of.booked.plus(1).min(december),
        fen: -fen,
        row_type: RowType::Reversal,
        number: Some(case.next_number()),
        ..of
    }
}

/// What goes wrong by chance in an office that numbers its payments.
fn by_chance(case: &mut Case<'_>, dataset: Dataset, normal: Entry, december: Month) -> Vec<Entry> {
    let next = normal.month.plus(1).min(december);
    match case.dice.below(10_000) {
        0..40 if normal.month < december => {
            let booked = normal.month.plus(case.dice.between(1, 3)).min(december);
            vec![Entry { booked, row_type: RowType::Arrears, ..normal }]
        }
        40..52 => {
            let more = Entry {
                booked: next,
                fen: normal.fen / 10,
                row_type: RowType::Arrears,
                number: Some(case.next_number()),
                ..normal
            };
            vec![normal, more]
        }
        52..57 => vec![normal, taken_back(case, normal, normal.fen, december)],
        57..62 => vec![normal, taken_back(case, normal, normal.fen / 4, december)],
        62..67 => vec![normal, normal],
        67..69 => vec![normal, Entry { number: Some(case.next_number()), ..normal }],
        69..72 => {
            let again = Entry { number: Some(case.next_number()), ..normal };
            vec![normal, again, taken_back(case, again, normal.fen, december)]
        }
        72..82 => vec![Entry { rejected: true, ..normal }],
        // Only the pension office may leave the number out.
        82..92 if dataset == Dataset::PensionPayment => vec![Entry { number: None, ..normal }],
        _ => vec![normal],
    }
}

/// What goes wrong by chance in an office that does not number its payments.
fn late_by_chance(case: &mut Case<'_>, normal: Entry, december: Month) -> Vec<Entry> {
    match case.dice.below(10_000) {
        0..60 if normal.month < december => {
            let booked = normal.month.plus(case.dice.between(1, 3)).min(december);
            vec![Entry { booked, ..normal }]
        }
        60..66 => vec![normal, normal],
        66..78 => vec![Entry { rejected: true, ..normal }],
        _ => vec![normal],
    }
}

fn write(
    case: &mut Case<'_>,
    desk: &mut Desk<'_>,
    ledger: &Ledger,
    draw: &Draw,
    entry: Entry,
) -> Result<(), SynthError> {
    let period = entry.booked.number();
    let rejected = entry.rejected && desk.files.bears_a_reject(ledger.dataset, period);
    let entry = Entry { rejected, ..entry };
    let (throw, paid_on) = (case.dice.below(u32::MAX), entry.booked.day(10 + case.dice.below(15)));
    let approved = (ledger.dataset == Dataset::BenefitPayment).then(|| approved(draw, ledger.account)).flatten();
    let nursing = days_of_care(case, entry.month, ledger.account);
    let extra = Extra { paid_on, approved, care: nursing, account: ledger.account, throw };
    let row = desk.write((ledger.dataset, period), &ledger.recorded, throw, |row| match ledger.dataset {
        Dataset::BenefitPayment => benefit_payment(row, draw, entry, extra),
        Dataset::PensionPayment => pension_payment(row, draw, entry, extra),
        Dataset::WorkInjuryCare => work_injury_care(row, draw, entry),
        _ => ltci_benefit(row, draw, entry, extra),
    })?;
    desk.count(row, draw.benefit, Some(entry.month), entry.fen);
    let booking = Booking {
        benefit: draw.benefit,
        month: entry.month,
        county: draw.region.county(),
        category: draw.category,
        fen: entry.fen,
        row_type: entry.row_type,
        number: entry.number,
        approved,
    };
    if ledger.dataset == Dataset::LtciBenefit {
        let says = Says::CareDays { month: entry.month, days: nursing.0, count: nursing.1 };
        case.note(row, &ledger.recorded, fate(entry.rejected), says);
    }
    case.note(row, &ledger.recorded, fate(entry.rejected), Says::Booking(booking));
    Ok(())
}

/// What a row needs besides the entry.
#[derive(Debug, Clone, Copy)]
struct Extra {
    paid_on: NaiveDate,
    approved: Option<NaiveDate>,
    care: Care,
    account: u32,
    throw: u32,
}

/// First and last day of care if the office writes them down, and how many days it counts.
type Care = (Option<(NaiveDate, NaiveDate)>, i64);

/// The whole month; around the planted hospital stay of May also other days.
fn days_of_care(case: &Case<'_>, month: Month, account: u32) -> Care {
    let whole = (month.first_day(), month.last_day());
    match case.person.planted(Problem::CareInHospital, 4) {
        Some(0) => (Some(whole), 28),
        Some(1) => (None, 28),
        // From the day of discharge on.
        Some(2) => (Some((month.day(20), whole.1)), 10),
        Some(3) => (None, 15),
        _ => (account.is_multiple_of(2).then_some(whole), 28),
    }
}

/// The day of approval that the office writes beside a payment, if it does.
fn approved(draw: &Draw, account: u32) -> Option<NaiveDate> {
    if let Handling::ApprovedIn(month) = draw.handling {
        return Some(month.day(20));
    }
    let days_before = i32::try_from(20 + account % 150).unwrap_or(20);
    let approved = later(draw.from.plus(-6).first_day(), 180 - days_before);
    (!account.is_multiple_of(5)).then_some(approved)
}

fn benefit_payment(row: &mut Row, draw: &Draw, entry: Entry, extra: Extra) {
    payment_number(row, "ZF", entry);
    row.code((draw.benefit, benefit_label(draw.benefit))).month(Some(entry.month));
    if entry.rejected {
        row.text(&format!("{}0231", entry.month.year()));
    } else {
        row.day(Some(extra.paid_on));
    }
    row.yuan(entry.fen);
    row_type(row, entry.row_type);
    row.text(draw.category).region(draw.region);
    row.day(extra.approved);
    account(row, extra);
    if extra.throw.is_multiple_of(3) {
        row.text("").text("").yuan(entry.fen / 2).yuan(entry.fen - entry.fen / 2);
    } else {
        row.text("").text("").text("").text("");
    }
}

fn pension_payment(row: &mut Row, draw: &Draw, entry: Entry, extra: Extra) {
    let label = if draw.benefit == "RS01" { "职工" } else { "居民" };
    row.code((draw.benefit, label)).month(Some(entry.month)).yuan(entry.fen);
    if entry.rejected {
        row.text("其它情况");
    } else {
        row_type(row, entry.row_type);
    }
    row.region(draw.region);
    payment_number(row, "YL", entry);
    account(row, extra);
}

fn work_injury_care(row: &mut Row, draw: &Draw, entry: Entry) {
    row.month(Some(entry.month));
    let grade = match (entry.rejected, draw.fen) {
        (true, _) => ("九级", "九级"),
        (_, 250_000..) => ("full", "完全"),
        (_, 180_000..) => ("most", "大部分"),
        _ => ("part", "部分"),
    };
    row.code(grade).yuan(entry.fen).region(draw.region);
}

fn ltci_benefit(row: &mut Row, draw: &Draw, entry: Entry, extra: Extra) {
    row.month(Some(entry.month));
    match (entry.rejected, draw.fen) {
        (true, _) => row.text("驿站"),
        (_, 140_000..) => row.code(("institution", "机构")),
        (_, 100_000..) => row.code(("home", "居家")),
        _ => row.code(("cash", "现金")),
    };
    match extra.care.0 {
        Some((first, last)) => row.day(Some(first)).day(Some(last)),
        None => row.text("").text(""),
    };
    row.number(extra.care.1).yuan(entry.fen);
    row.text(&format!("YB{}", extra.account % 9 + 1)).region(draw.region);
}

fn payment_number(row: &mut Row, prefix: &str, entry: Entry) {
    match entry.number {
        Some(number) => row.text(&format!("{prefix}{}{number:011}", entry.month.year())),
        None => row.text(""),
    };
}

fn row_type(row: &mut Row, row_type: RowType) {
    row.code(match row_type {
        RowType::Normal => ("normal", "正常"),
        RowType::Arrears => ("arrears", "补发"),
        RowType::Reversal => ("reversal", "冲回"),
    });
}

fn account(row: &mut Row, extra: Extra) {
    row.text(&account_number(extra.account));
}

fn account_number(account: u32) -> String {
    format!("622202{:013}", u64::from(account) * 7 + 1)
}
