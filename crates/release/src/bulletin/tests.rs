//! What holds of the whole page, on two small tables.

use chrono::NaiveDate;
use quick_xml::events::Event;
use yilian_disclosure::Status;

use super::*;
use crate::annual::Finality;
use crate::definition::{Base, Dimension, Group, Measure, TableDefinition, Text, Timing, Unit};
use crate::table::{Region, RegionLevel, ReleasedRow, ReleasedTable};

const BANDS: [&str; 3] = ["60-64", "65-79", "80+"];

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn group(code: &str, zh: &str, en: &str, of: &[&str]) -> Group {
    let of = of.iter().map(|code| (*code).to_owned()).collect();
    Group { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned(), of }
}

fn definition(name: &str, zh: &str, en: &str, dimensions: Vec<Dimension>) -> TableDefinition {
    let persons = Measure {
        name: "persons".to_owned(),
        title: text("人数", "Persons"),
        unit: Unit::Person,
        part_of: None,
        ratio: None,
    };
    TableDefinition {
        name: name.to_owned(),
        title: text(zh, en),
        universe: text("在册老年人", "People on the register"),
        base: Base::Residence,
        timing: Timing::Stock,
        departments: vec!["civil_affairs".to_owned()],
        datasets: Vec::new(),
        formula: text("按人去重", "Each person once"),
        footnotes: Vec::new(),
        dimensions,
        measures: vec![persons],
        restricted: false,
    }
}

fn dimension(name: &str, zh: &str, en: &str, categories: Vec<Group>) -> Dimension {
    let (name, title) = (name.to_owned(), text(zh, en));
    Dimension { name, title, categories, adds_up: true, sensitive: Vec::new(), township: Vec::new() }
}

fn population_definition() -> TableDefinition {
    let sexes = vec![group("male", "男", "Male", &[]), group("female", "女", "Female", &[])];
    let bands = BANDS.map(|band| group(band, &format!("{band}岁"), band, &[]));
    let mut age = dimension("age_band", "年龄组", "Age band", bands.into());
    age.township = vec![group("65+", "65周岁及以上", "65+", &["65-79", "80+"])];
    definition("population", "老年人口", "Population", vec![dimension("sex", "性别", "Sex", sexes), age])
}

fn region(code: &str, name: &str) -> Region {
    let level = if code == "total" { RegionLevel::Whole } else { RegionLevel::County };
    Region { code: code.to_owned(), level, name_zh: name.to_owned(), name_en: code.to_owned() }
}

fn row(region: &Region, codes: &[&str], value: i64) -> ReleasedRow {
    ReleasedRow {
        region: region.clone().into(),
        dimensions: codes.iter().map(|code| (*code).to_owned()).collect(),
        measure: "persons".into(),
        value: Some(value),
        status: Status::Published,
    }
}

/// The value that stands beside the status of withheld cells is `hidden`: it should be none, and must not matter.
fn population(year: i32, of_1000: i64, hidden: Option<i64>) -> ReleasedTable {
    let whole = region("total", "合计");
    let mut rows = Vec::new();
    let counts = [("total", 1000, [600, 350, 50]), ("male", 470, [290, 160, 20]), ("female", 530, [310, 190, 30])];
    for (sex, all, bands) in counts {
        rows.push(row(&whole, &[sex, "total"], all * of_1000));
        rows.extend(BANDS.iter().zip(bands).map(|(band, count)| row(&whole, &[sex, band], count * of_1000)));
    }
    rows.push(row(&region("150102", "甲区"), &["total", "total"], 700 * of_1000));
    rows.push(row(&region("150103", "乙区"), &["total", "total"], 300 * of_1000));
    for cell in rows.iter_mut().filter(|row| row.dimensions.contains(&"80+".to_owned()) || row.region.code == "150103")
    {
        (cell.value, cell.status) = (hidden, Status::Suppressed);
    }
    ReleasedTable { definition: population_definition(), year, rows }
}

fn subsidy(year: i32, sum: i64, distinct: i64) -> ReleasedTable {
    let rolls = vec![
        group("MZ01", "高龄津贴", "Old-age allowance", &[]),
        group("sum_of_rolls", "名册合计", "Sum of the rolls", &[]),
        group("distinct_persons", "去重人数", "Each person once", &[]),
    ];
    let mut roll = dimension("roll", "补贴项目", "Roll", rolls);
    roll.adds_up = false;
    let whole = region("total", "合计");
    let rows = vec![
        row(&whole, &["MZ01"], 480),
        row(&whole, &["sum_of_rolls"], sum),
        row(&whole, &["distinct_persons"], distinct),
    ];
    ReleasedTable {
        definition: definition("old_age_subsidy", "老年人补贴", "Old-age subsidies", vec![roll]),
        year,
        rows,
    }
}

