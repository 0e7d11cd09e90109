//! The accident as it travels: masked for whoever looks.

use domain::accident::{Accident, Clock, Evacuation};
use domain::evidence::{EvidenceKind, Shot, StillRequest};
use domain::id::{AccidentId, EvidenceId, OfficerId, PartyId, Sha256Hex, StillId, UnitId};
use domain::identifiers::{mask_document, mask_name, mask_phone};
use domain::late_report::LateReport;
use domain::party::{
    Consent, DocumentKind, Injury, Losses, OutsideProperty, Party, PartyDetails, PartyKind, Vehicle,
};
use domain::problem::Problem;
use domain::scene::Scene;
use domain::stage::{Closing, Decision, Escalation, Stage, StageName};
use domain::time::Instant;
use domain::triage::HardStop;
use serde::Serialize;
use utoipa::ToSchema;

use super::assessments_view::TrustView;
use super::deadlines_view::DeadlineView;
use super::mediation_view::AfterFinding;
use super::orders_view::{OrderView, orders};
use super::papers_view::{FindingView, SettlementView};
use super::triage::TriageView;
use crate::app::Who;
use crate::app::queue::Place;

/// One accident as the asking driver or officer sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccidentView {
    pub id: AccidentId,
    /// What later requests name as `seen`.
    pub version: u64,
    pub stage: StageName,
    pub unit: UnitView,
    pub reported_at: Instant,
    pub queued_at: Option<Instant>,
    pub claimed_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub me: Me,
    /// Who holds the case.
    pub officer: Option<OfficerName>,
    /// While it waits.
    pub queue: Option<QueuePlace>,
    pub triage: Option<TriageView>,
    pub late_report: Option<LateReport>,
    pub scene: Option<Scene>,
    pub parties: Vec<PartyView>,
    pub evidence: Vec<EvidenceView>,
    /// Stills asked for and not yet sent.
    pub still_requests: Vec<StillRequestView>,
    pub evacuation: Option<EvacuationView>,
    pub escalation: Option<EscalationView>,
    pub decision: Option<Decision>,
    pub finding: Option<FindingView>,
    /// Whether 互碰自赔 is open to these parties, asked of each before signing.
    pub self_pay: Option<SelfPayView>,
    pub settlement: Option<SettlementView>,
    pub orders: Vec<OrderView>,
    pub clock: Clock,
    pub closing: Option<Closing>,
    /// What keeps the asking driver from the queue; empty: nothing.
    pub missing_for_queue: Vec<Problem>,
    pub outside_property: Vec<OutsideProperty>,
    /// What must be done until which day, in the order in which it began.
    pub deadlines: Vec<DeadlineView>,
    /// What happened, for officers; drivers get none.
    pub timeline: Vec<Moment>,
    #[serde(flatten)]
    pub trust: TrustView,
    #[serde(flatten)]
    pub after: AfterFinding,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitView {
    pub code: UnitId,
    pub name: String,
}

