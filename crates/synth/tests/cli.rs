//! What `yilian-synth` refuses before it does anything.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_folder_that_holds_something_else_is_refused_and_left_as_it_is() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("not_empty");
    fs::create_dir_all(&folder).unwrap();
    let letter = folder.join("letter.txt");
    fs::write(&letter, "keep me").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_yilian-synth"))
        .args(["--persons", "10", "--out"])
        .arg(&folder)
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(fs::read_to_string(letter).unwrap(), "keep me");
}
