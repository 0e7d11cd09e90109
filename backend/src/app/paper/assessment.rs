//! 定损单: an assessment whose figure binds, item by item.

use domain::assessment::{Answer, Assessment, Assessor, Basis, Item, Payers, State};
use domain::codes::insurer_name;
use domain::fact::Actor;
use domain::id::InsurerCode;
use domain::money::Fen;
use domain::rule_pack::RulePack;
use papers::{AssessedItem, AssessmentSheet, AssessmentTotals, PartySignature, SignatureSlot};

use super::sheet::{Sheet, insurers, side_and_name, yuan, yuan_or_none};
use super::{drawn, name_of};

const RIGHTS: &str =
    "当事人、保险公司对定损金额有异议的，应当说明理由；修理中发现隐蔽损失的，可以在维修前提出补充定损。";
const COPIES: &str = "本单送达车辆当事人和赔付的保险公司，一份存卷。";

pub fn of(sheet: &Sheet<'_>, assessment: &Assessment, pack: &RulePack) -> AssessmentSheet {
    let accident = sheet.accident;
    let party = accident.party(assessment.party).ok();
    let vehicle = party.and_then(|party| party.vehicle());
    let items = assessment
        .joint
        .as_ref()
        .map_or(&assessment.items, |joint| &joint.items);
    let part = vehicle.and_then(|vehicle| vehicle.contact_part);
    AssessmentSheet {
        head: sheet.head(),
        case_number: sheet.case_number(),
        occurred_at: sheet.occurred_at(),
        owner: party.map(side_and_name).unwrap_or_default(),
        plate: vehicle.map(|vehicle| vehicle.plate.clone()),
        vehicle: vehicle.and_then(|vehicle| vehicle.model.clone()),
        vin: vehicle.and_then(|vehicle| vehicle.vin.clone()),
        insurer: party
            .and_then(|party| party.insurer())
            .map(|code| insurer_name(code).to_owned()),
        damaged: part.map(|part| part.label().to_owned()),
        items: items.iter().map(line).collect(),
        totals: totals(items, assessment.figure()),
        payer: payer(sheet, assessment, pack),
        assessor: match assessment.assessor {
            Assessor::Desk(_) => sheet.unit_name(),
            Assessor::Insurer(code) => insurer_name(code.as_str()).to_owned(),
        },
        assessed_at: assessment.proposed_at.china_text(),
        deadline: binding(assessment),
        objection: Some(answers(sheet, assessment)),
        rights: RIGHTS.to_owned(),
        signatures: own_signature(sheet, assessment).into_iter().collect(),
        date: sheet.now.china_day_text(),
        copies: COPIES.to_owned(),
    }
}

fn line(item: &Item) -> AssessedItem {
    let parts = parts_of(item);
    let count = if item.quantity > 1 {
        format!(" ×{}", item.quantity)
    } else {
        String::new()
    };
    AssessedItem {
        name: format!("{}{count}", item.part),
        operation: item.operation.label().to_owned(),
        parts: yuan_or_none(parts),
        labour: yuan_or_none(item.labour_fen),
        total: yuan(Fen(parts.0.saturating_add(item.labour_fen.0))),
    }
}

/// Checked on arrival to fit.
fn parts_of(item: &Item) -> Fen {
    Fen(item.unit_price_fen.0.saturating_mul(i64::from(item.quantity)))
}

fn totals(items: &[Item], total: Fen) -> AssessmentTotals {
    let parts = items.iter().map(parts_of);
    let labour = items.iter().map(|item| item.labour_fen);
    AssessmentTotals {
        parts: yuan(Fen::checked_sum(parts).unwrap_or_default()),
        labour: yuan(Fen::checked_sum(labour).unwrap_or_default()),
        total: yuan(total),
        in_words: total.in_words(),
    }
}

fn payer(sheet: &Sheet<'_>, assessment: &Assessment, pack: &RulePack) -> String {
    let payers = Payers::of(sheet.accident, assessment.party, assessment.figure(), pack);
    let companies = insurers(payers.insurers.iter().map(InsurerCode::as_str));
    let people = payers
        .parties
        .iter()
        .filter_map(|party| sheet.accident.party(*party).ok());
    let people = people.map(side_and_name);
    let all = std::iter::once(companies)
        .chain(people)
        .filter(|name| !name.is_empty());
    all.collect::<Vec<_>>().join("、")
}

fn binding(assessment: &Assessment) -> Option<String> {
    let State::Binding { at, basis, .. } = &assessment.state else {
        return None;
    };
    let why = match basis {
        Basis::MutualTrust => "按互认协议直接生效",
        Basis::Accepted => "赔付各方均已确认",
        Basis::Silence => "答复期限届满，无人提出异议",
        Basis::Joint => "联合定损",
    };
    Some(format!("{}生效（{why}）", at.china_text()))
}

fn answers(sheet: &Sheet<'_>, assessment: &Assessment) -> String {
    let line = |by: Actor, at: domain::time::Instant, what: String| {
        let who = match by {
            Actor::Insurer(code) => insurer_name(code.as_str()).to_owned(),
            Actor::Party(party) => sheet.accident.party(party).map(side_and_name).unwrap_or_default(),
            Actor::Officer(_) | Actor::Service => sheet.unit_name(),
        };
        format!("{}，{who}{what}", at.china_text())
    };
    let given = assessment.answers.iter().map(|given| {
        let what = match &given.answer {
            Answer::Accepted { .. } => "确认定损金额。".to_owned(),
            Answer::Silent => "在期限内未提出异议。".to_owned(),
            Answer::Objected {
                reason,
                own_figure_fen,
            } => {
                let own = own_figure_fen.map(|figure| format!("，主张金额{figure}"));
                format!(
                    "提出异议：{}{}。",
                    reason.trim_end_matches('。'),
                    own.unwrap_or_default()
                )
            }
        };
        line(given.by, given.at, what)
    });
    given.collect::<Vec<_>>().join("\n")
}

/// The owner who has put their name under just this figure signs nothing twice.
fn own_signature(sheet: &Sheet<'_>, assessment: &Assessment) -> Option<PartySignature> {
    let party = sheet.accident.party(assessment.party).ok()?;
    let signed = assessment
        .answers
        .iter()
        .rev()
        .find_map(|given| match &given.answer {
            Answer::Accepted { ink: Some(signed) }
                if given.by == Actor::Party(party.id) && signed.total_fen == assessment.figure() =>
            {
                Some(SignatureSlot::Signed {
                    ink: drawn(&signed.ink),
                    at: format!("{} 确认定损金额时签名", given.at.china_text()),
                })
            }
            _ => None,
        });
    Some(PartySignature {
        label: party.label.clone(),
        name: name_of(party),
        slot: signed.unwrap_or(SignatureSlot::Pending),
    })
}
