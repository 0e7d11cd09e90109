//! Endpoints, secrets, messages, deliveries: who takes what, in which order, and what is forgotten.

use std::collections::BTreeSet;

use super::*;
use crate::on_both;
use crate::store::webhooks::deliveries::{self, AttemptRow, Next, Taken};
use crate::store::webhooks::messages::{self, MessageRow};
use crate::store::webhooks::{self, Ended, EndpointRow, SecretRow};
use crate::store::{counters, destroy};

const PICC: &str = "PICC";

fn endpoint(n: u128) -> EndpointRow {
    EndpointRow {
        id: Uuid::from_u128(n),
        insurer: PICC.to_owned(),
        url: "https://hooks.picc.example/".to_owned(),
        events: Json(Vec::new()),
        description: "主".to_owned(),
        format: "standard".to_owned(),
        state: "active".to_owned(),
        ended_at: None,
        ended_reason: None,
        ended_detail: None,
        failing_since: None,
        created_at: at("08:00:00"),
        created_by: "client:picc".to_owned(),
    }
}

fn attempt(number: i64, error: Option<&str>) -> AttemptRow {
    AttemptRow {
        number,
        at: at("09:00:00"),
        status: Some(500),
        error: error.map(str::to_owned),
        took_ms: 12,
        answer: "不行".to_owned(),
    }
}

/// A message of this accident, on the list of endpoint 1.
async fn tell(tx: &mut Tx, accident: Option<u128>, kind: &str) -> i64 {
    let seq = messages::places(tx, 1).await.unwrap();
    let row = MessageRow {
        seq,
        id: Uuid::from_u128(1_000 + u128::try_from(seq).unwrap()),
        insurer: PICC.to_owned(),
        kind: kind.to_owned(),
        accident_id: accident.map(accident_id),
        settlement_id: None,
        body: "{\"type\":\"é\"}".to_owned(),
        written_at: at("08:30:00"),
    };
    messages::insert(tx, &row).await.unwrap();
    deliveries::insert(tx, (Uuid::from_u128(1), seq), row.accident_id, at("08:30:00"))
        .await
        .unwrap();
    assert_eq!(messages::load(tx, seq).await.unwrap().unwrap(), row);
    seq
}

async fn take(tx: &mut Tx, lease: u128, now: &str) -> Vec<Taken> {
    let lease = (
        Uuid::from_u128(lease),
        at(now),
        at(now).plus(time::Duration::minutes(1)),
    );
    deliveries::take(tx, Uuid::from_u128(1), lease, 10).await.unwrap()
}

fn places(taken: &[Taken]) -> Vec<i64> {
    taken.iter().map(|taken| taken.seq).collect()
}

async fn state(tx: &mut Tx, seq: i64) -> String {
    deliveries::load(tx, Uuid::from_u128(1), seq)
        .await
        .unwrap()
        .unwrap()
        .state
}

