//! The accident: how it stands, and what each fact does to it.
//!
//! Requests are judged in `accident/` (they may be refused); [`Accident::apply`] takes a fact in and never
//! fails, because what was once accepted is replayed as it was.

mod closing;
mod deciding;
mod handling;
mod inputs;
mod intake;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, StillRequest};
use crate::fact::{Actor, Fact, Recorded};
use crate::finding::{Finding, VoidFinding};
use crate::id::{AccidentId, OfficerId, PartyId, UnitId};
use crate::party::{self, OutsideProperty, Party};
use crate::refusal::Refusal;
use crate::scene::Scene;
use crate::signing::Signing;
use crate::stage::{Decision, Settlement, Stage, StageName};
use crate::time::Instant;
use crate::triage::Triage;

pub use closing::{CloseRequest, SignRequest};
pub use deciding::{Choice, DecideRequest, Draft};

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

    /// The accident that the first fact begins.
    pub fn reported(id: AccidentId, first: &Recorded) -> Option<Self> {
        let Fact::Reported { unit, party, phone } = &first.fact else {
            return None;
        };
        let mut accident = Self {
            id,
            unit: unit.clone(),
            version: 1,
            stage: Stage::Reporting,
            reported_at: first.at,
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
        };
        accident.add_party(*party, phone.clone());
        Some(accident)
    }

    /// Takes a fact into account.
    pub fn apply(&mut self, recorded: &Recorded) {
        self.version = recorded.seq;
        match &recorded.fact {
            Fact::Reported { .. } => {}
            Fact::PartyJoined { .. }
            | Fact::PhoneConfirmed { .. }
            | Fact::ConsentAnswered { .. }
            | Fact::PartyRecorded { .. }
            | Fact::LossesAssessed { .. }
            | Fact::MediaJoined { .. }
            | Fact::MediaLeft { .. } => self.apply_to_party(recorded),
            Fact::TriageAnswered { triage } => self.triage = Some(triage.clone()),
            Fact::SceneRecorded { scene } => self.scene = Some(scene.clone()),
            Fact::EvidenceTaken { evidence } => {
                // A preview only shows that the picture is on its way.
                if evidence.preview_of.is_none() {
                    self.still_requests
                        .retain(|request| Some(request.id) != evidence.still);
                }
                self.evidence.push(evidence.clone());
            }
            Fact::StillRequested { request } => self.still_requests.push(request.clone()),
            Fact::EvacuationOrdered => {
                self.evacuation = Some(Evacuation {
                    ordered_at: recorded.at,
                    acknowledged: Vec::new(),
                });
            }
            Fact::EvacuationAcknowledged { party } => {
                if let Some(evacuation) = &mut self.evacuation {
                    evacuation.acknowledged.push(*party);
                }
            }
            Fact::OutsidePropertyAssessed { items } => self.outside_property.clone_from(items),
            Fact::Queued
            | Fact::Claimed { .. }
            | Fact::Released
            | Fact::Decided { .. }
            | Fact::Escalated { .. } => self.apply_to_stage(recorded),
            Fact::FindingIssued { .. }
            | Fact::Signed { .. }
            | Fact::SignatureRefused { .. }
            | Fact::Served
            | Fact::FindingVoided { .. }
            | Fact::Settled { .. }
            | Fact::Closed { .. } => self.apply_to_papers(recorded),
        }
    }

    fn apply_to_party(&mut self, recorded: &Recorded) {
        match &recorded.fact {
            Fact::PartyJoined { party } => self.add_party(*party, None),
            Fact::PhoneConfirmed { party, phone } => self.with_party(*party, |party| {
                party.phone = Some(phone.clone());
                party.confirmed_at = Some(recorded.at);
            }),
            Fact::ConsentAnswered { party, consent } => {
                self.with_party(*party, |party| party.consents.push(consent.clone()));
            }
            Fact::PartyRecorded { party, details } => {
                self.with_party(*party, |party| party.details = Some(details.clone()));
            }
            Fact::LossesAssessed { party, losses } => {
                self.with_party(*party, |party| party.losses = Some(*losses));
            }
            Fact::MediaJoined { party } => self.with_party(*party, |party| party.online = true),
            Fact::MediaLeft { party } => self.with_party(*party, |party| party.online = false),
            _ => {}
        }
    }

    fn apply_to_stage(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        let stage = std::mem::replace(&mut self.stage, Stage::Reporting);
        self.stage = match (stage, &recorded.fact) {
            (Stage::Reporting, Fact::Queued) => {
                self.queued_at = Some(at);
                Stage::Waiting { since: at }
            }
            (Stage::Waiting { .. }, Fact::Claimed { officer }) => {
                self.claimed_at = Some(at);
                Stage::Handling {
                    officer: *officer,
                    since: at,
                    draft: None,
                }
            }
            (Stage::Handling { .. } | Stage::Decided { .. }, Fact::Released) => {
                // Whoever waited keeps the place in the queue.
                Stage::Waiting {
                    since: self.queued_at.unwrap_or(at),
                }
            }
            (
                Stage::Handling { officer, .. } | Stage::Decided { officer, .. },
                Fact::Decided { decision },
            ) => Stage::Decided {
                officer,
                decision: decision.clone(),
            },
            (_, Fact::Escalated { escalation }) => Stage::Escalated {
                escalation: escalation.clone(),
            },
            (stage, _) => stage,
        };
    }

    fn apply_to_papers(&mut self, recorded: &Recorded) {
        let stage = std::mem::replace(&mut self.stage, Stage::Reporting);
        self.stage = match stage {
            Stage::Decided { officer, decision } => match &recorded.fact {
                Fact::FindingIssued { finding } => Stage::Signing {
                    officer,
                    decision,
                    finding: finding.clone(),
                },
                _ => Stage::Decided { officer, decision },
            },
            Stage::Signing {
                officer,
                decision,
                mut finding,
            } => match &recorded.fact {
                Fact::Served => Stage::Settling {
                    officer,
                    decision,
                    finding,
                    settlement: None,
                },
                Fact::FindingVoided { reason } => {
                    self.take_back(officer, decision, finding, (reason, recorded.at))
                }
                fact => {
                    take_signing(&mut finding, fact);
                    Stage::Signing {
                        officer,
                        decision,
                        finding,
                    }
                }
            },
            Stage::Settling {
                officer,
                decision,
                finding,
                settlement,
            } => match &recorded.fact {
                Fact::Settled { settlement } => Stage::Settling {
                    officer,
                    decision,
                    finding,
                    settlement: Some(settlement.clone()),
                },
                Fact::Closed { closing } => Stage::Closed {
                    officer,
                    decision,
                    finding,
                    settlement,
                    closing: closing.clone(),
                },
                Fact::FindingVoided { reason } => {
                    self.take_back(officer, decision, finding, (reason, recorded.at))
                }
                _ => Stage::Settling {
                    officer,
                    decision,
                    finding,
                    settlement,
                },
            },
            stage => stage,
        };
    }

    fn take_back(
        &mut self,
        officer: OfficerId,
        decision: Decision,
        finding: Finding,
        (reason, at): (&String, Instant),
    ) -> Stage {
        self.voided.push(VoidFinding {
            finding,
            reason: reason.clone(),
            voided_at: at,
        });
        Stage::Handling {
            officer,
            since: at,
            draft: Some(decision),
        }
    }

    fn add_party(&mut self, id: PartyId, phone: Option<String>) {
        self.parties.push(Party {
            id,
            label: party::label(self.parties.len()),
            phone,
            confirmed_at: None,
            details: None,
            consents: Vec::new(),
            losses: None,
            online: false,
        });
    }

    fn with_party(&mut self, id: PartyId, change: impl FnOnce(&mut Party)) {
        if let Some(party) = self.parties.iter_mut().find(|party| party.id == id) {
            change(party);
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

fn take_signing(finding: &mut Finding, fact: &Fact) {
    let (signing, document) = match fact {
        Fact::Signed {
            party,
            signature,
            document,
        } => (
            Signing::Signed {
                party: *party,
                signature: signature.clone(),
            },
            document,
        ),
        Fact::SignatureRefused {
            party,
            refusal,
            document,
        } => (
            Signing::Refused {
                party: *party,
                refusal: refusal.clone(),
            },
            document,
        ),
        _ => return,
    };
    if let Some(slot) = finding
        .signings
        .iter_mut()
        .find(|slot| slot.party() == signing.party())
    {
        *slot = signing;
        finding.current = document.clone();
    }
}

/// A fact with who did it, before it has a number.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    pub by: Actor,
    pub fact: Fact,
}