/// Who is asking.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    pub role: Role,
    pub party_id: Option<PartyId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Driver,
    Officer,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfficerName {
    pub id: OfficerId,
    pub name: String,
    pub badge: String,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct QueuePlace {
    /// 1 is next.
    pub place: u64,
    pub expected_wait_s: u64,
}

/// A party; name, document and phone are masked for the others.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartyView {
    pub id: PartyId,
    pub label: String,
    /// Has told everything the form asks of them; until then the fields below are empty.
    pub complete: bool,
    pub kind: PartyKind,
    pub name: String,
    pub id_type: DocumentKind,
    pub id_number: String,
    pub injured: Injury,
    pub vehicle: Option<Vehicle>,
    pub phone: String,
    /// The phone has proved itself by a code.
    pub confirmed: bool,
    /// In the video room now.
    pub online: bool,
    pub consents: Vec<Consent>,
    /// Accepted, but worth a second look.
    pub warnings: Vec<Problem>,
    pub losses: Option<Losses>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceView {
    pub id: EvidenceId,
    pub kind: EvidenceKind,
    pub shot: Option<Shot>,
    pub party_id: Option<PartyId>,
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub media_type: String,
    pub taken_at: Option<Instant>,
    pub received_at: Instant,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub url: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StillRequestView {
    pub id: StillId,
    pub party_id: PartyId,
    pub asked_at: Instant,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvacuationView {
    pub ordered_at: Instant,
    pub acknowledged: Vec<PartyId>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EscalationView {
    pub reason: String,
    pub at: Instant,
    pub stops: Vec<HardStop>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SelfPayView {
    pub eligible: bool,
    pub cap_fen: i64,
}

/// One line of the timeline.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Moment {
    pub seq: u64,
    pub kind: String,
    pub at: Instant,
    pub by: String,
    pub text: String,
}

/// What the store knows beside the accident.
pub struct Beside {
    pub unit: UnitView,
    pub officer: Option<OfficerName>,
    pub place: Option<Place>,
    pub self_pay: Option<SelfPayView>,
    pub deadlines: Vec<DeadlineView>,
    pub timeline: Vec<Moment>,
    pub trust: TrustView,
    pub after: AfterFinding,
}

impl AccidentView {
    pub fn of(accident: &Accident, who: &Who, beside: Beside) -> Self {
        let own = match who {
            Who::Party(party) => Some(party.party),
            Who::Officer(_) => None,
        };
        Self {
            id: accident.id,
            version: accident.version,
            stage: accident.stage_name(),
            unit: beside.unit,
            reported_at: accident.reported_at,
            queued_at: accident.queued_at,
            claimed_at: accident.claimed_at,
            closed_at: closed_at(&accident.stage),
            me: Me {
                role: if own.is_some() {
                    Role::Driver
                } else {
                    Role::Officer
                },
                party_id: own,
            },
            officer: beside.officer,
            queue: beside.place.map(|place| QueuePlace {
                place: place.place,
                expected_wait_s: place.expected_wait_s,
            }),
            triage: accident.triage.as_ref().map(TriageView::of),
            late_report: accident.late_report.clone(),
            scene: accident.scene.clone(),
            parties: accident
                .parties
                .iter()
                .map(|party| PartyView::of(party, own))
                .collect(),
            evidence: evidence(accident, own),
            still_requests: accident.still_requests.iter().map(StillRequestView::of).collect(),
            evacuation: accident.evacuation.as_ref().map(EvacuationView::of),
            escalation: escalation(&accident.stage),
            decision: accident.decision().cloned(),
            finding: FindingView::of(accident, role_word(own)),
            self_pay: beside.self_pay,
            settlement: accident.settlement().map(SettlementView::of),
            orders: orders(accident, own),
            clock: accident.clock(),
            closing: match &accident.stage {
                Stage::Closed { closing, .. } => Some(closing.clone()),
                _ => None,
            },
            missing_for_queue: own
                .map(|party| accident.missing_for_queue(party))
                .unwrap_or_default(),
            outside_property: accident.outside_property.clone(),
            deadlines: beside.deadlines,
            timeline: if own.is_some() {
                Vec::new()
            } else {
                beside.timeline
            },
            trust: beside.trust,
            after: beside.after,
        }
    }
}

fn closed_at(stage: &Stage) -> Option<Instant> {
    match stage {
        Stage::Closed { closing, .. } => Some(closing.at),
        Stage::Escalated { escalation } => Some(escalation.at),
        Stage::Destroyed { record } => Some(record.closed_at),
        _ => None,
    }
}

/// For addresses that a browser opens by itself: whose eyes they are for.
fn role_word(own: Option<PartyId>) -> &'static str {
    if own.is_some() { "driver" } else { "officer" }
}

fn escalation(stage: &Stage) -> Option<EscalationView> {
    let Stage::Escalated {
        escalation: Escalation { reason, stops, at },
    } = stage
    else {
        return None;
    };
    Some(EscalationView {
        reason: reason.clone(),
        at: *at,
        stops: stops.clone(),
    })
}

/// Drivers see their own pictures; the desk sees all.
fn evidence(accident: &Accident, own: Option<PartyId>) -> Vec<EvidenceView> {
    let shown = accident
        .pictures()
        .filter(|item| own.is_none() || item.party == own);
    shown
        .map(|item| EvidenceView {
            id: item.id,
            kind: item.kind,
            shot: item.shot,
            party_id: item.party,
            sha256: item.sha256.clone(),
            bytes: item.bytes,
            media_type: item.media_type.clone(),
            taken_at: item.taken_at,
            received_at: item.received_at,
            width: item.width,
            height: item.height,
            url: format!(
                "/api/v1/accidents/{}/evidence/{}?as={}",
                accident.id,
                item.id,
                role_word(own)
            ),
        })
        .collect()
}

impl PartyView {
    /// `own`: the party that looks; none for officers, who see everything.
    fn of(party: &Party, own: Option<PartyId>) -> Self {
        let plain = own.is_none() || own == Some(party.id);
        let phone = party.phone.clone().unwrap_or_default();
        let shown = party
            .details
            .as_ref()
            .map(|details| if plain { details.clone() } else { masked(details) });
        let shown = shown.unwrap_or_else(|| PartyDetails {
            kind: PartyKind::Motor,
            name: String::new(),
            id_type: DocumentKind::IdCard,
            id_number: String::new(),
            injured: Injury::None,
            vehicle: None,
        });
        Self {
            id: party.id,
            label: party.label.clone(),
            complete: party.details.is_some(),
            kind: shown.kind,
            name: shown.name,
            id_type: shown.id_type,
            id_number: shown.id_number,
            injured: shown.injured,
            vehicle: shown.vehicle,
            phone: if plain { phone } else { mask_phone(&phone) },
            confirmed: party.confirmed_at.is_some(),
            online: party.online,
            consents: party.consents.clone(),
            warnings: party
                .details
                .as_ref()
                .map(PartyDetails::warnings)
                .unwrap_or_default(),
            losses: party.losses,
        }
    }
}

/// What one driver learns of another: enough to recognise them and their insurer.
fn masked(details: &PartyDetails) -> PartyDetails {
    let vehicle = details.vehicle.as_ref().map(|vehicle| Vehicle {
        vin: None,
        ctp: vehicle.ctp.clone().map(|mut cover| {
            cover.policy = mask_document(&cover.policy);
            cover
        }),
        third_party: None,
        own_damage: None,
        ..vehicle.clone()
    });
    PartyDetails {
        name: mask_name(&details.name),
        id_number: mask_document(&details.id_number),
        vehicle,
        ..details.clone()
    }
}

impl StillRequestView {
    fn of(request: &StillRequest) -> Self {
        Self {
            id: request.id,
            party_id: request.party,
            asked_at: request.asked_at,
        }
    }
}

impl EvacuationView {
    fn of(evacuation: &Evacuation) -> Self {
        Self {
            ordered_at: evacuation.ordered_at,
            acknowledged: evacuation.acknowledged.clone(),
        }
    }
}
