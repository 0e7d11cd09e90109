//! Answers that a reader asks for again only when they changed: with an ETag, for the asking insurer alone.

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::extract::Json;
use crate::http::files::{disposition, names};
use crate::refusal::{AppError, Result};

/// Whether the reader has what this tag names.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| names(known, &format!("\"{tag}\"")))
}

/// The body under its tag, or that the reader has it.
///
/// # Errors
/// Only our own: a tag that is no header.
pub fn json<T: Serialize>(headers: &HeaderMap, tag: &str, body: impl FnOnce() -> T) -> Result<Response> {
    let response = if is_known(headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(body()).into_response()
    };
    under(response, tag)
}

/// The picture under its tag.
///
/// # Errors
/// Only our own.
pub fn jpeg(bytes: Vec<u8>, tag: &str, name: &str) -> Result<Response> {
    let mut response = bytes.into_response();
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    answer.insert(CONTENT_DISPOSITION, value(&disposition(name))?);
    under(response, tag)
}

/// That the reader has it.
///
/// # Errors
/// Only our own.
pub fn not_modified(tag: &str) -> Result<Response> {
    under(StatusCode::NOT_MODIFIED.into_response(), tag)
}

fn under(mut response: Response, tag: &str) -> Result<Response> {
    let answer = response.headers_mut();
    answer.insert(ETAG, value(&format!("\"{tag}\""))?);
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

fn value(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(|error| AppError::Inconsistent(error.to_string()))
}
