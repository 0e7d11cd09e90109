//! Payment orders, claims between insurers, and closed months.

use std::collections::BTreeSet;

use domain::clearing::{Claim, ClaimKind, ClosedMonth, Month, Statement};
use domain::fact::{Actor, genesis};
use domain::id::{InsurerCode, OrderId};
use domain::money::Fen;

use super::*;
use crate::on_both;
use crate::store::documents::DocumentRow;
use crate::store::orders::{NewOrder, OrderRow, Whose};
use crate::store::settlements::NewSettlement;
use crate::store::{clearing, documents, orders, settlements};

const PICC: &str = "PICC";

fn code(text: &str) -> InsurerCode {
    text.parse().unwrap()
}

fn order_id(n: u128) -> OrderId {
    OrderId(Uuid::from_u128(n))
}

fn november() -> Month {
    "2026-11".parse().unwrap()
}

/// Order `n` of accident 1.
async fn put(tx: &mut Tx, n: u128, (insurer, state): (&str, &str), body: &Value) {
    let new = NewOrder {
        id: order_id(n),
        accident_id: accident_id(1),
        insurer: code(insurer),
        state,
        body,
    };
    orders::put(tx, &new).await.unwrap();
}

async fn since(tx: &mut Tx, insurer: &str, whose: Whose, after: i64, state: &str) -> Vec<(u128, i64, Value)> {
    let asked = (code(insurer), whose);
    let rows: Vec<OrderRow<Value>> = orders::since(tx, asked, (after, state), 10).await.unwrap();
    rows.into_iter()
        .map(|row| (row.id.0.as_u128(), row.change_no, row.body.0))
        .collect()
}

fn claim(n: u128, creditor: &str, debtor: &str, fen: i64) -> Claim {
    Claim {
        booked_at: at("09:00:00"),
        finding_number: "330681202600001".to_owned(),
        accident: accident_id(1),
        order: order_id(n),
        kind: ClaimKind::CtpAdvance,
        creditor: code(creditor),
        debtor: code(debtor),
        amount_fen: Fen(fen),
    }
}

/// Closes the month as a deed does; `false`: it was closed.
async fn close(db: &Db, month: Month) -> bool {
    let mut tx = db.write().await.unwrap();
    if clearing::hold(&mut tx, &unit(), month).await.unwrap().is_some() {
        return false;
    }
    let claims = clearing::claims(&mut tx, &unit(), month).await.unwrap();
    let statement = Statement::of(unit(), month, claims);
    let place = clearing::next_place(&mut tx, &unit()).await.unwrap();
    let previous = clearing::last_digest(&mut tx, &unit()).await.unwrap();
    let chained = (place, &previous.unwrap_or_else(genesis));
    let closed = ClosedMonth::seal(&statement, chained, Actor::Service, at("10:00:00")).unwrap();
    let done = clearing::close(&mut tx, &closed).await.unwrap();
    tx.commit().await.unwrap();
    done
}

