//! An older partner gateway, as a server that knows nothing of us: it checks the signature with OpenSSL, the time and
//! the fields, and answers in its own manner. What it is sent is a real settlement, by `docs/gateways/example.toml`.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use backend::outbound::Outbound;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::acting::text;
use tests::client::Client;
use tests::receiver::PATIENCE;
use tests::tree::root;
use tests::world::World;

fn openssl(arguments: &[&str], folder: &Path) -> bool {
    let mut command = Command::new("openssl");
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.output().expect("openssl is there").status.success()
}

/// A key pair, as OpenSSL writes it: `example.key` for us, `public.pem` for them.
fn keys(algorithm: &[&str], folder: &Path) {
    let make = [&["genpkey", "-out", "example.key", "-algorithm"], algorithm].concat();
    assert!(openssl(&make, folder));
    assert!(openssl(
        &["pkey", "-in", "example.key", "-pubout", "-out", "public.pem"],
        folder
    ));
}

/// The gateway: its folder with our public key, and how it checks a signature.
struct Theirs {
    folder: TempDir,
    check: &'static [&'static str],
}

/// As the old manner is: always 200, and a code in the body.
async fn receive(State(theirs): State<Arc<Theirs>>, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let header = |name: &str| {
        headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
            .to_owned()
    };
    let folder = theirs.folder.path();
    let signed = [
        format!("KUAICHU01\n{}\n", header("x-timestamp")).as_bytes(),
        &body,
    ]
    .concat();
    std::fs::write(folder.join("signed"), signed).unwrap();
    std::fs::write(
        folder.join("signature"),
        STANDARD.decode(header("x-signature")).unwrap(),
    )
    .unwrap();
    let told: Value = serde_json::from_slice(&body).unwrap();
    let verify = ["-verify", "public.pem", "-signature", "signature", "signed"];
    let line = [&["dgst"], theirs.check, &verify].concat();
    let code = if !openssl(&line, folder) {
        "3001"
    } else if told["head"]["requestTime"] != header("x-timestamp").as_str()
        || header("x-app-id") != "KUAICHU01"
    {
        "3002"
    } else if told["body"]["lossAmount"] != "2500.00" {
        "2001"
    } else {
        "0000"
    };
    std::fs::write(folder.join("received.json"), &body).unwrap();
    Json(json!({ "head": { "code": code }, "body": {} }))
}

async fn serves(theirs: Arc<Theirs>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/claims", listener.local_addr().unwrap());
    let router = Router::new().route("/claims", post(receive)).with_state(theirs);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Asks until the delivery was tried.
async fn tried(insurer: &Client, endpoint: &str) -> Value {
    let asking = async {
        loop {
            let page = insurer
                .get(&format!("/webhook-endpoints/{endpoint}/deliveries"))
                .await
                .ok();
            let first = page["items"][0].clone();
            if first["attempts"].as_i64().is_some_and(|attempts| attempts > 0) {
                return first;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("the gateway is told")
}

/// Tells the gateway of a settled case; how the delivery then stands, what came there, and our record.
async fn tells(file: &str, algorithm: &[&str], check: &'static [&'static str]) -> (String, Value, Value) {
    let folder = TempDir::new().unwrap();
    keys(algorithm, folder.path());
    std::fs::write(folder.path().join("example.toml"), file).unwrap();
    let inside = vec!["127.0.0.0/8".parse().unwrap()];
    let outbound = Outbound::new(inside, &[]).unwrap().plain_inside(true);
    let world = World::on_sqlite_telling(outbound, folder.path()).await;
    let theirs = Arc::new(Theirs { folder, check });
    let insurer = world.insurer("PAIC").await;
    let url = serves(Arc::clone(&theirs)).await;
    let body = |format: &str, events: Value| json!({ "url": url, "events": events, "description": "", "format": format });
    for (format, events, field) in [
        ("gateway:other", json!(["settlement.created"]), "format"),
        ("gateway:example", json!([]), "events"),
        (
            "gateway:example",
            json!(["settlement.created", "finding.voided"]),
            "events[1]",
        ),
    ] {
        let refused = insurer.post("/webhook-endpoints", &body(format, events)).await;
        assert_eq!(
            refused.problem(422, "invalid_fields")["errors"][0]["field"],
            field
        );
    }
    let wanted = body("gateway:example", json!(["settlement.created"]));
    let made = insurer.post("/webhook-endpoints", &wanted).await.ok();
    let (first, second, _) = world.an_issued_finding().await;
    first.signs(&world).await;
    second.signs(&world).await;
    let delivery = tried(&insurer, &text(&made["id"])).await;
    let record = insurer.get("/settlements").await.ok()["items"][0].clone();
    let received = std::fs::read(theirs.folder.path().join("received.json")).unwrap();
    world.ends().await;
    (
        text(&delivery["state"]),
        serde_json::from_slice(&received).unwrap(),
        record,
    )
}

fn example() -> String {
    std::fs::read_to_string(root().join("docs/gateways/example.toml")).unwrap()
}

#[tokio::test]
async fn the_example_is_accepted_by_such_a_gateway_for_a_real_case() {
    let (state, received, record) = tells(&example(), &["RSA"], &["-sha256"]).await;
    assert_eq!(state, "delivered", "{received}");
    let (head, body) = (&received["head"], &received["body"]);
    assert_eq!(
        (&head["service"], &body["caseNo"]),
        (&json!("ACCIDENT_NOTIFY"), &record["finding_number"])
    );
    let own = record["parties"]
        .as_array()
        .unwrap()
        .iter()
        .find(|party| party["own_insured"] == true)
        .unwrap();
    assert_eq!(
        (&body["carNo"], &body["policyNo"]),
        (&own["plate"], &own["policy"])
    );
    let duties: Vec<_> = body["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| text(&party["duty"]))
        .collect();
    assert_eq!(duties, ["1", "5"]);
    // The other side is as masked there as in our own API.
    assert!(
        !received
            .to_string()
            .contains(&text(&record["parties"][0]["name"]))
    );
}

#[tokio::test]
async fn the_same_gateway_with_national_cryptography_is_checked_by_openssl() {
    let file = example().replace("\"rsa-sha256\"", "\"sm2-sm3\"");
    let check = &["-sm3", "-sigopt", "distid:1234567812345678"];
    let (state, received, _) = tells(&file, &["SM2"], check).await;
    assert_eq!(state, "delivered", "{received}");
}

#[tokio::test]
async fn a_signature_over_something_else_is_refused_there_and_tried_again_here() {
    let file = example().replace("KUAICHU01\\n{timestamp}", "{timestamp}");
    let (state, ..) = tells(&file, &["RSA"], &["-sha256"]).await;
    assert_eq!(state, "pending");
}

#[tokio::test]
async fn what_the_gateway_refuses_for_good_is_not_tried_again() {
    let file = example().replace(
        "{ from = \"settlement.losses_fen\", yuan = true }",
        "{ constant = \"0\" }",
    );
    let (state, ..) = tells(&file, &["RSA"], &["-sha256"]).await;
    assert_eq!(state, "dead");
}
