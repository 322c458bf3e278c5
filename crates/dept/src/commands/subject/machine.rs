//! The answer in JSON.

use serde_json::{Value, json};
use yilian_contract::{Column, Contract};
use yilian_intake::{SourcePlace, SubjectCell, SubjectHeader};

use super::clues::OwnClue;
use super::own_data::{Delivery, Extract, Fate};
use super::text::{class, leaves_as, treatment};
use super::{Excluded, Reply};

impl Reply<'_> {
    pub(super) fn for_machines(&self) -> Value {
        json!({
            "office": self.office,
            "made_on": self.made_on.to_string(),
            "purpose": self.purpose,
            "legal_basis": self.legal_basis,
            "excluded": match self.excluded {
                Excluded::Listed => Some(true),
                Excluded::NotListed => Some(false),
                Excluded::NoList => None,
            },
            "extracts": self.own.extracts.iter().map(extract).collect::<Vec<_>>(),
            "extracts_not_given": self.own.not_given,
            "parcels": self.parcels,
            "clues": self.clues.iter().map(clue).collect::<Vec<_>>(),
        })
    }
}

fn extract(extract: &Extract<'_>) -> Value {
    let tables = &extract.found.tables;
    let rows = tables.iter().flat_map(|table| {
        table.rows.iter().map(|row| {
            let cells = table.headers.iter().zip(&row.cells).map(|(header, cell)| cell_value(header, cell));
            json!({ "place": place(&row.place), "cells": cells.collect::<Vec<_>>() })
        })
    });
    let as_head = tables.iter().flat_map(|table| table.as_head.iter().map(place));
    json!({
        "file": extract.file,
        "dataset": extract.contract.dataset,
        "title": extract.contract.title_zh,
        "purpose": extract.contract.purpose,
        "legal_basis": extract.contract.legal_basis,
        "rows": rows.collect::<Vec<_>>(),
        "named_as_head_in_rows_of_others": as_head.collect::<Vec<_>>(),
        "rows_without_number": tables.iter().map(|table| table.without_number).sum::<u64>(),
        "sheets_not_read": extract.found.other_sheets,
        "deliveries": extract.deliveries.iter().map(delivery).collect::<Vec<_>>(),
        "columns": extract.contract.columns.iter().map(|one| column(extract.contract, one)).collect::<Vec<_>>(),
    })
}

fn place(place: &SourcePlace) -> Value {
    json!({ "sheet": place.sheet, "row": place.row })
}

fn cell_value(header: &SubjectHeader, cell: &SubjectCell) -> Value {
    let (value, withheld) = match cell {
        SubjectCell::Empty => (None, false),
        SubjectCell::Text(text) => (Some(text.reveal()), false),
        SubjectCell::OfAnother => (None, true),
    };
    json!({ "header": header.text, "column": header.column, "value": value, "of_another_person": withheld })
}

fn delivery(delivery: &Delivery) -> Value {
    let rows = delivery.fates.iter().map(|(at, fate)| {
        let (fate, reason) = match fate {
            Fate::Delivered => ("delivered", None),
            Fate::Rejected(reason) => ("rejected", Some(reason)),
            Fate::LeftOut => ("left_out", None),
        };
        json!({ "place": place(at), "fate": fate, "reason": reason })
    });
    json!({
        "delivery_id": delivery.id,
        "period": delivery.period,
        "sequence": delivery.sequence,
        "purpose": delivery.purpose,
        "legal_basis": delivery.legal_basis,
        "rows": rows.collect::<Vec<_>>(),
    })
}

fn column(contract: &Contract, column: &Column) -> Value {
    json!({
        "column": column.name,
        "header": column.header,
        "class": class(column).1,
        "treatment": treatment(column).1,
        "leaves_as": leaves_as(contract, column),
    })
}

fn clue(clue: &OwnClue) -> Value {
    let OwnClue { clue, own_benefit, decision } = clue;
    json!({
        "clue_id": clue.clue_id,
        "kind": clue.kind,
        "question": { "zh": &*clue.question_zh, "en": &*clue.question_en },
        "own_benefit": own_benefit,
        "counterpart": { "zh": &*clue.counterpart_zh, "en": &*clue.counterpart_en },
        "from_month": clue.from_month,
        "until_month": clue.until_month,
        "months": clue.months,
        "amount": clue.amount,
        "basis": &*clue.basis,
        "first_seen_on": clue.first_seen_on.to_string(),
        "decision": decision.as_ref().map(|(zh, en)| json!({ "zh": zh, "en": en })),
    })
}
