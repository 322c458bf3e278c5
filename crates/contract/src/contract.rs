use crate::department::Department;

/// What one department delivers about one subject, and what happens to each column before it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// `civil_affairs.benefit_payment`, or `common.disposition` for a dataset that every department has.
    pub id: String,
    /// Semantic version of the contract; a published version is never edited.
    pub version: String,
    /// SHA-256 of the YAML file's bytes, in hex.
    pub digest: String,
    /// Who may deliver it; `None` for a dataset that every department has.
    pub department: Option<Department>,
    /// `benefit_payment`.
    pub dataset: String,
    /// Chinese title.
    pub title_zh: String,
    /// English title.
    pub title_en: String,
    /// Snapshot or events.
    pub kind: Kind,
    /// Whom a row is about.
    pub subject: Subject,
    /// What the hub may use it for.
    pub purpose: String,
    /// The law or document that allows the delivery.
    pub legal_basis: String,
    /// The columns of the object `extract`, in delivery order.
    pub columns: Vec<Column>,
    /// Which columns make the control totals.
    pub totals: TotalsBy,
    /// Above this share of rejected rows a file is refused whole.
    pub rejected_tolerance: Permille,
}

/// How a dataset's deliveries relate to time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The complete stock at the end of the period.
    Snapshot,
    /// Everything that the office booked in the period.
    Events,
}

/// Whom a row is about, which decides the person block that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An older person: `person_token`, `name_token`, `sex`, `birth_month`, `id_quality`.
    Person,
    /// A care worker or trained carer, never joinable with older people: `worker_token`, `sex`, `id_quality`.
    Worker,
    /// A person under two link keys: `old_token`, `new_token` and nothing else.
    Bridge,
    /// No person.
    None,
}

/// Which columns make the control totals of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalsBy {
    /// Where the benefit stands.
    pub benefit: BenefitOf,
    /// The column with the month, if the dataset has one.
    pub month: Option<String>,
    /// The column with the money, if the dataset has one.
    pub amount: Option<String>,
}

/// Where the benefit of a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BenefitOf {
    /// In this column.
    Column(String),
    /// Every row has this benefit.
    Constant(String),
    /// The dataset is not about a benefit.
    None,
}

/// A share in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permille(pub u16);

/// A column of an extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// English name, always accepted as a header.
    pub name: String,
    /// The Chinese header.
    pub header: String,
    /// Other headers under which offices deliver it.
    pub aliases: Vec<String>,
    /// How a cell is read.
    pub ty: ColumnType,
    /// Whether the column must be there and, the ID number apart, each of its cells filled.
    pub required: bool,
    /// How much the column says about a person.
    pub classification: Classification,
    /// What happens to it before it leaves.
    pub treatment: Treatment,
    /// The name under which a tokenised or coarsened column leaves; `None` if it keeps its own or does not leave.
    pub delivered_as: Option<String>,
}

/// How a cell is read, and in which unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// Text as it stands.
    Text,
    /// A code or any label of this code list.
    Code(String),
    /// A region code of 12, 9 or 6 digits; leaves with at most 9.
    Region,
    /// A month.
    Month,
    /// A day.
    Date,
    /// A day and time, to the second.
    DateTime,
    /// Money in yuan with two decimals.
    Yuan,
    /// A whole number.
    Integer,
    /// A number with up to four decimals.
    Decimal,
    /// Yes or no.
    Bool,
}

/// What happens to a column before it leaves the department.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Leaves as a token.
    Tokenise(TokenKind),
    /// Does not leave.
    Drop,
    /// A date leaves as its month.
    Coarsen,
    /// Leaves as it is.
    Keep,
}

/// Which token a tokenised column becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// `person_token`, from the ID number.
    Person,
    /// `name_token`, from name, birth date and sex.
    Name,
    /// `household_token`, from the household head's ID number.
    Household,
    /// `worker_token`, from the ID number.
    Worker,
    /// `record_token`, from the office's own payment or event number.
    Record,
}

/// How much a column says about a person (GB/T 37964).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Classification {
    /// Identifies by itself.
    Direct,
    /// Identifies together with others.
    Quasi,
    /// Sensitive personal information.
    Sensitive,
    /// Neither.
    Plain,
}

impl Contract {
    /// The column of the extract with this English name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether a delivery carries the canaries as rows: what a department says about older people does.
    ///
    /// Care workers are hashed under another label, facilities are no people, and a bridge or a dataset that every
    /// department has (answers, erasures) says what is to be done with rows of others.
    pub fn carries_canaries(&self) -> bool {
        self.subject == Subject::Person && self.department.is_some()
    }
}

impl Column {
    /// All headers under which the column is recognised: Chinese, English, aliases.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        [self.header.as_str(), self.name.as_str()].into_iter().chain(self.aliases.iter().map(String::as_str))
    }
}

impl ColumnType {
    /// The ODCS `logicalType` that goes with the type.
    pub(crate) const fn logical(&self) -> &'static str {
        match self {
            Self::Text | Self::Code(_) | Self::Region => "string",
            Self::Month | Self::Date | Self::DateTime => "date",
            Self::Yuan | Self::Decimal => "number",
            Self::Integer => "integer",
            Self::Bool => "boolean",
        }
    }
}

impl TokenKind {
    /// The delivery column that holds the token.
    pub const fn column(self) -> &'static str {
        match self {
            Self::Person => "person_token",
            Self::Name => "name_token",
            Self::Household => "household_token",
            Self::Worker => "worker_token",
            Self::Record => "record_token",
        }
    }
}
