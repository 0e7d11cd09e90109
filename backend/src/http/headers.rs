//! What surrounds every answer: a request id, a tracing span without personal data, the security
//! headers, and the net under a panic. It wraps the pages and the media socket as well as the API.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use tokio::time::Instant;
use tracing::Instrument;

use crate::clock::{Entropy, SystemEntropy};
use crate::http::problem;

/// Scripts, styles and connections only from ourselves; photos and PDFs also from memory.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
                      connect-src 'self' ws: wss:; frame-src 'self' blob:; object-src 'none'; \
                      frame-ancestors 'none'; base-uri 'none'";
const PERMISSIONS: &str = "camera=(self), microphone=(self), geolocation=(self)";
const TWO_YEARS: &str = "max-age=63072000; includeSubDomains";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Names requests: where this process started from, and a count.
#[derive(Debug)]
pub struct Surround {
    start: u64,
    count: AtomicU64,
    secure: bool,
}

impl Surround {
    /// `secure`: the public address is https, so browsers are told to stay there.
    pub fn new(secure: bool) -> Arc<Self> {
        let mut start = [0; 8];
        SystemEntropy.fill(&mut start);
        Arc::new(Self {
            start: u64::from_le_bytes(start),
            count: AtomicU64::new(0),
            secure,
        })
    }

    fn next_id(&self) -> String {
        format!(
            "{:016x}-{}",
            self.start,
            self.count.fetch_add(1, Ordering::Relaxed)
        )
    }
}

/// Middleware, outermost. The span carries the route's template, never the path or query itself: those
/// hold ids and tokens.
pub async fn surround(State(here): State<Arc<Surround>>, request: Request, next: Next) -> Response {
    let id = here.next_id();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!("request", id, method = %request.method(), route);
    let started = Instant::now();
    let mut response = async {
        let response = AssertUnwindSafe(next.run(request))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| {
                tracing::error!("a handler panicked");
                problem::internal()
            });
        let status = response.status().as_u16();
        let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, latency_ms, "answered");
        response
    }
    .instrument(span)
    .await;
    dress(response.headers_mut(), &id, here.secure);
    response
}

fn dress(headers: &mut HeaderMap, id: &str, secure: bool) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    if secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TWO_YEARS));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Middleware of the API: what it answers is about persons and belongs in no cache, unless the handler
/// says otherwise.
pub async fn uncached(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.status() != StatusCode::NOT_MODIFIED {
        response
            .headers_mut()
            .entry(CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
    response
}
