//! What became of each message at each endpoint. Whoever delivers takes a delivery by a lease: two never hold the
//! same one, and what somebody dies with is taken again when the lease ends.
//!
//! Of one case an endpoint is told in order: a delivery is not taken while an earlier one of the same case is
//! pending.

use domain::id::AccidentId;
use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use crate::store::Tx;
use crate::store::codec::{Value, row};

row! {
    /// One message at one endpoint, as its log shows it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DeliveryRow {
        pub endpoint_id: Uuid,
        pub seq: i64,
        pub message_id: Uuid,
        pub kind: String,
        pub settlement_id: Option<Uuid>,
        pub body: String,
        /// `pending`, `delivered`, `dead` or `skipped`.
        pub state: String,
        pub attempts: i64,
        pub due_at: Instant,
        pub created_at: Instant,
        pub last_at: Option<Instant>,
        pub last_status: Option<i64>,
        pub last_error: Option<String>,
        pub last_took_ms: Option<i64>,
    }
}

row! {
    /// A delivery that was taken.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Taken {
        pub endpoint_id: Uuid,
        pub seq: i64,
        /// Since it last became pending.
        pub tries: i64,
        pub attempts: i64,
    }
}

row! {
    /// An endpoint that has something to be told now.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Ready {
        pub id: Uuid,
        pub failing_since: Option<Instant>,
    }
}

row! {
    /// One attempt.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AttemptRow {
        pub number: i64,
        pub at: Instant,
        pub status: Option<i64>,
        /// Why it failed, as a word; none: it went well.
        pub error: Option<String>,
        pub took_ms: i64,
        /// The beginning of what was answered.
        pub answer: String,
    }
}

/// What an attempt leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    Delivered,
    At(Instant),
    Dead,
}

