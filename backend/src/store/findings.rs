//! The issued findings by number: what the public verification page and the re-issue ask.

use domain::id::{AccidentId, FindingId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One issued finding and its current document.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FindingRow {
        pub number: String,
        pub id: FindingId,
        pub accident_id: AccidentId,
        /// Printed beside the number, so that numbers cannot be walked.
        pub check_code: String,
        /// `issued` or `void`.
        pub state: String,
        pub issued_at: Instant,
        pub voided_at: Option<Instant>,
        /// Of the document as it now stands; a signature makes a new one.
        pub sha256: Sha256Hex,
    }
}

pub async fn insert(tx: &mut Tx, finding: &FindingRow) -> Result<()> {
    tx.query(
        "INSERT INTO findings (number, id, accident_id, check_code, state, issued_at, voided_at, sha256)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&finding.number)
    .bind(finding.id)
    .bind(finding.accident_id)
    .bind(&finding.check_code)
    .bind(&finding.state)
    .bind(finding.issued_at)
    .bind(finding.voided_at)
    .bind(&finding.sha256)
    .execute()
    .await?;
    keep_page(tx, &finding.number, &finding.sha256).await
}

async fn keep_page(tx: &mut Tx, number: &str, sha256: &Sha256Hex) -> Result<()> {
    tx.query("INSERT INTO finding_documents (sha256, number) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(sha256)
        .bind(number)
        .execute()
        .await
        .map(drop)
}

/// The finding that has, or once had, this page.
pub async fn with_page(tx: &mut Tx, sha256: &Sha256Hex) -> Result<Option<FindingRow>> {
    tx.query(
        "SELECT f.number, f.id, f.accident_id, f.check_code, f.state, f.issued_at, f.voided_at, f.sha256
           FROM finding_documents d JOIN findings f ON f.number = d.number
          WHERE d.sha256 = $1",
    )
    .bind(sha256)
    .fetch_optional()
    .await
}

pub async fn load(tx: &mut Tx, number: &str) -> Result<Option<FindingRow>> {
    tx.query(
        "SELECT number, id, accident_id, check_code, state, issued_at, voided_at, sha256
           FROM findings
          WHERE number = $1",
    )
    .bind(number)
    .fetch_optional()
    .await
}

/// Every issue of one accident, oldest first.
pub async fn list(tx: &mut Tx, accident: AccidentId) -> Result<Vec<FindingRow>> {
    tx.query(
        "SELECT number, id, accident_id, check_code, state, issued_at, voided_at, sha256
           FROM findings
          WHERE accident_id = $1
          ORDER BY issued_at, number",
    )
    .bind(accident)
    .fetch_all()
    .await
}

/// Puts a newer revision in the place of `seen`; `false` when that is no longer the current one.
pub async fn revise(tx: &mut Tx, number: &str, seen: &Sha256Hex, sha256: &Sha256Hex) -> Result<bool> {
    let rows = tx
        .query("UPDATE findings SET sha256 = $3 WHERE number = $1 AND sha256 = $2 AND state = 'issued'")
        .bind(number)
        .bind(seen)
        .bind(sha256)
        .execute()
        .await?;
    if rows == 1 {
        keep_page(tx, number, sha256).await?;
    }
    Ok(rows == 1)
}

/// Voids an issued finding; `false` when it was none.
pub async fn void(tx: &mut Tx, number: &str, now: Instant) -> Result<bool> {
    let rows = tx
        .query("UPDATE findings SET state = 'void', voided_at = $2 WHERE number = $1 AND state = 'issued'")
        .bind(number)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}
