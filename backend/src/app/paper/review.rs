//! 复核申请书: what a party asks the higher unit to look at again, in the party's own words and signed by them.
//!
//! The conclusion is the higher unit's own paper: here it is only recorded.

use domain::review::{Filed, Review};
use domain::signing::Signing;
use papers::{PartySignature, ReviewApplication};

use super::sheet::Sheet;
use super::transfer::what;
use super::{printed, signature_of};
use crate::refusal::{Refusal, Result};

const HIGHER_UNIT: &str = "上一级公安机关交通管理部门";
const NOTE: &str = "复核申请应当自道路交通事故认定书送达之日起三个工作日内提出，同一事故的复核以一次为限（《道路交通事故处理程序规定》第七十一条、第七十六条）。";

/// # Errors
/// A finding or an applicant that the case does not have.
pub fn of(sheet: &Sheet<'_>, review: &Review, signings: &[Signing]) -> Result<ReviewApplication> {
    let accident = sheet.accident;
    let applicant = accident.party(review.party)?;
    let finding = accident.latest_finding().ok_or_else(Refusal::not_found)?;
    let mut head = sheet.head();
    // The party issues it, not the unit.
    head.unit = [String::new(), String::new()];
    let unit = sheet.unit_name();
    let application = &review.application;
    let items = accident
        .evidence
        .iter()
        .filter(|item| application.evidence.contains(&item.id));
    let mut evidence: Vec<String> = items.map(|item| what(item).to_owned()).collect();
    evidence.extend(application.evidence_text.lines().map(str::to_owned));
    Ok(ReviewApplication {
        head,
        to: HIGHER_UNIT.to_owned(),
        through: (review.filed == Filed::Here).then(|| unit.clone()),
        applicant: printed(applicant),
        finding_number: review.finding_number.clone(),
        finding_unit: unit,
        served_at: finding.served_at().map(|at| at.china_text()).unwrap_or_default(),
        filed_at: review.requested_at.china_text(),
        request: application.request.clone(),
        reasons: application.reasons.clone(),
        evidence,
        note: NOTE.to_owned(),
        signature: PartySignature {
            label: "申请人".to_owned(),
            ..signature_of(applicant, signings)
        },
    })
}
