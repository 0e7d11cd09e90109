//! The result of a mediation is signed like the finding itself, or a refusal is noted. The last signature is the
//! agreement; any refusal ends it.

use domain::accident::Accident;
use domain::fact::{Actor, Fact};
use domain::finding::Document;
use domain::id::{AccidentId, PartyId};
use domain::signing::{Refused, Signing};

use super::issue_finding::replace;
use super::sign::{SignatureSent, with};
use super::{App, Begun, ByOfficer, ByParty, Intent, Open, fields, mediation_paper};
use crate::refusal::{AppError, Result};

impl App {
    /// # Errors
    /// Another page than the one out now, a wrong or dead code, a signature that is none, a second one; when
    /// somebody objects or declines meanwhile.
    pub async fn sign_mediation(
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
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return Ok(*accident),
        };
        if open.accident.has_signed_mediation(by.party) {
            return Ok(open.accident);
        }
        let phone = open.accident.party(by.party)?.phone.clone().unwrap_or_default();
        let (code, ink) = (sent.code.clone(), sent.ink.clone());
        let signature = open
            .accident
            .sign_mediation(by.party, sent.request(&phone)?, open.now)?;
        let mut open = self.spend_code(open, intent, (&phone, &code)).await?;
        self.keep_json(&mut open, &ink).await?;
        let slot = Signing::Signed {
            party: by.party,
            signature,
        };
        let (slot, document) = self.put_under_result(&mut open, slot).await?;
        self.take_page(&mut open, slot, document).await?;
        self.save(open).await
    }

    /// # Errors
    /// Without a reason; when the party has signed; when no result waits for signatures.
    pub async fn refuse_mediation(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        (party, what, reason): (PartyId, Refused, &str),
    ) -> Result<Accident> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let refusal = open
            .accident
            .refuse_mediation(by.id, (party, what), reason, open.now)?;
        let page = mediation_paper::refused(&open.accident, party, &refusal);
        let document = self.revise_mediation(&mut open, page, Some(by.id)).await?;
        self.take_page(&mut open, Signing::Refused { party, refusal }, document)
            .await?;
        self.save(open).await
    }

    /// The signature fills its place under the result; a result from before files had places is drawn anew.
    async fn put_under_result(&self, open: &mut Open, slot: Signing) -> Result<(Signing, Document)> {
        let proposal = open.accident.mediation.as_ref();
        let proposal = proposal.and_then(|mediation| mediation.pending());
        let sealed = proposal.is_some_and(|proposal| !proposal.to_sign.events.is_empty());
        let finding = open.accident.finding().cloned();
        let (Some(finding), true) = (finding, sealed) else {
            let page = signed(&open.accident, &slot)?;
            return Ok((slot, self.revise_mediation(open, page, None).await?));
        };
        let (place, _) = fields::of(&open.accident, slot.party());
        let fillings = vec![(format!("mediation-{place}"), false)];
        let (slot, document) = self.fill(open, (slot, None), fillings, &finding.current).await?;
        replace(open, &finding, &document).await?;
        Ok((slot, document))
    }

    async fn take_page(&self, open: &mut Open, slot: Signing, document: Document) -> Result<()> {
        let facts = open.accident.take_mediation_signature(slot, document, open.now);
        let ended = facts
            .iter()
            .any(|fact| matches!(fact, Fact::MediationEnded { .. }));
        for fact in facts {
            match fact {
                Fact::MediationEnded { .. } => open.follow(fact)?,
                fact => open.happen(fact)?,
            }
        }
        if ended {
            self.publish(open).await?;
        }
        Ok(())
    }
}

/// The result with one more signature under it.
fn signed(accident: &Accident, slot: &Signing) -> Result<papers::Mediation> {
    let mediation = accident.mediation.as_ref();
    let proposal = mediation
        .and_then(|mediation| mediation.pending())
        .ok_or_else(|| AppError::Inconsistent("a signature under no proposal".to_owned()))?;
    let signings = with(proposal.signings.clone(), slot);
    Ok(mediation_paper::proposed(accident, &proposal.terms, &signings))
}
