//! Accidents, facts, events and units.

use domain::id::OfficerId;

use super::*;
use crate::on_both;
use crate::store::events::{NewEvent, Scope};
use crate::store::facts::FactRow;
use crate::store::{events, facts};

fn fact(n: u128, seq: u64) -> FactRow {
    FactRow {
        accident_id: accident_id(n),
        seq,
        kind: "reported".to_owned(),
        // Two spaces and a trailing zero: kept to the byte.
        body: format!(r#"{{"seq":  {seq}.0}}"#),
        at: at("08:00:00"),
        by_whom: "甲".to_owned(),
        digest: digest(&format!("{n} {seq}")),
        previous_digest: digest(&format!("{n} {}", seq - 1)),
    }
}

fn waiting(n: u128, since: &str) -> AccidentRow<Value> {
    AccidentRow {
        stage: "waiting".to_owned(),
        waiting_since: Some(at(since)),
        ..accident(n)
    }
}

on_both! {
    async fn an_accident_comes_back_as_it_was_put(db: Db) {
        with_accidents(&db, &[1]).await.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(accidents::load(&mut tx, accident_id(1)).await.unwrap(), Some(accident(1)));
        assert_eq!(accidents::load::<Value>(&mut tx, accident_id(2)).await.unwrap(), None);
    }

    async fn an_accident_of_another_unit_is_not_there(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let own = accidents::load_of_unit::<Value>(&mut tx, accident_id(1), &unit()).await.unwrap();
        assert!(own.is_some());
        let other = UnitId::new("330682").unwrap();
        assert_eq!(accidents::load_of_unit::<Value>(&mut tx, accident_id(1), &other).await.unwrap(), None);
    }

    async fn a_save_from_an_older_look_changes_nothing(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let newer = AccidentRow { version: 2, closed_at: Some(at("09:00:00")), ..accident(1) };
        assert!(accidents::save(&mut tx, &newer, 1).await.unwrap());
        let late = AccidentRow { version: 2, stage: "escalated".to_owned(), ..accident(1) };
        assert!(!accidents::save(&mut tx, &late, 1).await.unwrap());
        assert_eq!(accidents::load(&mut tx, accident_id(1)).await.unwrap(), Some(newer));
    }

    async fn the_queue_is_in_the_order_of_waiting(db: Db) {
        let mut tx = with_accidents(&db, &[9]).await;
        for row in [waiting(1, "08:30:00"), waiting(2, "08:10:00"), waiting(3, "08:30:00")] {
            accidents::insert(&mut tx, &row).await.unwrap();
        }
        let queue = accidents::waiting::<Value>(&mut tx, &unit(), 10).await.unwrap();
        let ids: Vec<_> = queue.iter().map(|row| row.id).collect();
        assert_eq!(ids, [accident_id(2), accident_id(1), accident_id(3)]);
        assert_eq!(accidents::waiting::<Value>(&mut tx, &unit(), 1).await.unwrap().len(), 1);
        for (place, row) in queue.iter().enumerate() {
            let since = row.waiting_since.unwrap();
            assert_eq!(accidents::ahead(&mut tx, &unit(), since, row.id).await.unwrap(), place as u64);
        }
        let elsewhere = UnitId::new("330682").unwrap();
        assert!(accidents::waiting::<Value>(&mut tx, &elsewhere, 10).await.unwrap().is_empty());
    }

    async fn an_officer_sees_what_they_hold_until_it_is_closed(db: Db) {
        let officer = OfficerId(Uuid::from_u128(50));
        let mut tx = with_accidents(&db, &[1]).await;
        let held = AccidentRow { officer: Some(officer), ..accident(2) };
        let closed = AccidentRow { officer: Some(officer), closed_at: Some(at("10:00:00")), ..accident(3) };
        accidents::insert(&mut tx, &held).await.unwrap();
        accidents::insert(&mut tx, &closed).await.unwrap();
        assert_eq!(accidents::held_by(&mut tx, officer, 10).await.unwrap(), [held]);
    }

    async fn all_accidents_are_walked_by_id(db: Db) {
        let mut tx = with_accidents(&db, &[3, 1, 2]).await;
        let first = accidents::list::<Value>(&mut tx, None, 2).await.unwrap();
        let rest = accidents::list::<Value>(&mut tx, first.last().map(|row| row.id), 2).await.unwrap();
        let ids: Vec<_> = first.iter().chain(&rest).map(|row| row.id).collect();
        assert_eq!(ids, [accident_id(1), accident_id(2), accident_id(3)]);
    }

    async fn facts_come_back_to_the_byte_and_in_order(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        let told = [fact(1, 1), fact(1, 2), fact(1, 3)];
        assert_eq!(facts::last(&mut tx, accident_id(1)).await.unwrap(), None);
        facts::append(&mut tx, &told[..2]).await.unwrap();
        facts::append(&mut tx, &told[2..]).await.unwrap();
        facts::append(&mut tx, &[fact(2, 1)]).await.unwrap();
        assert_eq!(facts::list(&mut tx, accident_id(1)).await.unwrap(), told);
        assert_eq!(facts::last(&mut tx, accident_id(1)).await.unwrap(), Some(fact(1, 3)));
        let twice = facts::append(&mut tx, &[fact(1, 3)]).await.unwrap_err();
        assert!(twice.as_database_error().unwrap().is_unique_violation());
    }

    async fn events_are_told_to_whom_they_concern(db: Db) {
        let mut tx = with_accidents(&db, &[1, 2]).await;
        assert_eq!(events::newest(&mut tx).await.unwrap(), 0);
        let unit = unit();
        for (n, version) in [(1, 1), (2, 1), (1, 2)] {
            let event = NewEvent {
                accident_id: accident_id(n), unit: &unit, version, stage: "waiting", at: at("08:00:00"),
            };
            events::append(&mut tx, &event).await.unwrap();
        }
        assert_eq!(events::newest(&mut tx).await.unwrap(), 3);
        let mut ids = async |last, scope, limit| -> Vec<i64> {
            let found = events::after(&mut tx, last, &scope, limit).await.unwrap();
            found.iter().map(|event| event.id).collect()
        };
        assert_eq!(ids(0, Scope::Everything, 10).await, [1, 2, 3]);
        assert_eq!(ids(1, Scope::Unit(unit.clone()), 1).await, [2]);
        assert_eq!(ids(0, Scope::Accident(accident_id(1)), 10).await, [1, 3]);
        assert!(ids(0, Scope::Unit(UnitId::new("330682").unwrap()), 10).await.is_empty());
    }

    async fn a_unit_is_made_once(db: Db) {
        let mut tx = db.write().await.unwrap();
        assert!(units::insert_if_new(&mut tx, &zhuji()).await.unwrap());
        let renamed = UnitRow { name: "别的".to_owned(), ..zhuji() };
        assert!(!units::insert_if_new(&mut tx, &renamed).await.unwrap());
        assert_eq!(units::load(&mut tx, &unit()).await.unwrap(), Some(zhuji()));
        assert_eq!(units::list(&mut tx, 10).await.unwrap(), [zhuji()]);
    }
}
