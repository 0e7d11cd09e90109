//! What the public may ask of a finding: does it stand, and is the file in my hand the one? As pages behind the QR
//! code, and the same as JSON for programs.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::id::Sha256Hex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::only_plain_encoding;
use super::extract::{Json, Path, Query, incomplete, too_large};
use super::openapi::STYLE;
use super::verification_page;
use crate::app::App;
use crate::app::judge_file::{Compared, Judged};
use crate::app::verify::Verified;
use crate::refusal::{AppError, Kind, Refusal, Result};

/// Largest file that is compared, in bytes; our findings have a tenth of it.
const COMPARED_BYTES_MAX: u64 = 5 * 1024 * 1024;
/// How long sending it may take.
const COMPARED_TIME_MAX: Duration = Duration::from_secs(60);

/// Below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Below `/api/v1`, beside what reads small bodies whole.
pub fn uploads() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(judge))
}

/// At the root.
pub fn pages() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/v/style.css", get(style))
        .route("/v", get(form).post(find))
        .route("/v/{number}", get(page).post(compare))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Code {
    /// The code printed beside the number.
    #[serde(default)]
    c: String,
}

/// A file judged.
#[derive(Debug, Serialize, ToSchema)]
struct FileView {
    /// The finding it belongs to; none when it is no page of ours.
    finding: Option<Verified>,
    compared: Compared,
    sha256: Sha256Hex,
    /// By its own bytes: `valid`, `altered`, `not_ours`, `unsigned`, `unreadable`, `outdated`.
    state: String,
    /// The same for a person, a sentence each: why, who signed when, what was changed after.
    sentences: Vec<String>,
}

/// Whether a finding stands, by its number and the code printed beside it.
#[utoipa::path(get, path = "/verification/{number}", tag = "verification",
    params(("number" = String, Path), Code),
    responses((status = 200, body = Verified), (status = 404, description = "not_found"),
              (status = 429, description = "rate_limited")))]
async fn read(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(code): Query<Code>,
) -> Result<Json<Verified>> {
    app.verify(&number, &code.c).await.map(Json)
}

/// What a file is: `document` of a form. It says itself which finding it belongs to; it is kept nowhere.
#[utoipa::path(post, path = "/verification", tag = "verification",
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 200, body = FileView), (status = 429, description = "rate_limited")))]
async fn judge(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<Json<FileView>> {
    let file = uploaded(&headers, body).await?;
    let (finding, judged) = app.judge_unknown(file).await?;
    let state = serde_json::to_value(judged.report.state).ok();
    Ok(Json(FileView {
        finding,
        compared: judged.compared,
        sha256: judged.sha256,
        state: state
            .as_ref()
            .and_then(|state| state.as_str())
            .unwrap_or_default()
            .to_owned(),
        sentences: judged.report.lines(),
    }))
}

async fn form() -> Response {
    Html(verification_page::empty()).into_response()
}

/// The form on `/v`: the file itself says which finding it is.
async fn find(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<Response> {
    let file = uploaded(&headers, body).await?;
    let (finding, judged) = app.judge_unknown(file).await?;
    Ok(Html(match finding {
        Some(finding) => verification_page::told(&finding, Some(&judged)),
        None => verification_page::unknown(&judged),
    })
    .into_response())
}

async fn page(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(code): Query<Code>,
) -> Result<Response> {
    show(app.verify(&number, &code.c).await, None)
}

/// The form on a finding's page: a PDF to compare.
async fn compare(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(code): Query<Code>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let verified = match app.verify(&number, &code.c).await {
        Ok(verified) => verified,
        refused => return show(refused, None),
    };
    let file = uploaded(&headers, body).await?;
    let judged = app.judge_file(&verified, file).await?;
    show(Ok(verified), Some(&judged))
}

/// The file of a form, whole: it is small, and a signature is over all of it.
async fn uploaded(headers: &HeaderMap, body: Body) -> Result<Vec<u8>> {
    only_plain_encoding(headers)?;
    let reading = tokio::time::timeout(COMPARED_TIME_MAX, file_of(headers, body));
    match reading.await {
        Ok(file) => file,
        Err(_) => Err(Refusal::new(Kind::Slow, "request_timeout", "网络过慢，文件没有传完，请重试").into()),
    }
}

async fn file_of(headers: &HeaderMap, body: Body) -> Result<Vec<u8>> {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| {
        Refusal::new(
            Kind::UnsupportedMedia,
            "unsupported_media_type",
            "请以 multipart/form-data 上传文件",
        )
    })?;
    // The form's own lines come on top of the file.
    let limits = multer::SizeLimit::new()
        .whole_stream(COMPARED_BYTES_MAX + 64 * 1024)
        .per_field(COMPARED_BYTES_MAX);
    let constraints = multer::Constraints::new().size_limit(limits);
    let mut form = multer::Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if field.name() == Some("document") {
            return Ok(field.bytes().await.map_err(unreadable)?.to_vec());
        }
    }
    Err(Refusal::invalid_field("document", "missing", "请选择要核对的 PDF 文件").into())
}

fn unreadable(error: multer::Error) -> AppError {
    match error {
        multer::Error::FieldSizeExceeded { .. } | multer::Error::StreamSizeExceeded { .. } => too_large(),
        _ => incomplete(),
    }
}

async fn style() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))],
        STYLE,
    )
}

fn show(verified: Result<Verified>, judged: Option<&Judged>) -> Result<Response> {
    match verified {
        Ok(verified) => Ok(Html(verification_page::told(&verified, judged)).into_response()),
        Err(AppError::Refused(refusal)) if refusal.kind == Kind::NotFound => {
            Ok((StatusCode::NOT_FOUND, Html(verification_page::not_found())).into_response())
        }
        Err(error) => Err(error),
    }
}
