//! The result of a mediation is signed like the finding itself, or a refusal is noted. The last signature is the
//! agreement; any refusal ends it.

use domain::accident::Accident;
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, PartyId};
use domain::signing::{Refused, Signing};

use super::sign::{SignatureSent, with};
use super::{App, Begun, ByOfficer, ByParty, Intent, Open, mediation_paper};
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
        let phone = open.accident.party(by.party)?.phone.clone().unwrap_or_default();
        let code = sent.code.clone();
        let signature = open
            .accident
            .sign_mediation(by.party, sent.request(&phone)?, open.now)?;
        let mut open = self.spend_code(open, intent, (&phone, &code)).await?;
        let slot = Signing::Signed {
            party: by.party,
            signature,
        };
        let page = signed(&open.accident, &slot)?;
        self.put_on_page(&mut open, slot, page).await?;
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
        self.put_on_page(&mut open, Signing::Refused { party, refusal }, page)
            .await?;
        self.save(open).await
    }

    async fn put_on_page(&self, open: &mut Open, slot: Signing, page: papers::Mediation) -> Result<()> {
        let document = self.revise_mediation(open, page).await?;
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
