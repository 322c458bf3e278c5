//! What offices really deliver, one test at least for each reality, each with its own file.
//!
//! | reality | shown by |
//! |---|---|
//! | R01 encodings | [`text`]: `r01_…`; a file of two encodings is refused |
//! | R02 rare characters | [`text`]: `r02_…` |
//! | R03 private-use characters | [`text`]: `r03_…` |
//! | R04 dots in names | [`text`]: `r04_…` |
//! | R05 long and cut names | [`text`]: `r05_…` |
//! | R06 numbers damaged by a spreadsheet | [`identity`]: `r06_…`, [`workbook`]: `r06_…` |
//! | R07 columns of digits are text | [`identity`]: `r07_…` |
//! | R08 spellings of a number | [`identity`]: `r08_…` |
//! | R09 15-digit numbers | [`identity`]: `r09_…` |
//! | R10 placeholders and permits | [`identity`]: `r10_…` |
//! | R11 spellings of a date | [`values`]: `r11_…`, [`workbook`]: `r11_…` |
//! | R12 units and separators of money | [`values`]: `r12_…` |
//! | R13 months | [`values`]: `r13_…` |
//! | R14 repeated, corrected, negative rows | [`values`]: `r14_…`; netting: `tests/slt/booking.slt`, `repeated_record.slt`, `paid_twice.slt` |
//! | R15 sex or birth date missing | [`identity`]: `r15_…` |
//! | R16 sex or birth date of another | [`identity`]: `r16_…` |
//! | R17 codes and texts mixed | [`values`]: `r17_…`, [`workbook`]: `r17_…` |
//! | R18 old region codes | [`values`]: `r18_…`; successors and splits: `yilian-contract` `regions::tests`; by date: `tests/slt/register_day.slt` |
//! | R19 hukou is not residence | [`values`]: `r19_…` |
//! | R20 the dead who are still paid | [`account`]: `r20_…`; flags: `tests/slt/death.slt`, `overlap_status.slt` |
//! | R21 rolls of different days | [`account`]: `r21_…`; reading by day: `yilian-pipeline` `coverage::tests` |
//! | R22 full and incremental files | [`account`]: `r22_…`; versions: `yilian-pipeline` `receive::tests` |
//! | R23 headers, merged headers, footers | [`tables`]: `r23_…`, [`workbook`]: `r23_…` |
//! | R24 sheets, hidden columns | [`workbook`]: `r24_…` |
//! | R25 file names and versions | [`account`]: `r25_…`; the same again: `tests/it/bad_input.rs` |
//! | R26 households | [`identity`]: `r26_…` |
//! | R27 one person, two numbers | [`identity`]: `r27_…`; candidates: `tests/slt/candidate.slt` |
//! | R28 sixty on the last day | [`identity`]: `r28_…`; ages: `tests/slt/old_age_count.slt` |
//! | R29 counts for those who cannot re-check | [`account`]: `r29_…`; held against the data: `yilian-delivery` `verify::tests` |
//! | R30 another key | [`account`]: `r30_…`; refused: `tests/it/bad_input.rs`, `yilian-delivery` `verify::tests` |

mod account;
mod identity;
mod tables;
mod text;
mod values;
mod workbook;

/// A table of deaths, the shortest of all contracts.
const FUNERAL: &str = "姓名,身份证号码,性别,出生日期,死亡日期,发放区划\n";

/// So many good rows that a few rejected ones stay below the tolerance.
fn good_rows(rows: u32) -> String {
    let line = |at| format!("周明,{},,,2025-03-01,150104008\n", crate::office::id("19400101", at));
    (0..rows).fold(String::new(), |text, at| text + &line(at))
}
