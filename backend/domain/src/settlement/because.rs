//! Why a payment is made, in one sentence that the driver at the roadside understands.

use super::{Head, Rule, SettlementParty};
use crate::codes::insurer_name;
use crate::money::Fen;

/// What the sentence is about.
pub(super) struct Told<'a> {
    pub rule: Rule,
    pub head: Head,
    pub holder: &'a str,
    pub payee: &'a str,
    pub insurer: Option<&'a str>,
    pub amount: Fen,
    /// The holder's share, percent.
    pub share: i64,
    /// What the holder's compulsory policy answers with under this head.
    pub limit: Fen,
    pub party: Option<&'a SettlementParty>,
}

/// `1,500.00元`: closer than the document form, for running text.
pub(super) fn yuan(amount: Fen) -> String {
    amount.to_string().replace(' ', "")
}

pub(super) fn sentence(told: &Told<'_>) -> String {
    let Told { holder, payee, .. } = told;
    let amount = yuan(told.amount);
    let head = told.head.label();
    let limit = yuan(told.limit);
    let insurer = told
        .insurer
        .map(|code| format!("（{}）", insurer_name(code)))
        .unwrap_or_default();
    let share = told.share;
    match told.rule {
        Rule::SelfPay => format!("各方同意互碰自赔，{holder}的损失{amount}由自己的交强险{insurer}赔付。"),
        Rule::Advance => format!(
            "无责一方的交强险应赔{holder}的{amount}，由{holder}自己的保险公司{insurer}先行代付，{holder}不用向对方要。"
        ),
        Rule::NoFault => {
            format!("{holder}虽无责任，其交强险{insurer}仍在无责{head}限额{limit}内赔{payee}{amount}。")
        }
        Rule::Standard => {
            format!("{holder}在事故中有责任，其交强险{insurer}在{head}限额{limit}内赔{payee}{amount}。")
        }
        Rule::Uninsured => {
            format!(
                "{holder}没有有效的交强险，本应由交强险赔{payee}的{head}{amount}由{holder}的车主自己支付。"
            )
        }
        Rule::ThirdParty => format!(
            "交强险之外，{payee}的{head}由{holder}按{share}%的责任赔偿，其中{amount}由{holder}的三者险{insurer}支付{}。",
            deducted(
                told.party
                    .and_then(|p| p.third_party.as_ref())
                    .map(|cover| cover.deductible_percent)
            )
        ),
        Rule::OwnDamage => format!(
            "交强险之外，{holder}自己的损失按{share}%的责任由自己承担，其中{amount}由{holder}的车损险{insurer}支付{}。",
            deducted(
                told.party
                    .and_then(|p| p.own_damage.as_ref())
                    .map(|cover| cover.deductible_percent)
            )
        ),
        Rule::Personal => {
            format!(
                "{holder}按{share}%的责任应赔{payee}的{head}中，有{amount}没有商业保险可赔，由{holder}自己支付。"
            )
        }
        Rule::Own => format!("{holder}自己的{head}中，有{amount}按{share}%的责任由{holder}自己承担。"),
        Rule::Borne => format!("各方都没有责任，交强险之外的{head}{amount}由{holder}自己承担。"),
    }
}

fn deducted(percent: Option<u8>) -> String {
    match percent {
        Some(percent) if percent > 0 => format!("（已扣除{percent}%的绝对免赔）"),
        _ => String::new(),
    }
}

pub(super) fn self_pay(party: &SettlementParty) -> String {
    sentence(&Told {
        rule: Rule::SelfPay,
        head: Head::Property,
        holder: &party.label,
        payee: &party.label,
        insurer: party.ctp.as_ref().map(|ctp| ctp.insurer.as_str()),
        amount: party.property(),
        share: 0,
        limit: Fen::ZERO,
        party: Some(party),
    })
}

pub(super) fn limit_used_up(party: &SettlementParty) -> String {
    format!(
        "{}的三者险限额已经用完，超出的部分由{}自己支付。",
        party.label, party.label
    )
}
