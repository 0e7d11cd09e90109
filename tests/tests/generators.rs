//! Generators that nobody here wrote read the description: openapi-generator (PyPI) finds nothing wrong with it and
//! writes a client, which reads a settlement. (`openapi-typescript` writes the pages' types at every build.)

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::python::{self, python};
use tests::tree::root;
use tests::world::World;

fn text(ended: &Output) -> String {
    let (said, moaned) = (&ended.stdout, &ended.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(said),
        String::from_utf8_lossy(moaned)
    )
}

/// openapi-generator's own program; it needs Java.
async fn generator(python: &Path, arguments: &[&str], folder: &Path) -> String {
    let line = ["-c", "from openapi_generator_cli import cli; cli()"];
    let line: Vec<&str> = line.iter().chain(arguments).copied().collect();
    let ended = python::run(python, &line, (folder, &[])).await;
    assert!(ended.status.success(), "{}", text(&ended));
    text(&ended)
}

#[tokio::test]
async fn a_generator_reads_the_description_and_its_client_reads_a_settlement() {
    let Some(python) = python() else { return };
    let folder = TempDir::new().unwrap();
    let description = root().join("docs/openapi.json");
    let description = description.to_str().unwrap();
    let judged = generator(&python, &["validate", "-i", description], folder.path()).await;
    assert!(judged.contains("No validation issues detected."), "{judged}");
    // What we send is nothing a client calls, and this generator writes Python that is none for a webhook's headers.
    let mut called: Value = serde_json::from_slice(&std::fs::read(description).unwrap()).unwrap();
    called.as_object_mut().unwrap().remove("webhooks");
    std::fs::write(folder.path().join("called.json"), called.to_string()).unwrap();
    let write = [
        "generate",
        "-g",
        "python",
        "--package-name",
        "kuaichu_client",
        "-o",
        ".",
        "-i",
        "called.json",
    ];
    let said = generator(&python, &write, folder.path()).await;
    assert!(!said.contains("ERROR"), "{said}");

    let world = World::on_sqlite().await;
    let (first, second, _) = world.an_issued_finding().await;
    first.signs(&world).await;
    second.signs(&world).await;
    let insurer = world.insurer("PICC").await;
    let record = insurer.get("/settlements").await.ok()["items"][0].clone();
    let script = root().join("tests/py/generated_client.py");
    let token = insurer.token().expect("an insurer has a token");
    let line = [script.to_str().unwrap(), world.system.base_url.as_str(), token];
    let ended = python::run(&python, &line, (folder.path(), &[])).await;
    assert!(ended.status.success(), "{}", text(&ended));
    let told: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(told["finding"], record["finding_number"], "{told}");
    assert_eq!(told["refused"], json!({ "status": 404, "code": "not_found" }));
    assert_eq!(
        (&told["paid_fen"], &told["orders_fen"]),
        (&json!(250_000), &json!(250_000))
    );
    assert!(told["modules"].as_u64().unwrap() > 300, "{told}");
    world.ends().await;
}
