//! The bytes of a photo or recording, for whoever may see it. A photo is shown re-encoded and smaller;
//! the original, with all its phone wrote into it, is for the desk.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::evidence::{Evidence, EvidenceKind};
use domain::id::{AccidentId, EvidenceId};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query};
use super::files::{self, Shown};
use super::who::Viewer;
use crate::app::{App, Who};
use crate::blobs::SHOWN;
use crate::images;
use crate::refusal::{Kind, Refusal, Result};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// `1`: the bytes exactly as they arrived (officers only).
    #[serde(default)]
    original: u8,
}

/// A photo at no more than 1600 pixels as JPEG, or with `original=1` as it arrived.
#[utoipa::path(get, path = "/accidents/{accident}/evidence/{evidence}", tag = "evidence",
    security(("driver" = []), ("officer" = [])),
    params(("accident" = String, Path, format = Uuid), ("evidence" = EvidenceId, Path), Wanted),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>),
              (status = 206, description = "a part of a recording"), (status = 304, description = "unchanged"),
              (status = 403, description = "originals_for_officers"), (status = 404, description = "not_found"),
              (status = 410, description = "destroyed")))]
async fn read(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path((accident, id)): Path<(AccidentId, EvidenceId)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response> {
    let accident = app.look(accident, &who.scope()).await?;
    let evidence = accident.evidence.iter().find(|known| known.id == id);
    let evidence = evidence
        .filter(|evidence| may_see(&who, evidence))
        .ok_or_else(Refusal::not_found)?;
    if accident.archive.gone.contains(&id) {
        return Err(Refusal::new(Kind::Gone, "destroyed", "录像保存期满，已经销毁").into());
    }
    if wanted.original != 0 && !who.is_officer() {
        return Err(Refusal::new(Kind::Forbidden, "originals_for_officers", "原始照片仅供民警查看").into());
    }
    if wanted.original != 0 || evidence.kind == EvidenceKind::Recording {
        return original(&app, evidence, &headers).await;
    }
    reduced(&app, evidence, &headers).await
}

/// Where the picture at no more than 1600 pixels lies; made when it is not there.
pub(super) async fn shown(app: &App, evidence: &Evidence) -> Result<PathBuf> {
    let path = app.blobs.derived(&evidence.sha256, SHOWN);
    if !tokio::fs::try_exists(&path).await? {
        let jpeg = images::shown(app.blobs.path(&evidence.sha256)).await?;
        app.blobs.keep_derived(&path, &jpeg)?;
    }
    Ok(path)
}

/// A picture at no more than 1600 pixels, for whoever was found to be allowed to see it.
async fn reduced(app: &App, evidence: &Evidence, headers: &HeaderMap) -> Result<Response> {
    let path = shown(app, evidence).await?;
    let tag = format!("{}-1600", evidence.sha256);
    let shown = Shown {
        media_type: "image/jpeg",
        tag: &tag,
        name: &format!("{}.jpg", evidence.id),
    };
    files::file(&path, shown, headers).await
}

/// The desk sees everything of its cases; a driver what came from the own phone, and no recordings.
fn may_see(who: &Who, evidence: &Evidence) -> bool {
    match who {
        Who::Officer(_) => true,
        Who::Party(driver) => {
            evidence.party == Some(driver.party) && evidence.kind != EvidenceKind::Recording
        }
    }
}

async fn original(app: &App, evidence: &Evidence, headers: &HeaderMap) -> Result<Response> {
    let ending = match evidence.media_type.as_str() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "video/webm" => "webm",
        _ => "bin",
    };
    let name = format!("{}.{ending}", evidence.id);
    let shown = Shown {
        media_type: &evidence.media_type,
        tag: evidence.sha256.as_str(),
        name: &name,
    };
    files::file(&app.blobs.path(&evidence.sha256), shown, headers).await
}
