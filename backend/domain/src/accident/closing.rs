//! After the decision: issue, sign or refuse, serve, settle, close; or take the finding back.

use crate::accident::Accident;
use crate::codes::{ClosingCode, MediationKind};
use crate::fact::Fact;
use crate::finding::{Document, Finding};
use crate::id::{OfficerId, PartyId, Sha256Hex};
use crate::refusal::{Problem, Refusal};
use crate::signing::{Ink, Refused, Signature, SignatureRefusal, Signing, reason_problem};
use crate::stage::{Closing, Settlement, Stage};
use crate::time::Instant;

const NOTE_CHARS_MAX: usize = 500;

/// What a phone sends to sign: after its code was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct SignRequest {
    pub document: Sha256Hex,
    pub ink: Ink,
    pub ink_sha256: Sha256Hex,
    pub phone_masked: String,
    pub read_s: u32,
    pub scrolled_to_end: bool,
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
            | Stage::Escalated { .. } => Err(self.not_in("定责后才能出具认定书")),
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
            | Stage::Escalated { .. } => return Err(self.not_in("认定书还没有出具")),
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
        if request.document != finding.to_sign.sha256 {
            return Err(Refusal::not_now(
                "document_superseded",
                "认定书已更新，请重新阅读后再签名",
            ));
        }
        Refusal::if_any(request.ink.problem().into_iter().collect())?;
        Ok(Signature {
            document: request.document,
            ink: request.ink.rounded(),
            ink_sha256: request.ink_sha256,
            at: now,
            phone_masked: request.phone_masked,
            read_s: request.read_s,
            scrolled_to_end: request.scrolled_to_end,
        })
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
    /// When money has moved on it, or without a reason.
    pub fn void_finding(&self, officer: OfficerId, reason: &str) -> Result<Fact, Refusal> {
        self.held_by(officer)?;
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
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
            | Stage::Escalated { .. } => Err(self.not_in("不能撤销认定书")),
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
            | Stage::Escalated { .. } => return Err(self.not_in("当事人签名后才能结算")),
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

    /// 结案. A mediated case names how; the others must not (forms.md §3).
    ///
    /// # Errors
    /// Before the finding is served; codes that do not go together.
    pub fn close(&self, officer: OfficerId, request: CloseRequest, now: Instant) -> Result<Fact, Refusal> {
        self.held_by(officer)?;
        let mut problems = Vec::new();
        let mediated = request.closing == ClosingCode::Mediated;
        if mediated && request.mediation.is_none() {
            problems.push(Problem::new(
                "mediation_code",
                "missing",
                "调解结案要选择调解方式",
            ));
        }
        if !mediated && request.mediation.is_some() {
            problems.push(Problem::new(
                "mediation_code",
                "not_wanted",
                "只有调解结案才填写调解方式",
            ));
        }
        if request
            .note
            .as_ref()
            .is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX)
        {
            problems.push(Problem::new(
                "note",
                "too_long",
                format!("备注请不要超过{NOTE_CHARS_MAX}个字"),
            ));
        }
        Refusal::if_any(problems)?;
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
