//! What `yilian-demo` refuses before it does anything.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_folder_that_holds_something_else_is_refused_and_left_as_it_is() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not_a_demo");
    fs::create_dir_all(&folder).unwrap();
    let letter = folder.join("letter.txt");
    fs::write(&letter, "keep me").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_yilian-demo")).arg("--out").arg(&folder).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("holds something else") && message.contains("hint:"), "{message}");
    assert_eq!(fs::read_to_string(letter).unwrap(), "keep me");
}

#[test]
fn an_argument_that_is_not_known_is_a_fault_of_the_command_line() {
    let output = Command::new(env!("CARGO_BIN_EXE_yilian-demo")).arg("--people").arg("5").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