on_both! {
    async fn an_endpoint_is_its_insurers_until_it_is_deleted(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let mut row = endpoint(1);
        assert_eq!(webhooks::count_to_add(&mut tx, PICC).await.unwrap(), 0);
        webhooks::insert(&mut tx, &row).await.unwrap();
        assert_eq!(webhooks::count_to_add(&mut tx, PICC).await.unwrap(), 1);
        assert_eq!(webhooks::list(&mut tx, PICC).await.unwrap(), [row.clone()]);
        assert_eq!(webhooks::load(&mut tx, "PAIC", row.id).await.unwrap(), None);
        row.events = Json(vec!["settlement.created".to_owned()]);
        row.failing_since = Some(at("08:10:00"));
        webhooks::update(&mut tx, &row).await.unwrap();
        assert_eq!(webhooks::load(&mut tx, PICC, row.id).await.unwrap(), Some(row.clone()));
        let listeners = messages::listeners(&mut tx, PICC).await.unwrap();
        assert!(messages::wants(&listeners[0].events.0, "settlement.created"));
        assert!(!messages::wants(&listeners[0].events.0, "settlement.changed"));
        webhooks::note_outcome(&mut tx, row.id, Some(at("09:00:00"))).await.unwrap();
        assert_eq!(webhooks::find(&mut tx, row.id).await.unwrap().unwrap().failing_since, Some(at("08:10:00")));
        webhooks::note_outcome(&mut tx, row.id, None).await.unwrap();
        assert_eq!(webhooks::find(&mut tx, row.id).await.unwrap().unwrap().failing_since, None);
        let seq = tell(&mut tx, Some(1), "settlement.created").await;
        webhooks::delete(&mut tx, row.id, at("10:00:00")).await.unwrap();
        assert_eq!(webhooks::list(&mut tx, PICC).await.unwrap(), []);
        assert_eq!(deliveries::load(&mut tx, row.id, seq).await.unwrap(), None);
        assert_eq!(webhooks::count_to_add(&mut tx, PICC).await.unwrap(), 0);
    }

    async fn two_secrets_sign_while_one_is_replaced(db: Db) {
        let mut tx = with_accidents(&db, &[]).await;
        webhooks::insert(&mut tx, &endpoint(1)).await.unwrap();
        let id = Uuid::from_u128(1);
        for (n, minute) in [(1, "08:00:00"), (2, "08:01:00"), (3, "08:02:00")] {
            webhooks::retire_secrets(&mut tx, id, at("12:00:00")).await.unwrap();
            let secret = SecretRow {
                id: Uuid::from_u128(n), endpoint_id: id, secret: format!("whsec_{n}"), created_at: at(minute), expires_at: None,
            };
            webhooks::insert_secret(&mut tx, &secret).await.unwrap();
        }
        let sign = webhooks::secrets(&mut tx, id, at("11:59:59")).await.unwrap();
        assert_eq!(sign.iter().map(|row| row.secret.as_str()).collect::<Vec<_>>(), ["whsec_3", "whsec_2"]);
        assert_eq!(webhooks::secrets(&mut tx, id, at("12:00:00")).await.unwrap().len(), 1);
    }

    async fn of_one_case_only_the_earliest_is_taken_and_of_others_all(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        webhooks::insert(&mut tx, &endpoint(1)).await.unwrap();
        let mut seqs = Vec::new();
        for accident in [Some(1), Some(1), Some(2), None, None] {
            seqs.push(tell(&mut tx, accident, "settlement.changed").await);
        }
        assert_eq!(deliveries::pending(&mut tx, Uuid::from_u128(1)).await.unwrap(), 5);
        assert_eq!(deliveries::ready(&mut tx, at("08:00:00")).await.unwrap(), [], "nothing is due yet");
        assert_eq!(deliveries::ready(&mut tx, at("09:00:00")).await.unwrap().len(), 1);
        let mut taken = take(&mut tx, 1, "09:00:00").await;
        taken.sort_by_key(|taken| taken.seq);
        assert_eq!(places(&taken), [seqs[0], seqs[2], seqs[3], seqs[4]]);
        assert_eq!(take(&mut tx, 2, "09:00:30").await, []);
        assert_eq!(deliveries::ready(&mut tx, at("09:00:30")).await.unwrap(), []);
        let (lease, later) = (Uuid::from_u128(1), Next::At(at("09:30:00")));
        assert!(deliveries::finish(&mut tx, &taken[0], lease, (later, &attempt(1, Some("status")))).await.unwrap());
        assert_eq!(take(&mut tx, 2, "09:00:31").await, [], "the second of the case waits for the first");
        let again = take(&mut tx, 2, "09:30:00").await;
        assert!(places(&again).contains(&seqs[0]));
        assert!(!deliveries::finish(&mut tx, &taken[0], lease, (Next::Delivered, &attempt(2, None))).await.unwrap(), "a lease that is over");
        let again = again.into_iter().find(|taken| taken.seq == seqs[0]).unwrap();
        assert_eq!((again.tries, again.attempts), (1, 1));
        assert!(deliveries::finish(&mut tx, &again, Uuid::from_u128(2), (Next::Dead, &attempt(2, Some("status")))).await.unwrap());
        assert_eq!(places(&take(&mut tx, 3, "09:30:01").await), [seqs[1]], "dead is out of the way");
        let tried = deliveries::attempts(&mut tx, Uuid::from_u128(1), seqs[0]).await.unwrap();
        assert_eq!(tried, [attempt(1, Some("status")), attempt(2, Some("status"))]);
        let log = deliveries::log(&mut tx, Uuid::from_u128(1), (i64::MAX, ""), 10).await.unwrap();
        assert_eq!(log.iter().map(|row| row.seq).collect::<Vec<_>>(), seqs.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(deliveries::log(&mut tx, Uuid::from_u128(1), (i64::MAX, "dead"), 10).await.unwrap().len(), 1);
    }

    async fn what_is_made_again_counts_its_tries_anew(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        webhooks::insert(&mut tx, &endpoint(1)).await.unwrap();
        webhooks::insert(&mut tx, &endpoint(2)).await.unwrap();
        let seq = tell(&mut tx, Some(1), "settlement.changed").await;
        let taken = take(&mut tx, 1, "09:00:00").await;
        let dead = (Next::Dead, &attempt(1, Some("timeout")));
        deliveries::finish(&mut tx, &taken[0], Uuid::from_u128(1), dead).await.unwrap();
        deliveries::again(&mut tx, Uuid::from_u128(1), seq, at("10:00:00")).await.unwrap();
        let taken = take(&mut tx, 2, "10:00:00").await;
        assert_eq!((taken[0].tries, taken[0].attempts), (0, 1));
        let when = (at("08:30:00"), at("11:00:00"));
        let put = messages::put_again(&mut tx, &endpoint(1), "settlement.changed", when).await.unwrap();
        assert_eq!(put, 0, "what is pending is not put again");
        assert_eq!(messages::put_again(&mut tx, &endpoint(2), "settlement.changed", when).await.unwrap(), 1);
        assert_eq!(messages::put_again(&mut tx, &endpoint(2), "settlement.created", when).await.unwrap(), 0);
        let late = (at("08:30:01"), at("11:00:00"));
        assert_eq!(messages::put_again(&mut tx, &endpoint(2), "settlement.changed", late).await.unwrap(), 0);
        assert_eq!(deliveries::pending(&mut tx, Uuid::from_u128(2)).await.unwrap(), 1);
    }

    async fn a_disabled_endpoint_skips_what_was_to_come(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        webhooks::insert(&mut tx, &endpoint(1)).await.unwrap();
        let (first, second) = (tell(&mut tx, Some(1), "a").await, tell(&mut tx, None, "b").await);
        let taken = take(&mut tx, 1, "09:00:00").await;
        let ended = Ended { at: at("09:00:01"), reason: "gone", detail: None };
        assert!(webhooks::disable(&mut tx, Uuid::from_u128(1), &ended).await.unwrap());
        assert!(!webhooks::disable(&mut tx, Uuid::from_u128(1), &ended).await.unwrap());
        assert_eq!(state(&mut tx, first).await, "skipped");
        // Both were under way: one arrived all the same.
        let arrived = (Next::Delivered, &attempt(1, None));
        deliveries::finish(&mut tx, &taken[0], Uuid::from_u128(1), arrived).await.unwrap();
        let failed = (Next::At(at("09:10:00")), &attempt(1, Some("status")));
        deliveries::finish(&mut tx, &taken[1], Uuid::from_u128(1), failed).await.unwrap();
        let mut states = [state(&mut tx, first).await, state(&mut tx, second).await];
        states.sort();
        assert_eq!(states, ["delivered", "skipped"]);
        assert_eq!(messages::listeners(&mut tx, PICC).await.unwrap(), []);
        assert_eq!(take(&mut tx, 2, "12:00:00").await, []);
    }

    async fn of_many_who_take_at_once_each_delivery_is_one_takers(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        webhooks::insert(&mut tx, &endpoint(1)).await.unwrap();
        for _ in 0..40 {
            tell(&mut tx, None, "settlement.changed").await;
        }
        tx.commit().await.unwrap();
        let takers: Vec<_> = (0..8_u128)
            .map(|taker| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut all = Vec::new();
                    loop {
                        let mut tx = db.write().await.unwrap();
                        let lease = (Uuid::from_u128(taker), at("09:00:00"), at("09:01:00"));
                        let taken = deliveries::take(&mut tx, Uuid::from_u128(1), lease, 3).await.unwrap();
                        tx.commit().await.unwrap();
                        if taken.is_empty() {
                            return all;
                        }
                        all.extend(places(&taken));
                    }
                })
            })
            .collect();
        let (mut count, mut all) = (0, BTreeSet::new());
        for taker in takers {
            let taken = taker.await.unwrap();
            count += taken.len();
            all.extend(taken);
        }
        let mut tx = db.write().await.unwrap();
        let left = take(&mut tx, 99, "09:00:00").await;
        assert_eq!((count + left.len(), all.len() + left.len()), (40, 40));
    }

    async fn what_is_old_or_of_a_destroyed_case_is_forgotten(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        webhooks::insert(&mut tx, &endpoint(1)).await.unwrap();
        let (first, second) = (tell(&mut tx, Some(1), "a").await, tell(&mut tx, Some(2), "b").await);
        for taken in take(&mut tx, 1, "09:00:00").await {
            let failed = (Next::At(at("10:00:00")), &attempt(1, Some("status")));
            deliveries::finish(&mut tx, &taken, Uuid::from_u128(1), failed).await.unwrap();
        }
        destroy::rows(&mut tx, accident_id(1), 1).await.unwrap();
        assert_eq!(messages::load(&mut tx, first).await.unwrap(), None);
        assert_eq!(deliveries::attempts(&mut tx, Uuid::from_u128(1), second).await.unwrap().len(), 1);
        webhooks::forget(&mut tx, at("08:30:00"), at("12:00:00")).await.unwrap();
        assert!(messages::load(&mut tx, second).await.unwrap().is_some(), "it is not older than that");
        webhooks::forget(&mut tx, at("08:30:01"), at("12:00:00")).await.unwrap();
        assert_eq!(messages::load(&mut tx, second).await.unwrap(), None);
        webhooks::delete(&mut tx, Uuid::from_u128(1), at("09:00:00")).await.unwrap();
        webhooks::forget(&mut tx, at("10:00:00"), at("12:00:00")).await.unwrap();
        assert_eq!(webhooks::count_to_add(&mut tx, PICC).await.unwrap(), 0);
    }

    async fn several_numbers_are_drawn_at_once_and_none_twice(db: Db) {
        let mut tx = db.write().await.unwrap();
        assert_eq!(counters::draw(&mut tx, "x", 3).await.unwrap(), 1);
        assert_eq!(counters::next(&mut tx, "x").await.unwrap(), 4);
        assert_eq!(counters::draw(&mut tx, "x", 2).await.unwrap(), 5);
    }
}
