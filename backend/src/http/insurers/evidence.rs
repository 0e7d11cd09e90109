//! `/settlements/{record}/evidence`: pictures of the scene and the vehicles, each sent with who took it written across.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::EvidenceId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{code_of, pictures};
use crate::app::App;
use crate::http::extract::{Json, Path};
use crate::identity::extract::Insurer;
use crate::insurer::evidence::{self, RecordEvidence};
use crate::refusal::Result;

const READ: &str = "evidence:read";

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read))
}

/// The pictures of a case that the asking insurer may see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordPictures {
    /// As they came.
    items: Vec<RecordEvidence>,
}

/// `GET /settlements/{record}/evidence`: photos and stills of the scene and the vehicles.
#[utoipa::path(get, path = "/settlements/{record}/evidence", tag = "insurers",
    params(("record" = String, Path, format = Uuid)),
    responses((status = 200, body = RecordPictures)), security(("insurer" = [])))]
async fn list(
    State(app): State<App>,
    insurer: Insurer,
    Path(id): Path<Uuid>,
) -> Result<Json<RecordPictures>> {
    insurer.require(READ)?;
    let (_, accident) = app.insurers_case(&insurer.insurer, id).await?;
    let items = evidence::of(&accident, code_of(&insurer)?, id);
    Ok(Json(RecordPictures { items }))
}

/// `GET /settlements/{record}/evidence/{evidence}`: one of them at no more than 1600 pixels, with a watermark of your
/// own; the look is noted.
#[utoipa::path(get, path = "/settlements/{record}/evidence/{evidence}", tag = "insurers",
    params(("record" = String, Path, format = Uuid), ("evidence" = String, Path, format = Uuid)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 304)),
    security(("insurer" = [])))]
async fn read(
    State(app): State<App>,
    insurer: Insurer,
    Path(ids): Path<(Uuid, EvidenceId)>,
    headers: HeaderMap,
) -> Result<Response> {
    insurer.require(READ)?;
    let own = code_of(&insurer)?;
    let (evidence, number) = app.look_at_evidence((own, &insurer.by), ids).await?;
    pictures::answer(&app, &insurer, (&evidence, &number), &headers).await
}
