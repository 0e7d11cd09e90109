//! The finding and what follows: issue, read, sign or refuse, take back, settle, close.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, USER_AGENT};
use axum::response::{IntoResponse, Response};
use domain::accident::CloseRequest;
use domain::codes::{ClosingCode, MediationKind};
use domain::id::{AccidentId, PartyId, Sha256Hex};
use domain::signing::{Circumstances, ConsentTold, Ink, PageRead, Position, Refused};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path, Query};
use super::files;
use super::view::AccidentView;
use super::who::{Desk, Driver, Meant, Viewer};
use crate::app::sign::SignatureSent;
use crate::app::{App, Who};
use crate::identity::caller::Caller;
use crate::identity::codes::Sent;
use crate::refusal::{Refusal, Result};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(draft))
        .routes(routes!(issue))
        .routes(routes!(finding))
        .routes(routes!(signing_code))
        .routes(routes!(sign))
        .routes(routes!(refuse))
        .routes(routes!(void))
        .routes(routes!(settle))
        .routes(routes!(close))
}

/// `GET …/draft.pdf`: the stored decision as it would print, marked as a draft.
#[utoipa::path(get, path = "/accidents/{accident}/draft.pdf", tag = "papers",
    params(("accident" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)), security(("officer" = [])))]
async fn draft(State(app): State<App>, Desk(by): Desk, Path(id): Path<AccidentId>) -> Result<Response> {
    let page = app.draft_page(&by, id).await?;
    let headers = [
        (CONTENT_TYPE, "application/pdf"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_DISPOSITION, "inline"),
    ];
    Ok((headers, page.bytes).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueRequest {
    #[serde(default)]
    seen: Option<u64>,
    /// The officer's signature; none takes the one kept with the officer.
    #[serde(default)]
    ink: Option<Ink>,
}

/// `POST …/finding`: freezes the content, draws the number, makes the document, opens the signatures.
#[utoipa::path(post, path = "/accidents/{accident}/finding", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = IssueRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn issue(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<IssueRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.issue_finding(&by, id, (&intent, body.seen), body.ink).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize)]
struct Revision {
    sha256: Option<Sha256Hex>,
}

/// `GET …/finding.pdf`: the finding as it stands, or a revision of it by digest.
#[utoipa::path(get, path = "/accidents/{accident}/finding.pdf", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("sha256" = Option<String>, Query)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)),
    security(("driver" = []), ("officer" = [])))]
