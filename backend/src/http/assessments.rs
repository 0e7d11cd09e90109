//! 定损 at the desk and on the phone: put forward, assessed together, answered.

use axum::extract::State;
use axum::http::StatusCode;
use domain::assessment::Item;
use domain::id::{AccidentId, AssessmentId, EvidenceId, PartyId};
use domain::money::Fen;
use domain::signing::Ink;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::view::AccidentView;
use super::who::{Desk, Driver, Meant};
use crate::app::answer_assessment::DriverAnswer;
use crate::app::assess_vehicle::Proposed;
use crate::app::{App, Who};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(assess))
        .routes(routes!(joint))
        .routes(routes!(answer))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentRequest {
    party_id: PartyId,
    /// The newest assessment of this vehicle, when there is one.
    #[serde(default)]
    supplements: Option<AssessmentId>,
    items: Vec<Item>,
    /// Pictures of this case.
    #[serde(default)]
    photos: Vec<EvidenceId>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    seen: Option<u64>,
}

/// `POST …/assessments`: the desk's assessor puts a vehicle's damage down; the total is computed.
#[utoipa::path(post, path = "/accidents/{accident}/assessments", tag = "assessments",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = AssessmentRequest, responses((status = 201, body = AccidentView)), security(("officer" = [])))]
async fn assess(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<AssessmentRequest>,
) -> Result<(StatusCode, Json<AccidentView>)> {
    let intent = meant.by_officer(&by);
    let proposed = Proposed {
        supplements: body.supplements,
        items: body.items,
        photos: body.photos,
        note: body.note,
    };
    let accident = app
        .assess_vehicle(&by, id, (&intent, body.seen), (body.party_id, proposed))
        .await?;
    Ok((
        StatusCode::CREATED,
        seen(&app, &Who::Officer(by), &accident).await?,
    ))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JointRequest {
    items: Vec<Item>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    seen: Option<u64>,
}

/// `POST …/assessments/{assessment}/joint`: 联合定损, what both sides found after an objection; it binds.
#[utoipa::path(post, path = "/accidents/{accident}/assessments/{assessment}/joint", tag = "assessments",
    params(("accident" = String, Path, format = Uuid), ("assessment" = String, Path, format = Uuid),
           ("Idempotency-Key" = String, Header)),
    request_body = JointRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn joint(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(ids), meant): (Path<(AccidentId, AssessmentId)>, Meant),
    Json(body): Json<JointRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .assess_jointly(&by, ids, (&intent, body.seen), (body.items, body.note))
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "answer", rename_all = "snake_case", deny_unknown_fields)]
pub enum AssessmentAnswerRequest {
    Accepted {
        ink: Ink,
        /// The figure that was on the screen; another one now is refused.
        #[serde(default)]
        total_fen: Option<Fen>,
    },
    Objected {
        reason: String,
        #[serde(default)]
        own_figure_fen: Option<Fen>,
    },
}

/// `POST …/assessments/{assessment}/answer`: the vehicle's driver signs for the figure, or objects until then.
#[utoipa::path(post, path = "/accidents/{accident}/assessments/{assessment}/answer", tag = "assessments",
    params(("accident" = String, Path, format = Uuid), ("assessment" = String, Path, format = Uuid),
           ("Idempotency-Key" = String, Header)),
    request_body = AssessmentAnswerRequest, responses((status = 200, body = AccidentView)),
    security(("driver" = [])))]
async fn answer(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(ids), meant): (Path<(AccidentId, AssessmentId)>, Meant),
    Json(body): Json<AssessmentAnswerRequest>,
) -> Result<Json<AccidentView>> {
    let answer = match body {
        AssessmentAnswerRequest::Accepted { ink, total_fen } => DriverAnswer::Accepted { ink, total_fen },
        AssessmentAnswerRequest::Objected {
            reason,
            own_figure_fen,
        } => DriverAnswer::Objected {
            reason,
            own_figure_fen,
        },
    };
    let accident = app.answer_as_driver(by, ids, &meant.by_party(by), answer).await?;
    seen(&app, &Who::Party(by), &accident).await
}
