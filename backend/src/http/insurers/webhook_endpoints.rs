//! `/webhook-endpoints`: where an insurer wants to be told, of what, and under which secret.

use axum::extract::State;
use axum::http::StatusCode;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::webhook_deliveries::WebhookDelivery;
use super::{code_of, intent};
use crate::app::App;
use crate::app::webhooks::{EndpointChange, EndpointShown, NewEndpoint};
use crate::hooks::STANDARD;
use crate::http::extract::{Json, Path};
use crate::http::who::Meant;
use crate::identity::extract::Insurer;
use crate::insurer::event::EventKind;
use crate::refusal::Result;
use crate::store::webhooks::SecretRow;

const MANAGE: &str = "webhooks:manage";
/// Last characters of a secret that tell it from another.
const HINT_CHARS: usize = 4;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(read, change, delete))
        .routes(routes!(rotate))
        .routes(routes!(test))
        .routes(routes!(replay))
}

/// The code of an insurer that may manage its webhooks.
///
/// # Errors
/// `insufficient_scope`; `not_found`.
pub(super) fn manager(insurer: &Insurer) -> Result<String> {
    insurer.require(MANAGE)?;
    Ok(code_of(insurer)?.to_string())
}

/// An address that is told of what happens.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpoint {
    id: Uuid,
    url: String,
    /// Kinds of messages it wants; empty: all.
    events: Vec<EventKind>,
    description: String,
    /// `standard`, or `gateway:` and a name.
    format: String,
    state: WebhookEndpointState,
    disabled: Option<WebhookDisabled>,
    created_at: Instant,
    /// The newest first; each of them signs.
    secrets: Vec<WebhookSecret>,
    /// The first failure since the last success.
    failing_since: Option<Instant>,
    /// Deliveries that are still to be made.
    pending: i64,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookEndpointState {
    Active,
    Disabled,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDisabled {
    at: Instant,
    /// `gone`: it answered 410. `failing`: nothing went well for five days. `by_hand`: you did.
    reason: String,
    detail: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookSecret {
    /// Its last four characters.
    hint: String,
    created_at: Instant,
    expires_at: Option<Instant>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpoints {
    /// Oldest first; at most ten.
    items: Vec<WebhookEndpoint>,
}

/// An endpoint with a secret that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpointWithSecret {
    #[serde(flatten)]
    endpoint: WebhookEndpoint,
    /// `whsec_` and base64; shown here and never again. Null when a repeated request comes after the next rotation.
    secret: Option<String>,
}

impl WebhookEndpoint {
    fn of(shown: EndpointShown) -> Self {
        let row = shown.row;
        let active = row.state == "active";
        Self {
            id: row.id,
            url: row.url,
            events: row
                .events
                .0
                .iter()
                .filter_map(|word| EventKind::from_word(word))
                .collect(),
            description: row.description,
            format: row.format,
            state: if active {
                WebhookEndpointState::Active
            } else {
                WebhookEndpointState::Disabled
            },
            disabled: row.ended_at.map(|at| WebhookDisabled {
                at,
                reason: row.ended_reason.unwrap_or_default(),
                detail: row.ended_detail,
            }),
            created_at: row.created_at,
            secrets: shown.secrets.iter().map(WebhookSecret::of).collect(),
            failing_since: row.failing_since,
            pending: shown.pending,
        }
    }
}

impl WebhookSecret {
    fn of(row: &SecretRow) -> Self {
        let start = row.secret.len().saturating_sub(HINT_CHARS);
        Self {
            hint: row.secret.get(start..).unwrap_or_default().to_owned(),
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

impl WebhookEndpointWithSecret {
    fn of((shown, secret): (EndpointShown, Option<String>)) -> Self {
        Self {
            endpoint: WebhookEndpoint::of(shown),
            secret,
        }
    }
}

/// `GET /webhook-endpoints`: your endpoints.
#[utoipa::path(get, path = "/webhook-endpoints", tag = "webhooks",
    responses((status = 200, body = WebhookEndpoints)), security(("insurer" = [])))]
async fn list(State(app): State<App>, insurer: Insurer) -> Result<Json<WebhookEndpoints>> {
    let shown = app.endpoints(&manager(&insurer)?).await?;
    Ok(Json(WebhookEndpoints {
        items: shown.into_iter().map(WebhookEndpoint::of).collect(),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookEndpointRequest {
    /// `https://…` on port 443 or 8443 of the public network.
    #[schema(max_length = 2000)]
    url: String,
    /// Kinds of messages; empty or missing: all.
    #[serde(default)]
    events: Vec<String>,
    #[serde(default)]
    #[schema(max_length = 200)]
    description: String,
    /// `standard` (Standard Webhooks) unless an older gateway was set up for you.
    format: Option<String>,
}

/// `POST /webhook-endpoints`: a new endpoint, with its secret.
#[utoipa::path(post, path = "/webhook-endpoints", tag = "webhooks",
    params(("Idempotency-Key" = String, Header)), request_body = WebhookEndpointRequest,
    responses((status = 201, body = WebhookEndpointWithSecret)), security(("insurer" = [])))]
async fn add(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<WebhookEndpointRequest>,
) -> Result<(StatusCode, Json<WebhookEndpointWithSecret>)> {
    let code = manager(&insurer)?;
    let by = insurer.by.to_string();
    let new = NewEndpoint {
        url: body.url,
        events: body.events,
        description: body.description,
        format: body.format.unwrap_or_else(|| STANDARD.to_owned()),
    };
    let made = app
        .add_endpoint((&code, &by), &intent(&insurer, meant), new)
        .await?;
    Ok((StatusCode::CREATED, Json(WebhookEndpointWithSecret::of(made))))
}

/// `GET /webhook-endpoints/{endpoint}`: one of your endpoints.
#[utoipa::path(get, path = "/webhook-endpoints/{endpoint}", tag = "webhooks",
    params(("endpoint" = String, Path, format = Uuid)),
    responses((status = 200, body = WebhookEndpoint)), security(("insurer" = [])))]
async fn read(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
) -> Result<Json<WebhookEndpoint>> {
    let shown = app.endpoint(&manager(&insurer)?, id).await?;
    Ok(Json(WebhookEndpoint::of(shown)))
}

/// What is to be different; what is missing or null stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookEndpointChange {
    #[schema(max_length = 2000)]
    url: Option<String>,
    events: Option<Vec<String>>,
    #[schema(max_length = 200)]
    description: Option<String>,
    /// `false` skips what was still to be told; after `true` have it told again by a replay.
    enabled: Option<bool>,
}

/// `PATCH /webhook-endpoints/{endpoint}`: another address, other kinds of messages, on or off.
#[utoipa::path(patch, path = "/webhook-endpoints/{endpoint}", tag = "webhooks",
    params(("endpoint" = String, Path, format = Uuid)), request_body = WebhookEndpointChange,
    responses((status = 200, body = WebhookEndpoint)), security(("insurer" = [])))]
