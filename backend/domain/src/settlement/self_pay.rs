//! 互碰自赔: each insurer pays its own insured, and nobody claims across.

use time::Date;

use super::because;
use super::{Cover, Head, Payment, Rule, SettlementInput};
use crate::rule_pack::RulePack;

/// Why self-pay does not apply, as half a sentence; `None` when everything it needs holds.
pub(super) fn barred(input: &SettlementInput, pack: &RulePack, day: Date) -> Option<String> {
    let parties = &input.parties;
    let no = |reason: &str| Some(reason.to_owned());
    if !input.agreements.self_pay {
        return no("没有各方的同意");
    }
    if parties.len() < 2 || !parties.iter().all(|party| party.is_motor()) {
        return no("不是两辆以上机动车之间的事故");
    }
    if parties.iter().any(|party| party.valid_ctp(day).is_none()) {
        return no("有车辆没有有效的交强险");
    }
    if parties
        .iter()
        .any(|party| !party.losses.medical.is_zero() || !party.losses.disability.is_zero())
    {
        return no("有人受伤");
    }
    if input
        .outside_property
        .iter()
        .any(|outside| !outside.loss.is_zero())
    {
        return no("碰撞了车外的财产");
    }
    if parties.iter().any(|party| !party.liability.is_at_fault()) {
        return no("有一方没有责任");
    }
    if parties.iter().any(|party| party.property() > pack.self_pay_cap) {
        return Some(format!("有一方的损失超过{}", because::yuan(pack.self_pay_cap)));
    }
    None
}

/// One payment per party of its own loss.
pub(super) fn payments(input: &SettlementInput) -> Vec<Payment> {
    let own = input.parties.iter().filter(|party| !party.property().is_zero());
    own.map(|party| Payment {
        head: Head::Property,
        cover: Cover::CtpSelf,
        holder: party.label.clone(),
        insurer: party.ctp.as_ref().map(|ctp| ctp.insurer.clone()),
        payee: party.label.clone(),
        amount: party.property(),
        rule: Rule::SelfPay,
        because: because::self_pay(party),
    })
    .collect()
}
