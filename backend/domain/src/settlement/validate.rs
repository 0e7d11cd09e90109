//! What an accident must be before money is computed, whoever built it.

use std::collections::BTreeSet;

use time::Date;

use super::because;
use super::{
    AMOUNT_FEN_MAX, Head, OUTSIDE_PROPERTY_MAX, PARTIES_MAX, Payment, Rule, SettlementError, SettlementInput,
    SettlementParty, TEXT_CHARS_MAX,
};
use crate::liability::Liability;
use crate::money::Fen;

pub(super) fn validate(input: &SettlementInput) -> Result<(), SettlementError> {
    let error = |code: &str, field: String, message: String| SettlementError::new(code, field, message);
    if input.parties.is_empty() {
        return Err(error(
            "required",
            "parties".to_owned(),
            "至少要有一名当事人。".to_owned(),
        ));
    }
    if input.parties.len() > PARTIES_MAX {
        return Err(error(
            "too_many",
            "parties".to_owned(),
            format!("当事人不能超过{PARTIES_MAX}名。"),
        ));
    }
    if input.outside_property.len() > OUTSIDE_PROPERTY_MAX {
        return Err(error(
            "too_many",
            "outside_property".to_owned(),
            format!("车外财产不能超过{OUTSIDE_PROPERTY_MAX}项。"),
        ));
    }
    let mut labels = BTreeSet::new();
    for (index, one) in input.parties.iter().enumerate() {
        text(&one.label, || format!("parties[{index}].label"))?;
        if !labels.insert(one.label.as_str()) {
            return Err(error(
                "duplicate_label",
                format!("parties[{index}].label"),
                "当事人的代号不能重复。".to_owned(),
            ));
        }
        party(index, one)?;
    }
    for (index, outside) in input.outside_property.iter().enumerate() {
        text(&outside.owner, || format!("outside_property[{index}].owner"))?;
        amount(outside.loss, || format!("outside_property[{index}].loss"))?;
    }
    Ok(())
}

fn party(index: usize, party: &SettlementParty) -> Result<(), SettlementError> {
    // Paths are written only when something is wrong: nearly always nothing is.
    let at = |field: &str| format!("parties[{index}].{field}");
    let error = |code, field: &str, message: &str| Err(SettlementError::new(code, at(field), message));
    if party.liability == Liability::Undetermined {
        return error(
            "liability_undetermined",
            "liability",
            "责任无法认定，不能计算赔偿。",
        );
    }
    if party.share.is_some_and(|share| share > 100) {
        return error("percent_out_of_range", "share", "责任比例应在0到100之间。");
    }
    for (field, loss) in [
        ("losses.vehicle", party.losses.vehicle),
        ("losses.carried", party.losses.carried),
        ("losses.medical", party.losses.medical),
        ("losses.disability", party.losses.disability),
    ] {
        amount(loss, || at(field))?;
    }
    if let Some(ctp) = &party.ctp {
        text(&ctp.insurer, || at("ctp.insurer"))?;
        if let (Some(from), Some(to)) = (ctp.valid_from, ctp.valid_to)
            && from > to
        {
            return error("date_order", "ctp.valid_to", "交强险的止期早于起期，请检查。");
        }
    }
    if let Some(cover) = &party.third_party {
        text(&cover.insurer, || at("third_party.insurer"))?;
        amount(cover.limit, || at("third_party.limit"))?;
        if cover.deductible_percent > 100 {
            return error(
                "percent_out_of_range",
                "third_party.deductible_percent",
                "免赔率应在0到100之间。",
            );
        }
    }
    if let Some(cover) = &party.own_damage {
        text(&cover.insurer, || at("own_damage.insurer"))?;
        if cover.deductible_percent > 100 {
            return error(
                "percent_out_of_range",
                "own_damage.deductible_percent",
                "免赔率应在0到100之间。",
            );
        }
    }
    Ok(())
}

fn amount(amount: Fen, field: impl FnOnce() -> String) -> Result<(), SettlementError> {
    if amount.is_negative() {
        return Err(SettlementError::new(
            "negative_amount",
            field(),
            "金额不能为负数。",
        ));
    }
    if amount.0 > AMOUNT_FEN_MAX {
        let message = format!("金额过大，单项不能超过{AMOUNT_FEN_MAX}分。");
        return Err(SettlementError::new("amount_too_large", field(), message));
    }
    Ok(())
}

fn text(text: &str, field: impl FnOnce() -> String) -> Result<(), SettlementError> {
    if text.trim().is_empty() {
        return Err(SettlementError::new("required", field(), "不能为空。"));
    }
    // Never more characters than bytes: short texts need no counting.
    if text.len() > TEXT_CHARS_MAX && text.chars().count() > TEXT_CHARS_MAX {
        return Err(SettlementError::new(
            "too_long",
            field(),
            format!("不能超过{TEXT_CHARS_MAX}个字符。"),
        ));
    }
    Ok(())
}

/// What is accepted but worth telling.
pub(super) fn oddities(input: &SettlementInput, day: Date, payments: &[Payment]) -> Vec<String> {
    let mut warnings = Vec::new();
    for party in &input.parties {
        let told = || because::shown(&party.label);
        if party.is_motor() && party.valid_ctp(day).is_none() {
            let label = told();
            warnings.push(format!(
                "{label}在事故当日没有有效的交强险，交强险应付的部分由其车主承担。"
            ));
        }
        if !party.is_motor() && (party.ctp.is_some() || party.third_party.is_some()) {
            let label = told();
            warnings.push(format!("{label}不是机动车，为其填写的交强险、三者险不参与计算。"));
        }
        if !party.is_motor() && party.own_damage.is_some() {
            let label = told();
            warnings.push(format!(
                "{label}不是机动车，为其填写的车损险按自己投保的财产损失保险计算，请核对。"
            ));
        }
    }
    bears_although_covered(input, payments, &mut warnings);
    same_names(input, &mut warnings);
    warnings
}

/// Without anybody at fault each bears its own; a driver with 车损险 should not learn that from a bill.
fn bears_although_covered(input: &SettlementInput, payments: &[Payment], warnings: &mut Vec<String>) {
    for payment in payments
        .iter()
        .filter(|p| p.rule == Rule::Borne && p.head == Head::Property)
    {
        let insured = input
            .parties
            .iter()
            .any(|party| party.label == payment.payee && party.own_damage.is_some());
        if insured {
            let label = because::shown(&payment.payee);
            let amount = because::yuan(payment.amount);
            warnings.push(format!(
                "各方都没有责任，{label}的损失中有{amount}列为自己承担；{label}投保了车损险，能否赔付请向保险公司咨询。"
            ));
        }
    }
}

/// One name for two of them makes payments that nobody can tell apart.
fn same_names(input: &SettlementInput, warnings: &mut Vec<String>) {
    for (at, outside) in input.outside_property.iter().enumerate() {
        let owner = because::shown(&outside.owner);
        if input.parties.iter().any(|party| party.label == outside.owner) {
            warnings.push(format!(
                "车外财产的所有人“{owner}”与一方当事人同名，方案按两个不同的人计算，请核对。"
            ));
        }
        let earlier = &input.outside_property[..at];
        if earlier.iter().any(|other| other.owner == outside.owner) {
            warnings.push(format!(
                "有两项车外财产的所有人同为“{owner}”，方案分别计算，请核对。"
            ));
        }
    }
}
