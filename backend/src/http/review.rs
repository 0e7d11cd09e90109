//! `…/review`: 复核, from the application to the higher unit's conclusion.

use axum::extract::State;
use domain::id::{AccidentId, PartyId};
use domain::review::{Application, Conclusion, Filed};
use serde::Deserialize;
use time::Date;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::view::AccidentView;
use super::who::{Desk, Meant, Viewer};
use crate::app::review::Applied;
use crate::app::{App, Who};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request))
        .routes(routes!(withdraw))
        .routes(routes!(forward))
        .routes(routes!(conclude))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewRequest)]
pub struct RequestBody {
    application: Application,
    /// For an officer who enters a paper application: whose it is. A driver speaks for themselves.
    #[serde(default)]
    party_id: Option<PartyId>,
    /// For an officer: where it was handed in.
    #[serde(default)]
    filed: Option<Filed>,
    /// For an officer: on which day, `2026-12-01`; without it today.
    #[serde(default, with = "domain::day::option")]
    #[schema(value_type = Option<String>, format = Date)]
    filed_on: Option<Date>,
}

/// `POST …/review`: asks for a review of the served finding, once, within the term.
#[utoipa::path(post, path = "/accidents/{accident}/review", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = RequestBody, responses((status = 200, body = AccidentView)),
    security(("driver" = []), ("officer" = [])))]
async fn request(
    State(app): State<App>,
    Viewer(who): Viewer,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<RequestBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by(&who);
    let applied = Applied {
        application: body.application,
        party: body.party_id,
        filed: body.filed,
        filed_on: body.filed_on,
    };
    let accident = app.request_review(&who, id, &intent, applied).await?;
    seen(&app, &who, &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewWithdrawal)]
pub struct WithdrawalBody {
    /// For an officer: who takes it back.
    #[serde(default)]
    party_id: Option<PartyId>,
}

/// `POST …/review/withdrawal`: the applicant takes it back.
#[utoipa::path(post, path = "/accidents/{accident}/review/withdrawal", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = WithdrawalBody, responses((status = 200, body = AccidentView)),
    security(("driver" = []), ("officer" = [])))]
async fn withdraw(
    State(app): State<App>,
    Viewer(who): Viewer,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<WithdrawalBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by(&who);
    let accident = app.withdraw_review(&who, id, &intent, body.party_id).await?;
    seen(&app, &who, &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewForwarding)]
pub struct ForwardingBody {
    /// Name of the next higher unit.
    to: String,
}

/// `POST …/review/forwarding`: application and file went to the higher unit.
#[utoipa::path(post, path = "/accidents/{accident}/review/forwarding", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ForwardingBody, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn forward(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ForwardingBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.forward_review(&by, id, &intent, &body.to).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReviewConclusionRequest)]
pub struct ConclusionBody {
    #[serde(default)]
    seen: Option<u64>,
    conclusion: Conclusion,
}

/// `POST …/review/conclusion`: what the higher unit concluded; `redo` voids the finding, which is made anew.
#[utoipa::path(post, path = "/accidents/{accident}/review/conclusion", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ConclusionBody, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn conclude(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ConclusionBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .decide_review(&by, id, (&intent, body.seen), body.conclusion)
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}
