//! A seal whose key is in a token: SoftHSM plays the HSM.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod common;
#[path = "common/readers.rs"]
mod readers;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::*;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use cryptoki::session::UserType;
use der::Encode;
use pades::authority::{Authority, Term};
use pades::keys::{KeyPair, Token, TokenKey};
use pades::{PadesError, Signer, SignerError};
use readers::signs_a_document;

#[test]
fn a_key_in_a_token_signs_and_never_leaves_it() {
    // SoftHSM reads its settings from the environment, which a test can only set for a child.
    let Some(folder) = std::env::var_os("KUAICHU_TEST_TOKEN") else {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("softhsm2.conf");
        let tokens = format!(
            "directories.tokendir = {}\nlog.level = ERROR\n",
            text(folder.path())
        );
        std::fs::write(&settings, tokens).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "a_key_in_a_token_signs_and_never_leaves_it",
                "--nocapture",
            ])
            .env("SOFTHSM2_CONF", settings)
            .env("KUAICHU_TEST_TOKEN", folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        return;
    };
    let authority = authority();
    let bench = Bench::new(&authority);
    let seal = seal(&authority);
    let place = token(&PathBuf::from(folder), &seal);

    let beside = [seal.certificate().clone(), authority.certificate().clone()];
    let token = Token::open(place.clone(), &beside).unwrap();
    assert_eq!(token.chain(), seal.chain());
    signs_a_document(&bench, &token);

    put_certificate(&place, &seal);
    let token = Token::open(place.clone(), &[authority.certificate().clone()]).unwrap();
    assert_eq!(
        token.chain(),
        seal.chain(),
        "the certificate is found on the token"
    );
    signs_a_document(&bench, &token);

    let nowhere = TokenKey {
        token: "other".to_owned(),
        ..place.clone()
    };
    let refused = Token::open(nowhere, &beside).err().unwrap();
    assert!(refused.to_string().contains("no token labelled"), "{refused}");
    let unknown = TokenKey {
        label: "other".to_owned(),
        ..place.clone()
    };
    let refused = Token::open(unknown, &beside).err().unwrap();
    assert!(refused.to_string().contains("0 private EC keys"), "{refused}");
    a_mixed_up_token_leaves_no_signature(&authority, &token);
}

fn a_mixed_up_token_leaves_no_signature(authority: &Authority, token: &Token) {
    let foreign = authority
        .renew(token.certificate(), Term::days(NOW, 9), None, &random(51))
        .unwrap();
    let pdf = pades::with_fields(&paper(), &places(0)).unwrap();
    let mixed = Shown {
        token,
        chain: foreign.chain(),
    };
    let refused = pades::sign(&pdf, &signing("unit", "大队"), &mixed).unwrap_err();
    assert!(
        matches!(refused, PadesError::Signer(SignerError::OtherKey)),
        "{refused}"
    );
}

/// A token whose certificate file was mixed up with another's.
struct Shown<'a> {
    token: &'a Token,
    chain: &'a [pades::Certificate],
}

impl Signer for Shown<'_> {
    fn chain(&self) -> &[pades::Certificate] {
        self.chain
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.token.sign(message)
    }
}

/// Initialises a token and puts the seal's key into it.
fn token(folder: &Path, seal: &KeyPair) -> TokenKey {
    let init = "--init-token --free --label kuaichu --pin 1234 --so-pin 4321";
    run("softhsm2-util", &init.split(' ').collect::<Vec<_>>());
    let key = folder.join("key.pem");
    let pem = seal.to_pem().unwrap();
    let (secret, _) = pem.split_once("-----BEGIN CERTIFICATE").unwrap();
    std::fs::write(&key, secret).unwrap();
    let import = "--token kuaichu --label seal --id a1 --pin 1234 --import";
    let words: Vec<&str> = import.split(' ').chain([text(&key)]).collect();
    run("softhsm2-util", &words);
    let modules = [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/softhsm/libsofthsm2.so",
    ];
    TokenKey {
        module: modules
            .iter()
            .find(|path| Path::new(path).exists())
            .unwrap()
            .into(),
        token: "kuaichu".to_owned(),
        label: "seal".to_owned(),
        pin: "1234".into(),
    }
}

fn put_certificate(place: &TokenKey, seal: &KeyPair) {
    let library = Pkcs11::new(&place.module).unwrap();
    // Initialised already when a token is open in this process.
    let _ = library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    let slot = library.get_slots_with_initialized_token().unwrap()[0];
    let session = library.open_rw_session(slot).unwrap();
    let _ = session.login(UserType::User, Some(&place.pin));
    let certificate = seal.certificate();
    session
        .create_object(&[
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
            Attribute::Token(true),
            Attribute::Label(place.label.clone().into_bytes()),
            Attribute::Subject(certificate.tbs_certificate.subject.to_der().unwrap()),
            Attribute::Value(certificate.to_der().unwrap()),
        ])
        .unwrap();
}
