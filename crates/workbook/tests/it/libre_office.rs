//! A workbook that `LibreOffice` has opened and saved; shows nothing where that program is not installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::book::{DECISIONS, FLAG, GAP, folder, known, read_file, usual};
use crate::officer::{Officer, Typed, text};

/// Opens and saves a file as `LibreOffice` does; `None` without that program.
fn saved_again(file: &Path, form: &str) -> Option<PathBuf> {
    let out = file.parent().unwrap().join("saved");
    let profile = format!("-env:UserInstallation=file://{}", out.join("profile").display());
    let run = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", form, "--outdir"])
        .args([&out, &file.to_owned()])
        .output();
    run.ok().filter(|output| output.status.success())?;
    Some(out.join(file.with_extension(form).file_name().unwrap()))
}

#[test]
fn a_workbook_saved_by_libre_office_is_still_ours() {
    let (folder, book) = (folder(), usual());
    let path = folder.path().join("book.xlsx");
    fs::write(&path, book.to_xlsx(&DECISIONS).unwrap()).unwrap();
    let Some(saved) = saved_again(&path, "xlsx") else { return };
    let read = read_file(&saved, &known(&book)).unwrap();
    assert_eq!((read.answers.len(), read.unanswered()), (0, 4));
    let mut officer = Officer::open(&fs::read(&saved).unwrap());
    assert_eq!(officer.sheet("疑似重复享受").shows(FLAG, "身份证号"), "159901193911041234");
    let pages = fs::metadata(saved_again(&path, "pdf").unwrap()).unwrap();
    assert!(pages.len() > 1000, "it could not be printed");
}

#[test]
fn answers_saved_by_libre_office_are_read() {
    let (folder, book) = (folder(), usual());
    let mut officer = Officer::open(&book.to_xlsx(&DECISIONS).unwrap());
    for (sheet, clue, decided_on) in
        [("疑似重复享受", FLAG, Typed::Day(2026, 11, 20)), ("疑似应享未享", GAP, text("2026年11月20日"))]
    {
        let sheet = officer.sheet(sheet);
        sheet.fill(clue, "核实结论", text("属实已纠正"));
        sheet.fill(clue, "追回金额（元）", Typed::Number(148.1));
        sheet.fill(clue, "已听取本人意见", text("是"));
        sheet.fill(clue, "核实日期", decided_on);
    }
    let path = folder.path().join("answered.xlsx");
    officer.save(&path);
    let before = read_file(&path, &known(&book)).unwrap();
    let Some(saved) = saved_again(&path, "xlsx") else { return };
    assert_eq!(read_file(&saved, &known(&book)).unwrap(), before);
    assert_eq!(before.answers.len(), 2);
    assert_eq!(before.answers[0].recovered_fen, Some(14_810));
}
