//! `/clients`: an insurer's own programs, their public keys and their tokens.

use axum::extract::State;
use axum::http::StatusCode;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::intent;
use crate::app::App;
use crate::http::extract::{Json, Path};
use crate::http::who::Meant;
use crate::identity::clients::own::{self, Given};
use crate::identity::clients::registry::Shown;
use crate::identity::extract::Insurer;
use crate::refusal::Result;

const SCOPE: &str = "keys:manage";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(add_keys))
        .routes(routes!(remove_key))
        .routes(routes!(end_tokens))
}

/// A program of the insurer.
#[derive(Serialize, ToSchema)]
pub struct Client {
    client_id: String,
    scopes: Vec<String>,
    /// Kept here; what it publishes at `jwks_url` is not among them.
    keys: Vec<ClientKey>,
    jwks_url: Option<String>,
    /// Where it may come from, CIDR; empty: from anywhere.
    networks: Vec<String>,
    /// Requests it may make, a minute.
    per_minute: i64,
    disabled_at: Option<Instant>,
    has_secret: bool,
}

#[derive(Serialize, ToSchema)]
pub struct ClientKey {
    kid: String,
    alg: String,
    not_before: Instant,
    /// From then on it counts no more.
    not_after: Option<Instant>,
}

#[derive(Serialize, ToSchema)]
pub struct Clients {
    items: Vec<Client>,
}

impl From<Shown> for Client {
    fn from(shown: Shown) -> Self {
        let client = shown.client;
        let key = |key: crate::store::client_keys::ClientKeyRow| ClientKey {
            kid: key.kid,
            alg: key.alg,
            not_before: key.not_before,
            not_after: key.not_after,
        };
        Self {
            client_id: client.client_id.to_string(),
            scopes: client.scopes.0,
            keys: shown.keys.into_iter().map(key).collect(),
            jwks_url: client.jwks_url,
            networks: client.networks.0,
            per_minute: client.per_minute,
            disabled_at: client.disabled_at,
            has_secret: shown.has_secret,
        }
    }
}

/// `GET /clients`: the programs of one's own insurer, as the operator set them up.
#[utoipa::path(get, path = "/clients", tag = "clerks",
    responses((status = 200, body = Clients)), security(("clerk" = [])))]
async fn list(State(app): State<App>, insurer: Insurer) -> Result<Json<Clients>> {
    let shown = own::list(&app, insurer.admin(SCOPE)?).await?;
    Ok(Json(Clients {
        items: shown.into_iter().map(Client::from).collect(),
    }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClientKey {
    /// Public keys as text: a JWK set, a JWK, or PEM.
    key: String,
    /// Its id, when the text has none; PEM without it is named by its RFC 7638 thumbprint.
    kid: Option<String>,
    /// `PS256` for an RSA key in PEM; otherwise `RS256`.
    alg: Option<String>,
}

/// `POST /clients/{client}/keys`: a new public key beside those there are; it counts from now on.
#[utoipa::path(post, path = "/clients/{client}/keys", tag = "clerks",
    params(("client" = String, Path), ("Idempotency-Key" = String, Header)),
    request_body = NewClientKey, responses((status = 201, body = Client)), security(("clerk" = [])))]
async fn add_keys(
    State(app): State<App>,
    insurer: Insurer,
    (Path(client), meant): (Path<String>, Meant),
    Json(body): Json<NewClientKey>,
) -> Result<(StatusCode, Json<Client>)> {
    let admin = insurer.admin(SCOPE)?;
    let given = Given {
        text: body.key,
        kid: body.kid,
        alg: body.alg,
    };
    let shown = own::add_keys(&app, admin, &client, &intent(&insurer, meant), given).await?;
    Ok((StatusCode::CREATED, Json(shown.into())))
}

/// `DELETE /clients/{client}/keys/{kid}`: takes a key away, and with it every token the program has.
#[utoipa::path(delete, path = "/clients/{client}/keys/{kid}", tag = "clerks",
    params(("client" = String, Path), ("kid" = String, Path)),
    responses((status = 204)), security(("clerk" = [])))]
async fn remove_key(
    State(app): State<App>,
    insurer: Insurer,
    Path((client, kid)): Path<(String, String)>,
) -> Result<StatusCode> {
    own::remove_key(&app, insurer.admin(SCOPE)?, &client, &kid).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /clients/{client}/token-revocations`: every token the program has dies; its keys go on counting.
#[utoipa::path(post, path = "/clients/{client}/token-revocations", tag = "clerks",
    params(("client" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 204)), security(("clerk" = [])))]
async fn end_tokens(
    State(app): State<App>,
    insurer: Insurer,
    Path(client): Path<String>,
    meant: Meant,
) -> Result<StatusCode> {
    let admin = insurer.admin(SCOPE)?;
    own::end_tokens(&app, admin, &client, &intent(&insurer, meant)).await?;
    Ok(StatusCode::NO_CONTENT)
}
