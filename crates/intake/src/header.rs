//! Finds the header of a table: below titles and remarks, in one row or in two with groups above.

use yilian_contract::{Column, Contract};

use crate::cell::{Unit, folded};

/// Titles and remarks may stand above the header.
pub(crate) const HEADER_WITHIN: usize = 10;
/// Groups of headers that mean the person of the row; `户主 | 姓名` is another person's name.
const OWN: [&str; 11] = [
    "本人",
    "老人",
    "老年人",
    "对象",
    "服务对象",
    "补贴对象",
    "基本信息",
    "个人信息",
    "人员信息",
    "本人信息",
    "对象信息",
];

/// In brackets behind a header, these say that it is about somebody else.
const OTHERS: [&str; 8] = ["户主", "监护", "代理", "代领", "配偶", "家属", "联系", "委托"];

/// The header of a table.
#[derive(Debug)]
pub(crate) struct Header {
    /// How many rows stand before the first row of data.
    pub(crate) rows: usize,
    /// What each column is called, without white space and marks; empty where it has no name.
    pub(crate) cells: Vec<String>,
    /// The unit of money that a title gives for all columns, as written.
    unit: Option<String>,
    /// Rows above the header that are about a person: they would be lost as titles.
    pub(crate) people_above: u64,
}

impl Header {
    /// The reading of the first rows that knows the most columns of the contract; the first of several.
    pub(crate) fn find(contract: &Contract, head: &[Vec<String>]) -> Self {
        let clean: Vec<Vec<String>> =
            head.iter().take(HEADER_WITHIN).map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
        let mut best = (0, 0, Vec::new());
        for (at, row) in clean.iter().enumerate() {
            let groups = at.checked_sub(1).and_then(|above| clean.get(above)).filter(|above| is_row_of_groups(above));
            let readings = [Some(row.clone()), groups.map(|groups| under_groups(contract, groups, row))];
            for cells in readings.into_iter().flatten() {
                let known = places(contract, &cells).iter().flatten().count();
                if known > best.0 || best.2.is_empty() {
                    best = (known, at, cells);
                }
            }
        }
        let (_, at, cells) = best;
        let unit = clean.iter().take(at).flatten().find_map(|cell| Some(cell.split_once("单位:")?.1.to_owned()));
        let about_a_person = |row: &&Vec<String>| row.iter().any(|cell| holds_an_id(cell));
        let people_above = clean.iter().take(at).filter(about_a_person).count() as u64;
        Self { rows: at + 1, cells, unit, people_above }
    }

    /// For each column of the contract its place; the first of several is taken.
    pub(crate) fn places(&self, contract: &Contract) -> Vec<Option<usize>> {
        places(contract, &self.cells)
    }

    /// How often a column of the contract is there.
    pub(crate) fn times(&self, column: &Column) -> usize {
        self.cells.iter().filter(|cell| is_header(column, cell)).count()
    }

    /// The unit of money of a column; `None` if it is written and not one that is known.
    pub(crate) fn unit(&self, place: usize) -> Option<Unit> {
        let own = self.cells.get(place).and_then(|cell| bracket(cell)).filter(|unit| unit.contains(['元', '分', '角']));
        // A unit of something else, such as 人, says nothing about money; 单位 is also an office.
        let of_all = self
            .unit
            .as_deref()
            .and_then(|units| units.split(['、', ',', ';', '/', ')']).find(|unit| unit.ends_with(['元', '分', '角'])));
        match own.map(|unit| unit.trim_start_matches("单位:")).or(of_all) {
            None | Some("元") => Some(Unit::Yuan),
            Some("万元") => Some(Unit::TenThousandYuan),
            Some("分") => Some(Unit::Fen),
            Some(_) => None,
        }
    }
}

/// Whether a cell of data repeats the header of a column, as on every printed page.
pub(crate) fn repeats(column: &Column, cell: &str) -> bool {
    is_header(column, &clean(cell))
}

fn holds_an_id(cell: &str) -> bool {
    cell.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 15)
}

/// A title fills one cell, groups fill several.
fn is_row_of_groups(row: &[String]) -> bool {
    row.iter().filter(|cell| !cell.is_empty()).count() > 1
}

/// The names of columns whose headers stand below groups; a header that reaches over both rows stands in the upper.
fn under_groups(contract: &Contract, groups: &[String], row: &[String]) -> Vec<String> {
    let known = |name: &str| contract.columns.iter().any(|column| is_header(column, name));
    let mut group = "";
    let mut cells = Vec::new();
    for at in 0..row.len().max(groups.len()) {
        let above = groups.get(at).map_or("", String::as_str);
        if !above.is_empty() {
            group = above;
        }
        let below = row.get(at).map_or("", String::as_str);
        let together = format!("{group}{below}");
        let again = row.iter().filter(|cell| *cell == below).count() > 1;
        cells.push(if below.is_empty() {
            above.to_owned()
        } else if known(&together) || (again && !OWN.contains(&group)) {
            together
        } else {
            below.to_owned()
        });
    }
    cells
}

