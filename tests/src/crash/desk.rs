//! The people at work while the service dies: an officer and two drivers per case. A lost answer is asked for again
//! with the same key until there is one.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::{Service, pause};
use crate::acting::text;
use crate::client::{Answer, Client, fresh_key};
use crate::people;

/// Until somebody asks again.
const AGAIN_AFTER: Duration = Duration::from_millis(15);

/// The officer's desk, and the messages that were read.
pub struct Desk {
    officer: Client,
    anyone: Client,
    used: Mutex<HashSet<String>>,
}

/// An accident with its two drivers.
pub struct Case {
    accident: String,
    drivers: [Driver; 2],
}

struct Driver {
    client: Client,
    party: String,
    phone: String,
}

/// A signature that the service confirmed: accident, number of the finding, party.
pub type Confirmed = (String, String, String);

impl Desk {
    pub async fn signs_in(service: &Service) -> Self {
        let card = std::fs::read(service.folder().join("demo.json")).expect("the demo's card");
        let card: Value = serde_json::from_slice(&card).expect("a card");
        let chen = &card["officers"][0];
        let (officer, anyone) = (Client::new(&service.base()), Client::new(&service.base()));
        let password = json!({ "name": chen["name"], "password": chen["password"] });
        officer.post("/officer/session", &password).await.ok();
        let shown = anyone
            .get(&format!("/demo/totp?name={}", text(&chen["name"])))
            .await
            .ok();
        let code = json!({ "code": shown["code"] });
        officer.post("/officer/session/totp", &code).await.ok();
        Self {
            officer,
            anyone,
            used: Mutex::default(),
        }
    }

    /// A code that was sent to this phone and not typed yet.
    async fn code(&self, phone: &str) -> Option<String> {
        let inbox = asks(&self.anyone, "/demo/inbox").await;
        let messages = inbox["messages"].as_array().cloned().unwrap_or_default();
        let mine = messages.iter().filter(|message| message["to"] == phone);
        let mut codes = mine.filter_map(|message| message["text"].as_str());
        let words = codes.next()?.split(|c: char| !c.is_ascii_digit());
        let code = words.filter(|word| word.len() == 6).map(str::to_owned).next()?;
        let mut used = self.used.lock().expect("nobody panics in here");
        used.insert(format!("{phone} {code}")).then_some(code)
    }
}

impl Case {
    pub fn accident(&self) -> String {
        self.accident.clone()
    }

    /// Reported, joined, claimed and decided, without losses: nothing is paid, so the finding can be taken back.
    pub async fn decided(desk: &Desk, base: &str, number: usize) -> Self {
        let phone = |side: usize| format!("13{side}{number:08}");
        let first = Client::new(base);
        let unit = json!({ "unit": "330681" });
        let link = first.post("/reports", &unit).await.ok();
        let accident = text(&link["accident_id"]);
        let first = confirmed(desk, first, &link, phone(8)).await;
        let path = |below: &str| format!("/accidents/{accident}/{below}");
        first.client.post(&path("triage"), &people::harmless()).await.ok();
        let scene = people::scene(&text(&first.view(&accident).await["reported_at"]));
        first.client.put(&path("scene"), &scene).await.ok();
        let invitation = first.client.post(&path("invitations"), &json!({})).await.ok();
        let second = Client::new(base);
        let link = second
            .post("/joins", &json!({ "token": invitation["token"] }))
            .await
            .ok();
        let second = confirmed(desk, second, &link, phone(9)).await;
        for (driver, person) in [(&first, &people::WANG), (&second, &people::LI)] {
            let party = json!({ "party": person.party() });
            let own = path(&format!("parties/{}", driver.party));
            driver.client.put(&own, &party).await.ok();
            for kind in ["remote_handling", "electronic_service"] {
                let consent = json!({ "kind": kind, "agreed": true, "text_version": "2026-11" });
                driver.client.post(&path("consents"), &consent).await.ok();
            }
        }
        first.client.post(&path("queue"), &json!({})).await.ok();
        desk.officer.post(&path("claim"), &json!({})).await.ok();
        let case = Self {
            accident,
            drivers: [first, second],
        };
        case.decides(desk).await;
        case
    }

    fn path(&self, below: &str) -> String {
        format!("/accidents/{}/{below}", self.accident)
    }

