//! Certificates, seals, time stamps asked for, and which page belongs to which finding.

use domain::id::FindingId;

use super::*;
use crate::on_both;
use crate::store::certificates::CertificateRow;
use crate::store::documents::DocumentRow;
use crate::store::findings::FindingRow;
use crate::store::seals::SealRow;
use crate::store::{certificates, documents, findings, seals, stampings};

fn certificate(serial: &str) -> CertificateRow {
    CertificateRow {
        serial: serial.to_owned(),
        kind: "party".to_owned(),
        subject: "李䶮".to_owned(),
        unit: None,
        accident_id: Some(accident_id(1)),
        field: Some("party-1".to_owned()),
        sha256: digest(serial),
        evidence_sha256: Some(digest("evidence")),
        pem: "-----BEGIN CERTIFICATE-----".to_owned(),
        not_before: at("08:00:00"),
        not_after: at("09:00:00"),
        created_at: at("08:00:00.000001"),
        revoked_at: None,
        reason: None,
    }
}

async fn page(tx: &mut Tx, of: &str) {
    let document = DocumentRow {
        sha256: digest(of),
        media_type: "application/pdf".to_owned(),
        bytes: 1,
        created_at: at("08:00:00"),
    };
    documents::insert_if_new(tx, &document).await.unwrap();
}

on_both! {
    async fn a_certificate_is_recorded_once_and_revoked_once(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        for serial in ["0b", "0a"] {
            certificates::insert_if_new(&mut tx, &certificate(serial)).await.unwrap();
        }
        let other = CertificateRow { subject: "another".to_owned(), ..certificate("0a") };
        certificates::insert_if_new(&mut tx, &other).await.unwrap();
        assert_eq!(certificates::load(&mut tx, "0a").await.unwrap(), Some(certificate("0a")));
        assert!(certificates::revoke(&mut tx, "0b", at("08:30:00"), "冒签").await.unwrap());
        assert!(!certificates::revoke(&mut tx, "0b", at("08:31:00"), "again").await.unwrap());
        assert!(!certificates::revoke(&mut tx, "0c", at("08:31:00"), "unknown").await.unwrap());
        let revoked = certificates::revoked(&mut tx).await.unwrap();
        assert_eq!(revoked.iter().map(|row| (row.serial.as_str(), row.revoked_at)).collect::<Vec<_>>(), [("0b", at("08:30:00"))]);
    }

    async fn a_unit_seals_with_the_seal_that_lasts_longest(db: Db) {
        let mut tx = db.write().await.unwrap();
        for (serial, until) in [("02", "10:00:00"), ("01", "09:00:00")] {
            let seal = SealRow {
                serial: serial.to_owned(),
                unit: unit(),
                private: "PEM".to_owned(),
                not_after: at(until),
                created_at: at("08:00:00"),
            };
            seals::insert(&mut tx, &seal).await.unwrap();
        }
        assert_eq!(seals::newest(&mut tx, &unit()).await.unwrap().map(|seal| seal.serial), Some("02".to_owned()));
        assert!(seals::newest(&mut tx, &UnitId::new("330602").unwrap()).await.unwrap().is_none());
    }

    async fn a_stamp_is_asked_for_by_one_worker_at_a_time_until_it_is_done(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        page(&mut tx, "page").await;
        for _ in 0..2 {
            stampings::insert_if_new(&mut tx, &digest("page"), accident_id(1), at("08:00:00")).await.unwrap();
        }
        assert_eq!(stampings::next_tries(&mut tx, at("08:00:00")).await.unwrap(), Some(0));
        let taken = stampings::take(&mut tx, at("08:00:00"), at("08:00:15")).await.unwrap().unwrap();
        assert_eq!((taken.tries, taken.due_at), (1, at("08:00:15")));
        assert_eq!(stampings::take(&mut tx, at("08:00:14"), at("08:01:00")).await.unwrap(), None);
        assert!(stampings::take(&mut tx, at("08:00:15"), at("08:01:00")).await.unwrap().is_some());
        stampings::done(&mut tx, &digest("page"), at("08:00:16"), "stamped").await.unwrap();
        assert_eq!(stampings::next_tries(&mut tx, at("09:00:00")).await.unwrap(), None);
    }

    async fn every_page_a_finding_had_leads_to_it(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        for of in ["first", "second", "stranger"] {
            page(&mut tx, of).await;
        }
        let finding = FindingRow {
            number: "330681202600001".to_owned(),
            id: FindingId(Uuid::from_u128(9)),
            accident_id: accident_id(1),
            check_code: "ABCDEFGHJKLM".to_owned(),
            state: "issued".to_owned(),
            issued_at: at("08:00:00"),
            voided_at: None,
            sha256: digest("first"),
        };
        findings::insert(&mut tx, &finding).await.unwrap();
        assert!(findings::revise(&mut tx, &finding.number, &digest("first"), &digest("second")).await.unwrap());
        for of in ["first", "second"] {
            let found = findings::with_page(&mut tx, &digest(of)).await.unwrap().unwrap();
            assert_eq!((found.number, found.sha256), (finding.number.clone(), digest("second")));
        }
        assert_eq!(findings::with_page(&mut tx, &digest("stranger")).await.unwrap(), None);
    }
}
