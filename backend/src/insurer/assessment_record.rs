//! An assessment as it travels: the shapes insurers read, and the words that every reader shares.

use domain::assessment::{Answer, Assessment, Assessor, Basis, Item, State};
use domain::fact::Actor;
use domain::id::{AccidentId, AssessmentId, EvidenceId, PartyId};
use domain::liability::{Liability, PartyKind};
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use super::record::{NamedInsurer, RecordUnit};

/// What one insurer sees.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssessmentRecord {
    pub id: AssessmentId,
    /// Grows with every change of any assessment.
    pub change: i64,
    pub accident_id: AccidentId,
    pub occurred_at: Option<Instant>,
    pub place: String,
    pub unit: RecordUnit,
    pub parties: Vec<AssessmentParty>,
    /// Label of the party whose vehicle it is.
    pub party: String,
    pub supplements: Option<AssessmentId>,
    pub latest: bool,
    pub assessor: AssessorView,
    pub state: AssessmentState,
    pub basis: Option<Basis>,
    pub bound_at: Option<Instant>,
    /// The first moment that is too late for an answer.
    pub until: Option<Instant>,
    pub must_answer: Vec<RecordAsked>,
    pub answers: Vec<RecordAnswer>,
    /// The reader must answer, by `until`.
    pub must_answer_own: bool,
    pub own_answer: Option<AnswerKind>,
    pub sampled: bool,
    /// What the draw was made from, to be repeated: `<agreement>/<case number>/<ordinal>`.
    pub sample_key: String,
    pub agreement: Option<AgreementView>,
    pub items: Vec<Item>,
    pub total_fen: i64,
    /// To the figure of the assessment it supplements.
    pub difference_fen: Option<i64>,
    pub joint: Option<JointView>,
    pub photos: Vec<AssessmentPhoto>,
    pub note: Option<String>,
    pub proposed_at: Instant,
}

/// Masked, unless a policy of the asking insurer covers this party.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssessmentParty {
    pub label: String,
    pub own_insured: bool,
    pub kind: PartyKind,
    pub name: String,
    pub plate: Option<String>,
    pub vehicle_model: Option<String>,
    pub insurer: Option<String>,
    /// None until liability is decided.
    pub liability: Option<Liability>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssessorView {
    pub kind: AssessorKind,
    pub insurer: Option<NamedInsurer>,
}

#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssessorKind {
    Desk,
    Insurer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssessmentState {
    Awaiting,
    Objected,
    Joint,
    Binding,
}

impl AssessmentState {
    pub fn of(state: &State) -> Self {
        match state {
            State::Proposed | State::Awaiting(_) => Self::Awaiting,
            State::Objected(_) => Self::Objected,
            State::Joint => Self::Joint,
            State::Binding { .. } => Self::Binding,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Awaiting => "awaiting",
            Self::Objected => "objected",
            Self::Joint => "joint",
            Self::Binding => "binding",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    Accepted,
    Objected,
    Silent,
}

impl AnswerKind {
    pub fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Accepted { .. } => Self::Accepted,
            Answer::Objected { .. } => Self::Objected,
            Answer::Silent => Self::Silent,
        }
    }
}

/// Exactly one of the two is there.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RecordAsked {
    pub insurer: Option<NamedInsurer>,
    /// Label.
    pub party: Option<String>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RecordAnswer {
    pub insurer: Option<NamedInsurer>,
    pub party: Option<String>,
    pub answer: AnswerKind,
    pub at: Instant,
    pub reason: Option<String>,
    pub own_figure_fen: Option<i64>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AgreementView {
    pub id: String,
    pub name: String,
    pub cap_fen: i64,
    pub window_hours: u16,
}

impl AgreementView {
    pub fn of(terms: &domain::assessment::Terms) -> Self {
        Self {
            name: format!("定损互信协议 {}", terms.id),
            id: terms.id.clone(),
            cap_fen: terms.cap_fen.0,
            window_hours: terms.window_hours,
        }
    }
}

/// 联合定损 as the desk wrote it down.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct JointView {
    pub items: Vec<Item>,
    pub total_fen: i64,
    pub note: Option<String>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssessmentPhoto {
    pub id: EvidenceId,
    pub url: String,
}

/// Why and since when it binds.
pub fn bound(state: &State) -> (Option<Basis>, Option<Instant>) {
    match state {
        State::Binding { at, basis, .. } => (Some(*basis), Some(*at)),
        State::Proposed | State::Awaiting(_) | State::Objected(_) | State::Joint => (None, None),
    }
}

pub fn joint_of(assessment: &Assessment) -> Option<JointView> {
    let joint = assessment.joint.as_ref()?;
    Some(JointView {
        items: joint.items.clone(),
        total_fen: assessment.figure().0,
        note: joint.note.clone(),
    })
}

pub fn objection(answer: &Answer) -> (Option<String>, Option<i64>) {
    match answer {
        Answer::Objected {
            reason,
            own_figure_fen,
        } => (Some(reason.clone()), own_figure_fen.map(|figure| figure.0)),
        Answer::Accepted { .. } | Answer::Silent => (None, None),
    }
}

pub fn insurer_of(by: Actor) -> Option<NamedInsurer> {
    match by {
        Actor::Insurer(code) => Some(NamedInsurer::of(code.as_str())),
        Actor::Party(_) | Actor::Officer(_) | Actor::Service => None,
    }
}

pub fn party_of(by: Actor) -> Option<PartyId> {
    match by {
        Actor::Party(party) => Some(party),
        Actor::Insurer(_) | Actor::Officer(_) | Actor::Service => None,
    }
}

impl AssessorView {
    pub fn of(assessor: Assessor) -> Self {
        match assessor {
            Assessor::Desk(_) => Self {
                kind: AssessorKind::Desk,
                insurer: None,
            },
            Assessor::Insurer(code) => Self {
                kind: AssessorKind::Insurer,
                insurer: Some(NamedInsurer::of(code.as_str())),
            },
        }
    }
}
