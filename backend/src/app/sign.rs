//! A party signs, or the officer notes that they refuse. The last one serves the finding, and the money is
//! settled at once when every loss is known: nothing waits for a person who is not needed.

use domain::accident::{Accident, SignRequest};
use domain::fact::{Actor, Fact};
use domain::finding::Document;
use domain::id::{AccidentId, OfficerId, PartyId, Sha256Hex};
use domain::identifiers::mask_phone;
use domain::signing::{Circumstances, Ink, Refused, Signing};

use super::issue_finding::replace;
use super::settle::Why;
use super::{App, Begun, ByOfficer, ByParty, Intent, Open, fields};
use crate::identity::codes::{self, Purpose};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::idempotency;

/// A signature as the phone sends it.
#[derive(Clone, Debug)]
pub struct SignatureSent {
    /// Digest of the document that was on the screen.
    pub document: Sha256Hex,
    /// The SMS code that proves the phone is at hand.
    pub code: String,
    pub ink: Ink,
    pub read_s: u32,
    pub scrolled_to_end: bool,
    pub circumstances: Circumstances,
}

impl App {
    /// # Errors
    /// Another document than the one out now, a wrong or dead code, a signature that is none, a second one.
    pub async fn sign(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
        sent: SignatureSent,
    ) -> Result<Accident> {
        let open = match self
            .open((id, &by.scope(), Actor::Party(by.party)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        // Nobody is asked to sign twice: whoever comes again is shown that it is done.
        if open.accident.has_signed(by.party) {
            return Ok(open.accident);
        }
        let phone = open.accident.party(by.party)?.phone.clone().unwrap_or_default();
        let (code, ink) = (sent.code.clone(), sent.ink.clone());
        let signature = open.accident.sign(by.party, sent.request(&phone)?, open.now)?;
        let mut open = self.spend_code(*open, intent, (&phone, &code)).await?;
        self.keep_json(&mut open, &ink).await?;
        let slot = Signing::Signed {
            party: by.party,
            signature,
        };
        self.take_signature(open, slot, None).await
    }

    /// # Errors
    /// Without a reason; when the party has signed already.
    pub async fn refuse_signature(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        (party, what, reason): (PartyId, Refused, &str),
    ) -> Result<Accident> {
        let open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let refusal = open
            .accident
            .refuse_signature(by.id, party, what, reason, open.now)?;
        self.take_signature(*open, Signing::Refused { party, refusal }, Some(by.id))
            .await
    }

    async fn take_signature(
        &self,
        mut open: Open,
        slot: Signing,
        officer: Option<OfficerId>,
    ) -> Result<Accident> {
        let (slot, document) = self.put_on_finding(&mut open, slot, officer).await?;
        for fact in open.accident.take_signature(slot, document) {
            match fact {
                Fact::Served => open.follow(fact)?,
                fact => open.happen(fact)?,
            }
        }
        if open.accident.ready_to_settle() {
            match self.settle_in(&mut open, Why::Follows).await {
                Ok(()) => {}
                // Losses or shares that do not settle stop the money, never a signature: the desk sees why.
                Err(AppError::Refused(refusal)) => {
                    tracing::info!(code = refusal.code, "not settled on signing")
                }
                Err(error) => return Err(error),
            }
        }
        self.save(open).await
    }
}

impl SignatureSent {
    /// What the domain judges; the code is checked by who knows it.
    pub(super) fn request(self, phone: &str) -> Result<SignRequest> {
        let ink = serde_json::to_vec(&self.ink).map_err(|error| AppError::Inconsistent(error.to_string()))?;
        Ok(SignRequest {
            document: self.document,
            ink: self.ink,
            ink_sha256: Sha256Hex::of(&ink),
            phone_masked: mask_phone(phone),
            read_s: self.read_s,
            scrolled_to_end: self.scrolled_to_end,
            circumstances: Some(self.circumstances),
        })
    }
}

/// These places for signatures with one of them filled.
pub(super) fn with(mut signings: Vec<Signing>, slot: &Signing) -> Vec<Signing> {
    if let Some(place) = signings.iter_mut().find(|place| place.party() == slot.party()) {
        *place = slot.clone();
    }
    signings
}

impl App {
    /// The signature or the note fills its place in the file. A finding from before files had places is drawn
    /// anew, as it was then.
    async fn put_on_finding(
        &self,
        open: &mut Open,
        slot: Signing,
        officer: Option<OfficerId>,
    ) -> Result<(Signing, Document)> {
        let finding = open.accident.finding().cloned();
        let finding =
            finding.ok_or_else(|| AppError::Inconsistent("a signature without a finding".to_owned()))?;
        if finding.to_sign.events.is_empty() {
            let signings = with(finding.signings, &slot);
            return Ok((slot, self.revise(open, &signings, None, officer).await?));
        }
        let (place, injury) = fields::of(&open.accident, slot.party());
        let fillings = vec![(format!("party-{place}"), false)];
        let injury = injury.map(|injury| (format!("injury-{injury}"), true));
        let fillings = fillings.into_iter().chain(injury).collect();
        let (slot, document) = self
            .fill(open, (slot, officer), fillings, &finding.current)
            .await?;
        replace(open, &finding, &document).await?;
        Ok((slot, document))
    }

    /// Judged last: a code is not spent on a signature that would have been refused anyway. A wrong code ends
    /// the deed here: the try counts, the intent does not, for nothing else happened.
    pub(super) async fn spend_code(
        &self,
        mut open: Open,
        intent: &Intent,
        (phone, code): (&str, &str),
    ) -> Result<Open> {
        let what = (open.accident.id, phone, Purpose::Sign);
        match codes::check(&mut open.tx, self, what, code, open.now).await? {
            Ok(()) => Ok(open),
            Err(refusal) => {
                idempotency::release(&mut open.tx, &intent.scope, &intent.key).await?;
                open.tx.commit().await?;
                Err(refusal.into())
            }
        }
    }

    /// Texts the code that proves the phone is at hand.
    ///
    /// # Errors
    /// When there is nothing to sign, or a code was sent a moment ago.
    pub async fn send_signing_code(&self, by: ByParty, id: AccidentId) -> Result<codes::Sent> {
        let accident = self.look(id, &by.scope()).await?;
        // First the finding, then, once it is served, the result of a mediation.
        if accident.mediation.is_none() || accident.may_sign(by.party).is_ok() {
            accident.may_sign(by.party)?;
        } else {
            accident.may_sign_mediation(by.party)?;
        }
        let phone = accident.party(by.party)?.phone.clone();
        let phone = phone.ok_or_else(|| Refusal::conflict("no_phone", "没有登记手机号，请告诉民警"))?;
        codes::send(self, (id, &phone, Purpose::Sign)).await
    }
}
