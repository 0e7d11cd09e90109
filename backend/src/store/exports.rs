//! Files that insurers asked for: which, how far they are, and until when they are there. Whoever writes one holds it for
//! a while and says so again; who stops saying so has lost it.

use domain::id::InsurerCode;
use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use super::Tx;
use super::codec::{Value, row};

row! {
    /// One file, wanted or there.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ExportRow {
        pub id: Uuid,
        pub insurer: InsurerCode,
        pub by_whom: String,
        pub kind: String,
        pub format: String,
        /// `2026-11-01`, in China's calendar.
        pub from_day: Option<String>,
        pub to_day: Option<String>,
        /// Only what is in this state.
        pub wanted: Option<String>,
        /// `queued`, `running`, `done`, `failed`.
        pub state: String,
        /// Records gone through, of `total`.
        pub done: u64,
        pub total: u64,
        pub created_at: Instant,
        pub expires_at: Instant,
    }
}

row! {
    struct Id {
        id: Uuid,
    }
}

pub async fn insert(tx: &mut Tx, row: &ExportRow) -> Result<()> {
    tx.query(
        "INSERT INTO exports (id, insurer, by_whom, kind, format, from_day, to_day, wanted, state, done, total,
                              created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(row.id)
    .bind(row.insurer)
    .bind(&row.by_whom)
    .bind(&row.kind)
    .bind(&row.format)
    .bind(&row.from_day)
    .bind(&row.to_day)
    .bind(&row.wanted)
    .bind(&row.state)
    .bind(row.done)
    .bind(row.total)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute()
    .await
    .map(drop)
}

/// This insurer's file, until it expires.
pub async fn load(tx: &mut Tx, insurer: InsurerCode, id: Uuid, now: Instant) -> Result<Option<ExportRow>> {
    tx.query(
        "SELECT id, insurer, by_whom, kind, format, from_day, to_day, wanted, state, done, total, created_at,
                expires_at
           FROM exports WHERE id = $1 AND insurer = $2 AND expires_at > $3",
    )
    .bind(id)
    .bind(insurer)
    .bind(now)
    .fetch_optional()
    .await
}

/// How many of this insurer's wait or are being written.
pub async fn count_open(tx: &mut Tx, insurer: InsurerCode) -> Result<u64> {
    let count: Value = tx
        .query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM exports
              WHERE insurer = $1 AND state IN ('queued', 'running')",
        )
        .bind(insurer)
        .fetch_one()
        .await?;
    Ok(count.value.unsigned_abs())
}

/// Takes the oldest one that nobody is writing, and holds it until `until`.
pub async fn claim(tx: &mut Tx, now: Instant, until: Instant) -> Result<Option<ExportRow>> {
    tx.query(
        "UPDATE exports SET state = 'running', done = 0, held_until = $2
          WHERE id = (SELECT id FROM exports
                       WHERE state IN ('queued', 'running') AND (held_until IS NULL OR held_until <= $1)
                         AND expires_at > $1
                       ORDER BY created_at, id
                       LIMIT 1)
            AND state IN ('queued', 'running') AND (held_until IS NULL OR held_until <= $1)
         RETURNING id, insurer, by_whom, kind, format, from_day, to_day, wanted, state, done, total, created_at,
                   expires_at",
    )
    .bind(now)
    .bind(until)
    .fetch_optional()
    .await
}

/// How far it is; holds it until `until`.
pub async fn advance(tx: &mut Tx, id: Uuid, (done, total): (u64, u64), until: Instant) -> Result<()> {
    tx.query("UPDATE exports SET done = $2, total = $3, held_until = $4 WHERE id = $1 AND state = 'running'")
        .bind(id)
        .bind(done)
        .bind(total)
        .bind(until)
        .execute()
        .await
        .map(drop)
}

/// It is there, or it cannot be written.
pub async fn finish(tx: &mut Tx, id: Uuid, state: &str, done: u64) -> Result<()> {
    tx.query(
        "UPDATE exports SET state = $2, done = $3, total = $3, held_until = NULL
          WHERE id = $1 AND state = 'running'",
    )
    .bind(id)
    .bind(state)
    .bind(done)
    .execute()
    .await
    .map(drop)
}

/// Those whose time is over, at most `limit`.
pub async fn expired(tx: &mut Tx, now: Instant, limit: u32) -> Result<Vec<Uuid>> {
    let rows: Vec<Id> = tx
        .query("SELECT id FROM exports WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2")
        .bind(now)
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

pub async fn delete(tx: &mut Tx, id: Uuid) -> Result<()> {
    tx.query("DELETE FROM exports WHERE id = $1")
        .bind(id)
        .execute()
        .await
        .map(drop)
}
