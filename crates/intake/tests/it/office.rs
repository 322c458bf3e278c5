//! An office with a folder, a key and the repository's contracts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;
use yilian_contract::{Period, Regions, Schemas};
use yilian_intake::{
    Finding, FindingKind, InspectRequest, Inspection, IntakeError, PeopleRequest, PersonCells, Prepared, Request,
    RowMap, Silent, SourcePlace, SourceRow, inspect, people, prepare,
};
use yilian_token::{Algorithm, Key, KeyUse};

/// Without canaries: what stands in a delivery is what the test wrote, and any number is somebody's.
pub(crate) static SCHEMAS: LazyLock<Schemas> =
    LazyLock::new(|| Schemas { canaries: Vec::new(), ..WITH_CANARIES.clone() });
pub(crate) static WITH_CANARIES: LazyLock<Schemas> =
    LazyLock::new(|| Schemas::load(&schemas()).unwrap_or_else(|errors| panic!("{errors:#?}")));
pub(crate) static REGIONS: LazyLock<Regions> =
    LazyLock::new(|| Regions::load(&schemas()).unwrap_or_else(|errors| panic!("{errors:#?}")));

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

pub(crate) struct Office {
    pub(crate) folder: TempDir,
    pub(crate) place: &'static str,
    pub(crate) period: Period,
    /// The bytes of the link key.
    pub(crate) key: [u8; 32],
    pub(crate) exclude: Option<PathBuf>,
    pub(crate) villages: Option<PathBuf>,
    pub(crate) schemas: &'static Schemas,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            place: "150104",
            period: "2025".parse().unwrap(),
            key: std::array::from_fn(|at| u8::try_from(at).unwrap()),
            exclude: None,
            villages: None,
            schemas: &SCHEMAS,
        }
    }

    pub(crate) fn link_key(&self) -> Key {
        Key::from_bytes(KeyUse::Link, Algorithm::Hs256, "link-2026a", self.key)
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes an extract and prepares it.
    pub(crate) fn prepare(&self, dataset: &str, bytes: impl AsRef<[u8]>) -> Result<Prepared, IntakeError> {
        self.prepare_file(dataset, &self.file("extract", bytes))
    }

    pub(crate) fn prepare_file(&self, dataset: &str, input: &Path) -> Result<Prepared, IntakeError> {
        let key = self.link_key();
        let out = self.folder.path().join("out");
        fs::create_dir_all(&out).unwrap();
        prepare(&Request {
            schemas: self.schemas,
            contract: self.schemas.dataset(dataset).unwrap(),
            regions: &REGIONS,
            input,
            place: self.place,
            period: &self.period,
            link_key: &key,
            next_link_key: None,
            exclude: self.exclude.as_deref(),
            village_classes: self.villages.as_deref(),
            out_dir: &out,
            progress: &Silent,
        })
    }

    /// Whom the rows of a row map are about.
    pub(crate) fn people(dataset: &str, extract: &Path, map: &RowMap) -> BTreeMap<SourcePlace, PersonCells> {
        people(&PeopleRequest {
            schemas: &SCHEMAS,
            contract: SCHEMAS.dataset(dataset).unwrap(),
            regions: &REGIONS,
            extract,
            digest: &map.source_digest,
            rows: &map.rows.values().map(SourceRow::place).collect(),
        })
        .unwrap()
    }

    pub(crate) fn inspect(&self, dataset: &str, bytes: impl AsRef<[u8]>) -> Result<Inspection, IntakeError> {
        inspect(&InspectRequest {
            schemas: self.schemas,
            contract: self.schemas.dataset(dataset).unwrap(),
            regions: &REGIONS,
            input: &self.file("extract", bytes),
            period: Some(&self.period),
            progress: &Silent,
        })
    }
}

/// All rows of a Parquet file in one batch.
pub(crate) fn rows(path: &Path) -> RecordBatch {
    let builder = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap()).unwrap();
    let schema = Arc::clone(builder.schema());
    let batches: Vec<_> = builder.build().unwrap().map(Result::unwrap).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

/// A column as text; a null is `None`.
pub(crate) fn column(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    use arrow::datatypes::DataType;
    let array = batch.column_by_name(name).unwrap_or_else(|| panic!("{name}"));
    (0..batch.num_rows())
        .map(|row| {
            array.is_valid(row).then(|| match array.data_type() {
                DataType::FixedSizeBinary(_) => hex::encode(array.as_fixed_size_binary().value(row)),
                DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
                DataType::Date32 => array.as_primitive::<Date32Type>().value_as_date(row).unwrap().to_string(),
                DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value_as_string(row),
                DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
                DataType::Boolean => array.as_boolean().value(row).to_string(),
                other => panic!("{other}"),
            })
        })
        .collect()
}

pub(crate) fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    column(batch, name).into_iter().map(Option::unwrap_or_default).collect()
}

/// An 18-digit number with its check character, of an area that was never issued.
pub(crate) fn id(birth: &str, sequence: u32) -> String {
    let body = format!("159901{birth}{sequence:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    let check = "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap()).unwrap();
    format!("{body}{check}")
}

/// How often something was found, in all sheets and columns together.
pub(crate) fn found(findings: &[Finding], kind: FindingKind) -> u64 {
    findings.iter().filter(|finding| finding.kind == kind).map(|finding| finding.count).sum()
}

/// The rows that a finding of this kind names.
pub(crate) fn rows_found(findings: &[Finding], kind: FindingKind) -> Vec<u64> {
    findings.iter().filter(|finding| finding.kind == kind).flat_map(|finding| finding.rows.clone()).collect()
}
