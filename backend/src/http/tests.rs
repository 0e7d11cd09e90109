//! Promises of the edge that hold for every route, tried on small routers of the same make.

mod contract;
mod events;
mod showing;
mod uploads;
mod world;

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::extract::{Json, Path, Query};
use super::idempotency::Intent;
use super::*;

#[derive(Deserialize, Serialize)]
struct Example {
    name: String,
    share: u8,
}

#[derive(Deserialize)]
struct Page {
    limit: u8,
}

async fn echo(Json(example): Json<Example>) -> Json<Example> {
    Json(example)
}

async fn keyed(intent: Intent) -> String {
    format!("{} {}", intent.key, intent.digest)
}

#[expect(clippy::panic, reason = "the net under a panic is what is tried")]
async fn broken() -> String {
    panic!("a secret of the house")
}

fn edge() -> Router {
    edge_waiting(body::BODY_TIME_MAX)
}

fn edge_waiting(time_max: Duration) -> Router {
    let routes = Router::new()
        .route("/api/v1/examples", post(echo).get(|| async { "list" }))
        .route("/api/v1/keyed", post(keyed))
        .route(
            "/api/v1/examples/{id}",
            get(|Path(id): Path<Uuid>| async move { id.to_string() }),
        )
        .route(
            "/api/v1/list",
            get(|Query(page): Query<Page>| async move { page.limit.to_string() }),
        )
        .route("/api/v1/broken", get(broken))
        .route("/api/v1/reports", post(|| async { StatusCode::CREATED }))
        .layer(from_fn_with_state(time_max, body::whole));
    let limits = Arc::new(Limits::new(vec![[10, 0, 0, 1].into()]));
    finish(
        routes.layer(from_fn_with_state(limits, limits::keep)),
        Surround::new(true),
    )
}

async fn send(request: Request<Body>) -> Response {
    edge().oneshot(request).await.unwrap()
}

fn post_json(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path)
        .header(CONTENT_TYPE, "application/json")
        .body(body.into())
        .unwrap()
}

fn get_path(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

async fn problem(response: Response) -> (u16, Value) {
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["status"], status);
    assert_eq!(
        body["type"],
        format!("/problems/{}", body["code"].as_str().unwrap())
    );
    (status, body)
}