    async fn view(&self, desk: &Desk) -> Value {
        asks(&desk.officer, &format!("/accidents/{}", self.accident)).await
    }

    async fn decides(&self, desk: &Desk) {
        let [behind, ahead] = &self.drivers;
        let body = json!({
            "seen": self.view(desk).await["version"],
            "parties": [
                { "party_id": behind.party, "violations": ["101"], "liability": "full", "share": 100 },
                { "party_id": ahead.party, "violations": [], "liability": "none", "share": 0 },
            ],
            "facts_text": "王建国驾驶小型轿车与前方同车道李䶮驾驶的小型轿车发生追尾，两车受损。",
            "override_reason": null,
        });
        insists(&desk.officer, &self.path("decision"), &body).await;
    }

    /// One round: issued, signed or refused by both, taken back, decided again.
    async fn round(&self, desk: &Desk, confirmed: &mut Vec<Confirmed>) {
        let body = json!({ "seen": self.view(desk).await["version"], "ink": people::ink() });
        let issued = insists(&desk.officer, &self.path("finding"), &body).await;
        let number = text(&issued["finding"]["number"]);
        for driver in &self.drivers {
            if self.signs(desk, driver, &issued).await {
                confirmed.push((self.accident.clone(), number.clone(), driver.party.clone()));
            } else {
                let refusal = json!({ "party_id": driver.party, "what": "sign", "reason": "不同意" });
                insists(&desk.officer, &self.path("refusals"), &refusal).await;
            }
        }
    }

    async fn signs(&self, desk: &Desk, driver: &Driver, issued: &Value) -> bool {
        let key = fresh_key();
        // Too soon after the last code: the officer notes a refusal instead.
        let path = self.path("signing-code");
        while driver.client.try_post(key, &path, &json!({})).await.is_none() {
            pause(AGAIN_AFTER).await;
        }
        let Some(code) = desk.code(&driver.phone).await else {
            return false;
        };
        let body = json!({ "document_sha256": issued["finding"]["to_sign_sha256"], "code": code,
                           "ink": people::ink(), "read_s": 5, "scrolled_to_end": true });
        insists(&driver.client, &self.path("signatures"), &body).await;
        true
    }

    async fn takes_back(&self, desk: &Desk) {
        let body = json!({ "seen": self.view(desk).await["version"], "reason": "号牌录入有误" });
        insists(&desk.officer, &self.path("voiding"), &body).await;
        self.decides(desk).await;
    }
}

impl Driver {
    async fn view(&self, accident: &str) -> Value {
        asks(&self.client, &format!("/accidents/{accident}")).await
    }
}

async fn confirmed(desk: &Desk, client: Client, link: &Value, phone: String) -> Driver {
    let code = json!({ "token": link["token"], "phone": phone });
    client.post("/driver/code", &code).await.ok();
    let code = desk.code(&phone).await.expect("a code was sent");
    let session = json!({ "token": link["token"], "code": code });
    client.post("/driver/session", &session).await.ok();
    Driver {
        client,
        party: text(&link["party_id"]),
        phone,
    }
}

/// Works on these cases, one after the other, until told to stop; answers the signatures that were confirmed.
pub async fn works(
    desk: std::sync::Arc<Desk>,
    cases: Vec<Case>,
    stopping: watch::Receiver<bool>,
) -> Vec<Confirmed> {
    let mut signed = Vec::new();
    loop {
        for case in &cases {
            case.round(&desk, &mut signed).await;
            if *stopping.borrow() {
                return signed;
            }
            case.takes_back(&desk).await;
        }
    }
}

/// Reads, until somebody answers.
async fn asks(client: &Client, path: &str) -> Value {
    loop {
        match client.try_get(path).await {
            Some(answer) if !busy(&answer) => return answer.json(),
            _ => pause(AGAIN_AFTER).await,
        }
    }
}

/// Asks under one key until there is an answer, which must be yes: an answer that was lost has no second effect.
async fn insists(client: &Client, path: &str, body: &Value) -> Value {
    let key = fresh_key();
    loop {
        match client.try_post(key, path, body).await {
            Some(answer) if !busy(&answer) => return answer.ok(),
            _ => pause(AGAIN_AFTER).await,
        }
    }
}

/// The house asks to wait, or is being taken down.
fn busy(answer: &Answer) -> bool {
    matches!(answer.status, 429 | 503)
}
