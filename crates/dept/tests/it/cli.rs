//! The exit codes of `yilian-dept`, as a user meets them.

use std::path::Path;
use std::process::Command;

#[test]
fn an_unknown_command_is_a_fault_of_the_command_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_yilian-dept")).arg("pakc").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("pack"), "the nearest command is not named");
}

#[test]
fn a_folder_that_no_department_works_in_is_a_fault_of_the_command_line() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_department");
    std::fs::create_dir_all(&folder).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_yilian-dept"))
        .args(["keys", "check", "--site"])
        .arg(&folder)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("no_department") && message.contains("hint:"), "{message}");
}
