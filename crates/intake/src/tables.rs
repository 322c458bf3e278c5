//! The tables of a file that hold its rows: a text file is one, a workbook has one a sheet.

/// A table of the dataset.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// The sheet's name; `None` for a text file.
    pub(crate) sheet: Option<String>,
    /// How many rows stand before it when they are counted on through the sheets.
    pub(crate) before: u32,
    /// Headers in the order of the contract: the file's where it has the column, else the contract's.
    pub(crate) headers: Vec<String>,
}

/// All tables of the dataset in a file, in order.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    tables: Vec<Table>,
    /// What a row outside all tables belongs to.
    none: Table,
}

impl Tables {
    pub(crate) fn push(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// Whether a row's number says too little without its sheet.
    pub(crate) fn are_several(&self) -> bool {
        self.tables.len() > 1
    }

    /// A row's table and its number there, as a spreadsheet counts it: the first row is 1.
    pub(crate) fn at(&self, row: u32) -> (&Table, u32) {
        let next = self.tables.partition_point(|table| table.before < row);
        let table = next.checked_sub(1).and_then(|at| self.tables.get(at)).unwrap_or(&self.none);
        (table, row.saturating_sub(table.before))
    }

    /// The names of the sheets that were read; none for a text file.
    pub(crate) fn sheets(&self) -> Vec<String> {
        self.tables.iter().filter_map(|table| table.sheet.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_found_in_its_sheet() {
        let mut tables = Tables::default();
        for (sheet, before) in [("one", 0), ("two", 100), ("three", 250)] {
            tables.push(Table { sheet: Some(sheet.to_owned()), before, headers: Vec::new() });
        }
        for (row, sheet, there) in
            [(1, "one", 1), (100, "one", 100), (101, "two", 1), (250, "two", 150), (300, "three", 50)]
        {
            let (table, number) = tables.at(row);
            assert_eq!((table.sheet.as_deref(), number), (Some(sheet), there), "{row}");
        }
    }
}
