//! How often somebody tried something lately.

use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// The window as it now stands.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Window {
        pub since: Instant,
        /// This one included.
        pub tries: i64,
    }
}

/// Counts one try. A window that began before `cutoff` is over and a new one begins `now`.
pub async fn count(tx: &mut Tx, kind: &str, subject: &str, now: Instant, cutoff: Instant) -> Result<Window> {
    tx.query(
        "INSERT INTO throttles (kind, subject, since, tries) VALUES ($1, $2, $3, 1)
         ON CONFLICT (kind, subject) DO UPDATE
            SET tries = CASE WHEN throttles.since < $4 THEN 1 ELSE throttles.tries + 1 END,
                since = CASE WHEN throttles.since < $4 THEN excluded.since ELSE throttles.since END
         RETURNING since, tries",
    )
    .bind(kind)
    .bind(subject)
    .bind(now)
    .bind(cutoff)
    .fetch_one()
    .await
}

/// It went well: the count begins anew.
pub async fn clear(tx: &mut Tx, kind: &str, subject: &str) -> Result<()> {
    tx.query("DELETE FROM throttles WHERE kind = $1 AND subject = $2")
        .bind(kind)
        .bind(subject)
        .execute()
        .await
        .map(drop)
}