on_both! {
    async fn an_insurer_pulls_its_orders_in_the_order_of_change_and_the_others_of_its_accidents(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        put(&mut tx, 1, (PICC, "due"), &json!(1)).await;
        put(&mut tx, 2, ("PAIC", "due"), &json!(2)).await;
        put(&mut tx, 1, (PICC, "paid"), &json!(3)).await;
        assert_eq!(since(&mut tx, PICC, Whose::Own, 0, "").await, [(1, 3, json!(3))]);
        assert_eq!(since(&mut tx, PICC, Whose::Own, 0, "paid").await.len(), 1);
        assert_eq!(since(&mut tx, PICC, Whose::Own, 0, "due").await, []);
        assert_eq!(since(&mut tx, PICC, Whose::Own, 3, "").await, []);
        assert_eq!(since(&mut tx, PICC, Whose::Others, 0, "").await, [], "no policy in the accident");
        assert!(orders::load::<Value>(&mut tx, code(PICC), order_id(2)).await.unwrap().is_none());
        assert_eq!(orders::of_accident::<Value>(&mut tx, accident_id(1)).await.unwrap().len(), 2);

        let document = DocumentRow {
            sha256: digest("pdf"), media_type: "application/pdf".to_owned(), bytes: 1, created_at: at("08:00:00"),
        };
        documents::insert_if_new(&mut tx, &document).await.unwrap();
        let new = NewSettlement {
            id: Uuid::from_u128(9), accident_id: accident_id(1), document_sha256: &digest("pdf"),
            settled_at: at("08:00:00"), body: &json!({}), insurers: &[PICC.to_owned()],
        };
        settlements::put(&mut tx, &new).await.unwrap();
        assert_eq!(since(&mut tx, PICC, Whose::Others, 0, "").await, [(2, 2, json!(2))]);
        assert_eq!(since(&mut tx, PICC, Whose::Others, 0, "paid").await, []);
        assert!(orders::load::<Value>(&mut tx, code(PICC), order_id(2)).await.unwrap().is_some());
        assert!(orders::load::<Value>(&mut tx, code("CPIC"), order_id(2)).await.unwrap().is_none());
    }

    async fn a_cursor_skips_no_order_while_many_write_at_once(db: Db) {
        with_accidents(&db, &[1]).await.commit().await.unwrap();
        let writers: Vec<_> = (0..8_u128)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for turn in 0..5 {
                        let mut tx = db.write().await.unwrap();
                        put(&mut tx, 1 + writer * 5 + turn, (PICC, "due"), &json!(turn)).await;
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        let (mut cursor, mut seen) = (0, BTreeSet::new());
        while seen.len() < 40 {
            let mut tx = db.read().await.unwrap();
            for (id, change, _) in since(&mut tx, PICC, Whose::Own, cursor, "").await {
                assert_eq!(change, cursor + 1, "changes appear one after the other");
                cursor = change;
                seen.insert(id);
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
    }

    async fn claims_are_kept_by_month_and_summed_by_direction(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        put(&mut tx, 1, (PICC, "paid"), &json!(1)).await;
        put(&mut tx, 2, (PICC, "paid"), &json!(2)).await;
        for claim in [claim(1, PICC, "PAIC", 10_000), claim(2, PICC, "PAIC", -3_000), claim(2, "PAIC", PICC, 1)] {
            clearing::book(&mut tx, (&unit(), november()), &claim).await.unwrap();
        }
        let kept = clearing::claims(&mut tx, &unit(), november()).await.unwrap();
        assert_eq!(kept, clearing::claims_of_accident(&mut tx, accident_id(1)).await.unwrap());
        assert_eq!((kept.len(), &kept[0]), (3, &claim(1, PICC, "PAIC", 10_000)));
        let sums = clearing::sums(&mut tx, Some(&unit()), None).await.unwrap();
        let told: Vec<_> = sums.iter().map(|sum| (sum.creditor.to_string(), sum.amount_fen, sum.claims)).collect();
        assert_eq!(told, [("PAIC".to_owned(), 1, 1), (PICC.to_owned(), 7_000, 2)]);
        assert_eq!(clearing::sums(&mut tx, None, Some(code("PAIC"))).await.unwrap().len(), 2);
        assert_eq!(clearing::sums(&mut tx, None, Some(code("CPIC"))).await.unwrap(), []);
    }

    async fn of_many_who_close_a_month_at_once_one_does_and_months_stand_in_one_chain(db: Db) {
        with_accidents(&db, &[1]).await.commit().await.unwrap();
        let months = ["2026-08", "2026-09", "2026-10", "2026-11"];
        let tasks: Vec<_> = (0..16)
            .map(|task| {
                let (db, month) = (db.clone(), months[task % 4].parse().unwrap());
                tokio::spawn(async move { close(&db, month).await })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += u32::from(task.await.unwrap());
        }
        assert_eq!(done, 4);
        let mut tx = db.read().await.unwrap();
        let chain = clearing::chain(&mut tx, &unit()).await.unwrap();
        let mut previous = genesis();
        for (seq, closed) in (1..).zip(&chain) {
            closed.open(seq, &previous).unwrap();
            previous = closed.digest.clone();
        }
        assert_eq!(chain.len(), 4);
        let found = clearing::closed(&mut tx, &unit(), november()).await.unwrap().unwrap();
        assert!(chain.contains(&found));
        let marked = clearing::months(&mut tx, Some(&unit())).await.unwrap();
        assert!(marked.len() == 4 && marked.iter().all(|month| month.closed_at.is_some()));
    }

    async fn a_month_is_held_by_whoever_books_until_it_is_booked(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        put(&mut tx, 1, (PICC, "paid"), &json!(1)).await;
        tx.commit().await.unwrap();
        let mut booking = db.write().await.unwrap();
        assert_eq!(clearing::hold(&mut booking, &unit(), november()).await.unwrap(), None);
        let closing = tokio::spawn({
            let db = db.clone();
            async move { close(&db, november()).await }
        });
        // Whether or not the other task has come to wait by now, the claim must be in what it freezes.
        tokio::task::yield_now().await;
        clearing::book(&mut booking, (&unit(), november()), &claim(1, PICC, "PAIC", 5)).await.unwrap();
        booking.commit().await.unwrap();
        assert!(closing.await.unwrap());
        let mut tx = db.write().await.unwrap();
        let frozen = clearing::closed(&mut tx, &unit(), november()).await.unwrap().unwrap();
        assert!(frozen.body.contains("\"amount_fen\":5"), "{}", frozen.body);
        assert!(clearing::hold(&mut tx, &unit(), november()).await.unwrap().is_some());
    }
}
