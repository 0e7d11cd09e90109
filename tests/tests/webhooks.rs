//! Insurers are told: signed, in order, at least once, whatever their servers do.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tests::acting::{Driver, Officer, text};
use tests::client::{Client, fresh_key};
use tests::people::{LI, Person, WANG};
use tests::receiver::{Book, Certificate, Heard, PATIENCE, Receiver, Says, outbound};
use tests::world::World;

const HOST: &str = "hooks.picc.example";
const ELSEWHERE: &str = "elsewhere.example";

/// A world, and whoever may be told in it.
struct Stage {
    world: World,
    book: Arc<Book>,
    certificate: Certificate,
}

impl Stage {
    fn names() -> (Arc<Book>, Certificate) {
        let book = Arc::new(Book::default());
        book.write(HOST, &[[127, 0, 0, 1]]);
        book.write(ELSEWHERE, &[[127, 0, 0, 1]]);
        (book, Certificate::of(&[HOST, ELSEWHERE, "127.0.0.1"]))
    }

    /// A server at an address that is reached.
    async fn receiver(&self, answers: impl Fn(&Heard) -> Says + Send + Sync + 'static) -> Receiver {
        Receiver::at([127, 0, 0, 1], &self.certificate, answers).await
    }

    /// Whatever is due is told now, not at the next look at the clock.
    fn time_passes(&self, duration: Duration) {
        self.world.time_passes(duration);
        self.world.system.app.live.notify();
    }
}

fn url(receiver: &Receiver, path: &str) -> String {
    format!("https://{HOST}:{}{path}", receiver.port)
}

/// A new endpoint that wants to hear of `events`; its id and secret.
async fn listens(insurer: &Client, url: &str, events: &[&str]) -> (String, String) {
    let body = json!({ "url": url, "events": events, "description": "test" });
    let made = insurer.post("/webhook-endpoints", &body).await.ok();
    (text(&made["id"]), text(&made["secret"]))
}

/// Asks until the answer is as it will be.
async fn until(client: &Client, path: &str, right: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let answer = client.get(path).await.ok();
            if right(&answer) {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .unwrap_or_else(|_| panic!("{path} never became right"))
}

fn endpoint(id: &str, below: &str) -> String {
    format!("/webhook-endpoints/{id}{below}")
}

fn everything_told(page: &Value) -> bool {
    let items = page["items"].as_array().unwrap();
    !items.is_empty() && items.iter().all(|item| item["state"] == "delivered")
}

/// 甲 (PICC) drove into 乙 (PAIC), both have signed.
async fn a_settled_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = world.an_issued_finding().await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

/// The same with people nobody knows yet.
async fn another_settled_case(world: &World, officer: &Officer, n: u8) -> (Driver, Driver) {
    let phone = |side: u8| -> &'static str { format!("13{side}0000200{n}").leak() };
    let people = (
        Person {
            phone: phone(8),
            ..WANG
        },
        Person {
            phone: phone(9),
            ..LI
        },
    );
    let (first, second) = world.a_decided_case(officer, people).await;
    officer.issues(&first).await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second)
}

/// As the specification says it, by the crate's own arithmetic.
fn signature(secret: &str, heard: &Heard) -> String {
    let at = heard.header("webhook-timestamp").parse().unwrap();
    Webhook::new(secret)
        .unwrap()
        .sign(heard.header("webhook-id"), at, &heard.body)
        .unwrap()
}

fn kinds(all: &[Heard]) -> Vec<String> {
    all.iter().map(|heard| heard.told().0).collect()
}

macro_rules! on_both_stages {
    ($($(#[$attribute:meta])* async fn $name:ident($stage:ident) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($stage: &Stage) $body

            #[tokio::test]
            async fn on_sqlite() {
                let (book, certificate) = Stage::names();
                let world = World::on_sqlite_reaching(outbound(&book, &[&certificate])).await;
                let stage = Stage { world, book, certificate };
                body(&stage).await;
                stage.world.ends().await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let (book, certificate) = Stage::names();
                let reached = outbound(&book, &[&certificate]);
                let Some(world) = World::on_postgres_reaching(reached).await else { return };
                let stage = Stage { world, book, certificate };
                body(&stage).await;
                stage.world.ends().await;
            }
        }
    )+};
}

