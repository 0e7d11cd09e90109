//! What each fact does to the accident. It never fails: what was once accepted is replayed as it was.

use crate::accident::{Accident, Evacuation};
use crate::evidence::Evidence;
use crate::fact::{Fact, Recorded};
use crate::finding::{Document, Finding, VoidFinding};
use crate::id::{OfficerId, PartyId};
use crate::party::{self, Party};
use crate::signing::Signing;
use crate::stage::{Decision, Stage};
use crate::time::Instant;
use crate::{archive, assessment, guest, late_report, mediation, order, paper, review};

impl Accident {
    /// Takes a fact into account.
    pub fn apply(&mut self, recorded: &Recorded) {
        self.version = recorded.seq;
        match &recorded.fact {
            Fact::Reported { .. }
            | Fact::PartyJoined { .. }
            | Fact::PhoneConfirmed { .. }
            | Fact::ConsentAnswered { .. }
            | Fact::PartyRecorded { .. }
            | Fact::LossesAssessed { .. }
            | Fact::MediaJoined { .. }
            | Fact::MediaLeft { .. } => self.apply_to_party(recorded),
            Fact::TriageAnswered { triage } => self.triage = Some(triage.clone()),
            Fact::SceneRecorded { scene } => self.scene = Some(scene.clone()),
            Fact::EvidenceTaken { evidence } => self.apply_to_evidence(evidence),
            Fact::StillRequested { request } => self.still_requests.push(request.clone()),
            Fact::EvacuationOrdered | Fact::EvacuationAcknowledged { .. } => self.evacuate(recorded),
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
            Fact::AssessmentProposed { .. }
            | Fact::AssessmentAwaited { .. }
            | Fact::AssessmentAnswered { .. }
            | Fact::AssessmentJoint { .. }
            | Fact::AssessmentBound { .. } => self.apply_to_assessments(recorded),
            Fact::OrdersMade { .. }
            | Fact::OrderPaid { .. }
            | Fact::OrderConfirmed { .. }
            | Fact::OrderRejected { .. }
            | Fact::OrderReissued { .. } => order::take(&mut self.orders, recorded),
            Fact::MediationAnswered { .. }
            | Fact::MediationBarred { .. }
            | Fact::MediationProposed { .. }
            | Fact::MediationSigned { .. }
            | Fact::MediationRefused { .. }
            | Fact::MediationEnded { .. } => self.apply_to_mediation(recorded),
            Fact::SubrogationAnswered { .. }
            | Fact::FindingObjected { .. }
            | Fact::ObjectionWithdrawn { .. } => self.apply_to_claims(recorded),
            Fact::GuestInvited { .. } | Fact::GuestRemoved { .. } => guest::take(&mut self.guests, recorded),
            Fact::DocumentStamped { document, .. } => self.take_page(document),
            Fact::SignatureRevoked { revocation } => self.revocations.push(revocation.clone()),
            Fact::ReviewRequested { .. }
            | Fact::ReviewForwarded { .. }
            | Fact::ReviewDecided { .. }
            | Fact::ReviewWithdrawn { .. }
            | Fact::HoldPlaced { .. }
            | Fact::HoldLifted { .. }
            | Fact::DestructionProposed { .. }
            | Fact::DestructionDeclined { .. }
            | Fact::VideoDestroyed { .. }
            // That it was handed out is in the chain; it changes nothing of the case.
            | Fact::EvidenceFileMade { .. }
            | Fact::LateReportFiled { .. }
            | Fact::AcceptanceDecided { .. }
            | Fact::PaperIssued { .. }
            | Fact::PaperSigned { .. }
            | Fact::PaperRefused { .. }
            | Fact::PaperNotDrawn { .. } => self.apply_to_file(recorded),
            Fact::Destroyed { record } => *self = Self::remaining(self.id, recorded.seq, record),
        }
    }

    fn apply_to_evidence(&mut self, evidence: &Evidence) {
        // A preview only shows that the picture is on its way.
        if evidence.preview_of.is_none() {
            self.still_requests
                .retain(|request| Some(request.id) != evidence.still);
        }
        self.evidence.push(evidence.clone());
    }

