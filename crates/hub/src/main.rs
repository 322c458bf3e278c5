//! `yilian`: the program of the hub. It receives sealed deliveries, runs the nightly chain and answers questions in SQL.
//!
//! **Invariant:** no crate of this program reads a name, an ID number or an account, or holds a link key; a site, a
//! configuration or an environment that holds or names one is refused before anything is done.

mod arguments;
mod clock;
mod commands;
mod error;
mod library;
mod printer;
mod progress;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command, KeysCommand, RulesCommand, SendersCommand, UsersCommand};
use crate::error::HubError;
use crate::printer::{Format, Printer};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let dumps = yilian_token::switch_off_core_dumps();
    let arguments = Arguments::parse();
    let printer = Printer::new(if arguments.json { Format::Json } else { Format::Text });
    if let Err(error) = dumps {
        printer::note(&format!("note: core dumps could not be switched off ({error}); a key could stand in one"));
    }
    match run(&arguments, printer) {
        Ok(code) => code,
        Err(error) => {
            printer.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: &Arguments, printer: Printer) -> Result<ExitCode, HubError> {
    let site = arguments.site.as_path();
    let schemas = arguments.schemas.as_deref();
    match &arguments.command {
        Command::Init(init) => commands::init::run(init, printer),
        Command::Keys(KeysCommand::New(new)) => commands::keys::new(new, site, printer),
        Command::Keys(KeysCommand::Rotate(rotate)) => commands::keys::rotate(rotate, site, printer),
        Command::Senders(SendersCommand::Add(sender)) => commands::senders::add(sender, site, printer),
        Command::Senders(SendersCommand::List) => commands::senders::list(site, printer),
        Command::Receive(receive) => commands::receive::run(receive, site, schemas, printer),
        Command::Run(run) => commands::run::run(run, site, printer),
        #[cfg(feature = "cluster")]
        Command::Cluster(cluster) => commands::cluster::run(cluster, printer),
        Command::Status(status) => commands::status::run(status, site, printer),
        Command::Explain(explain) => commands::explain::run(explain, site, schemas, printer),
        Command::Sql(sql) => commands::sql::run(sql, site, schemas, printer),
        Command::Serve(serve) => commands::serve::run(serve, site, schemas, printer),
        Command::Users(UsersCommand::Add(user)) => commands::users::add(user, site, printer),
        Command::Users(UsersCommand::List) => commands::users::list(site, printer),
        Command::Users(UsersCommand::Remove { name }) => commands::users::remove(name, site, printer),
        Command::Rules(RulesCommand::Check) => commands::rules::check(schemas, printer),
        Command::Prune(prune) => commands::prune::run(prune, site, schemas, printer),
        Command::Review(review) => commands::review::run(review, site, schemas, printer),
        Command::Report(report) => commands::report::run(report, site, schemas, printer),
        Command::Release(release) => commands::release::run(release, site, schemas, printer),
        Command::Verify(verify) => commands::verify::run(verify, site, schemas, printer),
    }
}
