//! Deliveries in the hands of libraries that nobody here wrote: `standardwebhooks` of PyPI and of npm.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::env;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use backend::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use tests::acting::text;
use tests::receiver::{Book, Certificate, Heard, Receiver, Says, outbound};
use tests::tree::root;
use tests::world::World;
use tokio::io::AsyncWriteExt;

const HOST: &str = "hooks.picc.example";

/// Programs that verify what they read; a test run by hand may go without, and `cargo xtask test` may not.
fn verifiers() -> Vec<Vec<PathBuf>> {
    let mut found = Vec::new();
    if let Some(python) = env::var_os("KUAICHU_TEST_PYTHON") {
        found.push(vec![python.into(), root().join("tests/py/verify_webhook.py")]);
    }
    let e2e = root().join("tests/e2e");
    if e2e.join("node_modules/standardwebhooks").is_dir() {
        found.push(vec!["node".into(), e2e.join("verify-webhook.mjs")]);
    }
    let demanded = env::var_os("CI").is_some() || env::var_os("KUAICHU_REQUIRE_POSTGRES").is_some();
    assert!(
        !demanded || found.len() == 2,
        "run `cargo xtask test`: it installs what verifies"
    );
    if found.len() < 2 {
        eprintln!("not every library is there: {found:?}");
    }
    found
}

async fn verdicts(program: &[PathBuf], deliveries: &Value) -> Value {
    let mut child = tokio::process::Command::new(&program[0])
        .args(&program[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it can be started");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(deliveries.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let ended = child.wait_with_output().await.unwrap();
    assert!(ended.status.success(), "{program:?}");
    serde_json::from_slice(&ended.stdout).expect("a list of verdicts")
}

fn delivery(heard: &Heard, secret: &str) -> Value {
    let header = |name: &str| (name.to_owned(), json!(heard.header(name)));
    let headers: serde_json::Map<_, _> = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        .map(header)
        .into_iter()
        .collect();
    json!({ "secret": secret, "body": String::from_utf8(heard.body.to_vec()).unwrap(), "headers": headers })
}

#[tokio::test]
async fn the_libraries_of_pypi_and_npm_believe_our_deliveries_and_refuse_changed_ones() {
    let verifiers = verifiers();
    let book = Arc::new(Book::default());
    book.write(HOST, &[[127, 0, 0, 1]]);
    let certificate = Certificate::of(&[HOST]);
    let world = World::on_sqlite_reaching(outbound(&book, &[&certificate])).await;
    // The libraries refuse what was signed five minutes ago.
    let late = SystemClock.now().since(world.system.app.wall.now());
    world.time_passes(Duration::try_from(late).expect("this machine's clock is right"));
    let receiver = Receiver::at([127, 0, 0, 1], &certificate, |_| Says::Status(200)).await;
    let insurer = world.insurer("PICC").await;
    let new = json!({ "url": format!("https://{HOST}:{}/", receiver.port), "description": "财险 \"é\"" });
    let made = insurer.post("/webhook-endpoints", &new).await.ok();
    let path = format!("/webhook-endpoints/{}", text(&made["id"]));
    let old = text(&made["secret"]);
    let rotated = insurer.post(&format!("{path}/secrets"), &json!({})).await.ok();
    insurer.post(&format!("{path}/tests"), &json!({})).await.ok();
    let heard = receiver.next().await;

    let (by_old, by_new) = (
        delivery(&heard, &old),
        delivery(&heard, &text(&rotated["secret"])),
    );
    let with = |place: &str, value: &str| {
        let mut changed = by_new.clone();
        *changed.pointer_mut(place).unwrap() = json!(value);
        changed
    };
    let body = text(&by_new["body"]);
    let stale = heard.header("webhook-timestamp").parse::<i64>().unwrap() - 600;
    let deliveries = json!([
        by_old,
        by_new,
        with("/body", &body.replace("endpoint.test", "settlement.created")),
        with("/headers/webhook-id", "msg_00000000000000000000000000000000"),
        with("/headers/webhook-timestamp", &stale.to_string()),
        with("/secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ]);
    for program in verifiers {
        let told = verdicts(&program, &deliveries).await;
        let (right, refused) = ("endpoint.test", "refused");
        assert_eq!(
            told,
            json!([right, right, refused, refused, refused, refused]),
            "{program:?}"
        );
    }
    world.ends().await;
}
