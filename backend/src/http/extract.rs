//! What a handler asks of a request. Same shapes as axum's own extractors; the difference is that a bad
//! request is answered as a problem that names the field, never as plain text.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::refusal::{AppError, FieldProblem, Kind, Refusal};

/// A JSON body; also what a handler answers with.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// The ids in a path. One that cannot be an id names nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

/// The query string.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        only_json(request.headers())?;
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| match rejection {
                BytesRejection::FailedToBufferBody(
                    axum::extract::rejection::FailedToBufferBody::LengthLimitError(_),
                ) => too_large(),
                _ => incomplete(),
            })?;
        parse(&body).map(Self)
    }
}

/// Reads `bytes` as JSON; a refusal names the path of the field it is about.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            not_that_value(&path, &inner.to_string())
        } else {
            not_json()
        }
    })?;
    reader.end().map_err(|_| not_json())?;
    refuse_nul(bytes)?;
    Ok(value)
}

/// U+0000 in a text is no text: PostgreSQL cannot keep it, SQLite would.
fn refuse_nul(bytes: &[u8]) -> Result<(), AppError> {
    const ESCAPED: &[u8] = br"\u0000";
    if !bytes.windows(ESCAPED.len()).any(|part| part == ESCAPED) {
        return Ok(());
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| not_json())?;
    match path_of_nul(&value) {
        None => Ok(()),
        Some(field) => {
            Err(Refusal::invalid_field(field, "control_character", "请去掉不可见的特殊字符").into())
        }
    }
}

fn path_of_nul(value: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            path_of_nul(item).map(|rest| {
                format!(
                    "[{index}]{}{rest}",
                    if rest.is_empty() || rest.starts_with('[') {
                        ""
                    } else {
                        "."
                    }
                )
            })
        }),
        Value::Object(fields) => fields.iter().find_map(|(name, item)| {
            if name.contains('\0') {
                return Some(String::new());
            }
            path_of_nul(item).map(|rest| {
                format!(
                    "{name}{}{rest}",
                    if rest.is_empty() || rest.starts_with('[') {
                        ""
                    } else {
                        "."
                    }
                )
            })
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Refusal::not_found().into()),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let query = parts.uri.query().unwrap_or_default();
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(reader)
            .map(Self)
            .map_err(|error| {
                let path = error.path().to_string();
                not_that_value(&path, &error.into_inner().to_string())
            })
    }
}

/// # Errors
/// `unsupported_media_type` for anything that is not called JSON.
pub(super) fn only_json(headers: &HeaderMap) -> Result<(), AppError> {
    if is_json(headers) {
        return Ok(());
    }
    let message = "请以 application/json 提交内容";
    Err(Refusal::new(Kind::UnsupportedMedia, "unsupported_media_type", message).into())
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let essence = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Turns serde's sentence into a field, a code and a sentence for people. Serde tells the sort of
/// mistake only in words, so those are read; an unknown wording falls back to `invalid`.
fn not_that_value(path: &str, why: &str) -> AppError {
    let named = why.split('`').nth(1);
    let (field, code, message) = if why.starts_with("missing field") {
        (join(path, named), "missing", "缺少这一项，请填写")
    } else if why.starts_with("unknown field") {
        (path.to_owned(), "unknown_field", "不认识这一项，请检查名称")
    } else if why.starts_with("unknown variant") {
        (path.to_owned(), "unknown_value", "不在可选范围内，请重新选择")
    } else if why.starts_with("invalid type") || why.starts_with("invalid digit") {
        (path.to_owned(), "wrong_type", "内容的类型不对，请检查")
    } else {
        (path.to_owned(), "invalid", "内容不正确，请检查")
    };
    let field = if field == "." { String::new() } else { field };
    let message = if field.is_empty() {
        message.to_owned()
    } else {
        format!("{field}：{message}")
    };
    let problem = FieldProblem {
        field,
        code: code.to_owned(),
        message,
    };
    Refusal::invalid(vec![problem]).into()
}

fn join(path: &str, name: Option<&str>) -> String {
    match (path, name) {
        ("." | "", Some(name)) => name.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    }
}

fn not_json() -> AppError {
    Refusal::new(
        Kind::Malformed,
        "malformed_json",
        "内容不是有效的 JSON，请检查格式",
    )
    .into()
}

pub(crate) fn incomplete() -> AppError {
    Refusal::new(Kind::Malformed, "incomplete_body", "内容没有传完，请重试").into()
}

pub(crate) fn too_large() -> AppError {
    Refusal::new(Kind::TooLarge, "too_large", "内容过大，请减少后再提交").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Injured {
        None,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Party {
        name: String,
        injured: Injured,
        share: u8,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape is read")]
    struct Body {
        parties: Vec<Party>,
    }

    fn refused(json: &str) -> Refusal {
        match parse::<Body>(json.as_bytes()) {
            Err(AppError::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wrong_value_is_named_by_its_path() {
        for (json, field, code) in [
            (r#"{}"#, "parties", "missing"),
            (
                r#"{"parties": [{"name": "䶮", "share": 1}]}"#,
                "parties[0].injured",
                "missing",
            ),
            (r#"{"parties": [{"name": 7}]}"#, "parties[0].name", "wrong_type"),
            (
                r#"{"parties": [{"name": "a", "injured": "maybe"}]}"#,
                "parties[0].injured",
                "unknown_value",
            ),
            (
                r#"{"parties": [{"name": "a", "injured": "none", "share": 300}]}"#,
                "parties[0].share",
                "invalid",
            ),
            (r#"{"parties": {}}"#, "parties", "wrong_type"),
        ] {
            let refusal = refused(json);
            assert_eq!(refusal.kind, Kind::Invalid, "{json}");
            assert_eq!(
                (refusal.fields[0].field.as_str(), refusal.fields[0].code.as_str()),
                (field, code),
                "{json}"
            );
        }
    }

    #[test]
    fn a_nul_within_a_text_is_named_and_a_written_out_one_is_just_text() {
        let refusal = refused(r#"{"parties": [{"name": "a\u0000b", "injured": "none", "share": 1}]}"#);
        assert_eq!(
            (refusal.fields[0].field.as_str(), refusal.fields[0].code.as_str()),
            ("parties[0].name", "control_character")
        );
        assert!(
            parse::<Body>(br#"{"parties": [{"name": "a\\u0000b", "injured": "none", "share": 1}]}"#).is_ok()
        );
    }

    #[test]
    fn what_is_not_json_at_all_is_malformed() {
        let deep = format!(r#"{{"unknown": {}"#, "[".repeat(100_000));
        for json in [
            "",
            "{",
            r#"{"parties": []} tail"#,
            r#"{"parties": [nul]}"#,
            "\u{0}",
            &deep,
        ] {
            let refusal = refused(json);
            assert_eq!(
                (refusal.kind, refusal.code),
                (Kind::Malformed, "malformed_json"),
                "{json:.20}"
            );
        }
    }
}
