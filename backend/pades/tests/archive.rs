//! A finding as the house draws it, signed by everybody, stays a file for the archive (PDF/A-2).
//!
//! The rules are those of ISO 19005-2 that a signature can break; the drawing's own are asserted where it is drawn.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

#[path = "../../papers/examples/sample/cases.rs"]
mod cases;
mod common;
#[path = "common/readers.rs"]
mod readers;

use common::*;
use lopdf::{Dictionary, Document, Object};
use pades::verify::{Anchors, verify};
use pades::{Place, Signing};
use papers::{Fonts, SignatureSlot, State};
use readers::*;

/// A drawn finding with its places, certified, signed by the officer, the first party's ink and the second's refusal.
struct Issued {
    revisions: Vec<Vec<u8>>,
    places: Vec<Place>,
}

fn issued() -> Issued {
    let fonts = Fonts::embedded().unwrap();
    let mut document = cases::rear_end();
    let slots = [
        cases::signed("甲", "张伟", 1).slot,
        cases::refused("乙", "李娜").slot,
    ];
    for signature in &mut document.signatures {
        signature.slot = SignatureSlot::Pending;
    }
    let drawn = papers::render(&document, State::Issued, &fonts).unwrap();
    let places: Vec<Place> = drawn.places.iter().map(place).collect();
    let authority = authority();
    let mut revisions = vec![drawn.bytes];
    revisions.push(pades::with_fields(&revisions[0], &places).unwrap());
    let certification = Signing {
        certifies: true,
        ..signing("unit", "某市公安局交通警察支队一大队")
    };
    revisions.push(pades::sign(&revisions[1], &certification, &seal(&authority)).unwrap());
    let officer = person(&authority, "王警官", 80);
    revisions.push(pades::sign(&revisions[2], &signing("officer", "王警官"), &officer).unwrap());
    for (index, slot) in slots.iter().enumerate() {
        let name = format!("party-{}", index + 1);
        let place = drawn.places.iter().find(|place| place.name == name).unwrap();
        let appearance = papers::appearance(place, slot, &fonts).unwrap();
        let signing = Signing {
            appearance: Some(&appearance),
            ..signing(&name, "当事人")
        };
        let signer = person(&authority, "当事人", 81 + index as u8);
        revisions.push(pades::sign(revisions.last().unwrap(), &signing, &signer).unwrap());
    }
    Issued { revisions, places }
}

fn place(drawn: &papers::Place) -> Place {
    Place {
        name: drawn.name.clone(),
        tooltip: drawn.tooltip.clone(),
        page: drawn.page,
        rect: drawn.rect,
    }
}

#[test]
fn a_drawn_finding_is_signed_step_by_step_and_everybody_agrees() {
    let issued = issued();
    let authority = authority();
    let bench = Bench::new(&authority);
    for pair in issued.revisions.windows(2) {
        assert!(pair[1].starts_with(&pair[0]));
        qpdf(&bench.file(&pair[1]));
    }
    let last = issued.revisions.last().unwrap();
    let file = bench.file(last);
    assert_eq!(pdfsig(&file), (4, true));
    let report = verify(last, &Anchors::new(vec![authority.certificate().clone()]), NOW);
    assert!(report.is_valid(), "{:#?}", report.lines());
    let Some(answers) = pyhanko(&bench.path("ca.pem"), &[file]) else {
        return;
    };
    assert!(
        answers[0].iter().all(|signature| signature["fine"] == true),
        "{answers:#?}"
    );
}

