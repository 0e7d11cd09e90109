//! What insurers pull, as rows of a spreadsheet: exactly what the API shows them, with labels in the place of codes.

use domain::money::Fen;
use domain::time::Instant;
use serde::Serialize;

use super::assessment_record::AssessmentRecord;
use super::dictionary;
use super::order::PaymentOrder;
use super::record::{SettlementParty, SettlementRecord};
use crate::tables::{Cell, Column};

pub const SETTLEMENTS: &[Column] = &[
    ("记录编号", 38.0),
    ("认定书编号", 22.0),
    ("出具时间", 22.0),
    ("事故时间", 22.0),
    ("事故地点", 32.0),
    ("处理单位", 28.0),
    ("理算方式", 12.0),
    ("我方当事人", 24.0),
    ("我方号牌", 14.0),
    ("我方责任", 12.0),
    ("其他当事人", 24.0),
    ("其他号牌", 14.0),
    ("其他责任", 12.0),
    ("损失合计（元）", 14.0),
    ("赔付合计（元）", 14.0),
    ("我方应付（元）", 14.0),
    ("理算时间", 22.0),
    ("作废原因", 24.0),
];

pub const ORDERS: &[Column] = &[
    ("付款单编号", 38.0),
    ("认定书编号", 22.0),
    ("事故时间", 22.0),
    ("处理单位", 28.0),
    ("收款方", 10.0),
    ("收款人", 14.0),
    ("方向", 8.0),
    ("金额（元）", 14.0),
    ("状态", 10.0),
    ("开立时间", 22.0),
    ("付款时间", 22.0),
    ("付款流水号", 24.0),
    ("到账时间", 22.0),
    ("退回原因", 24.0),
    ("备注", 24.0),
];

pub const ASSESSMENTS: &[Column] = &[
    ("定损单编号", 38.0),
    ("事故时间", 22.0),
    ("事故地点", 32.0),
    ("定损车辆", 10.0),
    ("当事人", 14.0),
    ("号牌", 14.0),
    ("定损方", 14.0),
    ("定损金额（元）", 14.0),
    ("状态", 10.0),
    ("生效依据", 14.0),
    ("提出时间", 22.0),
    ("答复截止", 22.0),
    ("本公司须答复", 14.0),
    ("本公司答复", 12.0),
    ("项目数", 8.0),
];

/// A code as people read it.
fn word(list: &str, code: impl Serialize) -> Cell {
    match serde_json::to_value(code) {
        Ok(serde_json::Value::String(code)) => Cell::Text(dictionary::label(list, &code)),
        _ => Cell::Empty,
    }
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn perhaps(text: Option<String>) -> Cell {
    text.map_or(Cell::Empty, Cell::Text)
}

fn when(at: Option<Instant>) -> Cell {
    at.map_or(Cell::Empty, |at| Cell::Text(at.china_text()))
}

pub fn settlement(record: &SettlementRecord) -> Vec<Cell> {
    let side = |own: bool, told: fn(&SettlementParty) -> String| {
        let of = record.parties.iter().filter(|party| party.own_insured == own);
        Cell::Text(
            of.map(told)
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join("、"),
        )
    };
    let name = |party: &SettlementParty| format!("{}{}", party.label, party.name);
    let plate = |party: &SettlementParty| party.plate.clone().unwrap_or_default();
    let liability = |party: &SettlementParty| match word("Liability", party.liability) {
        Cell::Text(label) => label,
        _ => String::new(),
    };
    let own = record.payments.iter().filter(|payment| payment.own);
    vec![
        text(&record.id),
        text(&record.finding_number),
        when(Some(record.issued_at)),
        when(record.occurred_at),
        text(&record.place),
        text(&record.unit.name),
        word("Method", record.method),
        side(true, name),
        side(true, plate),
        side(true, liability),
        side(false, name),
        side(false, plate),
        side(false, liability),
        Cell::Yuan(Fen(record.losses_fen)),
        Cell::Yuan(Fen(record.paid_fen)),
        Cell::Yuan(Fen(own.map(|payment| payment.amount_fen).sum())),
        when(Some(record.settled_at)),
        perhaps(record.void.as_ref().map(|void| void.reason.clone())),
    ]
}

pub fn order(order: &PaymentOrder) -> Vec<Cell> {
    vec![
        text(order.id.to_string()),
        text(&order.finding_number),
        when(order.occurred_at),
        text(&order.unit.name),
        text(&order.payee),
        text(&order.payee_name),
        word("Direction", order.direction),
        Cell::Yuan(Fen(order.amount_fen)),
        word("OrderStateName", order.state),
        when(Some(order.made_at)),
        when(order.paid.as_ref().map(|paid| paid.paid_at)),
        perhaps(order.paid.as_ref().map(|paid| paid.reference.clone())),
        when(order.confirmed_at),
        perhaps(order.rejected.as_ref().map(|rejected| rejected.reason.clone())),
        perhaps(order.note.clone()),
    ]
}

pub fn assessment(record: &AssessmentRecord) -> Vec<Cell> {
    let party = record.parties.iter().find(|party| party.label == record.party);
    let assessor = record
        .assessor
        .insurer
        .as_ref()
        .map(|insurer| insurer.name.clone());
    vec![
        text(record.id.to_string()),
        when(record.occurred_at),
        text(&record.place),
        text(&record.party),
        perhaps(party.map(|party| party.name.clone())),
        perhaps(party.and_then(|party| party.plate.clone())),
        assessor.map_or_else(|| word("AssessorKind", record.assessor.kind), Cell::Text),
        Cell::Yuan(Fen(record.total_fen)),
        word("AssessmentState", record.state),
        word("AssessmentBasis", record.basis),
        when(Some(record.proposed_at)),
        when(record.until),
        text(if record.must_answer_own { "是" } else { "否" }),
        word("AnswerKind", record.own_answer),
        Cell::Count(u32::try_from(record.items.len()).unwrap_or(u32::MAX)),
    ]
}
