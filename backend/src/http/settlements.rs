//! `/settlements`: what insurers pull. An insurer sees only accidents with a policy of its own.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::extract::{Json, Path, Query};
use super::files;
use crate::app::App;
use crate::config::LIST_MAX;
use crate::identity::extract::Insurer;
use crate::insurer::record::{Record, SettlementRecord};
use crate::refusal::{Refusal, Result};
use crate::store::settlements::{self, SettlementRow};

/// Records in one answer unless the caller says.
const LIMIT_DEFAULT: u32 = 50;
const READ: &str = "settlements:read";
/// A cursor is opaque to clients; the prefix lets us change what is in it.
const CURSOR: &str = "c1-";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(document))
}

#[derive(Debug, Deserialize)]
struct Since {
    since: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementPage {
    items: Vec<SettlementRecord>,
    /// Name it as `since` next time; also when nothing came.
    next: String,
    /// There is more right now.
    more: bool,
}

/// `GET /settlements`: what changed after the cursor, in order of change.
#[utoipa::path(get, path = "/settlements", tag = "insurers",
    params(("since" = Option<String>, Query), ("limit" = Option<u32>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = SettlementPage)), security(("insurer" = [])))]
async fn list(
    State(app): State<App>,
    insurer: Insurer,
    Query(asked): Query<Since>,
) -> Result<Json<SettlementPage>> {
    insurer.require(READ)?;
    let since = asked.since.as_deref().map_or(Ok(0), parse)?;
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIST_MAX).contains(&limit) {
        let message = format!("limit 应在1到{LIST_MAX}之间");
        return Err(Refusal::invalid_field("limit", "out_of_range", message).into());
    }
    let mut tx = app.db.read().await?;
    let mut rows: Vec<SettlementRow<Record>> =
        settlements::since(&mut tx, &insurer.insurer, since, limit + 1).await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().map_or(since, |last| last.change_no);
    let items = rows.iter().map(|row| seen(row, &insurer)).collect();
    Ok(Json(SettlementPage {
        items,
        next: format!("{CURSOR}{next}"),
        more,
    }))
}

fn seen(row: &SettlementRow<Record>, insurer: &Insurer) -> SettlementRecord {
    row.body
        .0
        .seen_by(&insurer.insurer, (row.id.to_string(), row.change_no))
}

fn parse(cursor: &str) -> Result<i64> {
    let number = cursor
        .strip_prefix(CURSOR)
        .and_then(|number| number.parse().ok())
        .filter(|number| *number >= 0);
    number.ok_or_else(|| {
        Refusal::invalid_field("since", "bad_cursor", "请使用上次返回的 next，或不填以从头开始").into()
    })
}

/// `GET /settlements/{record}`: one record.
#[utoipa::path(get, path = "/settlements/{record}", tag = "insurers",
    params(("record" = String, Path, format = Uuid)),
    responses((status = 200, body = SettlementRecord)), security(("insurer" = [])))]
async fn read(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
) -> Result<Json<SettlementRecord>> {
    insurer.require(READ)?;
    let row = load(&app, &insurer, id).await?;
    Ok(Json(seen(&row, &insurer)))
}

/// `GET /settlements/{record}/document`: the finding as PDF.
#[utoipa::path(get, path = "/settlements/{record}/document", tag = "insurers",
    params(("record" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)), security(("insurer" = [])))]
async fn document(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    insurer.require(READ)?;
    let row = load(&app, &insurer, id).await?;
    files::pdf(
        &app.blobs,
        &row.document_sha256,
        &format!("{}.pdf", row.body.0.finding_number),
        &headers,
    )
    .await
}

async fn load(app: &App, insurer: &Insurer, id: Uuid) -> Result<SettlementRow<Record>> {
    let mut tx = app.db.read().await?;
    let row = settlements::load(&mut tx, &insurer.insurer, id).await?;
    Ok(row.ok_or_else(Refusal::not_found)?)
}
