//! 互碰自赔: each insurer pays its own insured, and nobody claims across.

use time::Date;

use super::because::{self, Why};
use super::{Cover, Head, Payment, Rule, SettlementInput, SettlementParty};
use crate::rule_pack::RulePack;

/// Everything that stands against it, as half sentences; empty when all that it needs holds.
pub(super) fn barred(input: &SettlementInput, pack: &RulePack, day: Date) -> Vec<String> {
    let parties = &input.parties;
    let any = |bars: fn(&SettlementParty) -> bool| parties.iter().any(bars);
    let motors = parties.len() >= 2 && parties.iter().all(SettlementParty::is_motor);
    let reasons = [
        (!motors, "不是两辆以上机动车之间的事故"),
        (
            motors && parties.iter().any(|party| party.valid_ctp(day).is_none()),
            "有车辆没有有效的交强险",
        ),
        (any(SettlementParty::is_injured), "有人受伤"),
        (
            input
                .outside_property
                .iter()
                .any(|outside| !outside.loss.is_zero()),
            "碰撞了车外的财产",
        ),
        (any(|party| !party.liability.is_at_fault()), "有一方没有责任"),
    ];
    let mut bars: Vec<String> = reasons
        .iter()
        .filter(|(stands, _)| *stands)
        .map(|(_, reason)| (*reason).to_owned())
        .collect();
    if parties.iter().any(|party| party.property() > pack.self_pay_cap) {
        bars.push(format!("有一方的损失超过{}", because::yuan(pack.self_pay_cap)));
    }
    bars
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
        because: because::sentence(&because::Told {
            why: Why::SelfPay,
            head: Head::Property,
            holder: &party.label,
            payee: &party.label,
            insurer: party.ctp.as_ref().map(|ctp| ctp.insurer.as_str()),
            amount: party.property(),
        }),
    })
    .collect()
}
