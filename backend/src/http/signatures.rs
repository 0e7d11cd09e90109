//! Signatures as the desk looks at them: the strokes, how they came about, by which certificate; and taking one back.

use axum::extract::State;
use domain::accident::Accident;
use domain::id::{AccidentId, PartyId, Sha256Hex};
use domain::signing::{Circumstances, Ink, PageRead, Position, Signature, SignatureEvent, Signing};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::papers_view::SignatureState;
use super::view::AccidentView;
use super::who::{Desk, Meant};
use crate::app::{App, Who};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(revoke))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SignaturesView {
    signatures: Vec<PartySignatureView>,
    /// The unit's seal and the officer's signature on the page as issued.
    page: Vec<SignatureEventView>,
}

/// One party's place, with what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartySignatureView {
    party_id: PartyId,
    label: String,
    on: SignedPart,
    state: SignatureState,
    at: Option<Instant>,
    /// The page that was on the screen.
    document_sha256: Option<Sha256Hex>,
    /// Points with their times: enough to draw it again as it was drawn.
    ink: Option<Ink>,
    phone_masked: Option<String>,
    read_s: Option<u32>,
    scrolled_to_end: Option<bool>,
    circumstances: Option<CircumstancesView>,
    events: Vec<SignatureEventView>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignedPart {
    Finding,
    Mediation,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CircumstancesView {
    order: u32,
    pages: Vec<PageRead>,
    consent_version: Option<String>,
    consent_text: Option<String>,
    address: Option<String>,
    agent: Option<String>,
    device: Option<String>,
    position: Option<Position>,
}

/// A signature in the file, by its certificate.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignatureEventView {
    field: String,
    serial: String,
    certificate_sha256: Sha256Hex,
    evidence_sha256: Option<Sha256Hex>,
    revoked_at: Option<Instant>,
    revoked_because: Option<String>,
}

/// `GET …/signatures`: who signed how, with the strokes and the certificates.
#[utoipa::path(get, path = "/accidents/{accident}/signatures", tag = "papers",
    params(("accident" = String, Path, format = Uuid)),
    responses((status = 200, body = SignaturesView)), security(("officer" = [])))]
async fn list(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
) -> Result<Json<SignaturesView>> {
    let accident = app.look(id, &by.scope()).await?;
    let finding = accident.finding();
    let proposal = accident
        .mediation
        .as_ref()
        .and_then(|mediation| mediation.proposal.as_ref());
    let on = |part, signings: &[Signing]| -> Vec<PartySignatureView> {
        signings
            .iter()
            .map(|signing| party(&accident, part, signing))
            .collect()
    };
    let mut signatures = finding.map_or_else(Vec::new, |finding| on(SignedPart::Finding, &finding.signings));
    signatures
        .extend(proposal.map_or_else(Vec::new, |proposal| on(SignedPart::Mediation, &proposal.signings)));
    let page = finding.map_or_else(Vec::new, |finding| events(&accident, &finding.to_sign.events));
    Ok(Json(SignaturesView { signatures, page }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureRevocation {
    /// Of the certificate.
    serial: String,
    reason: String,
}

/// `POST …/signature-revocations`: a supervisor takes a signature back; it stays on the page and no longer counts.
#[utoipa::path(post, path = "/accidents/{accident}/signature-revocations", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = SignatureRevocation, responses((status = 200, body = AccidentView)),
    security(("officer" = [])))]
async fn revoke(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<SignatureRevocation>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .revoke_signature(&by, id, &intent, (&body.serial, &body.reason))
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}

fn party(accident: &Accident, on: SignedPart, signing: &Signing) -> PartySignatureView {
    let known = accident.party(signing.party()).ok();
    let signature: Option<&Signature> = match signing {
        Signing::Signed { signature, .. } => Some(signature),
        Signing::Pending { .. } | Signing::Refused { .. } => None,
    };
    let at = match signing {
        Signing::Pending { .. } => None,
        Signing::Signed { signature, .. } => Some(signature.at),
        Signing::Refused { refusal, .. } => Some(refusal.at),
    };
    PartySignatureView {
        party_id: signing.party(),
        label: known.map(|party| party.label.clone()).unwrap_or_default(),
        on,
        state: SignatureState::of(signing),
        at,
        document_sha256: signature.map(|signature| signature.document.clone()),
        ink: signature.map(|signature| signature.ink.clone()),
        phone_masked: signature.map(|signature| signature.phone_masked.clone()),
        read_s: signature.map(|signature| signature.read_s),
        scrolled_to_end: signature.map(|signature| signature.scrolled_to_end),
        circumstances: signature
            .and_then(|signature| signature.circumstances.as_deref())
            .map(told),
        events: events(accident, signing.events()),
    }
}

fn told(circumstances: &Circumstances) -> CircumstancesView {
    let consent = circumstances.consent.as_ref();
    CircumstancesView {
        order: circumstances.order,
        pages: circumstances.pages.clone(),
        consent_version: consent.map(|consent| consent.version.clone()),
        consent_text: consent.map(|consent| consent.text.clone()),
        address: circumstances.address.clone(),
        agent: circumstances.agent.clone(),
        device: circumstances.device.clone(),
        position: circumstances.position,
    }
}

fn events(accident: &Accident, events: &[SignatureEvent]) -> Vec<SignatureEventView> {
    let view = |event: &SignatureEvent| {
        let revoked = accident
            .revocations
            .iter()
            .find(|known| known.serial == event.serial);
        SignatureEventView {
            field: event.field.clone(),
            serial: event.serial.clone(),
            certificate_sha256: event.certificate_sha256.clone(),
            evidence_sha256: event.evidence_sha256.clone(),
            revoked_at: revoked.map(|revoked| revoked.at),
            revoked_because: revoked.map(|revoked| revoked.reason.clone()),
        }
    };
    events.iter().map(view).collect()
}
