//! 定损: one vehicle's damage, item by item, on its way to a figure that binds (mutual trust in loss assessment).
//!
//! Requests are judged in `accident/assessing.rs`; this is what an assessment is and how its facts change it.

use serde::{Deserialize, Serialize};

use crate::fact::{Actor, Fact, Recorded};
use crate::id::{AssessmentId, EvidenceId, InsurerCode, OfficerId, PartyId};
use crate::money::Fen;
use crate::time::Instant;

/// 定损单 of one vehicle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    pub agreement: Option<String>,
    /// Drawn for re-inspection.
    pub sampled: bool,
    pub state: State,
    /// Every answer, oldest first.
    pub answers: Vec<Given>,
}

/// Who looked at the damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Assessor {
    Desk(OfficerId),
    Insurer(InsurerCode),
}

/// One line: a part and what is done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Proposed,
    /// Silence until then is acceptance.
    Awaiting {
        by: Vec<InsurerCode>,
        until: Instant,
    },
    Objected,
    Joint,
    Binding {
        at: Instant,
        basis: Basis,
        total_fen: Fen,
    },
}

/// Why a figure binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Members on the day, below the cap, not sampled.
    MutualTrust,
    /// Every paying insurer accepted.
    Accepted,
    /// The window ended in silence.
    Silence,
    /// 联合定损
    Joint,
}

/// Yes, or no with a reason and one's own figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Accepted,
    Objected {
        reason: String,
        own_figure_fen: Option<Fen>,
    },
}

/// An answer with who gave it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Given {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub by: Actor,
    pub at: Instant,
    #[serde(flatten)]
    pub answer: Answer,
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
    let Some(found) = assessments.iter_mut().find(|assessment| assessment.id == *id) else {
        return;
    };
    match &recorded.fact {
        Fact::AssessmentAwaited { by, until, .. } => {
            found.state = State::Awaiting {
                by: by.clone(),
                until: *until,
            };
        }
        Fact::AssessmentAnswered { answer, .. } => {
            if matches!(answer, Answer::Objected { .. }) {
                found.state = State::Objected;
            }
            found.answers.push(Given {
                by: recorded.by,
                at: recorded.at,
                answer: answer.clone(),
            });
        }
        Fact::AssessmentJoint { .. } => found.state = State::Joint,
        Fact::AssessmentBound { total, basis, .. } => {
            found.state = State::Binding {
                at: recorded.at,
                basis: *basis,
                total_fen: *total,
            };
        }
        _ => {}
    }
}
