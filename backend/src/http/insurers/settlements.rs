//! `/settlements`: what insurers pull. An insurer sees only accidents with a policy of its own.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::AccidentId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::paging::{Page, Since};
use super::{code_of, tagged};
use crate::app::App;
use crate::app::insurer_reads::Look;
use crate::http::extract::{Json, Path, Query};
use crate::http::files;
use crate::identity::extract::Insurer;
use crate::insurer::documents::{self, RecordDocument};
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
        .routes(routes!(list_documents))
        .routes(routes!(one_document))
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
    drop(tx);
    let page = Look::page(
        "settlements",
        cursor.after,
        cursor.shown(&rows).map(|row| row.change_no),
    );
    app.note_looks(insurer.looking(), page).await?;
    Ok(Json(cursor.page(
        rows,
        |row| row.change_no,
        |row| seen(row, &insurer),
    )))
}

pub(super) fn seen(row: &SettlementRow<Record>, insurer: &Insurer) -> SettlementRecord {
    row.body
        .0
        .seen_by(&insurer.insurer, (row.id.to_string(), row.change_no))
}

/// `GET /settlements/{record}`: one record, with an ETag.
#[utoipa::path(get, path = "/settlements/{record}", tag = "insurers",
    params(("record" = String, Path, format = Uuid)),
    responses((status = 200, body = SettlementRecord), (status = 304)), security(("insurer" = [])))]
async fn read(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    insurer.require(READ)?;
    let row = app.insurers_record(&insurer.insurer, id).await?;
    app.note_look(insurer.looking(), "settlement", id, row.accident_id)
        .await?;
    tagged::json(&headers, &format!("{id}-{}", row.change_no), || {
        seen(&row, &insurer)
    })
}

/// `GET /settlements/{record}/document`: the finding as PDF.
#[utoipa::path(get, path = "/settlements/{record}/document", tag = "insurers",
    params(("record" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 304)),
    security(("insurer" = [])))]
async fn document(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
) -> Result<Response> {
    insurer.require(READ)?;
    let row = app.insurers_record(&insurer.insurer, id).await?;
    app.note_look(insurer.looking(), "document", id, row.accident_id)
        .await?;
    let name = format!("{}.pdf", row.body.0.finding_number);
    files::pdf(&app.blobs, &row.document_sha256, &name, &headers).await
}

/// The papers of a case that concern the asking insurer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordDocuments {
    /// The finding that counts first, void ones last.
    items: Vec<RecordDocument>,
}

/// `GET /settlements/{record}/documents`: every paper of the case that concerns you, with its digest.
#[utoipa::path(get, path = "/settlements/{record}/documents", tag = "insurers",
    params(("record" = String, Path, format = Uuid)),
    responses((status = 200, body = RecordDocuments)), security(("insurer" = [])))]
async fn list_documents(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
) -> Result<Json<RecordDocuments>> {
    insurer.require(READ)?;
    let items = papers(&app, &insurer, id).await?.1;
    Ok(Json(RecordDocuments { items }))
}

/// `GET /settlements/{record}/documents/{document}`: one of them as PDF.
#[utoipa::path(get, path = "/settlements/{record}/documents/{document}", tag = "insurers",
    params(("record" = String, Path, format = Uuid), ("document" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 304)),
    security(("insurer" = [])))]
async fn one_document(
    State(app): State<App>,
    insurer: Insurer,
    Path((id, document)): Path<(Uuid, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    insurer.require(READ)?;
    let (accident, papers) = papers(&app, &insurer, id).await?;
    let paper = papers.into_iter().find(|paper| paper.id == document);
    let paper = paper.ok_or_else(Refusal::not_found)?;
    app.note_look(insurer.looking(), "document", &paper.id, accident)
        .await?;
    let name = format!("{}{}.pdf", paper.title, paper.number);
    files::pdf(&app.blobs, &paper.sha256, &name, &headers).await
}

async fn papers(app: &App, insurer: &Insurer, id: Uuid) -> Result<(AccidentId, Vec<RecordDocument>)> {
    let (row, accident) = app.insurers_case(&insurer.insurer, id).await?;
    let masked = |text: &str| row.body.0.masked(&insurer.insurer, text);
    let papers = documents::of(&accident, code_of(insurer)?, id, masked);
    Ok((row.accident_id, papers))
}