on_both_stages! {
    async fn whatever_shows_in_what_an_insurer_pulls_is_told_signed_and_in_its_order(stage) {
        let world = &stage.world;
        let (picc, paic) = (stage.receiver(|_| Says::Status(204)).await, stage.receiver(|_| Says::Status(200)).await);
        let (insurer, other) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let (id, secret) = listens(&insurer, &url(&picc, "/hook?x=1"), &[]).await;
        listens(&other, &url(&paic, "/hook"), &["payment_order.changed", "clearing_statement.closed"]).await;
        let (first, ..) = a_settled_case(world).await;

        let heard = picc.next_of(3).await;
        assert_eq!(kinds(&heard), ["settlement.created", "payment_order.due", "payment_order.due"]);
        let record = insurer.get("/settlements").await.ok()["items"][0].clone();
        let told = heard[0].json();
        assert_eq!(told, json!({ "type": "settlement.created", "timestamp": record["settled_at"], "data": {
            "id": record["id"], "url": format!("/api/v1/settlements/{}", text(&record["id"])), "change": record["change"],
            "settlement_id": record["id"], "finding_number": record["finding_number"] } }));
        for heard in &heard {
            assert_eq!(heard.header("webhook-signature"), signature(&secret, heard));
            assert_eq!(heard.header("content-type"), "application/json");
            assert_eq!(heard.header("host"), format!("{HOST}:{}", picc.port));
            assert_eq!(heard.json()["data"]["settlement_id"], record["id"]);
            let body = String::from_utf8(heard.body.to_vec()).unwrap();
            for known in [WANG.name, LI.name, WANG.phone, LI.phone] {
                assert!(!body.contains(known), "no message tells of a person: {body}");
            }
        }
        assert_eq!(kinds(&paic.next_of(2).await), ["payment_order.changed"; 2]);

        // What is told can be read where it says.
        let order = insurer.get(text(&heard[1].json()["data"]["url"]).strip_prefix("/api/v1").unwrap()).await.ok();
        assert_eq!((&order["change"], &order["state"]), (&heard[1].json()["data"]["change"], &json!("due")));
        let payment = json!({ "paid_at": world.now(), "reference": "BANK-1" });
        insurer.post(&format!("/payment-orders/{}/payment", text(&order["id"])), &payment).await.ok();
        let paid = picc.next().await;
        assert_eq!((paid.told(), &paid.json()["data"]["state"]), (("payment_order.changed".to_owned(), text(&order["id"])), &json!("paid")));
        assert_eq!(paic.next().await.json()["data"]["state"], "paid");

        let log = until(&insurer, &endpoint(&id, "/deliveries"), everything_told).await;
        assert_eq!(log["items"].as_array().unwrap().len(), 4);
        assert_eq!(log["items"][0]["message_id"], paid.header("webhook-id"));
        assert_eq!(log["items"][0]["last"]["status"], 204);
        assert!(picc.is_silent().await && paic.is_silent().await);
        let _ = first;
    }

    async fn a_closed_month_and_a_voided_finding_are_told_to_those_they_concern(stage) {
        let world = &stage.world;
        let receiver = stage.receiver(|_| Says::Status(200)).await;
        let insurer = world.insurer("PAIC").await;
        listens(&insurer, &url(&receiver, "/"), &["clearing_statement.closed", "finding.voided"]).await;
        let (first, _, officer) = world.an_issued_finding().await;
        let seen = officer.view(&first).await;
        let body = json!({ "seen": seen["version"], "reason": "责任写错了" });
        officer.client.post(&first.path("voiding"), &body).await.ok();
        let told = receiver.next().await.json();
        assert_eq!((&told["type"], &told["data"]["finding_number"]), (&json!("finding.voided"), &seen["finding"]["number"]));

        another_settled_case(world, &officer, 1).await;
        let payer = world.insurer("PICC").await;
        for order in payer.get("/payment-orders").await.ok()["items"].as_array().unwrap() {
            let payment = json!({ "paid_at": world.now(), "reference": "BANK-1" });
            payer.post(&format!("/payment-orders/{}/payment", text(&order["id"])), &payment).await.ok();
        }
        stage.time_passes(Duration::from_secs(9 * 24 * 3600));
        world.supervisor().await.client.post("/clearing/2026-11/closing", &json!({})).await.ok();
        let told = receiver.next().await.json();
        assert_eq!((&told["type"], &told["data"]["state"]), (&json!("clearing_statement.closed"), &json!("frozen")));
        let path = text(&told["data"]["url"]);
        let statement = world.insurer("PAIC").await.get(path.strip_prefix("/api/v1").unwrap()).await.ok();
        assert_eq!(statement["state"], "frozen");
    }

    async fn one_case_waits_for_its_own_failure_and_no_other_does(stage) {
        let world = &stage.world;
        let first_record = Arc::new(std::sync::Mutex::new(None::<String>));
        let broken = Arc::new(AtomicBool::new(true));
        let receiver = {
            let (first_record, broken) = (Arc::clone(&first_record), Arc::clone(&broken));
            stage.receiver(move |heard| {
                let record = text(&heard.json()["data"]["settlement_id"]);
                let mut first = first_record.lock().unwrap();
                let of_first = *first.get_or_insert_with(|| record.clone()) == record;
                if of_first && broken.load(Ordering::SeqCst) { Says::Status(500) } else { Says::Status(200) }
            }).await
        };
        let insurer = world.insurer("PICC").await;
        let (id, _) = listens(&insurer, &url(&receiver, "/"), &[]).await;
        let (.., officer) = a_settled_case(world).await;
        let failed = receiver.next().await;
        assert_eq!(failed.told().0, "settlement.created");
        another_settled_case(world, &officer, 1).await;
        let others = receiver.next_of(3).await;
        assert_eq!(kinds(&others), ["settlement.created", "payment_order.due", "payment_order.due"]);
        assert!(others.iter().all(|heard| heard.json()["data"]["settlement_id"] != failed.json()["data"]["settlement_id"]));
        assert!(receiver.is_silent().await, "what comes later in the first case waits");
        broken.store(false, Ordering::SeqCst);
        stage.time_passes(Duration::from_secs(6));
        let rest = receiver.next_of(3).await;
        assert_eq!(rest[0].header("webhook-id"), failed.header("webhook-id"), "a repetition can be told by its id");
        assert_eq!(kinds(&rest), ["settlement.created", "payment_order.due", "payment_order.due"]);
        let changes: Vec<_> = rest[1..].iter().map(|heard| heard.json()["data"]["change"].as_i64().unwrap()).collect();
        assert!(changes[0] < changes[1]);
        until(&insurer, &endpoint(&id, "/deliveries"), everything_told).await;
    }

    async fn who_hangs_holds_up_nobody_else(stage) {
        let world = &stage.world;
        let hanging = stage.receiver(|_| Says::Nothing).await;
        let well = stage.receiver(|_| Says::Status(200)).await;
        let insurer = world.insurer("PICC").await;
        for n in 0..4 {
            listens(&insurer, &url(&hanging, &format!("/{n}")), &[]).await;
        }
        listens(&insurer, &url(&well, "/"), &[]).await;
        let (.., officer) = a_settled_case(world).await;
        for n in 1..4 {
            another_settled_case(world, &officer, n).await;
        }
        assert_eq!(well.next_of(12).await.len(), 12);
        hanging.next_of(4).await;
    }

    async fn a_message_is_tried_for_days_then_dead_and_told_again_on_request(stage) {
        let world = &stage.world;
        let status = Arc::new(AtomicU16::new(500));
        let receiver = {
            let status = Arc::clone(&status);
            stage.receiver(move |_| Says::Status(status.load(Ordering::SeqCst))).await
        };
        let insurer = || world.insurer("PICC");
        let (id, _) = listens(&insurer().await, &url(&receiver, "/"), &[]).await;
        let sent = insurer().await.post(&endpoint(&id, "/tests"), &json!({})).await.ok();
        assert_eq!((&sent["state"], &sent["attempts"], &sent["last"]), (&json!("pending"), &json!(0), &Value::Null));
        let delivery = format!("/webhook-deliveries/{}", text(&sent["id"]));
        let mut ids = vec![receiver.next().await.header("webhook-id").to_owned()];
        for (tries, wait_s) in [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].into_iter().enumerate() {
            let tried = |shown: &Value| shown["attempts"] == json!(tries + 1);
            let before = until(&insurer().await, &delivery, tried).await;
            assert_eq!(before["state"], "pending");
            stage.time_passes(Duration::from_secs(wait_s - 1));
            assert!(receiver.is_silent().await, "never sooner than promised");
            stage.time_passes(Duration::from_secs(2 + wait_s / 10));
            ids.push(receiver.next().await.header("webhook-id").to_owned());
        }
        let dead = until(&insurer().await, &delivery, |shown| shown["state"] == "dead").await;
        assert_eq!((&dead["attempts"], &dead["last"]["status"], &dead["last"]["error"]), (&json!(10), &json!(500), &json!("status")));
        assert_eq!((&dead["tried"][9]["number"], &dead["tried"][9]["answer"]), (&json!(10), &json!("as you say")));
        assert_eq!(dead["next_attempt_at"], Value::Null);
        assert_eq!(dead["body"]["type"], "endpoint.test");
        ids.dedup();
        assert_eq!(ids.len(), 1);
        let shown = insurer().await.get(&endpoint(&id, "")).await.ok();
        assert!(shown["failing_since"].is_string());

        status.store(200, Ordering::SeqCst);
        let key = fresh_key();
        let client = insurer().await;
        client.post_as(key, &format!("{delivery}/replay"), &json!({})).await.ok();
        assert_eq!(receiver.next().await.header("webhook-id"), ids[0]);
        until(&client, &delivery, |shown| shown["state"] == "delivered" && shown["attempts"] == 11).await;
        let again = client.post_as(key, &format!("{delivery}/replay"), &json!({})).await.ok();
        assert_eq!(again["state"], "delivered", "a repeated request is one replay");
        assert_eq!(client.get(&endpoint(&id, "")).await.ok()["failing_since"], Value::Null);
    }

    async fn who_fails_for_five_days_is_disabled_and_the_insurers_other_endpoint_hears_of_it(stage) {
        let world = &stage.world;
        let (failing, well) = (stage.receiver(|_| Says::Status(500)).await, stage.receiver(|_| Says::Status(200)).await);
        let insurer = || world.insurer("PICC");
        let (id, _) = listens(&insurer().await, &url(&failing, "/"), &[]).await;
        listens(&insurer().await, &url(&well, "/"), &["endpoint.disabled"]).await;
        insurer().await.post(&endpoint(&id, "/tests"), &json!({})).await.ok();
        failing.next().await;
        until(&insurer().await, &endpoint(&id, ""), |shown| shown["failing_since"].is_string()).await;
        stage.time_passes(Duration::from_secs(5 * 24 * 3600));
        failing.next().await;
        assert_eq!(well.next().await.told(), ("endpoint.disabled".to_owned(), id.clone()));
        let client = insurer().await;
        let shown = client.get(&endpoint(&id, "")).await.ok();
        assert_eq!((&shown["state"], &shown["disabled"]["reason"], &shown["pending"]), (&json!("disabled"), &json!("failing"), &json!(0)));
        client.post(&endpoint(&id, "/tests"), &json!({})).await.problem(409, "endpoint_disabled");
    }

    async fn who_is_gone_is_told_nothing_until_it_is_enabled_and_then_everything_it_missed(stage) {
        let world = &stage.world;
        let status = Arc::new(AtomicU16::new(410));
        let receiver = {
            let status = Arc::clone(&status);
            stage.receiver(move |_| Says::Status(status.load(Ordering::SeqCst))).await
        };
        let insurer = world.insurer("PICC").await;
        let (id, _) = listens(&insurer, &url(&receiver, "/"), &[]).await;
        let before = world.now();
        let (.., officer) = a_settled_case(world).await;
        assert_eq!(receiver.next().await.told().0, "settlement.created");
        let shown = until(&insurer, &endpoint(&id, ""), |shown| shown["state"] == "disabled").await;
        assert_eq!((&shown["disabled"]["reason"], &shown["pending"]), (&json!("gone"), &json!(0)));
        another_settled_case(world, &officer, 1).await;
        let log = insurer.get(&endpoint(&id, "/deliveries?state=skipped")).await.ok();
        assert_eq!(log["items"].as_array().unwrap().len(), 3, "{log}");
        status.store(200, Ordering::SeqCst);
        insurer.patch(&endpoint(&id, ""), &json!({ "enabled": true })).await.ok();
        assert!(receiver.is_silent().await);
        let told = insurer.post(&endpoint(&id, "/replays"), &json!({ "since": before })).await.ok();
        assert_eq!(told["deliveries"], 6);
        let mut cases = std::collections::BTreeMap::<String, Vec<String>>::new();
        for heard in receiver.next_of(6).await {
            cases.entry(text(&heard.json()["data"]["settlement_id"])).or_default().push(heard.told().0);
        }
        assert_eq!(cases.len(), 2);
        for told in cases.values() {
            assert_eq!(told, &["settlement.created", "payment_order.due", "payment_order.due"], "each case in its order");
        }
        until(&insurer, &endpoint(&id, "/deliveries"), everything_told).await;
    }

    async fn a_new_endpoint_may_hear_of_what_was_before_it(stage) {
        let world = &stage.world;
        let receiver = stage.receiver(|_| Says::Status(200)).await;
        let insurer = world.insurer("PICC").await;
        let before = world.now();
        a_settled_case(world).await;
        let (id, _) = listens(&insurer, &url(&receiver, "/"), &["settlement.created"]).await;
        let since = json!({ "since": before });
        assert_eq!(insurer.post(&endpoint(&id, "/replays"), &since).await.ok()["deliveries"], 1);
        assert_eq!(receiver.next().await.told().0, "settlement.created");
        insurer.post(&endpoint(&id, "/replays"), &json!({ "since": "2026-01-01T00:00:00Z" })).await.names("since");
    }

    async fn redirects_are_not_followed_and_no_name_leads_inside(stage) {
        let world = &stage.world;
        let inside = Receiver::at([127, 0, 0, 2], &stage.certificate, |_| Says::Status(200)).await;
        let target = format!("https://127.0.0.2:{}/", inside.port);
        let receiver = {
            let target = target.clone();
            stage.receiver(move |heard| match heard.path.as_str() {
                "/metadata" => Says::With(302, "location", "https://169.254.169.254/latest/meta-data/".to_owned()),
                "/inside" => Says::With(307, "location", target.clone()),
                _ => Says::Status(200),
            }).await
        };
        let insurer = world.insurer("PICC").await;
        let test = async |id: &str| {
            let sent = insurer.post(&endpoint(id, "/tests"), &json!({})).await.ok();
            let path = format!("/webhook-deliveries/{}", text(&sent["id"]));
            until(&insurer, &path, |shown| shown["attempts"] == 1).await
        };
        for (path, status) in [("/metadata", 302), ("/inside", 307)] {
            let (id, _) = listens(&insurer, &url(&receiver, path), &["endpoint.test"]).await;
            let shown = test(&id).await;
            assert_eq!((&shown["state"], &shown["last"]["status"]), (&json!("pending"), &json!(status)));
        }
        // A name whose first address may be reached and whose next may not: each connection asks once.
        stage.book.write(ELSEWHERE, &[[127, 0, 0, 1], [127, 0, 0, 2]]);
        let turning = format!("https://{ELSEWHERE}:{}/turning", receiver.port);
        let (id, _) = listens(&insurer, &turning, &["endpoint.test"]).await;
        assert_eq!(test(&id).await["state"], "delivered");
        assert_eq!(stage.book.asked(ELSEWHERE), 1, "a name is asked for once for each connection");
        let refused = test(&id).await;
        assert_eq!((&refused["last"]["error"], &refused["last"]["status"]), (&json!("address_not_allowed"), &Value::Null));
        // A name that leads inside from the beginning, at the very port of somebody who listens there.
        stage.book.write(ELSEWHERE, &[[127, 0, 0, 2]]);
        let (id, _) = listens(&insurer, &format!("https://{ELSEWHERE}:{}/", inside.port), &["endpoint.test"]).await;
        assert_eq!(test(&id).await["last"]["error"], "address_not_allowed");
        stage.book.write(ELSEWHERE, &[[169, 254, 169, 254]]);
        assert_eq!(test(&id).await["last"]["error"], "address_not_allowed");
        assert!(inside.is_silent().await, "nobody inside heard anything");
    }

    async fn what_somebody_died_with_is_told_again_and_not_lost(stage) {
        let world = &stage.world;
        let first = Arc::new(AtomicBool::new(true));
        let receiver = {
            let first = Arc::clone(&first);
            // It hears the first request, and whoever sent it never learns so.
            stage.receiver(move |_| if first.swap(false, Ordering::SeqCst) { Says::Nothing } else { Says::Status(200) }).await
        };
        let insurer = world.insurer("PICC").await;
        let (id, _) = listens(&insurer, &url(&receiver, "/"), &[]).await;
        insurer.post(&endpoint(&id, "/tests"), &json!({})).await.ok();
        let lost = receiver.next().await;
        // The lease of whoever took it ends unused: somebody else takes it.
        stage.time_passes(Duration::from_secs(61));
        let again = receiver.next().await;
        assert_eq!(again.header("webhook-id"), lost.header("webhook-id"));
        assert_eq!(again.body, lost.body);
        until(&insurer, &endpoint(&id, "/deliveries"), everything_told).await;
    }

    async fn while_a_secret_is_replaced_both_sign_and_after_a_day_the_new_one_alone(stage) {
        let world = &stage.world;
        let receiver = stage.receiver(|_| Says::Status(200)).await;
        let insurer = world.insurer("PICC").await;
        let (id, old) = listens(&insurer, &url(&receiver, "/"), &[]).await;
        let key = fresh_key();
        let rotated = insurer.post_as(key, &endpoint(&id, "/secrets"), &json!({})).await.ok();
        let new = text(&rotated["secret"]);
        assert_ne!(new, old);
        assert_eq!(insurer.post_as(key, &endpoint(&id, "/secrets"), &json!({})).await.ok()["secret"], new, "a repeated request is one rotation");
        let secrets = rotated["secrets"].as_array().unwrap();
        assert_eq!((secrets.len(), &secrets[0]["expires_at"]), (2, &Value::Null));
        assert!(secrets[1]["expires_at"].is_string() && old.ends_with(secrets[1]["hint"].as_str().unwrap()));
        assert_eq!(insurer.get(&endpoint(&id, "")).await.ok().get("secret"), None);
        insurer.post(&endpoint(&id, "/tests"), &json!({})).await.ok();
        let heard = receiver.next().await;
        assert_eq!(heard.header("webhook-signature"), format!("{} {}", signature(&new, &heard), signature(&old, &heard)));
        stage.time_passes(Duration::from_secs(24 * 3600));
        let insurer = world.insurer("PICC").await;
        insurer.post(&endpoint(&id, "/tests"), &json!({})).await.ok();
        let heard = receiver.next().await;
        assert_eq!(heard.header("webhook-signature"), signature(&new, &heard));
    }

    async fn who_is_busy_is_given_the_time_it_asks_for(stage) {
        let world = &stage.world;
        let receiver = stage.receiver(|_| Says::With(503, "retry-after", "600".to_owned())).await;
        let insurer = world.insurer("PICC").await;
        let (id, _) = listens(&insurer, &url(&receiver, "/"), &[]).await;
        let sent = insurer.post(&endpoint(&id, "/tests"), &json!({})).await.ok();
        receiver.next().await;
        let path = format!("/webhook-deliveries/{}", text(&sent["id"]));
        let shown = until(&insurer, &path, |shown| shown["attempts"] == 1).await;
        let at = |text: &Value| -> domain::time::Instant { text.as_str().unwrap().parse().unwrap() };
        assert_eq!(at(&shown["next_attempt_at"]).since(at(&shown["last"]["at"])), time::Duration::minutes(10));
    }

    async fn an_endpoint_is_its_insurers_alone_and_says_what_is_wrong_with_it(stage) {
        let world = &stage.world;
        let (insurer, other) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let body = |url: &str| json!({ "url": url });
        let add = async |body: &Value| insurer.post("/webhook-endpoints", body).await;
        for bad in ["http://hooks.picc.example/", "https://10.0.0.1/", "https://127.0.0.2/", "https://user@picc.example/", "picc", "https://8.8.8.8:22/"] {
            add(&body(bad)).await.names("url");
        }
        add(&json!({ "url": "https://hooks.picc.example/", "events": ["settlement.created", "x"] })).await.names("events[1]");
        add(&json!({ "url": "https://hooks.picc.example/", "format": "gateway:nobody" })).await.names("format");
        add(&json!({ "url": "https://hooks.picc.example/", "description": "长".repeat(201) })).await.names("description");
        let key = fresh_key();
        let made = insurer.post_as(key, "/webhook-endpoints", &body("https://hooks.picc.example/")).await.ok();
        assert_eq!(insurer.post_as(key, "/webhook-endpoints", &body("https://hooks.picc.example/")).await.ok(), made);
        let id = text(&made["id"]);
        let sent = insurer.post(&endpoint(&id, "/tests"), &json!({})).await.ok();
        let delivery = format!("/webhook-deliveries/{}", text(&sent["id"]));
        other.get(&endpoint(&id, "")).await.problem(404, "not_found");
        other.get(&endpoint(&id, "/deliveries")).await.problem(404, "not_found");
        other.get(&delivery).await.problem(404, "not_found");
        other.post(&format!("{delivery}/replay"), &json!({})).await.problem(404, "not_found");
        other.post(&endpoint(&id, "/secrets"), &json!({})).await.problem(404, "not_found");
        other.patch(&endpoint(&id, ""), &json!({ "enabled": false })).await.problem(404, "not_found");
        other.delete(&endpoint(&id, "")).await.problem(404, "not_found");
        assert_eq!(other.get("/webhook-endpoints").await.ok(), json!({ "items": [] }));
        world.anyone().get("/webhook-endpoints").await.problem(401, "invalid_token");
        let changed = insurer.patch(&endpoint(&id, ""), &json!({ "events": ["settlement.created"], "description": "主" })).await.ok();
        assert_eq!((&changed["events"], &changed["description"], &changed["url"]), (&json!(["settlement.created"]), &json!("主"), &made["url"]));
        let disabled = insurer.patch(&endpoint(&id, ""), &json!({ "enabled": false })).await.ok();
        assert_eq!((&disabled["state"], &disabled["disabled"]["reason"]), (&json!("disabled"), &json!("by_hand")));
        insurer.post(&format!("{delivery}/replay"), &json!({})).await.problem(409, "endpoint_disabled");
        insurer.patch(&endpoint(&id, ""), &json!({ "url": "https://192.168.0.1/" })).await.names("url");
        for _ in 0..9 {
            add(&body("https://hooks.picc.example/")).await.ok();
        }
        add(&body("https://hooks.picc.example/")).await.problem(409, "too_many_endpoints");
        insurer.delete(&endpoint(&id, "")).await.whole();
        insurer.get(&endpoint(&id, "")).await.problem(404, "not_found");
        insurer.get(&delivery).await.problem(404, "not_found");
        add(&body("https://hooks.picc.example/")).await.ok();
        for unread in ["before=x", "limit=0", "limit=201"] {
            let some = text(&insurer.get("/webhook-endpoints").await.ok()["items"][0]["id"]);
            let page = insurer.get(&endpoint(&some, &format!("/deliveries?{unread}"))).await;
            page.names(unread.split('=').next().unwrap());
        }
        for nobody in ["x", "dlv_1_1", "dlv_00000000000000000000000000000000_01"] {
            insurer.get(&format!("/webhook-deliveries/{nobody}")).await.problem(404, "not_found");
        }
    }

    async fn a_long_log_is_read_page_by_page(stage) {
        let world = &stage.world;
        let receiver = stage.receiver(|_| Says::Status(200)).await;
        let insurer = world.insurer("PICC").await;
        let (id, _) = listens(&insurer, &url(&receiver, "/"), &[]).await;
        let mut sent = Vec::new();
        for _ in 0..5 {
            sent.push(text(&insurer.post(&endpoint(&id, "/tests"), &json!({})).await.ok()["id"]));
        }
        sent.reverse();
        let (mut read, mut next) = (Vec::new(), String::new());
        loop {
            let page = insurer.get(&endpoint(&id, &format!("/deliveries?limit=2{next}"))).await.ok();
            read.extend(page["items"].as_array().unwrap().iter().map(|item| text(&item["id"])));
            let Some(more) = page["next"].as_str() else { break };
            next = format!("&before={more}");
        }
        assert_eq!(read, sent);
    }
}
