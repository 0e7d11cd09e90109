//! 赔付结果告知书: the plan as it concerns one party, each payment with its rule.

use domain::codes::insurer_name;
use domain::money::Fen;
use domain::party::{Losses, Party};
use domain::settlement::{Payment, Plan};
use papers::{Issuer, Loss, PaidBy, SettlementNotice};

use super::sheet::{Sheet, insurers, side_and_name, yuan};

const WHAT_NEXT: &str = "保险公司应付的款项由保险公司直接支付，到账后请在原链接中确认；没有按时到账的，请在同一页面告诉我们。对赔付结果有异议的，可以与保险公司协商，或者向人民法院提起民事诉讼。";

pub fn of(sheet: &Sheet<'_>, party: &Party, plan: &Plan) -> SettlementNotice {
    let concerns = |payment: &&Payment| payment.payee == party.label || payment.holder == party.label;
    let payments = plan
        .payments
        .iter()
        .filter(|payment| !payment.is_borne())
        .filter(concerns);
    SettlementNotice {
        head: sheet.head(),
        addressee: side_and_name(party),
        opening: format!(
            "您于{}在{}发生的道路交通事故，已作出第{}号道路交通事故认定书。现将赔付结果告知如下。",
            sheet.occurred_at(),
            sheet.place(),
            sheet.case_number()
        ),
        losses: party.losses.as_ref().map(losses).unwrap_or_default(),
        payments: payments.map(|payment| paid(sheet, payment)).collect(),
        bears: bears(party, plan),
        what_next: WHAT_NEXT.to_owned(),
        contact: contact(sheet, party, plan),
        // Follows from the plan; no officer signs it.
        issuer: Issuer {
            officer: None,
            ..sheet.issuer("")
        },
    }
}

fn losses(losses: &Losses) -> Vec<Loss> {
    let heads = [
        ("车辆损失", losses.vehicle_fen),
        ("随车财物损失", losses.carried_fen),
        ("医疗费用", losses.medical_fen),
        ("误工护理等费用", losses.disability_fen),
    ];
    let lost = heads.into_iter().filter(|(_, amount)| !amount.is_zero());
    lost.map(|(what, amount)| Loss {
        what: what.to_owned(),
        note: String::new(),
        amount: yuan(amount),
    })
    .collect()
}

fn paid(sheet: &Sheet<'_>, payment: &Payment) -> PaidBy {
    let payer = match &payment.insurer {
        Some(code) => format!(
            "{}（{}）",
            insurer_name(code),
            domain::mediation::side(&payment.holder)
        ),
        None => sheet.named(&payment.holder),
    };
    PaidBy {
        payer,
        payee: sheet.named(&payment.payee),
        what: format!("{}，{}", payment.cover.label(), payment.head.label()),
        amount: yuan(payment.amount),
        rule: format!(
            "{}（{}）",
            payment.because.trim_end_matches('。'),
            payment.rule.source()
        ),
    }
}

fn bears(party: &Party, plan: &Plan) -> String {
    let sum = |of: &dyn Fn(&&Payment) -> bool| {
        let amounts = plan
            .payments
            .iter()
            .filter(|payment| of(payment))
            .map(|payment| payment.amount);
        Fen::checked_sum(amounts).unwrap_or_default()
    };
    let received = sum(&|payment| payment.payee == party.label && !payment.is_borne());
    let borne = sum(&|payment| payment.payee == party.label && payment.is_borne());
    let paying = sum(&|payment| {
        payment.holder == party.label && payment.payee != party.label && payment.insurer.is_none()
    });
    let mut lines = vec![format!("您应得到的赔付合计{received}。")];
    if !borne.is_zero() {
        let why = plan
            .payments
            .iter()
            .find(|payment| payment.payee == party.label && payment.is_borne());
        let why = why
            .map(|payment| payment.because.trim_end_matches('。'))
            .unwrap_or_default();
        lines.push(format!("您的损失中由您自行承担{borne}：{why}。"));
    }
    if !paying.is_zero() {
        lines.push(format!("您本人应向他人支付合计{paying}。"));
    }
    if borne.is_zero() && paying.is_zero() {
        lines.push("您不需要自行承担费用。".to_owned());
    }
    lines.extend(plan.warnings.iter().cloned());
    lines.join("\n")
}

fn contact(sheet: &Sheet<'_>, party: &Party, plan: &Plan) -> String {
    let concerned = plan
        .payments
        .iter()
        .filter(|payment| payment.payee == party.label);
    let mut codes: Vec<&str> = concerned
        .filter_map(|payment| payment.insurer.as_deref())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let companies = insurers(codes);
    if companies.is_empty() {
        return format!("{}事故快处席位。", sheet.unit_name());
    }
    format!(
        "赔付问题请联系{companies}；事故处理问题请联系{}事故快处席位。",
        sheet.unit_name()
    )
}
