//! The papers around the finding: which the case calls for now, who may issue and who may sign one.

use crate::accident::{Accident, SignRequest};
use crate::id::{OfficerId, PartyId};
use crate::paper::{Paper, PaperKind};
use crate::refusal::Refusal;
use crate::signing::{Refused, Signature, SignatureRefusal, Signing, reason_problem};
use crate::stage::{Stage, StageName};
use crate::time::Instant;

/// A paper that the case calls for, or that an officer wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub kind: PaperKind,
    pub subject: String,
}

impl Accident {
    /// What the case calls for by itself as it stands: a transfer sheet once it is handed over, a notice for each
    /// void finding, a sheet for each figure that binds, for each party what the plan in force gives them, and an
    /// application for review as long as the review is under way.
    pub fn called_for(&self) -> Vec<Wanted> {
        let mut wanted = Vec::new();
        let mut want = |kind, subject: String| wanted.push(Wanted { kind, subject });
        if matches!(self.stage, Stage::Escalated { .. }) {
            want(PaperKind::Transfer, String::new());
        }
        for void in &self.voided {
            want(PaperKind::Void, void.finding.number.clone());
        }
        for assessment in self
            .assessments
            .iter()
            .filter(|assessment| assessment.is_binding())
        {
            let fen = assessment.figure().0;
            want(PaperKind::Assessment, format!("{}/{fen}", assessment.id));
        }
        if let Some(settlement) = self.settlement() {
            let made = settlement.made_at.unix_micros();
            for party in &self.parties {
                want(PaperKind::Settlement, format!("{made}/{}", party.id));
            }
        }
        if let Some(review) = self.review.as_ref().filter(|_| self.under_review()) {
            want(PaperKind::Review, review.requested_at.unix_micros().to_string());
        }
        wanted
    }

    /// Of what the case calls for, what is neither issued nor known to be impossible.
    pub fn papers_due(&self) -> Vec<Wanted> {
        let mut due = self.called_for();
        due.retain(|wanted| {
            let issued = self
                .papers
                .iter()
                .any(|paper| wanted.is(paper.kind, &paper.subject));
            let undrawn = self
                .undrawn
                .iter()
                .any(|other| wanted.is(other.kind, &other.subject));
            !issued && !undrawn
        });
        due
    }

    /// The newest paper of this number.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] when there is none.
    pub fn paper(&self, number: &str) -> Result<&Paper, Refusal> {
        let found = self.papers.iter().find(|paper| paper.number == number);
        found.ok_or(Refusal::Unknown("paper"))
    }

    /// What an officer asks for; for papers that the case calls for, of which one: the party or the assessment.
    ///
    /// # Errors
    /// When the case does not call for it, or somebody has signed the one there is.
    pub fn may_issue_paper(
        &self,
        officer: OfficerId,
        kind: PaperKind,
        of: Option<&str>,
    ) -> Result<Wanted, Refusal> {
        if self.stage_name() != StageName::Escalated {
            self.held_by(officer)?;
        }
        let wanted = match kind {
            PaperKind::Agreement => {
                self.everybody_told()?;
                Wanted {
                    kind,
                    subject: String::new(),
                }
            }
            PaperKind::Mediation => {
                let begun = self
                    .mediation
                    .as_ref()
                    .filter(|mediation| !mediation.wishes.is_empty());
                let finding = self.finding().filter(|_| begun.is_some());
                let finding = finding.ok_or_else(|| Refusal::not_now("no_mediation", "还没有人申请调解"))?;
                Wanted {
                    kind,
                    subject: finding.number.clone(),
                }
            }
            PaperKind::Assessment
            | PaperKind::Settlement
            | PaperKind::Transfer
            | PaperKind::Void
            | PaperKind::Review => self
                .called_for()
                .into_iter()
                .rev()
                .find(|wanted| wanted.kind == kind && of.is_none_or(|of| wanted.subject.contains(of)))
                .ok_or_else(|| {
                    let message = format!("案件现在不需要{}", kind.label());
                    Refusal::not_now("paper_not_called_for", message)
                })?,
        };
        let standing = self
            .papers
            .iter()
            .rfind(|paper| wanted.is(paper.kind, &paper.subject));
        if standing.is_some_and(Paper::is_signed) {
            return Err(Refusal::not_now(
                "paper_signed",
                "这份文书已有人签名，不能重新出具",
            ));
        }
        Ok(wanted)
    }

    /// The paper with its place for this party's signature.
    ///
    /// # Errors
    /// A paper that is not theirs or no longer stands; when they have signed or refused.
    pub fn may_sign_paper(&self, number: &str, party: PartyId) -> Result<&Paper, Refusal> {
        let paper = self.paper(number)?;
        if paper.replaced {
            return Err(Refusal::not_now(
                "document_superseded",
                "文书已重新出具，请阅读新的文书",
            ));
        }
        match paper.signings.iter().find(|slot| slot.party() == party) {
            Some(Signing::Pending { .. }) => Ok(paper),
            Some(Signing::Signed { .. }) => Err(Refusal::not_now("already_signed", "您已经签过名了")),
            Some(Signing::Refused { .. }) => Err(Refusal::not_now(
                "already_refused",
                "民警已记录拒绝签名，不能再签",
            )),
            None => Err(Refusal::Unknown("signature")),
        }
    }

    /// # Errors
    /// Another document than the one out now, a signature that is none, a second one.
    pub fn sign_paper(
        &self,
        number: &str,
        party: PartyId,
        request: SignRequest,
        now: Instant,
    ) -> Result<Signature, Refusal> {
        let paper = self.may_sign_paper(number, party)?;
        let shown = (&paper.to_sign.sha256, paper.signings.as_slice());
        request.judged(shown, "文书已更新，请重新阅读后再签名", now)
    }

    /// # Errors
    /// Without a reason; when the party has signed.
    pub fn refuse_paper(
        &self,
        officer: OfficerId,
        (number, party): (&str, PartyId),
        (what, reason): (Refused, &str),
        now: Instant,
    ) -> Result<SignatureRefusal, Refusal> {
        self.held_by(officer)?;
        self.may_sign_paper(number, party)?;
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
        Ok(SignatureRefusal {
            what,
            reason: reason.trim().to_owned(),
            at: now,
            events: Vec::new(),
        })
    }
}

impl Wanted {
    fn is(&self, kind: PaperKind, subject: &str) -> bool {
        self.kind == kind && self.subject == subject
    }
}
