//! Stored bytes as an answer: with an ETag, in whole or in part, shown in place and never guessed at.

use std::io::SeekFrom;
use std::path::Path;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::id::Sha256Hex;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::blobs::Blobs;
use crate::refusal::{AppError, Refusal, Result};

/// What the answer says about the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    pub media_type: &'a str,
    /// Changes when the bytes do; a digest, with what was made of it.
    pub tag: &'a str,
    /// Proposed when the reader saves it; may be Chinese.
    pub name: &'a str,
}

/// The stored PDF of this digest.
///
/// # Errors
/// `not_found` when there is none.
pub async fn pdf(blobs: &Blobs, digest: &Sha256Hex, name: &str, headers: &HeaderMap) -> Result<Response> {
    let shown = Shown {
        media_type: "application/pdf",
        tag: digest.as_str(),
        name,
    };
    file(&blobs.path(digest), shown, headers).await
}

/// The file at `path`. Whoever asks has been found to be entitled; no shared cache may keep it.
///
/// # Errors
/// `not_found` when there is none.
pub async fn file(path: &Path, shown: Shown<'_>, headers: &HeaderMap) -> Result<Response> {
    let tag = format!("\"{}\"", shown.tag);
    if headers
        .get(IF_NONE_MATCH)
        .and_then(|seen| seen.to_str().ok())
        .is_some_and(|seen| names(seen, &tag))
    {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        response.headers_mut().insert(ETAG, value(&tag)?);
        return Ok(response);
    }
    let mut file = match File::open(path).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Refusal::not_found().into()),
        opened => opened?,
    };
    let length = file.metadata().await?.len();
    let part = headers
        .get(RANGE)
        .and_then(|range| range.to_str().ok())
        .and_then(|range| part(range, length));
    let (first, count) = part.unwrap_or((0, length));
    file.seek(SeekFrom::Start(first)).await?;
    let mut response = Body::from_stream(ReaderStream::new(file.take(count))).into_response();
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, value(shown.media_type)?);
    answer.insert(CONTENT_LENGTH, HeaderValue::from(count));
    answer.insert(CONTENT_DISPOSITION, value(&disposition(shown.name))?);
    answer.insert(ETAG, value(&tag)?);
    answer.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if part.is_some() {
        answer.insert(
            CONTENT_RANGE,
            value(&format!("bytes {first}-{}/{length}", first + count - 1))?,
        );
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// Whether an `If-None-Match` names the tag.
pub(super) fn names(seen: &str, tag: &str) -> bool {
    seen.split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// First byte and count of a single range, RFC 9110 §14; anything else is answered whole.
fn part(range: &str, length: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (first, end) = match (first, last) {
        ("", suffix) => (length.checked_sub(suffix.parse().ok()?)?, length),
        (first, "") => (first.parse().ok()?, length),
        (first, last) => (
            first.parse().ok()?,
            last.parse::<u64>().ok()?.checked_add(1)?.min(length),
        ),
    };
    (first < end).then(|| (first, end - first))
}

/// Shown in place; the name in UTF-8 as RFC 6266 has it, with a plain one for what cannot read that.
pub(super) fn disposition(name: &str) -> String {
    let coded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || ".-_".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!("inline; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

fn value(text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text).map_err(|error| AppError::Inconsistent(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    async fn ask(headers: &[(&str, &str)]) -> Response {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let digest = blobs.put("%PDF-1.7 finding".as_bytes().to_vec()).await.unwrap();
        let headers = headers
            .iter()
            .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()))
            .collect();
        pdf(&blobs, &digest, "认定书 1.pdf", &headers).await.unwrap()
    }

    #[tokio::test]
    async fn a_document_is_shown_in_place_under_its_own_name() {
        let response = ask(&[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        let headers = response.headers();
        assert_eq!(headers[CONTENT_TYPE], "application/pdf");
        assert_eq!(headers[CONTENT_LENGTH], "16");
        let expected = "inline; filename=\"____1.pdf\"; filename*=UTF-8''%E8%AE%A4%E5%AE%9A%E4%B9%A6%201.pdf";
        assert_eq!(headers[CONTENT_DISPOSITION], expected);
        assert_eq!(
            to_bytes(response.into_body(), 100).await.unwrap(),
            "%PDF-1.7 finding"
        );
    }

    #[tokio::test]
    async fn what_the_reader_has_is_not_sent_again() {
        let tag = ask(&[]).await.headers()[ETAG].to_str().unwrap().to_owned();
        let again = ask(&[("if-none-match", &format!("\"other\", W/{tag}"))]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(
            ask(&[("if-none-match", "\"other\"")]).await.status(),
            StatusCode::OK
        );
    }

    #[tokio::test]
    async fn a_player_can_ask_for_a_part() {
        for (range, expected, bytes) in [
            ("bytes=5-7", "bytes 5-7/16", "1.7"),
            ("bytes=9-", "bytes 9-15/16", "finding"),
            ("bytes=-7", "bytes 9-15/16", "finding"),
            ("bytes=9-999", "bytes 9-15/16", "finding"),
        ] {
            let response = ask(&[("range", range)]).await;
            assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
            assert_eq!(response.headers()[CONTENT_RANGE], expected, "{range}");
            assert_eq!(
                to_bytes(response.into_body(), 100).await.unwrap(),
                bytes,
                "{range}"
            );
        }
        for senseless in [
            "bytes=99-",
            "bytes=7-5",
            "bytes=a-b",
            "lines=1-2",
            "bytes=0-1,4-5",
        ] {
            assert_eq!(
                ask(&[("range", senseless)]).await.status(),
                StatusCode::OK,
                "{senseless}"
            );
        }
    }

    #[tokio::test]
    async fn a_document_that_is_not_there_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        let answer = pdf(&blobs, &Sha256Hex::of(b"x"), "x.pdf", &HeaderMap::new()).await;
        assert!(matches!(answer, Err(AppError::Refused(refusal)) if refusal == Refusal::not_found()));
    }
}
