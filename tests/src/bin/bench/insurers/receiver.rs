//! A test insurer: it verifies every message by the library that others use, reads the order it speaks of, and pays
//! it at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tests::acting::text;
use tests::client::Client;
use tokio::sync::Notify;

/// Whatever takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

struct Desk {
    /// Known once the endpoint is made.
    secret: Mutex<Option<Webhook>>,
    insurer: Client,
    pays: AtomicBool,
    count: AtomicU64,
    heard: Mutex<HashMap<String, Instant>>,
    paid: Mutex<Vec<Instant>>,
    bell: Notify,
}

pub struct Receiver {
    pub endpoint: String,
    desk: Arc<Desk>,
}

impl Receiver {
    /// Listens, and is told of everything that happens to this insurer.
    pub async fn of(insurer: &Client) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let desk = Arc::new(Desk {
            secret: Mutex::new(None),
            insurer: insurer.clone(),
            pays: AtomicBool::new(true),
            count: AtomicU64::new(0),
            heard: Mutex::default(),
            paid: Mutex::default(),
            bell: Notify::new(),
        });
        let routes = Router::new()
            .route("/", post(hears))
            .with_state(Arc::clone(&desk));
        tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        let body = json!({ "url": url, "events": [], "description": "bench" });
        let made = insurer.post("/webhook-endpoints", &body).await.ok();
        let key = Webhook::new(&text(&made["secret"])).expect("a secret of the standard's form");
        *desk.secret.lock().expect("nobody panics") = Some(key);
        Self {
            endpoint: text(&made["id"]),
            desk,
        }
    }

    /// From now on it only counts.
    pub fn rest(&self) {
        self.desk.pays.store(false, Ordering::Relaxed);
    }

    pub fn forget(&self) {
        self.desk.count.store(0, Ordering::Relaxed);
        self.desk.heard.lock().expect("nobody panics").clear();
        self.desk.paid.lock().expect("nobody panics").clear();
    }

    /// When a message of this type had come and was verified.
    pub async fn heard_of(&self, kind: &str) -> Instant {
        self.until(|desk| desk.heard.lock().expect("nobody panics").get(kind).copied())
            .await
    }

    /// When the last of so many orders was paid.
    pub async fn paid(&self, orders: usize) -> Instant {
        self.until(|desk| {
            let paid = desk.paid.lock().expect("nobody panics");
            paid.get(orders.checked_sub(1)?).copied()
        })
        .await
    }

    /// Until so many messages have come.
    pub async fn counts(&self, messages: u64) {
        self.until(|desk| (desk.count.load(Ordering::Relaxed) >= messages).then_some(()))
            .await;
    }

    async fn until<T>(&self, mut there: impl FnMut(&Desk) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let rings = self.desk.bell.notified();
                tokio::pin!(rings);
                rings.as_mut().enable();
                if let Some(found) = there(&self.desk) {
                    return found;
                }
                rings.await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting)
            .await
            .expect("it comes in time")
    }
}

async fn hears(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !is_genuine(&desk, &headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let at = Instant::now();
    let told: Value = serde_json::from_slice(&body).unwrap_or_default();
    let kind = text(&told["type"]);
    let due = kind == "payment_order.due";
    desk.heard
        .lock()
        .expect("nobody panics")
        .entry(kind)
        .or_insert(at);
    desk.count.fetch_add(1, Ordering::Relaxed);
    if due && desk.pays.load(Ordering::Relaxed) {
        tokio::spawn(pays(Arc::clone(&desk), told));
    }
    desk.bell.notify_waiters();
    StatusCode::NO_CONTENT
}

/// As `Webhook::verify`, but for the age of the message: time stands still in this world.
fn is_genuine(desk: &Desk, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let told = header("webhook-id").zip(header("webhook-timestamp").and_then(|at| at.parse().ok()));
    let (Some((id, at)), Some(signatures)) = (told, header("webhook-signature")) else {
        return false;
    };
    let key = desk.secret.lock().expect("nobody panics");
    let expected = key.as_ref().and_then(|key| key.sign(id, at, body).ok());
    expected.is_some_and(|expected| signatures.split(' ').any(|one| one == expected))
}

/// Reads the order and says that it is paid.
async fn pays(desk: Arc<Desk>, told: Value) {
    let path = text(&told["data"]["url"]).replace("/api/v1", "");
    let order = desk.insurer.get(&path).await.ok();
    let payment = json!({ "paid_at": order["made_at"], "reference": "BENCH" });
    desk.insurer.post(&format!("{path}/payment"), &payment).await.ok();
    desk.paid.lock().expect("nobody panics").push(Instant::now());
    desk.bell.notify_waiters();
}
