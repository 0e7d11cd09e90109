//! Where keys come from: PEM and PKCS#12 files of others' making, and what is made of bad ones.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod common;
#[path = "common/readers.rs"]
mod readers;

use common::*;
use pades::authority::Authority;
use pades::keys::{KeyPair, certificates_from_pem};
use pades::{CertificateError, Signer};
use readers::signs_a_document;

#[test]
fn authority_and_seal_survive_their_pem_files() {
    let authority = authority();
    let bench = Bench::new(&authority);
    let again = Authority::from_pem(&authority.to_pem().unwrap()).unwrap();
    assert_eq!(again.certificate(), authority.certificate());
    let seal = seal(&again);
    let text = seal.to_pem().unwrap();
    let read = KeyPair::from_pem(&text).unwrap();
    assert_eq!(read.chain(), seal.chain());
    assert_eq!(certificates_from_pem(&text).unwrap(), seal.chain());
    signs_a_document(&bench, &read);
}

#[test]
fn a_key_made_by_openssl_in_either_pem_form_signs() {
    let authority = authority();
    let bench = Bench::new(&authority);
    let (key, certificate) = (bench.path("key.pem"), bench.path("own.pem"));
    let make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9000 -subj /CN=Own";
    let mut words: Vec<&str> = make.split(' ').collect();
    words.extend(["-keyout", text(&key), "-out", text(&certificate)]);
    run("openssl", &words);
    let own = std::fs::read_to_string(&certificate).unwrap();
    let pkcs8 = std::fs::read_to_string(&key).unwrap();
    let sec1 = run("openssl", &["ec", "-in", text(&key)]);
    for key in [pkcs8, sec1] {
        let pair = KeyPair::from_pem(&format!("{own}{key}")).unwrap();
        assert_eq!(pades::common_name(pair.certificate()), "Own");
    }
    let hidden = run(
        "openssl",
        &["pkcs8", "-topk8", "-in", text(&key), "-passout", "pass:secret"],
    );
    let refused = KeyPair::from_pem(&format!("{own}{hidden}")).unwrap_err();
    assert!(refused.to_string().contains("encrypted"), "{refused}");
    let alone = KeyPair::from_pem(&own).unwrap_err();
    assert!(alone.to_string().contains("no private key"), "{alone}");
}

#[test]
fn a_pkcs12_file_opens_with_its_password_only() {
    let authority = authority();
    let bench = Bench::new(&authority);
    let (pem, file) = (bench.path("seal.pem"), bench.path("seal.p12"));
    let seal = seal(&authority);
    std::fs::write(&pem, seal.to_pem().unwrap()).unwrap();
    let export = |more: &[&str]| {
        let password = ["-passout", "pass:印章 1"];
        let words = ["pkcs12", "-export", "-in", text(&pem), "-out", text(&file)];
        run("openssl", &[&words[..], &password, more].concat());
        std::fs::read(&file).unwrap()
    };
    let made = export(&[]);
    let read = KeyPair::from_pkcs12(&made, "印章 1").unwrap();
    assert_eq!(read.chain(), seal.chain());
    signs_a_document(&bench, &read);
    let wrong = KeyPair::from_pkcs12(&made, "印章 2").unwrap_err();
    assert!(matches!(wrong, CertificateError::WrongPassword), "{wrong}");
    let unsealed = export(&["-nomac"]);
    assert_eq!(
        KeyPair::from_pkcs12(&unsealed, "印章 1").unwrap().chain(),
        seal.chain()
    );
    let old = export(&["-legacy", "-macalg", "sha256"]);
    let refused = KeyPair::from_pkcs12(&old, "印章 1").unwrap_err();
    assert!(
        refused.to_string().contains("openssl pkcs12 -legacy"),
        "{refused}"
    );
    let nonsense = KeyPair::from_pkcs12(b"no file", "").unwrap_err();
    assert!(
        matches!(nonsense, CertificateError::Unreadable { .. }),
        "{nonsense}"
    );
}
