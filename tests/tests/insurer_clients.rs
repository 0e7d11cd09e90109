//! An insurer's program that nobody here wrote: Authlib (PyPI) proves itself to a running server.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::path::PathBuf;
use std::process::Stdio;

use backend::identity::clients::public_key;
use backend::identity::clients::registry::{self, New};
use serde_json::{Value, json};
use tests::on_both_databases;
use tests::python::python;
use tests::tree::root;

async fn run(python: &PathBuf, arguments: &[&str]) -> Value {
    let script = root().join("tests/py/authlib_client.py");
    let ended = tokio::process::Command::new(python)
        .arg(script)
        .args(arguments)
        .env("AUTHLIB_INSECURE_TRANSPORT", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("Python can be started");
    let (said, moaned) = (
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr),
    );
    assert!(ended.status.success(), "{moaned}");
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{moaned}"))
}

on_both_databases! {
    async fn authlib_gets_a_token_reads_and_gives_it_back(world) {
        let Some(python) = python() else { return };
        let now = world.system.app.clock.now();
        let now_s = (now.unix_micros() / 1_000_000).to_string();
        let folder = tempfile::tempdir().unwrap();
        for (client, algorithm, kind) in [
            ("authlib-es", "ES256", &rcgen::PKCS_ECDSA_P256_SHA256),
            ("authlib-ps", "PS256", &rcgen::PKCS_RSA_SHA256),
        ] {
            let pair = rcgen::KeyPair::generate_for(kind).unwrap();
            let file = folder.path().join(client);
            std::fs::write(&file, pair.serialize_pem()).unwrap();
            let keys = public_key::read(&pair.public_key_pem(), Some("2026-a".to_owned()), Some(algorithm)).unwrap();
            let new = New { client_id: client.to_owned(), insurer: "PICC".to_owned(), keys, ..New::default() };
            registry::add(&world.system.app.db, new, now).await.unwrap();
            let base = &world.system.base_url;
            let told = run(&python, &[base, client, file.to_str().unwrap(), "2026-a", algorithm, &now_s]).await;
            assert_eq!(told["methods"][0], "private_key_jwt");
            assert_eq!(told["token"], json!({ "type": "Bearer", "scope": "settlements:read", "expires_in": 600 }));
            assert_eq!((&told["read"], &told["limit"]), (&json!(200), &json!("600")), "{told}");
            assert_eq!(told["replayed"]["error"], "invalid_client", "{told}");
            assert_eq!((&told["revoked"], &told["after"]), (&json!(200), &json!(401)), "{told}");
            // What Authlib does unasked is refused, and the answer says what to mend.
            assert_eq!(told["stock"]["error"], "invalid_client", "{told}");
            assert!(told["stock"]["description"].as_str().unwrap().contains("aud must be the issuer"), "{told}");
        }
    }
}
