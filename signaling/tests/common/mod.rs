//! A media service on loopback, a case service that listens to it, and people who call.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "shared by tests; each uses a part"
)]

pub mod caller;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde_json::Value;
use signaling::core::ticket::{AUDIENCE, ISSUER, Role, Ticket};
use signaling::{Config, Signaling, TicketKeys};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;
use uuid::Uuid;

pub const KEY_ID: &str = "test";
pub const SECRET: &str = "callback-secret";
/// When every test begins, in seconds since 1970.
pub const START: i64 = 1_800_000_000;

struct Keys(String);

impl TicketKeys for Keys {
    fn key(&self, kid: &str) -> Option<DecodingKey> {
        (kid == KEY_ID).then(|| DecodingKey::from_ec_pem(self.0.as_bytes()).unwrap())
    }
}

pub struct Node {
    pub address: SocketAddr,
    pub room: Uuid,
    pub folder: tempfile::TempDir,
    pub events: mpsc::UnboundedReceiver<Value>,
    signaling: Option<Signaling>,
    mint: EncodingKey,
    server: tokio::task::JoinHandle<()>,
}

/// How many events the case service refuses before it takes one.
#[derive(Clone)]
struct CaseService {
    refuse: Arc<AtomicU32>,
    taken: mpsc::UnboundedSender<Value>,
}

async fn take_event(
    State(service): State<CaseService>,
    headers: HeaderMap,
    axum::Json(event): axum::Json<Value>,
) -> StatusCode {
    assert_eq!(headers["authorization"], format!("Bearer {SECRET}"));
    let refuse = service
        .refuse
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if refuse.is_ok() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    service.taken.send(event).unwrap();
    StatusCode::NO_CONTENT
}

impl Node {
    pub async fn start() -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), 0).await
    }

    /// A node with a single UDP port for media: room for one participant.
    pub async fn start_with_one_port() -> Self {
        let port = std::net::UdpSocket::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        Self::build(tempfile::tempdir().unwrap(), 0, port..=port).await
    }

    pub async fn start_with(folder: tempfile::TempDir, refused_events: u32) -> Self {
        Self::build(folder, refused_events, 0..=0).await
    }

    async fn build(folder: tempfile::TempDir, refused_events: u32, udp_ports: RangeInclusive<u16>) -> Self {
        let (taken, events) = mpsc::unbounded_channel();
        let service = CaseService {
            refuse: Arc::new(AtomicU32::new(refused_events)),
            taken,
        };
        let callbacks = axum::Router::new()
            .route("/events", axum::routing::post(take_event))
            .with_state(service);
        let case_service = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let callback_url = format!("http://{}/events", case_service.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(case_service, callbacks).await.unwrap() });

        let keys = rcgen::KeyPair::generate().unwrap();
        let begun = Instant::now();
        let config = Config {
            recordings: folder.path().to_owned(),
            media_addresses: vec!["127.0.0.1".parse().unwrap()],
            udp_ports,
            callback_url,
            callback_secret: SECRET.into(),
            allowed_origins: None,
        };
        let clock = move || START * 1_000_000 + i64::try_from(begun.elapsed().as_micros()).unwrap();
        let signaling = Signaling::start(config, Arc::new(Keys(keys.public_key_pem())), Arc::new(clock))
            .await
            .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = signaling.router();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mint = EncodingKey::from_ec_pem(keys.serialize_pem().as_bytes()).unwrap();
        let room = Uuid::from_u128(0xca5e);
        Self {
            address,
            room,
            folder,
            events,
            signaling: Some(signaling),
            mint,
            server,
        }
    }

    pub fn claims(&self, participant: &str) -> Ticket {
        Ticket {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: participant.into(),
            room: self.room,
            role: Role::Driver,
            label: "甲".into(),
            iat: START,
            exp: START + 3_600,
            jti: "1".into(),
        }
    }

    pub fn sign(&self, claims: &Ticket) -> String {
        let header = Header {
            kid: Some(KEY_ID.into()),
            ..Header::new(Algorithm::ES256)
        };
        jsonwebtoken::encode(&header, claims, &self.mint).unwrap()
    }

    pub fn ticket(&self, participant: &str) -> String {
        self.sign(&self.claims(participant))
    }

    pub async fn event(&mut self) -> Value {
        self.events.recv().await.expect("the case service listens")
    }

    /// The next event of that type; what comes before is skipped.
    pub async fn event_of(&mut self, kind: &str) -> Value {
        loop {
            let event = self.event().await;
            if event["event"]["type"] == kind {
                return event;
            }
        }
    }

    pub async fn stop(&mut self) {
        if let Some(signaling) = self.signaling.take() {
            signaling.shutdown().await;
        }
        self.server.abort();
    }
}

pub fn modified(path: &Path) -> i64 {
    let at: SystemTime = std::fs::metadata(path).unwrap().modified().unwrap();
    i64::try_from(at.duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}
