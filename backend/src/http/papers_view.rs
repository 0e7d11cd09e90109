//! The finding and the money as they travel.

use domain::accident::Accident;
use domain::finding::Document;
use domain::id::{AccidentId, PartyId, Sha256Hex};
use domain::settlement::Method;
use domain::signing::{Refused, Signing};
use domain::stage::Settlement;
use domain::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::insurer::record::{SettlementPayment, payments};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingView {
    pub number: String,
    pub issued_at: Instant,
    /// Digest of the page that every party is shown and signs.
    pub to_sign_sha256: Sha256Hex,
    /// The page as it stands, with the signatures so far.
    pub document: DocumentView,
    /// Below our address: what the QR code opens.
    pub verify_url: String,
    pub signatures: Vec<SignatureView>,
    /// Earlier findings of this accident, taken back.
    pub earlier: Vec<VoidView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentView {
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub pages: u32,
    pub revision: u32,
    pub url: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignatureView {
    pub party_id: PartyId,
    pub state: SignatureState,
    pub at: Option<Instant>,
    pub what: Option<Refused>,
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureState {
    Pending,
    Signed,
    Refused,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VoidView {
    pub number: String,
    pub voided_at: Instant,
    pub reason: String,
}

/// The plan for the money, each payment with its rule and a sentence a driver understands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettlementView {
    pub method: Method,
    pub payments: Vec<SettlementPayment>,
    pub losses_fen: i64,
    pub paid_fen: i64,
    pub rule_pack: String,
    pub warnings: Vec<String>,
    pub made_at: Instant,
}

impl FindingView {
    /// None before the first finding; while a new one is made, the void ones alone are not shown.
    pub fn of(accident: &Accident, viewer: &str) -> Option<Self> {
        let finding = accident.finding()?;
        Some(Self {
            number: finding.number.clone(),
            issued_at: finding.issued_at,
            to_sign_sha256: finding.to_sign.sha256.clone(),
            document: DocumentView::of(accident.id, &finding.current, viewer),
            verify_url: format!("/v/{}?c={}", finding.number, finding.check_code),
            signatures: finding.signings.iter().map(SignatureView::of).collect(),
            earlier: accident
                .voided
                .iter()
                .map(|void| VoidView {
                    number: void.finding.number.clone(),
                    voided_at: void.voided_at,
                    reason: void.reason.clone(),
                })
                .collect(),
        })
    }
}

impl DocumentView {
    pub(super) fn of(accident: AccidentId, document: &Document, viewer: &str) -> Self {
        Self {
            url: format!(
                "/api/v1/accidents/{accident}/finding.pdf?sha256={}&as={viewer}",
                document.sha256
            ),
            sha256: document.sha256.clone(),
            bytes: document.bytes,
            pages: document.pages,
            revision: document.revision,
        }
    }
}

impl SignatureState {
    pub(super) fn of(signing: &Signing) -> Self {
        match signing {
            Signing::Pending { .. } => Self::Pending,
            Signing::Signed { .. } => Self::Signed,
            Signing::Refused { .. } => Self::Refused,
        }
    }
}

impl SignatureView {
    pub(super) fn of(signing: &Signing) -> Self {
        match signing {
            Signing::Pending { party } => Self {
                party_id: *party,
                state: SignatureState::Pending,
                at: None,
                what: None,
                reason: None,
            },
            Signing::Signed { party, signature } => Self {
                party_id: *party,
                state: SignatureState::Signed,
                at: Some(signature.at),
                what: None,
                reason: None,
            },
            Signing::Refused { party, refusal } => Self {
                party_id: *party,
                state: SignatureState::Refused,
                at: Some(refusal.at),
                what: Some(refusal.what),
                reason: Some(refusal.reason.clone()),
            },
        }
    }
}

impl SettlementView {
    pub fn of(settlement: &Settlement) -> Self {
        let plan = &settlement.plan;
        Self {
            method: plan.method,
            payments: payments(plan, ""),
            losses_fen: plan.losses.0,
            paid_fen: plan.paid.0,
            rule_pack: plan.rule_pack.clone(),
            warnings: plan.warnings.clone(),
            made_at: settlement.made_at,
        }
    }
}
