//! Certificates: every one that was ever made, who it names, and whether it still counts. Private keys are in
//! [`super::seals`], those of events nowhere.

use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One certificate.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CertificateRow {
        /// Lower-case hex.
        pub serial: String,
        /// `authority`, `unit`, `officer` or `party`.
        pub kind: String,
        /// Whom it names.
        pub subject: String,
        /// Of a seal.
        pub unit: Option<String>,
        /// Of an event.
        pub accident_id: Option<AccidentId>,
        /// The place it signed.
        pub field: Option<String>,
        /// Of the DER.
        pub sha256: Sha256Hex,
        /// Of an event: what it carries.
        pub evidence_sha256: Option<Sha256Hex>,
        pub pem: String,
        pub not_before: Instant,
        pub not_after: Instant,
        pub created_at: Instant,
        pub revoked_at: Option<Instant>,
        pub reason: Option<String>,
    }
}

/// Records a certificate; one that is known stays as it is.
pub async fn insert_if_new(tx: &mut Tx, row: &CertificateRow) -> Result<()> {
    tx.query(
        "INSERT INTO certificates (serial, kind, subject, unit, accident_id, field, sha256, evidence_sha256,
                                   pem, not_before, not_after, created_at, revoked_at, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT DO NOTHING",
    )
    .bind(&row.serial)
    .bind(&row.kind)
    .bind(&row.subject)
    .bind(row.unit.clone())
    .bind(row.accident_id)
    .bind(row.field.clone())
    .bind(&row.sha256)
    .bind(row.evidence_sha256.clone())
    .bind(&row.pem)
    .bind(row.not_before)
    .bind(row.not_after)
    .bind(row.created_at)
    .bind(row.revoked_at)
    .bind(row.reason.clone())
    .execute()
    .await
    .map(drop)
}

/// Those of one accident, oldest first. No limit: a record cut short proves nothing.
pub async fn of_accident(tx: &mut Tx, accident: AccidentId) -> Result<Vec<CertificateRow>> {
    tx.query(
        "SELECT serial, kind, subject, unit, accident_id, field, sha256, evidence_sha256,
                pem, not_before, not_after, created_at, revoked_at, reason
           FROM certificates
          WHERE accident_id = $1
          ORDER BY created_at, serial",
    )
    .bind(accident)
    .fetch_all()
    .await
}

pub async fn load(tx: &mut Tx, serial: &str) -> Result<Option<CertificateRow>> {
    tx.query(
        "SELECT serial, kind, subject, unit, accident_id, field, sha256, evidence_sha256,
                pem, not_before, not_after, created_at, revoked_at, reason
           FROM certificates
          WHERE serial = $1",
    )
    .bind(serial)
    .fetch_optional()
    .await
}

/// It no longer counts; `false` when it is unknown or was revoked before.
pub async fn revoke(tx: &mut Tx, serial: &str, now: Instant, reason: &str) -> Result<bool> {
    let rows = tx
        .query(
            "UPDATE certificates SET revoked_at = $2, reason = $3
              WHERE serial = $1 AND revoked_at IS NULL",
        )
        .bind(serial)
        .bind(now)
        .bind(reason)
        .execute()
        .await?;
    Ok(rows == 1)
}

row! {
    /// A line of the list of revoked certificates.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RevokedRow {
        pub serial: String,
        pub pem: String,
        pub revoked_at: Instant,
    }
}

/// Everything revoked, oldest first. No limit: a list cut short would let somebody through.
pub async fn revoked(tx: &mut Tx) -> Result<Vec<RevokedRow>> {
    tx.query(
        "SELECT serial, pem, revoked_at
           FROM certificates
          WHERE revoked_at IS NOT NULL
          ORDER BY revoked_at, serial",
    )
    .fetch_all()
    .await
}
