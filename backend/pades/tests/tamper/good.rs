//! Documents that nobody touched are valid, whoever signed them in whatever order.

use std::sync::atomic::{AtomicU32, Ordering};

use pades::verify::{Code, Kind, State};

use crate::house::{House, base, ink, prepared};

#[test]
fn a_document_tells_who_signed_when_and_what_is_open() {
    let house = House::new(1);
    let report = house.verify(&house.document());

    assert_eq!(report.state, State::Valid, "{:#?}", report.lines());
    let told: Vec<_> = report
        .signatures
        .iter()
        .map(|signature| (signature.field.as_str(), signature.kind, signature.revision))
        .collect();
    assert_eq!(
        told,
        [
            ("unit", Kind::Certification, 3),
            ("officer", Kind::Approval, 4),
            ("party-1", Kind::Approval, 5),
            ("party-2", Kind::Approval, 6),
            ("timestamp-1", Kind::Timestamp, 7),
        ]
    );
    assert_eq!(report.open_fields, ["party-3"]);
    let party = &report.signatures[2];
    assert_eq!(party.by.as_deref(), Some("当事人 party-1"));
    assert_eq!(party.reason.as_deref(), Some("已阅，无异议"));
    assert_eq!(party.evidence.as_ref().map(String::len), Some(64));
    assert!(party.at < party.proven_at, "{party:?}");
    assert_eq!(report.signatures[0].evidence, None);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    let line = "第 5 版 签名（party-1）：当事人 party-1，2026年11月24日09:05:00（时间戳证明不晚于 2026年11月24日09:12:00），已阅，无异议，有效";
    assert!(
        report.lines().iter().any(|told| told == line),
        "{:#?}",
        report.lines()
    );
}

#[test]
fn a_report_survives_its_json() {
    let house = House::new(1);
    let report = house.verify(&house.document());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["state"], "valid");
    assert_eq!(json["signatures"][2]["at"], "2026-11-24T09:05:00+08:00");
    assert_eq!(
        serde_json::from_value::<pades::verify::Report>(json).unwrap(),
        report
    );
}

#[test]
fn without_a_timestamp_the_reader_is_told_that_the_time_is_the_signers_word() {
    let house = House::new(1);
    let report = house.verify(&house.certified(&prepared(&base(1), 1)));
    assert!(report.is_valid());
    assert_eq!(
        report
            .warnings
            .iter()
            .map(|warning| warning.code)
            .collect::<Vec<_>>(),
        [Code::TimeNotProven]
    );
}

/// One to six parties in any order, each state on the way a document of its own, timestamps after any of them.
#[test]
fn there_is_no_false_alarm_on_a_thousand_good_documents() {
    let house = House::new(3);
    let issued: Vec<Vec<u8>> = (1..=6)
        .map(|parties| {
            let prepared = prepared(&base(parties * 100), parties);
            assert_eq!(house.verify(&prepared).state, State::Unsigned);
            house.signed(&house.certified(&prepared), "officer", 1, &ink(1))
        })
        .collect();
    let documents = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let (house, issued, documents) = (&house, &issued, &documents);
            scope.spawn(move || {
                for seed in (thread..).step_by(2) {
                    let parties = seed % 6 + 1;
                    let signed = &issued[seed as usize % 6];
                    if documents.fetch_add(grown(house, seed, signed, parties), Ordering::Relaxed) >= 1_000 {
                        return;
                    }
                }
            });
        }
    });
    assert!(documents.into_inner() >= 1_000);
}

/// Lets everybody sign in an order that the seed says. How many documents came of it, all of them valid.
fn grown(house: &House, seed: u32, issued: &[u8], parties: u32) -> u32 {
    let inks = [ink(1), ink(2), ink(-1)];
    let mut pdf = issued.to_vec();
    let mut left: Vec<u32> = (1..=parties).collect();
    let mut dice = seed;
    let mut roll = |sides: usize| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 8) as usize % sides
    };
    let mut documents = 0;
    let valid = |pdf: &[u8]| {
        let report = house.verify(pdf);
        assert!(report.is_valid(), "seed {seed}: {:#?}", report.lines());
        1
    };
    for turn in 1..=parties {
        let party = left.remove(roll(left.len()));
        pdf = house.signed(&pdf, &format!("party-{party}"), 20 * turn, &inks[roll(3)]);
        documents += valid(&pdf);
        if roll(4) == 0 {
            pdf = house.stamped(&pdf, 20 * turn + 1);
            documents += valid(&pdf);
        }
    }
    documents
}
