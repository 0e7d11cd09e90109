//! What may follow the finding: objection, 代位求偿, and 调解 from the wish to the signatures.

use axum::extract::State;
use axum::http::HeaderMap;
use domain::id::{AccidentId, PartyId};
use domain::mediation::{AgreedPayment, BarKind, Deadline, Difference, Terms};
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::papers::{RefusalRequest, SignatureRequest};
use super::view::AccidentView;
use super::who::{Desk, Driver, Meant, Viewer};
use crate::app::{App, Who};
use crate::identity::caller::Caller;
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(object))
        .routes(routes!(withdraw_objection))
        .routes(routes!(subrogation))
        .routes(routes!(wish))
        .routes(routes!(bar))
        .routes(routes!(draft))
        .routes(routes!(propose))
        .routes(routes!(sign))
        .routes(routes!(refuse))
        .routes(routes!(end))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionRequest {
    reason: String,
}

/// `POST …/objection`: 我对认定有异议; the officer sees it, and it bars mediation.
#[utoipa::path(post, path = "/accidents/{accident}/objection", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ObjectionRequest, responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn object(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ObjectionRequest>,
) -> Result<Json<AccidentView>> {
    let accident = app
        .object(by, id, &meant.by_party(by), Some(&body.reason))
        .await?;
    seen(&app, &Who::Party(by), &accident).await
}

/// `POST …/objection/withdrawal`: the driver takes the objection back.
#[utoipa::path(post, path = "/accidents/{accident}/objection/withdrawal", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn withdraw_objection(
    State(app): State<App>,
    Driver(by): Driver,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let accident = app.object(by, id, &meant.by_party(by), None).await?;
    seen(&app, &Who::Party(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubrogationRequest {
    chosen: bool,
}

/// `POST …/subrogation`: 代位求偿, for a party without fault who has own-damage cover.
#[utoipa::path(post, path = "/accidents/{accident}/subrogation", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = SubrogationRequest, responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn subrogation(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<SubrogationRequest>,
) -> Result<Json<AccidentView>> {
    let accident = app
        .choose_subrogation(by, id, &meant.by_party(by), body.chosen)
        .await?;
    seen(&app, &Who::Party(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishRequest {
    wanted: bool,
    /// For an officer: a party without a phone. A driver speaks for themselves.
    #[serde(default)]
    party_id: Option<PartyId>,
}

/// `POST …/mediation/wishes`: 申请调解 or 不申请.
#[utoipa::path(post, path = "/accidents/{accident}/mediation/wishes", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = WishRequest, responses((status = 200, body = AccidentView)),
    security(("driver" = []), ("officer" = [])))]
async fn wish(
    State(app): State<App>,
    Viewer(who): Viewer,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<WishRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by(&who);
    let answer = (body.party_id, body.wanted);
    let accident = app.answer_mediation(&who, id, &intent, answer).await?;
    seen(&app, &who, &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BarRequest {
    party_id: PartyId,
    why: BarKind,
    /// 注明
    note: String,
}

/// `POST …/mediation/bars`: why the police do not mediate (程序规定 art. 26), noted on the finding.
#[utoipa::path(post, path = "/accidents/{accident}/mediation/bars", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = BarRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn bar(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<BarRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let noted = (body.party_id, body.why, body.note.as_str());
    let accident = app.bar_mediation(&by, id, &intent, noted).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsDraftRequest {
    payments: Vec<AgreedPayment>,
    #[serde(default)]
    performance: Option<String>,
    #[serde(default)]
    deadline: Option<Deadline>,
    #[serde(default)]
    over_loss_reason: Option<String>,
    /// As the officer edited it; without it the words are made from the payments.
    #[serde(default)]
    text: Option<String>,
}

/// Words for the terms, and what keeps them from the page.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermsDraft {
    text: String,
    difference: Vec<Difference>,
    problems: Vec<Problem>,
}

/// `POST …/mediation/draft`: words and problems for terms under discussion; stores nothing.
#[utoipa::path(post, path = "/accidents/{accident}/mediation/draft", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = TermsDraftRequest, responses((status = 200, body = TermsDraft)), security(("officer" = [])))]
async fn draft(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), _): (Path<AccidentId>, Meant),
    Json(body): Json<TermsDraftRequest>,
) -> Result<Json<TermsDraft>> {
    let terms = Terms {
        payments: body.payments,
        text: body.text.unwrap_or_default(),
        performance: body.performance,
        deadline: body.deadline,
        over_loss_reason: body.over_loss_reason,
    };
    let drafted = app.draft_mediation(&by, id, terms).await?;
    Ok(Json(TermsDraft {
        text: drafted.text,
        difference: drafted.difference,
        problems: drafted.problems,
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalRequest {
    #[serde(default)]
    seen: Option<u64>,
    terms: Terms,
}

/// `POST …/mediation/proposal`: the result goes onto the finding, to be signed; it replaces an unsigned one.
#[utoipa::path(post, path = "/accidents/{accident}/mediation/proposal", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ProposalRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn propose(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ProposalRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .propose_mediation(&by, id, (&intent, body.seen), body.terms)
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}

/// `POST …/mediation/signatures`: a driver signs the result; the last signature is the agreement.
#[utoipa::path(post, path = "/accidents/{accident}/mediation/signatures", tag = "mediation",
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
    let accident = app.sign_mediation(by, id, &meant.by_party(by), sent).await?;
    seen(&app, &Who::Party(by), &accident).await
}

/// `POST …/mediation/refusals`: the officer notes that a party will not sign the result; nothing is agreed.
#[utoipa::path(post, path = "/accidents/{accident}/mediation/refusals", tag = "mediation",
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
    let accident = app.refuse_mediation(&by, id, &intent, noted).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndingRequest {
    #[serde(default)]
    seen: Option<u64>,
    reason: String,
}

/// `POST …/mediation/ending`: no agreement is reached, noted on the finding.
#[utoipa::path(post, path = "/accidents/{accident}/mediation/ending", tag = "mediation",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = EndingRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn end(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<EndingRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .end_mediation(&by, id, (&intent, body.seen), &body.reason)
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}