fn edition() -> Edition {
    Edition {
        place: text("示例市", "Example City"),
        region: "1501".to_owned(),
        publisher: text("示例市民政局", "Civil Affairs Bureau of Example City"),
        year: 2025,
        version: "1".to_owned(),
        finality: Finality::Provisional,
        accepted_until: NaiveDate::from_ymd_opt(2026, 3, 31).unwrap(),
        published_on: None,
        protection: None,
        change_note: None,
        targets: Vec::new(),
        signatures: Signatures::default(),
    }
}

fn page(language: Language, tables: &[ReleasedTable], earlier: &[ReleasedTable]) -> String {
    bulletin(language, &edition(), tables, earlier).unwrap()
}

/// The words of a page's paragraphs of text.
fn prose(page: &str) -> Vec<String> {
    let paragraphs = page.split("<p class=\"prose\">").skip(1);
    paragraphs.map(|rest| rest.split("</p>").next().unwrap().trim().to_owned()).collect()
}

#[test]
fn a_withheld_value_changes_no_byte_of_the_page() {
    for language in [Language::Zh, Language::En] {
        let made = |hidden| page(language, &[population(2025, 10, hidden)], &[population(2024, 9, hidden)]);
        let without = made(None);
        assert_eq!(made(Some(777_767)), without);
        assert_eq!(made(Some(3)), without);
        assert!(without.contains("url(#withheld)"));
    }
}

#[test]
fn a_sum_with_a_withheld_part_and_all_that_follows_from_it_is_left_out() {
    let page = page(Language::Zh, &[population(2025, 10, None)], &[]);
    insta::assert_snapshot!(prose(&page)[0], @"截至2025年12月31日24时，按常住地统计，在册60周岁及以上老年人10,000人。男性4,700人，女性5,300人，女性占53.0%。");
}

