//! What was done to an evidence file is found, whatever it was; and nothing is found where nothing was done.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod common;

use std::io::{Cursor, Write};

use common::check::{anchors, checked, codes, mended, place, plain, refused, replaced, resealed, zip_with};
use common::{case, good, house, now, packed, parts};
use domain::id::Sha256Hex;
use dossier::{Absent, FACTS, MANIFEST, Part, Plan, SUMS};

const PHOTO: &str = "photos/0002-party-1-overview.jpg";

#[test]
fn an_untouched_file_is_valid_and_says_who_sealed_it() {
    let report = checked(&good(&house(1)));
    assert_eq!(report.troubles, []);
    assert!(report.valid);
    assert_eq!((report.facts, report.files), (5, 8));
    let sealed = report.sealed.clone().unwrap();
    assert!(sealed.by.contains("诸暨市公安局交通警察大队") && sealed.issuer.contains("快处根证书"));
    assert!(report.lines()[0].starts_with("卷宗有效"));
}

#[test]
fn any_single_byte_that_is_changed_is_found() {
    let file = good(&house(1));
    // A prime step reaches headers, contents, the list and the end of a file of some 20 kB.
    for at in (0..file.len()).step_by(37) {
        let mut changed = file.clone();
        changed[at] ^= 0x20;
        assert_ne!(codes(&changed), [] as [&str; 0], "byte {at}");
    }
}

#[test]
fn a_file_cut_short_or_continued_is_no_evidence_file() {
    let file = good(&house(1));
    for end in [0, 1, 21, file.len() / 2, file.len() - 1] {
        refused(&file[..end], "zip_end");
    }
    refused(&[&file[..], b"more"].concat(), "zip_end");
    refused(b"%PDF-1.7 and so on, long enough for an end", "zip_end");
}

#[test]
fn a_changed_picture_is_found_also_when_its_checksum_fits() {
    let file = good(&house(1));
    let at = place(&file, common::PHOTO, 0);
    let mut changed = file.clone();
    changed[at + 8] ^= 1;
    refused(&changed, "zip_checksum");
    let other = mended(&file, |name, mut bytes| {
        if name == PHOTO {
            bytes[8] ^= 1;
        }
        Some(bytes)
    });
    assert_eq!(codes(&other), ["file_changed"]);
}

#[test]
fn files_taken_out_or_put_in_are_found() {
    let file = good(&house(1));
    let without = |path: &str| mended(&file, |name, bytes| (name != path).then_some(bytes));
    assert_eq!(codes(&without(PHOTO)), ["file_missing"]);
    refused(&without(FACTS), "file_missing");
    refused(&without(SUMS), "file_missing");
    refused(&without(MANIFEST), "manifest_missing");
    refused(&without("manifest.json.p7s"), "signature_missing");
    let more = mended(&file, |_, bytes| Some(bytes));
    assert_eq!(codes(&more), [] as [&str; 0], "mending alone changes nothing");
    let mut with = zip_with(&file, |zip| {
        zip.start_file("photos/9999-more.jpg", plain()).unwrap();
        zip.write_all(b"more").unwrap();
    });
    refused(&with, "zip_header");
    with = {
        use dossier::archive::{Archive, Stamp, Writer};
        let mut archive = Archive::open(Cursor::new(&file)).unwrap();
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, Stamp::of(now()));
        let names: Vec<String> = archive.entries().iter().map(|entry| entry.name.clone()).collect();
        for name in names.iter().map(String::as_str).chain(["photos/9999-more.jpg"]) {
            let bytes = archive
                .read(name, u64::MAX)
                .unwrap()
                .unwrap_or_else(|| b"more".to_vec());
            let mut adding = writer.add(name, u64::try_from(bytes.len()).unwrap()).unwrap();
            adding.put(&bytes).unwrap();
            adding.end().unwrap();
        }
        writer.finish(0).unwrap();
        out
    };
    assert_eq!(codes(&with), ["not_in_manifest"]);
}

#[test]
fn the_manifest_holds_only_with_the_seal_of_the_house() {
    let file = good(&house(1));
    refused(
        &replaced(&file, MANIFEST, "第 1 号", "第 2 号"),
        "signature_invalid",
    );
    refused(&replaced(&file, MANIFEST, "{", "{ "), "manifest_unreadable");
    let foreign = resealed(|_| {}, 7);
    assert_eq!(
        codes(&foreign),
        ["signature_invalid"],
        "the same names, another house"
    );
    let report = dossier::verify(Cursor::new(&file), &anchors(7), now(), &mut |_, _| {}).unwrap();
    assert!(!report.valid && report.sealed.is_none());
}

