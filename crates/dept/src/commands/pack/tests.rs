//! Extracts packed in a department's folder, and what is left there when they cannot be.

use std::collections::BTreeSet;

use clap::Parser;
use tempfile::TempDir;
use yilian_contract::{Department, Regions, Schemas};
use yilian_delivery::{
    AcceptedLinkKey, Datasets, Identity, PlainPolicy, RegisteredSender, SealedFile, Verification, Verified,
};

use super::*;
use crate::arguments::{Arguments, Command, InitArguments, NewKeyArguments, NewKeyUse};
use crate::commands::{init, keys};
use crate::printer::Format;

const PRINTER: Printer = Printer::new(Format::Silent);
const HEADER: &str = "姓名,身份证号码,性别,出生日期,死亡日期,发放区划";
const GOOD_ROW: &str = "苏和,159901193911041250,男,1939-11-04,2025-03-01,150104";

/// A department's folder with its keys, and the hub's identity.
struct Office {
    folder: TempDir,
    hub: Identity,
}

impl Office {
    fn new() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap(), hub: Identity::generate() };
        let new = InitArguments {
            folder: office.site(),
            place: "150104".into(),
            department: Department::CivilAffairs,
            hub_recipient: office.hub.recipient(),
            hub_signature_key: None,
            purpose: "查重".into(),
            legal_basis: "条例: \"第一条\"".into(),
        };
        init::run(&new, PRINTER).unwrap();
        for key_use in [NewKeyUse::Link, NewKeyUse::Sign, NewKeyUse::Seal] {
            let new = NewKeyArguments { key_use, algorithm: yilian_token::Algorithm::Hs256, kid: None, next: false };
            keys::new(&new, &office.site(), PRINTER).unwrap();
        }
        office
    }

    fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Packs cremations of 2025 from these rows.
    fn pack(&self, header: &str, rows: &[&str], more: &[&str]) -> Result<(), DeptError> {
        let extract = self.folder.path().join("extract.csv");
        fs::write(&extract, format!("{header}\n{}\n", rows.join("\n"))).unwrap();
        let schemas = schemas();
        let (extract, schemas) = (extract.to_str().unwrap(), schemas.to_str().unwrap());
        let fixed = ["yilian-dept", "pack", extract, "--dataset", "funeral", "--period", "2025", "--schemas", schemas];
        let arguments = Arguments::parse_from(fixed.iter().chain(more));
        let Command::Pack(pack) = arguments.command else { unreachable!() };
        run(&pack, &self.site(), PRINTER)
    }

    /// Every file below the folder that a pack may have made.
    fn files(&self) -> BTreeSet<String> {
        let mut files = BTreeSet::new();
        let mut open = vec![self.site().join("out"), self.site().join("records")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    files.insert(path.strip_prefix(self.site()).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        files
    }

    /// What the hub makes of a delivery in out/.
    fn receive(&self, name: &str) -> Verified {
        let site = Site::open(&self.site()).unwrap();
        let sender = RegisteredSender {
            place: "150104".into(),
            department: Department::CivilAffairs,
            signature_key: site.signing_key().unwrap().signature_key(),
            link_keys: vec![AcceptedLinkKey {
                check_value: site.link_key().unwrap().check_value(),
                from: None,
                to: None,
            }],
            datasets: Datasets::All,
        };
        let expected = Verification {
            senders: &[sender],
            schemas: &Schemas::load(&schemas()).unwrap(),
            regions: &Regions::load(&schemas()).unwrap(),
            plain: PlainPolicy::Refuse,
            canonicaliser: Some(CANONICALISER_VERSION),
        };
        let file = SealedFile::read(&self.site().join("out").join(name)).unwrap();
        file.open(std::slice::from_ref(&self.hub)).unwrap().verify(&expected).unwrap()
    }
}

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

#[test]
fn a_packed_extract_is_a_delivery_that_the_hub_accepts() {
    let office = Office::new();
    office.pack(HEADER, &[GOOD_ROW, "乌云,,女,1940-01-01,2025-04-01,150104"], &[]).unwrap();
    let verified = office.receive("150104.civil_affairs.funeral.2025.1.tar.age");
    let counts = &verified.manifest().counts;
    assert_eq!((counts.read, counts.delivered, counts.null_tokens), (2, 2, 1));
    assert_eq!(verified.manifest().legal_basis, "条例: \"第一条\"");
    let expected = [
        "out/150104.civil_affairs.funeral.2025.1.tar.age",
        "records/funeral.2025.1/datapackage.json",
        "records/funeral.2025.1/rejects.csv",
        "records/funeral.2025.1/rows.parquet",
    ];
    assert_eq!(office.files(), expected.map(str::to_owned).into());
    let kept = fs::read(office.site().join("records/funeral.2025.1/datapackage.json")).unwrap();
    assert_eq!(yilian_delivery::sha256_hex(&kept), verified.delivery_id());
}

#[test]
fn a_second_pack_has_the_next_sequence_and_a_taken_one_is_refused() {
    let office = Office::new();
    office.pack(HEADER, &[GOOD_ROW], &[]).unwrap();
    office.pack(HEADER, &[GOOD_ROW], &[]).unwrap();
    assert_eq!(office.receive("150104.civil_affairs.funeral.2025.2.tar.age").manifest().sequence, 2);
    let before = office.files();
    let taken = office.pack(HEADER, &[GOOD_ROW], &["--sequence", "2"]).unwrap_err();
    assert!(matches!(taken, DeptError::DeliveryExists { .. }));
    assert_eq!(office.files(), before);
}

#[test]
fn a_single_impossible_date_is_a_reject_and_no_obstacle() {
    let office = Office::new();
    let mut rows = vec![GOOD_ROW; 30];
    rows.push("苏和,159901193911041250,男,1939-11-04,20230231,150104");
    office.pack(HEADER, &rows, &[]).unwrap();
    let verified = office.receive("150104.civil_affairs.funeral.2025.1.tar.age");
    assert_eq!(verified.manifest().counts.rejected_rows(), 1);
    let rejects = fs::read_to_string(office.site().join("records/funeral.2025.1/rejects.csv")).unwrap();
    assert!(rejects.contains("32,死亡日期,date_impossible"), "{rejects}");
    assert!(!rejects.contains("20230231"), "{rejects}");
}

#[test]
fn above_the_tolerance_only_the_rejects_are_kept_until_a_pack_succeeds() {
    let office = Office::new();
    let bad = "苏和,159901193911041250,男,1939-11-04,20230231,150104";
    let error = office.pack(HEADER, &[GOOD_ROW, bad], &[]).unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("records/funeral.2025.refused/rejects.csv"), "{error}");
    assert_eq!(office.files(), ["records/funeral.2025.refused/rejects.csv".to_owned()].into());
    office.pack(HEADER, &[GOOD_ROW], &[]).unwrap();
    assert!(!office.files().contains("records/funeral.2025.refused/rejects.csv"));
}

