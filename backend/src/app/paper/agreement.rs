//! 自行协商协议书: what the parties settle among themselves, as the desk writes it down for them to sign.

use domain::id::PartyId;
use domain::liability::Liability;
use domain::party::Party;
use domain::signing::Signing;
use papers::{Agreement, AgreementParty, COLLISIONS, DAMAGED_PARTS, LIABILITIES, SITUATIONS, ticks};
use serde::Deserialize;
use utoipa::ToSchema;

use super::sheet::Sheet;
use super::{name_of, printed};
use crate::refusal::{Refusal, Result};

const STATEMENT: &str = "以上情况由当事人如实填写，当事人对事故事实、责任无争议，自愿达成本协议。当事人提供虚假情况、骗取保险金的，依法承担法律责任。";
const COPIES: &str = "本协议书当事人各执一份，一份交保险公司。";
const TERMS_CHARS_MAX: usize = 2_000;

/// What the parties agree on beyond what the case knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// One for each party.
    pub parties: Vec<AgreedParty>,
    /// What is paid, in the parties' words.
    #[serde(default)]
    pub terms: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreedParty {
    pub party_id: PartyId,
    /// `full`, `none` or `equal`: 主/次 is for an officer to find.
    pub liability: Liability,
    /// 事故情形, as the form words it; none when nothing is said against this party.
    #[serde(default)]
    pub situation: Option<String>,
}

/// # Errors
/// A party left out, a liability that parties may not agree on, a situation that the form does not have.
pub fn of(sheet: &Sheet<'_>, agreed: &Agreed, signings: &[Signing]) -> Result<Agreement> {
    check(sheet, agreed)?;
    let collision = sheet.accident.scene.as_ref().and_then(|scene| scene.collision);
    let collision = collision.map_or("其他", |collision| collision.label());
    let mut head = sheet.head();
    // The parties issue it, not the unit.
    head.unit = [String::new(), String::new()];
    let parties = sheet.accident.parties.iter();
    let parties = parties.filter_map(|party| Some((party, told(agreed, party.id)?)));
    Ok(Agreement {
        head,
        occurred_at: sheet.occurred_at(),
        weather: sheet.weather(),
        place: sheet.place(),
        collision: ticks(&COLLISIONS, |option| option == collision),
        parties: parties.map(|(party, told)| block(party, told)).collect(),
        terms: agreed.terms.trim().to_owned(),
        statement: STATEMENT.to_owned(),
        signatures: sheet.signatures(signings),
        date: sheet.now.china_day_text(),
        copies: COPIES.to_owned(),
    })
}

fn told(agreed: &Agreed, party: PartyId) -> Option<&AgreedParty> {
    agreed.parties.iter().find(|told| told.party_id == party)
}

fn block(party: &Party, told: &AgreedParty) -> AgreementParty {
    let known = printed(party);
    let vehicle = party.vehicle();
    let part = vehicle
        .and_then(|vehicle| vehicle.contact_part)
        .map(|part| part.label());
    let cover = vehicle.and_then(|vehicle| vehicle.ctp.as_ref());
    let day = |day: time::Date| {
        format!(
            "{:04}年{:02}月{:02}日",
            day.year(),
            u8::from(day.month()),
            day.day()
        )
    };
    let term = cover.and_then(|cover| Some(format!("{}至{}", day(cover.valid_from?), day(cover.valid_to?))));
    let situation = told.situation.as_deref();
    AgreementParty {
        label: party.label.clone(),
        name: Some(name_of(party)),
        document_number: known.document_number,
        phone: known.phone,
        plate: known.plate,
        vehicle: known.vehicle,
        insurer: known.insurer,
        policy_number: known.policy_number,
        insured_until: term,
        claim_number: None,
        damaged: ticks(&DAMAGED_PARTS, |option| Some(option) == part),
        situation: ticks(&SITUATIONS, |option| Some(option) == situation),
        liability: ticks(&LIABILITIES, |option| option == told.liability.label()),
    }
}

fn check(sheet: &Sheet<'_>, agreed: &Agreed) -> Result<()> {
    let refuse = |field: &str, code: &'static str, message: &str| {
        Err(Refusal::invalid_field(field.to_owned(), code, message.to_owned()).into())
    };
    if sheet
        .accident
        .parties
        .iter()
        .any(|party| told(agreed, party.id).is_none())
        || agreed.parties.len() != sheet.accident.parties.len()
    {
        return refuse("agreed.parties", "missing", "请为每一方当事人填写责任");
    }
    let of = |liability| {
        agreed
            .parties
            .iter()
            .filter(|told| told.liability == liability)
            .count()
    };
    let (full, none, equal) = (of(Liability::Full), of(Liability::None), of(Liability::Equal));
    let count = agreed.parties.len();
    let sound = (full == 1 && none == count - 1) || (equal == count && count > 1);
    if !sound {
        let message = "协商责任只能是一方全部、其余无责，或者各方同等；其他情形请由民警认定";
        return refuse("agreed.parties", "liability", message);
    }
    let known = |told: &AgreedParty| {
        told.situation
            .as_deref()
            .is_none_or(|text| SITUATIONS.contains(&text))
    };
    if !agreed.parties.iter().all(known) {
        return refuse("agreed.parties", "situation", "请从表格列出的事故情形中选择");
    }
    if agreed.terms.chars().count() > TERMS_CHARS_MAX {
        return refuse("agreed.terms", "too_long", "协商内容请不要超过2000个字");
    }
    Ok(())
}
