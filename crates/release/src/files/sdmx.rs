//! SDMX: data as SDMX-CSV 2.0, structures as SDMX-ML 3.0, which belong together.
//!
//! Codes of `OBS_STATUS` and `CONF_STATUS` are those of the cross-domain lists `SDMX:CL_OBS_STATUS` and
//! `SDMX:CL_CONF_STATUS`.

mod code;
mod structure;

use std::io;

use yilian_disclosure::Status;

use super::rows::{Checked, Row};
use super::{FilesError, Version, words};
use crate::annual::Finality;
use code::{dataflow_id, upper};

pub(super) use structure::{STRUCTURE, structure};

/// Who maintains the structures.
const AGENCY: &str = "YILIAN";
const REGION: &str = "REF_AREA";
const MEASURE: &str = "INDICATOR";
const TIME: &str = "TIME_PERIOD";
const VALUE: &str = "OBS_VALUE";
const OBS_STATUS: &str = "OBS_STATUS";
const CONF_STATUS: &str = "CONF_STATUS";
const UNIT: &str = "UNIT_MEASURE";

/// The rows of a table as SDMX-CSV 2.0; a value that is not there is empty.
pub(super) fn data(table: &Checked<'_>, version: &Version) -> Result<Vec<u8>, FilesError> {
    let failed = |source| FilesError::Text { file: format!("sdmx/{}.csv", table.name()), source };
    write(table, version).map_err(failed)
}

fn write(table: &Checked<'_>, version: &Version) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let dimensions = table.definition.dimensions.iter().map(|dimension| upper(&dimension.name));
    let header = ["STRUCTURE", "STRUCTURE_ID", "ACTION", REGION].map(str::to_owned).into_iter().chain(dimensions);
    let rest = [MEASURE, TIME, VALUE, OBS_STATUS, CONF_STATUS, UNIT].map(str::to_owned);
    writer.write_record(header.chain(rest))?;
    let flow = format!("{AGENCY}:{}({})", dataflow_id(table.name()), version.semantic());
    let year = table.year.to_string();
    for row in &table.rows {
        writer.write_record(record(row, &flow, &year, (version.state, table.definition.restricted)))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// `I`: for information, whatever a reader did with an earlier version.
fn record(row: &Row<'_>, flow: &str, year: &str, (state, restricted): (Finality, bool)) -> Vec<String> {
    let head = ["dataflow", flow, "I"].map(str::to_owned);
    let places = [row.region.code.as_str()].into_iter().chain(row.dimensions.iter().map(String::as_str));
    let rest = [
        code::of(&row.measure.name),
        year.to_owned(),
        row.text().unwrap_or_default(),
        obs_status(row.status, state).to_owned(),
        conf_status(row.status, restricted).to_owned(),
        upper(words::of_unit(row.measure.unit).code),
    ];
    head.into_iter().chain(places.map(code::of)).chain(rest).collect()
}

/// `CL_OBS_STATUS`: `A` normal value, `P` provisional value, `Q` missing value; suppressed, `O` missing value, `M` missing
/// value; data cannot exist.
///
/// What deliveries do not hold is `O` and not `M`, which is the list's code for a combination that cannot occur, nor `L` (data
/// exist but were not collected), which some offices give to what lies below a threshold.
fn obs_status(status: Status, state: Finality) -> &'static str {
    match (status, state) {
        (Status::Published | Status::Zero, Finality::Final) => "A",
        (Status::Published | Status::Zero, Finality::Provisional) => "P",
        (Status::Suppressed, _) => "Q",
        (Status::Missing, _) => "O",
        (Status::NotApplicable, _) => "M",
    }
}

/// `CL_CONF_STATUS`: `F` free, `N` not for publication, restricted for internal use only, `C` confidential statistical
/// information.
///
/// Every suppressed cell is `C`. The list's `A` (primary, small counts) and `D` (secondary) would tell an attacker which
/// cells are small, and with it in which interval they lie.
fn conf_status(status: Status, restricted: bool) -> &'static str {
    match (status, restricted) {
        (Status::Suppressed, _) => "C",
        (_, true) => "N",
        (_, false) => "F",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{table, version};
    use super::*;

    #[test]
    fn a_table_as_sdmx_csv() {
        let (table, version) = (table(), version());
        let bytes = data(&Checked::new(&table, &version).unwrap(), &version).unwrap();
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap().replace("\r\n", "\n"));
    }

    #[test]
    fn a_suppressed_cell_has_one_code_whatever_its_reason_and_its_readers() {
        for (state, restricted) in [(Finality::Final, true), (Finality::Provisional, false)] {
            assert_eq!(obs_status(Status::Suppressed, state), "Q");
            assert_eq!(conf_status(Status::Suppressed, restricted), "C");
        }
        assert_eq!(conf_status(Status::Published, true), "N");
        assert_eq!(obs_status(Status::Zero, Finality::Provisional), "P");
        assert_eq!(obs_status(Status::Missing, Finality::Final), "O");
    }
}
