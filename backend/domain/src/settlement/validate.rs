//! What an accident must be before money is computed, whoever built it.

use std::collections::BTreeSet;

use time::Date;

use super::{
    AMOUNT_FEN_MAX, OUTSIDE_PROPERTY_MAX, PARTIES_MAX, SettlementError, SettlementInput, SettlementParty,
    TEXT_CHARS_MAX,
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
        let at = format!("parties[{index}]");
        text(&format!("{at}.label"), &one.label)?;
        if !labels.insert(one.label.as_str()) {
            return Err(error(
                "duplicate_label",
                format!("{at}.label"),
                "当事人的代号不能重复。".to_owned(),
            ));
        }
        party(&at, one)?;
    }
    for (index, outside) in input.outside_property.iter().enumerate() {
        text(&format!("outside_property[{index}].owner"), &outside.owner)?;
        amount(&format!("outside_property[{index}].loss"), outside.loss)?;
    }
    Ok(())
}

fn party(at: &str, party: &SettlementParty) -> Result<(), SettlementError> {
    let error =
        |code, field: &str, message: &str| Err(SettlementError::new(code, format!("{at}.{field}"), message));
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
        amount(&format!("{at}.{field}"), loss)?;
    }
    if let Some(ctp) = &party.ctp {
        text(&format!("{at}.ctp.insurer"), &ctp.insurer)?;
        if let (Some(from), Some(to)) = (ctp.valid_from, ctp.valid_to)
            && from > to
        {
            return error("date_order", "ctp.valid_to", "交强险的止期早于起期，请检查。");
        }
    }
    if let Some(cover) = &party.third_party {
        text(&format!("{at}.third_party.insurer"), &cover.insurer)?;
        amount(&format!("{at}.third_party.limit"), cover.limit)?;
        if cover.deductible_percent > 100 {
            return error(
                "percent_out_of_range",
                "third_party.deductible_percent",
                "免赔率应在0到100之间。",
            );
        }
    }
    if let Some(cover) = &party.own_damage {
        text(&format!("{at}.own_damage.insurer"), &cover.insurer)?;
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

fn amount(field: &str, amount: Fen) -> Result<(), SettlementError> {
    if amount.is_negative() {
        return Err(SettlementError::new("negative_amount", field, "金额不能为负数。"));
    }
    if amount.0 > AMOUNT_FEN_MAX {
        let message = format!("金额过大，单项不能超过{AMOUNT_FEN_MAX}分。");
        return Err(SettlementError::new("amount_too_large", field, message));
    }
    Ok(())
}

fn text(field: &str, text: &str) -> Result<(), SettlementError> {
    if text.trim().is_empty() {
        return Err(SettlementError::new("required", field, "不能为空。"));
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(SettlementError::new(
            "too_long",
            field,
            format!("不能超过{TEXT_CHARS_MAX}个字符。"),
        ));
    }
    Ok(())
}

/// What is accepted but worth telling.
pub(super) fn oddities(input: &SettlementInput, day: Date) -> Vec<String> {
    let mut warnings = Vec::new();
    for party in &input.parties {
        let label = &party.label;
        if party.is_motor() && party.valid_ctp(day).is_none() {
            warnings.push(format!(
                "{label}在事故当日没有有效的交强险，交强险应付的部分由其车主承担。"
            ));
        }
        if !party.is_motor() && (party.ctp.is_some() || party.third_party.is_some()) {
            warnings.push(format!("{label}不是机动车，为其填写的交强险、三者险不参与计算。"));
        }
    }
    warnings
}
