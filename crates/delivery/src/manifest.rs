//! The signed description of a delivery: a Data Package v2 with our properties under `yilian:`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use yilian_contract::accounting::{ControlTotal, Counts};
use yilian_contract::{Contract, DeliveryColumn, DeliveryType, Department, Period};

use crate::name::{FileName, Partition};
use crate::refusal::Refusal;

/// Version of the manifest's form; another number is refused.
pub const FORMAT: u32 = 1;

const PACKAGE_PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const TABLE_PROFILE: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// Whether the tar is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sealing {
    /// Encrypted to the hub's age recipient.
    Age,
    /// Not encrypted: for tests, and refused by a hub unless its site allows it.
    Plain,
}

/// Which contract the data follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractReference {
    /// `<department>.<dataset>`.
    pub id: String,
    /// Version of the contract.
    pub version: String,
    /// SHA-256 of the contract's YAML, hex.
    pub digest: String,
}

impl From<&Contract> for ContractReference {
    fn from(contract: &Contract) -> Self {
        Self { id: contract.id.clone(), version: contract.version.clone(), digest: contract.digest.clone() }
    }
}

/// Which link key made the tokens; never the key itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkKeyReference {
    /// The key's own name.
    pub kid: String,
    /// `HS256` or `HSM3`.
    pub algorithm: String,
    /// 16 hex digits of an HMAC under the key.
    pub check_value: String,
}

/// What `pack` knows about a delivery before the data file is measured.
#[derive(Clone, Debug)]
pub struct Description {
    /// What the delivery is a version of.
    pub partition: Partition,
    /// Which version; the highest accepted one replaces the lower ones whole.
    pub sequence: u32,
    /// SHA-256 of each code list that was used, hex, by name.
    pub code_lists: BTreeMap<String, String>,
    /// Which link key made the tokens.
    pub link_key: LinkKeyReference,
    /// In a bridge between two link keys, the one that made `new_token`; `None` in every other delivery.
    pub next_link_key: Option<LinkKeyReference>,
    /// Version of the rules by which identifiers were normalised.
    pub canonicaliser: u32,
    /// What the data is delivered for.
    pub purpose: String,
    /// The legal basis of the delivery.
    pub legal_basis: String,
    /// What became of the rows.
    pub counts: Counts,
    /// Rows and fen per benefit and month.
    pub control_totals: Vec<ControlTotal>,
    /// The person token of each canary (`schemas/canaries.csv`), hex; `none` for one that got no token.
    pub canaries: BTreeMap<String, String>,
}

/// The signed description of a delivery, with one set of bytes for one content: no clock, fixed order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "$schema")]
    profile: String,
    name: String,
    resources: [Resource; 1],
    #[serde(rename = "yilian:format")]
    format: u32,
    /// 6-, 4- or 2-digit code of the delivering office.
    #[serde(rename = "yilian:place")]
    pub place: String,
    /// The department that the office belongs to.
    #[serde(rename = "yilian:department")]
    pub department: Department,
    /// Name of the dataset within the department.
    #[serde(rename = "yilian:dataset")]
    pub dataset: String,
    /// What the delivery covers.
    #[serde(rename = "yilian:period")]
    pub period: Period,
    /// Which version of the partition this is.
    #[serde(rename = "yilian:sequence")]
    pub sequence: u32,
    /// Last day of the period, `YYYY-MM-DD`.
    #[serde(rename = "yilian:as_of")]
    pub as_of: String,
    /// Whether the tar around this manifest is encrypted.
    #[serde(rename = "yilian:sealing")]
    pub sealing: Sealing,
    /// Which contract the data follows.
    #[serde(rename = "yilian:contract")]
    pub contract: ContractReference,
    /// SHA-256 of each code list that was used, hex, by name.
    #[serde(rename = "yilian:code_lists")]
    pub code_lists: BTreeMap<String, String>,
    /// Which link key made the tokens.
    #[serde(rename = "yilian:link_key")]
    pub link_key: LinkKeyReference,
    /// In a bridge between two link keys, the one that made `new_token`; `None` in every other delivery.
    #[serde(rename = "yilian:next_link_key", default, skip_serializing_if = "Option::is_none")]
    pub next_link_key: Option<LinkKeyReference>,
    /// Version of the rules by which identifiers were normalised.
    #[serde(rename = "yilian:canonicaliser")]
    pub canonicaliser: u32,
    /// What the data is delivered for.
    #[serde(rename = "yilian:purpose")]
    pub purpose: String,
    /// The legal basis of the delivery.
    #[serde(rename = "yilian:legal_basis")]
    pub legal_basis: String,
    /// What became of the rows.
    #[serde(rename = "yilian:counts")]
    pub counts: Counts,
    /// Rows and fen per benefit and month, from the extract's text, before any treatment.
    #[serde(rename = "yilian:control_totals")]
    pub control_totals: Vec<ControlTotal>,
    /// The person token of each canary, hex; `none` for one that got no token. These people do not exist.
    #[serde(rename = "yilian:canaries", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub canaries: BTreeMap<String, String>,
}

