//! Abuse and its answer, through the real router, on both databases. Time stands still until moved.

mod assertions;
mod clerks;
mod desk;
mod drivers;
mod entering;
mod key_sets;
mod machine;
mod machines;
mod messages;
mod standing;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use domain::time::Instant;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::Duration;
use tower::ServiceExt;

use super::{seed, totp};
use crate::app::App;
use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::refusal::{AppError, Refusal};
use crate::store::Db;

pub(super) fn config(public_url: &str) -> Config {
    Config {
        public_url: public_url.to_owned(),
        media_url: "wss://desk.example/media/ws".to_owned(),
        evidence: std::env::temp_dir(),
        recordings: std::env::temp_dir(),
        callback_secret: "callback".to_owned(),
        demo: true,
        trusted_proxies: Vec::new(),
        outbound: crate::outbound::Outbound::new(Vec::new(), &[]).unwrap(),
        gateways: Arc::default(),
    }
}

#[derive(Clone)]
struct Frozen(Arc<Mutex<Instant>>);

impl Clock for Frozen {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// The same bytes in every run, others with every call.
#[derive(Default)]
struct Seeded(Mutex<u64>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut count = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(32) {
            *count += 1;
            chunk.copy_from_slice(&Sha256::digest(count.to_be_bytes())[..chunk.len()]);
        }
    }
}

/// A running service with the demo's people in it.
struct World {
    app: App,
    clock: Frozen,
    router: Router,
    secrets: seed::Secrets,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn code(&self) -> (u16, &str) {
        (
            self.status.as_u16(),
            self.body["code"].as_str().unwrap_or_default(),
        )
    }

    /// The session cookie that was set, as it is sent back.
    fn cookie(&self) -> String {
        let set = self.headers[SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    fn retry_after_s(&self) -> u32 {
        self.headers[RETRY_AFTER].to_str().unwrap().parse().unwrap()
    }
}

impl World {
    async fn new(db: &Db) -> Self {
        Self::with(db, config("https://desk.example")).await
    }

    async fn with(db: &Db, config: Config) -> Self {
        let clock = Frozen(Arc::new(Mutex::new("2026-03-01T00:00:00Z".parse().unwrap())));
        let app = App {
            db: db.clone(),
            blobs: crate::blobs::Blobs::open(&config.evidence).unwrap(),
            config: Arc::new(config),
            clock: Arc::new(clock.clone()),
            wall: Arc::new(clock.clone()),
            entropy: Arc::new(Seeded::default()),
            live: crate::live::Live::new(),
            fonts: Arc::new(papers::Fonts::embedded().unwrap()),
            rules: Arc::new(domain::rule_pack::built_in().unwrap().clone()),
            pki: Arc::default(),
            stamps: None,
            sandbox: None,
        };
        let secrets = seed::demo(&app, &seed::Secrets::default()).await.unwrap();
        let router = crate::http::router(app.clone(), Router::new());
        Self {
            app,
            clock,
            router,
            secrets,
        }
    }

    fn pass(&self, duration: Duration) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.plus(duration);
    }

    async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::String(text));
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// `key` is the idempotency key.
    async fn post_as(&self, key: &str, path: &str, cookie: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key)
            .header(COOKIE, cookie)
            .body(Body::from(body.to_string()));
        self.call(request.unwrap()).await
    }

    /// Every call is an intent of its own.
    async fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        let mut key = [0; 16];
        self.app.entropy.fill(&mut key);
        self.post_as(&format!("{:x?}", key).replace([' ', ','], ""), path, cookie, body)
            .await
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.call(
            Request::get(path)
                .header(COOKIE, cookie)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    fn secret(&self, login: &str) -> &seed::OfficerSecret {
        self.secrets
            .officers
            .iter()
            .find(|officer| officer.login == login)
            .unwrap()
    }

    fn totp(&self, login: &str) -> String {
        totp::current(&self.secret(login).totp_secret, self.clock.now())
            .unwrap()
            .0
    }

    async fn show_password(&self, login: &str, password: &str) -> Answer {
        self.post(
            "/api/v1/officer/session",
            "",
            &json!({ "name": login, "password": password }),
        )
        .await
    }

    async fn show_totp(&self, cookie: &str, code: &str) -> Answer {
        self.post("/api/v1/officer/session/totp", cookie, &json!({ "code": code }))
            .await
    }

    /// Both factors; answers the cookie.
    async fn sign_in(&self, login: &str) -> String {
        let first = self.show_password(login, &self.secret(login).password).await;
        assert_eq!(first.body, json!({ "mfa_required": true }));
        let second = self.show_totp(&first.cookie(), &self.totp(login)).await;
        assert_eq!(second.status, StatusCode::OK, "{}", second.body);
        second.cookie()
    }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> Refusal {
    match outcome {
        Err(AppError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
