//! Papers around the finding: listed, read, drafted and issued, signed or refused.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::accident::Accident;
use domain::id::{AccidentId, PartyId, Sha256Hex};
use domain::paper::{Paper, PaperKind, Undrawn};
use domain::signing::Signing;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Path, Query};
use super::files;
use super::papers::{CodeSent, RefusalRequest, SignatureRequest};
use super::papers_view::SignatureView;
use super::who::{Desk, Driver, Meant, Viewer};
use crate::app::issue_paper::PaperAsked;
use crate::app::paper::agreement::Agreed;
use crate::app::{App, Who};
use crate::identity::caller::Caller;
use crate::refusal::{Refusal, Result};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, issue))
        .routes(routes!(draft))
        .routes(routes!(document))
        .routes(routes!(signing_code))
        .routes(routes!(sign))
        .routes(routes!(refuse))
}

/// The papers of one accident, as far as whoever asks may read them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CasePapers {
    /// Of the accident: what later requests name as `seen`.
    pub version: u64,
    /// Oldest first.
    pub papers: Vec<PaperView>,
    /// Papers the case calls for that could not be drawn, for officers.
    pub undrawn: Vec<Undrawn>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaperView {
    pub number: String,
    pub kind: PaperKind,
    /// 定损单
    pub label: String,
    pub issued_at: Instant,
    /// Issued by itself, not by an officer.
    pub automatic: bool,
    /// Another one took its place.
    pub replaced: bool,
    pub readers: Vec<PartyId>,
    /// Digest of the page that is shown and signed.
    pub to_sign_sha256: Sha256Hex,
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub pages: u32,
    pub revision: u32,
    pub url: String,
    /// Empty when nobody is asked to sign.
    pub signatures: Vec<SignatureView>,
    /// The driver who asks has yet to sign.
    pub to_sign: bool,
}

impl CasePapers {
    fn of(accident: &Accident, who: &Who) -> Self {
        let papers = accident
            .papers
            .iter()
            .map(|paper| PaperView::of(accident.id, paper, who));
        Self {
            version: accident.version,
            papers: papers.collect(),
            undrawn: accident.undrawn.clone(),
        }
    }
}

impl PaperView {
    fn of(accident: AccidentId, paper: &Paper, who: &Who) -> Self {
        let (own, viewer) = match who {
            Who::Party(party) => (Some(party.party), "driver"),
            Who::Officer(_) => (None, "officer"),
        };
        let waits = |slot: &Signing| slot.is_pending() && Some(slot.party()) == own;
        Self {
            number: paper.number.clone(),
            kind: paper.kind,
            label: paper.kind.label().to_owned(),
            issued_at: paper.issued_at,
            automatic: paper.issued_by.is_none(),
            replaced: paper.replaced,
            readers: paper.readers.clone(),
            to_sign_sha256: paper.to_sign.sha256.clone(),
            sha256: paper.current.sha256.clone(),
            bytes: paper.current.bytes,
            pages: paper.current.pages,
            revision: paper.current.revision,
            url: format!(
                "/api/v1/accidents/{accident}/papers/{}/document.pdf?sha256={}&as={viewer}",
                paper.number, paper.current.sha256
            ),
            signatures: paper.signings.iter().map(SignatureView::of).collect(),
            to_sign: !paper.replaced && paper.signings.iter().any(waits),
        }
    }
}

/// `GET …/papers`: a driver sees those that are for them.
#[utoipa::path(get, path = "/accidents/{accident}/papers", tag = "papers", operation_id = "case_papers",
    params(("accident" = String, Path, format = Uuid)),
    responses((status = 200, body = CasePapers)), security(("driver" = []), ("officer" = [])))]
async fn list(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<AccidentId>,
) -> Result<Json<CasePapers>> {
    let accident = app.papers(&who, id).await?;
    Ok(Json(CasePapers::of(&accident, &who)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperRequest {
    #[serde(default)]
    seen: Option<u64>,
    kind: PaperKind,
    /// The party of a settlement notice, the assessment of a sheet, the number of a void finding; none: the newest.
    #[serde(default)]
    of: Option<String>,
    /// With an agreement only.
    #[serde(default)]
    agreed: Option<Agreed>,
}

impl PaperRequest {
    fn asked(self) -> PaperAsked {
        PaperAsked {
            kind: self.kind,
            of: self.of,
            agreed: self.agreed,
        }
    }
}

/// `POST …/papers`: the officer issues one; what the case calls for is issued by itself.
#[utoipa::path(post, path = "/accidents/{accident}/papers", tag = "papers", operation_id = "issue_paper",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = PaperRequest, responses((status = 200, body = CasePapers)), security(("officer" = [])))]
async fn issue(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<PaperRequest>,
) -> Result<Json<CasePapers>> {
    let intent = meant.by_officer(&by);
    let seen = body.seen;
    let accident = app.issue_paper(&by, id, (&intent, seen), &body.asked()).await?;
    Ok(Json(CasePapers::of(&accident, &Who::Officer(by))))
}

/// `POST …/paper-draft.pdf`: what would be issued, marked as a draft; nothing is kept.
#[utoipa::path(post, path = "/accidents/{accident}/paper-draft.pdf", tag = "papers", operation_id = "draft_paper",
    params(("accident" = String, Path, format = Uuid)), request_body = PaperRequest,
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)), security(("officer" = [])))]
async fn draft(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    Json(body): Json<PaperRequest>,
) -> Result<Response> {
    let page = app.draft_paper(&by, id, &body.asked()).await?;
    let headers = [
        (CONTENT_TYPE, "application/pdf"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_DISPOSITION, "inline"),
    ];
    Ok((headers, page.bytes).into_response())
}

