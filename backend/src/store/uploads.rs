//! Resumable uploads: how far each has come.

use domain::id::{AccidentId, EvidenceId, OfficerId, PartyId, UploadId};
use domain::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Result;

use super::codec::row;
use super::{Json, Tx};

row! {
    /// One upload; exactly one of `by_party` and `by_officer` is set.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UploadRow<T> {
        pub id: UploadId,
        pub accident_id: AccidentId,
        pub by_party: Option<PartyId>,
        pub by_officer: Option<OfficerId>,
        /// Bytes announced.
        pub length: u64,
        /// Bytes that are on our disk.
        pub received: u64,
        pub metadata: Json<T>,
        pub created_at: Instant,
        pub expires_at: Instant,
        pub done_at: Option<Instant>,
        /// What it became.
        pub evidence_id: Option<EvidenceId>,
    }
}

pub async fn insert<T: Serialize>(tx: &mut Tx, upload: &UploadRow<T>) -> Result<()> {
    tx.query(
        "INSERT INTO uploads (id, accident_id, by_party, by_officer, length, received, metadata, created_at,
                              expires_at, done_at, evidence_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(upload.id)
    .bind(upload.accident_id)
    .bind(upload.by_party)
    .bind(upload.by_officer)
    .bind(upload.length)
    .bind(upload.received)
    .bind(Json(&upload.metadata.0))
    .bind(upload.created_at)
    .bind(upload.expires_at)
    .bind(upload.done_at)
    .bind(upload.evidence_id)
    .execute()
    .await
    .map(drop)
}

pub async fn load<T: DeserializeOwned>(tx: &mut Tx, id: UploadId) -> Result<Option<UploadRow<T>>> {
    tx.query(
        "SELECT id, accident_id, by_party, by_officer, length, received, metadata, created_at, expires_at,
                done_at, evidence_id
           FROM uploads
          WHERE id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

/// Moves the mark from `seen` to `received`; `false` when it does not stand at `seen` or the upload is done.
pub async fn advance(tx: &mut Tx, id: UploadId, seen: u64, received: u64) -> Result<bool> {
    let rows = tx
        .query("UPDATE uploads SET received = $3 WHERE id = $1 AND received = $2 AND done_at IS NULL")
        .bind(id)
        .bind(seen)
        .bind(received)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Closes a complete upload; `false` when it is incomplete or was closed before.
pub async fn finish(tx: &mut Tx, id: UploadId, evidence: EvidenceId, now: Instant) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE uploads SET done_at = $2, evidence_id = $3
              WHERE id = $1 AND done_at IS NULL AND received = length",
        )
        .bind(id)
        .bind(now)
        .bind(evidence)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Unfinished uploads whose time is over, oldest first, at most `limit`.
pub async fn expired<T: DeserializeOwned>(
    tx: &mut Tx,
    now: Instant,
    limit: u32,
) -> Result<Vec<UploadRow<T>>> {
    tx.query(
        "SELECT id, accident_id, by_party, by_officer, length, received, metadata, created_at, expires_at,
                done_at, evidence_id
           FROM uploads
          WHERE done_at IS NULL AND expires_at < $1
          ORDER BY expires_at, id
          LIMIT $2",
    )
    .bind(now)
    .bind(limit)
    .fetch_all()
    .await
}

/// Forgets an unfinished upload; `false` when there is none.
pub async fn delete(tx: &mut Tx, id: UploadId) -> Result<bool> {
    let rows = tx
        .query("DELETE FROM uploads WHERE id = $1 AND done_at IS NULL")
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}
