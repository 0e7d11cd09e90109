//! Small bodies are read whole before any handler runs: within the limit, within the time, and once, so
//! that the digest of a request is there for whoever must tell a retry from a new intent. Photos do not
//! pass here; they stream (see `uploads`).

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::id::Sha256Hex;
use futures_util::StreamExt;
use sha2::{Digest, Sha256};

use crate::config::BODY_BYTES_MAX;
use crate::http::extract::{incomplete, too_large};
use crate::refusal::{AppError, Kind, Refusal};

/// How long a client may take to send a small body.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(30);
/// A body over the limit is read on and thrown away up to here: a client that is cut off while it sends
/// sees a broken connection and never our answer.
const DRAINED_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Which request this is, byte for byte: SHA-256 over method, path and body.
#[derive(Clone, Debug)]
pub struct RequestDigest(pub Sha256Hex);

/// Middleware: reads the body, refuses what is too long, slower than `time_max` or compressed, and leaves the
/// [`RequestDigest`] of a POST with the request.
pub async fn whole(State(time_max): State<Duration>, request: Request, next: Next) -> Response {
    if let Err(refused) = only_plain_encoding(request.headers()) {
        return refused.into_response();
    }
    let (mut parts, body) = request.into_parts();
    let read = match tokio::time::timeout(time_max, collect(&parts.headers, body)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(refused)) => return refused.into_response(),
        Err(_) => return too_slow().into_response(),
    };
    if parts.method == Method::POST {
        let digest = digest(&parts.method, parts.uri.path(), &read);
        parts.extensions.insert(RequestDigest(digest));
    }
    next.run(Request::from_parts(parts, Body::from(read))).await
}

/// A compressed body can grow a thousandfold once opened, so none is taken.
pub(crate) fn only_plain_encoding(headers: &HeaderMap) -> Result<(), AppError> {
    match headers.get(CONTENT_ENCODING) {
        None => Ok(()),
        Some(encoding) if encoding == "identity" => Ok(()),
        Some(_) => {
            let message = "请不要压缩请求内容";
            Err(Refusal::new(Kind::UnsupportedMedia, "unsupported_content_encoding", message).into())
        }
    }
}

async fn collect(headers: &HeaderMap, body: Body) -> Result<Bytes, AppError> {
    let announced: Option<usize> = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|text| text.parse().ok());
    if announced.is_some_and(|length| length > DRAINED_BYTES_MAX) {
        return Err(too_large());
    }
    let mut chunks = body.into_data_stream();
    let mut read = Vec::with_capacity(announced.unwrap_or(0).min(BODY_BYTES_MAX));
    let mut seen = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| incomplete())?;
        seen += chunk.len();
        if seen > DRAINED_BYTES_MAX {
            break;
        }
        if seen <= BODY_BYTES_MAX {
            read.extend_from_slice(&chunk);
        } else {
            read = Vec::new();
        }
    }
    if seen > BODY_BYTES_MAX {
        Err(too_large())
    } else {
        Ok(Bytes::from(read))
    }
}

fn too_slow() -> AppError {
    Refusal::new(Kind::Slow, "request_timeout", "网络过慢，请求没有传完，请重试").into()
}

fn digest(method: &Method, path: &str, body: &[u8]) -> Sha256Hex {
    let mut line = Vec::with_capacity(path.len() + body.len() + 8);
    line.extend_from_slice(method.as_str().as_bytes());
    line.push(b' ');
    line.extend_from_slice(path.as_bytes());
    line.push(b'\n');
    line.extend_from_slice(&Sha256::digest(body));
    Sha256Hex::of(&line)
}
