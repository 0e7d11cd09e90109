//! The accident: how it stands, and what each fact does to it.
//!
//! Requests are judged in `accident/` (they may be refused); [`Accident::apply`] takes a fact in and never
//! fails, because what was once accepted is replayed as it was.

mod answering;
mod apply;
mod archiving;
mod assessing;
#[cfg(test)]
mod assessing_tests;
mod bars;
mod closing;
mod closing_code;
mod deciding;
mod handing_out;
mod handling;
mod hosting;
mod inputs;
mod intake;
mod late;
mod mediating;
mod objecting;
mod papering;
mod paying;
mod reviewing;
mod signing;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::archive::{Archive, Destruction};
use crate::assessment::Assessment;
use crate::evidence::{Evidence, StillRequest};
use crate::fact::{Fact, Recorded};
use crate::finding::{Finding, VoidFinding};
use crate::guest::Guest;
use crate::id::{AccidentId, OfficerId, PartyId, UnitId};
use crate::late_report::LateReport;
use crate::mediation::{Mediation, Objection};
use crate::order::Order;
use crate::paper::{Paper, Undrawn};
use crate::party::{OutsideProperty, Party};
use crate::refusal::Refusal;
use crate::review::Review;
use crate::scene::Scene;
use crate::signing::Revocation;
use crate::stage::{Decision, Settlement, Stage, StageName};
use crate::time::Instant;
use crate::triage::Triage;

pub use answering::AcceptRequest;
pub use archiving::Keeping;
pub use assessing::{ProposeRequest, TrustRules};
pub use bars::StandingBar;
pub use closing::{CloseRequest, SignRequest};
pub use deciding::{Choice, DecideRequest, Draft};
pub use papering::Wanted;
pub use paying::{Clock, Confirmer, PayRequest, may_reissue};
pub use reviewing::ReviewRequest;

/// One accident as it stands now; rebuilt at any time from its facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Accident {
    pub id: AccidentId,
    pub unit: UnitId,
    /// The number of facts taken in: what clients call `seen`.
    pub version: u64,
    #[serde(flatten)]
    pub stage: Stage,
    pub reported_at: Instant,
    pub queued_at: Option<Instant>,
    pub claimed_at: Option<Instant>,
    pub triage: Option<Triage>,
    pub scene: Option<Scene>,
    pub parties: Vec<Party>,
    pub evidence: Vec<Evidence>,
    /// Stills asked for and not yet sent.
    pub still_requests: Vec<StillRequest>,
    pub evacuation: Option<Evacuation>,
    pub outside_property: Vec<OutsideProperty>,
    pub voided: Vec<VoidFinding>,
    /// 事后报案: reported only after the scene was cleared.
    #[serde(default)]
    pub late_report: Option<LateReport>,
    /// 定损, oldest first; a supplement names the one before it.
    #[serde(default)]
    pub assessments: Vec<Assessment>,
    /// Plans that a later one replaced, oldest first.
    #[serde(default)]
    pub earlier_plans: Vec<Settlement>,
    /// Payment orders of the plan and of the differences that came after it.
    #[serde(default)]
    pub orders: Vec<Order>,
    /// 调解, once somebody asked for it.
    #[serde(default)]
    pub mediation: Option<Mediation>,
    /// 对认定有异议: parties who object to the finding that stands.
    #[serde(default)]
    pub objections: Vec<Objection>,
    /// 代位求偿: parties who let their own insurer pay first and recover.
    #[serde(default)]
    pub subrogation: Vec<PartyId>,
    /// People invited by link who are no party: a mediator, an insurer.
    #[serde(default)]
    pub guests: Vec<Guest>,
    /// Signatures that no longer count, whichever page they are on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revocations: Vec<Revocation>,
    /// 复核, once somebody asked for it.
    #[serde(default)]
    pub review: Option<Review>,
    /// 归档: holds, and what is to be destroyed.
    #[serde(default)]
    pub archive: Archive,
    /// Papers around the finding, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// Papers the case calls for that could not be drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undrawn: Vec<Undrawn>,
}

