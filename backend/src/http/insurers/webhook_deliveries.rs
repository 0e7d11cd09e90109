//! `/webhook-deliveries`: what became of each message, and telling it again.

use std::fmt;
use std::str::FromStr;

use axum::extract::State;
use axum::http::StatusCode;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::intent;
use super::webhook_endpoints::manager;
use crate::app::App;
use crate::config::LIST_MAX;
use crate::hooks::standard::message_id;
use crate::http::extract::{Json, Path, Query};
use crate::http::who::Meant;
use crate::identity::extract::Insurer;
use crate::insurer::event::{Event, EventKind};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::webhooks::deliveries::{self, AttemptRow, DeliveryRow};

const LIMIT_DEFAULT: u32 = 50;
/// A cursor is opaque to clients; the prefix lets us change what is in it.
const CURSOR: &str = "w1-";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(replay))
}

/// A delivery's name: `dlv_`, its endpoint, its message's place. Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DeliveryId {
    endpoint: Uuid,
    seq: i64,
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dlv_{}_{}", self.endpoint.simple(), self.seq)
    }
}

impl FromStr for DeliveryId {
    type Err = AppError;

    fn from_str(text: &str) -> Result<Self> {
        let read = || {
            let (endpoint, seq) = text.strip_prefix("dlv_")?.split_once('_')?;
            Some(Self {
                endpoint: Uuid::try_parse(endpoint).ok()?,
                seq: seq.parse().ok()?,
            })
        };
        let id: Option<Self> = read();
        // One name each: another spelling of the same numbers names nothing.
        id.filter(|id| id.to_string() == text)
            .ok_or_else(|| Refusal::not_found().into())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDeliveryState {
    /// To be told, for the first time or again.
    Pending,
    Delivered,
    /// Tried ten times; nobody tries again unless you ask for a replay.
    Dead,
    /// The endpoint was disabled before.
    Skipped,
}

impl WebhookDeliveryState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Skipped => "skipped",
        }
    }

    fn of(word: &str) -> Self {
        let all = [Self::Delivered, Self::Dead, Self::Skipped];
        all.into_iter()
            .find(|state| state.as_str() == word)
            .unwrap_or(Self::Pending)
    }
}

/// One message at one endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDelivery {
    id: String,
    /// As the header `webhook-id` says it.
    message_id: String,
    #[serde(rename = "type")]
    kind: EventKind,
    state: WebhookDeliveryState,
    attempts: i64,
    last: Option<WebhookAttempt>,
    next_attempt_at: Option<Instant>,
    created_at: Instant,
    settlement_id: Option<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookAttempt {
    at: Instant,
    /// What was answered, if anything was.
    status: Option<i64>,
    /// Why it failed: `status`, `not_accepted`, `timeout`, `no_connection`, `no_address`, `address_not_allowed`,
    /// `cannot_be_written`; null: it arrived.
    error: Option<String>,
    took_ms: i64,
}

/// One attempt with the beginning of what was answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookAttemptInFull {
    number: i64,
    #[serde(flatten)]
    attempt: WebhookAttempt,
    /// At most 1000 characters.
    answer: String,
}

/// A delivery with what is sent and every attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryInFull {
    #[serde(flatten)]
    delivery: WebhookDelivery,
    body: Event,
    /// Oldest first.
    tried: Vec<WebhookAttemptInFull>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveries {
    /// Newest message first.
    items: Vec<WebhookDelivery>,
    /// Name it as `before` to read on; null at the end.
    next: Option<String>,
}

impl WebhookDelivery {
    pub(super) fn of(row: &DeliveryRow) -> Self {
        let state = WebhookDeliveryState::of(&row.state);
        Self {
            id: DeliveryId {
                endpoint: row.endpoint_id,
                seq: row.seq,
            }
            .to_string(),
            message_id: message_id(row.message_id),
            kind: EventKind::from_word(&row.kind).unwrap_or(EventKind::EndpointTest),
            state,
            attempts: row.attempts,
            last: row.last_at.map(|at| WebhookAttempt {
                at,
                status: row.last_status,
                error: row.last_error.clone(),
                took_ms: row.last_took_ms.unwrap_or_default(),
            }),
            next_attempt_at: (state == WebhookDeliveryState::Pending).then_some(row.due_at),
            created_at: row.created_at,
            settlement_id: row.settlement_id,
        }
    }
}