#[test]
fn ink_and_refusal_can_be_seen_and_the_refusal_found() {
    let issued = issued();
    let bench = Bench::new(&authority());
    let before = bench.file(&issued.revisions[3]);
    let after = bench.file(issued.revisions.last().unwrap());
    for name in ["party-1", "party-2"] {
        let place = issued.places.iter().find(|place| place.name == name).unwrap();
        let dark = |file| dark_points(file, place.page, place.rect);
        assert!(
            dark(&after) > dark(&before) + 50,
            "{name}: {} {}",
            dark(&before),
            dark(&after)
        );
    }
    let words = run("pdftotext", &[text(&after), "-"]);
    assert!(
        words.split_whitespace().collect::<String>().contains("拒绝签"),
        "{words}"
    );
    let fonts = run("pdffonts", &[text(&after)]);
    for font in fonts.lines().skip(2) {
        assert_eq!(
            font.split_whitespace().rev().nth(4),
            Some("yes"),
            "embedded: {font}"
        );
    }
}

#[test]
fn no_rule_of_the_archive_is_broken_by_fields_and_signatures() {
    for (step, bytes) in issued().revisions.iter().enumerate().skip(1) {
        assert!(
            bytes.ends_with(b"\n%%EOF\n"),
            "6.1.3: nothing follows the last end of file"
        );
        let pdf = Document::load_mem(bytes).unwrap();
        assert!(!pdf.trailer.has(b"Encrypt"), "6.1.3");
        let ids = pdf.trailer.get(b"ID").unwrap().as_array().unwrap();
        assert_eq!(ids.len(), 2, "6.1.3");
        let form = resolved(&pdf, pdf.catalog().unwrap(), b"AcroForm");
        assert!(!form.has(b"NeedAppearances") && !form.has(b"XFA"), "6.4.1, 6.4.2");
        assert_eq!(form.get(b"SigFlags").unwrap().as_i64().unwrap(), 3);
        widgets(&pdf, form);
        let Ok(permissions) = pdf.catalog().unwrap().get(b"Perms").and_then(Object::as_dict) else {
            assert_eq!(step, 1, "certified from the second step on");
            continue;
        };
        let keys: Vec<&[u8]> = permissions.iter().map(|(key, _)| key.as_slice()).collect();
        assert_eq!(keys, [b"DocMDP"], "6.1.12");
        let certification = resolved(&pdf, permissions, b"DocMDP");
        let reference = certification.get(b"Reference").unwrap().as_array().unwrap()[0]
            .as_dict()
            .unwrap();
        for digest in [b"DigestLocation".as_slice(), b"DigestMethod", b"DigestValue"] {
            assert!(!reference.has(digest), "6.1.12");
        }
    }
}

/// What 6.3 and 6.4 of ISO 19005-2 ask of every field and its appearance.
fn widgets(pdf: &Document, form: &Dictionary) {
    for field in form.get(b"Fields").unwrap().as_array().unwrap() {
        let field = pdf.get_dictionary(field.as_reference().unwrap()).unwrap();
        let flags = field.get(b"F").unwrap().as_i64().unwrap();
        assert_eq!(flags & 4, 4, "6.3.2: it prints");
        // Invisible, Hidden, NoView, ToggleNoView.
        assert_eq!(flags & (1 | 2 | 32 | 256), 0, "6.3.2: nothing hides it");
        assert!(
            !field.has(b"A") && !field.has(b"AA"),
            "6.4.1: it does nothing by itself"
        );
        assert!(
            field.has(b"TU"),
            "a reader that cannot see learns what the field is"
        );
        let looks = field.get(b"AP").unwrap().as_dict().unwrap();
        let keys: Vec<&[u8]> = looks.iter().map(|(key, _)| key.as_slice()).collect();
        assert_eq!(keys, [b"N"], "6.3.3: one appearance");
        let normal = looks.get_deref(b"N", pdf).unwrap().as_stream().unwrap();
        assert!(normal.dict.has(b"Resources"), "6.2.2: with its own resources");
        for forbidden in [b"OPI".as_slice(), b"Ref", b"PS"] {
            assert!(!normal.dict.has(forbidden), "6.2.9");
        }
    }
}

fn resolved<'a>(pdf: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> &'a Dictionary {
    dictionary.get_deref(key, pdf).unwrap().as_dict().unwrap()
}
