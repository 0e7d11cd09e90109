//! How far an accident has come: one enum, each stage carrying exactly what is known in it.

use serde::{Deserialize, Serialize};

use crate::archive::Destruction;
use crate::codes::{ClosingCode, MediationKind};
use crate::finding::Finding;
use crate::id::{OfficerId, PartyId};
use crate::liability::Liability;
use crate::settlement::Plan;
use crate::time::Instant;
use crate::triage::HardStop;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// The parties are answering, photographing, filling in.
    Reporting,
    /// In the queue.
    Waiting { since: Instant },
    /// An officer has it; nobody else does.
    Handling {
        officer: OfficerId,
        since: Instant,
        draft: Option<Decision>,
    },
    /// Liability is decided; the finding is not yet issued.
    Decided { officer: OfficerId, decision: Decision },
    /// The finding is issued; signatures are outstanding.
    Signing {
        officer: OfficerId,
        decision: Decision,
        finding: Finding,
    },
    /// Everybody has signed or refused; the money is settled or waits for losses.
    Settling {
        officer: OfficerId,
        decision: Decision,
        finding: Finding,
        settlement: Option<Settlement>,
    },
    Closed {
        officer: OfficerId,
        decision: Decision,
        finding: Finding,
        settlement: Option<Settlement>,
        closing: Closing,
    },
    /// Handed to the field; the remote flow is over.
    Escalated { escalation: Escalation },
    /// 案卷已销毁: its term is over, two officers destroyed it, and this is left.
    Destroyed { record: Box<Destruction> },
}

/// A stage's name alone, as lists, rows and clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    Reporting,
    Waiting,
    Handling,
    Decided,
    Signing,
    Settling,
    Closed,
    Escalated,
    Destroyed,
}

impl StageName {
    pub const ALL: [Self; 9] = [
        Self::Reporting,
        Self::Waiting,
        Self::Handling,
        Self::Decided,
        Self::Signing,
        Self::Settling,
        Self::Closed,
        Self::Escalated,
        Self::Destroyed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reporting => "reporting",
            Self::Waiting => "waiting",
            Self::Handling => "handling",
            Self::Decided => "decided",
            Self::Signing => "signing",
            Self::Settling => "settling",
            Self::Closed => "closed",
            Self::Escalated => "escalated",
            Self::Destroyed => "destroyed",
        }
    }

    /// As a person at the desk calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Reporting => "报案中",
            Self::Waiting => "排队中",
            Self::Handling => "处理中",
            Self::Decided => "已定责",
            Self::Signing => "签名中",
            Self::Settling => "理赔中",
            Self::Closed => "已结案",
            Self::Escalated => "已转现场",
            Self::Destroyed => "已销毁",
        }
    }

    /// The stages that may follow this one in a single step; the property tests walk along these.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Reporting => &[Self::Waiting, Self::Escalated],
            Self::Waiting => &[Self::Handling, Self::Escalated],
            Self::Handling => &[Self::Waiting, Self::Decided, Self::Escalated],
            Self::Decided => &[Self::Handling, Self::Waiting, Self::Signing, Self::Escalated],
            Self::Signing => &[Self::Handling, Self::Settling],
            Self::Settling => &[Self::Handling, Self::Closed],
            // Made anew when a review orders it.
            Self::Closed => &[Self::Handling, Self::Destroyed],
            Self::Escalated => &[Self::Destroyed],
            Self::Destroyed => &[],
        }
    }
}

impl Stage {
    pub fn name(&self) -> StageName {
        match self {
            Self::Reporting => StageName::Reporting,
            Self::Waiting { .. } => StageName::Waiting,
            Self::Handling { .. } => StageName::Handling,
            Self::Decided { .. } => StageName::Decided,
            Self::Signing { .. } => StageName::Signing,
            Self::Settling { .. } => StageName::Settling,
            Self::Closed { .. } => StageName::Closed,
            Self::Escalated { .. } => StageName::Escalated,
            Self::Destroyed { .. } => StageName::Destroyed,
        }
    }

    /// Who holds the case.
    pub fn officer(&self) -> Option<OfficerId> {
        match self {
            Self::Handling { officer, .. }
            | Self::Decided { officer, .. }
            | Self::Signing { officer, .. }
            | Self::Settling { officer, .. }
            | Self::Closed { officer, .. } => Some(*officer),
            Self::Reporting | Self::Waiting { .. } | Self::Escalated { .. } | Self::Destroyed { .. } => None,
        }
    }

    /// The decision, also one that was taken back and waits as a draft.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Handling { draft, .. } => draft.as_ref(),
            Self::Decided { decision, .. }
            | Self::Signing { decision, .. }
            | Self::Settling { decision, .. }
            | Self::Closed { decision, .. } => Some(decision),
            Self::Reporting | Self::Waiting { .. } | Self::Escalated { .. } | Self::Destroyed { .. } => None,
        }
    }

    pub fn finding(&self) -> Option<&Finding> {
        match self {
            Self::Signing { finding, .. } | Self::Settling { finding, .. } | Self::Closed { finding, .. } => {
                Some(finding)
            }
            Self::Reporting
            | Self::Waiting { .. }
            | Self::Handling { .. }
            | Self::Decided { .. }
            | Self::Escalated { .. }
            | Self::Destroyed { .. } => None,
        }
    }

    pub fn settlement(&self) -> Option<&Settlement> {
        match self {
            Self::Settling { settlement, .. } | Self::Closed { settlement, .. } => settlement.as_ref(),
            Self::Reporting
            | Self::Waiting { .. }
            | Self::Handling { .. }
            | Self::Decided { .. }
            | Self::Signing { .. }
            | Self::Escalated { .. }
            | Self::Destroyed { .. } => None,
        }
    }
}

/// What the officer decided, frozen with the words that say why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    pub parties: Vec<PartyDecision>,
    pub facts_text: String,
    pub liability_text: String,
    /// Why the officer departed from the proposal.
    pub override_reason: Option<String>,
    pub at: Instant,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PartyDecision {
    #[serde(rename = "party_id")]
    pub party: PartyId,
    /// Codes of the catalogue.
    pub violations: Vec<String>,
    pub liability: Liability,
    /// Whole percent; none leaves it to the default of the liability.
    #[serde(default)]
    pub share: Option<u8>,
}

impl Decision {
    pub fn of(&self, party: PartyId) -> Option<&PartyDecision> {
        self.parties.iter().find(|decided| decided.party == party)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    pub plan: Plan,
    pub made_at: Instant,
}

/// 结案方式 and, for a mediated case, 调解方式 (forms.md codes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Closing {
    #[serde(rename = "code")]
    pub closing: ClosingCode,
    #[serde(rename = "mediation_code")]
    pub mediation: Option<MediationKind>,
    pub note: Option<String>,
    pub at: Instant,
}

/// Why the case left the remote flow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Escalation {
    pub reason: String,
    pub stops: Vec<HardStop>,
    pub at: Instant,
}
