//! An invented hub with the deliveries of a year, ready for its first night.
//!
//! About twenty-three rows a person: pensions, subsidies, the register, the assistance roll and deaths, among them repeats, months
//! paid twice, pensions drawn twice, benefits that exclude each other, payments after a death, and rows without an ID number.
//! Nobody in it exists.

mod deliver;
mod person;
mod rows;

use std::error::Error;
use std::path::Path;

use yilian_demo::{Offices, Programs, Setup};

use deliver::Desk;
use person::Person;

/// What inventing gives, or what went wrong.
pub type Answer<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Invents so many people and delivers a year about them.
///
/// `folder/offices/hub` is the hub, its deliveries accepted; `folder/plain` has the same `data.parquet` files unsealed, for
/// programs of other makes, and `deliveries.csv`, which lists them. `folder/later` has a correction for a later night: the
/// pensions of December once more, of one person in a hundred another amount.
///
/// # Errors
/// Programs of Yilian that are missing or fail, and files that cannot be written.
pub fn invent(programs: &Programs, people: u32, folder: &Path) -> Answer<Offices> {
    let setup = Setup { place: rows::PLACE.to_owned(), algorithm: "HS256".to_owned() };
    let offices = Offices::set_up(programs, &folder.join("offices"), &setup)?;
    let desk = Desk::open(programs, &offices, &folder.join("plain"))?;
    let people = Person::all(people, &desk.link_key)?;
    desk.deliver_all(&people)?;
    desk.correct(&people, &folder.join("later"))?;
    offices.receive()?.nothing_refused()?;
    // The hub has what was in its inbox.
    std::fs::remove_dir_all(offices.inbox())?;
    std::fs::create_dir(offices.inbox())?;
    Ok(offices)
}
