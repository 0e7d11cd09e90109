//! What is not done, and in which words: a document is signed rightly or left as it was.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

mod common;

use std::time::Duration;

use common::*;
use pades::authority::{Authority, Term};
use pades::{CertificateError, PadesError, Place, Signer, SignerError, Signing};
use x509_cert::Certificate;

#[test]
fn a_place_is_refused_by_its_name() {
    let good = places(1).remove(0);
    let bad = [
        Place {
            name: String::new(),
            ..good.clone()
        },
        Place {
            name: "甲方".to_owned(),
            ..good.clone()
        },
        Place {
            name: "a.b".to_owned(),
            ..good.clone()
        },
        Place {
            page: 0,
            ..good.clone()
        },
        Place {
            page: 3,
            ..good.clone()
        },
        Place {
            rect: [10.0, 10.0, 10.0, 40.0],
            ..good.clone()
        },
        Place {
            rect: [10.0, 10.0, f32::NAN, 40.0],
            ..good.clone()
        },
    ];
    for place in bad {
        let refused = pades::with_fields(&paper(), std::slice::from_ref(&place)).unwrap_err();
        assert!(
            matches!(&refused, PadesError::BadPlace { name, .. } if *name == place.name),
            "{refused}"
        );
    }
    let twice = pades::with_fields(&paper(), &[good.clone(), good]).unwrap_err();
    assert!(matches!(twice, PadesError::BadPlace { .. }), "{twice}");
}

#[test]
fn nothing_is_added_or_certified_once_somebody_has_signed() {
    let authority = authority();
    let pdf = certified(&authority, 1);
    let late = pades::with_fields(&pdf, &places(1)).unwrap_err();
    assert!(matches!(late, PadesError::AlreadySigned));
    let again = Signing {
        certifies: true,
        ..signing("officer", "再次")
    };
    let late = pades::sign(&pdf, &again, &seal(&authority)).unwrap_err();
    assert!(matches!(late, PadesError::AlreadySigned));
}

#[test]
fn a_field_is_signed_once_and_must_be_there() {
    let authority = authority();
    let pdf = certified(&authority, 1);
    let twice = pades::sign(&pdf, &signing("unit", "再次"), &seal(&authority)).unwrap_err();
    assert!(
        matches!(&twice, PadesError::FieldSigned(name) if name == "unit"),
        "{twice}"
    );
    let nowhere = pades::sign(&pdf, &signing("party-2", "无"), &seal(&authority)).unwrap_err();
    assert!(
        matches!(&nowhere, PadesError::NoSuchField(name) if name == "party-2"),
        "{nowhere}"
    );
}

#[test]
fn a_certificate_signs_only_while_it_is_valid() {
    let authority = authority();
    let seal = authority
        .renew(
            seal(&authority).certificate(),
            Term::days(NOW, 30),
            None,
            &random(3),
        )
        .unwrap();
    let pdf = pades::with_fields(&paper(), &places(0)).unwrap();
    let at = |at| {
        pades::sign(
            &pdf,
            &Signing {
                at,
                ..signing("unit", "大队")
            },
            &seal,
        )
    };
    let (first, last) = (NOW, NOW + Duration::from_secs(30 * 86_400));
    assert!(at(first).is_ok());
    assert!(at(last).is_ok());
    let early = at(first - Duration::from_secs(1)).unwrap_err();
    assert!(
        matches!(early, PadesError::Certificate(CertificateError::NotYetValid { from, .. }) if from == first),
        "{early}"
    );
    let late = at(last + Duration::from_secs(1)).unwrap_err();
    assert!(
        matches!(late, PadesError::Certificate(CertificateError::Expired { until, .. }) if until == last),
        "{late}"
    );
    assert!(
        late.to_string().contains("某市公安局交通警察支队一大队"),
        "{late}"
    );
    assert_eq!(pades::not_after(seal.certificate()), last);
}

#[test]
fn the_key_of_an_event_signs_once() {
    let authority = authority();
    let pdf = certified(&authority, 2);
    let signer = person(&authority, "张三", 40);
    let pdf = signed(&pdf, "party-1", &signer);
    let again = pades::sign(&pdf, &signing("party-2", "张三"), &signer).unwrap_err();
    assert!(matches!(again, PadesError::Signer(SignerError::Spent)), "{again}");
}

/// Shows one certificate and signs with the key of another, as a token set up wrongly would.
struct Mixed<'a> {
    shows: &'a dyn Signer,
    signs: &'a dyn Signer,
}

impl Signer for Mixed<'_> {
    fn chain(&self) -> &[Certificate] {
        self.shows.chain()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        self.signs.sign(message)
    }
}

#[test]
fn a_key_that_is_not_the_certificates_leaves_no_signature() {
    let authority = authority();
    let (shows, signs) = (seal(&authority), person(&authority, "别人", 41));
    let mixed = Mixed {
        shows: &shows,
        signs: &signs,
    };
    let pdf = pades::with_fields(&paper(), &places(0)).unwrap();
    let refused = pades::sign(&pdf, &signing("unit", "大队"), &mixed).unwrap_err();
    assert!(
        matches!(refused, PadesError::Signer(SignerError::OtherKey)),
        "{refused}"
    );
}

#[test]
fn a_timestamp_is_taken_only_for_this_file_and_this_question() {
    let (authority, clock) = (authority(), Clock::new());
    let pdf = certified(&authority, 1);
    let other = signed(&pdf, "officer", &person(&authority, "王警官", 42));
    let answer = clock.answer(pades::stamp_request(&pdf, 1).unwrap().request());
    let elsewhere = pades::stamp_request(&other, 1)
        .unwrap()
        .finish(&answer)
        .unwrap_err();
    assert!(elsewhere.to_string().contains("another file"), "{elsewhere}");
    let replayed = pades::stamp_request(&pdf, 2)
        .unwrap()
        .finish(&answer)
        .unwrap_err();
    assert!(replayed.to_string().contains("another question"), "{replayed}");
    let nonsense = pades::stamp_request(&pdf, 1)
        .unwrap()
        .finish(b"<html>")
        .unwrap_err();
    assert!(matches!(nonsense, PadesError::BadStamp(_)), "{nonsense}");
    // Status 2, rejection, with a text (RFC 3161, 2.4.2).
    let no = b"\x30\x0a\x30\x08\x02\x01\x02\x30\x03\x0c\x01x";
    let refused = pades::stamp_request(&pdf, 1).unwrap().finish(no).unwrap_err();
    assert!(
        matches!(&refused, PadesError::StampRefused { status: 2, why } if why == "x"),
        "{refused}"
    );
    assert!(pades::stamp_request(&pdf, 1).unwrap().finish(&answer).is_ok());
}

#[test]
fn an_appearance_has_exactly_one_page() {
    let authority = authority();
    let pdf = certified(&authority, 1);
    for appearance in [paper(), b"not a pdf".to_vec()] {
        let signing = Signing {
            appearance: Some(&appearance),
            ..signing("party-1", "张三")
        };
        let refused = pades::sign(&pdf, &signing, &person(&authority, "张三", 43)).unwrap_err();
        assert!(matches!(refused, PadesError::Appearance(_)), "{refused}");
    }
}

#[test]
fn what_is_no_authority_issues_nothing() {
    let seal = seal(&authority()).to_pem().unwrap();
    let refused = Authority::from_pem(&seal).unwrap_err();
    assert!(matches!(refused, CertificateError::NoAuthority(_)), "{refused}");
}
