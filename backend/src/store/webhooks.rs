//! Addresses that insurers want to be told at, and the secrets that sign for them. What is told lies in
//! [`messages`], what became of it in [`deliveries`].

pub mod deliveries;
pub mod messages;

use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use super::codec::{Value, row};
use super::{Json, Tx, counters};

row! {
    /// One address of an insurer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EndpointRow {
        pub id: Uuid,
        /// Code of whose it is.
        pub insurer: String,
        pub url: String,
        /// Kinds of messages it wants; empty: all.
        pub events: Json<Vec<String>>,
        pub description: String,
        pub format: String,
        /// `active`, `disabled` or `deleted`.
        pub state: String,
        pub ended_at: Option<Instant>,
        pub ended_reason: Option<String>,
        pub ended_detail: Option<String>,
        /// The first failure since the last success.
        pub failing_since: Option<Instant>,
        pub created_at: Instant,
        pub created_by: String,
    }
}

row! {
    /// What signs for an endpoint; the newest has no end.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SecretRow {
        pub id: Uuid,
        pub endpoint_id: Uuid,
        /// `whsec_` and base64.
        pub secret: String,
        pub created_at: Instant,
        pub expires_at: Option<Instant>,
    }
}

/// Why an endpoint no longer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended<'a> {
    pub at: Instant,
    /// `gone`, `failing` or `by_hand`.
    pub reason: &'a str,
    pub detail: Option<&'a str>,
}

/// How many endpoints the insurer has; whoever else wants to add one waits until the commit.
pub async fn count_to_add(tx: &mut Tx, insurer: &str) -> Result<i64> {
    counters::next(tx, &format!("webhook_endpoints/{insurer}")).await?;
    let count: Value = tx
        .query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS value FROM webhook_endpoints
              WHERE insurer = $1 AND state <> 'deleted'",
        )
        .bind(insurer)
        .fetch_one()
        .await?;
    Ok(count.value)
}

pub async fn insert(tx: &mut Tx, row: &EndpointRow) -> Result<()> {
    tx.query(
        "INSERT INTO webhook_endpoints (id, insurer, url, events, description, format, state, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.id)
    .bind(&row.insurer)
    .bind(&row.url)
    .bind(Json(&row.events.0))
    .bind(&row.description)
    .bind(&row.format)
    .bind(&row.state)
    .bind(row.created_at)
    .bind(&row.created_by)
    .execute()
    .await
    .map(drop)
}

/// What its owner may change, and the same for being disabled and enabled.
pub async fn update(tx: &mut Tx, row: &EndpointRow) -> Result<()> {
    tx.query(
        "UPDATE webhook_endpoints
            SET url = $2, events = $3, description = $4, state = $5, ended_at = $6, ended_reason = $7,
                ended_detail = $8, failing_since = $9
          WHERE id = $1 AND state <> 'deleted'",
    )
    .bind(row.id)
    .bind(&row.url)
    .bind(Json(&row.events.0))
    .bind(&row.description)
    .bind(&row.state)
    .bind(row.ended_at)
    .bind(&row.ended_reason)
    .bind(&row.ended_detail)
    .bind(row.failing_since)
    .execute()
    .await
    .map(drop)
}

/// The insurer's endpoints, oldest first.
pub async fn list(tx: &mut Tx, insurer: &str) -> Result<Vec<EndpointRow>> {
    tx.query(
        "SELECT id, insurer, url, events, description, format, state, ended_at, ended_reason, ended_detail,
                failing_since, created_at, created_by
           FROM webhook_endpoints
          WHERE insurer = $1 AND state <> 'deleted'
          ORDER BY created_at, id",
    )
    .bind(insurer)
    .fetch_all()
    .await
}

/// One endpoint, if it is this insurer's.
pub async fn load(tx: &mut Tx, insurer: &str, id: Uuid) -> Result<Option<EndpointRow>> {
    let found = find(tx, id).await?;
    Ok(found.filter(|row| row.insurer == insurer))
}

/// One endpoint, whosever it is, unless it is deleted.
pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<EndpointRow>> {
    tx.query(
        "SELECT id, insurer, url, events, description, format, state, ended_at, ended_reason, ended_detail,
                failing_since, created_at, created_by
           FROM webhook_endpoints
          WHERE id = $1 AND state <> 'deleted'",
    )
    .bind(id)
    .fetch_optional()
    .await
}

/// Deletes it with its secrets and its log. Its empty row stays for as long as something refers to it: a deed
/// that is under way may be writing a delivery.
pub async fn delete(tx: &mut Tx, id: Uuid, now: Instant) -> Result<()> {
    tx.query(
        "UPDATE webhook_endpoints SET state = 'deleted', url = '', description = '', ended_at = $2 WHERE id = $1",
    )
    .bind(id)
    .bind(now)
    .execute()
    .await?;
    for sql in [
        // Whoever is telling one of them notes nothing any more.
        "UPDATE webhook_deliveries SET lease = NULL WHERE endpoint_id = $1",
        "DELETE FROM webhook_attempts WHERE endpoint_id = $1",
        "DELETE FROM webhook_deliveries WHERE endpoint_id = $1",
        "DELETE FROM webhook_secrets WHERE endpoint_id = $1",
    ] {
        tx.query(sql).bind(id).execute().await?;
    }
    Ok(())
}

/// Disables one that is active and skips what it was still to be told; `false`: it was not active.
pub async fn disable(tx: &mut Tx, id: Uuid, ended: &Ended<'_>) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE webhook_endpoints
                SET state = 'disabled', ended_at = $2, ended_reason = $3, ended_detail = $4
              WHERE id = $1 AND state = 'active'",
        )
        .bind(id)
        .bind(ended.at)
        .bind(ended.reason)
        .bind(ended.detail)
        .execute()
        .await?;
    if rows != 1 {
        return Ok(false);
    }
    deliveries::skip_pending(tx, id).await?;
    Ok(true)
}

