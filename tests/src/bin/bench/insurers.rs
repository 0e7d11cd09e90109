//! What an insurer meets: `cargo xtask bench insurers`. Records pulled by cursor beside what the database gives by
//! itself; messages delivered beside what it costs to claim and mark them; and from the last signature to the message
//! and to the money, with an insurer that pays at once.
//!
//! Everything runs in one process on one SQLite file, receiver and insurer included.

mod receiver;

use std::time::{Duration, Instant};

use backend::store::accidents::{self, AccidentRow};
use backend::store::settlements::{self, NewSettlement};
use backend::store::webhooks::deliveries::{self as store, AttemptRow, Next};
use domain::id::AccidentId;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer, text};
use tests::client::Client;
use tests::people::{LI, Person, WANG};
use tests::world::World;
use uuid::Uuid;

use self::receiver::Receiver;

/// Records in the pulled list.
const RECORDS: u128 = 5_000;
const PAGE: u32 = 200;
/// Cases whose money is followed.
const CASES: usize = 60;
/// Messages that are sent once more to be counted.
const REPLAYS: usize = 4;

pub fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let world = World::sandbox_on_sqlite().await;
        let insurer = world.insurer("PICC").await;
        let receiver = Receiver::of(&insurer).await;
        money(&world, &receiver).await;
        deliveries(&world, &insurer, &receiver).await;
        receiver.rest();
        pull(&world, &insurer).await;
        world.ends().await;
    });
}

/// A rate, and beside it another of the same run.
fn compare(what: &str, count: u64, (took, bare): (Duration, Duration)) {
    let rate = |took: Duration| precise(count) / took.as_secs_f64();
    println!(
        "{what:<44} {:>10.0} /s   bare database {:>10.0} /s   {:>5.1} %",
        rate(took),
        rate(bare),
        100.0 * bare.as_secs_f64() / took.as_secs_f64()
    );
}

#[expect(clippy::cast_precision_loss, reason = "a rate is shown without decimals")]
fn precise(count: u64) -> f64 {
    count as f64
}

fn percentiles(what: &str, mut all: Vec<Duration>) {
    all.sort_unstable();
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)].as_secs_f64() * 1e3;
    println!(
        "{what:<44} p50 {:>8.1} ms   p99 {:>8.1} ms   over {}",
        at(50),
        at(99),
        all.len()
    );
}

/// From the request that brings the last signature: until it is answered, until the insurer hears, until it has paid
/// every order of the case.
async fn money(world: &World, receiver: &Receiver) {
    let officer = world.officer().await;
    let (mut signed, mut heard, mut paid) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..CASES {
        let (first, second) = world.a_decided_case(&officer, couple(number)).await;
        officer.issues(&first).await;
        first.signs(world).await;
        let body = second.signature(world).await;
        receiver.forget();
        let began = Instant::now();
        second.client.post(&second.path("signatures"), &body).await.ok();
        signed.push(began.elapsed());
        let told = receiver.heard_of("settlement.created").await;
        heard.push(told.duration_since(began));
        let orders = due(&officer, &first).await;
        paid.push(receiver.paid(orders).await.duration_since(began));
    }
    percentiles("last signature: answered", signed);
    percentiles("last signature: message verified by insurer", heard);
    percentiles("last signature: every order paid", paid);
}

/// Nobody's phone gets too many codes.
fn couple(number: usize) -> (Person, Person) {
    let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let phone = |side: usize| leaked(format!("1980000{:04}", number * 2 + side));
    let one = Person {
        phone: phone(0),
        ..WANG
    };
    let other = Person {
        phone: phone(1),
        ..LI
    };
    (one, other)
}

/// How many orders PICC has in this case.
async fn due(officer: &Officer, driver: &Driver) -> usize {
    let view = officer.view(driver).await;
    let orders = view["orders"].as_array().map_or(0, Vec::len);
    assert!(orders > 0, "nothing to pay: {view}");
    orders
}

/// Everything that was ever told is told again, as fast as it goes; and the same deliveries are taken and marked
/// without anybody being told.
async fn deliveries(world: &World, insurer: &Client, receiver: &Receiver) {
    receiver.rest();
    let path = format!("/webhook-endpoints/{}/replays", receiver.endpoint);
    let since = json!({ "since": "2026-11-01T00:00:00Z" });
    let (mut count, mut took) = (0, Duration::ZERO);
    for _ in 0..REPLAYS {
        receiver.forget();
        let began = Instant::now();
        let told = insurer.post(&path, &since).await.ok();
        let replayed = told["deliveries"].as_u64().expect("how many are told again");
        receiver.counts(replayed).await;
        took += began.elapsed();
        count += replayed;
    }
    let (marked, bare) = marks(world, receiver.endpoint.parse().expect("an id")).await;
    let bare = bare.mul_f64(precise(count) / precise(marked));
    compare("messages delivered to one endpoint", count, (took, bare));
}

