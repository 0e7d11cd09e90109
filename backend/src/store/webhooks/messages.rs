//! What insurers are to be told, in the order of events: written with the deed, told after its commit.

use domain::id::AccidentId;
use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use super::EndpointRow;
use crate::store::codec::row;
use crate::store::{Json, Tx, counters};

row! {
    /// One message for one insurer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MessageRow {
        /// Its place in the order of events.
        pub seq: i64,
        pub id: Uuid,
        pub insurer: String,
        pub kind: String,
        /// Messages of one case are told in their order.
        pub accident_id: Option<AccidentId>,
        pub settlement_id: Option<Uuid>,
        /// What is signed, byte for byte.
        pub body: String,
        /// By the clock outside.
        pub written_at: Instant,
    }
}

row! {
    /// An active endpoint and the kinds it wants.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Listener {
        pub id: Uuid,
        pub events: Json<Vec<String>>,
    }
}

/// The first of `count` places in the order of events; nobody else gets one until the commit, so whoever is told
/// place `n` is never told a smaller one of the same case later.
///
/// Late in the transaction: after the payment orders' places, before the events'.
pub async fn places(tx: &mut Tx, count: usize) -> Result<i64> {
    let count = i64::try_from(count).map_err(|error| sqlx::Error::Decode(error.into()))?;
    counters::draw(tx, "webhook_messages", count).await
}

pub async fn insert(tx: &mut Tx, row: &MessageRow) -> Result<()> {
    tx.query(
        "INSERT INTO webhook_messages (seq, id, insurer, kind, accident_id, settlement_id, body, written_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.seq)
    .bind(row.id)
    .bind(&row.insurer)
    .bind(&row.kind)
    .bind(row.accident_id)
    .bind(row.settlement_id)
    .bind(&row.body)
    .bind(row.written_at)
    .execute()
    .await
    .map(drop)
}

/// Active endpoints of the insurer.
pub async fn listeners(tx: &mut Tx, insurer: &str) -> Result<Vec<Listener>> {
    tx.query("SELECT id, events FROM webhook_endpoints WHERE insurer = $1 AND state = 'active' ORDER BY id")
        .bind(insurer)
        .fetch_all()
        .await
}

/// Whether somebody who asked for `events` is told of this kind.
pub fn wants(events: &[String], kind: &str) -> bool {
    events.is_empty() || events.iter().any(|wanted| wanted == kind)
}

/// Puts on this endpoint's list, again or for the first time, what its insurer was to be told since `since`, of one
/// kind; answers how much.
pub async fn put_again(
    tx: &mut Tx,
    endpoint: &EndpointRow,
    kind: &str,
    (since, now): (Instant, Instant),
) -> Result<u64> {
    tx.query(
        "INSERT INTO webhook_deliveries (endpoint_id, seq, accident_id, state, tries, attempts, due_at, created_at)
         SELECT $1, m.seq, m.accident_id, 'pending', 0, 0, $5, $5
           FROM webhook_messages m
          WHERE m.insurer = $2 AND m.kind = $3 AND m.written_at >= $4
         ON CONFLICT (endpoint_id, seq) DO UPDATE
            SET state = 'pending', tries = 0, due_at = excluded.due_at
          WHERE webhook_deliveries.state <> 'pending'",
    )
    .bind(endpoint.id)
    .bind(&endpoint.insurer)
    .bind(kind)
    .bind(since)
    .bind(now)
    .execute()
    .await
}

/// One message.
pub async fn load(tx: &mut Tx, seq: i64) -> Result<Option<MessageRow>> {
    tx.query(
        "SELECT seq, id, insurer, kind, accident_id, settlement_id, body, written_at
           FROM webhook_messages WHERE seq = $1",
    )
    .bind(seq)
    .fetch_optional()
    .await
}
