//! `/clerks`, `/insurer-changes`: an insurer's administrator and the colleagues.

use axum::extract::State;
use axum::http::StatusCode;
use domain::id::ClerkId;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::clerk_session::ClerkRole;
use super::intent;
use crate::app::App;
use crate::config::LIST_MAX;
use crate::http::extract::{Json, Path, Query};
use crate::http::qr;
use crate::http::who::Meant;
use crate::identity::clerks::access::Access;
use crate::identity::clerks::deeds::{self, Change};
use crate::identity::clerks::{role_of, shown_login};
use crate::identity::extract::Insurer;
use crate::identity::totp;
use crate::refusal::{Refusal, Result};
use crate::store::clerks::ClerkRow;

const SCOPE: &str = "clerks:manage";
const LIMIT_DEFAULT: u32 = 50;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(change))
        .routes(routes!(changes))
}

/// A colleague.
#[derive(Serialize, ToSchema)]
pub struct Clerk {
    id: ClerkId,
    name: String,
    login: String,
    role: ClerkRole,
    /// Signs in through the insurer, and has no password here.
    by_insurer: bool,
    created_at: Instant,
    disabled_at: Option<Instant>,
}

#[derive(Serialize, ToSchema)]
pub struct Clerks {
    items: Vec<Clerk>,
}

/// What a clerk signs in with; shown this once.
#[derive(Serialize, ToSchema)]
pub struct ClerkAccessOnce {
    password: String,
    /// For an authenticator app.
    totp_url: String,
    /// The same as a picture, SVG.
    totp_qr: String,
}

/// A new colleague with what they sign in with.
#[derive(Serialize, ToSchema)]
pub struct ClerkMade {
    #[serde(flatten)]
    clerk: Clerk,
    #[serde(flatten)]
    access: ClerkAccessOnce,
}

/// A colleague as they now are; password and second factor after a reset only.
#[derive(Serialize, ToSchema)]
pub struct ClerkChanged {
    #[serde(flatten)]
    clerk: Clerk,
    password: Option<String>,
    totp_url: Option<String>,
    totp_qr: Option<String>,
}

impl Clerk {
    fn of(row: ClerkRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            login: shown_login(&row),
            role: role_of(&row)?.into(),
            by_insurer: row.login.is_none(),
            name: row.name,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
        })
    }
}

impl ClerkAccessOnce {
    fn of(access: Access, login: &str) -> Result<Self> {
        let totp_url = totp::url(&access.totp_secret, login);
        Ok(Self {
            totp_qr: qr::svg(&totp_url)?,
            totp_url,
            password: access.password,
        })
    }
}

/// `GET /clerks`: everybody of one's own insurer.
#[utoipa::path(get, path = "/clerks", tag = "clerks",
    responses((status = 200, body = Clerks)), security(("clerk" = [])))]
async fn list(State(app): State<App>, insurer: Insurer) -> Result<Json<Clerks>> {
    let rows = deeds::list(&app, insurer.admin(SCOPE)?).await?;
    let items = rows.into_iter().map(Clerk::of).collect::<Result<_>>()?;
    Ok(Json(Clerks { items }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClerk {
    /// What they will type to sign in: 2 to 64 small letters, digits or `._-@`; an address will do.
    login: String,
    name: String,
    role: ClerkRole,
}

/// `POST /clerks`: a new colleague; the password and the second factor are shown this once.
#[utoipa::path(post, path = "/clerks", tag = "clerks", params(("Idempotency-Key" = String, Header)),
    request_body = NewClerk, responses((status = 201, body = ClerkMade)), security(("clerk" = [])))]
async fn add(
    State(app): State<App>,
    insurer: Insurer,
    meant: Meant,
    Json(body): Json<NewClerk>,
) -> Result<(StatusCode, Json<ClerkMade>)> {
    let admin = insurer.admin(SCOPE)?;
    let intent = intent(&insurer, meant);
    let new = (body.login, body.name, body.role.into());
    let (row, access) = deeds::add(&app, admin, &intent, new).await?;
    let clerk = Clerk::of(row)?;
    let access = ClerkAccessOnce::of(access, &clerk.login)?;
    Ok((StatusCode::CREATED, Json(ClerkMade { clerk, access })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClerkChange {
    role: Option<ClerkRole>,
    disabled: Option<bool>,
    /// A new password and a new second factor; open sessions end.
    #[serde(default)]
    reset: bool,
}

/// `PATCH /clerks/{clerk}`: another role, disabled or not, a new password. It counts from the next request on.
#[utoipa::path(patch, path = "/clerks/{clerk}", tag = "clerks",
    params(("clerk" = String, Path, format = Uuid)),
    request_body = ClerkChange, responses((status = 200, body = ClerkChanged)), security(("clerk" = [])))]
async fn change(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<ClerkId>,
    Json(body): Json<ClerkChange>,
) -> Result<Json<ClerkChanged>> {
    let change = Change {
        role: body.role.map(Into::into),
        disabled: body.disabled,
        reset: body.reset,
    };
    let (row, access) = deeds::change(&app, insurer.admin(SCOPE)?, id, change).await?;
    let clerk = Clerk::of(row)?;
    let access = access
        .map(|access| ClerkAccessOnce::of(access, &clerk.login))
        .transpose()?;
    let (password, totp_url, totp_qr) = match access {
        Some(once) => (Some(once.password), Some(once.totp_url), Some(once.totp_qr)),
        None => (None, None, None),
    };
    Ok(Json(ClerkChanged {
        clerk,
        password,
        totp_url,
        totp_qr,
    }))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Before {
    /// `next` of the last answer; none: from the newest on.
    before: Option<Uuid>,
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// One change about people or keys.
#[derive(Serialize, ToSchema)]
pub struct InsurerChange {
    id: Uuid,
    /// Such as `clerk_disabled` or `key_added`.
    kind: String,
    /// Whom or what it was about.
    about: String,
    /// The clerk's name; none: the operator of this system.
    by: Option<String>,
    at: Instant,
}

#[derive(Serialize, ToSchema)]
pub struct InsurerChanges {
    items: Vec<InsurerChange>,
    /// Name it as `before` to go on; none: there is no more.
    next: Option<Uuid>,
}

/// `GET /insurer-changes`: who changed what about people and keys, the newest first.
#[utoipa::path(get, path = "/insurer-changes", tag = "clerks", params(Before),
    responses((status = 200, body = InsurerChanges)), security(("clerk" = [])))]
async fn changes(
    State(app): State<App>,
    insurer: Insurer,
    Query(wanted): Query<Before>,
) -> Result<Json<InsurerChanges>> {
    let admin = insurer.admin(SCOPE)?;
    let limit = wanted.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIST_MAX).contains(&limit) {
        let message = format!("limit 应在1到{LIST_MAX}之间");
        return Err(Refusal::invalid_field("limit", "out_of_range", message).into());
    }
    let mut rows = deeds::changes(&app, admin, wanted.before, limit + 1).await?;
    let kept = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > kept;
    rows.truncate(kept);
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let items = rows.into_iter().map(|row| InsurerChange {
        id: row.id,
        kind: row.kind,
        about: row.about,
        by: row.by_name,
        at: row.at,
    });
    Ok(Json(InsurerChanges {
        items: items.collect(),
        next,
    }))
}
