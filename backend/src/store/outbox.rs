//! SMS to be sent: written with the deed, sent after its commit.

use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use super::Tx;
use super::codec::row;

row! {
    /// One message.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MessageRow {
        pub id: Uuid,
        /// The number; empty once it is sent and nobody needs it any more.
        pub recipient: String,
        pub body: String,
        pub created_at: Instant,
        /// When to try next.
        pub due_at: Instant,
        pub sent_at: Option<Instant>,
        pub tries: i64,
    }
}

pub async fn insert(tx: &mut Tx, id: Uuid, recipient: &str, body: &str, now: Instant) -> Result<()> {
    tx.query(
        "INSERT INTO sms_outbox (id, recipient, body, created_at, due_at, tries)
         VALUES ($1, $2, $3, $4, $4, 0)",
    )
    .bind(id)
    .bind(recipient)
    .bind(body)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// Takes one message that is due and puts the next try at `again_at`, so that two senders never take the
/// same one and a sender that dies loses none.
pub async fn take(tx: &mut Tx, now: Instant, again_at: Instant) -> Result<Option<MessageRow>> {
    tx.query(
        "UPDATE sms_outbox
            SET tries = tries + 1, due_at = $2
          WHERE id = (SELECT id FROM sms_outbox
                       WHERE sent_at IS NULL AND due_at <= $1
                       ORDER BY due_at, id LIMIT 1)
            AND sent_at IS NULL AND due_at <= $1
         RETURNING id, recipient, body, created_at, due_at, sent_at, tries",
    )
    .bind(now)
    .bind(again_at)
    .fetch_optional()
    .await
}

/// It was sent, or given up: number and text are forgotten unless `keep`.
pub async fn done(tx: &mut Tx, id: Uuid, now: Instant, keep: bool) -> Result<()> {
    let query = if keep {
        tx.query("UPDATE sms_outbox SET sent_at = $2 WHERE id = $1")
    } else {
        tx.query("UPDATE sms_outbox SET sent_at = $2, recipient = '', body = '' WHERE id = $1")
    };
    query.bind(id).bind(now).execute().await.map(drop)
}

/// The newest first, at most `limit`: the demo's inbox.
pub async fn list(tx: &mut Tx, limit: u32) -> Result<Vec<MessageRow>> {
    tx.query(
        "SELECT id, recipient, body, created_at, due_at, sent_at, tries
           FROM sms_outbox
          ORDER BY created_at DESC, id DESC
          LIMIT $1",
    )
    .bind(limit)
    .fetch_all()
    .await
}

/// The newest message to this number: a sandbox's people read their phones.
pub async fn newest_to(tx: &mut Tx, recipient: &str) -> Result<Option<MessageRow>> {
    tx.query(
        "SELECT id, recipient, body, created_at, due_at, sent_at, tries
           FROM sms_outbox
          WHERE recipient = $1
          ORDER BY created_at DESC, id DESC
          LIMIT 1",
    )
    .bind(recipient)
    .fetch_optional()
    .await
}

/// How often the next due message was tried; `None` when nothing is due.
pub async fn next_tries(tx: &mut Tx, now: Instant) -> Result<Option<i64>> {
    let next: Option<super::codec::Value> = tx
        .query(
            "SELECT tries AS value
               FROM sms_outbox
              WHERE sent_at IS NULL AND due_at <= $1
              ORDER BY due_at, id
              LIMIT 1",
        )
        .bind(now)
        .fetch_optional()
        .await?;
    Ok(next.map(|next| next.value))
}
