use super::FilesError;
use super::words::{self, Word};
use crate::definition::{Dimension, Measure, TableDefinition, Text};

/// A column of the long form, which Parquet and CSV share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column<'d> {
    pub(super) name: &'d str,
    pub(super) title: Text,
    pub(super) kind: Kind<'d>,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'d> {
    Year,
    Region,
    RegionLevel,
    RegionNameZh,
    RegionNameEn,
    /// A code of the dimension, which stands at this place of a row.
    Dimension(usize, &'d Dimension),
    /// The name of one of the measures.
    Measure(&'d [Measure]),
    Unit,
    Value,
    Status,
}

/// Names that SDMX or the long form gives to columns of its own.
const TAKEN: [&str; 18] = [
    "year",
    "region",
    "region_level",
    "region_name_zh",
    "region_name_en",
    "measure",
    "unit",
    "value",
    "status",
    "structure",
    "structure_id",
    "action",
    "ref_area",
    "indicator",
    "time_period",
    "obs_value",
    "obs_status",
    "conf_status",
];

/// The columns of a table, in order.
pub(super) fn of(definition: &TableDefinition) -> Result<Vec<Column<'_>>, FilesError> {
    let mut columns = vec![
        column("year", "年份", "Year", Kind::Year),
        column("region", "地区代码", "Region code", Kind::Region),
        column("region_level", "地区级别", "Region level", Kind::RegionLevel),
        column("region_name_zh", "地区名称（中文）", "Region name (Chinese)", Kind::RegionNameZh),
        column("region_name_en", "地区名称（英文）", "Region name (English)", Kind::RegionNameEn),
    ];
    for (place, dimension) in definition.dimensions.iter().enumerate() {
        if TAKEN.contains(&dimension.name.as_str()) || columns.iter().any(|column| column.name == dimension.name) {
            return Err(FilesError::ColumnName { table: definition.name.clone(), name: dimension.name.clone() });
        }
        let kind = Kind::Dimension(place, dimension);
        columns.push(Column { name: &dimension.name, title: dimension.title.clone(), kind });
    }
    columns.extend([
        column("measure", "指标", "Measure", Kind::Measure(&definition.measures)),
        column("unit", "计量单位", "Unit", Kind::Unit),
        column("value", "数值", "Value", Kind::Value),
        column("status", "状态", "Status", Kind::Status),
    ]);
    Ok(columns)
}

fn column<'d>(name: &'d str, zh: &str, en: &str, kind: Kind<'d>) -> Column<'d> {
    Column { name, title: Text { zh: zh.to_owned(), en: en.to_owned() }, kind }
}

/// A code that may stand in a column, and its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named<'d> {
    pub(super) code: &'d str,
    pub(super) zh: &'d str,
    pub(super) en: &'d str,
}

impl From<Word> for Named<'static> {
    fn from(Word { code, zh, en }: Word) -> Self {
        Self { code, zh, en }
    }
}

impl<'d> Kind<'d> {
    /// Every code that may stand in the column, in order; none where it holds no codes of a closed list.
    pub(super) fn codes(self) -> Vec<Named<'d>> {
        match self {
            Self::Year | Self::Region | Self::RegionNameZh | Self::RegionNameEn | Self::Value => Vec::new(),
            Self::RegionLevel => words::LEVELS.map(|level| words::of_level(level).into()).to_vec(),
            Self::Dimension(_, dimension) => codes_of(dimension),
            Self::Measure(measures) => measures
                .iter()
                .map(|Measure { name, title, .. }| Named { code: name, zh: &title.zh, en: &title.en })
                .collect(),
            Self::Unit => words::UNITS.map(|unit| words::of_unit(unit).into()).to_vec(),
            Self::Status => words::STATUSES.map(|status| words::of_status(status).into()).to_vec(),
        }
    }
}

/// The codes of a dimension in order: all together, its categories, and their sums in the townships.
pub(super) fn codes_of(dimension: &Dimension) -> Vec<Named<'_>> {
    let groups = dimension.categories.iter().chain(&dimension.township);
    let codes = groups.map(|group| Named { code: &group.code, zh: &group.zh, en: &group.en });
    // A definition may name the whole itself.
    let named = dimension.categories.iter().any(|group| group.code == words::TOTAL.code);
    let total = (!named).then(|| words::TOTAL.into());
    total.into_iter().chain(codes).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{living, table};
    use super::*;

    #[test]
    fn a_dimension_that_takes_the_name_of_another_column_is_refused() {
        for name in ["value", "obs_status", "sex"] {
            let mut definition = table().definition;
            definition.dimensions = vec![living(), Dimension { name: "sex".to_owned(), ..living() }, living()];
            name.clone_into(&mut definition.dimensions[0].name);
            assert!(matches!(of(&definition), Err(FilesError::ColumnName { .. })), "{name}");
        }
    }

    #[test]
    fn the_whole_stands_before_the_categories_and_their_sums_behind_them() {
        let living = living();
        let codes: Vec<_> = codes_of(&living).into_iter().map(|code| code.code).collect();
        assert_eq!(codes, ["total", "alone", "couple", "alone+"]);
    }
}
