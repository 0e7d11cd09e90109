//! The settlement records that insurers pull, in the order in which they changed.

use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Result;
use uuid::Uuid;

use super::codec::{Value, row};
use super::{Json, Tx, counters};

row! {
    /// One record as it now stands.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SettlementRow<T> {
        pub id: Uuid,
        /// Grows with every change of any record; an insurer's cursor.
        pub change_no: i64,
        pub accident_id: AccidentId,
        pub document_sha256: Sha256Hex,
        pub settled_at: Instant,
        pub body: Json<T>,
    }
}

row! {
    /// A settled accident: its place in the order of changes, and its stored state.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SettledRow<T> {
        pub change_no: i64,
        pub accident_id: AccidentId,
        pub state: Json<T>,
    }
}

row! {
    struct Put {
        id: Uuid,
    }
}

/// Where a record was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The record's id: the first one it was ever put under.
    pub id: Uuid,
    pub change_no: i64,
}

/// What is put; the place in the order of changes is drawn here.
#[derive(Clone, Debug)]
pub struct NewSettlement<'a, T> {
    /// Taken when the accident has no record yet; a later one keeps the first id.
    pub id: Uuid,
    pub accident_id: AccidentId,
    pub document_sha256: &'a Sha256Hex,
    pub settled_at: Instant,
    pub body: &'a T,
    /// Who may pull it: the insurers of a policy in this accident.
    pub insurers: &'a [String],
}

/// Puts the accident's record, in the place of an earlier one.
///
/// Late in the transaction, as the number is a [`counters`] one.
pub async fn put<T: Serialize>(tx: &mut Tx, new: &NewSettlement<'_, T>) -> Result<Place> {
    let change_no = counters::next(tx, "settlements").await?;
    let Put { id } = tx
        .query(
            "INSERT INTO settlement_records (id, change_no, accident_id, document_sha256, settled_at, body)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (accident_id) DO UPDATE
                SET change_no = excluded.change_no, document_sha256 = excluded.document_sha256,
                    settled_at = excluded.settled_at, body = excluded.body
             RETURNING id",
        )
        .bind(new.id)
        .bind(change_no)
        .bind(new.accident_id)
        .bind(new.document_sha256)
        .bind(new.settled_at)
        .bind(Json(new.body))
        .fetch_one()
        .await?;
    tx.query("DELETE FROM settlement_insurers WHERE record_id = $1")
        .bind(id)
        .execute()
        .await?;
    for insurer in new.insurers {
        tx.query(
            "INSERT INTO settlement_insurers (record_id, insurer) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(insurer)
        .execute()
        .await?;
    }
    Ok(Place { id, change_no })
}

/// The id of the accident's record, once there is one.
pub async fn id_of(tx: &mut Tx, accident: AccidentId) -> Result<Option<Uuid>> {
    let put: Option<Put> = tx
        .query("SELECT id FROM settlement_records WHERE accident_id = $1")
        .bind(accident)
        .fetch_optional()
        .await?;
    Ok(put.map(|put| put.id))
}

/// What changed for this insurer after `change_no`, in order, at most `limit`.
///
/// `CROSS JOIN` keeps SQLite on the order of changes: else it sorts all that the insurer has for every page.
pub async fn since<T: DeserializeOwned>(
    tx: &mut Tx,
    insurer: &str,
    change_no: i64,
    limit: u32,
) -> Result<Vec<SettlementRow<T>>> {
    tx.query(
        "SELECT r.id, r.change_no, r.accident_id, r.document_sha256, r.settled_at, r.body
           FROM settlement_records r CROSS JOIN settlement_insurers i
          WHERE r.change_no > $2 AND i.record_id = r.id AND i.insurer = $1
          ORDER BY r.change_no
          LIMIT $3",
    )
    .bind(insurer)
    .bind(change_no)
    .bind(limit)
    .fetch_all()
    .await
}

/// One record, if this insurer is involved.
pub async fn load<T: DeserializeOwned>(
    tx: &mut Tx,
    insurer: &str,
    id: Uuid,
) -> Result<Option<SettlementRow<T>>> {
    tx.query(
        "SELECT r.id, r.change_no, r.accident_id, r.document_sha256, r.settled_at, r.body
           FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
          WHERE i.insurer = $1 AND r.id = $2",
    )
    .bind(insurer)
    .bind(id)
    .fetch_optional()
    .await
}

/// The accident's record, whoever may pull it.
pub async fn of_accident<T: DeserializeOwned>(
    tx: &mut Tx,
    accident: AccidentId,
) -> Result<Option<SettlementRow<T>>> {
    tx.query(
        "SELECT id, change_no, accident_id, document_sha256, settled_at, body
           FROM settlement_records WHERE accident_id = $1",
    )
    .bind(accident)
    .fetch_optional()
    .await
}

/// The accident's record, if this insurer is involved.
pub async fn of_accident_for<T: DeserializeOwned>(
    tx: &mut Tx,
    insurer: &str,
    accident: AccidentId,
) -> Result<Option<SettlementRow<T>>> {
    tx.query(
        "SELECT r.id, r.change_no, r.accident_id, r.document_sha256, r.settled_at, r.body
           FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
          WHERE i.insurer = $1 AND r.accident_id = $2",
    )
    .bind(insurer)
    .bind(accident)
    .fetch_optional()
    .await
}

/// Accidents whose money was settled at `settled_from` or later, after `change_no`, in order, at most `limit`:
/// for replays, a page at a time.
pub async fn settled<T: DeserializeOwned>(
    tx: &mut Tx,
    settled_from: Instant,
    change_no: i64,
    limit: u32,
) -> Result<Vec<SettledRow<T>>> {
    tx.query(
        "SELECT r.change_no, r.accident_id, a.state
           FROM settlement_records r JOIN accidents a ON a.id = r.accident_id
          WHERE r.settled_at >= $1 AND r.change_no > $2
          ORDER BY r.change_no
          LIMIT $3",
    )
    .bind(settled_from)
    .bind(change_no)
    .bind(limit)
    .fetch_all()
    .await
}

/// How many [`settled`] would give in all.
pub async fn count_settled(tx: &mut Tx, settled_from: Instant) -> Result<u64> {
    let count: Value = tx
        .query("SELECT CAST(COUNT(*) AS BIGINT) AS value FROM settlement_records WHERE settled_at >= $1")
        .bind(settled_from)
        .fetch_one()
        .await?;
    Ok(count.value.unsigned_abs())
}

/// How many records this insurer has.
pub async fn count(tx: &mut Tx, insurer: &str) -> Result<u64> {
    let count: Value = tx
        .query("SELECT CAST(COUNT(*) AS BIGINT) AS value FROM settlement_insurers WHERE insurer = $1")
        .bind(insurer)
        .fetch_one()
        .await?;
    Ok(count.value.unsigned_abs())
}
