//! What changed, for whoever watches: "fetch this accident again".

use domain::id::{AccidentId, UnitId};
use domain::time::Instant;
use sqlx::Result;

use super::codec::{Value, row};
use super::{Tx, counters};

row! {
    /// One change.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EventRow {
        pub id: i64,
        pub accident_id: AccidentId,
        pub unit: UnitId,
        pub version: u64,
        pub stage: String,
        pub at: Instant,
    }
}

/// Whose changes are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Ours: the live feed of this process.
    Everything,
    Unit(UnitId),
    Accident(AccidentId),
}

/// What there is to tell; the id is drawn here.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    pub accident_id: AccidentId,
    pub unit: &'a UnitId,
    pub version: u64,
    pub stage: &'a str,
    pub at: Instant,
}

/// Appends and answers the id. The last thing a transaction does: ids then appear in the order of commits,
/// and a reader that has seen `n` never finds a smaller one later.
pub async fn append(tx: &mut Tx, event: &NewEvent<'_>) -> Result<i64> {
    let id = counters::next(tx, "events").await?;
    tx.query(
        "INSERT INTO events (id, accident_id, unit, version, stage, at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(event.accident_id)
    .bind(event.unit)
    .bind(event.version)
    .bind(event.stage)
    .bind(event.at)
    .execute()
    .await?;
    Ok(id)
}

/// What came after `last`, in order, at most `limit`.
pub async fn after(tx: &mut Tx, last: i64, scope: &Scope, limit: u32) -> Result<Vec<EventRow>> {
    match scope {
        Scope::Everything => tx.query(
            "SELECT id, accident_id, unit, version, stage, at FROM events
              WHERE id > $1 ORDER BY id LIMIT $2",
        ),
        Scope::Unit(unit) => tx
            .query(
                "SELECT id, accident_id, unit, version, stage, at FROM events
                  WHERE unit = $1 AND id > $2 ORDER BY id LIMIT $3",
            )
            .bind(unit),
        Scope::Accident(accident) => tx
            .query(
                "SELECT id, accident_id, unit, version, stage, at FROM events
                  WHERE accident_id = $1 AND id > $2 ORDER BY id LIMIT $3",
            )
            .bind(accident),
    }
    .bind(last)
    .bind(limit)
    .fetch_all()
    .await
}

/// The newest id, 0 when nothing ever changed: where a new watcher starts.
pub async fn newest(tx: &mut Tx) -> Result<i64> {
    let newest: Value = tx
        .query("SELECT CAST(COALESCE(MAX(id), 0) AS BIGINT) AS value FROM events")
        .fetch_one()
        .await?;
    Ok(newest.value)
}
