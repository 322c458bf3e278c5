//! R01 to R05: encodings, rare characters and names.

use encoding_rs::GB18030;
use yilian_intake::{Encoding, FindingKind, IntakeError, Problem};

use super::{FUNERAL, good_rows};
use crate::office::{Office, column, found, id, rows, rows_found, texts};

fn person(name: &str) -> String {
    format!("{name},{},男,,2025-03-01,150104008\n", id("19391104", 123))
}

/// The name token of a person of this name, whose file is these bytes.
fn name_token(bytes: &[u8]) -> Option<String> {
    column(&rows(&Office::new().prepare("funeral", bytes).unwrap().data), "name_token").remove(0)
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(order).collect()
}

#[test]
fn r01_a_table_in_any_encoding_is_read_as_the_same_table() {
    let office = Office::new();
    let text = FUNERAL.to_owned() + &person("阿拉坦·苏和") + &good_rows(50);
    let tabs = text.replace(',', "\t");
    let cases = [
        (text.clone().into_bytes(), Encoding::Utf8),
        (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8WithMark),
        (GB18030.encode(&text).0.into_owned(), Encoding::Gb18030),
        (utf16(&tabs, u16::to_le_bytes), Encoding::Utf16Le),
        (utf16(&text.replace('\n', "\r\n"), u16::to_be_bytes), Encoding::Utf16Be),
    ];
    let mut expected = None;
    for (bytes, encoding) in cases {
        let prepared = office.prepare("funeral", bytes).unwrap();
        assert_eq!(prepared.encoding, encoding);
        let data = std::fs::read(&prepared.data).unwrap();
        assert!(*expected.get_or_insert_with(|| data.clone()) == data, "{encoding:?}");
    }
}

#[test]
fn r01_bytes_of_no_encoding_refuse_the_file_and_are_never_replaced() {
    let office = Office::new();
    let text = FUNERAL.to_owned() + &person("王伟");
    let half = |mut bytes: Vec<u8>| {
        bytes.pop();
        bytes
    };
    let without_mark: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let lone_surrogate = utf16(&text, u16::to_le_bytes).into_iter().chain([0x00, 0xd8, 0x0a, 0x00]).collect();
    let broken = [text.as_bytes(), b"\xb0\xff,1,1,1,1,1\n"].concat();
    let marked = [b"\xef\xbb\xbf", text.as_bytes(), &GB18030.encode("王伟").0].concat();
    for bytes in [broken, marked, half(utf16(&text, u16::to_be_bytes)), without_mark, lone_surrogate] {
        let error = office.prepare("funeral", bytes).unwrap_err();
        assert!(matches!(error, IntakeError::Encoding { .. }), "{error}");
    }
}

#[test]
fn r01_a_file_of_two_encodings_is_refused_with_the_first_row_of_the_other() {
    let office = Office::new();
    // What has an even number of bytes in UTF-8 is good GB18030 of other characters.
    let latin = "name,id_number,sex,birth_date,died_on,region\n".to_owned() + &good_rows(30);
    let bytes = [&GB18030.encode(&latin).0, person("欧阳修文").replace('男', "1").as_bytes()].concat();
    let error = office.prepare("funeral", bytes).unwrap_err();
    let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
    assert_eq!(*problems, [Problem::MixedEncodings { row: 32 }]);
    assert!(error.to_string().contains("row 32") && error.to_string().contains("hint:"), "{error}");
}

#[test]
fn r02_rare_characters_of_gb18030_are_read_and_gbk_is_not_what_is_decoded() {
    // 䶮 is FE9F and 㐀 is four bytes in GB18030; neither is in GBK.
    let mut bytes = GB18030.encode(FUNERAL).0.into_owned();
    bytes.extend(b"\xfe\x9f\x81\x39\xee\x39");
    bytes.extend(&*GB18030.encode(&person("")).0);
    let expected = name_token((FUNERAL.to_owned() + &person("䶮㐀")).as_bytes());
    assert!(expected.is_some());
    assert_eq!(name_token(&bytes), expected);
}

#[test]
fn r03_a_private_use_character_of_the_standard_is_the_same_name_and_a_finding() {
    let standard = name_token((FUNERAL.to_owned() + &person("王\u{9fb4}")).as_bytes());
    let private = FUNERAL.to_owned() + &person("王\u{e81e}");
    assert_eq!(name_token(private.as_bytes()), standard);
    // The same two bytes, whichever table the decoder has for them.
    let mut bytes = GB18030.encode(&(FUNERAL.to_owned() + "王")).0.into_owned();
    bytes.extend(b"\xfe\x59");
    bytes.extend(&*GB18030.encode(&person("")).0);
    assert_eq!(name_token(&bytes), standard);
    let office = Office::new();
    let prepared = office.prepare("funeral", private).unwrap();
    assert_eq!(rows_found(&prepared.findings, FindingKind::PrivateUse), [2]);
}

#[test]
fn r03_a_character_of_an_offices_own_making_gives_no_name_token() {
    let office = Office::new();
    let prepared =
        office.prepare("funeral", FUNERAL.to_owned() + &person("王\u{e123}") + &person("王\u{fffd}")).unwrap();
    assert_eq!(column(&rows(&prepared.data), "name_token"), [None, None]);
    assert!(column(&rows(&prepared.data), "person_token").iter().all(Option::is_some));
    assert_eq!(rows_found(&prepared.findings, FindingKind::PrivateUseUnknown), [2]);
    assert_eq!(rows_found(&prepared.findings, FindingKind::ReplacementCharacter), [3]);
}

#[test]
fn r04_every_dot_in_a_name_is_the_one_of_the_standard() {
    let dots = ["·", "•", "・", "‧", "．", ".", "･"];
    let text = dots.iter().fold(FUNERAL.to_owned(), |text, dot| text + &person(&format!("阿拉坦{dot}苏和")));
    let mut tokens = texts(&rows(&Office::new().prepare("funeral", text).unwrap().data), "name_token");
    tokens.dedup();
    // The known answer of the name with U+00B7, see `person.rs`.
    assert_eq!(tokens.len(), 1);
    assert_eq!(name_token(&GB18030.encode(&(FUNERAL.to_owned() + &person("阿拉坦·苏和"))).0).unwrap(), tokens[0]);
}

#[test]
fn r05_a_name_as_long_as_a_field_is_a_finding_and_one_without_surname_is_a_name() {
    let text = FUNERAL.to_owned()
        + &person("乌云其木格")
        + &person("阿拉坦格日勒图·苏和巴特")
        + &person("阿拉坦格日勒图·苏和巴")
        + &person("巴");
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    assert_eq!(found(&prepared.findings, FindingKind::NameAtLimit), 0, "12 and 11 characters");
    assert_eq!(rows_found(&prepared.findings, FindingKind::NameMissing), [5]);
    let prepared = office.prepare("funeral", FUNERAL.to_owned() + &person("阿拉坦格日勒图·苏和")).unwrap();
    assert_eq!(rows_found(&prepared.findings, FindingKind::NameAtLimit), [2], "10 characters");
    assert_eq!(prepared.counts.delivered, 1);
}
