//! What can stop a command, whose fault it is, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::json;
use yilian_contract::{ContractError, Department};
use yilian_delivery::{DeliveryError, ParcelFault};
use yilian_intake::{Fault, IntakeError, TraceError};
use yilian_token::{KeyError, KeyUse};
use yilian_workbook::WorkbookError;

/// The exit code of a fault of this program.
pub(crate) const OUR_BUG: u8 = 3;

/// Why a command stopped; never holds a row's value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeptError {
    #[error("`{}` has no dept.yaml", folder.display())]
    NotASite { folder: PathBuf },
    #[error("`{}` is a department's folder already", folder.display())]
    SiteExists { folder: PathBuf },
    #[error("`{}` cannot be used: {reason}", file.display())]
    Configuration { file: PathBuf, reason: String },
    #[error("a key of use {key_use} is {place}; it belongs to the hub alone")]
    ForeignKey { key_use: KeyUse, place: String },
    #[error("no folder schemas/ with contracts was found")]
    SchemasNotFound,
    #[error("the contracts in `{}` cannot be used ({} errors):{}", folder.display(), errors.len(), listed(errors))]
    Schemas { folder: PathBuf, errors: Vec<ContractError> },
    #[error(transparent)]
    Dataset(ContractError),
    #[error("the dataset {dataset} is not delivered by {department}")]
    AnotherDepartment { dataset: String, department: Department },
    #[error(transparent)]
    Key(KeyError),
    #[error(transparent)]
    Delivery(DeliveryError),
    #[error(transparent)]
    Intake(IntakeError),
    #[error(
        "`{}`: {rejected} of {read} rows would be rejected, more than the {permille} per mille that the contract allows",
        file.display()
    )]
    NotPackable { file: PathBuf, rejected: u64, read: u64, permille: u16 },
    #[error("only the link key has a next one")]
    NextOfAnotherUse,
    #[error("`{}` is the present link key, not the next one", file.display())]
    SameLinkKey { file: PathBuf },
    #[error("`{}` exists already; a delivery is never overwritten", path.display())]
    DeliveryExists { path: PathBuf },
    #[error("`{}` 没有登记数据中心的签名公钥 does not name the hub's signature key", file.display())]
    HubKeyMissing { file: PathBuf },
    #[error("`{}` 不能打开 cannot be opened:{}", path.display(), parcel_faults(faults))]
    Parcel { path: PathBuf, faults: Vec<ParcelFault> },
    #[error("`{}` 是给其他单位的线索包 is a parcel for another office", path.display())]
    ParcelOfAnother { path: PathBuf },
    #[error(
        "这些文件不是本单位打包过的导出表，或者打包后已有变动 these files were never packed here, or have changed since:{}",
        paths(files)
    )]
    ExtractsUnknown { files: Vec<PathBuf> },
    #[error("`{}` 已经存在，里面可能有填写的内容 exists already, and may hold answers", path.display())]
    WorkbookExists { path: PathBuf },
    #[error("没有给出有效的身份证号 no valid ID number was given")]
    NumberInvalid,
    #[error("`{}` 未打包过，不知道是哪个数据集 was never packed here, and its dataset is not known", file.display())]
    DatasetUnknown { file: PathBuf },
    #[error("`{}` 已经存在 exists already", path.display())]
    AnswerExists { path: PathBuf },
    #[error(transparent)]
    Trace(TraceError),
    #[error(transparent)]
    Workbook(WorkbookError),
    #[error("`{}` 中还没有填写任何核实结论 holds no answer yet", path.display())]
    NothingAnswered { path: PathBuf },
    #[error("the computer's clock shows no usable date")]
    ClockUnusable,
    #[error("{rows} answers that were read could not be packed")]
    AnswersRejected { rows: u64 },
    #[error("`{}` could not be {action}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

