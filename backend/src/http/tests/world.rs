//! A running case service for a test: a fresh database, an evidence folder, a clock that stands still, and one
//! accident with its driver and an officer, both signed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::COOKIE;
use axum::http::{Request, Response, StatusCode};
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, OfficerId, PartyId, UnitId};
use domain::time::Instant;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use crate::app::{App, Scope};
use crate::blobs::Blobs;
use crate::clock::{Clock, Entropy};
use crate::config::Config;
use crate::identity::sessions::{self, For, Level, Whose};
use crate::live::Live;
use crate::store::officers::{self, OfficerRow};
use crate::store::units::{self, UnitRow};
use crate::store::{Db, Json};

struct Frozen(Instant);

impl Clock for Frozen {
    fn now(&self) -> Instant {
        self.0
    }
}

/// Counts, so that no two draws are alike and every run is the same.
#[derive(Default)]
struct Counted(AtomicU8);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

pub struct World {
    pub app: App,
    pub router: Router,
    pub accident: AccidentId,
    pub party: PartyId,
    /// `Cookie` values.
    pub driver: String,
    pub officer: String,
    _evidence: TempDir,
}

pub fn unit() -> UnitId {
    UnitId::new("330681").unwrap()
}

impl World {
    pub async fn new(db: Db) -> Self {
        let evidence = tempfile::tempdir().unwrap();
        let clock = Arc::new(Frozen("2026-03-01T08:00:00Z".parse().unwrap()));
        let app = App {
            db,
            config: Arc::new(config(&evidence)),
            clock: clock.clone(),
            wall: clock,
            entropy: Arc::new(Counted::default()),
            blobs: Blobs::open(evidence.path()).unwrap(),
            live: Live::new(),
            fonts: Arc::new(papers::Fonts::embedded().unwrap()),
            rules: Arc::new(domain::rule_pack::built_in().unwrap().clone()),
            pki: Arc::default(),
            stamps: None,
            sandbox: None,
        };
        let officer = OfficerId(app.new_id());
        let mut tx = app.db.write().await.unwrap();
        units::insert_if_new(&mut tx, &zhuji()).await.unwrap();
        officers::insert_if_new(&mut tx, &chen(officer, app.clock.now()))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (accident, party) = report(&app).await;
        let driver = sign_in(&app, Whose::Driver, For::Driver(accident, party)).await;
        let officer = sign_in(&app, Whose::Officer, For::Officer(officer, Level::Full)).await;
        let router = super::super::router(app.clone(), Router::new());
        Self {
            app,
            router,
            accident,
            party,
            driver,
            officer,
            _evidence: evidence,
        }
    }

    /// Sends as whoever the cookie names.
    pub async fn send(
        &self,
        cookie: &str,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Response<Body> {
        let request = request.header(COOKIE, cookie).body(body).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn get(&self, cookie: &str, path: &str) -> Response<Body> {
        self.send(cookie, Request::get(path), Body::empty()).await
    }

    /// Lets something happen to the accident, as its driver.
    pub async fn happen(&self, fact: Fact) {
        let who = (self.accident, &Scope::Service, Actor::Party(self.party));
        self.app
            .deed(who, None, None, |_, _| Ok(vec![fact]))
            .await
            .unwrap();
    }
}

/// Another accident beside the world's own, with its driver.
pub async fn report(app: &App) -> (AccidentId, PartyId) {
    let (accident, party) = (AccidentId(app.new_id()), PartyId(app.new_id()));
    let tx = app.db.write().await.unwrap();
    let first = Fact::Reported {
        unit: unit(),
        party,
        phone: None,
    };
    let open = app.begin(tx, accident, Actor::Party(party), first).unwrap();
    app.save(open).await.unwrap();
    (accident, party)
}

pub async fn sign_in(app: &App, whose: Whose, whom: For) -> String {
    let mut tx = app.db.write().await.unwrap();
    let token = sessions::begin(&mut tx, app, whom).await.unwrap();
    tx.commit().await.unwrap();
    let set = sessions::set_cookie(&app.config, whose, &token);
    set.to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// Status and code of a refusal.
pub async fn refused(response: Response<Body>) -> (StatusCode, String) {
    let status = response.status();
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json",
        "{status}"
    );
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    (status, body["code"].as_str().unwrap().to_owned())
}

fn config(evidence: &TempDir) -> Config {
    Config {
        public_url: "http://127.0.0.1:8080".to_owned(),
        media_url: "ws://127.0.0.1:8080/media/ws".to_owned(),
        evidence: evidence.path().to_owned(),
        recordings: evidence.path().join("recordings"),
        callback_secret: "secret".to_owned(),
        demo: false,
        trusted_proxies: Vec::new(),
        outbound: crate::outbound::Outbound::new(Vec::new(), &[]).unwrap(),
        gateways: Arc::default(),
    }
}

fn zhuji() -> UnitRow {
    UnitRow {
        code: unit(),
        name: "诸暨市公安局交通警察大队".to_owned(),
        lines: Json(vec!["诸暨市公安局".to_owned(), "交通警察大队".to_owned()]),
        number_template: "第{unit}{year}{serial:05}号".to_owned(),
    }
}

fn chen(id: OfficerId, now: Instant) -> OfficerRow {
    OfficerRow {
        id,
        unit: unit(),
        login: "chen".to_owned(),
        name: "陈警官".to_owned(),
        badge: "330681".to_owned(),
        role: "officer".to_owned(),
        password_hash: String::new(),
        totp_secret: String::new(),
        totp_step: 0,
        ink: None,
        created_at: now,
        disabled_at: None,
    }
}

/// An id that nothing has.
pub fn nobody() -> Uuid {
    Uuid::from_u128(0)
}
