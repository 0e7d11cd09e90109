//! 归档: what is kept until when, what keeps it longer (保全), and what is left of a case once it is destroyed.
//!
//! Terms are the rule pack's; whether a case may be destroyed is judged in `accident/archiving.rs`. What is left is
//! a record without a word about a person. The digests of single facts are not in it: between known fields and the
//! next digest a phone number could be guessed back, while the last digest of the chain, which stays, covers all.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::clearing::Claim;
use crate::fact::{Fact, Recorded};
use crate::id::{EvidenceId, OfficerId, Sha256Hex, UnitId};
use crate::time::Instant;

mod remains;

pub use remains::{files_of, remains};

/// What stands beside a case because it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// In the order in which they were placed; lifted ones stay.
    pub holds: Vec<Hold>,
    pub proposal: Option<Proposal>,
    /// Recordings whose bytes are gone before the file is.
    pub gone: Vec<EvidenceId>,
}

/// 保全: nothing of the case is destroyed while it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = LegalHold))]
pub struct Hold {
    /// 1 for the case's first.
    pub number: u32,
    pub why: HoldKind,
    pub reason: String,
    /// None: it follows from the review.
    pub by: Option<OfficerId>,
    pub placed_at: Instant,
    pub lifted: Option<Lifted>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = LegalHoldLifted))]
pub struct Lifted {
    pub reason: String,
    pub by: Option<OfficerId>,
    pub at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// 复核: placed by the application, lifted by its end.
    Review,
    /// 诉讼
    Suit,
    /// 投诉
    Complaint,
}

impl HoldKind {
    pub const ALL: [Self; 3] = [Self::Review, Self::Suit, Self::Complaint];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Review => "复核",
            Self::Suit => "诉讼",
            Self::Complaint => "投诉",
        }
    }
}

/// What a destruction is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Destroyable))]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The recordings that nobody cited as evidence.
    Video,
    /// The whole case.
    File,
}

impl What {
    pub const ALL: [Self; 2] = [Self::Video, Self::File];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Video => "录像",
            Self::File => "案卷",
        }
    }
}

/// 提出销毁, by one officer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DestructionProposal))]
pub struct Proposal {
    pub what: What,
    pub reason: String,
    pub by: OfficerId,
    pub at: Instant,
}

/// Who wanted it, and who agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DestructionApproval))]
pub struct Approval {
    pub proposal: Proposal,
    pub approved_by: OfficerId,
    /// The last day on which it had to be kept.
    #[serde(with = "crate::day")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub kept_until: Date,
}

/// 销毁清册: all that is left of a destroyed case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DestructionRecord))]
pub struct Destruction {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub unit: UnitId,
    pub reported_at: Instant,
    /// When it was closed or handed to the field.
    pub closed_at: Instant,
    /// Every finding that was issued, oldest first.
    pub findings: Vec<FindingRemains>,
    /// What happened when, without who and what.
    pub steps: Vec<Step>,
    /// Digest of the last fact before this record: it covers every fact that was.
    pub head: Sha256Hex,
    /// What was destroyed, by digest; once each.
    pub files: Vec<DestroyedFile>,
    /// What insurers owe one another from it; the closed months rest on them.
    pub claims: Vec<Claim>,
    pub approval: Approval,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingRemains {
    pub number: String,
    pub issued_at: Instant,
    pub served_at: Option<Instant>,
    pub voided_at: Option<Instant>,
    /// Of the frozen content, as printed on every page.
    pub content_sha256: Sha256Hex,
    /// Of every PDF it ever was, as issued first.
    pub documents: Vec<Sha256Hex>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = DestroyedStep))]
pub struct Step {
    /// Name of the fact.
    pub kind: String,
    pub at: Instant,
}

/// Bytes that were, named by their digest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DestroyedFile {
    /// `photo`, `still`, `recording`, `document`, `ink`.
    pub what: String,
    pub sha256: Sha256Hex,
    /// None for ink, which lies within the facts.
    pub bytes: Option<u64>,
}

impl Archive {
    /// The holds that stand.
    pub fn standing(&self) -> impl Iterator<Item = &Hold> {
        self.holds.iter().filter(|hold| hold.lifted.is_none())
    }

    pub fn is_held(&self) -> bool {
        self.standing().next().is_some()
    }

    pub(crate) fn next_number(&self) -> u32 {
        u32::try_from(self.holds.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }

    fn lift(&mut self, found: impl Fn(&Hold) -> bool, lifted: Lifted) {
        if let Some(hold) = self
            .holds
            .iter_mut()
            .find(|hold| hold.lifted.is_none() && found(hold))
        {
            hold.lifted = Some(lifted);
        }
    }
}

/// What a fact does to the archive; the review's hold comes and goes with the review.
pub(crate) fn take(archive: &mut Archive, recorded: &Recorded) {
    let at = recorded.at;
    match &recorded.fact {
        Fact::HoldPlaced { hold } => archive.holds.push(hold.clone()),
        Fact::HoldLifted { number, reason, by } => {
            let lifted = Lifted {
                reason: reason.clone(),
                by: Some(*by),
                at,
            };
            archive.lift(|hold| hold.number == *number, lifted);
        }
        Fact::ReviewRequested { .. } => archive.holds.push(Hold {
            number: archive.next_number(),
            why: HoldKind::Review,
            reason: "当事人申请复核".to_owned(),
            by: None,
            placed_at: at,
            lifted: None,
        }),
        Fact::ReviewDecided { .. } | Fact::ReviewWithdrawn { .. } => {
            let withdrawn = matches!(recorded.fact, Fact::ReviewWithdrawn { .. });
            let reason = if withdrawn {
                "复核申请已撤回"
            } else {
                "复核已有结论"
            };
            let lifted = Lifted {
                reason: reason.to_owned(),
                by: None,
                at,
            };
            archive.lift(|hold| hold.why == HoldKind::Review, lifted);
        }
        Fact::DestructionProposed { proposal } => archive.proposal = Some(proposal.clone()),
        Fact::DestructionDeclined { .. } => archive.proposal = None,
        Fact::VideoDestroyed { recordings, .. } => {
            archive.proposal = None;
            archive.gone.extend(recordings);
        }
        _ => {}
    }
    // Whatever stands against it ends a proposal: it is asked for anew when the hold is over.
    if archive.is_held() {
        archive.proposal = None;
    }
}
