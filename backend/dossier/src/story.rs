//! A fact in a sentence, for people: what it was, beside the title that the timeline gives it.
//!
//! It leaves out what stands elsewhere on the page; the whole fact is in the chain.

use domain::assessment::{Answer, Basis};
use domain::codes::insurer_name;
use domain::fact::{Fact, Recorded};
use domain::id::OrderId;
use domain::mediation::Ending;

use crate::case::Case;

/// Empty when the title says all.
pub fn told(case: &Case, recorded: &Recorded) -> String {
    match &recorded.fact {
        Fact::Reported { phone, .. } => phone.iter().map(|phone| format!("手机 {phone}")).collect(),
        Fact::PhoneConfirmed { phone, .. } => format!("手机 {phone}"),
        Fact::PartyJoined { party }
        | Fact::PartyRecorded { party, .. }
        | Fact::MediaJoined { party }
        | Fact::MediaLeft { party }
        | Fact::ObjectionWithdrawn { party }
        | Fact::EvacuationAcknowledged { party } => case.party(*party),
        Fact::ConsentAnswered { consent, .. } => {
            format!(
                "“{}”：{}",
                consent.kind.text(),
                yes(consent.agreed, "同意", "不同意")
            )
        }
        Fact::SceneRecorded { scene } => {
            let place = scene.place.as_ref().map(|place| place.text.clone());
            place.unwrap_or_default()
        }
        Fact::StillRequested { request } => format!("请{}拍照", case.party(request.party)),
        Fact::LossesAssessed { party, losses } => {
            format!("{}，损失合计 {}", case.party(*party), losses.total())
        }
        Fact::OutsidePropertyAssessed { items } => {
            let one = |item: &domain::party::OutsideProperty| format!("{} {}", item.owner, item.loss_fen);
            items.iter().map(one).collect::<Vec<_>>().join("；")
        }
        Fact::Decided { decision } => {
            let one = |decided: &domain::stage::PartyDecision| {
                format!("{} {}", case.party(decided.party), decided.liability.label())
            };
            let all: Vec<String> = decision.parties.iter().map(one).collect();
            let why = decision.override_reason.iter();
            all.join("；")
                + &why
                    .map(|why| format!("（与建议不同，理由：{why}）"))
                    .collect::<String>()
        }
        Fact::FindingIssued { finding } => format!("文书编号 {}", finding.number),
        Fact::FindingVoided { reason } | Fact::EvidenceFileMade { reason } => format!("事由：{reason}"),
        Fact::Closed { closing } => {
            let note = closing.note.iter().map(|note| format!("，{note}"));
            format!("{}{}", closing.closing.label(), note.collect::<String>())
        }
        Fact::Escalated { escalation } => escalation.reason.clone(),
        Fact::LateReportFiled { late } => late.statement.clone(),
        Fact::AcceptanceDecided { acceptance } => {
            format!(
                "{} {}",
                yes(acceptance.accepted, "受理", "不予受理"),
                acceptance.reason
            )
        }
        Fact::FindingObjected { party, reason } => format!("{}：{reason}", case.party(*party)),
        Fact::GuestInvited { guest } => format!("{} {}", guest.role.label(), guest.name),
        Fact::Settled { settlement } => format!(
            "损失合计 {}，由保险公司和对方支付 {}",
            settlement.plan.losses, settlement.plan.paid
        ),
        fact => signing(case, fact)
            .or_else(|| money(case, fact))
            .unwrap_or_default(),
    }
}

fn signing(case: &Case, fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::Signed { party, signature, .. } | Fact::MediationSigned { party, signature, .. } => format!(
            "{}；打开文书 {} 秒，{}；验证码发至 {}",
            case.party(*party),
            signature.read_s,
            yes(signature.scrolled_to_end, "看到末尾", "未看到末尾"),
            signature.phone_masked
        ),
        Fact::SignatureRefused { party, refusal, .. } | Fact::MediationRefused { party, refusal, .. } => {
            format!(
                "{}拒绝{}：{}",
                case.party(*party),
                refusal.what.text(),
                refusal.reason
            )
        }
        Fact::MediationAnswered { party, wanted } => {
            format!("{}{}", case.party(*party), yes(*wanted, "申请调解", "不申请调解"))
        }
        Fact::MediationBarred { bar, .. } => {
            format!("{}{}。{}", case.party(bar.party), bar.why.label(), bar.note)
        }
        Fact::MediationEnded { ending, .. } => match ending {
            Ending::Agreed { .. } => "达成协议".to_owned(),
            Ending::Failed { reason, .. } => format!("未达成协议：{reason}"),
        },
        _ => return None,
    })
}

fn money(case: &Case, fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::AssessmentProposed { assessment } => {
            format!(
                "{}的车辆，定损 {}",
                case.party(assessment.party),
                assessment.total_fen
            )
        }
        Fact::AssessmentAnswered { answer, .. } => match answer {
            Answer::Accepted { .. } => "同意".to_owned(),
            Answer::Objected { reason, .. } => format!("有异议：{reason}"),
            Answer::Silent => "期限内未答复".to_owned(),
        },
        Fact::AssessmentBound { total, basis, .. } => format!("{total}（{}）", basis_text(*basis)),
        Fact::OrdersMade { orders, .. } => {
            let one = |order: &domain::order::Order| {
                let insurer = insurer_name(order.insurer.as_str());
                format!("{insurer} → {} {}", order.payee, order.signed())
            };
            orders.iter().map(one).collect::<Vec<_>>().join("；")
        }
        Fact::OrderPaid { order, paid } => {
            format!("{}，流水号 {}", ordered(case, *order), paid.reference)
        }
        Fact::OrderConfirmed { order } => ordered(case, *order),
        Fact::OrderRejected { order, reason } => format!("{}：{reason}", ordered(case, *order)),
        Fact::OrderReissued { order, note } => format!("{}：{note}", ordered(case, *order)),
        Fact::SubrogationAnswered { party, chosen } => {
            format!("{}{}", case.party(*party), yes(*chosen, "选择", "不选择"))
        }
        _ => return None,
    })
}

fn ordered(case: &Case, id: OrderId) -> String {
    let order = case.accident.orders.iter().find(|order| order.id == id);
    order.map_or_else(String::new, |order| {
        let insurer = insurer_name(order.insurer.as_str());
        format!("{insurer} → {} {}", order.payee, order.signed())
    })
}

fn basis_text(basis: Basis) -> &'static str {
    match basis {
        Basis::MutualTrust => "互信免核",
        Basis::Accepted => "各方同意",
        Basis::Silence => "期限内未答复",
        Basis::Joint => "联合定损",
    }
}

fn yes(holds: bool, yes: &'static str, no: &'static str) -> &'static str {
    if holds { yes } else { no }
}
