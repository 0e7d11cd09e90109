//! `/oauth/token` and `/oauth/revoke`. Errors here speak RFC 6749 §5.2, as client libraries expect; only "too
//! often" is a problem like everywhere, because the RFC has no word for it.

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::Json;
use crate::identity::caller::Caller;
use crate::identity::clients::{self, Denied, Error, Granted, Proof, assertion};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(token))
        .routes(routes!(revoke))
        .merge(super::oauth_metadata::routes())
}

/// How a client says who it is: `client_assertion`, or HTTP Basic, or `client_secret`; one of them.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ClientForm {
    /// With an assertion it may be left out.
    client_id: Option<String>,
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`
    client_assertion_type: Option<String>,
    /// A JWT signed by the client (RFC 7523): `iss` and `sub` the client id, `aud` the issuer, `exp` at most
    /// five minutes ahead, `jti` new each time.
    client_assertion: Option<String>,
}

/// The form of a request for a token.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct TokenForm {
    /// `client_credentials`
    grant_type: Option<String>,
    /// Space-separated; none: everything the client may.
    scope: Option<String>,
}

/// The form of a token given back.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct RevokeForm {
    token: Option<String>,
}

/// Both forms at once, for the description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
pub struct TokenRequest {
    #[schema(inline)]
    #[serde(flatten)]
    form: TokenForm,
    #[schema(inline)]
    #[serde(flatten)]
    client: ClientForm,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only described")]
pub struct RevokeRequest {
    #[schema(inline)]
    #[serde(flatten)]
    form: RevokeForm,
    #[schema(inline)]
    #[serde(flatten)]
    client: ClientForm,
}

#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    scope: String,
}

/// RFC 6749 §5.2.
#[derive(Serialize, ToSchema)]
pub struct TokenError {
    error: &'static str,
    /// What to mend, in English.
    error_description: &'static str,
}

/// `POST /oauth/token`: client credentials for a short-lived access token.
#[utoipa::path(post, path = "/oauth/token", tag = "insurers",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenAnswer), (status = 400, body = TokenError), (status = 401, body = TokenError)))]
async fn token(State(app): State<App>, caller: Caller, headers: HeaderMap, body: String) -> Result<Response> {
    let (form, client) = match forms::<TokenForm>(&headers, &body) {
        Ok(forms) => forms,
        Err(denied) => return Ok(deny(denied)),
    };
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Ok(deny(OTHER_GRANT)),
        None => return Ok(deny(NO_FORM)),
    }
    let known = match credentials(&headers, &client) {
        Ok(known) => known,
        Err(denied) => return Ok(deny(denied)),
    };
    Ok(
        match clients::grant(&app, known.proof(), form.scope.as_deref(), &caller).await? {
            Ok(granted) => give(granted),
            Err(denied) => deny(denied),
        },
    )
}

/// `POST /oauth/revoke`: a client gives one of its tokens back (RFC 7009); the answer is 200 also for what is no token.
#[utoipa::path(post, path = "/oauth/revoke", tag = "insurers",
    request_body(content = RevokeRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = TokenError), (status = 401, body = TokenError)))]
async fn revoke(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    body: String,
) -> Result<Response> {
    let (form, client) = match forms::<RevokeForm>(&headers, &body) {
        Ok(forms) => forms,
        Err(denied) => return Ok(deny(denied)),
    };
    let Some(shown) = form.token else {
        return Ok(deny(NO_FORM));
    };
    let known = match credentials(&headers, &client) {
        Ok(known) => known,
        Err(denied) => return Ok(deny(denied)),
    };
    Ok(
        match clients::revoke(&app, known.proof(), &shown, &caller).await? {
            Ok(()) => [(CACHE_CONTROL, "no-store")].into_response(),
            Err(denied) => deny(denied),
        },
    )
}

const NO_FORM: Denied = Denied::new(
    Error::InvalidRequest,
    "send every parameter once, as application/x-www-form-urlencoded: grant_type or token, and one proof of the client",
);
const OTHER_GRANT: Denied = Denied::new(Error::UnsupportedGrantType, "only client_credentials");
const TWO_PROOFS: Denied = Denied::new(
    Error::InvalidRequest,
    "prove the client in one way: client_assertion, or HTTP Basic, or client_secret",
);
const NO_PROOF: Denied = Denied::new(
    Error::InvalidClient,
    "no proof of the client: send client_assertion and its type, or HTTP Basic, or client_secret",
);
const OTHER_ASSERTION: Denied = Denied::new(
    Error::InvalidRequest,
    "client_assertion_type is urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
);

/// The form, read for what is asked and for who asks. A parameter given twice is refused, as the standard
/// asks; one that is empty was not given.
fn forms<T: DeserializeOwned>(headers: &HeaderMap, body: &str) -> Result<(T, ClientForm), Denied> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !content_type
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return Err(NO_FORM);
    }
    let form = serde_urlencoded::from_str(body).map_err(|_| NO_FORM)?;
    let client = serde_urlencoded::from_str(body).map_err(|_| NO_FORM)?;
    Ok((form, client))
}

/// What was shown.
enum Shown {
    Secret {
        client_id: String,
        secret: String,
    },
    Assertion {
        assertion: String,
        client_id: Option<String>,
    },
}

impl Shown {
    fn proof(&self) -> Proof<'_> {
        match self {
            Self::Secret { client_id, secret } => Proof::Secret { client_id, secret },
            Self::Assertion { assertion, client_id } => Proof::Assertion {
                assertion,
                client_id: client_id.as_deref(),
            },
        }
    }
}

fn credentials(headers: &HeaderMap, form: &ClientForm) -> Result<Shown, Denied> {
    let basic = headers.get(AUTHORIZATION);
    let proofs = usize::from(basic.is_some())
        + usize::from(form.client_secret.is_some())
        + usize::from(form.client_assertion.is_some());
    if proofs > 1 {
        return Err(TWO_PROOFS);
    }
    if let Some(assertion) = &form.client_assertion {
        if form.client_assertion_type.as_deref() != Some(assertion::TYPE) {
            return Err(OTHER_ASSERTION);
        }
        return Ok(Shown::Assertion {
            assertion: assertion.clone(),
            client_id: form.client_id.clone(),
        });
    }
    let (client_id, secret) = match basic {
        Some(shown) => self::basic(shown).ok_or(NO_PROOF)?,
        None => match (&form.client_id, &form.client_secret) {
            (Some(id), Some(secret)) => (id.clone(), secret.clone()),
            _ => return Err(NO_PROOF),
        },
    };
    Ok(Shown::Secret { client_id, secret })
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
    let (status, error) = match denied.error {
        Error::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request"),
        Error::InvalidClient => (StatusCode::UNAUTHORIZED, "invalid_client"),
        Error::UnauthorizedClient => (StatusCode::BAD_REQUEST, "unauthorized_client"),
        Error::UnsupportedGrantType => (StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        Error::InvalidScope => (StatusCode::BAD_REQUEST, "invalid_scope"),
    };
    let body = TokenError {
        error,
        error_description: denied.why,
    };
    let mut response = (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"kuaichu\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}
