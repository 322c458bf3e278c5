//! Deliveries and parcels in the hands of the programs of Debian: `age`, `tar`, `minisign`, `sha256sum`.
//!
//! They run where these programs are installed, and say so where they are not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use yilian_demo::{Offices, ReceiveReport};

use crate::fixture::{copy_of, new_folder, shared};

const PROGRAMS: [&str; 4] = ["age", "tar", "minisign", "sha256sum"];
/// How `tar` writes the fields that a delivery prescribes.
const TAR: [&str; 7] =
    ["--format=ustar", "--blocking-factor=1", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=0600"];

#[test]
fn other_programs_open_and_verify_a_delivery() {
    let Some(()) = installed() else { return };
    let offices = &shared().offices;
    let folder = new_folder("interop_open");
    let delivery = &shared().packed[0].report.delivery;
    unpack(&offices.hub().join("vault/age.key"), delivery, &folder);
    let department = &shared().packed[0].extract.department;
    verify(&offices.department(department).join("keys/sign.pub"), &folder);
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("datapackage.json")).unwrap()).unwrap();
    assert_eq!(manifest["resources"][0]["hash"], format!("sha256:{}", sha256sum(&folder.join("data.parquet"))));
}

#[test]
fn other_programs_open_and_verify_a_parcel() {
    let Some(()) = installed() else { return };
    let offices = &shared().offices;
    let folder = new_folder("interop_parcel");
    let parcel = offices.parcels("1501", "civil_affairs").unwrap().pop().unwrap();
    unpack(&offices.department("civil_affairs").join("keys/seal.key"), &parcel, &folder);
    verify(&offices.hub().join("vault/sign.pub"), &folder);
    let manifest: Value = serde_json::from_slice(&fs::read(folder.join("datapackage.json")).unwrap()).unwrap();
    assert_eq!(manifest["clues_sha256"], sha256sum(&folder.join("clues.json")));
}

#[test]
fn the_hub_accepts_a_delivery_that_other_programs_signed_packed_and_sealed() {
    let Some(()) = installed() else { return };
    let offices = copy_of(&shared().offices, "interop_seal");
    let packed = &shared().packed[0];
    let folder = new_folder("interop_made");
    unpack(&offices.hub().join("vault/age.key"), &packed.report.delivery, &folder);
    fs::remove_file(folder.join("datapackage.json.minisig")).unwrap();
    let key = offices.department(&packed.extract.department).join("keys/sign.key");
    run(Command::new("minisign")
        .args(["-S", "-m", "datapackage.json", "-t", "by hand", "-s"])
        .arg(key)
        .current_dir(&folder));
    let files = ["datapackage.json", "datapackage.json.minisig", "data.parquet"];
    run(Command::new("tar").args(TAR).args(["-cf", "delivery.tar"]).args(files).current_dir(&folder));
    forget_deliveries(&offices);
    let sealed = offices.inbox().join(packed.report.delivery.file_name().unwrap());
    run(Command::new("age")
        .args(["-r", &recipient(&offices), "-o"])
        .arg(&sealed)
        .arg("delivery.tar")
        .current_dir(&folder));
    let report: ReceiveReport = offices.receive().unwrap();
    report.nothing_refused().unwrap();
    assert_eq!(fs::read_dir(offices.store().join("deliveries")).unwrap().count(), 2, "the delivery was not accepted");
}

/// `None`, with a word of it, where a program is missing.
fn installed() -> Option<()> {
    let missing: Vec<&str> = PROGRAMS.into_iter().filter(|program| !is_installed(program)).collect();
    if !missing.is_empty() {
        // Seen with `--nocapture`.
        println!("not installed: {}; nothing was tried", missing.join(", "));
        return None;
    }
    Some(())
}

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn unpack(identity: &Path, sealed: &Path, folder: &Path) {
    let plain = folder.join("plain.tar");
    run(Command::new("age").args(["-d", "-o"]).arg(&plain).arg("-i").arg(identity).arg(sealed));
    run(Command::new("tar").arg("-xf").arg(&plain).current_dir(folder));
}

fn verify(public_key: &Path, folder: &Path) {
    run(Command::new("minisign").args(["-V", "-m", "datapackage.json", "-p"]).arg(public_key).current_dir(folder));
}

fn sha256sum(file: &Path) -> String {
    let out = run(Command::new("sha256sum").arg(file));
    out.split_whitespace().next().unwrap().to_owned()
}

/// Empties storage and inbox, so that a delivery is new again.
fn forget_deliveries(offices: &Offices) {
    for folder in [offices.store(), offices.inbox()] {
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir_all(&folder).unwrap();
    }
}

/// The hub's age recipient, as the departments know it.
fn recipient(offices: &Offices) -> String {
    let settings: PathBuf = offices.department("civil_affairs").join("dept.yaml");
    let text = fs::read_to_string(settings).unwrap();
    let start = text.find("age1").unwrap();
    text[start..].chars().take_while(char::is_ascii_alphanumeric).collect()
}

fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
