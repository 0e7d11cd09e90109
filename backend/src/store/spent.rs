//! What may be shown only once, or no more: assertions already used, and tokens given back.

use domain::id::{ClientId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;

/// Uses an assertion up; `false` when it was used before, also by somebody at this very moment.
pub async fn spend_assertion(
    tx: &mut Tx,
    client_id: &ClientId,
    digest: &Sha256Hex,
    expires_at: Instant,
) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO spent_assertions (client_id, digest, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
        )
        .bind(client_id)
        .bind(digest)
        .bind(expires_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Ends one access token.
pub async fn revoke_token(tx: &mut Tx, jti: &str, expires_at: Instant) -> Result<()> {
    tx.query("INSERT INTO revoked_tokens (jti, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(jti)
        .bind(expires_at)
        .execute()
        .await
        .map(drop)
}

pub async fn is_token_revoked(tx: &mut Tx, jti: &str) -> Result<bool> {
    let found: Option<One> = tx
        .query("SELECT jti FROM revoked_tokens WHERE jti = $1")
        .bind(jti)
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

super::codec::row! {
    struct One {
        #[expect(dead_code, reason = "that there is a row is the answer")]
        jti: String,
    }
}

/// Forgets what would be refused by its age alone, and says how much that was.
pub async fn forget(tx: &mut Tx, now: Instant) -> Result<u64> {
    let assertions = tx
        .query("DELETE FROM spent_assertions WHERE expires_at < $1")
        .bind(now)
        .execute()
        .await?;
    let tokens = tx
        .query("DELETE FROM revoked_tokens WHERE expires_at < $1")
        .bind(now)
        .execute()
        .await?;
    Ok(assertions + tokens)
}