pub async fn insert(
    tx: &mut Tx,
    (endpoint, seq): (Uuid, i64),
    accident: Option<AccidentId>,
    now: Instant,
) -> Result<()> {
    tx.query(
        "INSERT INTO webhook_deliveries (endpoint_id, seq, accident_id, state, tries, attempts, due_at, created_at)
         VALUES ($1, $2, $3, 'pending', 0, 0, $4, $4)",
    )
    .bind(endpoint)
    .bind(seq)
    .bind(accident)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// Endpoints with a delivery that [`take`] would give.
pub async fn ready(tx: &mut Tx, now: Instant) -> Result<Vec<Ready>> {
    tx.query(
        "SELECT e.id, e.failing_since
           FROM webhook_endpoints e
          WHERE e.state = 'active'
            AND EXISTS (SELECT 1 FROM webhook_deliveries d
                         WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.due_at <= $1
                           AND (d.leased_until IS NULL OR d.leased_until <= $1)
                           AND NOT EXISTS (SELECT 1 FROM webhook_deliveries b
                                            WHERE b.endpoint_id = d.endpoint_id AND b.state = 'pending'
                                              AND b.accident_id = d.accident_id AND b.seq < d.seq))
          ORDER BY e.id",
    )
    .bind(now)
    .fetch_all()
    .await
}

/// Takes at most `limit` deliveries of an active endpoint that are due, under this lease, until `until`.
pub async fn take(
    tx: &mut Tx,
    endpoint: Uuid,
    (lease, now, until): (Uuid, Instant, Instant),
    limit: u32,
) -> Result<Vec<Taken>> {
    tx.query(
        "UPDATE webhook_deliveries
            SET lease = $2, leased_until = $4
          WHERE endpoint_id = $1 AND state = 'pending' AND due_at <= $3
            AND (leased_until IS NULL OR leased_until <= $3)
            AND seq IN (SELECT d.seq FROM webhook_deliveries d
                         WHERE d.endpoint_id = $1 AND d.state = 'pending' AND d.due_at <= $3
                           AND (d.leased_until IS NULL OR d.leased_until <= $3)
                           AND NOT EXISTS (SELECT 1 FROM webhook_deliveries b
                                            WHERE b.endpoint_id = d.endpoint_id AND b.state = 'pending'
                                              AND b.accident_id = d.accident_id AND b.seq < d.seq)
                           AND EXISTS (SELECT 1 FROM webhook_endpoints e
                                        WHERE e.id = d.endpoint_id AND e.state = 'active')
                         ORDER BY d.due_at, d.seq
                         LIMIT $5)
         RETURNING endpoint_id, seq, tries, attempts",
    )
    .bind(endpoint)
    .bind(lease)
    .bind(now)
    .bind(until)
    .bind(limit)
    .fetch_all()
    .await
}

/// Notes what became of a taken delivery; `false` when the lease is over or the delivery gone: whoever has it now
/// notes it.
pub async fn finish(
    tx: &mut Tx,
    taken: &Taken,
    lease: Uuid,
    (next, attempt): (Next, &AttemptRow),
) -> Result<bool> {
    let (state, due_at) = match next {
        Next::Delivered => ("delivered", attempt.at),
        Next::At(at) => ("pending", at),
        Next::Dead => ("dead", attempt.at),
    };
    // One that was skipped meanwhile stays skipped, unless it arrived.
    let rows = tx
        .query(
            "UPDATE webhook_deliveries
                SET state = CASE WHEN state = 'skipped' AND $4 <> 'delivered' THEN state ELSE $4 END,
                    due_at = $5, tries = tries + 1, attempts = attempts + 1, lease = NULL,
                    leased_until = NULL, last_at = $6, last_status = $7, last_error = $8, last_took_ms = $9
              WHERE endpoint_id = $1 AND seq = $2 AND lease = $3",
        )
        .bind(taken.endpoint_id)
        .bind(taken.seq)
        .bind(lease)
        .bind(state)
        .bind(due_at)
        .bind(attempt.at)
        .bind(attempt.status)
        .bind(&attempt.error)
        .bind(attempt.took_ms)
        .execute()
        .await?;
    if rows != 1 {
        return Ok(false);
    }
    tx.query(
        "INSERT INTO webhook_attempts (endpoint_id, seq, number, at, status, error, took_ms, answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(taken.endpoint_id)
    .bind(taken.seq)
    .bind(attempt.number)
    .bind(attempt.at)
    .bind(attempt.status)
    .bind(&attempt.error)
    .bind(attempt.took_ms)
    .bind(&attempt.answer)
    .execute()
    .await?;
    Ok(true)
}

/// What the endpoint was still to be told is not told.
pub(super) async fn skip_pending(tx: &mut Tx, endpoint: Uuid) -> Result<()> {
    tx.query("UPDATE webhook_deliveries SET state = 'skipped' WHERE endpoint_id = $1 AND state = 'pending'")
        .bind(endpoint)
        .execute()
        .await
        .map(drop)
}

/// One delivery, to be made again: now, and as often as a new one.
pub async fn again(tx: &mut Tx, endpoint: Uuid, seq: i64, now: Instant) -> Result<()> {
    tx.query(
        "UPDATE webhook_deliveries SET state = 'pending', tries = 0, due_at = $3
          WHERE endpoint_id = $1 AND seq = $2",
    )
    .bind(endpoint)
    .bind(seq)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// The endpoint's log, newest first, before the place `before`, at most `limit`; `state` empty: any.
pub async fn log(
    tx: &mut Tx,
    endpoint: Uuid,
    (before, state): (i64, &str),
    limit: u32,
) -> Result<Vec<DeliveryRow>> {
    tx.query(
        "SELECT d.endpoint_id, d.seq, m.id AS message_id, m.kind, m.settlement_id, m.body, d.state, d.attempts,
                d.due_at, d.created_at, d.last_at, d.last_status, d.last_error, d.last_took_ms
           FROM webhook_deliveries d JOIN webhook_messages m ON m.seq = d.seq
          WHERE d.endpoint_id = $1 AND d.seq < $2 AND ($3 = '' OR d.state = $3)
          ORDER BY d.seq DESC
          LIMIT $4",
    )
    .bind(endpoint)
    .bind(before)
    .bind(state)
    .bind(limit)
    .fetch_all()
    .await
}

/// One delivery.
pub async fn load(tx: &mut Tx, endpoint: Uuid, seq: i64) -> Result<Option<DeliveryRow>> {
    tx.query(
        "SELECT d.endpoint_id, d.seq, m.id AS message_id, m.kind, m.settlement_id, m.body, d.state, d.attempts,
                d.due_at, d.created_at, d.last_at, d.last_status, d.last_error, d.last_took_ms
           FROM webhook_deliveries d JOIN webhook_messages m ON m.seq = d.seq
          WHERE d.endpoint_id = $1 AND d.seq = $2",
    )
    .bind(endpoint)
    .bind(seq)
    .fetch_optional()
    .await
}

/// Every attempt of a delivery, oldest first.
pub async fn attempts(tx: &mut Tx, endpoint: Uuid, seq: i64) -> Result<Vec<AttemptRow>> {
    tx.query(
        "SELECT number, at, status, error, took_ms, answer FROM webhook_attempts
          WHERE endpoint_id = $1 AND seq = $2
          ORDER BY number",
    )
    .bind(endpoint)
    .bind(seq)
    .fetch_all()
    .await
}

/// How much an endpoint is still to be told.
pub async fn pending(tx: &mut Tx, endpoint: Uuid) -> Result<i64> {
    let count: Value = tx
        .query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM webhook_deliveries
              WHERE endpoint_id = $1 AND state = 'pending'",
        )
        .bind(endpoint)
        .fetch_one()
        .await?;
    Ok(count.value)
}
