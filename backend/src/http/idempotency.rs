//! One intent of a user, however often the network makes the client repeat it.
//!
//! This file only reads the key and the digest off the request. That a repeated intent has one effect is
//! the deed's own transaction: it stores scope, key and digest beside what it did.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::id::Sha256Hex;

use crate::http::body::RequestDigest;
use crate::refusal::{AppError, Kind, Refusal};

/// Longest `Idempotency-Key`; a UUID has 36.
const KEY_CHARS_MAX: usize = 128;

/// A POST and its key: the same key with another digest is another request under a used key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub key: String,
    pub digest: Sha256Hex,
}

impl<S: Send + Sync> FromRequestParts<S> for Intent {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let key = parts.headers.get("idempotency-key").ok_or_else(|| {
            let message = "缺少 Idempotency-Key，请为每次操作附上一个 UUID";
            Refusal::new(Kind::Malformed, "idempotency_key_required", message)
        })?;
        let key = key.as_bytes();
        if !(1..=KEY_CHARS_MAX).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
            let message = "Idempotency-Key 应为 1 至 128 个可见的 ASCII 字符";
            return Err(Refusal::new(Kind::Malformed, "idempotency_key_invalid", message).into());
        }
        let RequestDigest(digest) = parts.extensions.get().cloned().ok_or_else(|| {
            AppError::Inconsistent(
                "an intent was asked of a route that does not read whole bodies".to_owned(),
            )
        })?;
        Ok(Self {
            key: String::from_utf8_lossy(key).into_owned(),
            digest,
        })
    }
}
