//! After the decision: issue, sign or refuse, serve, settle, close; or take the finding back.

use crate::accident::Accident;
use crate::codes::{ClosingCode, MediationKind};
use crate::fact::Fact;
use crate::finding::{Document, Finding};
use crate::id::{OfficerId, PartyId, Sha256Hex};
use crate::mediation::Mediation;
use crate::refusal::{Problem, Refusal};
use crate::signing::{Circumstances, Ink, Refused, Signature, SignatureRefusal, Signing, reason_problem};
use crate::stage::{Closing, Settlement, Stage};
use crate::time::Instant;

/// What a phone sends to sign: after its code was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct SignRequest {
    pub document: Sha256Hex,
    pub ink: Ink,
    pub ink_sha256: Sha256Hex,
    pub phone_masked: String,
    pub read_s: u32,
    pub scrolled_to_end: bool,
    /// The order of signers is ours to count.
    pub circumstances: Option<Circumstances>,
}

impl SignRequest {
    /// The signature, when this very page was shown and the ink is one.
    ///
    /// # Errors
    /// `document_superseded` with these words; a signature that is none.
    pub(super) fn judged(
        self,
        shown: (&Sha256Hex, &[Signing]),
        superseded: &str,
        now: Instant,
    ) -> Result<Signature, Refusal> {
        let (shown, signings) = shown;
        if self.document != *shown {
            return Err(Refusal::not_now("document_superseded", superseded));
        }
        let mut problems: Vec<_> = self.ink.problem().into_iter().collect();
        problems.extend(self.circumstances.iter().flat_map(Circumstances::problems));
        Refusal::if_any(problems)?;
        let before = signings
            .iter()
            .filter(|slot| matches!(slot, Signing::Signed { .. }));
        let order = u32::try_from(before.count())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let circumstances = self.circumstances.map(|told| {
            Box::new(Circumstances {
                order,
                ..told.tidied()
            })
        });
        Ok(Signature {
            document: self.document,
            ink: self.ink.rounded(),
            ink_sha256: self.ink_sha256,
            at: now,
            phone_masked: self.phone_masked,
            read_s: self.read_s,
            scrolled_to_end: self.scrolled_to_end,
            circumstances,
            events: Vec::new(),
        })
    }
}

/// 结案: how the case ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseRequest {
    pub closing: ClosingCode,
    pub mediation: Option<MediationKind>,
    pub note: Option<String>,
}

impl Accident {
    /// The finding may be issued now.
    ///
    /// # Errors
    /// Without a decision, or by somebody else.
    pub fn may_issue(&self, officer: OfficerId) -> Result<(), Refusal> {
        self.held_by(officer)?;
        match self.stage {
            Stage::Decided { .. } => Ok(()),
            Stage::Reporting
            | Stage::Waiting { .. }
            | Stage::Handling { .. }
            | Stage::Signing { .. }
            | Stage::Settling { .. }
            | Stage::Closed { .. }
            | Stage::Escalated { .. }
            | Stage::Destroyed { .. } => Err(self.not_in("定责后才能出具认定书")),
        }
    }

    /// One empty place for a signature per party, in party order.
    pub fn open_signings(&self) -> Vec<Signing> {
        self.parties
            .iter()
            .map(|party| Signing::Pending { party: party.id })
            .collect()
    }

    /// The finding with its place for this party's signature.
    ///
    /// # Errors
    /// When no finding waits for signatures, or this party has signed or refused.
    pub fn may_sign(&self, party: PartyId) -> Result<&Finding, Refusal> {
        self.party(party)?;
        let finding = match &self.stage {
            Stage::Signing { finding, .. }
            | Stage::Settling { finding, .. }
            | Stage::Closed { finding, .. } => finding,
            Stage::Reporting
            | Stage::Waiting { .. }
            | Stage::Handling { .. }
            | Stage::Decided { .. }
            | Stage::Escalated { .. }
            | Stage::Destroyed { .. } => return Err(self.not_in("认定书还没有出具")),
        };
        match finding.signings.iter().find(|slot| slot.party() == party) {
            Some(Signing::Pending { .. }) => Ok(finding),
            Some(Signing::Signed { .. }) => Err(Refusal::not_now("already_signed", "您已经签过名了")),
            Some(Signing::Refused { .. }) => Err(Refusal::not_now(
                "already_refused",
                "民警已记录拒绝签名，不能再签",
            )),
            None => Err(Refusal::Unknown("signature")),
        }
    }

    /// Judges a signature; the document with it on is made by the caller, who knows how to draw.
    ///
    /// # Errors
    /// Another document than the one out now, a signature that is none, a second one.
    pub fn sign(&self, party: PartyId, request: SignRequest, now: Instant) -> Result<Signature, Refusal> {
        let finding = self.may_sign(party)?;
        let shown = (&finding.to_sign.sha256, finding.signings.as_slice());
        request.judged(shown, "认定书已更新，请重新阅读后再签名", now)
    }

    /// Judges a refusal to sign or to receive, noted by the officer (程序规定 art. 24).
    ///
    /// # Errors
    /// Without a reason; when the party has signed.
    pub fn refuse_signature(
        &self,
        officer: OfficerId,
        party: PartyId,
        what: Refused,
        reason: &str,
        now: Instant,
    ) -> Result<SignatureRefusal, Refusal> {
        self.held_by(officer)?;
        self.may_sign(party)?;
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
        Ok(SignatureRefusal {
            what,
            reason: reason.trim().to_owned(),
            at: now,
            events: Vec::new(),
        })
    }

