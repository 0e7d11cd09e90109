//! The insurers' machine clients.

use domain::id::{ClientId, InsurerCode, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::codec::row;
use super::{Json, Tx};

row! {
    /// One client of one insurer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ClientRow {
        pub client_id: ClientId,
        /// The insurer's code, as policies name it.
        pub insurer: String,
        pub scopes: Json<Vec<String>>,
        /// Where its public keys are, when they are not kept here.
        pub jwks_url: Option<String>,
        /// Networks it may come from, as CIDR; none: from anywhere.
        pub networks: Json<Vec<String>>,
        /// Requests it may make, a minute.
        pub per_minute: i64,
        /// Its tokens issued up to then are dead.
        pub tokens_from: Option<Instant>,
        pub created_at: Instant,
        pub disabled_at: Option<Instant>,
    }
}

/// Makes a client unless the id is taken; answers whether one was made.
pub async fn insert_if_new(tx: &mut Tx, client: &ClientRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO clients (client_id, insurer, scopes, jwks_url, networks, per_minute, tokens_from,
                                  created_at, disabled_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT DO NOTHING",
        )
        .bind(&client.client_id)
        .bind(&client.insurer)
        .bind(Json(&client.scopes.0))
        .bind(client.jwks_url.as_deref())
        .bind(Json(&client.networks.0))
        .bind(client.per_minute)
        .bind(client.tokens_from)
        .bind(client.created_at)
        .bind(client.disabled_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub async fn load(tx: &mut Tx, client_id: &ClientId) -> Result<Option<ClientRow>> {
    tx.query(
        "SELECT client_id, insurer, scopes, jwks_url, networks, per_minute, tokens_from, created_at, disabled_at
           FROM clients
          WHERE client_id = $1",
    )
    .bind(client_id)
    .fetch_optional()
    .await
}

/// The clients in the order of their ids, at most `limit`.
pub async fn list(tx: &mut Tx, limit: u32) -> Result<Vec<ClientRow>> {
    tx.query(
        "SELECT client_id, insurer, scopes, jwks_url, networks, per_minute, tokens_from, created_at, disabled_at
           FROM clients
          ORDER BY client_id
          LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all()
    .await
}

/// The clients of one insurer in the order of their ids, at most `limit`.
pub async fn of_insurer(tx: &mut Tx, insurer: InsurerCode, limit: u32) -> Result<Vec<ClientRow>> {
    tx.query(
        "SELECT client_id, insurer, scopes, jwks_url, networks, per_minute, tokens_from, created_at, disabled_at
           FROM clients
          WHERE insurer = $1
          ORDER BY client_id
          LIMIT $2",
    )
    .bind(insurer)
    .bind(i64::from(limit))
    .fetch_all()
    .await
}

/// Writes what an operator may change: scopes, networks, rate and where the keys are.
pub async fn change(tx: &mut Tx, client: &ClientRow) -> Result<()> {
    tx.query(
        "UPDATE clients SET scopes = $2, jwks_url = $3, networks = $4, per_minute = $5 WHERE client_id = $1",
    )
    .bind(&client.client_id)
    .bind(Json(&client.scopes.0))
    .bind(client.jwks_url.as_deref())
    .bind(Json(&client.networks.0))
    .bind(client.per_minute)
    .execute()
    .await
    .map(drop)
}

/// Takes the client's rights away, tokens included; `false` when it had none.
pub async fn disable(tx: &mut Tx, client_id: &ClientId, now: Instant) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE clients SET disabled_at = $2, tokens_from = $2
              WHERE client_id = $1 AND disabled_at IS NULL",
        )
        .bind(client_id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Gives them back, the old tokens not; `false` when nothing was taken.
pub async fn enable(tx: &mut Tx, client_id: &ClientId) -> Result<bool> {
    let rows = tx
        .query("UPDATE clients SET disabled_at = NULL WHERE client_id = $1 AND disabled_at IS NOT NULL")
        .bind(client_id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends every token issued up to now.
pub async fn end_tokens(tx: &mut Tx, client_id: &ClientId, now: Instant) -> Result<()> {
    tx.query("UPDATE clients SET tokens_from = $2 WHERE client_id = $1")
        .bind(client_id)
        .bind(now)
        .execute()
        .await
        .map(drop)
}

row! {
    /// The digest of a client's secret.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SecretRow {
        /// The secret is 256 random bits, so a plain digest keeps it.
        pub digest: Sha256Hex,
        pub created_at: Instant,
    }
}

/// The client's secret, when an operator gave it one.
pub async fn secret(tx: &mut Tx, client_id: &ClientId) -> Result<Option<SecretRow>> {
    tx.query("SELECT digest, created_at FROM client_secrets WHERE client_id = $1")
        .bind(client_id)
        .fetch_optional()
        .await
}

/// Gives the client this secret and takes any other away.
pub async fn set_secret(tx: &mut Tx, client_id: &ClientId, digest: &Sha256Hex, now: Instant) -> Result<()> {
    tx.query(
        "INSERT INTO client_secrets (client_id, digest, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (client_id) DO UPDATE SET digest = excluded.digest, created_at = excluded.created_at",
    )
    .bind(client_id)
    .bind(digest)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// `false` when it had none.
pub async fn remove_secret(tx: &mut Tx, client_id: &ClientId) -> Result<bool> {
    let rows = tx
        .query("DELETE FROM client_secrets WHERE client_id = $1")
        .bind(client_id)
        .execute()
        .await?;
    Ok(rows == 1)
}