async fn change(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
    Json(body): Json<WebhookEndpointChange>,
) -> Result<Json<WebhookEndpoint>> {
    let change = EndpointChange {
        url: body.url,
        events: body.events,
        description: body.description,
        enabled: body.enabled,
    };
    let shown = app.change_endpoint(&manager(&insurer)?, id, change).await?;
    Ok(Json(WebhookEndpoint::of(shown)))
}

/// `DELETE /webhook-endpoints/{endpoint}`: the endpoint, its secrets and its log.
#[utoipa::path(delete, path = "/webhook-endpoints/{endpoint}", tag = "webhooks",
    params(("endpoint" = String, Path, format = Uuid)),
    responses((status = 204)), security(("insurer" = [])))]
async fn delete(State(app): State<App>, insurer: Insurer, Path(id): Path<Uuid>) -> Result<StatusCode> {
    app.delete_endpoint(&manager(&insurer)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /webhook-endpoints/{endpoint}/secrets`: a new secret; the one before signs beside it for 24 hours.
#[utoipa::path(post, path = "/webhook-endpoints/{endpoint}/secrets", tag = "webhooks",
    params(("endpoint" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = WebhookEndpointWithSecret)), security(("insurer" = [])))]
async fn rotate(
    State(app): State<App>,
    insurer: Insurer,
    (Path(id), meant): (Path<Uuid>, Meant),
) -> Result<(StatusCode, Json<WebhookEndpointWithSecret>)> {
    let code = manager(&insurer)?;
    let made = app.rotate_secret(&code, id, &intent(&insurer, meant)).await?;
    Ok((StatusCode::CREATED, Json(WebhookEndpointWithSecret::of(made))))
}

/// `POST /webhook-endpoints/{endpoint}/tests`: an `endpoint.test` message, to this endpoint, now.
#[utoipa::path(post, path = "/webhook-endpoints/{endpoint}/tests", tag = "webhooks",
    params(("endpoint" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    responses((status = 202, body = WebhookDelivery)), security(("insurer" = [])))]
async fn test(
    State(app): State<App>,
    insurer: Insurer,
    (Path(id), meant): (Path<Uuid>, Meant),
) -> Result<(StatusCode, Json<WebhookDelivery>)> {
    let code = manager(&insurer)?;
    let row = app.test_endpoint(&code, id, &intent(&insurer, meant)).await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookDelivery::of(&row))))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookReplayRequest {
    /// At most 30 days ago; messages from before the endpoint was made count too.
    since: Instant,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookReplay {
    /// How many deliveries are made again, or for the first time.
    deliveries: u64,
}

/// `POST /webhook-endpoints/{endpoint}/replays`: tells again whatever was to be told since a moment, in its order.
#[utoipa::path(post, path = "/webhook-endpoints/{endpoint}/replays", tag = "webhooks",
    params(("endpoint" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = WebhookReplayRequest,
    responses((status = 202, body = WebhookReplay)), security(("insurer" = [])))]
async fn replay(
    State(app): State<App>,
    insurer: Insurer,
    (Path(id), meant): (Path<Uuid>, Meant),
    Json(body): Json<WebhookReplayRequest>,
) -> Result<(StatusCode, Json<WebhookReplay>)> {
    let code = manager(&insurer)?;
    let deliveries = app
        .replay_since(&code, (id, body.since), &intent(&insurer, meant))
        .await?;
    Ok((StatusCode::ACCEPTED, Json(WebhookReplay { deliveries })))
}
