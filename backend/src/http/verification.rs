//! The public page behind the QR code on a finding: does it stand, and is the file in my hand the one?
//! Written by the server, without script, for any phone; the same as JSON for programs.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use domain::id::Sha256Hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::only_plain_encoding;
use super::extract::{Json, Path, Query, incomplete, too_large};
use super::openapi::{STYLE, escape};
use crate::app::App;
use crate::app::verify::{Verified, VerifiedState};
use crate::refusal::{AppError, Kind, Refusal, Result};

/// Largest file that is compared, in bytes; our findings have a tenth of it.
const COMPARED_BYTES_MAX: u64 = 5 * 1024 * 1024;
/// How long sending it may take.
const COMPARED_TIME_MAX: Duration = Duration::from_secs(60);

/// Below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// At the root.
pub fn pages() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/v/style.css", get(style))
        .route("/v/{number}", get(page).post(compare))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Code {
    /// The code printed beside the number.
    #[serde(default)]
    c: String,
}

/// What the comparison of a file came to.
enum Compared {
    Same,
    Earlier,
    Other,
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

async fn page(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(code): Query<Code>,
) -> Result<Response> {
    show(app.verify(&number, &code.c).await, None)
}

/// The form on the page: a PDF to compare. It is hashed as it comes in and kept nowhere.
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
    only_plain_encoding(&headers)?;
    let hashing = tokio::time::timeout(COMPARED_TIME_MAX, hash_of_upload(&headers, body));
    let Ok(digest) = hashing.await else {
        return Err(Refusal::new(Kind::Slow, "request_timeout", "网络过慢，文件没有传完，请重试").into());
    };
    let digest = digest?;
    let compared = if digest == verified.sha256 {
        Compared::Same
    } else if verified.earlier_sha256.contains(&digest) {
        Compared::Earlier
    } else {
        Compared::Other
    };
    show(Ok(verified), Some((compared, digest)))
}

async fn hash_of_upload(headers: &HeaderMap, body: Body) -> Result<Sha256Hex> {
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
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        if field.name() != Some("document") {
            continue;
        }
        let mut hasher = Sha256::new();
        while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            hasher.update(&chunk);
        }
        let hex: String = hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        return Sha256Hex::new(hex).map_err(|error| AppError::Inconsistent(error.to_string()));
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

fn show(verified: Result<Verified>, compared: Option<(Compared, Sha256Hex)>) -> Result<Response> {
    match verified {
        Ok(verified) => Ok(Html(frame(&told(&verified, compared.as_ref()))).into_response()),
        Err(AppError::Refused(refusal)) if refusal.kind == Kind::NotFound => {
            let body = "<h1>没有查到这份认定书</h1><p>请检查编号和校验码，或重新扫描认定书上的二维码。\
                        仍查不到时，请联系出具认定书的公安机关交通管理部门。</p>";
            Ok((StatusCode::NOT_FOUND, Html(frame(body))).into_response())
        }
        Err(error) => Err(error),
    }
}

fn frame(body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>事故认定书核验</title>\
         <link rel=\"stylesheet\" href=\"/v/style.css\"></head><body><main>{body}</main></body></html>\n"
    )
}

fn told(verified: &Verified, compared: Option<&(Compared, Sha256Hex)>) -> String {
    let (class, state) = match verified.state {
        VerifiedState::Issued => ("good", "有效"),
        VerifiedState::Void => ("bad", "已作废"),
    };
    let mut rows = row("编号", &verified.number);
    rows.push_str(&row("出具单位", &verified.unit));
    rows.push_str(&row("出具时间", &verified.issued_at.china_text()));
    if let Some(at) = verified.voided_at {
        rows.push_str(&row("作废时间", &at.china_text()));
    }
    for party in &verified.parties {
        let plate = party
            .plate
            .as_deref()
            .map(|plate| format!("，{plate}"))
            .unwrap_or_default();
        rows.push_str(&row(
            &format!("当事人{}", party.label),
            &format!("{}{plate}", party.name),
        ));
    }
    format!(
        "<h1>道路交通事故认定书核验</h1><p class=\"state {class}\" role=\"status\">{state}</p><dl>{rows}\
         <dt>文件摘要（SHA-256）</dt><dd><code>{}</code></dd></dl>{}\
         <section><h2>核对手中的文件</h2><p>选择您收到的 PDF，核对它是否与登记的一致。文件只用于核对，不会保存。</p>\
         <form method=\"post\" enctype=\"multipart/form-data\"><label>PDF 文件（不超过 5 MB）\
         <input type=\"file\" name=\"document\" accept=\"application/pdf\" required></label>\
         <button type=\"submit\">核对</button></form></section>\
         <p class=\"soft\">姓名和号牌已作遮盖。本页仅用于核验真伪。</p>",
        verified.sha256,
        compared.map(outcome).unwrap_or_default(),
    )
}

fn outcome((compared, digest): &(Compared, Sha256Hex)) -> String {
    let (class, text) = match compared {
        Compared::Same => ("good", "一致：这就是登记的文件。"),
        Compared::Earlier => ("good", "一致：这是同一份认定书较早的版本（签名或调解完成之前）。"),
        Compared::Other => ("bad", "不一致：这个文件不是登记的文件，可能被改动过。"),
    };
    format!(
        "<section><p class=\"{class}\" role=\"alert\"><strong>{text}</strong></p>\
         <p class=\"soft\">您的文件：<code>{digest}</code></p></section>"
    )
}

fn row(term: &str, value: &str) -> String {
    format!("<dt>{}</dt><dd>{}</dd>", escape(term), escape(value))
}
