//! Invented names: Han names, Mongolian names with a dot, a few rare characters.

use crate::dice::Dice;

const SURNAMES: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾",
    "彭", "吕",
];
const GIVEN: [&str; 44] = [
    "秀", "英", "兰", "桂", "芳", "珍", "玉", "梅", "凤", "莲", "华", "明", "国", "建", "军", "文", "志", "强", "平",
    "德", "忠", "福", "贵", "生", "长", "海", "永", "春", "素", "翠", "金", "银", "花", "霞", "云", "涛", "宝", "山",
    "林", "淑", "芝", "香", "祥", "义",
];
/// GB18030 holds these, GBK does not (䶮, 㐀) or fonts of the time did not.
const RARE: [&str; 6] = ["䶮", "㐀", "堃", "喆", "赟", "淼"];
const MONGOLIAN: [&str; 20] = [
    "阿拉坦",
    "苏和",
    "巴图",
    "乌云",
    "其其格",
    "图雅",
    "呼格吉勒",
    "格日勒",
    "娜仁",
    "萨仁",
    "朝鲁",
    "宝音",
    "哈斯",
    "敖其尔",
    "斯琴",
    "高娃",
    "那日苏",
    "特木尔",
    "乌日娜",
    "孟和",
];
/// Dots that people type where U+00B7 is meant.
const DOTS: [&str; 7] = ["·", "•", "・", "‧", "．", "･", "."];
const MARKED_SURNAME: &str = "鿃";

/// A person's name as it stands in the ID.
pub fn invent(dice: &mut Dice) -> String {
    if dice.mille(60) {
        let (first, second) = (dice.pick(&MONGOLIAN), dice.pick(&MONGOLIAN));
        return if dice.mille(800) { format!("{first}·{second}") } else { first.to_owned() };
    }
    let surname = dice.pick(&SURNAMES);
    let first = if dice.mille(8) { dice.pick(&RARE) } else { dice.pick(&GIVEN) };
    if dice.mille(750) { format!("{surname}{first}{}", dice.pick(&GIVEN)) } else { format!("{surname}{first}") }
}

/// A name that no other person has, to be searched for where it must not be.
pub fn marked(number: u64) -> String {
    format!("{MARKED_SURNAME}标记{number}号")
}

/// The name as a clerk typed it: another dot, a space between two characters.
pub fn typed(name: &str, dice: &mut Dice) -> String {
    if name.contains('·') {
        let dot = if dice.mille(500) { "·" } else { dice.pick(&DOTS) };
        return name.replace('·', dot);
    }
    if name.chars().count() == 2 && dice.mille(40) {
        let mut spaced = String::new();
        for (at, character) in name.chars().enumerate() {
            if at == 1 {
                spaced.push('\u{3000}');
            }
            spaced.push(character);
        }
        return spaced;
    }
    name.to_owned()
}