/// Deliveries taken by leases and marked as delivered, each in transactions of its own as the courier does.
async fn marks(world: &World, endpoint: Uuid) -> (u64, Duration) {
    let app = &world.system.app;
    // So far ahead that the courier leaves them alone.
    let far = app.wall.now().plus(time::Duration::days(1));
    let mut tx = app.db.write().await.expect("a transaction");
    let log = store::log(&mut tx, endpoint, (i64::MAX, ""), 200)
        .await
        .expect("the log");
    for row in &log {
        let again = store::again(&mut tx, endpoint, row.seq, far);
        again.await.expect("a delivery to make again");
    }
    tx.commit().await.expect("a commit");
    let (began, mut marked) = (Instant::now(), 0);
    loop {
        let lease = Uuid::from_u128(u128::from(marked) + 1);
        let mut tx = app.db.write().await.expect("a transaction");
        let lasts = (lease, far, far.plus(time::Duration::minutes(1)));
        let taken = store::take(&mut tx, endpoint, lasts, 20)
            .await
            .expect("deliveries");
        tx.commit().await.expect("a commit");
        if taken.is_empty() {
            return (marked, began.elapsed());
        }
        for one in taken {
            let attempt = AttemptRow {
                number: one.attempts + 1,
                at: far,
                status: Some(204),
                error: None,
                took_ms: 1,
                answer: String::new(),
            };
            let mut tx = app.db.write().await.expect("a transaction");
            let done = store::finish(&mut tx, &one, lease, (Next::Delivered, &attempt)).await;
            assert!(done.expect("the store"), "a lease of our own holds");
            tx.commit().await.expect("a commit");
            marked += 1;
        }
    }
}

/// Records by cursor over HTTP, and the same pages read from the store.
async fn pull(world: &World, insurer: &Client) {
    let all = copies(world, insurer).await;
    let began = Instant::now();
    let (mut since, mut count) = (String::new(), 0);
    loop {
        let query = if since.is_empty() {
            String::new()
        } else {
            format!("&since={since}")
        };
        let page = insurer
            .get(&format!("/settlements?limit={PAGE}{query}"))
            .await
            .ok();
        let items = page["items"].as_array().map_or(0, Vec::len);
        if items == 0 {
            break;
        }
        since = text(&page["next"]);
        count += u64::try_from(items).expect("a page is small");
    }
    let took = began.elapsed();
    assert!(count >= all, "{count} of {all}");
    let began = Instant::now();
    let (mut after, mut bare) = (0, 0);
    loop {
        let mut tx = world.system.app.db.read().await.expect("a transaction");
        let rows = settlements::since::<Value>(&mut tx, "PICC", after, PAGE)
            .await
            .expect("rows");
        let Some(last) = rows.last() else { break };
        after = last.change_no;
        bare += u64::try_from(rows.len()).expect("a page is small");
    }
    assert_eq!(bare, count);
    compare(
        "settlement records pulled by cursor",
        count,
        (took, began.elapsed()),
    );
}

/// Settled accidents enough to read for a while: one real one again and again, under other ids.
async fn copies(world: &World, insurer: &Client) -> u64 {
    let record = insurer.get("/settlements?limit=1").await.ok()["items"][0].clone();
    let app = &world.system.app;
    let mut tx = app.db.read().await.expect("a transaction");
    let id = text(&record["id"]).parse().expect("an id");
    let row = settlements::load::<Value>(&mut tx, "PICC", id).await;
    let row = row.expect("the store").expect("the record");
    let accident = accidents::load::<Value>(&mut tx, row.accident_id).await;
    let accident: AccidentRow<Value> = accident.expect("the store").expect("the accident");
    drop(tx);
    let insurers = ["PICC".to_owned(), "PAIC".to_owned()];
    let mut tx = app.db.write().await.expect("a transaction");
    for number in 0..RECORDS {
        let copy = AccidentRow {
            id: AccidentId(Uuid::from_u128(0xbe_0000_0000 + number)),
            ..accident.clone()
        };
        accidents::insert(&mut tx, &copy).await.expect("an accident");
        let new = NewSettlement {
            id: Uuid::from_u128(0xab_0000_0000 + number),
            accident_id: copy.id,
            document_sha256: &row.document_sha256,
            settled_at: row.settled_at,
            body: &row.body.0,
            insurers: &insurers,
        };
        settlements::put(&mut tx, &new).await.expect("a record");
    }
    tx.commit().await.expect("a commit");
    u64::try_from(RECORDS).expect("not that many")
}
