//! Photos in pieces: tus 1.0 (core, creation, expiration), so that a weak network never starts over.
//! <https://tus.io/protocols/resumable-upload>

mod metadata;

use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use domain::id::{AccidentId, UploadId};
use domain::time::Instant;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::only_plain_encoding;
use super::extract::Path;
use super::problem;
use super::who::Viewer;
use crate::app::App;
use crate::config::PHOTO_BYTES_MAX;
use crate::refusal::{AppError, Kind, Refusal, Result};

const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EVIDENCE_ID: HeaderName = HeaderName::from_static("evidence-id");
const HTTP_DATE: StaticFormatDescription =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, abilities))
        .routes(routes!(progress, receive))
        .layer(map_response(speak_tus))
}

async fn speak_tus(mut response: Response) -> Response {
    response.headers_mut().insert(TUS_RESUMABLE, VERSION);
    response
}

/// A client that speaks our version of the protocol.
struct Tus;

impl<S: Send + Sync> FromRequestParts<S> for Tus {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        only_plain_encoding(&parts.headers).map_err(IntoResponse::into_response)?;
        if parts.headers.get(TUS_RESUMABLE) == Some(&VERSION) {
            return Ok(Self);
        }
        let mut response = problem::precondition_failed("tus_version", "请使用 tus 1.0.0 协议上传");
        response.headers_mut().insert(TUS_VERSION, VERSION);
        Err(response)
    }
}

/// What this endpoint can do.
#[utoipa::path(options, path = "/accidents/{accident}/uploads", tag = "uploads",
    params(("accident" = String, Path, format = Uuid)),
    responses((status = 204, description = "Tus-Version, Tus-Extension, Tus-Max-Size")))]
async fn abilities(Path(_): Path<AccidentId>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(TUS_VERSION, VERSION);
    headers.insert(TUS_EXTENSION, HeaderValue::from_static("creation,expiration"));
    headers.insert(TUS_MAX_SIZE, HeaderValue::from(PHOTO_BYTES_MAX));
    response
}

/// Announces a photo; the answer's Location takes its bytes.
///
/// `Upload-Metadata`: `kind` (photo|still), `sha256` (hex, of the bytes as taken), and where known `shot`,
/// `still`, `taken_at`, `latitude`, `longitude`, `accuracy_m`.
#[utoipa::path(post, path = "/accidents/{accident}/uploads", tag = "uploads",
    security(("driver" = []), ("officer" = [])),
    params(("accident" = String, Path, format = Uuid), ("Tus-Resumable" = String, Header),
           ("Upload-Length" = u64, Header, description = "bytes"), ("Upload-Metadata" = String, Header)),
    responses((status = 201, description = "Location, Upload-Expires"),
              (status = 409, description = "photo_limit"), (status = 413, description = "too_large"),
              (status = 422, description = "invalid_fields")))]
async fn create(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(accident): Path<AccidentId>,
    _: Tus,
    headers: HeaderMap,
) -> Result<Response> {
    let length = number(&headers, &UPLOAD_LENGTH)?;
    let described = metadata::read(headers.get(&UPLOAD_METADATA), app.clock.now())?;
    let upload = app.begin_upload(&who, accident, length, described).await?;
    let mut response = StatusCode::CREATED.into_response();
    let location = format!("/api/v1/uploads/{}", upload.id);
    let location =
        HeaderValue::from_str(&location).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    response.headers_mut().insert(LOCATION, location);
    expires(response.headers_mut(), upload.expires_at);
    Ok(response)
}

/// How far an upload has come.
#[utoipa::path(head, path = "/uploads/{upload}", tag = "uploads",
    security(("driver" = []), ("officer" = [])),
    params(("upload" = String, Path, format = Uuid), ("Tus-Resumable" = String, Header)),
    responses((status = 200, description = "Upload-Offset, Upload-Length, Upload-Expires; Evidence-Id when done"),
              (status = 404, description = "not_found"), (status = 410, description = "upload_expired")))]
async fn progress(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<UploadId>,
    _: Tus,
) -> Result<Response> {
    let upload = app.upload(&who, id).await?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(upload.received));
    headers.insert(UPLOAD_LENGTH, HeaderValue::from(upload.length));
    match upload.evidence_id {
        Some(evidence) => name_evidence(headers, evidence),
        None => expires(headers, upload.expires_at),
    }
    Ok(response)
}

/// Takes bytes from `Upload-Offset` on. With the last one the photo is checked and becomes evidence.
#[utoipa::path(patch, path = "/uploads/{upload}", tag = "uploads",
    security(("driver" = []), ("officer" = [])),
    params(("upload" = String, Path, format = Uuid), ("Tus-Resumable" = String, Header),
           ("Upload-Offset" = u64, Header, description = "bytes already there")),
    request_body(content_type = "application/offset+octet-stream", content = Vec<u8>),
    responses((status = 204, description = "Upload-Offset; Evidence-Id when the photo is evidence"),
              (status = 408, description = "request_timeout: what came is kept"),
              (status = 409, description = "offset_mismatch, photo_limit"),
              (status = 413, description = "too_large"), (status = 415, description = "unsupported_media_type"),
              (status = 422, description = "digest_mismatch, image_too_large")))]
async fn receive(
    State(app): State<App>,
    Viewer(who): Viewer,
    Path(id): Path<UploadId>,
    _: Tus,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    if headers
        .get(CONTENT_TYPE)
        .is_none_or(|kind| kind != "application/offset+octet-stream")
    {
        let message = "请以 application/offset+octet-stream 上传";
        return Err(Refusal::new(Kind::UnsupportedMedia, "unsupported_media_type", message).into());
    }
    let offset = number(&headers, &UPLOAD_OFFSET)?;
    let announced = if headers.contains_key(CONTENT_LENGTH) {
        number(&headers, &CONTENT_LENGTH)?
    } else {
        0
    };
    if announced > PHOTO_BYTES_MAX {
        return Err(Refusal::new(Kind::TooLarge, "too_large", "照片超过 15 MB，请压缩后再上传").into());
    }
    // In a task of its own: when the connection breaks, the handler is dropped, and what came must be kept.
    let receiving =
        tokio::spawn(async move { app.receive(&who, (id, offset), body.into_data_stream()).await });
    let progress = receiving
        .await
        .map_err(|error| AppError::Inconsistent(error.to_string()))??;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response
        .headers_mut()
        .insert(UPLOAD_OFFSET, HeaderValue::from(progress.received));
    if let Some(evidence) = progress.evidence {
        name_evidence(response.headers_mut(), evidence);
    }
    Ok(response)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    let valid = text.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    valid.and_then(|text| text.parse().ok()).ok_or_else(|| {
        Refusal::invalid_field(name.as_str(), "wrong_type", format!("{name} 应为非负整数")).into()
    })
}

fn name_evidence(headers: &mut HeaderMap, evidence: domain::id::EvidenceId) {
    if let Ok(value) = HeaderValue::from_str(&evidence.to_string()) {
        headers.insert(EVIDENCE_ID, value);
    }
}

fn expires(headers: &mut HeaderMap, at: Instant) {
    let text = at.into_inner().format(HTTP_DATE).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_str(&text) {
        headers.insert(UPLOAD_EXPIRES, value);
    }
}
