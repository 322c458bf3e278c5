//! Invents a hub with the deliveries of a year, ready for its first night: `invent PEOPLE FOLDER`.
//!
//! `FOLDER/offices/hub` is the hub, its deliveries accepted; `FOLDER/plain` has the same `data.parquet` files unsealed, for
//! programs of other makes, and `deliveries.csv`, which lists them. `FOLDER/later` has a correction for a later night: the
//! pensions of December once more, of one person in a hundred another amount. About eighteen rows a person and year: pensions,
//! subsidies, the register, the assistance roll and deaths, among them repeats, months paid twice, pensions drawn twice,
//! benefits that exclude each other, payments after a death, and rows without an ID number. Nobody in it exists.

mod deliver;
mod person;
mod rows;

use std::error::Error;
use std::path::PathBuf;

use yilian_demo::{Offices, Programs, Setup};

use deliver::Desk;
use person::Person;

pub(crate) type Answer<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Answer<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [people, folder] = arguments.as_slice() else { return Err("invent PEOPLE FOLDER".into()) };
    let (people, folder): (u32, PathBuf) = (people.parse()?, folder.into());
    let programs = Programs::beside_this_one()?;
    let setup = Setup { place: rows::PLACE.to_owned(), algorithm: "HS256".to_owned() };
    let offices = Offices::set_up(&programs, &folder.join("offices"), &setup)?;
    let desk = Desk::open(&programs, &offices, &folder.join("plain"))?;
    let people = Person::all(people, &desk.link_key)?;
    desk.deliver_all(&people)?;
    desk.correct(&people, &folder.join("later"))?;
    offices.receive()?.nothing_refused()?;
    // The hub has what was in its inbox.
    std::fs::remove_dir_all(offices.inbox())?;
    std::fs::create_dir(offices.inbox())?;
    Ok(())
}
