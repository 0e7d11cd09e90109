//! What insurers find records by, and who looked at what.

use std::collections::BTreeSet;

use super::*;
use crate::on_both;
use crate::store::documents::DocumentRow;
use crate::store::insurer_reads::{self, ReadRow};
use crate::store::search::{self, Wanted};
use crate::store::settlements::{NewSettlement, SettlementRow};
use crate::store::{documents, settlements};

/// What the migrations do about records that were there before.
const SQLITE: &str = include_str!("../../../../migrations/sqlite/0013_pull.sql");
const POSTGRES: &str = include_str!("../../../../migrations/postgres/0013_pull.sql");

async fn put(tx: &mut Tx, n: u128, settled_at: &str, body: &Value) {
    let document = DocumentRow {
        sha256: digest("pdf"),
        media_type: "application/pdf".to_owned(),
        bytes: 1,
        created_at: at("08:00:00"),
    };
    documents::insert_if_new(tx, &document).await.unwrap();
    let new = NewSettlement {
        id: Uuid::from_u128(n),
        accident_id: accident_id(n),
        document_sha256: &digest("pdf"),
        settled_at: at(settled_at),
        body,
        insurers: &["PICC".to_owned(), "PAIC".to_owned()],
    };
    settlements::put(tx, &new).await.unwrap();
}

fn terms(all: &[(&str, &str)]) -> BTreeSet<search::Term> {
    all.iter()
        .map(|(who, term)| ((*who).to_owned(), (*term).to_owned()))
        .collect()
}

fn wanted(term: &str) -> Wanted {
    Wanted {
        term: term.to_owned(),
        from: at("00:00:00"),
        until: at("23:00:00"),
        before: None,
    }
}

async fn found(tx: &mut Tx, insurer: &str, wanted: &Wanted, limit: u32) -> Vec<u128> {
    let rows: Vec<SettlementRow<Value>> = search::find(tx, insurer, wanted, limit).await.unwrap();
    rows.into_iter().map(|row| row.id.as_u128()).collect()
}

fn look(n: u128, kind: &str, accident: Option<u128>, range: Option<(i64, i64)>) -> ReadRow {
    ReadRow {
        id: Uuid::from_u128(n),
        insurer: "PICC".to_owned(),
        by_whom: "client:picc-zj".to_owned(),
        kind: kind.to_owned(),
        subject: String::new(),
        accident_id: accident.map(accident_id),
        from_change: range.map(|range| range.0),
        to_change: range.map(|range| range.1),
        records: 1,
        at: at("10:00:00"),
    }
}

async fn seen(tx: &mut Tx, n: u128) -> Vec<u128> {
    let before = (at("23:00:00"), Uuid::max());
    let rows = insurer_reads::of_accident(tx, accident_id(n), before, 10)
        .await
        .unwrap();
    rows.into_iter().map(|row| row.id.as_u128()).collect()
}

