use std::io;

use super::FilesError;
use super::columns::Kind;
use super::rows::{Checked, Row};
use super::words;

/// Spreadsheet programs take a CSV file for UTF-8 by it.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The long form as CSV (RFC 4180) in UTF-8; a value that is not there is empty.
pub(super) fn bytes(table: &Checked<'_>) -> Result<Vec<u8>, FilesError> {
    let failed = |source| FilesError::Text { file: format!("csv/{}.csv", table.name()), source };
    write(table).map_err(failed)
}

fn write(table: &Checked<'_>) -> io::Result<Vec<u8>> {
    let mut builder = csv::WriterBuilder::new();
    builder.terminator(csv::Terminator::CRLF);
    let mut writer = builder.from_writer(BYTE_ORDER_MARK.to_vec());
    writer.write_record(table.columns.iter().map(|column| column.name))?;
    let year = table.year.to_string();
    for row in &table.rows {
        let value = row.text().unwrap_or_default();
        writer.write_record(table.columns.iter().map(|column| field(column.kind, row, &year, &value)))?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}

fn field<'r>(kind: Kind<'_>, row: &'r Row<'_>, year: &'r str, value: &'r str) -> &'r str {
    match kind {
        Kind::Year => year,
        Kind::Value => value,
        other => text(other, row),
    }
}

/// What stands in a column of text.
pub(super) fn text<'r>(kind: Kind<'_>, row: &'r Row<'_>) -> &'r str {
    match kind {
        Kind::Year | Kind::Value => "",
        Kind::Region => &row.region.code,
        Kind::RegionLevel => words::of_level(row.region.level).code,
        Kind::RegionNameZh => &row.region.name_zh,
        Kind::RegionNameEn => &row.region.name_en,
        Kind::Dimension(place, _) => row.dimensions.get(place).map_or("", String::as_str),
        Kind::Measure(_) => &row.measure.name,
        Kind::Unit => words::of_unit(row.measure.unit).code,
        Kind::Status => words::of_status(row.status).code,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{table, version};
    use super::*;

    #[test]
    fn a_table_as_csv() {
        let table = table();
        let bytes = bytes(&Checked::new(&table, &version()).unwrap()).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let text = text.strip_prefix('\u{feff}').unwrap();
        assert_eq!(text.matches("\r\n").count(), table.rows.len() + 1);
        insta::assert_snapshot!(text.replace("\r\n", "\n"));
    }
}