#[test]
fn a_party_s_key_seals_no_evidence_file() {
    use pades::authority::Event;
    let house = house(1);
    let event = Event {
        subject: pades::Subject {
            name: "诸暨市公安局交通警察大队",
            ..pades::Subject::default()
        },
        evidence: &[7; 32],
        at: now(),
        key_for: std::time::Duration::from_secs(60),
        until: now() + time::Duration::days(9),
        crl: None,
    };
    let signer = house.authority.event(&event, &[9; 32]).unwrap();
    let case = case();
    let parts = parts(&case, &house);
    let mut out = Vec::new();
    let seal = |manifest: &[u8]| Ok(pades::detached::sign(&common::digest(manifest), now(), &signer)?);
    let plan = Plan::new(case, parts, Vec::new()).unwrap();
    plan.write(&mut out, Box::new(seal), &mut |_, _| {}).unwrap();
    assert_eq!(codes(&out), ["signature_invalid"]);
}

#[test]
fn a_revoked_seal_seals_no_longer() {
    use pades::authority::{CrlReason, Revoked};
    let house = house(1);
    let revoked = Revoked {
        serial: house.seal.certificate().tbs_certificate.serial_number.clone(),
        at: now(),
        why: CrlReason::KeyCompromise,
    };
    let later = now() + time::Duration::days(1);
    let list = house.authority.revocations(&[revoked], 1, now(), later).unwrap();
    let file = resealed(
        |parts| parts.push(Part::of(dossier::REVOCATIONS, "清单", list)),
        1,
    );
    assert_eq!(codes(&file), ["signature_invalid"]);
}

#[test]
fn a_fact_that_was_changed_removed_or_added_is_found() {
    let file = good(&house(1));
    let facts = |change: &dyn Fn(Vec<&str>) -> String| {
        mended(&file, |name, bytes| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Some(if name == FACTS {
                change(text.lines().collect()).into_bytes()
            } else {
                bytes
            })
        })
    };
    let whole = |lines: Vec<&str>| lines.join("\n") + "\n";
    refused(
        &replaced(&file, FACTS, "13800000001", "13800000002"),
        "chain_broken",
    );
    let cut = facts(&|mut lines| {
        lines.pop();
        whole(lines)
    });
    refused(&cut, "chain_end");
    let swapped = facts(&|mut lines| {
        lines.swap(2, 3);
        whole(lines)
    });
    refused(&swapped, "chain_broken");
    refused(&facts(&|lines| whole(lines) + "{}"), "chain_end");
    refused(&facts(&|lines| whole(lines) + "{}\n"), "chain_unreadable");
}

#[test]
fn files_must_be_just_those_the_facts_speak_of_even_when_the_house_itself_seals() {
    let none = resealed(|parts| parts.retain(|part| part.path != PHOTO), 1);
    assert_eq!(codes(&none), ["fact_file_missing"]);
    let more = resealed(
        |parts| parts.push(Part::of("photos/0009-more.jpg", "多出", b"x".to_vec())),
        1,
    );
    assert_eq!(codes(&more), ["not_in_facts"]);
    let told = resealed(
        |parts| {
            parts.push(Part {
                fact: Some(2),
                recorded: Some(Sha256Hex::of(b"x")),
                ..Part::of("photos/0009-more.jpg", "多出", b"x".to_vec())
            });
        },
        1,
    );
    assert_eq!(codes(&told), ["not_in_facts"]);
}

#[test]
fn what_was_altered_or_gone_when_it_was_made_is_said_again() {
    let other = resealed(
        |parts| {
            let part = parts.iter_mut().find(|part| part.path == PHOTO).unwrap();
            part.bytes = 9;
            part.source = Box::new(|| Ok(Box::new(&b"retouched"[..])));
        },
        1,
    );
    assert_eq!(codes(&other), ["file_altered"]);
    let case = case();
    let mut parts = parts(&case, &house(1));
    let gone = parts.remove(1);
    let absent = Absent {
        fact: gone.fact.unwrap(),
        recorded_sha256: gone.recorded.unwrap(),
        what: gone.what,
    };
    let file = packed(Plan::new(case, parts, vec![absent]).unwrap(), &house(1));
    assert_eq!(codes(&file), ["absent"]);
}

#[test]
fn a_document_without_a_signature_is_told() {
    let file = resealed(
        |parts| parts.push(Part::of("certificates/a.pdf", "文书", b"%PDF-1.7\n".to_vec())),
        1,
    );
    assert_eq!(codes(&file), ["document_invalid"]);
}
