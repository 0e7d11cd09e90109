//! What a client may know before it has proven anything: the public keys and where the rest is (RFC 8414).

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::Json;
use crate::identity::clients::{SCOPES, public_key};
use crate::identity::keys::{self, Jwks};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(jwks))
        .routes(routes!(metadata))
}

/// `GET /.well-known/jwks.json`: the public keys of tokens and tickets.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "insurers",
    responses((status = 200, body = Jwks)))]
async fn jwks(State(app): State<App>) -> Result<Json<Jwks>> {
    Ok(Json(keys::jwks(&app).await?))
}

/// RFC 8414.
#[derive(Serialize, ToSchema)]
pub struct ServerMetadata {
    /// The one audience of a client's assertions.
    issuer: String,
    token_endpoint: String,
    revocation_endpoint: String,
    jwks_uri: String,
    service_documentation: String,
    grant_types_supported: [&'static str; 1],
    response_types_supported: [&'static str; 0],
    scopes_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: [&'static str; 3],
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    revocation_endpoint_auth_methods_supported: [&'static str; 3],
    revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
}

/// The preferred one first.
const METHODS: [&str; 3] = ["private_key_jwt", "client_secret_basic", "client_secret_post"];

/// `GET /.well-known/oauth-authorization-server`: where a client finds the rest.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "insurers",
    responses((status = 200, body = ServerMetadata)))]
async fn metadata(State(app): State<App>) -> Json<ServerMetadata> {
    let issuer = &app.config.public_url;
    let at = |path: &str| format!("{issuer}{path}");
    Json(ServerMetadata {
        issuer: issuer.clone(),
        token_endpoint: at("/oauth/token"),
        revocation_endpoint: at("/oauth/revoke"),
        jwks_uri: at("/.well-known/jwks.json"),
        service_documentation: at("/api"),
        grant_types_supported: ["client_credentials"],
        response_types_supported: [],
        scopes_supported: SCOPES.to_vec(),
        token_endpoint_auth_methods_supported: METHODS,
        token_endpoint_auth_signing_alg_values_supported: public_key::ALGORITHMS.to_vec(),
        revocation_endpoint_auth_methods_supported: METHODS,
        revocation_endpoint_auth_signing_alg_values_supported: public_key::ALGORITHMS.to_vec(),
    })
}
