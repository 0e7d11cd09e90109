//! The keys that sign access tokens and media tickets.

use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One ES256 key.
    #[derive(Clone, PartialEq, Eq)]
    pub struct KeyRow {
        pub kid: String,
        /// PKCS #8 as PEM.
        pub private: String,
        /// The public point, base64url.
        pub x: String,
        pub y: String,
        pub created_at: Instant,
        /// Since then it signs no more; for a while it still verifies.
        pub retired_at: Option<Instant>,
    }
}

pub async fn insert(tx: &mut Tx, key: &KeyRow) -> Result<()> {
    tx.query(
        "INSERT INTO signing_keys (kid, private, x, y, created_at, retired_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&key.kid)
    .bind(&key.private)
    .bind(&key.x)
    .bind(&key.y)
    .bind(key.created_at)
    .bind(key.retired_at)
    .execute()
    .await
    .map(drop)
}

/// The keys that sign, or signed at or after `since`; the newest first.
pub async fn list(tx: &mut Tx, since: Instant) -> Result<Vec<KeyRow>> {
    tx.query(
        "SELECT kid, private, x, y, created_at, retired_at
           FROM signing_keys
          WHERE retired_at IS NULL OR retired_at >= $1
          ORDER BY created_at DESC, kid DESC",
    )
    .bind(since)
    .fetch_all()
    .await
}

/// Retires every key that still signs.
pub async fn retire_all(tx: &mut Tx, now: Instant) -> Result<()> {
    tx.query("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL")
        .bind(now)
        .execute()
        .await
        .map(drop)
}
