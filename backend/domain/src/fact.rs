//! Facts: what happened, in order, chained by digest. They are the truth; the rows beside them only say
//! how things stand.

mod chain;
mod title;

use serde::{Deserialize, Serialize};

pub use chain::{ChainError, Link, genesis, open_chain};

use crate::archive::{Approval, Destruction, Hold, Proposal};
use crate::assessment::{Answer, Asked, Assessment, Basis, JointResult};
use crate::evidence::{Evidence, StillRequest};
use crate::finding::{Document, Finding, Stamp};
use crate::guest::Guest;
use crate::id::{AssessmentId, EvidenceId, GuestId, InsurerCode, OfficerId, OrderId, PartyId, UnitId};
use crate::late_report::{Acceptance, LateReport};
use crate::mediation::{Bar, Ending, Terms};
use crate::money::Fen;
use crate::order::{Order, Paid};
use crate::paper::{Paper, Undrawn};
use crate::party::{Consent, Losses, OutsideProperty, PartyDetails};
use crate::review::{Conclusion, Review};
use crate::scene::Scene;
use crate::signing::{Revocation, Signature, SignatureRefusal};
use crate::stage::{Closing, Decision, Escalation, Settlement};
use crate::time::Instant;
use crate::triage::Triage;

/// Who made it happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Party(PartyId),
    Officer(OfficerId),
    /// An insurer, through its machine client or its clerk.
    Insurer(InsurerCode),
    /// The service itself, e.g. a media callback.
    Service,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Party(id) => write!(f, "party:{id}"),
            Self::Officer(id) => write!(f, "officer:{id}"),
            Self::Insurer(code) => write!(f, "insurer:{code}"),
            Self::Service => f.write_str("service"),
        }
    }
}

impl std::str::FromStr for Actor {
    type Err = crate::id::BadId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("party", id)) => id.parse().map(Self::Party),
            Some(("officer", id)) => id.parse().map(Self::Officer),
            Some(("insurer", code)) => code.parse().map(Self::Insurer),
            None if text == "service" => Ok(Self::Service),
            _ => Err(crate::id::BadId { what: "Actor" }),
        }
    }
}

