//! `/clerk/session`: how an insurer's clerk signs in and out. With the session a page uses the insurers' API as
//! the insurer's own programs do.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use domain::codes::insurer_name;
use domain::id::{ClerkId, InsurerCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::Json;
use crate::http::idempotency::Intent;
use crate::identity::clerks::{self, Role, Signed};
use crate::identity::extract::{Clerk, OurOrigin};
use crate::identity::sessions::{self, Whose};
use crate::identity::two_factors;
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(read, sign_in, sign_out))
        .routes(routes!(second_factor))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClerkSignIn {
    /// The login.
    name: String,
    password: String,
}

/// The password was right; the code comes next.
#[derive(Serialize, ToSchema)]
pub struct ClerkMfaRequired {
    mfa_required: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClerkSecondFactor {
    /// Six digits.
    code: String,
}

/// What somebody is to their insurer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClerkRole {
    /// Looks.
    Viewer,
    /// Answers assessments and confirms payments.
    Handler,
    /// Everything, people and keys included.
    Admin,
}

impl From<Role> for ClerkRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Handler => Self::Handler,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<ClerkRole> for Role {
    fn from(role: ClerkRole) -> Self {
        match role {
            ClerkRole::Viewer => Self::Viewer,
            ClerkRole::Handler => Self::Handler,
            ClerkRole::Admin => Self::Admin,
        }
    }
}

/// Who vouched for a clerk.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClerkVia {
    /// Password and code, shown to us.
    Password,
    /// The insurer's own sign-in.
    Oidc,
}

/// An insurer and what it is called.
#[derive(Serialize, ToSchema)]
pub struct NamedInsurer {
    code: InsurerCode,
    name: String,
}

impl From<InsurerCode> for NamedInsurer {
    fn from(code: InsurerCode) -> Self {
        Self {
            name: insurer_name(code.as_str()).to_owned(),
            code,
        }
    }
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub struct ClerkView {
    id: ClerkId,
    name: String,
    login: String,
    role: ClerkRole,
    insurer: NamedInsurer,
    /// What the role allows, in the API's own words.
    scopes: Vec<String>,
    via: ClerkVia,
}

impl From<Signed> for ClerkView {
    fn from(signed: Signed) -> Self {
        Self {
            id: signed.id,
            name: signed.name,
            login: signed.login,
            scopes: signed.role.scopes(),
            role: signed.role.into(),
            insurer: signed.insurer.into(),
            via: if signed.by_insurer {
                ClerkVia::Oidc
            } else {
                ClerkVia::Password
            },
        }
    }
}

/// `POST /clerk/session`: name and password; the cookie opens nothing but the second step.
#[utoipa::path(post, path = "/clerk/session", tag = "clerks", params(("Idempotency-Key" = String, Header)),
    request_body = ClerkSignIn, responses((status = 200, body = ClerkMfaRequired)))]
async fn sign_in(
    State(app): State<App>,
    _: OurOrigin,
    _: Intent,
    Json(body): Json<ClerkSignIn>,
) -> Result<impl IntoResponse> {
    let token = clerks::show_password(&app, &body.name, &body.password).await?;
    let cookie = sessions::set_cookie(&app.config, Whose::Clerk, &token);
    Ok((
        [(SET_COOKIE, cookie)],
        Json(ClerkMfaRequired { mfa_required: true }),
    ))
}

/// `POST /clerk/session/totp`: the second factor; each code works once.
#[utoipa::path(post, path = "/clerk/session/totp", tag = "clerks", params(("Idempotency-Key" = String, Header)),
    request_body = ClerkSecondFactor, responses((status = 200, body = ClerkView)))]
async fn second_factor(
    State(app): State<App>,
    _: OurOrigin,
    (headers, intent): (HeaderMap, Intent),
    Json(body): Json<ClerkSecondFactor>,
) -> Result<impl IntoResponse> {
    let intent = (intent.key.as_str(), &intent.digest);
    let (token, signed) = clerks::show_code(&app, &headers, intent, &body.code).await?;
    let cookie = sessions::set_cookie(&app.config, Whose::Clerk, &token);
    Ok(([(SET_COOKIE, cookie)], Json(ClerkView::from(signed))))
}

/// `GET /clerk/session`: who is signed in, and what they may.
#[utoipa::path(get, path = "/clerk/session", tag = "clerks",
    responses((status = 200, body = ClerkView)), security(("clerk" = [])))]
async fn read(Clerk(signed): Clerk) -> Json<ClerkView> {
    Json(signed.into())
}

/// `DELETE /clerk/session`: signs out; also when nobody is signed in.
#[utoipa::path(delete, path = "/clerk/session", tag = "clerks", responses((status = 204)))]
async fn sign_out(State(app): State<App>, _: OurOrigin, headers: HeaderMap) -> Result<impl IntoResponse> {
    two_factors::sign_out(&app, &headers, Whose::Clerk).await?;
    let cookie = sessions::clear_cookie(&app.config, Whose::Clerk);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]))
}