async fn code_of(request: Request<Body>) -> (u16, String) {
    let (status, body) = problem(send(request).await).await;
    (status, body["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_no_of_http_itself_is_a_problem_too() {
    let utf16 = Request::post("/api/v1/examples")
        .header(CONTENT_TYPE, "text/plain")
        .body("{}".into())
        .unwrap();
    let zipped = Request::post("/api/v1/examples")
        .header(CONTENT_TYPE, "application/json")
        .header("content-encoding", "gzip")
        .body("bomb".into())
        .unwrap();
    for (request, status, code) in [
        (get_path("/api/v1/nothing"), 404, "not_found"),
        (get_path("/"), 404, "not_found"),
        (get_path("/api/v1/examples/17"), 404, "not_found"),
        (
            Request::delete("/api/v1/examples").body(Body::empty()).unwrap(),
            405,
            "method_not_allowed",
        ),
        (
            post_json("/api/v1/examples", "x".repeat(BODY_BYTES_MAX + 1)),
            413,
            "too_large",
        ),
        (utf16, 415, "unsupported_media_type"),
        (zipped, 415, "unsupported_content_encoding"),
        (post_json("/api/v1/examples", "{"), 400, "malformed_json"),
        (
            post_json("/api/v1/examples", r#"{"name": "a"}"#),
            422,
            "invalid_fields",
        ),
        (get_path("/api/v1/list?limit=many"), 422, "invalid_fields"),
    ] {
        let what = format!("{} {}", request.method(), request.uri());
        assert_eq!(code_of(request).await, (status, code.to_owned()), "{what}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_there_is_told_which_are() {
    let response = send(Request::delete("/api/v1/examples").body(Body::empty()).unwrap()).await;
    assert_eq!(response.headers()["allow"], "POST,GET,HEAD");
}

#[tokio::test]
async fn a_ten_megabyte_string_is_too_large_and_read_to_its_end() {
    let chunk = Bytes::from(vec![b'x'; 1 << 20]);
    let sent = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let chunks = futures_util::stream::iter((0..10).map(move |_| {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok::<_, std::io::Error>(chunk.clone())
    }));
    let answer = code_of(post_json("/api/v1/examples", Body::from_stream(chunks))).await;
    assert_eq!(answer, (413, "too_large".to_owned()));
    assert_eq!(sent.load(std::sync::atomic::Ordering::Relaxed), 10);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up_with_a_problem() {
    assert!(body::BODY_TIME_MAX <= Duration::from_secs(30));
    let stuck = futures_util::stream::pending::<std::io::Result<Bytes>>();
    let request = post_json("/api/v1/examples", Body::from_stream(stuck));
    let response = edge_waiting(Duration::from_millis(1))
        .oneshot(request)
        .await
        .unwrap();
    let (status, body) = problem(response).await;
    assert_eq!((status, &body["code"]), (408, &json!("request_timeout")));
}

#[tokio::test]
async fn a_panic_is_our_fault_and_tells_nothing() {
    let (status, body) = problem(send(get_path("/api/v1/broken")).await).await;
    assert_eq!(status, 500);
    assert!(!body.to_string().contains("secret"), "{body}");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers_and_an_id_of_its_own() {
    let edge = edge();
    let mut ids = Vec::new();
    for path in ["/api/v1/examples", "/api/v1/nothing", "/api/v1/broken"] {
        let response = edge.clone().oneshot(get_path(path)).await.unwrap();
        let headers = response.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in [
            "default-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(
            headers["permissions-policy"],
            "camera=(self), microphone=(self), geolocation=(self)"
        );
        assert!(
            headers["strict-transport-security"]
                .to_str()
                .unwrap()
                .starts_with("max-age=")
        );
        ids.push(headers["x-request-id"].clone());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_post_without_a_key_or_with_a_senseless_one_is_refused() {
    assert_eq!(
        code_of(post_json("/api/v1/keyed", "{}")).await,
        (400, "idempotency_key_required".to_owned())
    );
    for key in ["", "a b", &"x".repeat(129)] {
        let mut request = post_json("/api/v1/keyed", "{}");
        request
            .headers_mut()
            .insert("idempotency-key", key.parse().unwrap());
        assert_eq!(
            code_of(request).await,
            (400, "idempotency_key_invalid".to_owned()),
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_retry_has_the_same_digest_and_another_body_has_not() {
    let mut answers = Vec::new();
    for body in ["{}", "{}", "{ }"] {
        let mut request = post_json("/api/v1/keyed", body);
        request
            .headers_mut()
            .insert("idempotency-key", "one".parse().unwrap());
        let response = send(request).await;
        assert_eq!(response.status(), StatusCode::OK);
        answers.push(to_bytes(response.into_body(), 1000).await.unwrap());
    }
    assert_eq!(answers[0], answers[1]);
    assert_ne!(answers[0], answers[2]);
}

/// A report from `peer` that claims to come from `forwarded`.
fn report(peer: [u8; 4], forwarded: &str) -> Request<Body> {
    let mut request = post_json("/api/v1/reports", "{}");
    request
        .headers_mut()
        .insert("x-forwarded-for", forwarded.parse().unwrap());
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from((peer, 4711))));
    request
}

#[tokio::test]
async fn a_spoofed_forwarded_address_does_not_escape_the_limit() {
    let edge = edge();
    for round in 0..limits::REPORTS.burst {
        let response = edge
            .clone()
            .oneshot(report([192, 0, 2, 7], &format!("198.51.100.{round}")))
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
    }
    let response = edge
        .clone()
        .oneshot(report([192, 0, 2, 7], "198.51.100.99"))
        .await
        .unwrap();
    let wait: u32 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=4).contains(&wait), "{wait}");
    let (status, body) = problem(response).await;
    assert_eq!((status, &body["code"]), (429, &json!("rate_limited")));
    assert!(body["detail"].as_str().unwrap().contains("reports"), "{body}");

    let behind_our_proxy = edge
        .oneshot(report([10, 0, 0, 1], "192.0.2.7, 198.51.100.99"))
        .await
        .unwrap();
    assert_eq!(behind_our_proxy.status(), StatusCode::CREATED);
}
