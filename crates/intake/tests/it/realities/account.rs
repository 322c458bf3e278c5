//! R20 to R22, R25, R29, R30: what a file says about itself. The hub does the rest.

use yilian_intake::CANONICALISER_VERSION;

use super::{FUNERAL, good_rows};
use crate::office::{Office, id, rows, texts};

#[test]
fn r20_the_dead_leave_like_the_living_so_that_their_payments_can_be_found() {
    let office = Office::new();
    let person = id("19391104", 1);
    let died = FUNERAL.to_owned() + &format!("王伟,{person},男,,2025-03-01,150104008\n");
    let death = rows(&office.prepare("funeral", died).unwrap().data);
    let paid = format!(
        "姓名,身份证号,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,发放区划\n\
         王伟,{person},男,,ZF1,MZ01,2025-09,20250920,100,正常,150104008\n"
    );
    let payment = rows(&office.prepare("benefit_payment", paid).unwrap().data);
    assert_eq!(texts(&death, "person_token"), texts(&payment, "person_token"));
    assert_eq!(
        (texts(&death, "death_month"), texts(&payment, "month")),
        (vec!["2025-03-01".into()], vec!["2025-09-01".into()])
    );
}

#[test]
fn r21_a_file_is_judged_by_the_end_of_its_own_period() {
    let mut office = Office::new();
    let text = FUNERAL.to_owned() + &good_rows(30);
    assert!(office.prepare("funeral", &text).unwrap().findings.is_empty());
    office.period = "2025-02-15".parse().unwrap();
    let findings = office.prepare("funeral", &text).unwrap().findings;
    assert_eq!((findings[0].kind.code(), findings[0].count), ("date_after_period", 30));
}

#[test]
fn r22_a_file_is_taken_whole_and_nothing_of_an_earlier_one_is_kept() {
    let office = Office::new();
    let whole = office.prepare("funeral", FUNERAL.to_owned() + &good_rows(30)).unwrap();
    assert_eq!(rows(&whole.data).num_rows(), 30);
    let part = office.prepare("funeral", FUNERAL.to_owned() + &good_rows(2)).unwrap();
    assert_eq!((rows(&part.data).num_rows(), rows(&part.rows).num_rows()), (2, 2));
}

#[test]
fn r25_a_file_is_what_it_holds_and_not_what_it_is_called() {
    let office = Office::new();
    let text = FUNERAL.to_owned() + &good_rows(5);
    let one = office.file("火化登记 2025（最终版2）.CSV", &text);
    let other = office.file("副本 火化登记.txt", &text);
    let changed = office.file("火化登记 2025（最终版3）.CSV", text.replace("2025-03-01", "2025-03-02"));
    let [one, other, changed] =
        [one, other, changed].map(|file| office.prepare_file("funeral", &file).unwrap().source_digest);
    assert_eq!(one, other);
    assert_ne!(one, changed);
}

#[test]
fn r29_what_was_done_to_the_numbers_is_counted_for_those_who_cannot_see_them() {
    let text = FUNERAL.to_owned()
        + &good_rows(58)
        + "王伟,159901391104123,男,,2025-03-01,150104008\n王伟,15990119391104123,男,1939-11-04,2025-03-01,150104008\n\
           王伟,15990119391104123,男,,2025-03-01,150104008\n";
    let prepared = Office::new().prepare("funeral", text).unwrap();
    let counts = &prepared.counts;
    assert!(counts.balance());
    assert_eq!((counts.read, counts.delivered, counts.rejected_rows()), (61, 60, 1));
    assert_eq!((counts.upgraded, counts.null_tokens), (1, 1));
    assert_eq!(counts.findings.get("id_length"), Some(&2));
    assert_eq!(CANONICALISER_VERSION, 2, "a change of any token changes it");
}

#[test]
fn r30_another_key_makes_other_tokens_of_everybody_and_the_same_key_the_same() {
    let mut office = Office::new();
    let text = FUNERAL.to_owned() + &good_rows(30);
    let tokens = |office: &Office| texts(&rows(&office.prepare("funeral", &text).unwrap().data), "person_token");
    let first = tokens(&office);
    assert_eq!(first, tokens(&office));
    office.key = [9; 32];
    let other = tokens(&office);
    assert!(other.iter().all(|token| !first.contains(token)));
}
