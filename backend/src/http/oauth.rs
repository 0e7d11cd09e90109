//! `/oauth/token` and what is published beside it. Errors here speak RFC 6749, as client libraries expect.

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use crate::app::App;
use crate::identity::clients::{self, Denied, Granted, Request};
use crate::identity::keys::{self, Jwks};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(token))
        .routes(routes!(jwks))
        .routes(routes!(metadata))
}

/// The form of a request for a token.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct TokenForm {
    /// `client_credentials`
    grant_type: Option<String>,
    /// Here or by HTTP Basic, not both.
    client_id: Option<String>,
    client_secret: Option<String>,
    /// Space-separated; none: everything the client may.
    scope: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    scope: String,
}

#[derive(Serialize, ToSchema)]
pub struct TokenError {
    error: &'static str,
    error_description: &'static str,
}

/// `POST /oauth/token`: client credentials for a short-lived access token.
#[utoipa::path(post, path = "/oauth/token", tag = "insurers",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenAnswer), (status = 400, body = TokenError), (status = 401, body = TokenError)))]
async fn token(State(app): State<App>, headers: HeaderMap, body: String) -> Result<Response> {
    let form = match form(&headers, &body) {
        Ok(form) => form,
        Err(denied) => return Ok(deny(denied)),
    };
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Ok(deny(Denied::UnsupportedGrantType)),
        None => return Ok(deny(Denied::InvalidRequest)),
    }
    let (client_id, secret) = match credentials(&headers, &form) {
        Ok(credentials) => credentials,
        Err(denied) => return Ok(deny(denied)),
    };
    let request = Request {
        client_id: &client_id,
        secret: &secret,
        scope: form.scope.as_deref(),
    };
    Ok(match clients::grant(&app, &request).await? {
        Ok(granted) => give(granted),
        Err(denied) => deny(denied),
    })
}

fn form(headers: &HeaderMap, body: &str) -> Result<TokenForm, Denied> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !content_type
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return Err(Denied::InvalidRequest);
    }
    // A parameter given twice is refused here too, as the standard asks.
    serde_urlencoded::from_str(body).map_err(|_| Denied::InvalidRequest)
}

fn credentials(headers: &HeaderMap, form: &TokenForm) -> Result<(String, String), Denied> {
    let in_body = (form.client_id.as_deref(), form.client_secret.as_deref());
    let Some(shown) = headers.get(AUTHORIZATION) else {
        return match in_body {
            (Some(id), Some(secret)) => Ok((id.to_owned(), secret.to_owned())),
            _ => Err(Denied::InvalidClient),
        };
    };
    if in_body.1.is_some() {
        return Err(Denied::InvalidRequest);
    }
    basic(shown).ok_or(Denied::InvalidClient)
}

fn basic(shown: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = shown.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
fn form_decoded(text: &str) -> String {
    let pair = form_urlencoded::parse(text.as_bytes()).next();
    pair.map(|(text, _)| text.into_owned()).unwrap_or_default()
}

fn give(granted: Granted) -> Response {
    let body = TokenAnswer {
        access_token: granted.access_token,
        token_type: "Bearer",
        expires_in: granted.expires_in_s,
        scope: granted.scope,
    };
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn deny(denied: Denied) -> Response {
    let (status, error, error_description) = match denied {
        Denied::InvalidRequest => (
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "send grant_type and credentials once, as application/x-www-form-urlencoded",
        ),
        Denied::InvalidClient => (
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "unknown client, wrong secret, or disabled",
        ),
        Denied::UnsupportedGrantType => (
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "only client_credentials",
        ),
        Denied::InvalidScope => (
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "a scope this client does not have",
        ),
    };
    let mut response = (
        status,
        Json(TokenError {
            error,
            error_description,
        }),
    )
        .into_response();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"kuaichu\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
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
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    grant_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    response_types_supported: Vec<&'static str>,
    scopes_supported: Vec<&'static str>,
}

/// `GET /.well-known/oauth-authorization-server`: where a client finds the rest.
#[utoipa::path(get, path = "/.well-known/oauth-authorization-server", tag = "insurers",
    responses((status = 200, body = ServerMetadata)))]
async fn metadata(State(app): State<App>) -> Json<ServerMetadata> {
    let issuer = &app.config.public_url;
    Json(ServerMetadata {
        issuer: issuer.clone(),
        token_endpoint: format!("{issuer}/oauth/token"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        grant_types_supported: vec!["client_credentials"],
        token_endpoint_auth_methods_supported: vec!["client_secret_basic", "client_secret_post"],
        response_types_supported: Vec::new(),
        scopes_supported: vec!["settlements:read"],
    })
}