#[test]
fn a_refused_extract_leaves_nothing() {
    let office = Office::new();
    let without_region = "姓名,身份证号码,性别,出生日期,死亡日期";
    let empty_region = GOOD_ROW.replace(",150104", ",");
    for (header, rows) in [
        (without_region, vec!["苏和,159901193911041250,男,1939-11-04,2025-03-01"]),
        (HEADER, vec![empty_region.as_str(); 3]),
    ] {
        let error = office.pack(header, &rows, &[]).unwrap_err();
        assert_eq!(error.exit_code(), 1);
        assert!(!error.to_string().contains("159901193911041250"), "{error}");
    }
    assert_eq!(office.files(), BTreeSet::new());
}

#[test]
fn a_period_in_which_nobody_died_is_a_delivery_without_rows() {
    let office = Office::new();
    office.pack(HEADER, &[], &[]).unwrap();
    let verified = office.receive("150104.civil_affairs.funeral.2025.1.tar.age");
    assert_eq!(verified.manifest().counts.delivered, 0);
}

#[test]
fn an_extract_without_its_header_row_is_refused_and_not_repeated() {
    let office = Office::new();
    let error = office.pack(GOOD_ROW, &[GOOD_ROW], &[]).unwrap_err().to_string();
    assert!(error.contains("死亡日期 is missing"), "{error}");
    for value in GOOD_ROW.split(',') {
        assert!(!error.contains(value), "{error}");
    }
}

#[test]
fn a_hub_key_in_the_folder_stops_every_command() {
    let office = Office::new();
    let key = Key::from_bytes(yilian_token::KeyUse::Hub, yilian_token::Algorithm::Hs256, "hub", [1; 32]);
    key.write(&office.site().join("keys/hub.jwk")).unwrap();
    let error = office.pack(HEADER, &[GOOD_ROW], &[]).unwrap_err();
    assert!(matches!(error, DeptError::ForeignKey { .. }));
    assert_eq!(office.files(), BTreeSet::new());
}

#[test]
fn another_departments_dataset_is_a_mistake_of_the_command_line() {
    let office = Office::new();
    let site = Site::open(&office.site()).unwrap();
    let error = Loaded::find(Some(&schemas())).unwrap().contract("death_certificate", &site).err().unwrap();
    assert_eq!(error.exit_code(), 2);
}

#[cfg(unix)]
#[test]
fn keys_and_records_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::new();
    office.pack(HEADER, &[GOOD_ROW], &[]).unwrap();
    for path in ["keys", "keys/link.jwk", "keys/sign.key", "keys/seal.key", "records", "records/funeral.2025.1"] {
        let mode = fs::metadata(office.site().join(path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{path}");
    }
}