/// Everything that can happen to an accident. A kind is never removed: old cases are replayed with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum Fact {
    Reported {
        unit: UnitId,
        party: PartyId,
        phone: Option<String>,
    },
    PartyJoined {
        party: PartyId,
    },
    PhoneConfirmed {
        party: PartyId,
        phone: String,
    },
    ConsentAnswered {
        party: PartyId,
        consent: Consent,
    },
    TriageAnswered {
        triage: Triage,
    },
    SceneRecorded {
        scene: Scene,
    },
    PartyRecorded {
        party: PartyId,
        details: PartyDetails,
    },
    EvidenceTaken {
        evidence: Evidence,
    },
    Queued,
    Claimed {
        officer: OfficerId,
    },
    Released,
    StillRequested {
        request: StillRequest,
    },
    EvacuationOrdered,
    EvacuationAcknowledged {
        party: PartyId,
    },
    LossesAssessed {
        party: PartyId,
        losses: Losses,
    },
    OutsidePropertyAssessed {
        items: Vec<OutsideProperty>,
    },
    Decided {
        decision: Decision,
    },
    FindingIssued {
        finding: Finding,
    },
    Signed {
        party: PartyId,
        signature: Signature,
        document: Document,
    },
    SignatureRefused {
        party: PartyId,
        refusal: SignatureRefusal,
        document: Document,
    },
    /// Everybody has signed or refused: the finding is served.
    Served,
    FindingVoided {
        reason: String,
    },
    Settled {
        settlement: Settlement,
    },
    Closed {
        closing: Closing,
    },
    Escalated {
        escalation: Escalation,
    },
    MediaJoined {
        party: PartyId,
    },
    MediaLeft {
        party: PartyId,
    },
    /// 事后报案 (程序规定 art. 16): the scene was cleared before anybody called.
    LateReportFiled {
        late: LateReport,
    },
    /// 受理 or 不予受理, within three working days.
    AcceptanceDecided {
        acceptance: Acceptance,
    },
    /// 定损 of one vehicle, put forward.
    AssessmentProposed {
        assessment: Assessment,
    },
    /// It does not bind by itself: these have until then to answer.
    AssessmentAwaited {
        assessment: AssessmentId,
        asked: Asked,
    },
    /// Accepted or objected to, by an insurer or by the vehicle's party.
    AssessmentAnswered {
        assessment: AssessmentId,
        answer: Answer,
    },
    /// 联合定损: after an objection, or a person's silence, both sides assess together.
    AssessmentJoint {
        assessment: AssessmentId,
    },
    /// The figure binds and becomes the vehicle's loss.
    AssessmentBound {
        assessment: AssessmentId,
        total: Fen,
        basis: Basis,
        /// What both sides found together, when that is the basis.
        joint: Option<JointResult>,
    },
    /// Payment orders, made from a plan; those named in `replaced` are void before anybody paid them.
    OrdersMade {
        orders: Vec<Order>,
        replaced: Vec<OrderId>,
    },
    OrderPaid {
        order: OrderId,
        paid: Paid,
    },
    /// The payee says that the money is there.
    OrderConfirmed {
        order: OrderId,
    },
    /// The insurer cannot pay it as it stands: back to the desk.
    OrderRejected {
        order: OrderId,
        reason: String,
    },
    /// The desk has mended what was wrong: due again.
    OrderReissued {
        order: OrderId,
        note: String,
    },
    /// 代位求偿 chosen, or not any more.
    SubrogationAnswered {
        party: PartyId,
        chosen: bool,
    },
    /// 申请调解 or 不申请, by one party.
    MediationAnswered {
        party: PartyId,
        wanted: bool,
    },
    /// 程序规定 art. 26: why the police may not mediate, noted by the officer.
    MediationBarred {
        bar: Bar,
        /// The finding with the note on it.
        document: Option<Document>,
    },
    /// The result, written on the finding for the parties to sign.
    MediationProposed {
        terms: Terms,
        document: Document,
    },
    MediationSigned {
        party: PartyId,
        signature: Signature,
        document: Document,
    },
    MediationRefused {
        party: PartyId,
        refusal: SignatureRefusal,
        document: Document,
    },
    MediationEnded {
        ending: Ending,
        /// The finding without the result nobody agreed to, when it was on the page.
        document: Option<Document>,
    },
    /// 我对认定有异议, said by the party.
    FindingObjected {
        party: PartyId,
        reason: String,
    },
    ObjectionWithdrawn {
        party: PartyId,
    },
    GuestInvited {
        guest: Guest,
    },
    GuestRemoved {
        guest: GuestId,
    },
    /// A time stamp authority says since when the signed page has existed.
    DocumentStamped {
        document: Document,
        stamp: Stamp,
    },
    /// A signature in the file no longer counts: its certificate is on the list of revoked ones.
    SignatureRevoked {
        revocation: Revocation,
    },
    /// 复核: the written application, which also holds the case.
    ReviewRequested {
        review: Review,
    },
    /// With the file, to the higher unit named.
    ReviewForwarded {
        to: String,
    },
    /// 复核结论, and the end of its hold.
    ReviewDecided {
        conclusion: Conclusion,
    },
    ReviewWithdrawn {
        party: PartyId,
    },
    /// 保全 for a suit or a complaint.
    HoldPlaced {
        hold: Hold,
    },
    HoldLifted {
        number: u32,
        reason: String,
        by: OfficerId,
    },
    DestructionProposed {
        proposal: Proposal,
    },
    DestructionDeclined {
        reason: String,
    },
    /// The bytes of these recordings are gone; that they were, stays.
    VideoDestroyed {
        recordings: Vec<EvidenceId>,
        approval: Approval,
    },
    /// The case is gone but for this: it takes the place of every fact before it.
    Destroyed {
        record: Box<Destruction>,
    },
    /// 调取卷宗: everything of the case was handed out as one sealed file.
    EvidenceFileMade {
        reason: String,
    },
    /// A paper around the finding is out.
    PaperIssued {
        paper: Box<Paper>,
    },
    PaperSigned {
        number: String,
        party: PartyId,
        signature: Signature,
        document: Document,
    },
    PaperRefused {
        number: String,
        party: PartyId,
        refusal: SignatureRefusal,
        document: Document,
    },
    /// The case calls for a paper that no font can draw.
    PaperNotDrawn {
        undrawn: Undrawn,
    },
}

impl Fact {
    /// The revision of the finding's page that this fact made.
    pub fn page(&self) -> Option<&Document> {
        match self {
            Self::Signed { document, .. }
            | Self::SignatureRefused { document, .. }
            | Self::MediationProposed { document, .. }
            | Self::MediationSigned { document, .. }
            | Self::MediationRefused { document, .. }
            | Self::DocumentStamped { document, .. } => Some(document),
            Self::MediationBarred { document, .. } | Self::MediationEnded { document, .. } => {
                document.as_ref()
            }
            _ => None,
        }
    }
}

/// A fact with its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// 1 for the first, without gaps.
    pub seq: u64,
    pub at: Instant,
    pub by: Actor,
    pub fact: Fact,
}
