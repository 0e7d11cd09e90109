//! 定损: one vehicle's damage, item by item, on its way to a figure that binds (mutual trust in loss assessment).
//!
//! Requests are judged in `accident/assessing.rs`; this is what an assessment is and how its facts change it.

mod items;
mod payers;

use serde::{Deserialize, Serialize};

pub use items::{ITEMS_MAX, PHOTOS_MAX, checked_items, total};
pub use payers::Payers;

use crate::agreement::Agreement;
use crate::fact::{Actor, Fact, Recorded};
use crate::id::{AssessmentId, EvidenceId, InsurerCode, OfficerId, PartyId, Sha256Hex};
use crate::money::Fen;
use crate::signing::Ink;
use crate::time::Instant;

/// Clock hours to answer in where no agreement is in force: the usual ones of the agreements.
pub const WINDOW_HOURS_DEFAULT: u16 = 24;

/// 定损单 of one vehicle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    pub id: AssessmentId,
    /// Whose vehicle.
    #[serde(rename = "party_id")]
    pub party: PartyId,
    /// The assessment that this one supplements (hidden damage).
    pub supplements: Option<AssessmentId>,
    pub assessor: Assessor,
    pub items: Vec<Item>,
    /// Of all items; of a supplement: of everything, not of what is new.
    pub total_fen: Fen,
    /// Pictures of the case that show the damage.
    pub photos: Vec<EvidenceId>,
    pub note: Option<String>,
    pub proposed_at: Instant,
    /// The agreement in force there and then; none: no mutual trust.
    pub agreement: Option<Terms>,
    /// Which assessment of the case it is, from 1: what the draw for re-inspection is made with.
    pub ordinal: u32,
    /// Drawn for re-inspection.
    pub sampled: bool,
    pub state: State,
    /// Every answer, oldest first.
    pub answers: Vec<Given>,
    /// 联合定损, once it is in.
    pub joint: Option<JointResult>,
}

/// What the agreement said on the day it was used; kept with the assessment, so that it can be read on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub id: String,
    pub cap_fen: Fen,
    pub window_hours: u16,
    /// 0 to 100.
    pub sample_percent: u8,
}

impl From<&Agreement> for Terms {
    fn from(agreement: &Agreement) -> Self {
        Self {
            id: agreement.id.clone(),
            cap_fen: agreement.cap_per_vehicle,
            window_hours: agreement.objection_window_hours,
            sample_percent: agreement.sample_percent,
        }
    }
}

/// Who looked at the damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Assessor {
    Desk(OfficerId),
    Insurer(InsurerCode),
}

/// One line: a part and what is done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AssessmentItem))]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// 配件: 前保险杠.
    pub part: String,
    pub operation: Operation,
    pub quantity: u16,
    /// Of one part.
    pub unit_price_fen: Fen,
    /// 工时费 of the line.
    pub labour_fen: Fen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// 更换
    Replace,
    /// 维修、钣金
    Repair,
    /// 喷漆
    Paint,
    /// 拆装
    Refit,
}

/// How far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Only within the deed that puts it forward.
    Proposed,
    /// Somebody must answer.
    Awaiting(Asked),
    /// Somebody objected; those who are left may still say what they think.
    Objected(Asked),
    /// The desk assesses with both sides.
    Joint,
    Binding {
        at: Instant,
        basis: Basis,
        total_fen: Fen,
    },
}

/// Who has not answered yet, and until when they may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub insurers: Vec<InsurerCode>,
    /// People who pay out of their own pocket.
    pub parties: Vec<PartyId>,
    /// The first moment that is too late.
    pub until: Instant,
}

impl Asked {
    pub fn is_empty(&self) -> bool {
        self.insurers.is_empty() && self.parties.is_empty()
    }

    pub fn asks(&self, who: Actor) -> bool {
        match who {
            Actor::Insurer(code) => self.insurers.contains(&code),
            Actor::Party(party) => self.parties.contains(&party),
            Actor::Officer(_) | Actor::Service => false,
        }
    }

    fn strike(&mut self, who: Actor) {
        self.insurers.retain(|code| Actor::Insurer(*code) != who);
        self.parties.retain(|party| Actor::Party(*party) != who);
    }
}

/// Why a figure binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = AssessmentBasis))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Members on the day, below the cap, not sampled.
    MutualTrust,
    /// Everybody who pays accepted.
    Accepted,
    /// The window ended in silence.
    Silence,
    /// 联合定损
    Joint,
}

/// Yes, or no with a reason and one's own figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Accepted {
        /// A person accepts by hand; an insurer's client needs no ink.
        ink: Option<SignedFigure>,
    },
    Objected {
        reason: String,
        own_figure_fen: Option<Fen>,
    },
    /// Nothing was said in time.
    Silent,
}

/// A figure with the signature under it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignedFigure {
    pub total_fen: Fen,
    pub ink: Ink,
    /// Digest of the ink as it arrived.
    pub ink_sha256: Sha256Hex,
}

