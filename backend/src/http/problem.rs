//! Every "no" leaves as RFC 9457 `application/problem+json`: programs switch on `code`, people read
//! `detail`. What went wrong inside is for the log and never leaves the house.

use std::borrow::Cow;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::settlement::SettlementError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::refusal::{AppError, FieldProblem, Kind, Refusal};

/// A refused request as the client reads it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `/problems/<code>`: where the code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sort of refusal, the same for every case of it.
    pub title: &'static str,
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What to do, in plain Chinese; absent when the fault is ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Stable and snake_case; `x-codes` of each refusal lists them. New ones may come.
    #[schema(pattern = "^[a-z0-9_]+$")]
    pub code: Cow<'static, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// With code `stale`: the version as it now stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<u64>,
}

/// One field that cannot be taken as it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemField {
    /// The path as the client sent it: `party.vehicle.plate`, `parties[0].share`.
    pub field: String,
    #[schema(pattern = "^[a-z0-9_]+$")]
    pub code: String,
    pub message: String,
}

impl From<FieldProblem> for ProblemField {
    fn from(problem: FieldProblem) -> Self {
        Self {
            field: problem.field,
            code: problem.code,
            message: problem.message,
        }
    }
}

/// The one place where a kind of refusal becomes a status and a title.
fn status_and_title(kind: Kind) -> (StatusCode, &'static str) {
    match kind {
        Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "填写的内容有误"),
        Kind::Unauthenticated => (StatusCode::UNAUTHORIZED, "请先验证身份"),
        Kind::Forbidden => (StatusCode::FORBIDDEN, "没有权限"),
        Kind::NotFound => (StatusCode::NOT_FOUND, "没有找到"),
        Kind::Gone => (StatusCode::GONE, "已经失效"),
        Kind::Conflict => (StatusCode::CONFLICT, "当前不能这样操作"),
        Kind::Slow => (StatusCode::REQUEST_TIMEOUT, "请求超时"),
        Kind::TooMany => (StatusCode::TOO_MANY_REQUESTS, "操作过于频繁"),
        Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "内容过大"),
        Kind::UnsupportedMedia => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "不支持的内容类型"),
        Kind::Malformed => (StatusCode::BAD_REQUEST, "请求格式有误"),
        Kind::Busy => (StatusCode::SERVICE_UNAVAILABLE, "系统繁忙"),
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => answer(refusal),
            fault => {
                tracing::error!(error = &fault as &dyn std::error::Error, "request failed");
                internal()
            }
        }
    }
}

fn answer(refusal: Refusal) -> Response {
    let (status, title) = status_and_title(refusal.kind);
    let retry_after_s = refusal
        .retry_after_s
        .or((refusal.kind == Kind::Busy).then_some(1));
    let mut response = respond(
        status,
        ProblemBody {
            kind: type_of(refusal.code),
            title,
            status: status.as_u16(),
            detail: Some(refusal.message),
            code: refusal.code.into(),
            errors: refusal.fields.into_iter().map(ProblemField::from).collect(),
            current_version: refusal.current_version,
        },
    );
    if let Some(seconds) = retry_after_s {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Our own fault: the log knows which, the client only that it was not theirs.
pub fn internal() -> Response {
    bare(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "系统出现问题",
        None,
    )
}

/// Statuses that no deed ends in, because HTTP itself says no.
pub(crate) fn method_not_allowed() -> Response {
    let detail = "此地址不支持这种请求方法";
    bare(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "不支持的请求方法",
        Some(detail),
    )
}

/// What is wrong with a settlement file, in the file's own words: code, field and message as the command
/// prints them.
pub fn settlement(error: SettlementError) -> Response {
    let kind = if error.code == "malformed_json" {
        Kind::Malformed
    } else {
        Kind::Invalid
    };
    let (status, title) = status_and_title(kind);
    respond(
        status,
        ProblemBody {
            kind: type_of(&error.code),
            title,
            status: status.as_u16(),
            detail: Some(error.message.clone()),
            code: error.code.clone().into(),
            errors: vec![ProblemField {
                field: error.field,
                code: error.code,
                message: error.message,
            }],
            current_version: None,
        },
    )
}

pub fn precondition_failed(code: &'static str, detail: &str) -> Response {
    bare(StatusCode::PRECONDITION_FAILED, code, "前提不成立", Some(detail))
}

/// What the router answers where there is no route.
pub(crate) async fn no_route(_: Uri) -> Response {
    AppError::from(Refusal::not_found()).into_response()
}

fn bare(status: StatusCode, code: &'static str, title: &'static str, detail: Option<&str>) -> Response {
    respond(
        status,
        ProblemBody {
            kind: type_of(code),
            title,
            status: status.as_u16(),
            detail: detail.map(str::to_owned),
            code: code.into(),
            errors: Vec::new(),
            current_version: None,
        },
    )
}

fn type_of(code: &str) -> String {
    format!("/problems/{code}")
}

fn respond(status: StatusCode, body: ProblemBody) -> Response {
    let mut response = (status, Json(body)).into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::{Value, json};

    async fn read(response: Response) -> (u16, Value) {
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_refusal_names_its_code_its_fields_and_what_to_do() {
        let refusal = Refusal::invalid_field("party.vehicle.plate", "plate_letters", "车牌中没有字母 I 和 O");
        let (status, body) = read(AppError::from(refusal).into_response()).await;
        assert_eq!(status, 422);
        let expected = json!({
            "type": "/problems/invalid_fields", "title": "填写的内容有误", "status": 422,
            "detail": "车牌中没有字母 I 和 O", "code": "invalid_fields",
            "errors": [{"field": "party.vehicle.plate", "code": "plate_letters", "message": "车牌中没有字母 I 和 O"}],
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn a_stale_write_is_told_the_version_that_stands() {
        let (status, body) = read(AppError::from(Refusal::stale(7)).into_response()).await;
        assert_eq!(
            (status, &body["code"], &body["current_version"]),
            (409, &json!("stale"), &json!(7))
        );
    }

    #[tokio::test]
    async fn too_often_says_when_to_come_back() {
        let response = AppError::from(Refusal::too_many("code_locked", "稍后再试", 60)).into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "60");
        assert_eq!(read(response).await.0, 429);
    }

    #[tokio::test]
    async fn our_own_faults_keep_their_insides_to_themselves() {
        let fault = AppError::Inconsistent("row 17 of parties at /var/lib/x".to_owned());
        let (status, body) = read(fault.into_response()).await;
        assert_eq!(status, 500);
        assert_eq!(body.get("detail"), None);
        assert!(!body.to_string().contains("parties"), "{body}");
    }
}
