//! Uploads, documents, findings and settlement records.

use domain::id::{EvidenceId, FindingId, OfficerId, UploadId};

use super::*;
use crate::on_both;
use crate::store::documents::DocumentRow;
use crate::store::findings::FindingRow;
use crate::store::settlements::{NewSettlement, SettlementRow};
use crate::store::uploads::UploadRow;
use crate::store::{documents, findings, settlements, uploads};

fn upload(n: u128) -> UploadRow<Value> {
    UploadRow {
        id: UploadId(Uuid::from_u128(n)),
        accident_id: accident_id(1),
        by_party: Some(party_id(11)),
        by_officer: None,
        length: 10,
        received: 0,
        metadata: Json(json!({ "kind": "photo" })),
        created_at: at("08:00:00"),
        expires_at: at("09:00:00"),
        done_at: None,
        evidence_id: None,
    }
}

fn document(of: &str) -> DocumentRow {
    DocumentRow {
        sha256: digest(of),
        media_type: "application/pdf".to_owned(),
        bytes: 60_000,
        created_at: at("08:00:00"),
    }
}

async fn put(tx: &mut Tx, n: u128, insurers: &[&str], body: &Value) -> i64 {
    let insurers: Vec<String> = insurers.iter().map(|name| (*name).to_owned()).collect();
    let new = NewSettlement {
        id: Uuid::from_u128(n),
        accident_id: accident_id(n % 100),
        document_sha256: &digest("pdf"),
        settled_at: at("10:00:00"),
        body,
        insurers: &insurers,
    };
    settlements::put(tx, &new).await.unwrap().change_no
}

