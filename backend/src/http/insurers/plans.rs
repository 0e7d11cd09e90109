//! `/plans`: one settlement file in, one plan out, without a case: for those who check us.
//!
//! What is wrong with the file is told in the command's own words: the same code, field and message.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::rule_pack::RulePacks;
use domain::settlement::{self, Plan, SettlementError, SettlementInput};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::extract::{Json, only_json};
use crate::http::problem;
use crate::http::who::Desk;
use crate::identity::extract::Insurer;
use crate::identity::sessions::{self, Whose};
use crate::refusal::{AppError, Result};

const READ: &str = "settlements:read";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(plan))
}

/// An officer, or an insurer who may read settlements.
struct Checker;

impl FromRequestParts<App> for Checker {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let cookie = |whose| sessions::has_cookie(&parts.headers, &app.config, whose);
        let is_clerk = cookie(Whose::Clerk) && !cookie(Whose::Officer);
        if parts.headers.contains_key(AUTHORIZATION) || is_clerk {
            Insurer::from_request_parts(parts, app).await?.require(READ)?;
        } else {
            Desk::from_request_parts(parts, app).await?;
        }
        Ok(Self)
    }
}

/// `POST /plans`: what would be paid for the accident in this settlement file. Nothing is kept, so no key.
#[utoipa::path(post, path = "/plans", tag = "insurers", request_body = SettlementInput,
    responses((status = 200, body = Plan)), security(("officer" = []), ("insurer" = [])))]
async fn plan(State(app): State<App>, _: Checker, headers: HeaderMap, body: Bytes) -> Result<Response> {
    only_json(&headers)?;
    Ok(match planned(&body, &app.rules) {
        Ok(plan) => Json(plan).into_response(),
        Err(error) => problem::settlement(error),
    })
}

fn planned(body: &[u8], packs: &RulePacks) -> std::result::Result<Plan, SettlementError> {
    let input = SettlementInput::from_json(body)?;
    settlement::settle(&input, input.choose_pack(packs)?)
}