#[derive(Debug, Deserialize)]
struct Revision {
    sha256: Option<Sha256Hex>,
}

/// `GET …/papers/{number}/document.pdf`: as it stands, or the page to sign by its digest.
#[utoipa::path(get, path = "/accidents/{accident}/papers/{number}/document.pdf", tag = "papers",
    operation_id = "paper_document",
    params(("accident" = String, Path, format = Uuid), ("number" = String, Path), ("sha256" = Option<String>, Query)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)),
    security(("driver" = []), ("officer" = [])))]
async fn document(
    State(app): State<App>,
    Viewer(who): Viewer,
    (Path((id, number)), headers): (Path<(AccidentId, String)>, HeaderMap),
    Query(wanted): Query<Revision>,
) -> Result<Response> {
    let accident = app.papers(&who, id).await?;
    let paper = accident.paper(&number)?;
    let sha256 = match wanted.sha256 {
        None => &paper.current.sha256,
        Some(sha256) if sha256 == paper.to_sign.sha256 => &paper.to_sign.sha256,
        Some(sha256) if sha256 == paper.current.sha256 => &paper.current.sha256,
        Some(_) => return Err(Refusal::not_found().into()),
    };
    let name = format!("{}{number}.pdf", paper.kind.label());
    files::pdf(&app.blobs, sha256, &name, &headers).await
}

/// `POST …/papers/{number}/signing-code`: texts the code that proves the phone is at hand.
#[utoipa::path(post, path = "/accidents/{accident}/papers/{number}/signing-code", tag = "papers",
    operation_id = "paper_signing_code",
    params(("accident" = String, Path, format = Uuid), ("number" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 202, body = CodeSent)), security(("driver" = [])))]
async fn signing_code(
    State(app): State<App>,
    Driver(by): Driver,
    Path((id, number)): Path<(AccidentId, String)>,
    _: Meant,
) -> Result<(StatusCode, Json<CodeSent>)> {
    let sent = app.send_paper_code(by, (id, &number)).await?;
    Ok((StatusCode::ACCEPTED, Json(CodeSent::of(sent))))
}

/// `POST …/papers/{number}/signatures`: a driver signs the page that was shown.
#[utoipa::path(post, path = "/accidents/{accident}/papers/{number}/signatures", tag = "papers",
    operation_id = "sign_paper",
    params(("accident" = String, Path, format = Uuid), ("number" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = SignatureRequest, responses((status = 200, body = CasePapers)), security(("driver" = [])))]
async fn sign(
    State(app): State<App>,
    Driver(by): Driver,
    (Path((id, number)), meant): (Path<(AccidentId, String)>, Meant),
    (caller, headers): (Caller, HeaderMap),
    Json(body): Json<SignatureRequest>,
) -> Result<Json<CasePapers>> {
    let sent = body.into_sent(&caller, &headers)?;
    app.sign_paper(by, (id, &number), &meant.by_party(by), sent)
        .await?;
    let who = Who::Party(by);
    Ok(Json(CasePapers::of(&app.papers(&who, id).await?, &who)))
}

/// `POST …/papers/{number}/refusals`: the officer notes that a party refuses to sign or to receive.
#[utoipa::path(post, path = "/accidents/{accident}/papers/{number}/refusals", tag = "papers",
    operation_id = "refuse_paper",
    params(("accident" = String, Path, format = Uuid), ("number" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = RefusalRequest, responses((status = 200, body = CasePapers)), security(("officer" = [])))]
async fn refuse(
    State(app): State<App>,
    Desk(by): Desk,
    (Path((id, number)), meant): (Path<(AccidentId, String)>, Meant),
    Json(body): Json<RefusalRequest>,
) -> Result<Json<CasePapers>> {
    let intent = meant.by_officer(&by);
    let noted = (body.party_id, body.what, body.reason.as_str());
    let accident = app.refuse_paper(&by, (id, &number), &intent, noted).await?;
    Ok(Json(CasePapers::of(&accident, &Who::Officer(by))))
}
