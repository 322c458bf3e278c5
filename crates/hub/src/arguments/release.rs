//! Arguments of `yilian release` and `yilian verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ReleaseArguments {
    /// The year.
    pub(crate) year: i32,
    /// The published run whose deliveries are read, by id (or its beginning) or number [default: the current one].
    #[arg(long, conflicts_with_all = ["sign_as", "publish"])]
    pub(crate) run: Option<String>,
    /// What a correction changes; needed where a version of the year is published already.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["sign_as", "publish"])]
    pub(crate) note: Option<String>,
    /// Sign a version as the privacy reviewer (first), the compiler 制表人, the checker 审核人 or the head 单位负责人.
    #[arg(long, value_enum, value_name = "OFFICE", requires = "name", conflicts_with = "publish")]
    pub(crate) sign_as: Option<SignAs>,
    /// The name of who signs.
    #[arg(long, requires = "sign_as")]
    pub(crate) name: Option<String>,
    /// Give a signed version out: its checksums are signed with the hub's key, and it is never changed again.
    #[arg(long)]
    pub(crate) publish: bool,
    /// Which version is signed or published [default: the newest].
    #[arg(long = "release-version", value_name = "NUMBER")]
    pub(crate) version: Option<u32>,
    #[command(flatten)]
    pub(crate) work: WorkArguments,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The version: its folder, such as releases/2025/1.
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) work: WorkArguments,
}

/// How a run over the deliveries is made; no result depends on it.
#[derive(Debug, Args)]
pub(crate) struct WorkArguments {
    /// The pipeline [default: pipelines/nightly.yaml beside the folder of contracts].
    #[arg(long, value_name = "FILE")]
    pub(crate) pipeline: Option<PathBuf>,
    /// Memory that queries may hold before they spill, 1GB [default: as in site.yaml].
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory_limit: Option<String>,
    /// Buckets and deliveries worked on side by side [default: all cores].
    #[arg(long)]
    pub(crate) threads: Option<usize>,
}

/// As what somebody signs a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SignAs {
    /// 隐私审查人.
    Reviewer,
    /// 制表人.
    Compiler,
    /// 审核人.
    Checker,
    /// 单位负责人.
    Head,
}