    fn apply_to_file(&mut self, recorded: &Recorded) {
        late_report::take(&mut self.late_report, &recorded.fact);
        paper::take(&mut self.papers, &mut self.undrawn, recorded);
        review::take(&mut self.review, recorded);
        archive::take(&mut self.archive, recorded);
    }

    fn evacuate(&mut self, recorded: &Recorded) {
        match (&recorded.fact, &mut self.evacuation) {
            (Fact::EvacuationOrdered, evacuation) => {
                *evacuation = Some(Evacuation {
                    ordered_at: recorded.at,
                    acknowledged: Vec::new(),
                });
            }
            (Fact::EvacuationAcknowledged { party }, Some(evacuation)) => {
                evacuation.acknowledged.push(*party);
            }
            _ => {}
        }
    }

    /// A figure that binds becomes the loss of its vehicle.
    fn apply_to_assessments(&mut self, recorded: &Recorded) {
        assessment::take(&mut self.assessments, recorded);
        if let Fact::AssessmentBound {
            assessment, total, ..
        } = &recorded.fact
            && let Some(party) = self
                .assessments
                .iter()
                .find(|a| a.id == *assessment)
                .map(|a| a.party)
        {
            let total = *total;
            self.with_party(party, |party| {
                party.losses.get_or_insert_default().vehicle_fen = total;
            });
        }
    }

    /// The page with the mediation on it is the finding's page from then on.
    fn apply_to_mediation(&mut self, recorded: &Recorded) {
        let parties: Vec<_> = self.parties.iter().map(|party| party.id).collect();
        mediation::take(&mut self.mediation, &parties, recorded);
        if let Some(document) = recorded.fact.page() {
            self.take_page(document);
        }
    }

    fn take_page(&mut self, document: &Document) {
        if let Stage::Settling { finding, .. } | Stage::Closed { finding, .. } = &mut self.stage {
            finding.current = document.clone();
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
            stage => self.apply_to_money(stage, recorded),
        };
    }

    /// The plan, made and made again, and the end of the case.
    fn apply_to_money(&mut self, stage: Stage, recorded: &Recorded) -> Stage {
        match stage {
            Stage::Settling {
                officer,
                decision,
                finding,
                settlement,
            } => match &recorded.fact {
                Fact::Settled { settlement: new } => {
                    self.earlier_plans.extend(settlement);
                    Stage::Settling {
                        officer,
                        decision,
                        finding,
                        settlement: Some(new.clone()),
                    }
                }
                Fact::Closed { closing } => Stage::Closed {
                    officer,
                    decision,
                    finding,
                    settlement,
                    closing: closing.clone(),
                },
                Fact::FindingVoided { reason } => {
                    // What was settled stays until the new plan replaces it by the difference.
                    self.earlier_plans.extend(settlement);
                    self.take_back(officer, decision, finding, (reason, recorded.at))
                }
                _ => Stage::Settling {
                    officer,
                    decision,
                    finding,
                    settlement,
                },
            },
            // After the case is closed hidden damage makes the plan again, and a review may void the finding.
            Stage::Closed {
                officer,
                decision,
                finding,
                settlement,
                closing,
            } => match &recorded.fact {
                Fact::Settled { settlement: new } => {
                    self.earlier_plans.extend(settlement);
                    Stage::Closed {
                        officer,
                        decision,
                        finding,
                        settlement: Some(new.clone()),
                        closing,
                    }
                }
                Fact::FindingVoided { reason } => {
                    self.earlier_plans.extend(settlement);
                    self.take_back(officer, decision, finding, (reason, recorded.at))
                }
                _ => Stage::Closed {
                    officer,
                    decision,
                    finding,
                    settlement,
                    closing,
                },
            },
            stage => stage,
        }
    }

    fn take_back(
        &mut self,
        officer: OfficerId,
        decision: Decision,
        finding: Finding,
        (reason, at): (&String, Instant),
    ) -> Stage {
        // What was said of this finding and signed under it went with it.
        self.mediation = None;
        self.objections.clear();
        self.subrogation.clear();
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

    pub(super) fn add_party(&mut self, id: PartyId, phone: Option<String>) {
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
