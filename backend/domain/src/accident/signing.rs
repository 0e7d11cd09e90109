//! Signatures after they were made: found by their certificate, taken back by a supervisor, stamped when the
//! last one is there.

use crate::accident::Accident;
use crate::fact::Fact;
use crate::finding::{Document, Finding, Stamp};
use crate::id::{OfficerId, PartyId};
use crate::mediation::Mediation;
use crate::refusal::Refusal;
use crate::signing::{Revocation, SignatureEvent, Signing, reason_problem};
use crate::stage::Stage;
use crate::time::Instant;

impl Accident {
    /// Whether this party's signature is on the finding.
    pub fn has_signed(&self, party: PartyId) -> bool {
        self.finding()
            .is_some_and(|finding| signed(&finding.signings, party))
    }

    /// Whether this party's signature is under the result of the mediation.
    pub fn has_signed_mediation(&self, party: PartyId) -> bool {
        let proposal = self
            .mediation
            .as_ref()
            .and_then(|mediation| mediation.proposal.as_ref());
        proposal.is_some_and(|proposal| signed(&proposal.signings, party))
    }

    /// The page that has every signature it will get: nothing on it waits any more.
    pub fn complete_page(&self) -> Option<&Document> {
        let (Stage::Settling { finding, .. } | Stage::Closed { finding, .. }) = &self.stage else {
            return None;
        };
        let waits = self.mediation.as_ref().and_then(Mediation::pending).is_some();
        (!waits).then_some(&finding.current)
    }

    /// A time stamp was put on `stamp.of`; none when another page has taken its place meanwhile.
    pub fn stamped(&self, document: Document, stamp: Stamp) -> Option<Fact> {
        let page = self.complete_page()?;
        (page.sha256 == stamp.of).then_some(Fact::DocumentStamped { document, stamp })
    }

    /// Every signature of a person that any page of this accident carries, oldest first; the unit's seal is no
    /// person's.
    pub fn signature_events(&self) -> Vec<&SignatureEvent> {
        let earlier = self.voided.iter().map(|void| &void.finding);
        let findings = earlier.chain(self.finding());
        let proposal = self
            .mediation
            .as_ref()
            .and_then(|mediation| mediation.proposal.as_ref());
        let mut events: Vec<&SignatureEvent> = findings.flat_map(events_of).collect();
        if let Some(proposal) = proposal {
            events.extend(&proposal.to_sign.events);
            events.extend(proposal.signings.iter().flat_map(Signing::events));
        }
        events.retain(|event| event.evidence_sha256.is_some());
        events.dedup();
        events
    }

    /// Takes a signature event back.
    ///
    /// # Errors
    /// Without a reason; for a signature that is on no page of this accident, or was taken back before.
    pub fn revoke_signature(
        &self,
        officer: OfficerId,
        serial: &str,
        reason: &str,
        now: Instant,
    ) -> Result<Fact, Refusal> {
        let events = self.signature_events();
        let event = events.iter().find(|event| event.serial == serial);
        let event = event.ok_or(Refusal::Unknown("signature"))?;
        if self.revocations.iter().any(|known| known.serial == serial) {
            return Err(Refusal::not_now("already_revoked", "这个签名已经撤销过了"));
        }
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
        let revocation = Revocation {
            serial: serial.to_owned(),
            field: event.field.clone(),
            reason: reason.trim().to_owned(),
            officer,
            at: now,
        };
        Ok(Fact::SignatureRevoked { revocation })
    }
}

impl Signing {
    /// What it left in the file.
    pub fn events(&self) -> &[SignatureEvent] {
        match self {
            Self::Pending { .. } => &[],
            Self::Signed { signature, .. } => &signature.events,
            Self::Refused { refusal, .. } => &refusal.events,
        }
    }
}

fn signed(signings: &[Signing], party: PartyId) -> bool {
    let own = signings.iter().find(|slot| slot.party() == party);
    matches!(own, Some(Signing::Signed { .. }))
}

fn events_of(finding: &Finding) -> impl Iterator<Item = &SignatureEvent> {
    let pages = [&finding.to_sign, &finding.current];
    let pages = pages.into_iter().flat_map(|page| &page.events);
    pages.chain(finding.signings.iter().flat_map(Signing::events))
}
