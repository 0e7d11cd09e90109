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
    let next: Value = tx
        .query(
            "INSERT INTO counters (name, value) VALUES ($1, 1)
             ON CONFLICT (name) DO UPDATE SET value = counters.value + 1
             RETURNING value",
        )
        .bind(name)
        .fetch_one()
        .await?;
    Ok(next.value)
}