/// An answer with who gave it and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    pub by: Actor,
    pub at: Instant,
    #[serde(flatten)]
    pub answer: Answer,
}

/// 联合定损: what both sides found together, as the desk wrote it down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointResult {
    pub items: Vec<Item>,
    pub note: Option<String>,
}

impl Assessment {
    /// The figure as it now stands: the joint one once there is one.
    pub fn figure(&self) -> Fen {
        match self.state {
            State::Binding { total_fen, .. } => total_fen,
            State::Proposed | State::Awaiting(_) | State::Objected(_) | State::Joint => self.total_fen,
        }
    }

    pub fn is_binding(&self) -> bool {
        matches!(self.state, State::Binding { .. })
    }

    /// While answers are wanted.
    pub fn asked(&self) -> Option<&Asked> {
        match &self.state {
            State::Awaiting(asked) | State::Objected(asked) => Some(asked),
            State::Proposed | State::Joint | State::Binding { .. } => None,
        }
    }

    /// Accepted in words, by hand, or by silence.
    pub fn has_accepted(&self, who: Actor) -> bool {
        let last = self.answers.iter().rev().find(|given| given.by == who);
        last.is_some_and(|given| !matches!(given.answer, Answer::Objected { .. }))
    }

    /// The party has put their name under the figure as it now stands.
    pub fn is_signed_by(&self, party: PartyId) -> bool {
        self.answers.iter().any(|given| {
            given.by == Actor::Party(party)
                && matches!(&given.answer, Answer::Accepted { ink: Some(signed) } if signed.total_fen == self.figure())
        })
    }

    /// What the draw for re-inspection was made from (`Agreement::sampled` has the recipe).
    pub fn sample_key(&self, case_number: &str) -> String {
        let agreement = self.agreement.as_ref().map_or("", |terms| terms.id.as_str());
        format!("{agreement}/{case_number}/{}", self.ordinal)
    }

    fn take(&mut self, recorded: &Recorded) {
        match &recorded.fact {
            Fact::AssessmentAwaited { asked, .. } => self.state = State::Awaiting(asked.clone()),
            Fact::AssessmentAnswered { answer, .. } => self.take_answer(recorded.by, recorded.at, answer),
            Fact::AssessmentJoint { .. } => {
                self.note_silence(recorded.at);
                self.state = State::Joint;
            }
            Fact::AssessmentBound {
                total, basis, joint, ..
            } => {
                if *basis != Basis::Joint {
                    self.note_silence(recorded.at);
                }
                self.joint.clone_from(joint);
                self.state = State::Binding {
                    at: recorded.at,
                    basis: *basis,
                    total_fen: *total,
                };
            }
            _ => {}
        }
    }

    fn take_answer(&mut self, by: Actor, at: Instant, answer: &Answer) {
        let mut asked = self.asked().cloned();
        if let Some(asked) = &mut asked {
            asked.strike(by);
        }
        let objected = matches!(answer, Answer::Objected { .. });
        self.state = match (std::mem::replace(&mut self.state, State::Proposed), asked) {
            (State::Awaiting(_), Some(asked)) if !objected => State::Awaiting(asked),
            (State::Awaiting(_) | State::Objected(_), Some(asked)) => State::Objected(asked),
            (State::Binding { .. }, _) if objected => State::Objected(Asked {
                insurers: Vec::new(),
                parties: Vec::new(),
                until: at,
            }),
            (state, _) => state,
        };
        self.answers.push(Given {
            by,
            at,
            answer: answer.clone(),
        });
    }

    /// Whoever was asked and let the window end is on record as silent.
    fn note_silence(&mut self, now: Instant) {
        let Some(asked) = self.asked().filter(|asked| asked.until <= now).cloned() else {
            return;
        };
        let insurers = asked.insurers.into_iter().map(Actor::Insurer);
        for by in insurers.chain(asked.parties.into_iter().map(Actor::Party)) {
            self.answers.push(Given {
                by,
                at: asked.until,
                answer: Answer::Silent,
            });
        }
    }
}

/// The last assessment of each vehicle: the one that counts.
pub fn latest(assessments: &[Assessment], party: PartyId) -> Option<&Assessment> {
    assessments
        .iter()
        .rev()
        .find(|assessment| assessment.party == party)
}

/// What a fact does to the assessments.
pub(crate) fn take(assessments: &mut Vec<Assessment>, recorded: &Recorded) {
    if let Fact::AssessmentProposed { assessment } = &recorded.fact {
        assessments.push(assessment.clone());
        return;
    }
    let (Fact::AssessmentAwaited { assessment: id, .. }
    | Fact::AssessmentAnswered { assessment: id, .. }
    | Fact::AssessmentJoint { assessment: id }
    | Fact::AssessmentBound { assessment: id, .. }) = &recorded.fact
    else {
        return;
    };
    if let Some(found) = assessments.iter_mut().find(|assessment| assessment.id == *id) {
        found.take(recorded);
    }
}
