//! `/demo`: what a person who tries the demo would have on a phone of their own: messages and codes.
//!
//! Outside demo mode none of it exists.

use axum::extract::{FromRequestParts, State};
use axum::http::HeaderName;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Json, Query};
use super::openapi::escape;
use crate::app::App;
use crate::identity::totp;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::{clerks, officers, outbox};

/// Messages shown at most.
const MESSAGES_MAX: u32 = 50;

/// Below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(code)).routes(routes!(inbox))
}

/// At the root.
pub fn pages() -> OpenApiRouter<App> {
    OpenApiRouter::new().route("/demo/inbox", axum::routing::get(inbox_page))
}

/// There is a demo to be seen.
struct Demo;

impl FromRequestParts<App> for Demo {
    type Rejection = AppError;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Self> {
        if app.config.demo {
            Ok(Self)
        } else {
            Err(Refusal::not_found().into())
        }
    }
}

#[derive(Deserialize)]
struct Whose {
    name: String,
}

#[derive(Serialize, ToSchema)]
pub struct DemoCode {
    code: String,
    valid_for_s: u64,
}

/// `GET /demo/totp`: the code that an officer's or a clerk's phone would show now.
#[utoipa::path(get, path = "/demo/totp", tag = "demo", params(("name" = String, Query)),
    responses((status = 200, body = DemoCode)))]
async fn code(State(app): State<App>, _: Demo, Query(asked): Query<Whose>) -> Result<Json<DemoCode>> {
    let mut tx = app.db.read().await?;
    let secret = match officers::by_login(&mut tx, &asked.name).await? {
        Some(officer) => Some(officer.totp_secret),
        None => clerks::by_login(&mut tx, &asked.name)
            .await?
            .and_then(|clerk| clerk.totp_secret),
    };
    let secret = secret.ok_or_else(Refusal::not_found)?;
    let (code, valid_for_s) = totp::current(&secret, app.wall.now())?;
    Ok(Json(DemoCode { code, valid_for_s }))
}

#[derive(Serialize, ToSchema)]
pub struct DemoMessage {
    to: String,
    text: String,
    at: Instant,
}

#[derive(Serialize, ToSchema)]
pub struct DemoInbox {
    messages: Vec<DemoMessage>,
}

async fn messages(app: &App) -> Result<Vec<DemoMessage>> {
    let mut tx = app.db.read().await?;
    let rows = outbox::list(&mut tx, MESSAGES_MAX).await?;
    let message = |row: outbox::MessageRow| DemoMessage {
        to: row.recipient,
        text: row.body,
        at: row.created_at,
    };
    Ok(rows.into_iter().map(message).collect())
}

/// `GET /demo/inbox`: the newest messages first.
#[utoipa::path(get, path = "/demo/inbox", tag = "demo", responses((status = 200, body = DemoInbox)))]
async fn inbox(State(app): State<App>, _: Demo) -> Result<Json<DemoInbox>> {
    Ok(Json(DemoInbox {
        messages: messages(&app).await?,
    }))
}

/// The same for people; it looks again by itself.
async fn inbox_page(State(app): State<App>, _: Demo) -> Result<impl IntoResponse> {
    let mut rows = String::new();
    for message in messages(&app).await? {
        rows.push_str(&format!(
            "<section><p class=\"soft\">{} · {}</p><p>{}</p></section>\n",
            escape(&message.to),
            escape(&message.at.china_text()),
            linked(&message.text)
        ));
    }
    if rows.is_empty() {
        rows.push_str("<p class=\"soft\">还没有短信</p>");
    }
    let page = Html(format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>演示收件箱</title><link rel=\"stylesheet\" href=\"/api/style.css\">\
         <main><h1>演示收件箱</h1><p class=\"soft\">演示模式不发送真实短信，内容显示在这里，每3秒刷新。</p>\n{rows}</main></html>"
    ));
    // The header and not the element: the page is the same for every reader, whoever reads it aloud.
    Ok(([(HeaderName::from_static("refresh"), "3")], page))
}

/// The text with its link to be clicked.
fn linked(text: &str) -> String {
    let Some(start) = text.find("http") else {
        return escape(text);
    };
    let rest = &text[start..];
    let end = rest
        .find(|c: char| !c.is_ascii() || c.is_whitespace())
        .unwrap_or(rest.len());
    let link = escape(&rest[..end]);
    format!(
        "{}<a href=\"{link}\">{link}</a>{}",
        escape(&text[..start]),
        escape(&rest[end..])
    )
}
