//! `…/late-report`: 事后报案, filed by a driver, taken on or refused by the desk.

use axum::extract::State;
use domain::id::AccidentId;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::view::AccidentView;
use super::who::{Desk, Driver, Meant};
use crate::app::{App, Who};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(file)).routes(routes!(decide))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LateReportRequest {
    /// Why nobody called from the scene; 10 to 500 characters.
    statement: String,
}

/// `POST …/late-report`: a driver files it and waits for the desk; in place of `POST …/queue`.
#[utoipa::path(post, path = "/accidents/{accident}/late-report", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = LateReportRequest, responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn file(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<LateReportRequest>,
) -> Result<Json<AccidentView>> {
    let accident = app
        .file_late_report(by, id, &meant.by_party(by), &body.statement)
        .await?;
    seen(&app, &Who::Party(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceRequest {
    accepted: bool,
    /// A refusal needs one.
    #[serde(default)]
    reason: String,
}

/// `POST …/late-report/acceptance`: 受理, or 不予受理 with a written notice that ends the remote case.
#[utoipa::path(post, path = "/accidents/{accident}/late-report/acceptance", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = AcceptanceRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn decide(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<AcceptanceRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .decide_acceptance(&by, id, &intent, (body.accepted, &body.reason))
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}