async fn finding(
    State(app): State<App>,
    Viewer(who): Viewer,
    (Path(id), headers): (Path<AccidentId>, HeaderMap),
    Query(wanted): Query<Revision>,
) -> Result<Response> {
    let accident = app.look(id, &who.scope()).await?;
    let finding = accident.finding().ok_or_else(Refusal::not_found)?;
    let proposal = accident
        .mediation
        .as_ref()
        .and_then(|mediation| mediation.proposal.as_ref());
    let known = [
        Some(&finding.current.sha256),
        Some(&finding.to_sign.sha256),
        proposal.map(|proposal| &proposal.to_sign.sha256),
    ];
    let sha256 = match wanted.sha256 {
        None => finding.current.sha256.clone(),
        Some(sha256) if known.contains(&Some(&sha256)) => sha256,
        Some(_) => return Err(Refusal::not_found().into()),
    };
    files::pdf(&app.blobs, &sha256, &format!("{}.pdf", finding.number), &headers).await
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CodeSent {
    phone_masked: String,
    resend_after_s: u32,
}

impl CodeSent {
    pub(super) fn of(sent: Sent) -> Self {
        Self {
            phone_masked: sent.phone_masked,
            resend_after_s: sent.resend_after_s,
        }
    }
}

/// `POST …/signing-code`: texts the code that proves the phone is at hand.
#[utoipa::path(post, path = "/accidents/{accident}/signing-code", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 202, body = CodeSent)), security(("driver" = [])))]
async fn signing_code(
    State(app): State<App>,
    Driver(by): Driver,
    Path(id): Path<AccidentId>,
    _: Meant,
) -> Result<(StatusCode, Json<CodeSent>)> {
    let sent = app.send_signing_code(by, id).await?;
    Ok((StatusCode::ACCEPTED, Json(CodeSent::of(sent))))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureRequest {
    /// Digest of the document that was on the screen.
    document_sha256: Sha256Hex,
    /// From the SMS.
    code: String,
    ink: Ink,
    /// Seconds the document was open.
    read_s: u32,
    scrolled_to_end: bool,
    /// Seconds each page was on the screen.
    #[serde(default)]
    pages: Vec<PageRead>,
    /// Version of the text beside the pad (`signing` in the catalogue).
    #[serde(default)]
    consent_version: Option<String>,
    /// What the phone calls itself.
    #[serde(default)]
    device: Option<String>,
    /// Only when the party let the phone tell it.
    #[serde(default)]
    position: Option<Position>,
}

impl SignatureRequest {
    /// # Errors
    /// For a text that is no longer in force.
    pub(super) fn into_sent(self, caller: &Caller, headers: &HeaderMap) -> Result<SignatureSent> {
        let consent = self.consent_version.as_deref().map(ConsentTold::of).transpose();
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(SignatureSent {
            document: self.document_sha256,
            code: self.code,
            ink: self.ink,
            read_s: self.read_s,
            scrolled_to_end: self.scrolled_to_end,
            circumstances: Circumstances {
                order: 0,
                pages: self.pages,
                consent: consent.map_err(|problem| Refusal::invalid(vec![problem.into()]))?,
                address: caller.address.map(|address| address.to_string()),
                agent: agent.map(str::to_owned),
                device: self.device,
                position: self.position,
            },
        })
    }
}

/// `POST …/signatures`: a driver signs the document that was shown.
#[utoipa::path(post, path = "/accidents/{accident}/signatures", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = SignatureRequest, responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn sign(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(id), meant): (Path<AccidentId>, Meant),
    (caller, headers): (Caller, HeaderMap),
    Json(body): Json<SignatureRequest>,
) -> Result<Json<AccidentView>> {
    let sent = body.into_sent(&caller, &headers)?;
    let accident = app.sign(by, id, &meant.by_party(by), sent).await?;
    seen(&app, &Who::Party(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusalRequest {
    pub(super) party_id: PartyId,
    pub(super) what: Refused,
    pub(super) reason: String,
}

/// `POST …/refusals`: the officer notes that a party refuses to sign or to receive.
#[utoipa::path(post, path = "/accidents/{accident}/refusals", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = RefusalRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn refuse(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<RefusalRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let noted = (body.party_id, body.what, body.reason.as_str());
    let accident = app.refuse_signature(&by, id, &intent, noted).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidRequest {
    #[serde(default)]
    seen: Option<u64>,
    reason: String,
}

/// `POST …/voiding`: takes the finding back; its number stays as void.
#[utoipa::path(post, path = "/accidents/{accident}/voiding", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = VoidRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn void(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<VoidRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .void_finding(&by, id, (&intent, body.seen), &body.reason)
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}

/// `POST …/settlement`: makes the plan when losses came in after the signatures.
#[utoipa::path(post, path = "/accidents/{accident}/settlement", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn settle(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.settle(&by, id, &intent).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosingRequest {
    #[serde(default)]
    seen: Option<u64>,
    /// 结案方式
    closing_code: ClosingCode,
    /// 调解方式, exactly with 调解结案.
    #[serde(default)]
    mediation_code: Option<MediationKind>,
    #[serde(default)]
    note: Option<String>,
}

/// `POST …/closing`: 结案.
#[utoipa::path(post, path = "/accidents/{accident}/closing", tag = "papers",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ClosingRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn close(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ClosingRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let request = CloseRequest {
        closing: body.closing_code,
        mediation: body.mediation_code,
        note: body.note,
    };
    let accident = app.close(&by, id, (&intent, body.seen), request).await?;
    seen(&app, &Who::Officer(by), &accident).await
}
