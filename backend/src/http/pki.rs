//! What anybody's own checker needs: our authority's certificate, and the list of what no longer counts.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use pades::keys::certificate_pem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::refusal::{AppError, Result};

/// At the root.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(authority))
        .routes(routes!(revoked))
}

/// `GET /pki/ca.pem`: the certificate that every signature in our documents leads up to.
#[utoipa::path(get, path = "/pki/ca.pem", tag = "verification",
    responses((status = 200, content_type = "application/x-pem-file", body = String)))]
async fn authority(State(app): State<App>) -> Result<Response> {
    let authority = app.ready_to_sign().await?;
    let pem = certificate_pem(authority.certificate())
        .map_err(|error| AppError::Inconsistent(error.to_string()))?;
    let headers = [
        (CONTENT_TYPE, "application/x-pem-file"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (CONTENT_DISPOSITION, "attachment; filename=\"ca.pem\""),
    ];
    Ok((headers, pem).into_response())
}

/// `GET /pki/crl`: certificates whose signatures no longer count (RFC 5280, DER).
#[utoipa::path(get, path = "/pki/crl", tag = "verification",
    responses((status = 200, content_type = "application/pkix-crl", body = Vec<u8>)))]
async fn revoked(State(app): State<App>) -> Result<Response> {
    let list = app.revocation_list().await?;
    let headers = [
        (CONTENT_TYPE, "application/pkix-crl"),
        (CACHE_CONTROL, "public, max-age=60"),
    ];
    Ok((headers, list).into_response())
}
