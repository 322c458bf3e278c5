use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use serde::Deserialize;
use yilian_disclosure::{Contribution, Dominance};

use crate::counted::{text_column, value_column};
use crate::cube::{CellId, Cube, CubeTable};
use crate::definition::TableDefinition;
use crate::definitions::TableDefinitions;
use crate::error::{Fault, ReleaseError};

/// How the name of the rows ends that say whose a table's money and staff are.
const OF_OPERATORS: &str = "_operator";
const REGION: &str = "region";
const OPERATOR: &str = "operator";

/// Which numbers are made up by operators, and when one says too much of one of them (`release.md`, "Unit").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operators {
    /// The least number of operators.
    pub at_least: usize,
    /// So many largest operators together …
    pub largest: usize,
    /// … may have at most so many hundredths.
    pub percent_of_total: u32,
    /// The second operator must not come closer to the largest than so many hundredths of what that has.
    pub percent_of_largest: u32,
    /// By table the counted measures; rows `<table>_operator` say how much of them is whose.
    pub tables: BTreeMap<String, Vec<String>>,
}

/// Who has how much of each cell that operators make up.
#[derive(Debug, Clone, Default)]
pub struct Contributions {
    cells: BTreeMap<CellId, BTreeMap<u32, i64>>,
    dominance: Option<Dominance>,
}

impl Operators {
    pub(crate) fn faults(&self, definitions: &TableDefinitions) -> Vec<Fault> {
        let place = "operators";
        let mut faults = Vec::new();
        for (name, measures) in &self.tables {
            let Ok(table) = definitions.get(name) else {
                faults.push(Fault::unknown(place, "table", name, definitions.names()));
                continue;
            };
            for measure in measures.iter().filter(|name| !table.counted().any(|measure| measure.name == **name)) {
                let counted = table.counted().map(|measure| measure.name.as_str());
                faults.push(Fault::unknown(place, "counted measure", measure, counted));
            }
        }
        if self.at_least < 2 || self.largest == 0 || self.percent_of_total == 0 || self.percent_of_total > 100 {
            faults.push(Fault::contradiction(
                place,
                "two operators at least, one largest at least, and of the total 1 to 100 hundredths",
            ));
        }
        faults
    }
}

impl Contributions {
    /// Adds up what each operator has of every cell of a cube.
    ///
    /// Rows have the columns of the table's own with `operator`; one operator is one in all tables.
    ///
    /// # Errors
    /// [`ReleaseError::Column`]; [`ReleaseError::NoOperators`] where a table that operators make up has no such rows.
    pub fn new(
        cube: &Cube,
        operators: Option<&Operators>,
        rows: &BTreeMap<String, RecordBatch>,
    ) -> Result<Self, ReleaseError> {
        let mut contributions = Self::default();
        let Some(operators) = operators else { return Ok(contributions) };
        contributions.dominance = Some(Dominance {
            operators: operators.at_least,
            largest: operators.largest,
            percent_of_total: operators.percent_of_total,
            percent_of_largest: operators.percent_of_largest,
        });
        let mut parts = Vec::new();
        for table in &cube.tables {
            let Some(measures) = operators.tables.get(&table.definition.name) else { continue };
            let rows = rows.get(&format!("{}{OF_OPERATORS}", table.definition.name));
            let rows = rows.ok_or_else(|| ReleaseError::NoOperators { table: table.definition.name.clone() })?;
            parts.push((table, Rows::read(&table.definition, rows, measures)?));
        }
        let names: BTreeSet<&str> = parts.iter().flat_map(|(_, rows)| rows.operators()).collect();
        let numbers: BTreeMap<&str, u32> = names.into_iter().zip(0..).collect();
        for (table, rows) in &parts {
            contributions.add(cube, table, (rows, &numbers));
        }
        Ok(contributions)
    }

    /// Who has how much of a cell, and the rules for it; `None` where operators do not make it up.
    pub(crate) fn of(&self, cell: CellId) -> Option<(Vec<Contribution>, Dominance)> {
        let of_cell = self.cells.get(&cell)?;
        let contributions =
            of_cell.iter().map(|(operator, amount)| Contribution { operator: *operator, amount: *amount });
        Some((contributions.collect(), self.dominance?))
    }

    fn add(&mut self, cube: &Cube, table: &CubeTable, (rows, numbers): (&Rows, &BTreeMap<&str, u32>)) {
        for block in &table.blocks {
            for row in &rows.rows {
                let area = cube.areas.of_code(&row.region).and_then(|id| Some((id, cube.areas.get(id)?)));
                let home = area.and_then(|(id, area)| block.position(area.at(block.level).unwrap_or(id)));
                let (Some(region), Some(number)) = (home, numbers.get(row.operator.as_str())) else { continue };
                for point in block.layout.points_with(&row.categories) {
                    for (measure, amount) in rows.measures.iter().zip(&row.amounts) {
                        let Some(slot) = table.slots.of_measure(*measure) else { continue };
                        let of_cell = self.cells.entry(block.cell(region, point, slot)).or_default();
                        let sum = of_cell.entry(*number).or_default();
                        *sum = sum.saturating_add(*amount);
                    }
                }
            }
        }
    }
}

/// The rows of one table.
struct Rows {
    /// Indices among the definition's measures.
    measures: Vec<usize>,
    rows: Vec<Row>,
}

struct Row {
    region: String,
    categories: Vec<usize>,
    operator: String,
    amounts: Vec<i64>,
}

impl Rows {
    fn read(definition: &TableDefinition, rows: &RecordBatch, measures: &[String]) -> Result<Self, ReleaseError> {
        let region = text_column(definition, rows, REGION)?;
        let operator = text_column(definition, rows, OPERATOR)?;
        let dimensions = definition.dimensions.iter().map(|dimension| text_column(definition, rows, &dimension.name));
        let dimensions = dimensions.collect::<Result<Vec<_>, _>>()?;
        let columns = measures.iter().map(|measure| value_column(definition, rows, measure));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        let category = |at: usize, row: usize| {
            let code = dimensions.get(at).map_or("", |column| column.value(row));
            definition.dimensions.get(at)?.categories.iter().position(|category| category.code == code)
        };
        let row = |row: usize| {
            Some(Row {
                region: region.value(row).to_owned(),
                categories: (0..dimensions.len()).map(|at| category(at, row)).collect::<Option<_>>()?,
                operator: operator.value(row).to_owned(),
                amounts: columns.iter().map(|column| column.get(row).copied().flatten().unwrap_or_default()).collect(),
            })
        };
        let position = |name: &String| definition.measures.iter().position(|measure| measure.name == *name);
        Ok(Self {
            measures: measures.iter().filter_map(position).collect(),
            // The table's own rows are refused for a code that is no category; what is whose need not be asked again.
            rows: (0..rows.num_rows()).filter_map(row).collect(),
        })
    }

    fn operators(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.operator.as_str())
    }
}
