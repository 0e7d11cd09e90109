//! The public keys of insurers' clients: those kept here, and the last answer of those that publish theirs.

use domain::id::ClientId;
use domain::time::Instant;
use serde_json::Value;
use sqlx::Result;

use super::codec::row;
use super::{Json, Tx};

row! {
    /// One public key and when it counts.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ClientKeyRow {
        pub kid: String,
        pub alg: String,
        /// Public members only.
        pub jwk: Json<Value>,
        pub not_before: Instant,
        /// From then on it counts no more.
        pub not_after: Option<Instant>,
        pub created_at: Instant,
    }
}

/// Keeps a key unless the client has one of this id; answers whether it was kept.
pub async fn insert_if_new(tx: &mut Tx, client_id: &ClientId, key: &ClientKeyRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO client_keys (client_id, kid, alg, jwk, not_before, not_after, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT DO NOTHING",
        )
        .bind(client_id)
        .bind(&key.kid)
        .bind(&key.alg)
        .bind(Json(&key.jwk.0))
        .bind(key.not_before)
        .bind(key.not_after)
        .bind(key.created_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The client's key of this id, also when it does not count now.
pub async fn load(tx: &mut Tx, client_id: &ClientId, kid: &str) -> Result<Option<ClientKeyRow>> {
    tx.query(
        "SELECT kid, alg, jwk, not_before, not_after, created_at
           FROM client_keys
          WHERE client_id = $1 AND kid = $2",
    )
    .bind(client_id)
    .bind(kid)
    .fetch_optional()
    .await
}

/// All of the client's keys, the oldest first, at most `limit`.
pub async fn list(tx: &mut Tx, client_id: &ClientId, limit: u32) -> Result<Vec<ClientKeyRow>> {
    tx.query(
        "SELECT kid, alg, jwk, not_before, not_after, created_at
           FROM client_keys
          WHERE client_id = $1
          ORDER BY created_at, kid
          LIMIT $2",
    )
    .bind(client_id)
    .bind(i64::from(limit))
    .fetch_all()
    .await
}

/// Says from when on a key counts no more; `false` when there is no such key.
pub async fn end(tx: &mut Tx, client_id: &ClientId, kid: &str, at: Instant) -> Result<bool> {
    let rows = tx
        .query("UPDATE client_keys SET not_after = $3 WHERE client_id = $1 AND kid = $2")
        .bind(client_id)
        .bind(kid)
        .bind(at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes a key away; `false` when there is no such key.
pub async fn remove(tx: &mut Tx, client_id: &ClientId, kid: &str) -> Result<bool> {
    let rows = tx
        .query("DELETE FROM client_keys WHERE client_id = $1 AND kid = $2")
        .bind(client_id)
        .bind(kid)
        .execute()
        .await?;
    Ok(rows == 1)
}

row! {
    /// What a client published when it was last asked.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct KeySetRow {
        /// None until it answered once.
        pub body: Option<String>,
        pub fetched_at: Option<Instant>,
        pub tried_at: Instant,
    }
}

pub async fn set(tx: &mut Tx, client_id: &ClientId) -> Result<Option<KeySetRow>> {
    tx.query("SELECT body, fetched_at, tried_at FROM client_key_sets WHERE client_id = $1")
        .bind(client_id)
        .fetch_optional()
        .await
}

/// Whether the caller may ask the client now: nobody else did since `cutoff`. Whoever gets `true` asks.
pub async fn claim_asking(tx: &mut Tx, client_id: &ClientId, now: Instant, cutoff: Instant) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO client_key_sets (client_id, tried_at) VALUES ($1, $2)
             ON CONFLICT (client_id) DO UPDATE SET tried_at = excluded.tried_at
              WHERE client_key_sets.tried_at <= $3",
        )
        .bind(client_id)
        .bind(now)
        .bind(cutoff)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Keeps an answer.
pub async fn keep_set(tx: &mut Tx, client_id: &ClientId, body: &str, now: Instant) -> Result<()> {
    tx.query("UPDATE client_key_sets SET body = $2, fetched_at = $3 WHERE client_id = $1")
        .bind(client_id)
        .bind(body)
        .bind(now)
        .execute()
        .await
        .map(drop)
}

/// Forgets what the client published: it is somewhere else now.
pub async fn forget_set(tx: &mut Tx, client_id: &ClientId) -> Result<()> {
    tx.query("DELETE FROM client_key_sets WHERE client_id = $1")
        .bind(client_id)
        .execute()
        .await
        .map(drop)
}
