//! `yilian-synth`: invents people, the departments' extracts about them, and the truth.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use yilian_synth::desk::Marked;
use yilian_synth::error::SynthError;
use yilian_synth::files::Format;
use yilian_synth::printer::Printer;
use yilian_synth::world::{Options, generate};

/// Invents older people and the extracts that five departments would export about them.
#[derive(Debug, Parser)]
#[command(name = "yilian-synth", version)]
struct Arguments {
    /// How many people
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    persons: u64,
    /// Same seed, same bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder to make; must be empty or absent
    #[arg(long)]
    out: PathBuf,
    /// Year of the extracts
    #[arg(long, default_value_t = 2025)]
    year: i32,
    /// Counties, six digits each
    #[arg(long, value_delimiter = ',', default_value = "150102,150103,150104,150105")]
    places: Vec<String>,
    /// Text files alone, or some small snapshots as workbooks
    #[arg(long, value_enum, default_value = "mixed")]
    format: FormatName,
    /// Mark some people; their data are listed in truth/markers.csv
    #[arg(long)]
    markers: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatName {
    Csv,
    Mixed,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            Printer::error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: Arguments) -> Result<(), SynthError> {
    let places = counties(&arguments.places)?;
    let format = match arguments.format {
        FormatName::Csv => Format::Csv,
        FormatName::Mixed => Format::Mixed,
    };
    let markers = if arguments.markers { Marked::Yes } else { Marked::No };
    let Arguments { persons, seed, out, year, .. } = arguments;
    let options = Options { persons, seed, out, year, places, format, markers };
    generate(&options, &mut Printer::new(persons)).map(|_| ())
}

fn counties(places: &[String]) -> Result<Vec<u32>, SynthError> {
    let mut counties = Vec::new();
    for place in places {
        match place.trim().parse::<u32>() {
            Ok(county) if (110_000..830_000).contains(&county) => counties.push(county),
            _ => return Err(SynthError::NotACounty { place: place.clone() }),
        }
    }
    Ok(counties)
}
