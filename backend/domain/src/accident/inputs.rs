//! What other rules need to know of an accident: the settlement's file and the wording's facts.

use crate::accident::Accident;
use crate::codes::TransportMode;
use crate::liability::{Liability, PartyKind};
use crate::money::Fen;
use crate::party::{ConsentKind, Party};
use crate::settlement::{
    Agreements, Ctp, Losses, OutsideProperty, OwnDamage, SettlementInput, SettlementParty, ThirdParty,
};
use crate::stage::{Decision, PartyDecision};
use crate::time::Instant;
use crate::wording::{FactsInput, FactsParty};

impl SettlementInput {
    /// The accident as a settlement file (settlement.md §4). Everybody's consent to 互碰自赔 counts as one
    /// agreement; a party without losses lost nothing.
    pub fn of(accident: &Accident) -> Self {
        let decision = accident.decision();
        Self {
            occurred_at: accident.occurred_at(),
            region: accident.region().to_owned(),
            parties: accident
                .parties
                .iter()
                .map(|party| party_of(party, decision))
                .collect(),
            outside_property: accident
                .outside_property
                .iter()
                .map(|item| OutsideProperty {
                    owner: item.owner.clone(),
                    loss: item.loss_fen,
                })
                .collect(),
            agreements: Agreements {
                self_pay: accident
                    .parties
                    .iter()
                    .all(|party| party.agreed(ConsentKind::SelfPay)),
            },
        }
    }
}

fn party_of(party: &Party, decision: Option<&Decision>) -> SettlementParty {
    let decided = decision.and_then(|decision| decision.of(party.id));
    let vehicle = party.vehicle();
    let losses = party.losses.unwrap_or_default();
    SettlementParty {
        label: party.label.clone(),
        kind: party
            .details
            .as_ref()
            .map_or(PartyKind::Pedestrian, |details| details.kind),
        liability: decided.map_or(Liability::Undetermined, |decided| decided.liability),
        share: decided.and_then(|decided| decided.share),
        ctp: vehicle.and_then(|vehicle| vehicle.ctp.as_ref()).map(|cover| Ctp {
            insurer: cover.insurer.clone(),
            policy: Some(cover.policy.clone()).filter(|policy| !policy.is_empty()),
            valid_from: cover.valid_from,
            valid_to: cover.valid_to,
        }),
        third_party: vehicle
            .and_then(|vehicle| vehicle.third_party.as_ref())
            .map(|cover| ThirdParty {
                insurer: cover.insurer.clone(),
                limit: cover.limit_fen,
                deductible_percent: cover.deductible_percent,
            }),
        own_damage: vehicle
            .and_then(|vehicle| vehicle.own_damage.as_ref())
            .map(|cover| OwnDamage {
                insurer: cover.insurer.clone(),
                deductible_percent: cover.deductible_percent,
            }),
        losses: Losses {
            vehicle: losses.vehicle_fen,
            carried: losses.carried_fen,
            medical: losses.medical_fen,
            disability: losses.disability_fen,
        },
    }
}

impl FactsInput {
    /// What the draft of the finding is made of.
    pub fn of(accident: &Accident, parties: &[PartyDecision]) -> Self {
        let scene = accident.scene.clone().unwrap_or_default();
        let road = scene.place.as_ref().and_then(|place| place.road.clone());
        let told = parties.iter().filter_map(|decided| {
            let party = accident.party(decided.party).ok()?;
            Some(told_of(party, decided, road.as_deref()))
        });
        Self {
            occurred_at: accident.occurred_at(),
            place: scene.place.map(|place| place.text).unwrap_or_default(),
            collision: scene.collision,
            parties: told.collect(),
        }
    }
}

fn told_of(party: &Party, decided: &PartyDecision, road: Option<&str>) -> FactsParty {
    let details = party.details.as_ref();
    let vehicle = party.vehicle();
    let (from, to) = vehicle
        .and_then(|vehicle| vehicle.direction.as_deref())
        .map_or((None, None), compass);
    FactsParty {
        name: details.map(|details| details.name.clone()).unwrap_or_default(),
        mode: vehicle.map_or(TransportMode::OnFoot, |vehicle| vehicle.traffic_mode),
        plate: vehicle
            .map(|vehicle| vehicle.plate.clone())
            .filter(|plate| !plate.is_empty()),
        road: road.filter(|road| !road.is_empty()).map(str::to_owned),
        from,
        to,
        standing: vehicle
            .and_then(|vehicle| vehicle.direction.as_deref())
            .is_some_and(|way| way.contains('停')),
        contact: vehicle.and_then(|vehicle| vehicle.contact_part),
        damaged: vehicle.is_some() && party.losses.is_none_or(|losses| losses.vehicle_fen > Fen(0)),
        slightly_injured: party.injured(),
        violations: decided.violations.clone(),
        liability: decided.liability,
    }
}

/// 由西向东 and its like; anything else names no direction.
fn compass(way: &str) -> (Option<String>, Option<String>) {
    let split = way
        .trim()
        .strip_prefix(['由', '自', '从'])
        .and_then(|rest| rest.split_once(['向', '往']));
    match split {
        Some((from, to)) if !from.is_empty() && !to.is_empty() => {
            (Some(from.to_owned()), Some(to.to_owned()))
        }
        _ => (None, None),
    }
}

impl Accident {
    /// When it happened; the report stands in while nobody has said.
    pub fn occurred_at(&self) -> Instant {
        self.scene
            .as_ref()
            .and_then(|scene| scene.occurred_at)
            .unwrap_or(self.reported_at)
    }

    /// The district that chooses the rules: a division's code begins with it.
    pub fn region(&self) -> &str {
        self.unit.as_str().get(..6).unwrap_or_default()
    }
}
