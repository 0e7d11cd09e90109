//! Signatures by SM2 and SM3, exchanged with OpenSSL in both directions.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod common;

use std::path::Path;
use std::process::Command;

use common::*;
use pades::gm::{GmKey, verify_gm};

/// A key made by OpenSSL: its file, and its text.
fn key(folder: &Path) -> (std::path::PathBuf, String) {
    let path = folder.join("sm2.pem");
    run("openssl", &["genpkey", "-algorithm", "SM2", "-out", text(&path)]);
    let pem = std::fs::read_to_string(&path).unwrap();
    (path, pem)
}

#[test]
fn openssl_accepts_our_signature_over_a_signed_document_and_no_other_file() {
    let folder = tempfile::tempdir().unwrap();
    let pdf = certified(&authority(), 1);
    let key = GmKey::from_pem(&key(folder.path()).1).unwrap();
    let signature = key.detached_gm(&pdf).unwrap();
    assert_eq!(
        signature,
        key.detached_gm(&pdf).unwrap(),
        "the same file, the same signature"
    );
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("public.pem"), key.public_pem().unwrap()).unwrap();
    std::fs::write(path("signature"), signature).unwrap();
    let check = |content: &[u8]| {
        std::fs::write(path("file"), content).unwrap();
        let words = ["dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify"];
        let files = [
            text(&path("public.pem")).to_owned(),
            text(&path("signature")).to_owned(),
        ];
        let output = Command::new("openssl")
            .args(words)
            .args([&files[0], "-signature", &files[1], text(&path("file"))])
            .output()
            .unwrap();
        (output.status.success(), said(&output))
    };
    assert!(check(&pdf).0, "{}", check(&pdf).1);
    assert!(!check(&paper()).0);
}

#[test]
fn we_accept_openssls_signature_and_nothing_that_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (file, pem) = key(folder.path());
    let public = GmKey::from_pem(&pem).unwrap().public_pem().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("file"), paper()).unwrap();
    let words = [
        "dgst",
        "-sm3",
        "-sigopt",
        "distid:1234567812345678",
        "-sign",
        text(&file),
        "-out",
    ];
    let (out, content) = (path("signature"), path("file"));
    run("openssl", &[&words[..], &[text(&out), text(&content)]].concat());
    let signature = std::fs::read(&out).unwrap();
    assert!(verify_gm(&paper(), &signature, &public).unwrap());
    let mut changed = paper();
    changed[20] ^= 1;
    assert!(!verify_gm(&changed, &signature, &public).unwrap());
    assert!(!verify_gm(&paper(), &signature[1..], &public).unwrap());
    assert!(verify_gm(&paper(), &signature, "no key").is_err());
    let p256 = run(
        "openssl",
        &[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ],
    );
    assert!(GmKey::from_pem(&p256).is_err());
}