/// Notes how the last attempt went: well, or the moment of a failure.
pub async fn note_outcome(tx: &mut Tx, id: Uuid, failed_at: Option<Instant>) -> Result<()> {
    // Only what changes is written: an endpoint that is well is not touched by every delivery.
    let query = match failed_at {
        None => tx
            .query("UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL")
            .bind(id),
        Some(at) => tx
            .query("UPDATE webhook_endpoints SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL")
            .bind(id)
            .bind(at),
    };
    query.execute().await.map(drop)
}

pub async fn insert_secret(tx: &mut Tx, row: &SecretRow) -> Result<()> {
    tx.query(
        "INSERT INTO webhook_secrets (id, endpoint_id, secret, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(row.id)
    .bind(row.endpoint_id)
    .bind(&row.secret)
    .bind(row.created_at)
    .bind(row.expires_at)
    .execute()
    .await
    .map(drop)
}

/// Makes room for a new secret: what had an end already goes, the newest ends at `ends`.
pub async fn retire_secrets(tx: &mut Tx, endpoint: Uuid, ends: Instant) -> Result<()> {
    tx.query("DELETE FROM webhook_secrets WHERE endpoint_id = $1 AND expires_at IS NOT NULL")
        .bind(endpoint)
        .execute()
        .await?;
    tx.query("UPDATE webhook_secrets SET expires_at = $2 WHERE endpoint_id = $1")
        .bind(endpoint)
        .bind(ends)
        .execute()
        .await
        .map(drop)
}

/// What signs for the endpoint at `now`, the newest first.
pub async fn secrets(tx: &mut Tx, endpoint: Uuid, now: Instant) -> Result<Vec<SecretRow>> {
    tx.query(
        "SELECT id, endpoint_id, secret, created_at, expires_at FROM webhook_secrets
          WHERE endpoint_id = $1 AND (expires_at IS NULL OR expires_at > $2)
          ORDER BY CASE WHEN expires_at IS NULL THEN 0 ELSE 1 END, created_at DESC, id DESC",
    )
    .bind(endpoint)
    .bind(now)
    .fetch_all()
    .await
}

/// Takes away secrets that have ended and messages written before `before`, with all that became of them.
pub async fn forget(tx: &mut Tx, before: Instant, now: Instant) -> Result<()> {
    tx.query("DELETE FROM webhook_secrets WHERE expires_at <= $1")
        .bind(now)
        .execute()
        .await?;
    for sql in [
        "UPDATE webhook_deliveries SET lease = NULL
          WHERE lease IS NOT NULL AND seq IN (SELECT seq FROM webhook_messages WHERE written_at < $1)",
        "DELETE FROM webhook_attempts
          WHERE (endpoint_id, seq) IN (SELECT d.endpoint_id, d.seq
                                         FROM webhook_messages m JOIN webhook_deliveries d ON d.seq = m.seq
                                        WHERE m.written_at < $1)",
        "DELETE FROM webhook_deliveries
          WHERE seq IN (SELECT seq FROM webhook_messages WHERE written_at < $1)",
        "DELETE FROM webhook_messages WHERE written_at < $1",
        "DELETE FROM webhook_endpoints
          WHERE state = 'deleted' AND ended_at < $1
            AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = webhook_endpoints.id)",
    ] {
        tx.query(sql).bind(before).execute().await?;
    }
    Ok(())
}
