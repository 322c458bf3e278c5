//! The answer as a text that can be printed and handed over.

use std::fmt::Write;

use comfy_table::{ContentArrangement, Table, presets};
use yilian_contract::{Classification, Column, ColumnType, Contract, Subject, Treatment};
use yilian_intake::{SourcePlace, SubjectCell, SubjectRow, SubjectRows, SubjectTable};
use yilian_workbook::title;

use super::clues::OwnClue;
use super::own_data::{Delivery, Extract, Fate};
use super::{Excluded, Reply};

const NOT_A_DECISION: &str = "线索只是请工作人员核实的提示，不是处理决定；未经核实并听取本人或家属意见，不得据此停发、追回或者不予受理。\n\
                              A clue asks an officer to check; it is no decision, and nothing may be stopped or \
                              reclaimed without checking it and hearing the person.";
const DERIVED: &str = "有效的身份证号中的性别和出生月份也随行离开；号码本身不离开。\n\
                       Of a valid ID number, sex and birth month leave too; the number itself does not.";
const RIGHTS: &str = "“已交付”指已打包给数据中心，是否已送出以本单位的收发记录为准。\n\
                      “Delivered” is what was packed for the hub; the office's own register says whether it was sent.\n认为内容有误的，可以要求更正、补充；对处理有异议的，可以要求说明。本答复只含本单位的数据，其他单位的数据请向该单位查询。\n\
                      What is wrong can be corrected on request, and the handling explained. This answer holds this \
                      office's own data; others answer for theirs.";

impl Reply<'_> {
    pub(super) fn for_people(&self) -> String {
        let mut text = format!(
            "个人信息查询答复 Answer to a person's request\n\
             单位 office: {}\n日期 date: {}\n\
             答复依据 answered under: 《中华人民共和国个人信息保护法》第四十四条、第四十五条\n\
             处理目的 purpose: {}\n处理的法律依据 legal basis: {}\n\
             不交付名单 list of people who are not packed: {}\n",
            self.office,
            self.made_on,
            self.purpose,
            self.legal_basis,
            excluded(self.excluded)
        );
        text.push_str("\n一、本单位保存的数据 What this office holds\n");
        if self.rows() == 0 {
            text.push_str("\n所查文件中没有此人的数据 the files that were looked into hold no row about the person\n");
        }
        for extract in &self.own.extracts {
            text.push_str(&rows(extract));
        }
        if !self.own.not_given.is_empty() {
            text.push_str("\n以下交付的导出表未提供，未查 not looked into, as the extract was not given:\n");
            self.own.not_given.iter().for_each(|delivery| line(&mut text, &format!("  {delivery}")));
        }
        text.push_str("\n二、离开本单位的内容 What left this office, by column\n");
        text.push_str(&self.left());
        text.push_str("\n三、收到的线索 Clues that were received\n");
        text.push_str(&self.clues_for_people());
        let _ = write!(text, "\n四、说明 Notes\n{RIGHTS}");
        text
    }

    fn left(&self) -> String {
        let mut text = String::new();
        let mut told: Vec<&str> = Vec::new();
        for extract in self.own.extracts.iter().filter(|extract| extract.delivered() > 0) {
            let contract = extract.contract;
            if !told.contains(&contract.id.as_str()) {
                told.push(&contract.id);
                let _ = write!(text, "\n{} {}\n{}\n", contract.title_zh, contract.title_en, columns(contract));
            }
        }
        if told.is_empty() {
            text.push_str("\n此人的数据没有离开本单位 no row about the person left this office\n");
        } else {
            let _ = writeln!(text, "\n{DERIVED}");
        }
        text
    }

    fn clues_for_people(&self) -> String {
        if self.parcels == 0 {
            return "\n未查线索包，用 --parcel 指定 no parcel was looked into; name them with `--parcel`\n".to_owned();
        }
        if self.clues.is_empty() {
            return "\n所查线索包中没有关于此人的线索 the parcels hold no clue about the person\n".to_owned();
        }
        let mut text = format!("\n{NOT_A_DECISION}\n");
        self.clues.iter().for_each(|clue| text.push_str(&clue_text(clue)));
        text
    }
}

fn excluded(excluded: Excluded) -> &'static str {
    match excluded {
        Excluded::Listed => "在名单中，其数据不再交付 listed: rows about the person are no longer packed",
        Excluded::NotListed => "不在名单中 not listed",
        Excluded::NoList => "本单位没有名单 this office has none",
    }
}

fn rows(extract: &Extract<'_>) -> String {
    let (contract, found) = (extract.contract, &extract.found);
    let mut text = format!(
        "\n{} {}（{}）\n  用途 used for: {}\n  依据 basis: {}\n",
        contract.title_zh,
        contract.title_en,
        extract.file.display(),
        contract.purpose,
        contract.legal_basis
    );
    for table in &found.tables {
        for row in &table.rows {
            line(&mut text, &format!("\n  {}", place(&row.place)));
            cells(&mut text, table, row);
            for delivery in &extract.deliveries {
                line(&mut text, &format!("    → {}", fate(delivery, &row.place)));
            }
            if extract.deliveries.is_empty() {
                line(&mut text, "    → 未打包 not packed");
            }
        }
    }
    text.push_str(&not_searched(found));
    text
}

