//! 归档: holds, destruction in two steps, and the archive's lists.

use axum::extract::State;
use domain::archive::{HoldKind, What};
use domain::id::AccidentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::archive_view::ArchiveItem;
use super::extract::{Json, Path};
use super::view::AccidentView;
use super::who::{Desk, Meant};
use crate::app::archive::Listed;
use crate::app::{App, Who};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(hold))
        .routes(routes!(lift))
        .routes(routes!(propose))
        .routes(routes!(approve))
        .routes(routes!(decline))
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    /// Whose term is over.
    Due,
    Reviews,
    Holds,
    /// Waiting for a second officer.
    Proposals,
    Destroyed,
}

impl From<ListName> for Listed {
    fn from(name: ListName) -> Self {
        match name {
            ListName::Due => Self::Due,
            ListName::Reviews => Self::Reviews,
            ListName::Holds => Self::Holds,
            ListName::Proposals => Self::Proposals,
            ListName::Destroyed => Self::Destroyed,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveList {
    /// What has waited longest first; at most 200.
    cases: Vec<ArchiveItem>,
}

/// `GET /archive/{list}`: reviews with their terms, holds, what is due for destruction, what waits for a second
/// officer, what is left of destroyed cases.
#[utoipa::path(get, path = "/archive/{list}", tag = "archive", params(("list" = String, Path)),
    responses((status = 200, body = ArchiveList)), security(("officer" = [])))]
async fn list(
    State(app): State<App>,
    Desk(by): Desk,
    Path(name): Path<ListName>,
) -> Result<Json<ArchiveList>> {
    let accidents = app.archive_list(&by, name.into()).await?;
    let who = Who::Officer(by);
    let mut cases = Vec::with_capacity(accidents.len());
    for accident in &accidents {
        cases.extend(ArchiveItem::of(&app, accident, &who)?);
    }
    Ok(Json(ArchiveList { cases }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldRequest)]
pub struct HoldBody {
    /// `suit` or `complaint`; a review holds by itself.
    why: HoldKind,
    reason: String,
}

/// `POST …/holds`: 保全; nothing of the case is destroyed while it stands.
#[utoipa::path(post, path = "/accidents/{accident}/holds", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = HoldBody, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn hold(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<HoldBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.hold(&by, id, &intent, (body.why, &body.reason)).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LiftingRequest)]
pub struct LiftingBody {
    reason: String,
}

/// `POST …/holds/{number}/lifting`: the matter is over.
#[utoipa::path(post, path = "/accidents/{accident}/holds/{number}/lifting", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("number" = u32, Path),
           ("Idempotency-Key" = String, Header)),
    request_body = LiftingBody, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn lift(
    State(app): State<App>,
    Desk(by): Desk,
    (Path((id, number)), meant): (Path<(AccidentId, u32)>, Meant),
    Json(body): Json<LiftingBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.lift_hold(&by, id, &intent, (number, &body.reason)).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DestructionRequest)]
pub struct ProposalBody {
    #[serde(default)]
    seen: Option<u64>,
    what: What,
    reason: String,
}

/// `POST …/destruction`: one officer proposes it; refused with everything that stands against it.
#[utoipa::path(post, path = "/accidents/{accident}/destruction", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ProposalBody, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn propose(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ProposalBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .propose_destruction(&by, id, (&intent, body.seen), (body.what, &body.reason))
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DestructionApprovalRequest)]
pub struct ApprovalBody {
    /// The version that was looked at: there is no way back.
    seen: u64,
}

/// `POST …/destruction/approval`: a second officer approves, and it is done.
#[utoipa::path(post, path = "/accidents/{accident}/destruction/approval", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ApprovalBody, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn approve(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ApprovalBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .approve_destruction(&by, id, (&intent, Some(body.seen)))
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DestructionRefusal)]
pub struct RefusalBody {
    #[serde(default)]
    seen: Option<u64>,
    reason: String,
}

/// `POST …/destruction/refusal`: not destroyed after all.
#[utoipa::path(post, path = "/accidents/{accident}/destruction/refusal", tag = "archive",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = RefusalBody, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn decline(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<RefusalBody>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app
        .decline_destruction(&by, id, (&intent, body.seen), &body.reason)
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}