    /// The facts that a signature or refusal makes, with the page it is on; the last one serves the finding.
    pub fn take_signature(&self, slot: Signing, document: Document) -> Vec<Fact> {
        let others_done = self.finding().is_some_and(|finding| {
            finding
                .signings
                .iter()
                .all(|other| other.party() == slot.party() || !other.is_pending())
        });
        let fact = match slot {
            Signing::Signed { party, signature } => Fact::Signed {
                party,
                signature,
                document,
            },
            Signing::Refused { party, refusal } => Fact::SignatureRefused {
                party,
                refusal,
                document,
            },
            Signing::Pending { .. } => return Vec::new(),
        };
        let mut facts = vec![fact];
        if others_done {
            facts.push(Fact::Served);
        }
        facts
    }

    /// Takes the finding back: its number stays as void, the case goes back to the officer's desk.
    ///
    /// # Errors
    /// When money has moved on it, an agreement rests on it or it is under review; without a reason.
    pub fn void_finding(&self, officer: OfficerId, reason: &str) -> Result<Fact, Refusal> {
        self.held_by(officer)?;
        self.no_review()?;
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
        if self.mediation.as_ref().is_some_and(Mediation::agreed) {
            return Err(Refusal::not_now(
                "already_agreed",
                "各方已签署调解结果，不能撤销认定书",
            ));
        }
        match self.stage {
            Stage::Signing { .. } | Stage::Settling { settlement: None, .. } => Ok(Fact::FindingVoided {
                reason: reason.trim().to_owned(),
            }),
            Stage::Reporting
            | Stage::Waiting { .. }
            | Stage::Handling { .. }
            | Stage::Decided { .. }
            | Stage::Settling { .. }
            | Stage::Closed { .. }
            | Stage::Escalated { .. }
            | Stage::Destroyed { .. } => Err(self.not_in("不能撤销认定书")),
        }
    }

    /// Whether the money can be settled at once: the finding is served, every loss is known and binds.
    pub fn ready_to_settle(&self) -> bool {
        matches!(self.stage, Stage::Settling { settlement: None, .. })
            && self.parties.iter().all(|party| party.losses.is_some())
            && self.assessments_bind().is_ok()
    }

    /// The plan for the money stands.
    ///
    /// # Errors
    /// Before the finding is served, while losses are missing or do not bind, and a second time.
    pub fn settle(&self, settlement: Settlement) -> Result<Fact, Refusal> {
        match &self.stage {
            Stage::Settling { settlement: None, .. } => {}
            Stage::Settling {
                settlement: Some(_), ..
            }
            | Stage::Closed { .. } => {
                return Err(Refusal::not_now("already_settled", "赔付方案已经生成"));
            }
            Stage::Reporting
            | Stage::Waiting { .. }
            | Stage::Handling { .. }
            | Stage::Decided { .. }
            | Stage::Signing { .. }
            | Stage::Escalated { .. }
            | Stage::Destroyed { .. } => return Err(self.not_in("当事人签名后才能结算")),
        }
        self.assessments_bind()?;
        let missing = self
            .parties
            .iter()
            .filter(|party| party.losses.is_none())
            .map(|party| {
                Problem::new(
                    format!("losses.{}", party.id),
                    "missing",
                    format!("请填写{}方的损失", party.label),
                )
            });
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty() {
            return Err(Refusal::missing("还有损失没有填写", missing));
        }
        Ok(Fact::Settled { settlement })
    }

    /// The plan made again because a binding figure has changed, also after closing; none when every payment
    /// stays as it is.
    ///
    /// # Errors
    /// While an assessment does not bind; before there is a plan.
    pub fn settle_again(&self, settlement: Settlement) -> Result<Option<Fact>, Refusal> {
        let Some(standing) = self.settlement() else {
            return Err(self.not_in("还没有赔付方案"));
        };
        self.assessments_bind()?;
        let same = standing.plan == settlement.plan;
        Ok((!same).then_some(Fact::Settled { settlement }))
    }

    /// 结案.
    ///
    /// # Errors
    /// Before the finding is served and the money settled; codes that are not true of what happened
    /// ([`Accident::closing_problems`]).
    pub fn close(&self, officer: OfficerId, request: CloseRequest, now: Instant) -> Result<Fact, Refusal> {
        self.held_by(officer)?;
        if !matches!(self.stage, Stage::Settling { .. }) {
            return Err(self.not_in("当事人签名后才能结案"));
        }
        let Stage::Settling {
            settlement: Some(_), ..
        } = self.stage
        else {
            return Err(Refusal::missing(
                "还没有结算",
                vec![Problem::new(
                    "settlement",
                    "missing",
                    "请填写各方损失并生成赔付方案",
                )],
            ));
        };
        Refusal::if_any(self.closing_problems(&request))?;
        Ok(Fact::Closed {
            closing: Closing {
                closing: request.closing,
                mediation: request.mediation,
                note: request.note.filter(|note| !note.trim().is_empty()),
                at: now,
            },
        })
    }
}
