use std::fs;
use std::path::Path;

use crate::annual::Rate;
use crate::constraints::{Constraints, Kind};
use crate::cube::Cube;
use crate::error::{Fault, ReleaseError};
use crate::links::{Selected, pairs, sum};

/// The monthly amounts that documents set for places: `codes/standard_amount.csv`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicRates {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    standard: String,
    place: String,
    /// First day, `YYYY-MM-DD`; empty = always.
    from: String,
    /// First day on which it holds no more; empty = never.
    until: String,
    fen: i64,
}

impl PublicRates {
    /// Reads the table below the folder `schemas`, which the contracts check.
    ///
    /// # Errors
    /// [`ReleaseError::File`]; [`ReleaseError::Faults`] with every line whose amount is no number of yuan.
    pub fn load(schemas: &Path) -> Result<Self, ReleaseError> {
        let path = schemas.join("codes").join("standard_amount.csv");
        let text = fs::read_to_string(&path).map_err(|source| ReleaseError::File {
            action: "read",
            path: path.clone(),
            source,
        })?;
        Self::parse(&text).map_err(|faults| ReleaseError::Faults { file: path, faults })
    }

    fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let column = |name: &str| header.iter().position(|column| column.trim_start_matches('\u{feff}') == name);
        let columns = ["standard", "place", "valid_from", "valid_until", "amount"].map(column);
        let (mut lines, mut faults) = (Vec::new(), Vec::new());
        for (number, record) in reader.records().enumerate() {
            let record = record.unwrap_or_default();
            let [standard, place, from, until, amount] =
                columns.map(|column| column.and_then(|column| record.get(column)).unwrap_or_default().to_owned());
            match fen(&amount) {
                Some(fen) => lines.push(Line { standard, place, from, until, fen }),
                None => faults.push(Fault::contradiction(
                    &format!("row {}", number + 2),
                    "its amount is no number of yuan with at most two decimals",
                )),
            }
        }
        if faults.is_empty() { Ok(Self { lines }) } else { Err(faults) }
    }

    /// The rate in fen that held in a region from January to December; `None` where it changed, or where it differs within.
    fn all_year(&self, standard: &str, region: &str, year: i32) -> Option<i64> {
        let (first, last) = (format!("{year:04}-01-01"), format!("{year:04}-12-31"));
        let of_year = self.lines.iter().filter(|line| {
            line.standard == standard
                && (line.from.is_empty() || line.from <= last)
                && (line.until.is_empty() || line.until > first)
        });
        let (around, within): (Vec<&Line>, Vec<&Line>) = of_year
            .filter(|line| region.starts_with(&line.place) || line.place.starts_with(region))
            .partition(|line| region.starts_with(&line.place));
        let closest = around.iter().map(|line| line.place.len()).max()?;
        let mut closest = around.into_iter().filter(|line| line.place.len() == closest);
        let line = closest.next().filter(|_| closest.next().is_none() && within.is_empty())?;
        let whole = (line.from.is_empty() || line.from <= first) && (line.until.is_empty() || line.until > last);
        whole.then_some(line.fen)
    }
}

impl Constraints {
    pub(crate) fn rates(&mut self, cube: &Cube, rates: &[Rate], (public, year): (&PublicRates, i32)) {
        for rate in rates {
            let selected = (Selected::of(cube, &rate.amount), Selected::of(cube, &rate.person_months));
            let (Some(amount), Some(months)) = selected else { continue };
            for (block, pairs) in pairs(&amount, &months) {
                for pair in pairs {
                    let area = block.regions.get(pair.region).and_then(|region| cube.areas.get(region.area));
                    let fen = area.and_then(|area| public.all_year(&rate.standard, &area.region.code, year));
                    let Some(fen) = fen else { continue };
                    if sum(cube, &pair.left) == sum(cube, &pair.right) * i128::from(fen) {
                        let months = pair.right.into_iter().map(|cell| (fen, cell));
                        self.equal(Kind::Rate, pair.left.into_iter(), months);
                    }
                }
            }
        }
    }
}

/// Yuan with at most two decimals, in fen.
fn fen(text: &str) -> Option<i64> {
    let (yuan, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if yuan.is_empty() || decimals.len() > 2 || !digits(yuan) || !digits(decimals) {
        return None;
    }
    yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(format!("{decimals:0<2}").parse().ok()?)
}
