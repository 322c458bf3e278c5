//! Invents a hub with the deliveries of a year, ready for its first night: `invent PEOPLE FOLDER`.

use std::path::Path;

use yilian_benches::{Answer, invent};
use yilian_demo::Programs;

fn main() -> Answer<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [people, folder] = arguments.as_slice() else { return Err("invent PEOPLE FOLDER".into()) };
    invent(&Programs::beside_this_one()?, people.parse()?, Path::new(folder))?;
    Ok(())
}