impl WebhookAttemptInFull {
    fn of(row: AttemptRow) -> Self {
        Self {
            number: row.number,
            attempt: WebhookAttempt {
                at: row.at,
                status: row.status,
                error: row.error,
                took_ms: row.took_ms,
            },
            answer: row.answer,
        }
    }
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    state: Option<WebhookDeliveryState>,
    /// `next` of the last answer; none: from the newest.
    before: Option<String>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl Wanted {
    fn place(&self) -> Result<i64> {
        let Some(cursor) = &self.before else {
            return Ok(i64::MAX);
        };
        let place = cursor.strip_prefix(CURSOR).and_then(|place| place.parse().ok());
        place.ok_or_else(|| {
            let message = "请使用上次返回的 next，或不填以从最新的开始";
            Refusal::invalid_field("before", "bad_cursor", message).into()
        })
    }

    fn limit(&self) -> Result<u32> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if (1..=LIST_MAX).contains(&limit) {
            return Ok(limit);
        }
        let message = format!("limit 应在1到{LIST_MAX}之间");
        Err(Refusal::invalid_field("limit", "out_of_range", message).into())
    }
}

/// `GET /webhook-endpoints/{endpoint}/deliveries`: the endpoint's log, newest first; messages are kept for 30 days.
#[utoipa::path(get, path = "/webhook-endpoints/{endpoint}/deliveries", tag = "webhooks",
    params(("endpoint" = String, Path, format = Uuid), Wanted),
    responses((status = 200, body = WebhookDeliveries)), security(("insurer" = [])))]
async fn list(
    State(app): State<App>,
    insurer: Insurer,
    Path(endpoint): Path<Uuid>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<WebhookDeliveries>> {
    let (before, limit) = (wanted.place()?, wanted.limit()?);
    app.endpoint(&manager(&insurer)?, endpoint).await?;
    let state = wanted.state.map(WebhookDeliveryState::as_str).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let mut rows = deliveries::log(&mut tx, endpoint, (before, state), limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{CURSOR}{}", row.seq));
    Ok(Json(WebhookDeliveries {
        items: rows.iter().map(WebhookDelivery::of).collect(),
        next,
    }))
}

/// `GET /webhook-deliveries/{delivery}`: one delivery, what is sent, and every attempt.
#[utoipa::path(get, path = "/webhook-deliveries/{delivery}", tag = "webhooks",
    params(("delivery" = String, Path)),
    responses((status = 200, body = WebhookDeliveryInFull)), security(("insurer" = [])))]
async fn read(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<String>,
) -> Result<Json<WebhookDeliveryInFull>> {
    let code = manager(&insurer)?;
    let id: DeliveryId = id.parse()?;
    let (row, attempts) = app.delivery(&code, (id.endpoint, id.seq)).await?;
    let body = serde_json::from_str(&row.body)
        .map_err(|error| AppError::Inconsistent(format!("message {}: {error}", row.seq)))?;
    Ok(Json(WebhookDeliveryInFull {
        delivery: WebhookDelivery::of(&row),
        body,
        tried: attempts.into_iter().map(WebhookAttemptInFull::of).collect(),
    }))
}

/// `POST /webhook-deliveries/{delivery}/replay`: tells it again now, whatever became of it.
#[utoipa::path(post, path = "/webhook-deliveries/{delivery}/replay", tag = "webhooks",
    params(("delivery" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 202, body = WebhookDelivery)), security(("insurer" = [])))]
async fn replay(
    State(app): State<App>,
    insurer: Insurer,
    (Path(id), meant): (Path<String>, Meant),
) -> Result<(StatusCode, Json<WebhookDelivery>)> {
    let code = manager(&insurer)?;
    let id: DeliveryId = id.parse()?;
    let row = app
        .replay_delivery(&code, (id.endpoint, id.seq), &intent(&insurer, meant))
        .await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookDelivery::of(&row))))
}
