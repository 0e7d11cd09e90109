//! The edge: a handler extracts, performs one deed and answers. No SQL, no PDF, no decisions.
//!
//! Each resource is a file with `routes()`; here they become one router.

pub mod accidents;
pub mod archive;
pub mod archive_view;
pub mod assessments;
pub mod assessments_view;
pub mod body;
pub mod case_papers;
mod catalogue;
pub mod deadlines_view;
pub mod demo;
pub mod desk;
pub mod driver;
pub mod events;
pub mod evidence;
pub mod evidence_file;
pub mod extract;
pub mod files;
pub mod guests;
pub mod headers;
pub mod idempotency;
pub mod insurer_reads;
pub mod insurers;
pub mod late_report;
pub mod limits;
pub mod media;
pub mod mediation;
pub mod mediation_view;
pub mod officer;
pub mod openapi;
pub mod orders_view;
pub mod papers;
pub mod papers_view;
pub mod pki;
pub mod problem;
pub mod qr;
mod reference;
pub mod reports;
pub mod review;
pub mod signatures;
pub mod triage;
pub mod uploads;
pub mod verification;
pub mod verification_page;
pub mod view;
pub mod who;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::config::BODY_BYTES_MAX;
use crate::http::headers::Surround;
use crate::http::limits::Limits;

/// Resources below `/api/v1` whose bodies are small and read whole: one line each.
fn resources() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accidents::routes())
        .merge(archive::routes())
        .merge(assessments::routes())
        .merge(catalogue::routes())
        .merge(demo::routes())
        .merge(desk::routes())
        .merge(driver::routes())
        .merge(evidence::routes())
        .merge(late_report::routes())
        .merge(guests::routes())
        .merge(insurer_reads::routes())
        .merge(insurers::routes())
        .merge(mediation::routes())
        .merge(officer::routes())
        .merge(orders_view::routes())
        .merge(papers::routes())
        .merge(case_papers::routes())
        .merge(reports::routes())
        .merge(review::routes())
        .merge(signatures::routes())
        .merge(triage::routes())
        .merge(verification::routes())
}

/// Resources below `/api/v1` that stream: bodies in (uploads) or answers out (events).
fn streams() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(events::routes())
        .merge(evidence_file::routes())
        .merge(uploads::routes())
        .merge(verification::uploads())
}

/// Resources at the root, beside `/api`; small bodies.
fn at_root() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(demo::pages())
        .merge(insurers::oauth::routes())
        .merge(pki::routes())
}

/// What the media service reports to; served on a loopback port of its own, never beside the API.
pub fn internal(app: App) -> Router {
    finish(media::routes().with_state(app), Surround::new(false))
}

/// Every described route, without the layers that need a running service.
pub(crate) fn api() -> OpenApiRouter<App> {
    let v1 = resources()
        .route("/openapi.json", get(openapi::json))
        .layer(from_fn_with_state(body::BODY_TIME_MAX, body::whole))
        .merge(streams())
        .layer(from_fn(headers::uncached));
    OpenApiRouter::with_openapi(openapi::preamble())
        .nest("/api/v1", v1)
        .merge(at_root().layer(from_fn_with_state(body::BODY_TIME_MAX, body::whole)))
        .merge(verification::pages())
        .route("/api", get(reference::page))
        .route("/problems/{code}", get(reference::problem))
        .route("/api/style.css", get(openapi::style))
}

/// The case service as one router. `beside` is whatever else answers at this address (the pages, the
/// media socket); it gets the same headers, request ids and 404s.
pub fn router(app: App, beside: Router) -> Router {
    let limits = Arc::new(Limits::new(app.config.trusted_proxies.clone()));
    let surround = Surround::new(app.config.secure());
    let (api, _) = api().split_for_parts();
    finish(
        api.with_state(app)
            .layer(from_fn_with_state(limits, limits::keep))
            .merge(beside),
        surround,
    )
}

/// The layers and fallbacks that are the same for any set of routes.
fn finish(routes: Router, surround: Arc<Surround>) -> Router {
    routes
        .fallback(problem::no_route)
        .method_not_allowed_fallback(|| async { problem::method_not_allowed() })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(surround, headers::surround))
}

#[cfg(test)]
mod tests;
