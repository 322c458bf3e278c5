//! What `feedback` says when it is done: counts, receipts, and where the workbook is.

use std::path::Path;

use serde_json::json;
use yilian_delivery::{ClueKind, ParcelManifest};
use yilian_workbook::{Book, title};

use super::extracts::People;
use super::own_rows::OwnRows;
use super::returned::REFUSED;

/// What was made, and what an officer must know about it.
pub(super) struct Report<'a> {
    pub(super) manifest: &'a ParcelManifest,
    pub(super) book: &'a Book,
    pub(super) rows: &'a OwnRows,
    pub(super) people: &'a People,
    pub(super) written: &'a Path,
}

impl Report<'_> {
    fn clues(&self, kind: ClueKind) -> usize {
        self.book.entries.iter().filter(|entry| entry.clue.kind == kind).count()
    }

    fn without_names(&self) -> usize {
        self.book.entries.iter().filter(|entry| entry.people.is_empty()).count()
    }

    pub(super) fn for_people(&self) -> String {
        let kinds = [
            (ClueKind::Overlap, "overlaps"),
            (ClueKind::Gap, "gaps"),
            (ClueKind::SamePerson, "perhaps the same person"),
        ];
        let mut lines = vec![
            format!("`{}` 已生成 was written", self.written.display()),
            format!("数据截至 as of: {}，第 {1} 期 publication {1}", self.manifest.as_of, self.manifest.publication),
        ];
        lines.extend(kinds.map(|(kind, en)| format!("{} {en}: {}", title(kind), self.clues(kind))));
        lines.push(format!("退回修改的数据 to be corrected: {}", self.book.returned.len()));
        if self.rows.lost > 0 {
            lines.push(format!(
                "\n{} 行的对照记录已不在本机，记录号留空 rows whose records are gone; their numbers are left empty",
                self.rows.lost
            ));
        }
        if self.without_names() > 0 {
            lines.push(format!(
                "\n{} 条线索没有姓名、身份证号和乡镇 clues without name, ID number and township",
                self.without_names()
            ));
        }
        if !self.people.without_extract.is_empty() {
            lines.push(
                "用 --extract 指定以下数据打包时的导出表即可填入 give the extracts of these with `--extract`:"
                    .to_owned(),
            );
            lines.extend(self.people.without_extract.iter().map(|delivery| format!("  {delivery}")));
        }
        lines.extend(self.receipts());
        lines.join("\n")
    }

    fn receipts(&self) -> Vec<String> {
        let receipts = &self.manifest.receipts;
        let mut lines: Vec<String> = receipts.first().map(|_| "\n回执 receipts:".to_owned()).into_iter().collect();
        for receipt in receipts {
            let outcome = if receipt.outcome == REFUSED { "退回 refused" } else { "接收 accepted" };
            lines.push(format!("  {} {outcome}", receipt.file));
            let said = [&receipt.text_zh, &receipt.text_en].into_iter().filter(|text| !text.is_empty());
            lines.extend(said.map(|text| format!("    {text}")));
        }
        lines
    }

    pub(super) fn for_machines(&self) -> serde_json::Value {
        json!({
            "workbook": self.written,
            "publication": self.manifest.publication,
            "as_of": self.manifest.as_of.to_string(),
            "clues": {
                "overlap": self.clues(ClueKind::Overlap),
                "gap": self.clues(ClueKind::Gap),
                "same_person": self.clues(ClueKind::SamePerson),
            },
            "clues_without_names": self.without_names(),
            "rows_without_records": self.rows.lost,
            "extracts_not_given": self.people.without_extract,
            "returned": self.book.returned.len(),
            "receipts": self.manifest.receipts,
        })
    }
}
