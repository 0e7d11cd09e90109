//! The insurers' machine clients.

use domain::id::{ClientId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::codec::row;
use super::{Json, Tx};

row! {
    /// One client of one insurer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ClientRow {
        pub client_id: ClientId,
        /// The secret is 256 random bits, so a plain digest keeps it.
        pub secret_hash: Sha256Hex,
        /// The insurer's code, as policies name it.
        pub insurer: String,
        pub scopes: Json<Vec<String>>,
        pub created_at: Instant,
        pub disabled_at: Option<Instant>,
    }
}

/// Makes a client unless the id is taken; answers whether one was made.
pub async fn insert_if_new(tx: &mut Tx, client: &ClientRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO clients (client_id, secret_hash, insurer, scopes, created_at, disabled_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
        )
        .bind(&client.client_id)
        .bind(&client.secret_hash)
        .bind(&client.insurer)
        .bind(Json(&client.scopes.0))
        .bind(client.created_at)
        .bind(client.disabled_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub async fn load(tx: &mut Tx, client_id: &ClientId) -> Result<Option<ClientRow>> {
    tx.query(
        "SELECT client_id, secret_hash, insurer, scopes, created_at, disabled_at
           FROM clients
          WHERE client_id = $1",
    )
    .bind(client_id)
    .fetch_optional()
    .await
}

/// Takes the client's rights away, tokens included; `false` when it had none.
pub async fn disable(tx: &mut Tx, client_id: &ClientId, now: Instant) -> Result<bool> {
    let rows = tx
        .query("UPDATE clients SET disabled_at = $2 WHERE client_id = $1 AND disabled_at IS NULL")
        .bind(client_id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}
