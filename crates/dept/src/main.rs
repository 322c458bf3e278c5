//! `yilian-dept`: the program of a department. It reads extracts with names and ID numbers, and writes signed, sealed
//! deliveries that hold tokens.
//!
//! **Invariant:** no query engine, no network code, no hub key. Plain identifiers are read by `yilian-intake` alone, and
//! stand in nothing but an officer's workbook and the answer of `subject` to the person they belong to.

mod arguments;
mod clock;
mod commands;
mod error;
mod printer;
mod progress;
mod records;
mod schemas;
mod site;
mod wall;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command, KeysCommand};
use crate::error::DeptError;
use crate::printer::{Format, Printer};

fn main() -> ExitCode {
    let dumps = yilian_token::switch_off_core_dumps();
    let arguments = Arguments::parse();
    std::panic::set_hook(Box::new(printer::internal_error));
    let printer = Printer::new(if arguments.json { Format::Json } else { Format::Text });
    if let Err(error) = dumps {
        printer.note(&format!("note: core dumps could not be switched off ({error}); a key could stand in one"));
    }
    // The hook has said where it happened.
    let Ok(result) = std::panic::catch_unwind(|| run(&arguments, printer)) else {
        return ExitCode::from(error::OUR_BUG);
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            printer.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: &Arguments, printer: Printer) -> Result<(), DeptError> {
    wall::refuse_in_environment(std::env::vars_os())?;
    let site = arguments.site.as_path();
    match &arguments.command {
        Command::Init(init) => commands::init::run(init, printer),
        Command::Keys(KeysCommand::New(new)) => commands::keys::new(new, site, printer),
        Command::Keys(KeysCommand::Check) => commands::keys::check(site, printer),
        Command::Inspect(inspect) => commands::inspect::run(inspect, printer),
        Command::Pack(pack) => commands::pack::run(pack, site, printer),
        Command::Feedback(feedback) => commands::feedback::run(feedback, site, printer),
        Command::Answer(answer) => commands::answer::run(answer, site, printer),
        Command::Subject(subject) => commands::subject::run(subject, site, printer),
    }
}