on_both! {
    async fn records_are_found_by_how_a_term_begins_newest_first_and_only_by_whose_term_it_is(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2, 3]).await;
        for (n, settled_at) in [(1, "09:00:00"), (2, "10:00:00"), (3, "10:00:00")] {
            put(&mut tx, n, settled_at, &json!({})).await;
        }
        search::put(&mut tx, accident_id(1), &terms(&[("PICC", "浙D12A45"), ("PICC", "CTP1"), ("PAIC", "浙D12A45")])).await.unwrap();
        search::put(&mut tx, accident_id(2), &terms(&[("PICC", "浙D12B")])).await.unwrap();
        search::put(&mut tx, accident_id(2), &terms(&[("PICC", "浙D12C"), ("PICC", "浙D12D")])).await.unwrap();
        assert_eq!(found(&mut tx, "PICC", &wanted(""), 9).await, [3, 2, 1]);
        assert_eq!(found(&mut tx, "PICC", &wanted("浙D12"), 9).await, [2, 1], "twice found is once");
        assert_eq!(found(&mut tx, "PICC", &wanted("浙D12A45"), 9).await, [1]);
        assert_eq!(found(&mut tx, "PICC", &wanted("浙D12B"), 9).await, [] as [u128; 0], "replaced");
        assert_eq!(found(&mut tx, "PICC", &wanted("CTP"), 9).await, [1]);
        assert_eq!(found(&mut tx, "PAIC", &wanted("CTP"), 9).await, [] as [u128; 0], "another's policy");
        assert_eq!(found(&mut tx, "CPIC", &wanted(""), 9).await, [] as [u128; 0]);
        let days = Wanted { from: at("09:30:00"), ..wanted("") };
        assert_eq!(found(&mut tx, "PICC", &days, 9).await, [3, 2]);
        let days = Wanted { until: at("10:00:00"), ..wanted("") };
        assert_eq!(found(&mut tx, "PICC", &days, 9).await, [1]);
        let older = Wanted { before: Some((at("10:00:00"), Uuid::from_u128(3))), ..wanted("") };
        assert_eq!(found(&mut tx, "PICC", &older, 1).await, [2]);
        tx.query("DELETE FROM settlement_search WHERE accident_id = $1").bind(accident_id(1)).execute().await.unwrap();
    }

    async fn records_from_before_the_search_are_found_as_well(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let body = json!({ "finding_number": "3306812026000001", "parties": [
            { "plate": "浙D·12a45", "policy": "CTP-2026 01", "insurers": ["PICC"] },
            { "plate": "浙DF12345", "policy": null, "insurers": ["PAIC"] },
            { "plate": "", "policy": "X", "insurers": [] },
        ] });
        put(&mut tx, 1, "09:00:00", &body).await;
        tx.commit().await.unwrap();
        let backfill = |text: &'static str| text.split_once("begin\n").unwrap().1.split_once("-- end").unwrap().0;
        match &db {
            Db::Sqlite { writer, .. } => sqlx::raw_sql(backfill(SQLITE)).execute(writer).await.map(drop).unwrap(),
            Db::Postgres(pool) => sqlx::raw_sql(backfill(POSTGRES)).execute(pool).await.map(drop).unwrap(),
        }
        let mut tx = db.read().await.unwrap();
        for term in ["3306812026000001", "浙D12A45", "D12A45", "浙DF12345", "DF12345"] {
            for insurer in ["PICC", "PAIC"] {
                assert_eq!(found(&mut tx, insurer, &wanted(term), 9).await, [1], "{term} {insurer}");
            }
        }
        assert_eq!(found(&mut tx, "PICC", &wanted("CTP202601"), 9).await, [1]);
        assert_eq!(found(&mut tx, "PAIC", &wanted("CTP202601"), 9).await, [] as [u128; 0]);
    }

    async fn a_look_is_found_by_its_case_and_a_page_by_the_changes_that_were_on_it(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        put(&mut tx, 1, "09:00:00", &json!({})).await;
        put(&mut tx, 2, "09:00:00", &json!({})).await;
        insurer_reads::note(&mut tx, &look(1, "evidence", Some(1), None)).await.unwrap();
        insurer_reads::note(&mut tx, &look(2, "settlements", None, Some((0, 1)))).await.unwrap();
        insurer_reads::note(&mut tx, &look(3, "settlements", None, Some((1, 2)))).await.unwrap();
        insurer_reads::note(&mut tx, &look(4, "assessments", None, Some((0, 9)))).await.unwrap();
        let other = ReadRow { insurer: "CPIC".to_owned(), ..look(5, "settlements", None, Some((0, 9))) };
        insurer_reads::note(&mut tx, &other).await.unwrap();
        assert_eq!(seen(&mut tx, 1).await, [2, 1]);
        assert_eq!(seen(&mut tx, 2).await, [3]);
        let before = (at("10:00:00"), Uuid::from_u128(2));
        let older = insurer_reads::of_accident(&mut tx, accident_id(1), before, 1).await.unwrap();
        assert_eq!(older, [look(1, "evidence", Some(1), None)]);
    }
}
