//! The facts of each accident: appended, never changed, chained by digest. Only [`super::destroy`] takes any away.
//!
//! The chain is computed and checked by the domain; here the very bytes are kept.

use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One fact.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FactRow {
        pub accident_id: AccidentId,
        /// 1, 2, 3 … within the accident.
        pub seq: u64,
        pub kind: String,
        /// Exactly the text that was digested.
        pub body: String,
        pub at: Instant,
        pub by_whom: String,
        pub digest: Sha256Hex,
        pub previous_digest: Sha256Hex,
    }
}

/// # Errors
/// A unique violation when a `seq` is taken: somebody else appended in between.
pub async fn append(tx: &mut Tx, facts: &[FactRow]) -> Result<()> {
    for fact in facts {
        tx.query(
            "INSERT INTO facts (accident_id, seq, kind, body, at, by_whom, digest, previous_digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(fact.accident_id)
        .bind(fact.seq)
        .bind(&fact.kind)
        .bind(&fact.body)
        .bind(fact.at)
        .bind(&fact.by_whom)
        .bind(&fact.digest)
        .bind(&fact.previous_digest)
        .execute()
        .await?;
    }
    Ok(())
}

/// All facts of one accident in order. No limit: a chain cut short proves nothing.
pub async fn list(tx: &mut Tx, accident: AccidentId) -> Result<Vec<FactRow>> {
    tx.query(
        "SELECT accident_id, seq, kind, body, at, by_whom, digest, previous_digest
           FROM facts
          WHERE accident_id = $1
          ORDER BY seq",
    )
    .bind(accident)
    .fetch_all()
    .await
}

/// The last fact: where the chain goes on.
pub async fn last(tx: &mut Tx, accident: AccidentId) -> Result<Option<FactRow>> {
    tx.query(
        "SELECT accident_id, seq, kind, body, at, by_whom, digest, previous_digest
           FROM facts
          WHERE accident_id = $1
          ORDER BY seq DESC
          LIMIT 1",
    )
    .bind(accident)
    .fetch_optional()
    .await
}
