//! A party signs a paper around the finding, or the officer notes that they refuse: as with the finding, by code
//! and ink, into the party's place in the file.

use domain::accident::Accident;
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, OfficerId, PartyId};
use domain::paper::Paper;
use domain::refusal::Refusal as Refused;
use domain::signing::{Refused as What, Signing};

use super::sign::SignatureSent;
use super::{App, Begun, ByOfficer, ByParty, Intent, Open, Who};
use crate::identity::codes::{self, Purpose};
use crate::refusal::{Refusal, Result};

impl App {
    /// # Errors
    /// A paper of others, another document than the one out now, a wrong or dead code, a signature that is none.
    pub async fn sign_paper(
        &self,
        by: ByParty,
        (id, number): (AccidentId, &str),
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
        let phone = open.accident.party(by.party)?.phone.clone().unwrap_or_default();
        let (code, ink) = (sent.code.clone(), sent.ink.clone());
        let request = sent.request(&phone)?;
        let signature = open.accident.sign_paper(number, by.party, request, open.now)?;
        let mut open = self.spend_code(*open, intent, (&phone, &code)).await?;
        self.keep_json(&mut open, &ink).await?;
        let party = by.party;
        self.put_on_paper(open, number, Signing::Signed { party, signature }, None)
            .await
    }

    /// # Errors
    /// Without a reason; when the party has signed already.
    pub async fn refuse_paper(
        &self,
        by: &ByOfficer,
        (id, number): (AccidentId, &str),
        intent: &Intent,
        (party, what, reason): (PartyId, What, &str),
    ) -> Result<Accident> {
        let open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let noted = (what, reason);
        let refusal = open
            .accident
            .refuse_paper(by.id, (number, party), noted, open.now)?;
        self.put_on_paper(*open, number, Signing::Refused { party, refusal }, Some(by.id))
            .await
    }

    async fn put_on_paper(
        &self,
        mut open: Open,
        number: &str,
        slot: Signing,
        officer: Option<OfficerId>,
    ) -> Result<Accident> {
        let paper = open.accident.paper(number)?.clone();
        let place = place_of(&paper, slot.party())?;
        let (slot, document) = self
            .fill(&mut open, (slot, officer), vec![(place, false)], &paper.current)
            .await?;
        let number = number.to_owned();
        match slot {
            Signing::Signed { party, signature } => open.happen(Fact::PaperSigned {
                number,
                party,
                signature,
                document,
            })?,
            Signing::Refused { party, refusal } => open.happen(Fact::PaperRefused {
                number,
                party,
                refusal,
                document,
            })?,
            Signing::Pending { .. } => {}
        }
        self.save(open).await
    }

    /// Texts the code that proves the phone is at hand.
    ///
    /// # Errors
    /// When this party has nothing to sign on it, or a code was sent a moment ago.
    pub async fn send_paper_code(
        &self,
        by: ByParty,
        (id, number): (AccidentId, &str),
    ) -> Result<codes::Sent> {
        let accident = self.look(id, &by.scope()).await?;
        accident.may_sign_paper(number, by.party)?;
        let phone = accident.party(by.party)?.phone.clone();
        let phone = phone.ok_or_else(|| Refusal::conflict("no_phone", "没有登记手机号，请告诉民警"))?;
        codes::send(self, (id, &phone, Purpose::Sign)).await
    }

    /// The papers that whoever asks may read, newest last.
    ///
    /// # Errors
    /// `not_found` out of scope.
    pub async fn papers(&self, who: &Who, id: AccidentId) -> Result<Accident> {
        let mut accident = self.look(id, &who.scope()).await?;
        if let Who::Party(own) = who {
            accident.papers.retain(|paper| paper.readers.contains(&own.party));
            accident.undrawn.clear();
        }
        Ok(accident)
    }
}

/// `party-1` is the first of those who are asked to sign this paper.
fn place_of(paper: &Paper, party: PartyId) -> Result<String> {
    let index = paper.signings.iter().position(|slot| slot.party() == party);
    let index = index.ok_or(Refused::Unknown("signature"))?;
    Ok(format!("party-{}", index + 1))
}
