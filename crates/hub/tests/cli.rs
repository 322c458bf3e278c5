//! The exit codes of `yilian`, as a user meets them.
#![cfg(test)]

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const ADD_SENDER: [&str; 8] = [
    "senders",
    "add",
    "--place",
    "1501",
    "--department",
    "health",
    "--signature-key",
    "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
];

#[test]
fn an_unknown_command_is_a_fault_of_the_command_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_yilian")).arg("recieve").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("receive"), "the nearest command is not named");
}

#[test]
fn a_folder_that_is_no_site_is_a_fault_of_the_command_line() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_site");
    fs::create_dir_all(&folder).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_yilian")).args(["status", "--site"]).arg(&folder).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("no_site") && message.contains("hint:"), "{message}");
}

#[test]
fn while_one_command_changes_a_site_another_one_does_nothing_and_says_who_has_it() {
    let site = new_site("in_use");
    let holder = File::create(site.join("vault/lock")).unwrap();
    holder.lock().unwrap();
    fs::write(site.join("vault/lock"), "`yilian run`, process 4711").unwrap();
    let before = names_below(&site);
    let settings = fs::read_to_string(site.join("site.yaml")).unwrap();
    for command in [
        vec!["receive"],
        vec!["run", "../../pipelines/nightly.yaml"],
        vec!["prune"],
        vec!["keys", "rotate"],
        ADD_SENDER.to_vec(),
    ] {
        let refused = yilian(&command, &site);
        let message = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{command:?}: {message}");
        assert!(message.contains("in use by `yilian run`, process 4711"), "{command:?}: {message}");
        assert!(message.contains("hint: wait until it has ended"), "{command:?}: {message}");
    }
    assert_eq!(names_below(&site), before);
    assert_eq!(fs::read_to_string(site.join("site.yaml")).unwrap(), settings);
    assert_eq!(yilian(&["prune", "--dry-run"], &site).status.code(), Some(0), "a dry run may look on");
    drop(holder);
    let received = yilian(&["receive"], &site);
    assert_eq!(received.status.code(), Some(0), "{}", String::from_utf8_lossy(&received.stderr));
}

#[test]
fn a_review_is_for_its_owner_alone_and_replaces_one_that_was_cut() {
    let site = new_site("reviewed");
    let first = yilian(&["review"], &site);
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let [document, page] = ["review.json", "review.html"].map(|name| site.join("review").join(name));
    for file in [&document, &page] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
    }
    let whole = fs::read(&document).unwrap();
    fs::write(&document, &whole[..whole.len() / 2]).unwrap();
    let second = yilian(&["review"], &site);
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(0), "{said}");
    assert!(said.contains("note: the earlier report"), "{said}");
    assert!(fs::read(&document).unwrap().ends_with(b"}\n"));
    assert_eq!(names_below(&site.join("review")), [page, document.clone()], "something was left");
    fs::write(&document, "{").unwrap();
    let named = yilian(&["review", "--since", document.to_str().unwrap()], &site);
    assert_eq!(named.status.code(), Some(1), "a report that was named is no report");
}

/// A site with the keys that its commands need.
fn new_site(name: &str) -> PathBuf {
    let site = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if site.exists() {
        fs::remove_dir_all(&site).unwrap();
    }
    let made = Command::new(env!("CARGO_BIN_EXE_yilian"))
        .arg("init")
        .arg(&site)
        .args(["--place", "1501", "--name", "呼和浩特市"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for key in ["hub", "noise", "age", "sign"] {
        assert!(yilian(&["keys", "new", "--use", key], &site).status.success(), "no key for {key}");
    }
    site
}

fn yilian(arguments: &[&str], site: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yilian"));
    command.args(arguments).args(["--schemas", "../../schemas", "--site"]).arg(site).output().unwrap()
}

fn names_below(folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() { names.extend(names_below(&entry.path())) } else { names.push(entry.path()) }
    }
    names.sort();
    names
}
