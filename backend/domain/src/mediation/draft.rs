//! The words of an agreement, made from its terms: a draft for the officer, never put over an edit.
//!
//! It names sides (甲方), not people, and holds no blanket waiver: what the insurers owe and may recover stays as
//! it is.

use super::side;
use super::terms::{AgreedPayment, TermsParty};

const FIGURES: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/// 损害赔偿调解结果, in the words of the form. `insured`: insurers pay something by the plan.
pub fn draft(parties: &[TermsParty], payments: &[AgreedPayment], insured: bool) -> String {
    let mut clauses: Vec<String> = payments.iter().map(paid).collect();
    if payments.is_empty() {
        clauses.push("当事人之间不另行支付赔偿款。".to_owned());
    }
    if insured {
        clauses.push("应由保险公司赔付的部分，由保险公司按照保险合同赔付。".to_owned());
    }
    let subrogated = listed(parties.iter().filter(|party| party.subrogated));
    if !subrogated.is_empty() {
        clauses.push(format!(
            "{subrogated}选择由自己的保险公司先行赔付；保险公司赔付后依法向责任方追偿的权利不受本协议影响。"
        ));
    }
    clauses.push("本协议自各方当事人签名之日起生效。".to_owned());
    let begun = format!(
        "经{}共同申请，由交通警察主持调解，当事人自愿达成如下协议：",
        listed(parties.iter())
    );
    let numbered = clauses
        .into_iter()
        .enumerate()
        .map(|(index, clause)| format!("{}、{clause}", figure(index)));
    std::iter::once(begun)
        .chain(numbered)
        .collect::<Vec<_>>()
        .join("\n")
}

fn paid(payment: &AgreedPayment) -> String {
    // As on documents, without the blank before the unit.
    let amount = payment.amount_fen.to_string().replace(' ', "");
    format!(
        "{}向{}支付赔偿款人民币{amount}。",
        side(&payment.payer),
        side(&payment.payee)
    )
}

fn listed<'p>(parties: impl Iterator<Item = &'p TermsParty>) -> String {
    parties.map(TermsParty::side).collect::<Vec<_>>().join("、")
}

/// 一, 二 … 十, 十一 …; beyond ninety-nine in digits.
fn figure(index: usize) -> String {
    let number = index + 1;
    let unit = |n: usize| FIGURES.get(n.wrapping_sub(1)).copied().unwrap_or_default();
    match number {
        1..=10 => unit(number).to_owned(),
        11..=19 => format!("十{}", unit(number - 10)),
        20..=99 => format!("{}十{}", unit(number / 10), unit(number % 10)),
        _ => number.to_string(),
    }
}
