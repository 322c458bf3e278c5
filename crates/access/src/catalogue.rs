use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Who asks, which decides the schemas that are there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// Sees statistics and never a person.
    #[default]
    Statistician,
    /// Runs the hub: sees persons by id, benefits, overlaps and their evidence.
    Operator,
    /// Reviews how people are protected: sees statistics and what is released for inside use.
    Reviewer,
    /// Publishes the year's statistics: sees what is released, for inside use too.
    Release,
}

/// One table of the current publication, or of the releases of all years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSource {
    /// `release`, `restricted`, `micro`, `statistics`, `hub`, `evidence`.
    pub schema: String,
    /// The name after the dot.
    pub table: String,
    /// Its Parquet files in reading order; none for micro data, which the guard alone reads.
    pub files: Vec<PathBuf>,
    /// Rows in all of them.
    pub rows: u64,
    /// What a row is, in Chinese; empty if nobody said.
    pub title_zh: String,
    /// What a row is, in English; empty if nobody said.
    pub title_en: String,
    /// What its columns are, as far as somebody said.
    pub columns: Vec<ColumnNote>,
}

/// What a column of a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnNote {
    /// Its name.
    pub column: String,
    /// In Chinese; empty if nobody said.
    pub zh: String,
    /// In English; empty if nobody said.
    pub en: String,
}

/// The tables that one role sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    role: Role,
    visible: Vec<TableSource>,
    hidden: Vec<String>,
    system: Vec<String>,
}

/// What a name in a query turned out to be.
pub(crate) enum Lookup {
    Visible,
    /// It is there, and not for this role.
    Hidden(String),
    /// It is not; the nearest name that is.
    Unknown {
        nearest: Option<String>,
    },
}

impl Role {
    /// Every role, the one that sees least first.
    pub const ALL: [Self; 4] = [Self::Statistician, Self::Reviewer, Self::Release, Self::Operator];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Statistician => "statistician",
            Self::Operator => "operator",
            Self::Reviewer => "reviewer",
            Self::Release => "release",
        }
    }

    /// The schemas whose tables the role sees.
    pub fn schemas(self) -> &'static [&'static str] {
        match self {
            Self::Statistician => &["release", "micro"],
            Self::Reviewer | Self::Release => &["release", "restricted", "micro", "statistics"],
            Self::Operator => &["release", "restricted", "micro", "statistics", "hub", "evidence"],
        }
    }

    /// Whether the role sees the tables of a schema.
    pub fn sees(self, schema: &str) -> bool {
        self.schemas().contains(&schema)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("the roles are {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

impl TableSource {
    /// `schema.table`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.schema, self.table)
    }
}

impl Catalogue {
    /// Sorts a publication's tables into those the role sees and those it does not.
    pub fn new(role: Role, tables: Vec<TableSource>) -> Self {
        let (mut visible, hidden): (Vec<_>, Vec<_>) = tables.into_iter().partition(|table| role.sees(&table.schema));
        visible.sort_by_key(TableSource::name);
        let hidden = hidden.iter().map(TableSource::name).collect();
        Self { role, visible, hidden, system: Vec::new() }
    }

    /// The role it is for.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The tables the role sees, by name.
    pub fn tables(&self) -> &[TableSource] {
        &self.visible
    }

    /// A table by `schema.table`, or by `table` alone in the first of the role's schemas that has it.
    pub fn find(&self, name: &str) -> Option<&TableSource> {
        let name = name.to_lowercase();
        let place = |table: &&TableSource| self.role.schemas().iter().position(|schema| *schema == table.schema);
        self.visible
            .iter()
            .find(|table| table.name() == name)
            .or_else(|| self.visible.iter().filter(|table| table.table == name).min_by_key(place))
    }

    pub(crate) fn add_system_schema(&mut self, name: &str) {
        self.system.push(name.to_owned());
    }

    /// Whether a schema describes the others.
    pub(crate) fn is_system_schema(&self, name: &str) -> bool {
        self.system.iter().any(|system| system == name)
    }

    /// A table by name; one without a schema is of the default one.
    pub(crate) fn look_up(&self, (schema, default_schema): (&str, &str), table: &str) -> Lookup {
        let schema = if schema.is_empty() { default_schema } else { schema };
        let name = format!("{schema}.{table}");
        if self.is_system_schema(schema) || self.visible.iter().any(|known| known.name() == name) {
            return Lookup::Visible;
        }
        if self.hidden.contains(&name) {
            return Lookup::Hidden(name);
        }
        // The same table of another schema is nearer than another word of this one.
        let elsewhere = self.visible.iter().find(|known| known.table == table).map(TableSource::name);
        Lookup::Unknown { nearest: elsewhere.or_else(|| nearest(&name, self.visible.iter().map(TableSource::name))) }
    }
}

/// The valid name most like `name`, if one is like it at all.
pub(crate) fn nearest(name: &str, valid: impl Iterator<Item = String>) -> Option<String> {
    valid
        .map(|candidate| (strsim::damerau_levenshtein(name, &candidate), candidate))
        .filter(|(distance, candidate)| *distance * 2 <= candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(schema: &str, table: &str) -> TableSource {
        TableSource {
            schema: schema.to_owned(),
            table: table.to_owned(),
            files: Vec::new(),
            rows: 0,
            title_zh: String::new(),
            title_en: String::new(),
            columns: Vec::new(),
        }
    }

    fn catalogue(role: Role) -> Catalogue {
        Catalogue::new(role, vec![table("release", "population"), table("hub", "person")])
    }

    #[test]
    fn a_statistician_is_told_that_a_table_is_not_for_the_role() {
        let lookup = catalogue(Role::Statistician).look_up(("hub", "release"), "person");
        assert!(matches!(lookup, Lookup::Hidden(name) if name == "hub.person"));
        assert!(matches!(catalogue(Role::Operator).look_up(("hub", "release"), "person"), Lookup::Visible));
    }

    #[test]
    fn a_mistyped_table_gets_the_nearest_visible_one() {
        let lookup = catalogue(Role::Statistician).look_up(("", "release"), "populaton");
        assert!(matches!(lookup, Lookup::Unknown { nearest: Some(name) } if name == "release.population"));
        let lookup = catalogue(Role::Operator).look_up(("", "release"), "person");
        assert!(matches!(lookup, Lookup::Unknown { nearest: Some(name) } if name == "hub.person"));
    }
}
