//! Every reason for which a delivery is not accepted, with its code and its sentence in both languages.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// A name that came from outside, cut down to what may be shown.
///
/// A column, dataset or contract of ours is a short lower-case word. Anything else might be a person's name
/// or number that slipped into the wrong place, and is replaced by a description of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShownName(String);

impl ShownName {
    const LONGEST: usize = 64;
    const LONGEST_RUN_OF_DIGITS: usize = 6;

    /// Keeps `name` if it looks like one of ours, and describes it otherwise.
    pub fn new(name: &str) -> Self {
        let ours = (1..=Self::LONGEST).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.'))
            && longest_run_of_digits(name) <= Self::LONGEST_RUN_OF_DIGITS;
        if ours { Self(name.to_owned()) } else { Self("(name not shown)".to_owned()) }
    }
}

impl fmt::Display for ShownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn longest_run_of_digits(name: &str) -> usize {
    name.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

/// Declares [`Refusal`] as a table: one row per reason, with its code, its Chinese and its English sentence.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident $({ $($field:ident : $ty:ty),* $(,)? })? = $code:literal, $zh:literal, $en:literal;)*) => {
        /// One reason for which a delivery is not accepted.
        ///
        /// No variant can hold a row's value: only column names, counts and codes of the contract.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Refusal {
            $(
                $(#[$doc])*
                $name $({ $(#[doc = concat!("`", stringify!($field), "` of the sentences.")] $field: $ty),* })?,
            )*
        }

        impl Refusal {
            /// Stable word for machines.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$name $({ $($field: _),* })? => $code,)* }
            }

            /// The reason as a Chinese sentence.
            pub fn zh(&self) -> String {
                match self { $(Self::$name $({ $($field),* })? => format!($zh $($(, $field = $field)*)?),)* }
            }

            /// The reason as an English sentence.
            pub fn en(&self) -> String {
                match self { $(Self::$name $({ $($field),* })? => format!($en $($(, $field = $field)*)?),)* }
            }
        }
    };
}

refusals! {
    /// The file has no bytes.
    FileEmpty = "file_empty",
        "文件是空的", "the file is empty";
    /// The file name is not `<place>.<department>.<dataset>.<period>.<sequence>.tar.age`.
    FileNameMalformed = "file_name_malformed",
        "文件名不符合“区划.部门.数据集.期间.序号.tar.age”的格式",
        "the file name is not <place>.<department>.<dataset>.<period>.<sequence>.tar.age";
    /// The file name says something else than the signed manifest.
    FileNameDisagrees = "file_name_disagrees",
        "文件名与已签名的清单不一致", "the file name disagrees with the signed manifest";
    /// Neither an age file nor a tar.
    NotADelivery = "not_a_delivery",
        "文件既不是 age 加密文件，也不是 tar 包", "the file is neither an age file nor a tar";
    /// Encrypted, but not to this hub.
    SealedForAnother = "sealed_for_another",
        "文件不是加密给本中心的，无法打开", "the file is encrypted to another recipient than this hub";
    /// The encrypted bytes were cut off or changed.
    SealDamaged = "seal_damaged",
        "加密文件被截断或改动", "the encrypted file was cut off or changed on the way";
    /// Not encrypted, and the site does not allow that.
    PlainNotAllowed = "plain_not_allowed",
        "文件未加密，本站点不接收未加密的文件", "the file is not encrypted, and this site does not allow that";
    /// The manifest says encrypted and the file is not, or the reverse.
    SealingDisagrees = "sealing_disagrees",
        "清单中的加密方式与文件不符", "the manifest and the file disagree on whether it is encrypted";
    /// The tar ends in the middle or has a broken header.
    ArchiveDamaged = "archive_damaged",
        "tar 包被截断或损坏", "the tar is cut off or damaged";
    /// A file of the delivery is not in the tar.
    ArchiveEntryMissing { entry: &'static str } = "archive_entry_missing",
        "tar 包中缺少 {entry}", "{entry} is missing from the tar";
    /// The tar holds something that is no part of a delivery: another name, a link, a second copy.
    ArchiveEntryUnexpected { entries: u64 } = "archive_entry_unexpected",
        "tar 包中有 {entries} 个不属于交付内容的条目", "the tar holds {entries} entries that are no part of a delivery";
    /// Owner, time or mode fields are not the fixed ones, or the order is another.
    ArchiveNotCanonical = "archive_not_canonical",
        "tar 包的顺序或头部字段不是规定的固定值", "the order or the header fields of the tar are not the fixed ones";
    /// The manifest is not JSON of the known form.
    ManifestUnreadable { line: usize, column: usize } = "manifest_unreadable",
        "datapackage.json 第 {line} 行第 {column} 列无法读取", "datapackage.json cannot be read at line {line}, column {column}";
    /// The manifest is longer than any honest one.
    ManifestTooLarge { bytes: u64 } = "manifest_too_large",
        "datapackage.json 过大（{bytes} 字节）", "datapackage.json is too large ({bytes} bytes)";
    /// The manifest is of another format version.
    ManifestFormatUnknown { format: u32, known: u32 } = "manifest_format_unknown",
        "清单格式版本 {format} 未知，本程序识别 {known}", "the manifest is of format {format}, this program knows {known}";
    /// The bytes are not the ones that this manifest would be written as.
    ManifestNotCanonical = "manifest_not_canonical",
        "datapackage.json 的写法不是规定的唯一写法", "datapackage.json is not written in the one prescribed way";
    /// A field of the manifest is empty, too long or not of its form.
    ManifestFieldUnusable { field: &'static str } = "manifest_field_unusable",
        "清单字段 {field} 为空、过长或格式不对", "the manifest field {field} is empty, too long or malformed";
    /// The signature file is not a prehashed minisign signature.
    SignatureMalformed = "signature_malformed",
        "datapackage.json.minisig 不是有效的 minisign 签名文件", "datapackage.json.minisig is not a minisign signature (prehashed)";
    /// Nobody is registered for this place and department.
    SenderUnknown { place: ShownName, department: String } = "sender_unknown",
        "发送方 {place} {department} 没有登记", "no sender is registered for {place} {department}";
    /// The signature is not by the key registered for this place and department.
    SignatureNotBySender { place: ShownName, department: String } = "signature_not_by_sender",
        "签名不是 {place} {department} 登记的密钥所签", "the signature is not by the key registered for {place} {department}";
    /// This sender may not deliver this dataset.
    DatasetNotAllowed { dataset: ShownName } = "dataset_not_allowed",
        "该发送方无权交付数据集 {dataset}", "this sender may not deliver the dataset {dataset}";
    /// The tokens were made with a link key that is not registered for this sender.
    KeyCheckMismatch { check_value: ShownName } = "key_check_mismatch",
        "链接密钥校验值 {check_value} 未登记", "the link key's check value {check_value} is not registered for this sender";
    /// The link key is registered, for other dates.
    KeyOutOfDate { check_value: ShownName } = "key_out_of_date",
        "链接密钥 {check_value} 已登记，但不适用于该期间", "the link key {check_value} is registered, but not for this period";
    /// The identifiers were normalised by another version of the canonicaliser.
    CanonicaliserMismatch { delivered: u32, expected: u32 } = "canonicaliser_mismatch",
        "证件号规范化版本为 {delivered}，本中心使用 {expected}", "identifiers were normalised by version {delivered}, this hub holds version {expected}";
    /// The data is longer or shorter than the manifest says.
    BytesMismatch { manifest: u64, found: u64 } = "bytes_mismatch",
        "data.parquet 为 {found} 字节，清单为 {manifest} 字节", "data.parquet has {found} bytes, the manifest says {manifest}";
    /// The data is not the data that was signed.
    DigestMismatch = "digest_mismatch",
        "data.parquet 的摘要与清单不符", "the digest of data.parquet is not the one in the manifest";
    /// No contract of this id.
    ContractUnknown { id: ShownName, nearest: String } = "contract_unknown",
        "数据约定 {id} 不存在（最接近的是 {nearest}）", "there is no contract {id}; the nearest is {nearest}";
    /// The contract belongs to another department or dataset than the manifest names.
    ContractDisagrees { id: ShownName } = "contract_disagrees",
        "数据约定 {id} 与清单中的部门或数据集不符", "the contract {id} is not that of the department and dataset in the manifest";
    /// The contract is known in another version.
    ContractVersionUnknown { id: ShownName, version: ShownName, known: String } = "contract_version_unknown",
        "数据约定 {id} 的版本 {version} 未知，本中心为 {known}", "version {version} of the contract {id} is unknown, this hub has {known}";
    /// The same version with other bytes.
    ContractDigestMismatch { id: ShownName, version: ShownName } = "contract_digest_mismatch",
        "数据约定 {id} {version} 的内容与本中心不同", "the contract {id} {version} differs from the one published under that version";
    /// A column that is not in the contract.
    ColumnUnknown { column: ShownName, nearest: String } = "column_unknown",
        "列 {column} 不在数据约定中（最接近的是 {nearest}）", "the column {column} is not in the contract; the nearest is {nearest}";
    /// A column of the contract that is not there.
    ColumnMissing { column: String } = "column_missing",
        "缺少列 {column}", "the column {column} is missing";
    /// A column of another type than the contract's.
    ColumnType { column: String, expected: String, found: String } = "column_type",
        "列 {column} 的类型应为 {expected}，实为 {found}", "the column {column} is {found}, the contract says {expected}";
    /// The columns stand in another order than the contract's, or one stands twice.
    ColumnOrder = "column_order",
        "列的顺序与数据约定不同，或有重复的列", "the columns are not in the order of the contract, or one stands twice";
    /// The manifest describes other columns than the contract.
    SchemaDisagrees = "schema_disagrees",
        "清单中的列定义与数据约定不符", "the columns described in the manifest are not those of the contract";
    /// Nulls in a column that must have a value.
    NullInRequired { column: String, rows: u64 } = "null_in_required",
        "必填列 {column} 有 {rows} 行为空", "the required column {column} is null in {rows} rows";
    /// Codes that are in no list.
    CodeUnknown { column: String, list: String, rows: u64 } = "code_unknown",
        "列 {column} 有 {rows} 行的代码不在代码表 {list} 中", "the column {column} holds codes that are not in the list {list}, in {rows} rows";
    /// Region codes that were never issued.
    RegionUnknown { column: String, rows: u64 } = "region_unknown",
        "列 {column} 有 {rows} 行的区划代码不存在", "the column {column} holds region codes that were never issued, in {rows} rows";
    /// The Parquet file cannot be read.
    DataUnreadable = "data_unreadable",
        "data.parquet 无法读取", "data.parquet cannot be read";
    /// The manifest counts other rows than the data has.
    RowCountMismatch { manifest: u64, found: u64 } = "row_count_mismatch",
        "data.parquet 有 {found} 行，清单为 {manifest} 行", "data.parquet has {found} rows, the manifest says {manifest}";
    /// Rows read are not the sum of what became of them.
    CountsUnbalanced { read: u64, accounted: u64 } = "counts_unbalanced",
        "读入 {read} 行，但清单只说明了 {accounted} 行的去向", "{read} rows were read, the manifest accounts for {accounted}";
    /// Control totals where read is not delivered + rejected + left out.
    ControlTotalsUnbalanced { cells: u64 } = "control_totals_unbalanced",
        "控制总数有 {cells} 格不平", "{cells} control totals do not balance";
    /// Control totals of a benefit or month that does not exist.
    ControlTotalsMalformed { cells: u64 } = "control_totals_malformed",
        "控制总数有 {cells} 格的项目或月份不正确", "{cells} control totals are of an unknown benefit or month";
    /// Control totals whose rows are not the rows of the counts.
    ControlTotalsIncomplete = "control_totals_incomplete",
        "控制总数的行数与清单的行数不符", "the rows of the control totals are not those of the counts";
    /// The data's rows or money of a benefit and month are not what the manifest says was delivered.
    DeliveredTotalsDiffer { cells: u64 } = "delivered_totals_differ",
        "有 {cells} 格的行数或金额与清单的控制总数不符", "rows or money of {cells} control totals are not those of the data";
    /// A stored delivery has another manifest than the one that was accepted.
    NotAsAccepted = "not_as_accepted",
        "清单与接收时不同", "the manifest is not the one that was accepted";
    /// More rows rejected than the contract tolerates.
    RejectedAboveTolerance { rejected: u64, read: u64, permille: u16 } = "rejected_above_tolerance",
        "{read} 行中有 {rejected} 行被拒绝，超过约定的千分之 {permille}", "{rejected} of {read} rows were rejected, more than the {permille} per mille of the contract";
    /// Another delivery of this partition and sequence was accepted before.
    SequenceTaken { sequence: u32 } = "sequence_taken",
        "序号 {sequence} 已有内容不同的交付", "another delivery with the sequence {sequence} was accepted before";
    /// A higher sequence of this partition was accepted before.
    SequenceLower { sequence: u32, accepted: u32 } = "sequence_lower",
        "序号 {sequence} 低于已接收的 {accepted}", "the sequence {sequence} is lower than {accepted}, which was accepted before";
}

impl Refusal {
    /// What the sender can do about it, as a short English sentence; `None` if the reason says it all.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::SealDamaged | Self::ArchiveDamaged | Self::FileEmpty | Self::NotADelivery => {
                "send the file again from the department's out/ folder"
            }
            Self::SealedForAnother => "check hub_recipient in dept.yaml and pack again",
            Self::PlainNotAllowed => "pack again without --plain",
            Self::SenderUnknown { .. } | Self::SignatureNotBySender { .. } => {
                "compare signature_key in the hub's site.yaml with the department's keys/sign.pub"
            }
            Self::DatasetNotAllowed { .. } => "add the dataset to the sender in the hub's site.yaml",
            Self::KeyCheckMismatch { .. } | Self::KeyOutOfDate { .. } => {
                "compare `yilian-dept keys check` with link_keys in the hub's site.yaml"
            }
            Self::ContractUnknown { .. }
            | Self::ContractVersionUnknown { .. }
            | Self::ContractDigestMismatch { .. }
            | Self::SchemaDisagrees => "use the same release of schemas/ in the department and at the hub",
            Self::SequenceTaken { .. } | Self::SequenceLower { .. } => "pack again; the sequence is raised by one",
            Self::RejectedAboveTolerance { .. } => "correct the rows listed in rejects.csv and pack again",
            _ => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for Refusal {}

impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut receipt = serializer.serialize_struct("Refusal", 4)?;
        receipt.serialize_field("code", self.code())?;
        receipt.serialize_field("zh", &self.zh())?;
        receipt.serialize_field("en", &self.en())?;
        receipt.serialize_field("hint", &self.hint())?;
        receipt.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_might_be_a_person_is_not_shown() {
        assert_eq!(ShownName::new("benefit_payment").to_string(), "benefit_payment");
        for hostile in ["张三", "id_159901193911041234", "159901193911041234", "A B", ""] {
            assert_eq!(ShownName::new(hostile).to_string(), "(name not shown)");
        }
    }

    #[test]
    fn a_refusal_speaks_both_languages_and_has_a_code() {
        let refusal = Refusal::CodeUnknown { column: "benefit".into(), list: "benefit".into(), rows: 3 };
        assert_eq!(refusal.code(), "code_unknown");
        assert!(refusal.zh().contains("3 行"));
        assert!(refusal.en().contains("in 3 rows"));
    }
}