#[test]
fn a_bar_of_a_region_has_the_length_of_its_value_and_a_withheld_one_a_mark_of_fixed_size() {
    let page = page(Language::Zh, &[population(2025, 10, None)], &[]);
    let chart = page.split("<svg role=\"img\"").nth(2).unwrap();
    assert!(chart.contains(r#"<rect class="first" width="1000" height="14"/>"#));
    assert!(chart.contains(r#"<rect x="0" y="66" width="56" height="14" fill="url(#withheld)"/>"#));
    assert!(chart.contains("* 为保护个人信息未公布"));
}

#[test]
fn levels_move_in_percent_and_shares_in_percentage_points() {
    let mut earlier = population(2024, 8, None);
    earlier
        .rows
        .iter_mut()
        .filter(|row| *row.dimensions == ["female", "total"])
        .for_each(|row| row.value = Some(4_200));
    let chinese = page(Language::Zh, &[population(2025, 10, None)], std::slice::from_ref(&earlier));
    assert!(prose(&chinese)[0].contains("老年人10,000人，比上年增长25.0%。"));
    assert!(prose(&chinese)[0].contains("女性占53.0%，比上年提高0.5个百分点。"));
    let english = page(Language::En, &[population(2025, 10, None)], &[earlier]);
    assert!(prose(&english)[0].contains("10,000 people (up 25.0% on 2024)"));
}

#[test]
fn another_way_of_counting_or_another_year_gives_no_change() {
    let mut earlier = population(2024, 8, None);
    earlier.definition.formula = text("不去重", "Not once");
    let broken = page(Language::Zh, &[population(2025, 10, None)], &[earlier]);
    assert!(!prose(&broken)[0].contains("比上年") && broken.contains("统计口径与上年不同，不作比较。"));
    let older = page(Language::Zh, &[population(2025, 10, None)], &[population(2023, 8, None)]);
    assert!(!prose(&older)[0].contains("比上年") && !older.contains("统计口径与上年不同"));
}

#[test]
fn both_totals_of_the_subsidies_are_said_with_their_difference() {
    let page = |sum, distinct| page(Language::Zh, &[subsidy(2025, sum, distinct)], &[]);
    insta::assert_snapshot!(prose(&page(600, 540))[0], @"2025年12月，享受高龄津贴、养老服务补贴、护理补贴、综合补贴的老年人，按各项名册合计（sum_of_rolls）为600人；同一人只计一次，去重后（distinct_persons）为540人。两者相差60人次，原因是有人同时享受两项及以上补贴。名册合计与全国公报口径可比。");
    assert!(prose(&page(540, 540))[0].contains("两者相等"));
}

#[test]
fn a_table_of_which_nothing_was_delivered_says_so_once() {
    let mut missing = subsidy(2025, 600, 540);
    missing.definition.name = "benefits_held".to_owned();
    missing.definition.dimensions.clear();
    missing.rows.truncate(1);
    missing.rows[0].dimensions = [].into();
    missing.rows[0].status = Status::Missing;
    let said = prose(&page(Language::Zh, &[missing], &[]));
    assert_eq!(said[0], "2025年12月31日24时，老年人补贴：无数据（部门报送不完整）。");
}

#[test]
fn a_table_that_is_not_there_is_named_and_a_restricted_one_is_not() {
    let mut restricted = subsidy(2025, 66_777, 54_321);
    restricted.definition.restricted = true;
    let page = page(Language::Zh, &[population(2025, 10, None), restricted], &[]);
    assert!(page.contains("本版未发布“老年人补贴”统计表，本节从略。"));
    assert!(!page.contains("66,777") && !page.contains("名册合计"));
}

#[test]
fn of_very_many_categories_the_largest_that_are_published_are_listed() {
    let codes: Vec<String> = (0..40).map(|at| format!("P{at:02}")).collect();
    let pairs = codes.iter().map(|code| group(code, &format!("组合{code}"), code, &[])).collect();
    let definition = definition("benefit_pairs", "同时享受", "Pairs", vec![dimension("pair", "组合", "Pair", pairs)]);
    let whole = region("total", "合计");
    let mut rows: Vec<ReleasedRow> =
        codes.iter().zip(1000..).map(|(code, value)| row(&whole, &[code], value)).collect();
    (rows[39].value, rows[39].status) = (None, Status::Suppressed);
    let page = page(Language::Zh, &[ReleasedTable { definition, year: 2025, rows }], &[]);
    let table = page.split("id=\"benefit_pairs-caption\"").nth(1).unwrap();
    let listed: Vec<&str> = table.split("组合P").skip(1).map(|rest| &rest[..2]).collect();
    let expected: Vec<String> = (19..39).rev().map(|at: i32| at.to_string()).collect();
    assert_eq!(listed, expected);
    assert!(table.contains("只列公布人数最多的20类，其余见 benefit_pairs 表"));
}

#[test]
fn a_region_without_a_latin_name_has_its_chinese_name_beside_the_code() {
    assert_eq!(Language::En.region(&region("150102", "新城区")), "150102 新城区");
    let named = Region { name_en: "Xincheng".to_owned(), ..region("150102", "新城区") };
    assert_eq!(Language::En.region(&named), "Xincheng");
    assert_eq!(Language::Zh.region(&named), "新城区");
}

/// Answered clues of four rules: told, told with a zero, of too few, withheld.
fn overlaps() -> ReleasedTable {
    let rules = ["X01", "X02", "X03", "X04"].map(|code| group(code, &format!("规则{code}"), code, &[]));
    let severities = ["violation", "review", "info"].map(|code| group(code, code, code, &[]));
    let dimensions = vec![
        dimension("rule", "规则", "Rule", rules.into()),
        dimension("severity", "程度", "Severity", severities.into()),
    ];
    let mut definition = definition(answers::TABLE, "线索", "Clues", dimensions);
    definition.restricted = true;
    let mut rows = Vec::new();
    let whole = region("total", "合计");
    let answers = [
        ("X01", "violation", [7_001, 20, 31, 12]),
        ("X01", "review", [8_002, 10, 0, 27]),
        ("X01", "info", [9_003, 5_555, 5_555, 5_555]),
        ("X02", "violation", [6_004, 15, 0, 0]),
        ("X03", "violation", [5_005, 40, 40, 9]),
        ("X04", "review", [4_006, 60, 60, 60]),
    ];
    for (rule, severity, counts) in answers {
        for (measure, count) in ["flags", "confirmed", "recovered", "dismissed"].iter().zip(counts) {
            let mut row = row(&whole, &[rule, severity], count);
            row.measure = (*measure).into();
            if rule == "X04" {
                row.status = Status::Suppressed;
            }
            rows.push(row);
        }
    }
    ReleasedTable { definition, year: 2025, rows }
}

#[test]
fn a_closed_year_tells_confirmed_and_corrected_cases_with_the_share_that_was_no_error() {
    let closed = Edition { finality: Finality::Final, ..edition() };
    let tables = [population(2025, 10, None), overlaps()];
    let page = |edition: &Edition| bulletin(Language::Zh, edition, &tables, &[]).unwrap();
    let told = page(&closed);
    let sentence = prose(&told).into_iter().find(|text| text.contains("核实结果")).unwrap();
    insta::assert_snapshot!(sentence, @"2025年全年，各单位对待遇重叠线索的核实结果：已确认45件，已纠正31件，核实无误39件，核实无误的占已核实的33.9%。线索不是处理决定。");
    let table = told.split("id=\"overlap_summary-caption\"").nth(1).unwrap().split("</table>").next().unwrap();
    let rows: Vec<&str> = table.split("<tr").skip(2).collect();
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(
        rows[1].contains("规则X01") && rows[1].contains("<td>30</td><td>31</td><td>39</td><td>39.0</td>"),
        "{}",
        rows[1]
    );
    assert!(
        rows[2].contains("规则X02") && rows[2].contains("<td>15</td><td>0</td><td>0</td><td>0.0</td>"),
        "{}",
        rows[2]
    );
    for hidden in ["7,001", "8,002", "6,004", "规则X03", "规则X04", "5,555"] {
        assert!(!told.contains(hidden), "{hidden}");
    }
    // An open year and a county tell nothing.
    let county = Edition { region: "150104".to_owned(), ..closed };
    for edition in [edition(), county] {
        assert!(!page(&edition).contains("核实结果"), "{} {:?}", edition.region, edition.finality);
    }
}

#[test]
fn the_page_says_what_every_bulletin_must_say() {
    let page = page(Language::Zh, &[population(2025, 10, None)], &[]);
    for sentence in [
        "部分数据合计数与分项之和因四舍五入存在差异，均未作机械调整",
        "本公报为行政记录汇总，与抽样调查的常住老年人口口径不同",
        "初步数据",
        "示例市民政局",
        "2026年3月31日",
        "制表人",
        "审核人",
        "单位负责人",
    ] {
        assert!(page.contains(sentence), "{sentence}");
    }
}

#[test]
fn the_page_needs_nothing_else() {
    for language in [Language::Zh, Language::En] {
        let page = page(language, &[population(2025, 10, None), subsidy(2025, 600, 540)], &[]);
        for reference in
            ["<script", "<link", "<img", "<iframe", "src=", "@import", "javascript:", "onload=", "onclick="]
        {
            assert!(!page.contains(reference), "{reference}");
        }
        let addresses = page.match_indices("http").filter(|(at, _)| {
            let rest = &page[*at..];
            !["http://www.w3.org/1999/xhtml\"", "http://www.w3.org/2000/svg\"", "http-equiv"]
                .iter()
                .any(|known| rest.starts_with(known))
        });
        assert_eq!(addresses.count(), 0);
        assert_eq!(page.matches("url(").count(), page.matches("url(#withheld)").count());
    }
}

#[test]
fn every_drawing_and_table_is_named_for_who_cannot_see_it() {
    for language in [Language::Zh, Language::En] {
        let page = page(language, &[population(2025, 10, None), subsidy(2025, 600, 540)], &[population(2024, 9, None)]);
        let elements = elements(&page);
        let count = |name: &str| elements.iter().filter(|element| *element == name).count();
        assert_eq!(page.matches("role=\"img\"").count(), 3);
        assert_eq!(count("title"), 3 + 1);
        assert_eq!(count("desc"), 3);
        assert_eq!((count("table"), count("caption"), count("thead")), (4, 4, 4));
        assert_eq!(page.matches("<html lang=").count(), 1);
        let headers = page.matches("<th ").count();
        assert_eq!(headers, page.matches("scope=\"").count());
    }
}

/// The elements that a page opens; the page must be well-formed.
fn elements(page: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(page);
    let mut names = Vec::new();
    let mut open = 0_usize;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                open += 1;
                names.push(start.name().as_ref().to_owned());
            }
            Event::Empty(empty) => names.push(empty.name().as_ref().to_owned()),
            Event::End(_) => open -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
    names
}

#[test]
fn no_coordinate_is_anything_but_a_whole_number() {
    let page = page(Language::Zh, &[population(2025, 7, None), subsidy(2025, 601, 540)], &[population(2024, 9, None)]);
    let drawings: Vec<&str> =
        page.split("<svg role=\"img\"").skip(1).map(|rest| rest.split("</figure>").next().unwrap()).collect();
    assert_eq!(drawings.len(), 3);
    for attribute in ["x", "y", "width", "height", "x1", "x2", "y1", "y2", "dx"] {
        for drawing in &drawings {
            for rest in drawing.split(&format!(" {attribute}=\"")).skip(1) {
                let value = rest.split('"').next().unwrap().trim_end_matches('%');
                assert!(value.parse::<i32>().is_ok(), "{attribute}={value}");
            }
        }
    }
}
