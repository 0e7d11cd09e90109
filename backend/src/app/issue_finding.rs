//! The finding is issued: content frozen, number drawn, page drawn, sealed and kept, signatures opened. All in one
//! transaction, so that a number is used exactly when its finding exists.

use domain::accident::Accident;
use domain::fact::{Actor, Fact};
use domain::finding::Finding;
use domain::id::{AccidentId, FindingId, OfficerId};
use domain::refusal::Refusal as Refused;
use domain::signing::{Ink, Signing};
use papers::State;

use super::paper::{self, Heading};
use super::seal::Page;
use super::{App, Begun, ByOfficer, Intent, Open};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::officers::OfficerRow;
use crate::store::units::UnitRow;
use crate::store::{counters, findings, officers, units};

/// Letters and digits nobody confuses when reading them aloud.
const CHECK_ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CHECK_CHARS: usize = 12;
const FINDING: &str = "道路交通事故认定书";

/// Who issues, on whose paper.
pub struct Issuer {
    pub unit: UnitRow,
    pub officer: OfficerRow,
}

impl App {
    /// # Errors
    /// Without a decision; without the officer's ink, given or kept; a character no font can draw; `stale`.
    pub async fn issue_finding(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        ink: Option<Ink>,
    ) -> Result<Accident> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        open.accident.may_issue(by.id)?;
        let issuer = issuer(&mut open, by).await?;
        let ink =
            match ink {
                Some(ink) => {
                    Refused::if_any(ink.problem().into_iter().collect())?;
                    ink.rounded()
                }
                None => issuer.officer.ink.clone().map(|ink| ink.0).ok_or_else(|| {
                    Refusal::invalid_field("ink", "missing", "请先签名：认定书需要民警签名")
                })?,
            };
        let finding = self.new_finding(&mut open, &issuer, ink).await?;
        open.happen(Fact::FindingIssued { finding })?;
        self.save(*open).await
    }

    async fn new_finding(&self, open: &mut Open, issuer: &Issuer, ink: Ink) -> Result<Finding> {
        let now = open.now;
        let number = next_number(open, &issuer.unit).await?;
        let check_code = self.check_code();
        let signings = open.accident.open_signings();
        let decision = open.accident.decision().cloned().ok_or_else(no_decision)?;
        let mut heading = Heading {
            unit: &issuer.unit,
            officer_name: &issuer.officer.name,
            officer_badge: &issuer.officer.badge,
            officer_ink: Some(&ink),
            number: &number,
            made_at: now,
            verification_url: Some(self.verify_url(&number, &check_code)),
            digest: "",
            revision: 1,
        };
        let content =
            paper::content_digest(&paper::document(&open.accident, &decision, &signings, &heading))?;
        heading.digest = content.as_str();
        let page = paper::document(&open.accident, &decision, &signings, &heading);
        let drawn = self.draw(page, State::Issued).await?;
        let officer_ink = self.keep_json(open, &ink).await?;
        let page = Page {
            title: FINDING,
            number: &number,
            revision: 1,
            unit: &issuer.unit,
            officer: Some(&issuer.officer),
            officer_ink: &officer_ink,
            content: &content,
        };
        let document = self.seal_page(open, drawn, &page).await?;
        let row = findings::FindingRow {
            number: number.clone(),
            id: FindingId(self.new_id()),
            accident_id: open.accident.id,
            check_code: check_code.clone(),
            state: "issued".to_owned(),
            issued_at: now,
            voided_at: None,
            sha256: document.sha256.clone(),
        };
        findings::insert(&mut open.tx, &row).await?;
        Ok(Finding {
            number,
            check_code,
            issued_at: now,
            officer_name: issuer.officer.name.clone(),
            officer_badge: issuer.officer.badge.clone(),
            officer_ink: ink,
            content_sha256: content,
            to_sign: document.clone(),
            current: document,
            signings,
        })
    }

    /// The page drawn once more, the next revision: with these signatures and refusals, and with what came of
    /// mediation. The frozen content stays as it was; the unit seals it anew, and so does the officer who acts.
    ///
    /// # Errors
    /// A character no font can draw; `seal_expired`; the disk's and the store's.
    pub(super) async fn revise(
        &self,
        open: &mut Open,
        signings: &[Signing],
        mediation: Option<papers::Mediation>,
        officer: Option<OfficerId>,
    ) -> Result<domain::finding::Document> {
        let unit = units::load(&mut open.tx, &open.accident.unit)
            .await?
            .ok_or_else(Refusal::not_found)?;
        let finding = open.accident.finding().cloned().ok_or_else(no_decision)?;
        let decision = open.accident.decision().cloned().ok_or_else(no_decision)?;
        let revision = finding.current.revision + 1;
        let heading = Heading {
            unit: &unit,
            officer_name: &finding.officer_name,
            officer_badge: &finding.officer_badge,
            officer_ink: Some(&finding.officer_ink),
            number: &finding.number,
            made_at: finding.issued_at,
            verification_url: Some(self.verify_url(&finding.number, &finding.check_code)),
            digest: finding.content_sha256.as_str(),
            revision,
        };
        let page = papers::FindingDocument {
            mediation,
            ..paper::document(&open.accident, &decision, signings, &heading)
        };
        let drawn = self.draw(page, State::Issued).await?;
        let officer = match officer {
            Some(officer) => officers::load(&mut open.tx, officer).await?,
            None => None,
        };
        let officer_ink = self.keep_json(open, &finding.officer_ink).await?;
        let page = Page {
            title: FINDING,
            number: &finding.number,
            revision,
            unit: &unit,
            officer: officer.as_ref(),
            officer_ink: &officer_ink,
            content: &finding.content_sha256,
        };
        let document = self.seal_page(open, drawn, &page).await?;
        replace(open, &finding, &document).await?;
        Ok(document)
    }

    /// The decision as it would print, marked as a draft.
    ///
    /// # Errors
    /// Without a decision; a character no font can draw.
    pub async fn draft_page(&self, by: &ByOfficer, id: AccidentId) -> Result<papers::Pdf> {
        let accident = self.look(id, &by.scope()).await?;
        let decision = accident.decision().cloned().ok_or_else(no_decision)?;
        let mut tx = self.db.read().await?;
        let unit = units::load(&mut tx, &accident.unit)
            .await?
            .ok_or_else(Refusal::not_found)?;
        let officer = officers::load(&mut tx, by.id)
            .await?
            .ok_or_else(Refusal::not_found)?;
        drop(tx);
        let heading = Heading {
            unit: &unit,
            officer_name: &officer.name,
            officer_badge: &officer.badge,
            officer_ink: None,
            number: "",
            made_at: self.clock.now(),
            verification_url: None,
            digest: "",
            revision: 1,
        };
        let page = paper::document(&accident, &decision, &accident.open_signings(), &heading);
        self.draw(page, State::Draft).await
    }

    /// Where the QR code of a finding leads.
    pub fn verify_url(&self, number: &str, check_code: &str) -> String {
        format!("{}/v/{number}?c={check_code}", self.config.public_url)
    }

    fn check_code(&self) -> String {
        let mut random = [0; CHECK_CHARS];
        self.entropy.fill(&mut random);
        random
            .iter()
            .map(|byte| char::from(CHECK_ALPHABET[usize::from(byte % 32)]))
            .collect()
    }
}

