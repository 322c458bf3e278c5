//! `yilian-demo`: the whole chain on invented people, from messy extracts to flags and statistics.

mod folder;
mod printer;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::Parser;
use yilian_demo::summary::{Compared, Summary};
use yilian_demo::{
    DemoError, JudgedMonths, Offices, PackOptions, People, Programs, Published, RunOptions, Setup, World, flags, gaps,
    gaps_not_judged, link_scores, not_judged, planted, planted_gaps, planted_with_every_switch, rules, score,
    with_readings_as_one,
};

use folder::Vacant;
use printer::Form;

/// Runs the whole chain on invented people of five departments and shows what came of it.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// How many people to invent.
    #[arg(long, default_value_t = 20_000)]
    persons: u64,
    /// Another seed makes other people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The year of the extracts.
    #[arg(long, default_value_t = 2025)]
    year: i32,
    /// The folder to work in; a former demonstration there is replaced.
    #[arg(long, default_value = "./demo")]
    out: PathBuf,
    /// Switch on every rule that is off until a place lists itself in it.
    #[arg(long)]
    every_switch: bool,
    /// Print the summary as JSON.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match demonstrate(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            printer::error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn demonstrate(arguments: &Arguments) -> Result<(), DemoError> {
    let started = Instant::now();
    let vacant = Vacant::check(&arguments.out)?;
    let programs = Programs::beside_this_one()?;
    programs.require(&["yilian-synth", "yilian-dept", "yilian"])?;
    let folder = vacant.prepare()?;

    printer::step("inventing people and the extracts of five departments");
    let invented = folder.join("invented");
    invent(arguments, &programs, &invented)?;
    let world = World::generated(&invented)?;

    printer::step("setting up five departments and a hub, each with its own keys");
    let setup = Setup { place: world.place.clone(), algorithm: "HS256".to_owned() };
    let offices = Offices::set_up(&programs, &folder, &setup)?;
    offices.supply_village_classes(&invented.join("village_classes.csv"))?;
    offices.keep_rule_book(&[("standard_amount", &invented.join("standards.csv"))])?;
    if arguments.every_switch {
        let switched = offices.switch_every_rule_on()?;
        printer::step(&format!("switching on {}", switched.join(", ")));
    }
    let world = world.hand_out(&offices)?;

    printer::step("packing: each department pseudonymises, signs and seals its extracts");
    let progress = printer::bar(world.extracts.iter().map(|extract| extract.bytes).sum());
    let side_by_side = thread::available_parallelism().map_or(1, usize::from).min(4);
    let packed = offices.pack_all(&world, &PackOptions { side_by_side, progress: progress.clone() })?;
    progress.finish_and_clear();

    printer::step("the hub receives the deliveries");
    offices.hand_over(&packed)?;
    offices.receive()?.nothing_refused()?;

    printer::step("the nightly run: link, deduplicate, flag, count, publish");
    let working = printer::spinner();
    offices.run(&RunOptions { as_of: format!("{}-02-28", arguments.year + 1), further: Vec::new() })?;
    working.finish_and_clear();

    let people = People::open(&offices)?;
    let published = Published::newest(&offices.store())?;
    let rules = rules(&offices.rule_book())?;
    let (planted, flags) = if arguments.every_switch {
        (planted_with_every_switch(&invented, &rules)?, with_readings_as_one(flags(&published)?))
    } else {
        (planted(&invented, &rules)?, flags(&published)?)
    };
    let scores = score(&planted, &people, &flags);
    let links = link_scores(&invented, &packed, &offices, &people)?;
    let planted_gaps = planted_gaps(&invented, &JudgedMonths::of(&packed))?;
    let gap_scores = score(&planted_gaps, &people, &gaps(&published)?);
    let mut not_judged = not_judged(&invented, &rules)?;
    not_judged.extend(gaps_not_judged(&invented)?);
    let compared = Compared { scores, gap_scores, not_judged, links: links.into() };
    let summary = Summary::gather(&offices, &packed, compared)?;
    let form = if arguments.json { Form::Json } else { Form::Page };
    printer::summary(&summary, form, started.elapsed());
    Ok(())
}

/// Invents people and the extracts of five departments into a folder.
fn invent(arguments: &Arguments, programs: &Programs, invented: &Path) -> Result<(), DemoError> {
    let arguments = [
        "--persons".to_owned(),
        arguments.persons.to_string(),
        "--seed".to_owned(),
        arguments.seed.to_string(),
        "--year".to_owned(),
        arguments.year.to_string(),
        "--out".to_owned(),
        invented.display().to_string(),
    ];
    programs.run("yilian-synth", arguments).map(drop)
}
