//! Signatures after they were made: their circumstances, their order, taking one back, stamping the page.

use super::{Ask, accident_id, digest, document, ink, judge, officer_id, ordinary, party_id, start, walk};
use crate::accident::{Accident, SignRequest};
use crate::fact::{Actor, Fact, Recorded};
use crate::finding::Stamp;
use crate::refusal::Refusal;
use crate::signing::{Circumstances, ConsentTold, PageRead, Position, SignatureEvent, Signing};

/// Everything up to the issued finding.
const ISSUED: usize = 17;

fn request(circumstances: Option<Circumstances>) -> SignRequest {
    SignRequest {
        document: digest(1),
        ink: ink(),
        ink_sha256: digest(0),
        phone_masked: String::new(),
        read_s: 5,
        scrolled_to_end: true,
        circumstances,
    }
}

fn event(field: &str, serial: &str) -> SignatureEvent {
    SignatureEvent {
        field: field.to_owned(),
        serial: serial.to_owned(),
        certificate_sha256: digest(5),
        evidence_sha256: Some(digest(6)),
    }
}

fn happen(accident: &mut Accident, fact: Fact) {
    let recorded = Recorded {
        seq: accident.version + 1,
        at: start(),
        by: Actor::Service,
        fact,
    };
    accident.apply(&recorded);
}

fn signs(accident: &mut Accident, party: u8, serial: &str) {
    let mut signature = accident
        .sign(party_id(party), request(Some(Circumstances::default())), start())
        .unwrap();
    signature.events = vec![event(&format!("party-{}", party + 1), serial)];
    let slot = Signing::Signed {
        party: party_id(party),
        signature,
    };
    let revision = accident.finding().unwrap().current.revision + 1;
    for fact in accident.take_signature(slot, document(revision)) {
        happen(accident, fact);
    }
}

#[test]
fn the_order_of_signers_is_counted_whoever_comes_first() {
    let (mut accident, ..) = walk(&ordinary(ISSUED));
    signs(&mut accident, 1, "0b");
    signs(&mut accident, 0, "0a");
    let orders = accident
        .finding()
        .unwrap()
        .signings
        .iter()
        .map(|slot| match slot {
            Signing::Signed { signature, .. } => signature.circumstances.as_ref().unwrap().order,
            other => panic!("{other:?}"),
        });
    assert_eq!(orders.collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn a_place_that_does_not_exist_is_no_place_and_a_long_name_is_cut() {
    let (accident, ..) = walk(&ordinary(ISSUED));
    let nowhere = Circumstances {
        position: Some(Position {
            latitude: 91.0,
            longitude: 0.0,
            accuracy_m: 5.0,
        }),
        ..Circumstances::default()
    };
    let refused = accident.sign(party_id(0), request(Some(nowhere)), start());
    assert!(matches!(&refused, Err(Refusal::Invalid(problems)) if problems[0].field == "position"));

    let told = Circumstances {
        agent: Some("x".repeat(9_000)),
        device: Some("\n".to_owned()),
        pages: vec![PageRead { page: 1, seconds: 9 }],
        ..Circumstances::default()
    };
    let signature = accident.sign(party_id(0), request(Some(told)), start()).unwrap();
    let kept = signature.circumstances.unwrap();
    assert_eq!(kept.agent.map(|agent| agent.len()), Some(400));
    assert_eq!(kept.device, None);
    assert_eq!(kept.pages.len(), 1);
}

#[test]
fn only_the_text_in_force_can_be_declared() {
    assert!(ConsentTold::of("2026-11").unwrap().text.contains("同意"));
    assert_eq!(ConsentTold::of("1999-01").unwrap_err().code, "text_superseded");
}

#[test]
fn a_signature_is_taken_back_once_and_with_a_reason() {
    let (mut accident, ..) = walk(&ordinary(ISSUED));
    signs(&mut accident, 0, "0a");
    let officer = officer_id(0);
    let revoke = |accident: &Accident, serial: &str, reason: &str| {
        accident.revoke_signature(officer, serial, reason, start())
    };
    assert!(matches!(
        revoke(&accident, "0b", "冒签"),
        Err(Refusal::Unknown(_))
    ));
    assert!(matches!(revoke(&accident, "0a", " "), Err(Refusal::Invalid(_))));
    let fact = revoke(&accident, "0a", "经核实系他人冒签").unwrap();
    happen(&mut accident, fact);
    assert_eq!(accident.revocations[0].field, "party-1");
    assert!(matches!(
        revoke(&accident, "0a", "再次"),
        Err(Refusal::NotNow {
            code: "already_revoked",
            ..
        })
    ));
    // Taking the finding back does not lose sight of its signatures.
    let void = judge(&accident, Ask::Void(0), start()).unwrap();
    void.into_iter().for_each(|fact| happen(&mut accident, fact));
    assert_eq!(accident.signature_events().len(), 1);
}

#[test]
fn a_page_is_stamped_when_nobody_s_signature_is_missing_and_only_the_page_that_stands() {
    let (mut accident, ..) = walk(&ordinary(ISSUED));
    signs(&mut accident, 0, "0a");
    assert_eq!(accident.complete_page(), None);
    signs(&mut accident, 1, "0b");
    let page = accident.complete_page().unwrap().clone();
    let stamp = |of| Stamp {
        of,
        at: start(),
        authority: "TSA".to_owned(),
    };
    assert_eq!(accident.stamped(document(9), stamp(digest(77))), None);
    let fact = accident.stamped(document(9), stamp(page.sha256)).unwrap();
    happen(&mut accident, fact);
    assert_eq!(accident.complete_page().unwrap().revision, 9);
}

#[test]
fn a_signature_from_before_circumstances_were_kept_reads_and_writes_as_it_was() {
    let (accident, ..) = walk(&ordinary(ISSUED));
    let signature = accident.sign(party_id(0), request(None), start()).unwrap();
    let text = serde_json::to_string(&signature).unwrap();
    assert!(!text.contains("circumstances") && !text.contains("events") && !text.contains("tilt"));
    assert_eq!(
        serde_json::from_str::<crate::signing::Signature>(&text).unwrap(),
        signature
    );
    let page = serde_json::to_string(&document(1)).unwrap();
    assert!(!page.contains("events"));
    assert_eq!(accident.id, accident_id());
}
