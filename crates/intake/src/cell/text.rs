//! Kept text: codes of facilities and providers, never anything that could name or reach a person.

use super::{Read, folded, is_none_mark};
use crate::reject::Reason;

/// Text as it leaves, or the reason why it must not.
pub(crate) fn plain_text(text: &str) -> Read<String> {
    let text = folded(text);
    if is_none_mark(&text) {
        return Ok(None);
    }
    if looks_personal(&text) {
        return Err(Reason::PersonalText);
    }
    if is_damaged(&text) {
        return Err(Reason::DamagedText);
    }
    Ok(Some(text.into_owned()))
}

/// Whether a text looks like an ID number, a telephone or account number, or a Chinese personal name.
pub(crate) fn looks_personal(text: &str) -> bool {
    has_personal_number(text) || is_personal_name(text)
}

/// Whether a conversion lost a character of the text, or a formula failed.
pub(crate) fn is_damaged(text: &str) -> bool {
    const ERRORS: [&str; 8] = ["#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#N/A", "#DATA!"];
    (text.starts_with('#') && ERRORS.contains(&text))
        || (!text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER))
}

/// A run of digits (spaces and hyphens inside it do not end it) as long as an ID, telephone or account
/// number. Twelve digits are a village code and pass.
pub(crate) fn has_personal_number(text: &str) -> bool {
    let mut run = String::new();
    for c in text.chars().chain([',']) {
        match c {
            '0'..='9' => run.push(c),
            'X' | 'x' if run.len() == 17 => return true,
            ' ' | '-' if !run.is_empty() => {}
            _ => {
                if is_personal_run(&run) {
                    return true;
                }
                run.clear();
            }
        }
    }
    false
}

fn is_personal_run(digits: &str) -> bool {
    match digits.len() {
        // A mobile number; a land line with its area code.
        11 => digits.starts_with('0') || (digits.starts_with('1') && !digits.starts_with("10")),
        10 | 12 => digits.starts_with('0'),
        length => length >= 15 || (length == 13 && digits.starts_with("86")),
    }
}

fn is_personal_name(text: &str) -> bool {
    let characters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    let han = |c: &char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}');
    if characters.len() >= 3
        && characters.iter().filter(|c| **c == '·').count() == 1
        && characters.iter().all(|c| han(c) || *c == '·')
    {
        return true;
    }
    if !characters.iter().all(han) || NOT_NAMES.iter().any(|end| text.ends_with(end)) {
        return false;
    }
    match characters.as_slice() {
        [first, _] | [first, _, _] => SURNAMES.contains(*first),
        [first, second, _, _] => COMPOUND_SURNAMES.contains(&format!("{first}{second}").as_str()),
        _ => false,
    }
}

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤傅阎宫乔祁岳褚尉卫裴";
const COMPOUND_SURNAMES: [&str; 10] = ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒"];
/// Endings of what is plainly a place, an office or a service.
const NOT_NAMES: [&str; 18] = [
    "院", "站", "所", "中心", "公司", "社区", "村", "镇", "乡", "街道", "旗", "县", "区", "市", "服务", "餐", "医",
    "床",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_providers_and_facilities_pass() {
        for text in [
            "SQ7",
            "JG1",
            "PG16",
            "示例养老机构1",
            "150104002023",
            "150104002023,150104002024",
            "FW-08",
            "JG 12",
            "敬老院",
        ] {
            assert!(!looks_personal(text), "{text}");
        }
    }

    #[test]
    fn numbers_of_people_do_not_pass() {
        for text in [
            "159901193911041234",
            "15990119391104123X",
            "159901391104123",
            "13812345678",
            "138 1234 5678",
            "0471-1234567",
            "6222020286283555505",
            "编号159901193911041234",
            "15990119391104123x。",
            "8613812345678",
        ] {
            assert!(looks_personal(text), "{text}");
        }
    }

    #[test]
    fn names_of_people_do_not_pass() {
        for text in ["赵翠强", "傅长", "欧阳修文", "阿拉坦·苏和", "王 伟"] {
            assert!(looks_personal(text), "{text}");
        }
    }
}
