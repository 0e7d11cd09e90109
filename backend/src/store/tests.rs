//! Every function of the store, on both databases.

mod adapter;
mod assessments;
mod cases;
mod clerks;
mod clients;
mod exactness;
mod money;
mod papers;
mod people;
mod pulling;
mod search;
mod signatures;
mod webhooks;

use domain::id::{AccidentId, PartyId, Sha256Hex, UnitId};
use domain::time::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

use super::accidents::AccidentRow;
use super::units::UnitRow;
use super::{Db, Json, Tx, accidents, units};

fn at(text: &str) -> Instant {
    format!("2026-03-01T{text}Z").parse().unwrap()
}

fn unit() -> UnitId {
    UnitId::new("330681").unwrap()
}

fn accident_id(n: u128) -> AccidentId {
    AccidentId(Uuid::from_u128(n))
}

fn party_id(n: u128) -> PartyId {
    PartyId(Uuid::from_u128(n))
}

fn digest(of: &str) -> Sha256Hex {
    Sha256Hex::of(of.as_bytes())
}

fn zhuji() -> UnitRow {
    UnitRow {
        code: unit(),
        name: "诸暨市公安局交通警察大队".to_owned(),
        lines: Json(vec!["诸暨市公安局".to_owned(), "交通警察大队".to_owned()]),
        number_template: "第{unit}{year}{serial:05}号".to_owned(),
    }
}

fn accident(n: u128) -> AccidentRow<Value> {
    AccidentRow {
        id: accident_id(n),
        unit: unit(),
        version: 1,
        stage: "reporting".to_owned(),
        officer: None,
        waiting_since: None,
        reported_at: at("08:00:00"),
        updated_at: at("08:00:00.123456"),
        closed_at: None,
        state: Json(json!({ "place": "𬀩路与䶮路交叉口", "loss_fen": 120_000 })),
    }
}

/// A transaction in a database that knows the unit and the accidents of these numbers.
async fn with_accidents(db: &Db, numbers: &[u128]) -> Tx {
    let mut tx = db.write().await.unwrap();
    units::insert_if_new(&mut tx, &zhuji()).await.unwrap();
    for n in numbers {
        accidents::insert(&mut tx, &accident(*n)).await.unwrap();
    }
    tx
}