/// Puts the next revision in the place of the one that stands.
///
/// # Errors
/// Only our own: the row says something else than the accident.
pub(super) async fn replace(
    open: &mut Open,
    finding: &Finding,
    document: &domain::finding::Document,
) -> Result<()> {
    let current = &finding.current.sha256;
    if findings::revise(&mut open.tx, &finding.number, current, &document.sha256).await? {
        return Ok(());
    }
    Err(AppError::Inconsistent(format!(
        "finding {} is not as its accident says",
        finding.number
    )))
}

async fn issuer(open: &mut Open, by: &ByOfficer) -> Result<Issuer> {
    let unit = units::load(&mut open.tx, &open.accident.unit).await?;
    let officer = officers::load(&mut open.tx, by.id).await?;
    unit.zip(officer)
        .map(|(unit, officer)| Issuer { unit, officer })
        .ok_or_else(|| AppError::Inconsistent("the issuing unit or officer is not in the store".to_owned()))
}

/// `{division}{yyyy}{seq:06}` unless the unit has a template of its own; counted per unit and year.
async fn next_number(open: &mut Open, unit: &UnitRow) -> Result<String> {
    let year = open.now.china_day().year();
    let seq = counters::next(&mut open.tx, &format!("finding:{}:{year}", unit.code)).await?;
    Ok(unit
        .number_template
        .replace("{division}", unit.code.as_str())
        .replace("{yyyy}", &format!("{year:04}"))
        .replace("{seq:06}", &format!("{seq:06}")))
}

fn no_decision() -> AppError {
    Refusal::conflict("invalid_transition", "请先定责").into()
}
