//! `POST /internal/media-events`: where the media service reports. Not part of the public API.

use axum::Router;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

use super::extract::Json;
use crate::app::App;
use crate::app::media_event::MediaEvent;
use crate::refusal::{AppError, Kind, Refusal, Result};

pub fn routes() -> Router<App> {
    Router::new().route("/internal/media-events", post(take))
}

async fn take(
    State(app): State<App>,
    headers: HeaderMap,
    Json(event): Json<MediaEvent>,
) -> Result<StatusCode> {
    let shown = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let secret = shown.strip_prefix("Bearer ").unwrap_or_default();
    if !same(secret.as_bytes(), app.config.callback_secret.as_bytes()) {
        return Err(Refusal::new(Kind::Unauthenticated, "invalid_token", "回调凭证不正确").into());
    }
    match app.media_event(event).await {
        // Asking again would not help, and what comes after it must not wait for ever.
        Err(AppError::Refused(refusal)) => {
            tracing::error!(code = refusal.code, "a media event cannot be taken")
        }
        done => done?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Compares digests, so that the time taken tells nothing about the secret.
fn same(shown: &[u8], secret: &[u8]) -> bool {
    !secret.is_empty() && domain::id::Sha256Hex::of(shown) == domain::id::Sha256Hex::of(secret)
}
