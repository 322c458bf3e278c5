use super::*;

fn draft() -> VersionState {
    VersionState::draft((2025, 1), Finality::Provisional, "", ("f00d", "0e"), ("00", false))
}

fn signed() -> VersionState {
    let offices =
        [SigningOffice::PrivacyReviewer, SigningOffice::Head, SigningOffice::Compiler, SigningOffice::Checker];
    offices.into_iter().fold(draft(), |state, office| state.sign(office, "王芳", "2026-04-02").unwrap())
}

fn reason(refused: Result<VersionState, ReleaseError>) -> String {
    refused.unwrap_err().to_string()
}

#[test]
fn the_privacy_reviewer_signs_first_and_the_third_signer_makes_it_signed() {
    assert!(reason(draft().sign(SigningOffice::Head, "王芳", "2026-04-02")).contains("privacy reviewer signs first"));
    let reviewed = draft().sign(SigningOffice::PrivacyReviewer, "李明", "2026-04-02").unwrap();
    assert_eq!(reviewed.stage, Stage::Reviewed);
    let two = reviewed.sign(SigningOffice::Head, "王芳", "2026-04-02").unwrap();
    let two = two.sign(SigningOffice::Compiler, "王芳", "2026-04-02").unwrap();
    assert_eq!(two.stage, Stage::Reviewed);
    assert_eq!(two.sign(SigningOffice::Checker, "王芳", "2026-04-02").unwrap().stage, Stage::Signed);
}

#[test]
fn nothing_is_published_before_all_have_signed_and_nothing_twice() {
    assert!(
        reason(draft().publish(1)).contains("privacy reviewer, the compiler (制表人), the checker (审核人), the head")
    );
    let published = signed().publish(1).unwrap();
    assert_eq!(published.stage, Stage::Published);
    assert!(reason(published.clone().publish(2)).contains("a correction is a new version"));
    assert!(reason(published.sign(SigningOffice::Head, "王芳", "2026-04-02")).contains("has signed already"));
}

#[test]
fn a_version_that_a_later_one_knows_nothing_of_is_not_published() {
    assert!(reason(signed().publish(2)).contains("version 2 was made since"));
    assert_eq!(signed().publish(1).unwrap().stage, Stage::Published);
}

#[test]
fn nobody_signs_twice_or_without_a_name() {
    let reviewed = draft().sign(SigningOffice::PrivacyReviewer, "李明", "2026-04-02").unwrap();
    assert!(reason(reviewed.clone().sign(SigningOffice::PrivacyReviewer, "李明", "2026-04-03")).contains("already"));
    assert!(reason(reviewed.sign(SigningOffice::Head, " ", "2026-04-03")).contains("needs a name"));
}

#[test]
fn what_is_written_is_read_again_and_versions_are_found_in_order() {
    let folder = tempfile::tempdir().unwrap();
    for number in ["10", "2", "notes"] {
        fs::create_dir(folder.path().join(number)).unwrap();
    }
    let found: Vec<u32> = versions(folder.path()).unwrap().into_iter().map(|(number, _)| number).collect();
    assert_eq!(found, [2, 10]);
    let version = folder.path().join("2");
    signed().write(&version).unwrap();
    assert_eq!(VersionState::read(&version).unwrap(), signed());
    fs::write(version.join(STATE_FILE), "{\"year\": 2025}").unwrap();
    assert!(matches!(VersionState::read(&version), Err(ReleaseError::Definition { .. })));
    assert!(versions(&folder.path().join("none")).unwrap().is_empty());
}
