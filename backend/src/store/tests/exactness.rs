//! Many at once: no number twice, no save lost, no intent carried out twice.

use std::collections::BTreeSet;

use super::*;
use crate::on_both;
use crate::store::idempotency::Claim;
use crate::store::{counters, idempotency, media_events};

/// How many try at the same time.
const TASKS: u128 = 16;

on_both! {
    async fn sixteen_drawing_numbers_get_all_of_them_once(db: Db) {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut drawn = Vec::new();
                    for _ in 0..5 {
                        let mut tx = db.write().await.unwrap();
                        drawn.push(counters::next(&mut tx, "finding").await.unwrap());
                        tx.commit().await.unwrap();
                        // One that is given up leaves no gap.
                        let mut tx = db.write().await.unwrap();
                        counters::next(&mut tx, "finding").await.unwrap();
                        drop(tx);
                    }
                    drawn
                })
            })
            .collect();
        let mut drawn = BTreeSet::new();
        for task in tasks {
            drawn.extend(task.await.unwrap());
        }
        assert_eq!(drawn, (1..=80).collect());
    }

    async fn of_sixteen_saves_from_the_same_look_exactly_one_wins(db: Db) {
        with_accidents(&db, &[1]).await.commit().await.unwrap();
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut tx = db.write().await.unwrap();
                    let won = accidents::save(&mut tx, &AccidentRow { version: 2, ..accident(1) }, 1).await;
                    tx.commit().await.unwrap();
                    won.unwrap()
                })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            winners += u32::from(task.await.unwrap());
        }
        assert_eq!(winners, 1);
    }

    async fn of_sixteen_with_one_key_exactly_one_is_new(db: Db) {
        with_accidents(&db, &[1]).await.commit().await.unwrap();
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut tx = db.write().await.unwrap();
                    let claim = idempotency::claim(&mut tx, "甲", "k", &digest("body"), at("08:00:00")).await;
                    let claim = claim.unwrap();
                    if claim == Claim::New {
                        idempotency::finish(&mut tx, "甲", "k", Some(accident_id(1)), None).await.unwrap();
                    }
                    tx.commit().await.unwrap();
                    claim
                })
            })
            .collect();
        let mut new = 0;
        for task in tasks {
            match task.await.unwrap() {
                Claim::New => new += 1,
                replay => {
                    let expected = Claim::Replay { accident_id: Some(accident_id(1)), answer: None };
                    assert_eq!(replay, expected, "a replay knows what came of it");
                }
            }
        }
        assert_eq!(new, 1);
    }

    async fn a_key_remembers_what_it_was_for_and_what_was_answered(db: Db) {
        let mut tx = db.write().await.unwrap();
        let now = at("08:00:00");
        assert_eq!(idempotency::claim(&mut tx, "a", "k", &digest("1"), now).await.unwrap(), Claim::New);
        let answer = json!({ "token": "…" });
        idempotency::finish(&mut tx, "a", "k", None, Some(&answer)).await.unwrap();
        assert_eq!(
            idempotency::claim(&mut tx, "a", "k", &digest("1"), now).await.unwrap(),
            Claim::Replay { accident_id: None, answer: Some(answer) }
        );
        assert_eq!(idempotency::claim(&mut tx, "a", "k", &digest("2"), now).await.unwrap(), Claim::OtherBody);
        assert_eq!(idempotency::claim(&mut tx, "b", "k", &digest("2"), now).await.unwrap(), Claim::New);
        assert_eq!(idempotency::forget(&mut tx, at("08:00:00.000001")).await.unwrap(), 2);
        assert_eq!(idempotency::claim(&mut tx, "a", "k", &digest("2"), now).await.unwrap(), Claim::New);
    }

    async fn a_callback_is_new_once(db: Db) {
        let mut tx = db.write().await.unwrap();
        assert!(media_events::insert_if_new(&mut tx, "e1", at("08:00:00")).await.unwrap());
        assert!(!media_events::insert_if_new(&mut tx, "e1", at("08:00:01")).await.unwrap());
    }
}