impl DeptError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// 1: the input is at fault, 2: the command line is, 3: we are.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Intake(error) if error.fault() == Fault::Bug => OUR_BUG,
            Self::Trace(error) if error.fault() == Fault::Bug => OUR_BUG,
            Self::Delivery(DeliveryError::ManifestNotWritten(_))
            | Self::Workbook(WorkbookError::NotWritten)
            | Self::AnswersRejected { .. } => OUR_BUG,
            Self::Dataset(_)
            | Self::AnotherDepartment { .. }
            | Self::SchemasNotFound
            | Self::NotASite { .. }
            | Self::NumberInvalid
            | Self::NextOfAnotherUse
            | Self::DatasetUnknown { .. }
            | Self::AnswerExists { .. } => 2,
            _ => 1,
        }
    }

    /// The parts of the error for machines, where it has parts.
    pub(crate) fn parts(&self) -> Vec<serde_json::Value> {
        match self {
            Self::Parcel { faults, .. } => {
                faults.iter().map(|fault| json!({ "zh": fault.zh(), "en": fault.to_string() })).collect()
            }
            Self::Workbook(WorkbookError::Faults { faults, .. }) => {
                let part = |fault: &yilian_workbook::Fault| {
                    json!({
                        "sheet": fault.place.sheet,
                        "row": fault.place.row,
                        "kind": fault.wrong.code(),
                        "zh": fault.zh(),
                        "en": fault.en(),
                    })
                };
                faults.iter().map(part).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What the user can do, `None` if the message says it all.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotASite { .. } => {
                "go to the department's folder or name it with `--site DIR`; `yilian-dept init DIR` makes one".into()
            }
            Self::SiteExists { .. } => "edit its dept.yaml, or name another folder".into(),
            Self::ForeignKey { .. } => {
                "take the key away; a department that holds it could follow its people through the hub's tables".into()
            }
            Self::SchemasNotFound => {
                "name the folder with `--schemas DIR` or in the environment variable YILIAN_SCHEMAS".into()
            }
            Self::AnotherDepartment { .. } => {
                "name the dataset with `--dataset`, or the folder of the right department with `--site`".into()
            }
            Self::NotPackable { .. } => {
                "correct the rows named above; `pack` would make no delivery of this file".into()
            }
            Self::SameLinkKey { .. } => {
                "get the next link key as a file from the department that made it (`yilian-dept keys new --use link --next`)"
                    .into()
            }
            Self::DeliveryExists { .. } => "leave `--sequence` out, and the next free number is taken".into(),
            Self::HubKeyMissing { .. } => {
                "向数据中心索取签名公钥，在 dept.yaml 中加一行 ask the hub for its signature key and add a line: \
                 `hub_signature_key: RW…`"
                    .into()
            }
            Self::Parcel { .. } => {
                "请数据中心重新发送；钥匙用 `yilian-dept keys check` 核对 ask the hub to send it again; compare the keys \
                 with `yilian-dept keys check`"
                    .into()
            }
            Self::ParcelOfAnother { .. } => "用 --site 指定收件单位的文件夹 name the folder of that office with `--site`".into(),
            Self::ExtractsUnknown { .. } => {
                "用 --extract 指定打包时的原文件 name the very files that were packed with `--extract`, or leave them out".into()
            }
            Self::WorkbookExists { .. } => {
                "用 --out 另存，或先移走原文件 write another with `--out FILE`, or move the old one away".into()
            }
            Self::NumberInvalid => {
                "每次一个号码，15位或18位；用 `-` 从标准输入读入 one number at a time, of 15 or 18 characters; `-` reads it \
                 from standard input; each file has an `--extract` of its own"
                    .into()
            }
            Self::DatasetUnknown { .. } => {
                "用 --dataset 指定 name it with `--dataset`; a file that was packed must not have changed since".into()
            }
            Self::AnswerExists { .. } => "用 --out 另存 write to another file with `--out`".into(),
            Self::NothingAnswered { .. } => {
                "填写核实结论、已听取本人意见、核实日期后再运行 fill in 核实结论, 已听取本人意见 and 核实日期 first".into()
            }
            Self::Trace(TraceError::AnotherFile { .. }) => {
                "用 --extract 指定打包时的原文件 name the very file that was packed with `--extract`".into()
            }
            Self::Workbook(error) => return error.hint().map(str::to_owned),
            Self::Delivery(error) => return error.hint(),
            _ => return None,
        })
    }
}

impl From<KeyError> for DeptError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<DeliveryError> for DeptError {
    fn from(error: DeliveryError) -> Self {
        Self::Delivery(error)
    }
}

impl From<IntakeError> for DeptError {
    fn from(error: IntakeError) -> Self {
        Self::Intake(error)
    }
}

impl From<TraceError> for DeptError {
    fn from(error: TraceError) -> Self {
        match error {
            TraceError::Intake(error) => Self::Intake(error),
            other => Self::Trace(other),
        }
    }
}

impl From<WorkbookError> for DeptError {
    fn from(error: WorkbookError) -> Self {
        Self::Workbook(error)
    }
}

fn parcel_faults(faults: &[ParcelFault]) -> String {
    faults.iter().fold(String::new(), |text, fault| format!("{text}\n  {} {fault}", fault.zh()))
}

fn paths(files: &[PathBuf]) -> String {
    files.iter().fold(String::new(), |text, file| format!("{text}\n  {}", file.display()))
}

fn listed(errors: &[ContractError]) -> String {
    errors.iter().fold(String::new(), |text, error| text + "\n  " + &error.to_string())
}
