//! Documents that wait for a time stamp: written with the last signature, asked for after its commit.

use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::{Value, row};

row! {
    /// One document that is to be stamped.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct StampingRow {
        pub sha256: Sha256Hex,
        pub accident_id: AccidentId,
        pub created_at: Instant,
        /// When to try next.
        pub due_at: Instant,
        pub tries: i64,
        pub done_at: Option<Instant>,
        /// `stamped` or `superseded`, once it is done.
        pub outcome: Option<String>,
    }
}

/// Asks for a stamp; a second time changes nothing.
pub async fn insert_if_new(
    tx: &mut Tx,
    sha256: &Sha256Hex,
    accident: AccidentId,
    now: Instant,
) -> Result<()> {
    tx.query(
        "INSERT INTO stampings (sha256, accident_id, created_at, due_at, tries)
         VALUES ($1, $2, $3, $3, 0)
         ON CONFLICT DO NOTHING",
    )
    .bind(sha256)
    .bind(accident)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// How often the next due one was tried; `None` when nothing is due.
pub async fn next_tries(tx: &mut Tx, now: Instant) -> Result<Option<i64>> {
    let next: Option<Value> = tx
        .query(
            "SELECT tries AS value
               FROM stampings
              WHERE done_at IS NULL AND due_at <= $1
              ORDER BY due_at, sha256
              LIMIT 1",
        )
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(next.map(|next| next.value))
}

/// Takes one that is due and puts the next try at `again_at`: two workers never ask for the same one, and one
/// that dies loses none.
pub async fn take(tx: &mut Tx, now: Instant, again_at: Instant) -> Result<Option<StampingRow>> {
    tx.query(
        "UPDATE stampings
            SET tries = tries + 1, due_at = $2
          WHERE sha256 = (SELECT sha256 FROM stampings
                           WHERE done_at IS NULL AND due_at <= $1
                           ORDER BY due_at, sha256 LIMIT 1)
            AND done_at IS NULL AND due_at <= $1
         RETURNING sha256, accident_id, created_at, due_at, tries, done_at, outcome",
    )
    .bind(now)
    .bind(again_at)
    .fetch_optional()
    .await
}

pub async fn done(tx: &mut Tx, sha256: &Sha256Hex, now: Instant, outcome: &str) -> Result<()> {
    tx.query("UPDATE stampings SET done_at = $2, outcome = $3 WHERE sha256 = $1")
        .bind(sha256)
        .bind(now)
        .bind(outcome)
        .execute()
        .await
        .map(drop)
}
