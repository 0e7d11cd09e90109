//! The settlement record: made once when the money is settled, shown to each insurer with the other side
//! masked (个人信息保护法: minimum disclosure).

use domain::accident::Accident;
use domain::codes::insurer_name;
use domain::finding::Finding;
use domain::id::{AccidentId, Sha256Hex, UnitId};
use domain::identifiers::{mask_document, mask_name, mask_phone};
use domain::liability::{Liability, PartyKind};
use domain::party::{Losses, Party};
use domain::settlement::{Cover, Head, Method, Plan, Rule};
use domain::signing::Signing;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use super::outcome::{self, Outcome};
use super::plan_change::{self, PlanChange};
use crate::store::units::UnitRow;

/// The record as stored: whole. It leaves the house only through [`Record::seen_by`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    pub accident: AccidentId,
    pub finding_number: String,
    pub issued_at: Instant,
    pub occurred_at: Option<Instant>,
    pub place: String,
    pub unit: RecordUnit,
    pub parties: Vec<RecordParty>,
    pub plan: Plan,
    pub document_sha256: Sha256Hex,
    pub document_bytes: u64,
    pub settled_at: Instant,
    #[serde(default)]
    pub plan_changes: Vec<PlanChange>,
    #[serde(default)]
    pub outcome: Outcome,
    /// Its finding was taken back after the money was settled; none once another one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<RecordVoid>,
}

/// Since when, and why, a finding is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordVoid {
    pub at: Instant,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordUnit {
    pub code: UnitId,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecordParty {
    pub label: String,
    pub kind: PartyKind,
    pub name: String,
    pub id_number: String,
    pub phone: String,
    pub plate: String,
    pub vehicle_model: Option<String>,
    pub liability: Liability,
    pub share: Option<u8>,
    /// Every insurer with a policy of theirs.
    pub insurers: Vec<String>,
    pub insurer: Option<String>,
    pub policy: Option<String>,
    pub losses: Losses,
    pub signed: bool,
}

/// What one insurer sees of a record.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SettlementRecord {
    pub id: String,
    /// Grows with every change of any record.
    pub change: i64,
    pub finding_number: String,
    pub issued_at: Instant,
    pub occurred_at: Option<Instant>,
    pub place: String,
    pub unit: RecordUnit,
    pub parties: Vec<SettlementParty>,
    pub method: Method,
    pub payments: Vec<SettlementPayment>,
    pub losses_fen: i64,
    pub paid_fen: i64,
    pub rule_pack: String,
    pub document: SettlementDocument,
    pub settled_at: Instant,
    /// Oldest first; empty unless the plan was made again.
    pub plan_changes: Vec<PlanChange>,
    pub outcome: Outcome,
    /// The finding is void: nothing is to be paid on it until the record comes again.
    pub void: Option<RecordVoid>,
}

/// Masked, unless a policy of the asking insurer covers this party.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SettlementParty {
    pub label: String,
    pub own_insured: bool,
    pub kind: PartyKind,
    pub name: String,
    pub id_number: String,
    pub phone: String,
    pub plate: Option<String>,
    pub vehicle_model: Option<String>,
    pub liability: Liability,
    /// Percent beyond compulsory cover, when it was given.
    pub share: Option<u8>,
    pub insurer: Option<String>,
    pub policy: Option<String>,
    pub losses: Losses,
    pub signature: Signed,
}