/// What of an extract is about others, or could not be searched.
fn not_searched(found: &SubjectRows) -> String {
    let mut text = String::new();
    let heads: Vec<String> = found.tables.iter().flat_map(|table| &table.as_head).map(place).collect();
    if !heads.is_empty() {
        let heads = heads.join("；");
        line(
            &mut text,
            &format!("\n  作为户主出现在他人的行中 named as head of a household in rows about others: {heads}"),
        );
    }
    let rows: u64 = found.tables.iter().map(|table| table.without_number).sum();
    if rows > 0 {
        line(
            &mut text,
            &format!("\n  {rows} 行没有有效证件号，无法按号码查找 rows without a valid number, not searched"),
        );
    }
    if !found.other_sheets.is_empty() {
        let sheets = found.other_sheets.join("、");
        line(&mut text, &format!("\n  未查的工作表 sheets that were not looked into: {sheets}"));
    }
    text
}

fn place(place: &SourcePlace) -> String {
    let sheet = place.sheet.as_deref().map(|sheet| format!("{sheet} ")).unwrap_or_default();
    format!("{sheet}第 {} 行 row {0}", place.row)
}

fn cells(text: &mut String, table: &SubjectTable, row: &SubjectRow) {
    for (header, cell) in table.headers.iter().zip(&row.cells) {
        let name = if header.text.is_empty() { "（无标题）" } else { &header.text };
        match cell {
            SubjectCell::Empty => {}
            SubjectCell::Text(value) => line(text, &format!("    {name}: {}", value.reveal())),
            SubjectCell::OfAnother => {
                line(text, &format!("    {name}: （他人信息，不提供 somebody else's, not given）"));
            }
        }
    }
}

fn fate(delivery: &Delivery, place: &SourcePlace) -> String {
    let Delivery { period, sequence, id, .. } = delivery;
    let packed = format!("{period} 第 {sequence} 次 delivery {period}.{sequence}");
    match delivery.fates.get(place) {
        Some(Fate::Delivered) => format!(
            "已去标识化并交付 delivered without name and number: {packed}\n      编号 id: {id}\n      目的 purpose: {}\n      \
             依据 basis: {}",
            delivery.purpose, delivery.legal_basis
        ),
        Some(Fate::Rejected(reason)) => format!("退回更正，未交付 rejected, not delivered: {packed}（{reason}）"),
        Some(Fate::LeftOut) | None => {
            format!("未满60岁或者在不交付名单中，未交付 left out, not yet 60 or on the list: {packed}")
        }
    }
}

fn columns(contract: &Contract) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["列 column", "分级 class", "处理 treatment", "离开时 leaves as"]);
    for column in &contract.columns {
        let two = |(zh, en): (&str, &str)| format!("{zh} {en}");
        let leaves = leaves_as(contract, column).join(", ");
        table.add_row([column.header.clone(), two(class(column)), two(treatment(column)), leaves]);
    }
    table
}

fn clue_text(own: &OwnClue) -> String {
    let OwnClue { clue, own_benefit, decision } = own;
    let amount = clue.amount.as_deref().map(|yuan| format!("，涉及 {yuan} 元")).unwrap_or_default();
    let answered = match decision {
        Some((zh, en)) => format!("{zh} {en}"),
        None => "尚未核实 not answered yet".to_owned(),
    };
    format!(
        "\n  {}（待核实）{}\n    待核实事项 question: {} {}\n    本单位待遇 own benefit: {own_benefit}\n    对方 the other side: {} {}\n    \
         月份 months: {}—{}（{} 个月{amount}）\n    政策依据 basis: {}\n    首次提示 first seen: {}\n    核实结论 answer: {answered}\n",
        title(clue.kind),
        clue.clue_id,
        clue.question_zh,
        clue.question_en,
        clue.counterpart_zh,
        clue.counterpart_en,
        clue.from_month,
        clue.until_month,
        clue.months,
        clue.basis,
        clue.first_seen_on,
    )
}

/// How much a column says about a person, in Chinese and English.
pub(super) fn class(column: &Column) -> (&'static str, &'static str) {
    match column.classification {
        Classification::Direct => ("直接标识", "direct"),
        Classification::Quasi => ("准标识", "quasi"),
        Classification::Sensitive => ("敏感", "sensitive"),
        Classification::Plain => ("一般", "plain"),
    }
}

/// What happens to a column before it leaves, in Chinese and English.
pub(super) fn treatment(column: &Column) -> (&'static str, &'static str) {
    match column.treatment {
        Treatment::Tokenise(_) => ("换成令牌", "tokenise"),
        Treatment::Drop => ("不离开", "drop"),
        Treatment::Coarsen => ("只到月份", "coarsen"),
        Treatment::Keep => ("保留", "keep"),
    }
}

/// The names under which a column leaves; none if it stays.
pub(super) fn leaves_as(contract: &Contract, column: &Column) -> Vec<String> {
    let name = column.delivered_as.as_deref().unwrap_or(&column.name);
    let own = match column.treatment {
        Treatment::Drop => return Vec::new(),
        Treatment::Tokenise(kind) => vec![kind.column().to_owned()],
        Treatment::Coarsen | Treatment::Keep if column.ty == ColumnType::Region => {
            vec![name.to_owned(), format!("{name}_urban_rural")]
        }
        Treatment::Coarsen | Treatment::Keep => vec![name.to_owned()],
    };
    let delivered = contract.delivery_columns();
    let quality = (contract.subject != Subject::None && column.name == "id_number").then(|| "id_quality".to_owned());
    own.into_iter().chain(quality).filter(|name| delivered.iter().any(|column| column.name == *name)).collect()
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}
