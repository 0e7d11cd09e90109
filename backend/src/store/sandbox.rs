//! What a sandbox remembers: how far its clock was moved on, and which stories it has told.

use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::{Value, row};

row! {
    struct Told {
        #[expect(dead_code, reason = "that there is a row is the answer")]
        name: String,
    }
}

/// Microseconds that time for cases is ahead of the machine's.
pub async fn offset_us(tx: &mut Tx) -> Result<i64> {
    let kept: Option<Value> = tx
        .query("SELECT offset_us AS value FROM sandbox_clock WHERE id = 1")
        .fetch_optional()
        .await?;
    Ok(kept.map_or(0, |kept| kept.value))
}

/// Moves it on by this much; answers how far ahead it is now. Two at once are both counted.
pub async fn advance(tx: &mut Tx, by_us: i64) -> Result<i64> {
    let moved: Value = tx
        .query(
            "INSERT INTO sandbox_clock (id, offset_us) VALUES (1, $1)
             ON CONFLICT (id) DO UPDATE SET offset_us = sandbox_clock.offset_us + $1
             RETURNING offset_us AS value",
        )
        .bind(by_us)
        .fetch_one()
        .await?;
    Ok(moved.value)
}

/// Whether the story of this name was told.
pub async fn is_told(tx: &mut Tx, name: &str) -> Result<bool> {
    let told: Option<Told> = tx
        .query("SELECT name FROM sandbox_stories WHERE name = $1")
        .bind(name)
        .fetch_optional()
        .await?;
    Ok(told.is_some())
}

/// It was told; a second time changes nothing.
pub async fn tell(tx: &mut Tx, name: &str, now: Instant) -> Result<()> {
    tx.query("INSERT INTO sandbox_stories (name, told_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(name)
        .bind(now)
        .execute()
        .await
        .map(drop)
}
