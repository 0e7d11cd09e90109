//! What certificates and revocation lists say, and what OpenSSL thinks of them.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod common;
#[path = "common/readers.rs"]
mod readers;

use std::process::Command;
use std::time::Duration;

use common::*;
use pades::authority::{CrlReason, Event, Revoked, Term, evidence};
use pades::keys::{KeyPair, certificate_pem};
use pades::{CertificateError, PadesError, Signer, Subject};
use readers::signs_a_document;
use sha2_stable::{Digest, Sha256};

#[test]
fn openssl_accepts_every_certificate_and_an_event_says_what_it_is_for() {
    let authority = authority();
    let bench = Bench::new(&authority);
    let event = Event {
        subject: Subject {
            name: "Maximiliane-Alexandra Featherstonehaugh-Cholmondeley von Hohenstein-Wittelsbach",
            organisation: "某市公安局交通警察支队一大队",
            role: "当事人",
            number: "110101-2026-0001",
        },
        evidence: &[0xab; 32],
        at: NOW,
        key_for: Duration::from_secs(600),
        until: LONG_AFTER,
        crl: Some("https://kuaichu.example/ca.crl"),
    };
    let signer = authority.event(&event, &random(60)).unwrap();
    assert_eq!(evidence(signer.certificate()), Some([0xab; 32]));
    assert_eq!(evidence(seal(&authority).certificate()), None);
    let file = bench.path("event.pem");
    let anchor = bench.path("ca.pem");
    for certificate in [signer.certificate(), seal(&authority).certificate()] {
        std::fs::write(&file, certificate_pem(certificate).unwrap()).unwrap();
        run(
            "openssl",
            &["verify", "-x509_strict", "-CAfile", text(&anchor), text(&file)],
        );
    }
    std::fs::write(&file, certificate_pem(signer.certificate()).unwrap()).unwrap();
    let said = run(
        "openssl",
        &["x509", "-in", text(&file), "-noout", "-text", "-nameopt", "utf8"],
    );
    for expected in [
        "Not Before: Nov 20 01:30:00 2026 GMT",
        "Not After : Nov 19 16:00:00 2056 GMT",
        "CA:FALSE",
        "Digital Signature, Non Repudiation",
        "Private Key Usage Period",
        "Not Before: Nov 20 01:30:00 2026 GMT, Not After: Nov 20 01:40:00 2026 GMT",
        "Subject Key Identifier",
        "Authority Key Identifier",
        "URI:https://kuaichu.example/ca.crl",
        "CN=Maximiliane-Alexandra Featherstonehaugh-Cholmondeley von Hohens…",
        "serialNumber=110101-2026-0001",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
}

#[test]
fn a_name_or_time_that_no_certificate_can_hold_is_refused() {
    let authority = authority();
    let term = Term::days(NOW, 30);
    let bad = |subject: Subject<'_>| authority.seal(&subject, term, None, &random(61)).unwrap_err();
    let nobody = bad(Subject::default());
    assert!(
        matches!(nobody, CertificateError::BadField { field: "name", .. }),
        "{nobody}"
    );
    let number = bad(Subject {
        name: "大队",
        number: "京A12345",
        ..Subject::default()
    });
    assert!(
        matches!(number, CertificateError::BadField { field: "number", .. }),
        "{number}"
    );
    let back = Term {
        from: NOW,
        until: NOW,
    };
    let subject = Subject {
        name: "大队",
        ..Subject::default()
    };
    let back = authority.seal(&subject, back, None, &random(61)).unwrap_err();
    assert!(
        matches!(back, CertificateError::BadField { field: "term", .. }),
        "{back}"
    );
}

#[test]
fn a_renewed_seal_has_the_same_name_and_another_key_and_both_hold() {
    let authority = authority();
    let bench = Bench::new(&authority);
    let old = seal(&authority);
    let new = authority
        .renew(old.certificate(), Term::days(NOW, 365), None, &random(62))
        .unwrap();
    let parts = |pair: &KeyPair| pair.certificate().tbs_certificate.clone();
    assert_eq!(parts(&old).subject, parts(&new).subject);
    assert_ne!(parts(&old).serial_number, parts(&new).serial_number);
    assert_ne!(
        parts(&old).subject_public_key_info,
        parts(&new).subject_public_key_info
    );
    for pair in [&old, &new] {
        signs_a_document(&bench, pair);
    }
}

#[test]
fn the_revocation_list_names_the_voided_signing_only() {
    let authority = authority();
    let bench = Bench::new(&authority);
    let (voided, kept) = (person(&authority, "张三", 63), person(&authority, "李四", 64));
    let week = Duration::from_secs(7 * 86_400);
    // OpenSSL compares with the hour at which the test runs, so the list must reach as far as that.
    let list = |revoked: &[Revoked]| authority.revocations(revoked, 5, NOW, LONG_AFTER).unwrap();
    let revoked = Revoked {
        serial: voided.certificate().tbs_certificate.serial_number.clone(),
        at: NOW + week,
        why: CrlReason::PrivilegeWithdrawn,
    };
    let (anchor, crl) = (bench.path("ca.pem"), bench.path("ca.crl"));
    let check = |signer: &dyn Signer| {
        let file = bench.path("one.pem");
        std::fs::write(&file, certificate_pem(&signer.chain()[0]).unwrap()).unwrap();
        let words = [
            "verify",
            "-crl_check",
            "-CAfile",
            text(&anchor),
            "-CRLfile",
            text(&crl),
            text(&file),
        ];
        let output = Command::new("openssl").args(words).output().unwrap();
        (output.status.success(), said(&output))
    };
    let write = |der: Vec<u8>| {
        std::fs::write(bench.path("der"), der).unwrap();
        let der = bench.path("der");
        run(
            "openssl",
            &["crl", "-inform", "DER", "-in", text(&der), "-out", text(&crl)],
        )
    };
    write(list(&[]));
    assert!(check(&voided).0, "{}", check(&voided).1);
    write(list(&[revoked]));
    let (good, words) = check(&voided);
    assert!(!good && words.contains("certificate revoked"), "{words}");
    assert!(check(&kept).0, "{}", check(&kept).1);
    let said = run("openssl", &["crl", "-in", text(&crl), "-noout", "-text"]);
    for expected in [
        "Privilege Withdrawn",
        "Nov 27 01:30:00 2026 GMT",
        "X509v3 CRL Number",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
}

#[test]
fn a_signature_beside_a_file_is_what_openssl_checks() {
    let authority = authority();
    let bench = Bench::new(&authority);
    let (content, beside) = (bench.path("manifest.json"), bench.path("manifest.p7s"));
    let anchor = bench.path("ca.pem");
    std::fs::write(&content, b"{\"files\":[]}").unwrap();
    let digest = Sha256::digest(b"{\"files\":[]}").into();
    let signature = pades::detached::sign(&digest, NOW, &seal(&authority)).unwrap();
    std::fs::write(&beside, signature).unwrap();
    let words = [
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        text(&beside),
        "-content",
        text(&content),
    ];
    let more = ["-CAfile", text(&anchor), "-purpose", "any", "-cades"];
    let check = [&words[..], &more].concat();
    run("openssl", &check);
    std::fs::write(&content, b"{\"files\":[ ]}").unwrap();
    assert!(
        !Command::new("openssl")
            .args(&check)
            .output()
            .unwrap()
            .status
            .success()
    );
    let late = pades::detached::sign(&digest, LONG_AFTER + Duration::from_secs(1), &seal(&authority));
    assert!(matches!(
        late,
        Err(PadesError::Certificate(CertificateError::Expired { .. }))
    ));
}