/// How a party stands to the finding that was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signed {
    Signed,
    Refused,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SettlementPayment {
    pub head: Head,
    pub cover: Cover,
    /// Label of the party whose policy or purse pays.
    pub holder: String,
    pub insurer: Option<NamedInsurer>,
    /// Label of the party, or the owner, who is paid.
    pub payee: String,
    pub amount_fen: i64,
    pub rule: Rule,
    pub because: String,
    /// The asking insurer pays this one.
    pub own: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NamedInsurer {
    pub code: String,
    pub name: String,
}

impl NamedInsurer {
    pub fn of(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            name: insurer_name(code).to_owned(),
        }
    }
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SettlementDocument {
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub url: String,
}

/// The record of a settled accident; none while it is not settled.
pub fn of(accident: &Accident, unit: &UnitRow) -> Option<Record> {
    let settlement = accident.settlement()?;
    let finding = accident.finding()?;
    let scene = accident.scene.clone().unwrap_or_default();
    Some(Record {
        accident: accident.id,
        finding_number: finding.number.clone(),
        issued_at: finding.issued_at,
        occurred_at: scene.occurred_at,
        place: scene.place.map(|place| place.text).unwrap_or_default(),
        unit: RecordUnit {
            code: unit.code.clone(),
            name: unit.name.clone(),
        },
        parties: accident
            .parties
            .iter()
            .map(|party| party_of(accident, finding, party))
            .collect(),
        plan: settlement.plan.clone(),
        document_sha256: finding.current.sha256.clone(),
        document_bytes: finding.current.bytes,
        settled_at: settlement.made_at,
        plan_changes: plan_change::of(accident),
        outcome: outcome::of(accident),
        void: None,
    })
}

/// Every insurer with a policy in this accident: those who may see its record.
pub fn insurers(accident: &Accident) -> Vec<String> {
    let mut all: Vec<String> = accident
        .parties
        .iter()
        .flat_map(|party| party.insurers().map(str::to_owned))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn party_of(accident: &Accident, finding: &Finding, party: &Party) -> RecordParty {
    let details = party.details.as_ref();
    let vehicle = party.vehicle();
    let decided = accident.decision().and_then(|decision| decision.of(party.id));
    let signing = finding
        .signings
        .iter()
        .find(|signing| signing.party() == party.id);
    let mut insurers: Vec<_> = party.insurers().map(str::to_owned).collect();
    insurers.dedup();
    RecordParty {
        label: party.label.clone(),
        kind: details.map_or(PartyKind::Pedestrian, |details| details.kind),
        name: details.map(|details| details.name.clone()).unwrap_or_default(),
        id_number: details
            .map(|details| details.id_number.clone())
            .unwrap_or_default(),
        phone: party.phone.clone().unwrap_or_default(),
        plate: vehicle.map(|vehicle| vehicle.plate.clone()).unwrap_or_default(),
        vehicle_model: vehicle.and_then(|vehicle| vehicle.model.clone()),
        liability: decided.map_or(Liability::Undetermined, |decided| decided.liability),
        share: decided.and_then(|decided| decided.share),
        insurers,
        insurer: party.insurer().map(str::to_owned),
        policy: vehicle
            .and_then(|vehicle| vehicle.ctp.as_ref())
            .map(|ctp| ctp.policy.clone()),
        losses: party.losses.unwrap_or_default(),
        signed: matches!(signing, Some(Signing::Signed { .. })),
    }
}

impl Record {
    /// The desk's words without what they say of parties that are not this insurer's.
    pub fn masked(&self, insurer: &str, text: &str) -> String {
        let own = |party: &&RecordParty| party.insurers.iter().any(|code| code == insurer);
        let others: Vec<_> = self.parties.iter().filter(|party| !own(party)).collect();
        outcome::masked(text, &others)
    }

    /// The record as this insurer may see it.
    pub fn seen_by(&self, insurer: &str, (id, change): (String, i64)) -> SettlementRecord {
        let own = |party: &&RecordParty| party.insurers.iter().any(|code| code == insurer);
        let others: Vec<_> = self.parties.iter().filter(|party| !own(party)).collect();
        SettlementRecord {
            document: SettlementDocument {
                sha256: self.document_sha256.clone(),
                bytes: self.document_bytes,
                url: format!("/api/v1/settlements/{id}/document"),
            },
            id,
            change,
            finding_number: self.finding_number.clone(),
            issued_at: self.issued_at,
            occurred_at: self.occurred_at,
            place: self.place.clone(),
            unit: self.unit.clone(),
            parties: self.parties.iter().map(|party| party.seen_by(insurer)).collect(),
            method: self.plan.method,
            payments: payments(&self.plan, insurer),
            losses_fen: self.plan.losses.0,
            paid_fen: self.plan.paid.0,
            rule_pack: self.plan.rule_pack.clone(),
            settled_at: self.settled_at,
            plan_changes: self.plan_changes.clone(),
            outcome: self.outcome.seen_beside(&others),
            void: self.void.as_ref().map(|void| RecordVoid {
                at: void.at,
                reason: outcome::masked(&void.reason, &others),
            }),
        }
    }
}

impl RecordParty {
    fn seen_by(&self, insurer: &str) -> SettlementParty {
        let own = self.insurers.iter().any(|code| code == insurer);
        let shown = |plain: &str, mask: fn(&str) -> String| if own { plain.to_owned() } else { mask(plain) };
        SettlementParty {
            label: self.label.clone(),
            own_insured: own,
            kind: self.kind,
            name: shown(&self.name, mask_name),
            id_number: shown(&self.id_number, mask_document),
            phone: shown(&self.phone, mask_phone),
            plate: Some(self.plate.clone()).filter(|plate| !plate.is_empty()),
            vehicle_model: self.vehicle_model.clone(),
            liability: self.liability,
            share: self.share,
            insurer: self.insurer.clone(),
            policy: self.policy.as_ref().map(|policy| shown(policy, mask_document)),
            losses: self.losses,
            signature: if self.signed {
                Signed::Signed
            } else {
                Signed::Refused
            },
        }
    }
}

/// The plan's payments; `own` marks those that `insurer` makes.
pub fn payments(plan: &Plan, insurer: &str) -> Vec<SettlementPayment> {
    plan.payments
        .iter()
        .map(|payment| SettlementPayment {
            head: payment.head,
            cover: payment.cover,
            holder: payment.holder.clone(),
            insurer: payment.insurer.as_deref().map(NamedInsurer::of),
            payee: payment.payee.clone(),
            amount_fen: payment.amount.0,
            rule: payment.rule,
            because: payment.because.clone(),
            own: payment.insurer.as_deref() == Some(insurer),
        })
        .collect()
}