fn places(contract: &Contract, cells: &[String]) -> Vec<Option<usize>> {
    contract.columns.iter().map(|column| cells.iter().position(|cell| is_header(column, cell))).collect()
}

fn is_header(column: &Column, cell: &str) -> bool {
    let written = without_bracket(cell).to_lowercase();
    !written.is_empty()
        && [&column.name, &column.header]
            .into_iter()
            .chain(&column.aliases)
            .any(|name| clean(name).to_lowercase() == written)
}

/// The text of a header without white space anywhere and without the marks of required columns.
fn clean(cell: &str) -> String {
    let text: String = folded(cell).split_whitespace().collect();
    text.trim_matches(['*', ':', '★', '※']).to_owned()
}

/// `金额(万元)` without its unit; `姓名(户主)` as it is.
fn without_bracket(header: &str) -> &str {
    match header.split_once(['(', '[', '【']) {
        Some((bare, within)) if !bare.is_empty() && !OTHERS.iter().any(|other| within.contains(other)) => bare,
        _ => header,
    }
}

fn bracket(header: &str) -> Option<&str> {
    Some(header.split_once(['(', '[', '【'])?.1.trim_end_matches([')', ']', '】']))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use yilian_contract::Schemas;

    use super::*;

    fn header(dataset: &str, rows: &[&str]) -> (usize, Vec<String>, Option<Unit>) {
        let schemas = Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
        let contract = schemas.dataset(dataset).unwrap();
        let head: Vec<Vec<String>> = rows.iter().map(|row| row.split(',').map(str::to_owned).collect()).collect();
        let header = Header::find(contract, &head);
        let amount = contract.column("amount").and_then(|column| {
            let at = header.cells.iter().position(|cell| is_header(column, cell))?;
            header.unit(at)
        });
        (header.rows, header.cells, amount)
    }

    #[test]
    fn a_header_is_found_below_titles_and_groups() {
        let (rows, cells, _) = header(
            "funeral",
            &[
                "2025年火化登记表,,,,,",
                "单位：某局,,,,,",
                "序号,基本信息,,,死亡日期,发放区划",
                ",姓 名,*身份证号,性别：,,",
                "1,王伟,1,男,2,3",
            ],
        );
        assert_eq!(
            (rows, cells),
            (4, ["序号", "姓名", "身份证号", "性别", "死亡日期", "发放区划"].map(str::to_owned).to_vec())
        );
    }

    #[test]
    fn a_data_row_with_gaps_is_no_header() {
        let (rows, cells, _) = header("funeral", &["姓名,身份证号,性别,死亡日期,发放区划", ",,男,,", "王伟,,,,"]);
        assert_eq!((rows, cells.len()), (1, 5));
    }

    #[test]
    fn what_stands_twice_below_two_groups_is_told_apart_by_them() {
        let (_, cells, _) = header(
            "accessibility_renovation",
            &["本人,,户主,,done_on,金额,发放区划", "姓名,身份证号,姓名,身份证号,,,"],
        );
        assert_eq!(cells, ["姓名", "身份证号", "户主姓名", "户主身份证号", "done_on", "金额", "发放区划"]);
    }

    #[test]
    fn the_unit_of_money_is_that_of_the_column_or_of_the_title_or_unknown() {
        let unit = |title: &str, header: &str| {
            self::header("benefit_payment", &[title, &format!("姓名,身份证号,补贴项目,{header}")]).2
        };
        assert_eq!(unit("发放表", "金额"), Some(Unit::Yuan));
        assert_eq!(unit("发放表", "金额（必填）"), Some(Unit::Yuan));
        assert_eq!(unit("发放表", "金额(万元)"), Some(Unit::TenThousandYuan));
        assert_eq!(unit("发放表", "金额[单位：分]"), Some(Unit::Fen));
        assert_eq!(unit("发放表,单位：万元", "金额"), Some(Unit::TenThousandYuan));
        assert_eq!(unit("发放表,单位：人、万元", "金额"), Some(Unit::TenThousandYuan));
        assert_eq!(unit("单位：某街道办事处", "金额"), Some(Unit::Yuan));
        assert_eq!(unit("发放表,单位：万元", "金额(元)"), Some(Unit::Yuan));
        assert_eq!(unit("发放表", "金额(千元)"), None);
        assert_eq!(unit("发放表,单位：千元", "金额"), None);
    }
}
