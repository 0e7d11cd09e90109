//! Which callbacks of the media service were taken in already.

use domain::time::Instant;
use sqlx::Result;

use super::Tx;

/// `true` when this event was not seen before: take it in, in this very transaction.
pub async fn insert_if_new(tx: &mut Tx, event_id: &str, now: Instant) -> Result<bool> {
    let rows = tx
        .query("INSERT INTO media_events (event_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(event_id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}
