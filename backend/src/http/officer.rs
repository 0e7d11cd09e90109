//! `/officer`: how an officer signs in and out, and their own signature.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use domain::id::OfficerId;
use domain::signing::Ink;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Json;
use super::idempotency::Intent;
use crate::app::App;
use crate::identity::extract::{Officer, OurOrigin};
use crate::identity::officers::{self, Signed};
use crate::identity::sessions::{self, Whose};
use crate::identity::two_factors;
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read, sign_in, sign_out))
        .routes(routes!(second_factor))
        .routes(routes!(ink))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    name: String,
    password: String,
}

/// The password was right; the code comes next.
#[derive(Serialize, ToSchema)]
pub struct MfaRequired {
    mfa_required: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// Six digits.
    code: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct OfficerView {
    id: OfficerId,
    name: String,
    badge: String,
    role: OfficerRole,
    unit: OfficerUnit,
    /// Their own signature is kept for the next finding.
    has_ink: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfficerRole {
    Officer,
    Supervisor,
}

#[derive(Serialize, ToSchema)]
pub struct OfficerUnit {
    code: String,
    name: String,
}

impl From<Signed> for OfficerView {
    fn from(signed: Signed) -> Self {
        Self {
            id: signed.id,
            name: signed.name,
            badge: signed.badge,
            role: if signed.role == "supervisor" {
                OfficerRole::Supervisor
            } else {
                OfficerRole::Officer
            },
            unit: OfficerUnit {
                code: signed.unit.to_string(),
                name: signed.unit_name,
            },
            has_ink: signed.has_ink,
        }
    }
}

/// `POST /officer/session`: name and password; the cookie opens nothing but the second step.
#[utoipa::path(post, path = "/officer/session", tag = "who", params(("Idempotency-Key" = String, Header)),
    request_body = SignIn, responses((status = 200, body = MfaRequired)))]
async fn sign_in(
    State(app): State<App>,
    _: OurOrigin,
    _: Intent,
    Json(body): Json<SignIn>,
) -> Result<impl IntoResponse> {
    let token = officers::show_password(&app, &body.name, &body.password).await?;
    let cookie = sessions::set_cookie(&app.config, Whose::Officer, &token);
    Ok(([(SET_COOKIE, cookie)], Json(MfaRequired { mfa_required: true })))
}

/// `POST /officer/session/totp`: the second factor; each code works once.
#[utoipa::path(post, path = "/officer/session/totp", tag = "who", params(("Idempotency-Key" = String, Header)),
    request_body = SecondFactor, responses((status = 200, body = OfficerView)))]
async fn second_factor(
    State(app): State<App>,
    _: OurOrigin,
    (headers, intent): (HeaderMap, Intent),
    Json(body): Json<SecondFactor>,
) -> Result<impl IntoResponse> {
    let intent = (intent.key.as_str(), &intent.digest);
    let (token, signed) = officers::show_code(&app, &headers, intent, &body.code).await?;
    let cookie = sessions::set_cookie(&app.config, Whose::Officer, &token);
    Ok(([(SET_COOKIE, cookie)], Json(OfficerView::from(signed))))
}

/// `GET /officer/session`: who is signed in.
#[utoipa::path(get, path = "/officer/session", tag = "who",
    responses((status = 200, body = OfficerView)), security(("officer" = [])))]
async fn read(officer: Officer) -> Json<OfficerView> {
    Json(officer.signed.into())
}

/// `DELETE /officer/session`: signs out; also when nobody is signed in.
#[utoipa::path(delete, path = "/officer/session", tag = "who", responses((status = 204)))]
async fn sign_out(State(app): State<App>, _: OurOrigin, headers: HeaderMap) -> Result<impl IntoResponse> {
    two_factors::sign_out(&app, &headers, Whose::Officer).await?;
    let cookie = sessions::clear_cookie(&app.config, Whose::Officer);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficerInk {
    ink: Ink,
}

/// `PUT /officer/ink`: the officer's own signature, kept for the next finding.
#[utoipa::path(put, path = "/officer/ink", tag = "who", request_body = OfficerInk,
    responses((status = 204)), security(("officer" = [])))]
async fn ink(State(app): State<App>, officer: Officer, Json(body): Json<OfficerInk>) -> Result<StatusCode> {
    officers::keep_ink(&app, officer.id, body.ink).await?;
    Ok(StatusCode::NO_CONTENT)
}
