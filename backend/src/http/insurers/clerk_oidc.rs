//! `/clerk/oidc`: a clerk signs in where the insurer's own people do. These are addresses a browser goes to, so what
//! goes wrong is told by the portal's page: `/insurer/?sign_in=CODE`.

use axum::extract::State;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::clerk_session::NamedInsurer;
use crate::app::App;
use crate::http::extract::{Json, Query};
use crate::identity::clerks::oidc::{self, NoEntry, Returned};
use crate::identity::clerks::providers;
use crate::identity::sessions::{self, Whose};
use crate::refusal::{AppError, Result};

/// Where the portal is.
const PORTAL: &str = "/insurer/";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(leave))
        .routes(routes!(come_back))
}

/// An insurer whose clerks sign in at home.
#[derive(Serialize, ToSchema)]
pub struct OidcProvider {
    insurer: NamedInsurer,
}

#[derive(Serialize, ToSchema)]
pub struct OidcProviders {
    items: Vec<OidcProvider>,
}

/// `GET /clerk/oidc/providers`: the insurers whose clerks sign in through the insurer itself.
#[utoipa::path(get, path = "/clerk/oidc/providers", tag = "clerks",
    responses((status = 200, body = OidcProviders)))]
async fn list(State(app): State<App>) -> Result<Json<OidcProviders>> {
    let rows = providers::list(&app.db).await?;
    let items = rows.into_iter().map(|row| OidcProvider {
        insurer: row.insurer.into(),
    });
    Ok(Json(OidcProviders {
        items: items.collect(),
    }))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Leave {
    /// The insurer's code.
    insurer: Option<String>,
}

/// `GET /clerk/oidc`: sends the browser to the insurer's own sign-in; when that cannot be, to the portal with
/// `sign_in` saying why.
#[utoipa::path(get, path = "/clerk/oidc", tag = "clerks", params(Leave), responses((status = 303)))]
async fn leave(State(app): State<App>, Query(wanted): Query<Leave>) -> Result<Response> {
    match oidc::leave(&app, &wanted.insurer.unwrap_or_default()).await? {
        Ok(leaving) => {
            let life = oidc::AWAY_MAX.whole_seconds();
            let cookie = sessions::set_short_cookie(&app.config, oidc::COOKIE, &leaving.browser, life);
            go(&leaving.url, vec![cookie])
        }
        Err(no) => go(&told(no), Vec::new()),
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ComeBack {
    state: Option<String>,
    /// None when the provider said no.
    code: Option<String>,
    /// RFC 9207.
    iss: Option<String>,
}

/// `GET /clerk/oidc/callback`: whoever the insurer vouches for is signed in and goes on to the portal; who is not,
/// goes there with `sign_in` saying why.
#[utoipa::path(get, path = "/clerk/oidc/callback", tag = "clerks", params(ComeBack), responses((status = 303)))]
async fn come_back(
    State(app): State<App>,
    headers: HeaderMap,
    Query(query): Query<ComeBack>,
) -> Result<Response> {
    let returned = Returned {
        state: query.state,
        code: query.code,
        iss: query.iss,
    };
    let gone = sessions::set_short_cookie(&app.config, oidc::COOKIE, "", 0);
    match oidc::come_back(&app, &headers, returned).await? {
        Ok(session) => {
            let cookie = sessions::set_cookie(&app.config, Whose::Clerk, &session);
            go(PORTAL, vec![cookie, gone])
        }
        Err(no) => go(&told(no), vec![gone]),
    }
}

fn told(no: NoEntry) -> String {
    format!("{PORTAL}?sign_in={}", no.as_str())
}

fn go(place: &str, cookies: Vec<HeaderValue>) -> Result<Response> {
    let place = HeaderValue::from_str(place)
        .map_err(|_| AppError::Inconsistent("a provider's address cannot be a header".to_owned()))?;
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
