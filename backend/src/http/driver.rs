//! `/driver`: from the link to a session.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use domain::id::{AccidentId, PartyId};
use domain::identifiers::mask_phone;
use domain::stage::StageName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents;
use super::extract::Json;
use super::idempotency::Intent;
use super::view::AccidentView;
use crate::app::{App, ByParty, Who};
use crate::identity::confirm;
use crate::identity::driver::{self, Shown};
use crate::identity::extract::{Driver, OurOrigin};
use crate::identity::links;
use crate::identity::sessions::{self, Whose};
use crate::identity::two_factors::sign_out;
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open_link))
        .routes(routes!(send_code))
        .routes(routes!(read, show_code, leave))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkToken {
    token: String,
}

/// What a personal link opens.
#[derive(Serialize, ToSchema)]
pub struct LinkView {
    accident_id: AccidentId,
    party_id: PartyId,
    /// 甲, 乙 …
    label: String,
    /// Empty: whoever asks has it.
    token: String,
    link: String,
    phone_masked: Option<String>,
    confirmed: bool,
    /// This browser already has a session for it.
    session: bool,
    stage: StageName,
}

impl LinkView {
    fn of(app: &App, shown: &Shown, token: &str) -> Self {
        let party = shown
            .accident
            .parties
            .iter()
            .find(|party| party.id == shown.party);
        Self {
            accident_id: shown.accident.id,
            party_id: shown.party,
            label: party.map(|party| party.label.clone()).unwrap_or_default(),
            token: String::new(),
            link: links::url(&app.config, links::Kind::Personal(shown.party), token),
            phone_masked: party.and_then(|party| party.phone.as_deref()).map(mask_phone),
            confirmed: party.is_some_and(|party| party.confirmed_at.is_some()),
            session: shown.session,
            stage: shown.accident.stage_name(),
        }
    }
}

/// `POST /driver/link`: what the link opens; looking uses nothing up.
#[utoipa::path(post, path = "/driver/link", tag = "who", params(("Idempotency-Key" = String, Header)),
    request_body = LinkToken, responses((status = 200, body = LinkView)))]
async fn open_link(
    State(app): State<App>,
    _: OurOrigin,
    (headers, _): (HeaderMap, Intent),
    Json(body): Json<LinkToken>,
) -> Result<Json<LinkView>> {
    let shown = driver::open_link(&app, &headers, &body.token).await?;
    Ok(Json(LinkView::of(&app, &shown, &body.token)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    token: String,
    phone: String,
}

#[derive(Serialize, ToSchema)]
pub struct CodeSentView {
    phone_masked: String,
    resend_after_s: u32,
}

/// `POST /driver/code`: texts the code that proves the phone.
#[utoipa::path(post, path = "/driver/code", tag = "who", params(("Idempotency-Key" = String, Header)),
    request_body = CodeRequest, responses((status = 202, body = CodeSentView)))]
async fn send_code(
    State(app): State<App>,
    _: OurOrigin,
    intent: Intent,
    Json(body): Json<CodeRequest>,
) -> Result<(StatusCode, Json<CodeSentView>)> {
    let sent = driver::send_code(&app, (&intent.key, &intent.digest), &body.token, &body.phone).await?;
    let view = CodeSentView {
        phone_masked: sent.phone_masked,
        resend_after_s: sent.resend_after_s,
    };
    Ok((StatusCode::ACCEPTED, Json(view)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeShown {
    token: String,
    /// Six digits.
    code: String,
}

/// `POST /driver/session`: the code is right, the driver is in. The cookie is bound to case and party.
#[utoipa::path(post, path = "/driver/session", tag = "who", params(("Idempotency-Key" = String, Header)),
    request_body = CodeShown, responses((status = 201, body = AccidentView)))]
async fn show_code(
    State(app): State<App>,
    _: OurOrigin,
    intent: Intent,
    Json(body): Json<CodeShown>,
) -> Result<impl IntoResponse> {
    let intent = (intent.key.as_str(), &intent.digest);
    let (session, known, accident) = confirm::show_code(&app, intent, &body.token, &body.code).await?;
    let who = Who::Party(ByParty {
        accident: known.accident,
        party: known.party,
    });
    let view = accidents::seen(&app, &who, &accident).await?;
    let cookie = sessions::set_cookie(&app.config, Whose::Driver, &session);
    Ok((StatusCode::CREATED, [(SET_COOKIE, cookie)], view))
}

#[derive(Serialize, ToSchema)]
pub struct DriverSession {
    accident_id: AccidentId,
    party_id: PartyId,
}

/// `GET /driver/session`: which case this browser is in.
#[utoipa::path(get, path = "/driver/session", tag = "who",
    responses((status = 200, body = DriverSession)), security(("driver" = [])))]
async fn read(driver: Driver) -> Json<DriverSession> {
    Json(DriverSession {
        accident_id: driver.accident,
        party_id: driver.party,
    })
}

/// `DELETE /driver/session`: this browser forgets the case.
#[utoipa::path(delete, path = "/driver/session", tag = "who", responses((status = 204)))]
async fn leave(State(app): State<App>, _: OurOrigin, headers: HeaderMap) -> Result<impl IntoResponse> {
    sign_out(&app, &headers, Whose::Driver).await?;
    let cookie = sessions::clear_cookie(&app.config, Whose::Driver);
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]))
}
