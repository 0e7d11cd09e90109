//! `/settlements`: what insurers pull. An insurer sees only accidents with a policy of its own.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::paging::{Page, Since};
use crate::app::App;
use crate::http::extract::{Json, Path, Query};
use crate::http::files;
use crate::identity::extract::Insurer;
use crate::insurer::record::{Record, SettlementRecord};
use crate::refusal::{Refusal, Result};
use crate::store::settlements::{self, SettlementRow};

const READ: &str = "settlements:read";
/// A cursor is opaque to clients; the prefix lets us change what is in it.
const CURSOR: &str = "c1-";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(document))
}

/// `GET /settlements`: what changed after the cursor, in order of change.
#[utoipa::path(get, path = "/settlements", tag = "insurers",
    params(Since), responses((status = 200, body = Page<SettlementRecord>)), security(("insurer" = [])))]
async fn list(
    State(app): State<App>,
    insurer: Insurer,
    Query(since): Query<Since>,
) -> Result<Json<Page<SettlementRecord>>> {
    insurer.require(READ)?;
    let cursor = since.read(CURSOR)?;
    let mut tx = app.db.read().await?;
    let rows: Vec<SettlementRow<Record>> =
        settlements::since(&mut tx, &insurer.insurer, cursor.after, cursor.wanted()).await?;
    Ok(Json(cursor.page(
        rows,
        |row| row.change_no,
        |row| seen(row, &insurer),
    )))
}

fn seen(row: &SettlementRow<Record>, insurer: &Insurer) -> SettlementRecord {
    row.body
        .0
        .seen_by(&insurer.insurer, (row.id.to_string(), row.change_no))
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