/// 撤离现场: ordered by the officer, acknowledged party by party (程序规定 art. 19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evacuation {
    pub ordered_at: Instant,
    pub acknowledged: Vec<PartyId>,
}

impl Accident {
    /// Rebuilds an accident from its facts, oldest first; none when they do not begin with a report.
    pub fn replay(id: AccidentId, facts: &[Recorded]) -> Option<Self> {
        let (first, rest) = facts.split_first()?;
        let mut accident = Self::reported(id, first)?;
        for recorded in rest {
            accident.apply(recorded);
        }
        Some(accident)
    }

    /// The accident that the first fact begins: a report, or the record that a destroyed one left.
    pub fn reported(id: AccidentId, first: &Recorded) -> Option<Self> {
        let (unit, party, phone) = match &first.fact {
            Fact::Reported { unit, party, phone } => (unit, *party, phone.clone()),
            Fact::Destroyed { record } => return Some(Self::remaining(id, first.seq, record)),
            _ => return None,
        };
        let mut accident = Self::empty(id, unit.clone(), first.at);
        accident.add_party(party, phone);
        Some(accident)
    }

    /// All that is left of a destroyed accident.
    fn remaining(id: AccidentId, seq: u64, record: &Destruction) -> Self {
        let stage = Stage::Destroyed {
            record: Box::new(record.clone()),
        };
        Self {
            version: seq,
            stage,
            ..Self::empty(id, record.unit.clone(), record.reported_at)
        }
    }

    fn empty(id: AccidentId, unit: UnitId, reported_at: Instant) -> Self {
        Self {
            id,
            unit,
            version: 1,
            stage: Stage::Reporting,
            reported_at,
            queued_at: None,
            claimed_at: None,
            triage: None,
            scene: None,
            parties: Vec::new(),
            evidence: Vec::new(),
            still_requests: Vec::new(),
            evacuation: None,
            outside_property: Vec::new(),
            voided: Vec::new(),
            late_report: None,
            assessments: Vec::new(),
            earlier_plans: Vec::new(),
            orders: Vec::new(),
            mediation: None,
            objections: Vec::new(),
            subrogation: Vec::new(),
            guests: Vec::new(),
            revocations: Vec::new(),
            review: None,
            archive: Archive::default(),
            papers: Vec::new(),
            undrawn: Vec::new(),
        }
    }

    /// The party of that id.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] when this accident has none.
    pub fn party(&self, id: PartyId) -> Result<&Party, Refusal> {
        self.parties
            .iter()
            .find(|party| party.id == id)
            .ok_or(Refusal::Unknown("party"))
    }

    pub fn stage_name(&self) -> StageName {
        self.stage.name()
    }

    pub fn decision(&self) -> Option<&Decision> {
        self.stage.decision()
    }

    pub fn finding(&self) -> Option<&Finding> {
        self.stage.finding()
    }

    /// The finding that stands, or the last one that was void while the next is made: orders may be paid meanwhile.
    pub fn latest_finding(&self) -> Option<&Finding> {
        let void = || self.voided.last().map(|void| &void.finding);
        self.finding().or_else(void)
    }

    pub fn settlement(&self) -> Option<&Settlement> {
        self.stage.settlement()
    }

    /// The wrong-stage refusal, in words.
    fn not_in(&self, wanted: &str) -> Refusal {
        Refusal::not_now(
            "invalid_transition",
            format!("案件现在是“{}”，{wanted}", self.stage_name().label()),
        )
    }

    /// Only the officer who holds the case may go on with it.
    fn held_by(&self, officer: OfficerId) -> Result<(), Refusal> {
        match self.stage.officer() {
            Some(holder) if holder == officer => Ok(()),
            Some(_) => Err(Refusal::not_now("already_claimed", "案件正由另一位民警处理")),
            None => Err(self.not_in("请先接案")),
        }
    }
}
