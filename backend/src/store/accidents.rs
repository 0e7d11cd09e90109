//! How each accident stands now: the row beside its facts.

use domain::id::{AccidentId, OfficerId, UnitId};
use domain::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Result;

use super::codec::{Value, row};
use super::{Json, Tx};

row! {
    /// One accident; what lists and scopes need lies in columns, the rest in `state`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AccidentRow<T> {
        pub id: AccidentId,
        pub unit: UnitId,
        /// Counts the saves; whoever saves names the version they looked at.
        pub version: u64,
        pub stage: String,
        /// Who holds it.
        pub officer: Option<OfficerId>,
        /// Set exactly while it waits in the queue.
        pub waiting_since: Option<Instant>,
        pub reported_at: Instant,
        pub updated_at: Instant,
        pub closed_at: Option<Instant>,
        pub state: Json<T>,
    }
}

pub async fn insert<T: Serialize>(tx: &mut Tx, row: &AccidentRow<T>) -> Result<()> {
    tx.query(
        "INSERT INTO accidents (id, unit, version, stage, officer, waiting_since, reported_at, updated_at,
                                closed_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(row.id)
    .bind(&row.unit)
    .bind(row.version)
    .bind(&row.stage)
    .bind(row.officer)
    .bind(row.waiting_since)
    .bind(row.reported_at)
    .bind(row.updated_at)
    .bind(row.closed_at)
    .bind(Json(&row.state.0))
    .execute()
    .await
    .map(drop)
}

pub async fn load<T: DeserializeOwned>(tx: &mut Tx, id: AccidentId) -> Result<Option<AccidentRow<T>>> {
    tx.query(
        "SELECT id, unit, version, stage, officer, waiting_since, reported_at, updated_at, closed_at, state
           FROM accidents
          WHERE id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

/// As [`load`], but another unit's accident is not there.
pub async fn load_of_unit<T: DeserializeOwned>(
    tx: &mut Tx,
    id: AccidentId,
    unit: &UnitId,
) -> Result<Option<AccidentRow<T>>> {
    tx.query(
        "SELECT id, unit, version, stage, officer, waiting_since, reported_at, updated_at, closed_at, state
           FROM accidents
          WHERE id = $1 AND unit = $2",
    )
    .bind(id)
    .bind(unit)
    .fetch_optional()
    .await
}

/// As [`load`], and nobody else changes it until this transaction ends: for a deed that will save.
pub async fn load_to_change<T: DeserializeOwned>(
    tx: &mut Tx,
    id: AccidentId,
    now: Instant,
) -> Result<Option<AccidentRow<T>>> {
    tx.query(
        "UPDATE accidents SET updated_at = $2 WHERE id = $1
         RETURNING id, unit, version, stage, officer, waiting_since, reported_at, updated_at, closed_at,
                   state",
    )
    .bind(id)
    .bind(now)
    .fetch_optional()
    .await
}

/// Saves everything but `id`, `unit` and `reported_at`, if the row still has version `seen`.
///
/// `false`: somebody else saved in between; nothing was written.
pub async fn save<T: Serialize>(tx: &mut Tx, row: &AccidentRow<T>, seen: u64) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE accidents
                SET version = $3, stage = $4, officer = $5, waiting_since = $6, updated_at = $7,
                    closed_at = $8, state = $9
              WHERE id = $1 AND version = $2",
        )
        .bind(row.id)
        .bind(seen)
        .bind(row.version)
        .bind(&row.stage)
        .bind(row.officer)
        .bind(row.waiting_since)
        .bind(row.updated_at)
        .bind(row.closed_at)
        .bind(Json(&row.state.0))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The unit's queue, longest wait first, at most `limit`.
pub async fn waiting<T: DeserializeOwned>(
    tx: &mut Tx,
    unit: &UnitId,
    limit: u32,
) -> Result<Vec<AccidentRow<T>>> {
    tx.query(
        "SELECT id, unit, version, stage, officer, waiting_since, reported_at, updated_at, closed_at, state
           FROM accidents
          WHERE unit = $1 AND waiting_since IS NOT NULL
          ORDER BY waiting_since, id
          LIMIT $2",
    )
    .bind(unit)
    .bind(limit)
    .fetch_all()
    .await
}

/// How many wait in the unit before this one.
pub async fn ahead(tx: &mut Tx, unit: &UnitId, waiting_since: Instant, id: AccidentId) -> Result<u64> {
    let ahead: Value = tx
        .query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS value
               FROM accidents
              WHERE unit = $1 AND (waiting_since < $2 OR (waiting_since = $2 AND id < $3))",
        )
        .bind(unit)
        .bind(waiting_since)
        .bind(id)
        .fetch_one()
        .await?;
    Ok(ahead.value.unsigned_abs())
}

/// How many officers of the unit hold an open case now.
pub async fn officers_busy(tx: &mut Tx, unit: &UnitId) -> Result<u64> {
    let busy: Value = tx
        .query(
            "SELECT CAST(COUNT(DISTINCT officer) AS BIGINT) AS value
               FROM accidents
              WHERE unit = $1 AND officer IS NOT NULL AND closed_at IS NULL",
        )
        .bind(unit)
        .fetch_one()
        .await?;
    Ok(busy.value.unsigned_abs())
}

/// What this officer holds and has not closed, oldest first, at most `limit`.
pub async fn held_by<T: DeserializeOwned>(
    tx: &mut Tx,
    officer: OfficerId,
    limit: u32,
) -> Result<Vec<AccidentRow<T>>> {
    tx.query(
        "SELECT id, unit, version, stage, officer, waiting_since, reported_at, updated_at, closed_at, state
           FROM accidents
          WHERE officer = $1 AND closed_at IS NULL
          ORDER BY reported_at, id
          LIMIT $2",
    )
    .bind(officer)
    .bind(limit)
    .fetch_all()
    .await
}

/// Every accident after `after` by id (`None`: from the first), at most `limit`: for audits.
pub async fn list<T: DeserializeOwned>(
    tx: &mut Tx,
    after: Option<AccidentId>,
    limit: u32,
) -> Result<Vec<AccidentRow<T>>> {
    tx.query(
        "SELECT id, unit, version, stage, officer, waiting_since, reported_at, updated_at, closed_at, state
           FROM accidents
          WHERE id > $1
          ORDER BY id
          LIMIT $2",
    )
    .bind(after.unwrap_or(AccidentId(uuid::Uuid::nil())))
    .bind(limit)
    .fetch_all()
    .await
}
