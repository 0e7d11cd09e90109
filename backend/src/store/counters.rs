//! Numbers without a gap and without a double.
//!
//! The counter's row stays locked until the transaction ends, so a number is given back when its
//! transaction fails, and numbers become visible in their order.

use sqlx::Result;

use super::Tx;
use super::codec::Value;

/// The next number under this name; the first is 1.
///
/// Draw it late: until the commit everybody else who wants one waits.
pub async fn next(tx: &mut Tx, name: &str) -> Result<i64> {
    draw(tx, name, 1).await
}

/// The first of the next `count` numbers under this name.
pub async fn draw(tx: &mut Tx, name: &str, count: i64) -> Result<i64> {
    let last: Value = tx
        .query(
            "INSERT INTO counters (name, value) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value
             RETURNING value",
        )
        .bind(name)
        .bind(count)
        .fetch_one()
        .await?;
    Ok(last.value - count + 1)
}

/// The last number under this name; 0 before the first.
pub async fn last(tx: &mut Tx, name: &str) -> Result<i64> {
    let last: Option<Value> = tx
        .query("SELECT value FROM counters WHERE name = $1")
        .bind(name)
        .fetch_optional()
        .await?;
    Ok(last.map_or(0, |last| last.value))
}
