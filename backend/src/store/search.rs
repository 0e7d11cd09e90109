//! By what an insurer finds a settlement record: plates, policies of its own, numbers of findings. It knows them
//! normalised, and nothing of what they mean.

use std::collections::BTreeSet;

use domain::id::AccidentId;
use domain::time::Instant;
use serde::de::DeserializeOwned;
use sqlx::Result;
use uuid::Uuid;

use super::Tx;
use super::settlements::SettlementRow;

/// Who finds it, and by what.
pub type Term = (String, String);

/// Which records are wanted, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How a term begins; empty: any record.
    pub term: String,
    /// Settled then or later,
    pub from: Instant,
    /// and before then.
    pub until: Instant,
    /// After this one of the last page.
    pub before: Option<(Instant, Uuid)>,
}

/// Puts what the accident's record is found by, in the place of what was there.
pub async fn put(tx: &mut Tx, accident: AccidentId, terms: &BTreeSet<Term>) -> Result<()> {
    tx.query("DELETE FROM settlement_search WHERE accident_id = $1")
        .bind(accident)
        .execute()
        .await?;
    for (insurer, term) in terms {
        tx.query("INSERT INTO settlement_search (accident_id, insurer, term) VALUES ($1, $2, $3)")
            .bind(accident)
            .bind(insurer)
            .bind(term)
            .execute()
            .await?;
    }
    Ok(())
}

/// This insurer's records, newest first, at most `limit`.
pub async fn find<T: DeserializeOwned>(
    tx: &mut Tx,
    insurer: &str,
    wanted: &Wanted,
    limit: u32,
) -> Result<Vec<SettlementRow<T>>> {
    let (at, id) = wanted.before.unwrap_or((wanted.until, Uuid::max()));
    let query = if wanted.term.is_empty() {
        tx.query(
            "SELECT r.id, r.change_no, r.accident_id, r.document_sha256, r.settled_at, r.body
               FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
              WHERE i.insurer = $1 AND r.settled_at >= $2 AND r.settled_at < $3
                AND (r.settled_at, r.id) < ($4, $5)
              ORDER BY r.settled_at DESC, r.id DESC
              LIMIT $6",
        )
    } else {
        tx.query(
            "SELECT r.id, r.change_no, r.accident_id, r.document_sha256, r.settled_at, r.body
               FROM settlement_records r JOIN settlement_insurers i ON i.record_id = r.id
              WHERE i.insurer = $1 AND r.settled_at >= $2 AND r.settled_at < $3
                AND (r.settled_at, r.id) < ($4, $5)
                AND r.accident_id IN (SELECT accident_id FROM settlement_search
                                       WHERE insurer = $1 AND term >= $7 AND term < $8)
              ORDER BY r.settled_at DESC, r.id DESC
              LIMIT $6",
        )
    };
    let query = query
        .bind(insurer)
        .bind(wanted.from)
        .bind(wanted.until)
        .bind(at)
        .bind(id)
        .bind(limit);
    let query = if wanted.term.is_empty() {
        query
    } else {
        // Nothing that begins so sorts behind this.
        query
            .bind(&wanted.term)
            .bind(format!("{}{}", wanted.term, char::MAX))
    };
    query.fetch_all().await
}