on_both! {
    async fn an_upload_moves_only_from_where_it_stands(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let id = upload(5).id;
        uploads::insert(&mut tx, &upload(5)).await.unwrap();
        assert_eq!(uploads::load(&mut tx, id).await.unwrap(), Some(upload(5)));
        assert!(uploads::advance(&mut tx, id, 0, 4).await.unwrap());
        assert!(!uploads::advance(&mut tx, id, 0, 8).await.unwrap(), "it stands at 4");
        let evidence = EvidenceId(Uuid::from_u128(77));
        assert!(!uploads::finish(&mut tx, id, evidence, at("08:10:00")).await.unwrap(), "incomplete");
        assert!(uploads::advance(&mut tx, id, 4, 10).await.unwrap());
        assert!(uploads::finish(&mut tx, id, evidence, at("08:10:00")).await.unwrap());
        assert!(!uploads::finish(&mut tx, id, evidence, at("08:11:00")).await.unwrap(), "done already");
        assert!(!uploads::advance(&mut tx, id, 10, 11).await.unwrap(), "done is done");
        let done = uploads::load::<Value>(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((done.received, done.evidence_id), (10, Some(evidence)));
        assert!(!uploads::delete(&mut tx, id).await.unwrap(), "what became evidence stays");
    }

    async fn unfinished_uploads_are_found_when_their_time_is_over(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let by_officer =
            UploadRow { by_party: None, by_officer: Some(OfficerId(Uuid::from_u128(50))), ..upload(6) };
        uploads::insert(&mut tx, &by_officer).await.unwrap();
        assert!(uploads::expired::<Value>(&mut tx, at("09:00:00"), 10).await.unwrap().is_empty());
        assert_eq!(uploads::expired(&mut tx, at("09:00:01"), 10).await.unwrap(), std::slice::from_ref(&by_officer));
        assert!(uploads::delete(&mut tx, by_officer.id).await.unwrap());
        assert_eq!(uploads::load::<Value>(&mut tx, by_officer.id).await.unwrap(), None);
    }

    async fn the_same_document_is_kept_once(db: Db) {
        let mut tx = db.write().await.unwrap();
        assert!(documents::insert_if_new(&mut tx, &document("pdf")).await.unwrap());
        assert!(!documents::insert_if_new(&mut tx, &document("pdf")).await.unwrap());
        assert_eq!(documents::load(&mut tx, &digest("pdf")).await.unwrap(), Some(document("pdf")));
        assert_eq!(documents::load(&mut tx, &digest("other")).await.unwrap(), None);
    }

    async fn a_finding_is_revised_from_its_current_document_and_voided_once(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        documents::insert_if_new(&mut tx, &document("r1")).await.unwrap();
        documents::insert_if_new(&mut tx, &document("r2")).await.unwrap();
        let finding = FindingRow {
            number: "第330681202600001号".to_owned(),
            id: FindingId(Uuid::from_u128(9)),
            accident_id: accident_id(1),
            check_code: "K7QM".to_owned(),
            state: "issued".to_owned(),
            issued_at: at("09:00:00"),
            voided_at: None,
            sha256: digest("r1"),
        };
        findings::insert(&mut tx, &finding).await.unwrap();
        assert_eq!(findings::load(&mut tx, &finding.number).await.unwrap(), Some(finding.clone()));
        assert!(findings::revise(&mut tx, &finding.number, &digest("r1"), &digest("r2")).await.unwrap());
        assert!(!findings::revise(&mut tx, &finding.number, &digest("r1"), &digest("r2")).await.unwrap());
        assert!(findings::void(&mut tx, &finding.number, at("09:30:00")).await.unwrap());
        assert!(!findings::void(&mut tx, &finding.number, at("09:31:00")).await.unwrap());
        let now = FindingRow {
            state: "void".to_owned(), voided_at: Some(at("09:30:00")), sha256: digest("r2"), ..finding
        };
        assert_eq!(findings::list(&mut tx, accident_id(1)).await.unwrap(), [now]);
        assert_eq!(findings::load(&mut tx, "第1号").await.unwrap(), None);
    }

    async fn an_insurer_pulls_its_own_records_in_the_order_of_change(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        documents::insert_if_new(&mut tx, &document("pdf")).await.unwrap();
        put(&mut tx, 1, &["PICC", "PAIC"], &json!(1)).await;
        put(&mut tx, 2, &["PICC"], &json!(2)).await;
        // The first accident again: same record, new place in the order, one insurer less.
        put(&mut tx, 101, &["PICC"], &json!(3)).await;

        let pulled: Vec<SettlementRow<Value>> = settlements::since(&mut tx, "PICC", 0, 10).await.unwrap();
        let seen: Vec<_> = pulled.iter().map(|row| (row.id.as_u128(), row.change_no, &row.body.0)).collect();
        assert_eq!(seen, [(2, 2, &json!(2)), (1, 3, &json!(3))]);
        assert_eq!(settlements::since::<Value>(&mut tx, "PICC", 2, 10).await.unwrap().len(), 1);
        assert_eq!(settlements::since::<Value>(&mut tx, "PICC", 0, 1).await.unwrap().len(), 1);
        assert!(settlements::since::<Value>(&mut tx, "PAIC", 0, 10).await.unwrap().is_empty());
        let first = Uuid::from_u128(1);
        assert!(settlements::load::<Value>(&mut tx, "PICC", first).await.unwrap().is_some());
        assert!(settlements::load::<Value>(&mut tx, "PAIC", first).await.unwrap().is_none());
    }

    async fn a_replay_reads_settled_accidents_a_page_at_a_time_from_a_moment_on(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2, 3]).await;
        documents::insert_if_new(&mut tx, &document("pdf")).await.unwrap();
        put(&mut tx, 1, &["PICC"], &json!(1)).await;
        put(&mut tx, 3, &[], &json!(3)).await;
        assert_eq!(settlements::count_settled(&mut tx, at("10:00:00")).await.unwrap(), 2);
        assert_eq!(settlements::count_settled(&mut tx, at("10:00:01")).await.unwrap(), 0);
        let page = settlements::settled::<Value>(&mut tx, at("10:00:00"), 0, 1).await.unwrap();
        assert_eq!(page.iter().map(|row| row.accident_id).collect::<Vec<_>>(), [accident_id(1)]);
        let next = settlements::settled::<Value>(&mut tx, at("10:00:00"), page[0].change_no, 9).await.unwrap();
        assert_eq!(next.iter().map(|row| row.accident_id).collect::<Vec<_>>(), [accident_id(3)]);
        assert!(settlements::settled::<Value>(&mut tx, at("10:00:01"), 0, 9).await.unwrap().is_empty());
    }
}
