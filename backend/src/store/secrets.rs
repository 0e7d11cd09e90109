//! What only this installation knows.

use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    struct Secret {
        value: String,
    }
}

pub async fn load(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let found: Option<Secret> = tx
        .query("SELECT value FROM secrets WHERE name = $1")
        .bind(name)
        .fetch_optional()
        .await?;
    Ok(found.map(|secret| secret.value))
}

/// The secret of this name; `made` becomes it when there is none. Two at once get the same.
pub async fn load_or_insert(tx: &mut Tx, name: &str, made: &str) -> Result<String> {
    tx.query("INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(name)
        .bind(made)
        .execute()
        .await?;
    let kept: Secret = tx
        .query("SELECT value FROM secrets WHERE name = $1")
        .bind(name)
        .fetch_one()
        .await?;
    Ok(kept.value)
}
