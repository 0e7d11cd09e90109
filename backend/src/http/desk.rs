//! What officers do to a case before the finding: the queue, the call, the form, the decision.

use axum::extract::State;
use axum::http::StatusCode;
use domain::accident::{Accident, DecideRequest};
use domain::id::{AccidentId, PartyId};
use domain::liability::Liability;
use domain::party::{Losses, OutsideProperty};
use domain::problem::Problem;
use domain::stage::StageName;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::view::AccidentView;
use super::who::{Desk, Meant};
use crate::app::{App, Who};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(queue))
        .routes(routes!(report_by_call))
        .routes(routes!(claim))
        .routes(routes!(release))
        .routes(routes!(add_party))
        .routes(routes!(request_still))
        .routes(routes!(evacuate))
        .routes(routes!(losses))
        .routes(routes!(outside))
        .routes(routes!(preview))
        .routes(routes!(decide))
        .routes(routes!(escalate))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QueueView {
    /// Longest wait first.
    waiting: Vec<QueueItem>,
    /// What the asking officer holds.
    mine: Vec<QueueItem>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QueueItem {
    accident_id: AccidentId,
    version: u64,
    stage: StageName,
    place_text: Option<String>,
    parties: Vec<QueueParty>,
    injured: bool,
    expressway: bool,
    /// 事后报案: the scene was cleared before anybody called.
    late_report: bool,
    /// By when the desk decides whether to take it on; none when it has, or the calendar does not know.
    decide_by: Option<Instant>,
    waiting_since: Option<Instant>,
    reported_at: Instant,
    photos: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct QueueParty {
    label: String,
    plate: Option<String>,
    online: bool,
}

impl QueueItem {
    fn of(accident: &Accident) -> Self {
        let waiting = accident.stage_name() == StageName::Waiting;
        Self {
            accident_id: accident.id,
            version: accident.version,
            stage: accident.stage_name(),
            place_text: accident
                .scene
                .as_ref()
                .and_then(|scene| scene.place.as_ref())
                .map(|place| place.text.clone()),
            parties: accident
                .parties
                .iter()
                .map(|party| QueueParty {
                    label: party.label.clone(),
                    plate: party
                        .vehicle()
                        .map(|vehicle| vehicle.plate.clone())
                        .filter(|plate| !plate.is_empty()),
                    online: party.online,
                })
                .collect(),
            injured: accident.has_slight_injury(),
            expressway: accident
                .triage
                .as_ref()
                .is_some_and(|triage| triage.answers.expressway),
            late_report: accident.late_report.is_some(),
            decide_by: accident
                .late_report
                .as_ref()
                .filter(|late| late.acceptance.is_none())
                .and_then(|late| late.decide_by),
            waiting_since: accident.queued_at.filter(|_| waiting),
            reported_at: accident.reported_at,
            photos: accident.photos(),
        }
    }
}

/// `GET /queue`: who waits, and what the officer holds.
#[utoipa::path(get, path = "/queue", tag = "desk", responses((status = 200, body = QueueView)),
    security(("officer" = [])))]
async fn queue(State(app): State<App>, Desk(by): Desk) -> Result<Json<QueueView>> {
    let queue = app.queue(&by).await?;
    let items = |accidents: &[Accident]| accidents.iter().map(QueueItem::of).collect();
    Ok(Json(QueueView {
        waiting: items(&queue.waiting),
        mine: items(&queue.mine),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallRequest {
    phone: String,
}

/// `POST /accidents`: opens a case after a 122 call and texts the link to the caller.
#[utoipa::path(post, path = "/accidents", tag = "desk", params(("Idempotency-Key" = String, Header)),
    request_body = CallRequest, responses((status = 201, body = AccidentView)), security(("officer" = [])))]
async fn report_by_call(
    State(app): State<App>,
    Desk(by): Desk,
    meant: Meant,
    Json(body): Json<CallRequest>,
) -> Result<(StatusCode, Json<AccidentView>)> {
    let intent = meant.by_officer(&by);
    let accident = app.report_by_call(&by, &intent, &body.phone).await?;
    Ok((
        StatusCode::CREATED,
        seen(&app, &Who::Officer(by), &accident).await?,
    ))
}

/// `POST …/claim`: takes the case; two officers cannot hold one.
#[utoipa::path(post, path = "/accidents/{accident}/claim", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn claim(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.claim(&by, id, &intent).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

/// `POST …/release`: back to the queue, at the old place.
#[utoipa::path(post, path = "/accidents/{accident}/release", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn release(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.release(&by, id, &intent).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

/// `POST …/parties`: adds somebody who has no phone at hand.
#[utoipa::path(post, path = "/accidents/{accident}/parties", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn add_party(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.add_party(&by, id, &intent).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StillRequested {
    party_id: PartyId,
}

/// `POST …/still-requests`: the party's phone takes its best picture and sends it.
#[utoipa::path(post, path = "/accidents/{accident}/still-requests", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = StillRequested, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn request_still(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<StillRequested>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.request_still(&by, id, &intent, body.party_id).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

/// `POST …/evacuation`: orders 撤离现场, with the time.
#[utoipa::path(post, path = "/accidents/{accident}/evacuation", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn evacuate(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    meant: Meant,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.order_evacuation(&by, id, &intent).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LossesRequest {
    #[serde(default)]
    seen: Option<u64>,
    losses: Losses,
}

