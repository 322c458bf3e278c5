//! An office with its folder and keys, and a hub that sends it parcels.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use yilian_contract::Department;
use yilian_delivery::{
    Clue, ClueKind, ClueRow, Identity, Parcel, ParcelContent, ReceiptNote, Recipient, Reliability, SigningKey,
    sha256_hex,
};

pub(crate) const FLAG: &str = "9223372036854775801";
pub(crate) const GAP: &str = "8000000000000000003";
pub(crate) const CANDIDATE: &str = "7000000000000000004";
/// What every payment number begins with.
pub(crate) const NUMBER: &str = "ZF20250000";

/// Name, ID number and township of the people whose payments are packed; the numbers were never issued.
pub(crate) const PEOPLE: [(&str, &str, &str); 3] = [
    ("苏和", "159901193911041250", "150104001"),
    ("=乌云", "159901194002292225", "150104002"),
    ("阿拉坦·其其格", "159901194105055556", "150104001"),
];

const HEADER: &str = "姓名,身份证号码,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放区划";

pub(crate) struct Office {
    pub(crate) folder: TempDir,
    pub(crate) hub: SigningKey,
    pub(crate) recipient: Recipient,
}

impl Office {
    /// An office with keys that believes the parcels of its hub.
    pub(crate) fn new() -> Self {
        let hub = SigningKey::generate().unwrap();
        let key = hub.signature_key().to_string();
        Self::with(hub, &["--hub-signature-key", &key])
    }

    pub(crate) fn with(hub: SigningKey, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        let hub_recipient = Identity::generate().recipient().to_string();
        let fixed = [
            "init",
            site.to_str().unwrap(),
            "--place",
            "150104",
            "--department",
            "civil_affairs",
            "--hub-recipient",
            &hub_recipient,
            "--purpose",
            "查重",
            "--legal-basis",
            "条例",
        ];
        succeeds(&run(&site, &fixed.iter().chain(more).copied().collect::<Vec<_>>()));
        for key_use in ["link", "sign", "seal"] {
            succeeds(&run(&site, &["keys", "new", "--use", key_use]));
        }
        let recipient = said(&run(&site, &["keys", "check", "--json"]))["seal"].as_str().unwrap().parse().unwrap();
        Self { folder, hub, recipient }
    }

    pub(crate) fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        run(&self.site(), arguments)
    }

    /// Runs a command that reads `input` from standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = command(&self.site(), arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// The extract of January 2025: a payment to each of [`PEOPLE`], twenty to people without a number, one to correct.
    pub(crate) fn extract(&self) -> PathBuf {
        let path = self.folder.path().join("补贴发放明细.csv");
        let mut rows = vec![HEADER.to_owned()];
        for (at, (name, id, region)) in PEOPLE.iter().enumerate() {
            rows.push(format!("{name},{id},,,{NUMBER}{at},高龄津贴,202501,2025-01-15,100.00,{region}"));
        }
        for at in 3..23 {
            rows.push(format!("路人,,男,1940-01-01,{NUMBER}{at},高龄津贴,202501,2025-01-15,100.00,150104001"));
        }
        rows.push(format!("路人,,男,1940-01-01,{NUMBER}99,高龄津贴,202501,20250231,100.00,150104001"));
        fs::write(&path, rows.join("\n") + "\n").unwrap();
        path
    }

    /// Packs the extract; which row of the delivery each person of [`PEOPLE`] stands in, with the delivery's id.
    pub(crate) fn pack(&self) -> Vec<ClueRow> {
        let extract = self.extract();
        let packed = said(&self.run(&[
            "pack",
            extract.to_str().unwrap(),
            "--dataset",
            "benefit_payment",
            "--period",
            "2025-01",
            "--json",
        ]));
        let records = PathBuf::from(packed["records"].as_str().unwrap());
        let every = (0..23).collect();
        let map = yilian_intake::RowMap::read(&records.join("rows.parquet"), &every).unwrap();
        let delivery_id = sha256_hex(&fs::read(records.join("datapackage.json")).unwrap());
        let place = |at: usize| map.rows.iter().find(|(_, source)| source.row == at as u64 + 2).unwrap();
        (0..PEOPLE.len())
            .map(|at| ClueRow {
                delivery_id: delivery_id.clone().into(),
                dataset: "benefit_payment".into(),
                period: "2025-01".into(),
                sequence: 1,
                row: *place(at).0,
            })
            .collect()
    }

    /// A parcel with a flag about the first person, a gap about the second and a candidate of the first and third.
    pub(crate) fn parcel(&self, rows: &[ClueRow]) -> PathBuf {
        let row = |at: usize| rows.get(at).cloned().into_iter().collect::<Vec<_>>();
        self.sealed(vec![
            clue(FLAG, ClueKind::Overlap, row(0)),
            clue(GAP, ClueKind::Gap, row(1)),
            clue(CANDIDATE, ClueKind::SamePerson, row(0).into_iter().chain(row(2)).collect()),
        ])
    }

    pub(crate) fn sealed(&self, clues: Vec<Clue>) -> PathBuf {
        let parcel = parcel_of(clues);
        let (name, bytes) = (parcel.file_name(), parcel.seal(&self.hub, &self.recipient).unwrap());
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// A parcel of these clues with two receipts, not sealed yet.
pub(crate) fn parcel_of(clues: Vec<Clue>) -> Parcel {
    let note = |file: &str, outcome: &str, zh: &str| ReceiptNote {
        file: file.to_owned(),
        outcome: outcome.to_owned(),
        text_zh: zh.to_owned(),
        text_en: String::new(),
    };
    Parcel {
        place: "150104".to_owned(),
        department: Department::CivilAffairs,
        publication: 3,
        run_id: "0123456789abcdef".to_owned(),
        as_of: "2026-02-28".parse().unwrap(),
        clues,
        receipts: vec![
            note("150104.civil_affairs.benefit_payment.2025-01.1.tar.age", "accepted", "接收 23 行"),
            note("150104.civil_affairs.funeral.2025.1.tar.age", "refused", "文件未加密"),
        ],
        content: ParcelContent::Whole,
    }
}

pub(crate) fn clue(clue_id: &str, kind: ClueKind, rows: Vec<ClueRow>) -> Clue {
    Clue {
        clue_id: clue_id.to_owned(),
        kind,
        rule_id: "X01".into(),
        question_zh: "请核实是否重复享受".into(),
        question_en: "please check".into(),
        own_benefit: Some("MZ01".to_owned()),
        counterpart_zh: "其他部门待遇".into(),
        counterpart_en: "a benefit of another department".into(),
        from_month: "2025-01".to_owned(),
        until_month: "2025-01".to_owned(),
        months: 1,
        amount: Some("100.00".to_owned()),
        basis: "国发〔2015〕52号".into(),
        reliability: Reliability::Exact,
        first_seen_on: "2026-02-28".parse().unwrap(),
        due_on: "2026-03-30".parse().ok(),
        rows,
    }
}

fn run(site: &Path, arguments: &[&str]) -> Output {
    command(site, arguments).output().unwrap()
}

fn command(site: &Path, arguments: &[&str]) -> Command {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut command = Command::new(env!("CARGO_BIN_EXE_yilian-dept"));
    command.arg("--site").arg(site).args(arguments).env("YILIAN_SCHEMAS", schemas);
    command
}

pub(crate) fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What a command answered in JSON.
pub(crate) fn said(output: &Output) -> serde_json::Value {
    succeeds(output);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// All that a command said, to whomever.
pub(crate) fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
