//! What the offices book about a person in a year.

use chrono::NaiveDate;
use yilian_contract::Department;

use crate::person::Person;

pub(crate) const PLACE: &str = "1501";
pub(crate) const YEAR: i32 = 2025;
pub(crate) const COUNTIES: [&str; 9] =
    ["150102", "150103", "150104", "150105", "150121", "150122", "150123", "150124", "150125"];

/// One row of a delivery; a column that a dataset has and this does not say is null.
#[derive(Clone)]
pub(crate) struct Row<'p> {
    pub(crate) person: &'p Person,
    /// Whether the row has an ID number; without one it has a name alone.
    pub(crate) has_number: bool,
    pub(crate) benefit: &'static str,
    /// The month that it is about.
    pub(crate) month: NaiveDate,
    pub(crate) fen: i64,
    /// What sets the payment number apart from those of the same person, benefit and month.
    pub(crate) booking: u32,
    /// Place among the counties.
    pub(crate) county: usize,
}

/// What is delivered for one period: a month of the year, or the whole year.
#[derive(Clone, Copy)]
pub(crate) struct Due {
    pub(crate) dataset: &'static str,
    pub(crate) department: Department,
    /// From 1 to 12; `None` for the whole year.
    pub(crate) month: Option<u32>,
    rows: for<'p> fn(&'p Person, u32, &mut Vec<Row<'p>>),
}

impl Due {
    /// Everything that is due for the year.
    pub(crate) fn all() -> Vec<Self> {
        use Department::{CivilAffairs, Health, HumanResources};
        let year = |dataset, rows| Self { dataset, department: CivilAffairs, month: None, rows };
        let mut due = vec![year("elder_register", registered), year("assistance_roll", on_the_roll)];
        for month in 1..=12 {
            let of_month = |dataset, department, rows| Self { dataset, department, month: Some(month), rows };
            due.push(of_month("benefit_payment", CivilAffairs, subsidised));
            due.push(of_month("pension_payment", HumanResources, pensioned));
            due.push(of_month("death_certificate", Health, deceased));
        }
        due
    }

    /// The pensions of December, corrected.
    pub(crate) fn correction() -> Self {
        let rows = pensioned_as_corrected;
        Self { dataset: "pension_payment", department: Department::HumanResources, month: Some(12), rows }
    }

    /// The rows about one person.
    pub(crate) fn rows<'p>(&self, person: &'p Person, into: &mut Vec<Row<'p>>) {
        (self.rows)(person, self.month.unwrap_or(12), into);
    }
}

/// The first day of a month of the year.
pub(crate) fn first_of(month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(YEAR, month, 1).unwrap_or_default()
}

fn row<'p>(person: &'p Person, benefit: &'static str, month: u32, yuan: i64) -> Row<'p> {
    Row {
        person,
        has_number: true,
        benefit,
        month: first_of(month),
        fen: 100 * yuan,
        booking: 0,
        county: person.county,
    }
}

fn registered<'p>(person: &'p Person, month: u32, into: &mut Vec<Row<'p>>) {
    into.push(row(person, "", month, 0));
}

fn deceased<'p>(person: &'p Person, month: u32, into: &mut Vec<Row<'p>>) {
    if person.dies_in == Some(month) && !person.is_one_of(10, 500) {
        into.push(row(person, "", month, 0));
    }
}

/// One in two hundred on the roll of the destitute is on that of subsistence allowance too.
fn on_the_roll<'p>(person: &'p Person, _: u32, into: &mut Vec<Row<'p>>) {
    let is_destitute = person.is_one_of(11, 150);
    if is_destitute {
        into.push(row(person, "MZ07", 1, 900));
    }
    if (is_destitute && person.is_one_of(12, 50)) || (!is_destitute && person.is_one_of(13, 600)) {
        into.push(row(person, "MZ05", 1, 0));
    }
}

fn subsidised<'p>(person: &'p Person, month: u32, into: &mut Vec<Row<'p>>) {
    let draws = [
        ("MZ01", person.age() >= 80, 100),
        ("MZ03", person.is_one_of(20, 700), 200),
        ("MZ09", person.is_one_of(21, 800), 110),
        ("MZ10", person.is_one_of(22, if person.is_one_of(20, 700) { 40 } else { 700 }), 120),
        ("MZ08", person.is_one_of(11, 150), 300),
        ("MZ02", person.is_one_of(23, 1200), 90),
    ];
    for (place, (benefit, does, yuan)) in draws.into_iter().enumerate() {
        if does && is_paid(person, month) {
            book(&row(person, benefit, month, yuan), 30 + 10 * u32::try_from(place).unwrap_or_default(), into);
        }
    }
}

fn pensioned<'p>(person: &'p Person, month: u32, into: &mut Vec<Row<'p>>) {
    if !is_paid(person, month) || person.is_one_of(100, 900) {
        return;
    }
    let is_employee = person.is_one_of(101, 3000);
    let yuan =
        if is_employee { 2500 + i64::from(person.roll(102, 2000)) } else { 150 + i64::from(person.roll(102, 90)) };
    book(&row(person, if is_employee { "RS01" } else { "RS02" }, month, yuan), 110, into);
    if person.is_one_of(103, 20) && month > person.roll(104, 12) {
        let other = row(person, if is_employee { "RS02" } else { "RS01" }, month, 180);
        book(&other, 120, into);
    }
    if person.is_one_of(105, 10) {
        let county = (person.county + 1) % COUNTIES.len();
        book(&Row { county, ..row(person, if is_employee { "RS01" } else { "RS02" }, month, 175) }, 130, into);
    }
}

/// Of one person in a hundred a yuan more.
fn pensioned_as_corrected<'p>(person: &'p Person, month: u32, into: &mut Vec<Row<'p>>) {
    let before = into.len();
    pensioned(person, month, into);
    if person.is_one_of(106, 100) {
        into.iter_mut().skip(before).for_each(|row| row.fen += 100);
    }
}

/// The living, and one in two hundred of the dead for some months more.
fn is_paid(person: &Person, month: u32) -> bool {
    person.dies_in.is_none_or(|last| month <= last || (person.is_one_of(14, 50) && month <= last + 3))
}

/// A booking, seldom delivered twice, or paid twice, or without the number that it should have.
fn book<'p>(booked: &Row<'p>, question: u32, into: &mut Vec<Row<'p>>) {
    let in_month = |question: u32, of_ten_thousand| {
        let month = chrono::Datelike::month(&booked.month);
        booked.person.is_one_of(1000 * month + question, of_ten_thousand)
    };
    let has_number = !in_month(question, 20);
    let row = Row { has_number, ..booked.clone() };
    if in_month(question + 1, 10) {
        into.push(row.clone());
    }
    if in_month(question + 2, 3) {
        into.push(Row { booking: 1, ..row.clone() });
    }
    into.push(row);
}
