//! The exit codes of `yilian`, as a user meets them.

use std::path::Path;
use std::process::Command;

#[test]
fn an_unknown_command_is_a_fault_of_the_command_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_yilian")).arg("recieve").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("receive"), "the nearest command is not named");
}

#[test]
fn a_folder_that_is_no_site_is_a_fault_of_the_command_line() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_site");
    std::fs::create_dir_all(&folder).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_yilian")).args(["status", "--site"]).arg(&folder).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("no_site") && message.contains("hint:"), "{message}");
}