/// `PUT …/parties/{party}/losses`: what a party lost, in fen by head.
#[utoipa::path(put, path = "/accidents/{accident}/parties/{party}/losses", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("party" = String, Path, format = Uuid)),
    request_body = LossesRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn losses(
    State(app): State<App>,
    Desk(by): Desk,
    Path((id, party)): Path<(AccidentId, PartyId)>,
    Json(body): Json<LossesRequest>,
) -> Result<Json<AccidentView>> {
    let accident = app
        .assess_losses(&by, id, (party, body.seen), body.losses)
        .await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutsideRequest {
    #[serde(default)]
    seen: Option<u64>,
    items: Vec<OutsideProperty>,
}

/// `PUT …/outside-property`: what was hit outside the vehicles; replaces the list.
#[utoipa::path(put, path = "/accidents/{accident}/outside-property", tag = "desk",
    params(("accident" = String, Path, format = Uuid)),
    request_body = OutsideRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn outside(
    State(app): State<App>,
    Desk(by): Desk,
    Path(id): Path<AccidentId>,
    Json(body): Json<OutsideRequest>,
) -> Result<Json<AccidentView>> {
    let accident = app.assess_outside(&by, id, body.seen, body.items).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    parties: Vec<PreviewParty>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewParty {
    party_id: PartyId,
    violations: Vec<String>,
    /// None: as the rules propose.
    #[serde(default)]
    liability: Option<Liability>,
    #[serde(default)]
    share: Option<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Empty when nothing is recorded to go by.
    proposal: Vec<Proposed>,
    facts_text: String,
    liability_text: String,
    articles: Vec<Article>,
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Proposed {
    party_id: PartyId,
    liability: Liability,
    share: Option<u8>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Article {
    party_id: PartyId,
    /// Code in the catalogue.
    code: String,
    text: String,
}

/// `POST …/preview`: proposal, texts and problems for the choices so far; stores nothing.
#[utoipa::path(post, path = "/accidents/{accident}/preview", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = PreviewRequest, responses((status = 200, body = Preview)), security(("officer" = [])))]
async fn preview(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), _): (Path<AccidentId>, Meant),
    Json(body): Json<PreviewRequest>,
) -> Result<Json<Preview>> {
    let drafted = app
        .preview_decision(&by, id, body.parties.into_iter().map(choice).collect())
        .await?;
    Ok(Json(Preview {
        proposal: drafted
            .draft
            .proposal
            .iter()
            .map(|(party_id, liability)| Proposed {
                party_id: *party_id,
                liability: *liability,
                share: None,
            })
            .collect(),
        facts_text: drafted.draft.facts_text,
        liability_text: drafted.draft.liability_text,
        articles: drafted
            .articles
            .into_iter()
            .map(|(party_id, code, text)| Article { party_id, code, text })
            .collect(),
        problems: drafted.draft.problems,
    }))
}

fn choice(party: PreviewParty) -> domain::accident::Choice {
    domain::accident::Choice {
        party: party.party_id,
        violations: party.violations,
        liability: party.liability,
        share: party.share,
    }
}

/// `POST …/decision`: liability is decided; every rule that does not hold is named at once.
#[utoipa::path(post, path = "/accidents/{accident}/decision", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = DecideRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn decide(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<DecideRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let accident = app.decide(&by, id, &intent, body).await?;
    seen(&app, &Who::Officer(by), &accident).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    reason: String,
}

/// `POST …/escalation`: hands the case to the field.
#[utoipa::path(post, path = "/accidents/{accident}/escalation", tag = "desk",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = ReasonRequest, responses((status = 200, body = AccidentView)), security(("officer" = [])))]
async fn escalate(
    State(app): State<App>,
    Desk(by): Desk,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<ReasonRequest>,
) -> Result<Json<AccidentView>> {
    let intent = meant.by_officer(&by);
    let who = Who::Officer(by);
    let accident = app.escalate(&who, id, &intent, &body.reason).await?;
    seen(&app, &who, &accident).await
}