/// The data file as the manifest describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    name: String,
    path: String,
    format: String,
    mediatype: String,
    /// Length of `data.parquet`.
    pub bytes: u64,
    /// `sha256:` and 64 hex digits.
    pub hash: String,
    schema: TableSchema,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableSchema {
    #[serde(rename = "$schema")]
    profile: String,
    fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    constraints: Constraints,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Constraints {
    required: bool,
}

/// Length and digest of a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, 64 hex digits.
    pub sha256: String,
}

impl Manifest {
    /// Describes `data`, which follows `contract`.
    pub fn new(description: Description, contract: &Contract, sealing: Sealing, data: &DataFile) -> Self {
        let partition = description.partition;
        Self {
            profile: PACKAGE_PROFILE.to_owned(),
            name: format!("{partition}.{}", description.sequence),
            resources: [Resource::new(contract, data)],
            format: FORMAT,
            as_of: partition.period.end().to_string(),
            place: partition.place,
            department: partition.department,
            dataset: partition.dataset,
            period: partition.period,
            sequence: description.sequence,
            sealing,
            contract: ContractReference::from(contract),
            code_lists: description.code_lists,
            link_key: description.link_key,
            next_link_key: description.next_link_key,
            canonicaliser: description.canonicaliser,
            purpose: description.purpose,
            legal_basis: description.legal_basis,
            counts: description.counts,
            control_totals: description.control_totals,
            canaries: description.canaries,
        }
    }

    /// The one set of bytes of this manifest; what is signed, and what the delivery id is a digest of.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a manifest that may come from anyone; no error repeats anything from it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| Refusal::ManifestUnreadable { line: error.line(), column: error.column() })?;
        if manifest.format != FORMAT {
            return Err(Refusal::ManifestFormatUnknown { format: manifest.format, known: FORMAT });
        }
        if manifest.to_bytes().ok().as_deref() != Some(bytes) {
            return Err(Refusal::ManifestNotCanonical);
        }
        Ok(manifest)
    }

    /// What the delivery is a version of.
    pub fn partition(&self) -> Partition {
        Partition {
            place: self.place.clone(),
            department: self.department,
            dataset: self.dataset.clone(),
            period: self.period,
        }
    }

    /// The name that the delivery's file must have.
    pub fn file_name(&self) -> FileName {
        FileName { partition: self.partition(), sequence: self.sequence, sealing: self.sealing }
    }

    /// The data file as described.
    pub fn data(&self) -> &Resource {
        let [data] = &self.resources;
        data
    }

    /// Whether the generated parts (names, profiles, table schema) are those of `contract`.
    pub(crate) fn describes(&self, contract: &Contract) -> bool {
        let data = self.data();
        let measured = DataFile { bytes: data.bytes, sha256: data.sha256().unwrap_or_default().to_owned() };
        self.profile == PACKAGE_PROFILE
            && self.name == format!("{}.{}", self.partition(), self.sequence)
            && *data == Resource::new(contract, &measured)
    }
}

impl Resource {
    fn new(contract: &Contract, data: &DataFile) -> Self {
        Self {
            name: "data".to_owned(),
            path: crate::archive::DATA.to_owned(),
            format: "parquet".to_owned(),
            mediatype: "application/vnd.apache.parquet".to_owned(),
            bytes: data.bytes,
            hash: format!("sha256:{}", data.sha256),
            schema: TableSchema {
                profile: TABLE_PROFILE.to_owned(),
                fields: contract.delivery_columns().iter().map(Field::from).collect(),
            },
        }
    }

    /// The 64 hex digits of the data's SHA-256; `None` if the manifest names another algorithm.
    pub fn sha256(&self) -> Option<&str> {
        self.hash.strip_prefix("sha256:")
    }
}

impl From<&DeliveryColumn> for Field {
    fn from(column: &DeliveryColumn) -> Self {
        let (kind, format) = match column.ty {
            DeliveryType::Token => ("string", Some("binary")),
            DeliveryType::Text => ("string", None),
            DeliveryType::Date => ("date", None),
            DeliveryType::Timestamp => ("datetime", None),
            DeliveryType::Yuan | DeliveryType::Decimal => ("number", None),
            DeliveryType::Integer => ("integer", None),
            DeliveryType::Bool => ("boolean", None),
        };
        Self {
            name: column.name.clone(),
            kind: kind.to_owned(),
            format: format.map(str::to_owned),
            constraints: Constraints { required: !column.nullable },
        }
    }
}

/// The SHA-256 of `bytes`, 64 hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
