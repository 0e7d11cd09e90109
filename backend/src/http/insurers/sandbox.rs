//! `/sandbox`: accidents made to order, events brought about, and time for cases moved on. Outside a sandbox none of
//! it exists.

use axum::extract::State;
use axum::http::StatusCode;
use domain::id::{AccidentId, InsurerCode};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{code_of, intent};
use crate::app::App;
use crate::http::extract::Json;
use crate::http::who::Meant;
use crate::identity::extract::Insurer;
use crate::refusal::Result;
use crate::sandbox::once::once;
use crate::sandbox::{EVENTS, Kind, Told};
use crate::store::settlements;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(look))
        .routes(routes!(make))
        .routes(routes!(fire))
        .routes(routes!(advance))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SandboxView {
    /// Time for cases.
    now: Instant,
    kinds: Vec<KindView>,
    /// Types of messages that can be brought about.
    events: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SandboxKindView)]
pub struct KindView {
    kind: Kind,
    title: &'static str,
}

/// `GET /sandbox`: what can be made here, and what time it is for cases.
#[utoipa::path(get, path = "/sandbox", tag = "sandbox",
    responses((status = 200, body = SandboxView)), security(("insurer" = [])))]
async fn look(State(app): State<App>, _: Insurer) -> Result<Json<SandboxView>> {
    app.in_sandbox()?;
    let kind = |kind: Kind| KindView {
        kind,
        title: kind.title(),
    };
    Ok(Json(SandboxView {
        now: app.clock.now(),
        kinds: Kind::ALL.map(kind).into(),
        events: EVENTS.iter().map(|(name, _)| *name).collect(),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SandboxAccidentRequest {
    kind: Kind,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SandboxAccident {
    accident_id: AccidentId,
    /// Your record of it; none while nothing is settled.
    settlement_id: Option<Uuid>,
    /// The finding that stands; none for a case that left the remote flow.
    finding_number: Option<String>,
    kind: Kind,
}

/// `POST /sandbox/accidents`: an accident of this kind with your insurer in it, as if people had just gone through it.
#[utoipa::path(post, path = "/sandbox/accidents", tag = "sandbox",
    params(("Idempotency-Key" = String, Header)), request_body = SandboxAccidentRequest,
    responses((status = 201, body = SandboxAccident)), security(("insurer" = [])))]
async fn make(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<SandboxAccidentRequest>,
) -> Result<(StatusCode, Json<SandboxAccident>)> {
    app.in_sandbox()?;
    let (own, kind) = (code_of(&insurer)?, body.kind);
    let intent = intent(&insurer, meant);
    let making = app.clone();
    let made = once(app, intent, async move {
        let told = making.play(kind, own).await?;
        Ok(SandboxAccident {
            accident_id: told.accident,
            settlement_id: record_of(&making, own, &told).await?,
            finding_number: told.finding_number,
            kind,
        })
    });
    Ok((StatusCode::CREATED, Json(made.await?)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SandboxEventRequest {
    /// One of those that `GET /sandbox` lists.
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SandboxEvent {
    #[serde(rename = "type")]
    kind: String,
    /// What it happened to, where it happened to an accident.
    accident_id: Option<AccidentId>,
    settlement_id: Option<Uuid>,
    finding_number: Option<String>,
    /// The month that was closed, `2026-11`.
    month: Option<String>,
    /// Time for cases: closing a month may have moved it on.
    now: Instant,
}

/// `POST /sandbox/events`: what a message of this type tells of is made to happen, in a new accident of yours.
#[utoipa::path(post, path = "/sandbox/events", tag = "sandbox",
    params(("Idempotency-Key" = String, Header)), request_body = SandboxEventRequest,
    responses((status = 201, body = SandboxEvent)), security(("insurer" = [])))]
async fn fire(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<SandboxEventRequest>,
) -> Result<(StatusCode, Json<SandboxEvent>)> {
    app.in_sandbox()?;
    let own = code_of(&insurer)?;
    let intent = intent(&insurer, meant);
    let firing = app.clone();
    let fired = once(app, intent, async move {
        let fired = firing.fire(&body.kind, own).await?;
        let settlement_id = match &fired.told {
            Some(told) => record_of(&firing, own, told).await?,
            None => None,
        };
        Ok(SandboxEvent {
            kind: body.kind,
            accident_id: fired.told.as_ref().map(|told| told.accident),
            settlement_id,
            finding_number: fired.told.and_then(|told| told.finding_number),
            month: fired.month.map(|month| month.to_string()),
            now: firing.clock.now(),
        })
    });
    Ok((StatusCode::CREATED, Json(fired.await?)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SandboxClockRequest {
    /// Seconds to move on: 1 to 7776000 (90 days). There is no way back.
    advance_s: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SandboxClock {
    /// Time for cases.
    now: Instant,
}

/// `POST /sandbox/clock`: time for cases moves on, and what is due by then happens. Tokens and sessions are of the
/// world outside and know nothing of it.
#[utoipa::path(post, path = "/sandbox/clock", tag = "sandbox",
    params(("Idempotency-Key" = String, Header)), request_body = SandboxClockRequest,
    responses((status = 200, body = SandboxClock)), security(("insurer" = [])))]
async fn advance(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<SandboxClockRequest>,
) -> Result<Json<SandboxClock>> {
    let by = Duration::seconds(body.advance_s);
    let now = app.advance_clock(&intent(&insurer, meant), by).await?;
    Ok(Json(SandboxClock { now }))
}

async fn record_of(app: &App, own: InsurerCode, told: &Told) -> Result<Option<Uuid>> {
    let mut tx = app.db.read().await?;
    let row = settlements::of_accident_for::<serde::de::IgnoredAny>(&mut tx, own.as_str(), told.accident);
    Ok(row.await?.map(|row| row.id))
}
