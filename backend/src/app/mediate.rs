//! 调解: the parties ask for it, the officer notes what stands against it, puts the result on the finding, or ends
//! it. Each revision of the page is made in the transaction of the fact that it shows.

use domain::accident::Accident;
use domain::fact::{Actor, Fact, open_chain};
use domain::finding::Document;
use domain::id::{AccidentId, OfficerId, PartyId};
use domain::mediation::{BarKind, Difference, Terms};
use domain::refusal::Problem;

use super::open::link_of;
use super::{App, Begun, ByOfficer, Intent, Open, Who, mediation_paper};
use crate::refusal::{AppError, Result};
use crate::store::facts;

/// Words for terms that are being talked over.
pub struct Drafted {
    pub text: String,
    pub difference: Vec<Difference>,
    pub problems: Vec<Problem>,
}

impl App {
    /// 申请调解 or 不申请: a driver for themselves, the officer for a party without a phone.
    ///
    /// # Errors
    /// Before the finding is served; for somebody who can say it themselves.
    pub async fn answer_mediation(
        &self,
        by: &Who,
        id: AccidentId,
        intent: &Intent,
        (party, wanted): (Option<PartyId>, bool),
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), by.actor()),
            Some(intent),
            None,
            |accident, _| {
                let fact = match by {
                    Who::Party(own) => {
                        let party = party.unwrap_or(own.party);
                        if party != own.party {
                            return Err(not_yours().into());
                        }
                        accident.answer_mediation(party, wanted)?
                    }
                    Who::Officer(officer) => {
                        let party = party.ok_or_else(|| {
                            domain::refusal::Refusal::invalid("party_id", "missing", "请选择当事人")
                        })?;
                        accident.note_wish(officer.id, party, wanted)?
                    }
                };
                Ok(fact.into_iter().collect())
            },
        )
        .await
    }

    /// 注明: one of the three bars of 程序规定 art. 26, written on the finding.
    ///
    /// # Errors
    /// Without a note; once an agreement is signed.
    pub async fn bar_mediation(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        (party, why, note): (PartyId, BarKind, &str),
    ) -> Result<Accident> {
        let mut open = match self.open_at_desk(by, id, intent).await? {
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let bar = open.accident.note_bar(by.id, (party, why), note, open.now)?;
        let page = mediation_paper::barred(&open.accident, &bar);
        let document = self.revise_mediation(&mut open, page, Some(by.id)).await?;
        for fact in open.accident.take_bar(bar, document) {
            match fact {
                Fact::MediationEnded { .. } => open.follow(fact)?,
                fact => open.happen(fact)?,
            }
        }
        self.publish(&mut open).await?;
        self.save(open).await
    }

    /// Words and problems for terms under discussion; stores nothing. The officer's own text is never replaced.
    ///
    /// # Errors
    /// `not_found` out of scope.
    pub async fn draft_mediation(&self, by: &ByOfficer, id: AccidentId, terms: Terms) -> Result<Drafted> {
        let accident = self.look(id, &by.scope()).await?;
        let terms = Terms {
            text: match terms.text.trim() {
                "" => accident.draft_terms(&terms.payments),
                _ => terms.text,
            },
            ..terms
        };
        let parties = accident.terms_parties();
        Ok(Drafted {
            difference: accident.terms_difference(&terms.payments),
            problems: terms.problems(&parties, self.clock.now()),
            text: terms.text,
        })
    }

    /// The result goes onto the finding, for the parties to read and sign.
    ///
    /// # Errors
    /// While mediation is not open; everything wrong with the terms; a character no font can draw; `stale`.
    pub async fn propose_mediation(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        terms: Terms,
    ) -> Result<Accident> {
        let mut open = match self.open_at_desk(by, id, intent).await? {
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        let terms = open.accident.propose_terms(by.id, terms, open.now)?;
        let nobody = open.accident.open_signings();
        let page = mediation_paper::proposed(&open.accident, &terms, &nobody);
        let document = self.revise_mediation(&mut open, page, Some(by.id)).await?;
        open.happen(Fact::MediationProposed { terms, document })?;
        self.save(open).await
    }

    /// No agreement is reached.
    ///
    /// # Errors
    /// Without a reason; when nothing is under way; `stale`.
    pub async fn end_mediation(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        reason: &str,
    ) -> Result<Accident> {
        let mut open = match self.open_at_desk(by, id, intent).await? {
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        let now = open.now;
        let ending = open.accident.end_mediation(by.id, reason, now)?;
        let page = mediation_paper::failed(reason, now);
        let document = Some(self.revise_mediation(&mut open, page, Some(by.id)).await?);
        open.happen(Fact::MediationEnded { ending, document })?;
        self.publish(&mut open).await?;
        self.save(open).await
    }

    async fn open_at_desk(&self, by: &ByOfficer, id: AccidentId, intent: &Intent) -> Result<Begun> {
        self.open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await
    }

    /// The finding as it was signed, with these words of mediation under it.
    pub(super) async fn revise_mediation(
        &self,
        open: &mut Open,
        mut page: papers::Mediation,
        officer: Option<OfficerId>,
    ) -> Result<Document> {
        if let Some(signed) = signed_page(open).await? {
            page.text.push_str(&format!(
                "\n当事人签名的认定书为第{}版，文件摘要（SHA-256）：{}。",
                signed.revision, signed.sha256
            ));
        }
        let signings = open.accident.finding().map(|finding| finding.signings.clone());
        self.revise(open, &signings.unwrap_or_default(), Some(page), officer)
            .await
    }
}

/// The page that was served with everybody's signatures in the file; the page drawn after it names it.
async fn signed_page(open: &mut Open) -> Result<Option<Document>> {
    let links: Vec<_> = facts::list(&mut open.tx, open.accident.id)
        .await?
        .into_iter()
        .map(link_of)
        .collect();
    let facts =
        open_chain(open.accident.id, &links).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    let (mut page, mut served) = (None, None);
    for recorded in &facts {
        match &recorded.fact {
            Fact::FindingIssued { finding } => page = Some(&finding.to_sign),
            Fact::Served => served = page,
            fact => page = fact.page().or(page),
        }
    }
    Ok(served.cloned())
}

fn not_yours() -> domain::refusal::Refusal {
    domain::refusal::Refusal::invalid("party_id", "not_yours", "只能替自己答复")
}
