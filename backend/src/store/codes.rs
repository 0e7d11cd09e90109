//! The codes sent by SMS, and how often each was tried. Phones are keyed digests here.

use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use super::Tx;
use super::codec::{Value, row};

row! {
    /// One code.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CodeRow {
        pub id: Uuid,
        pub accident_id: AccidentId,
        pub phone: Sha256Hex,
        /// `confirm` or `sign`.
        pub purpose: String,
        /// Of id and digits, keyed.
        pub digest: Sha256Hex,
        /// Wrong ones so far.
        pub tries: i64,
        pub created_at: Instant,
        pub expires_at: Instant,
        pub used_at: Option<Instant>,
    }
}

pub async fn insert(tx: &mut Tx, code: &CodeRow) -> Result<()> {
    tx.query(
        "INSERT INTO sms_codes (id, accident_id, phone, purpose, digest, tries, created_at, expires_at,
                                used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(code.id)
    .bind(code.accident_id)
    .bind(&code.phone)
    .bind(&code.purpose)
    .bind(&code.digest)
    .bind(code.tries)
    .bind(code.created_at)
    .bind(code.expires_at)
    .bind(code.used_at)
    .execute()
    .await
    .map(drop)
}

/// The newest code for this accident, phone and purpose: only that one counts.
pub async fn newest(
    tx: &mut Tx,
    accident: AccidentId,
    phone: &Sha256Hex,
    purpose: &str,
) -> Result<Option<CodeRow>> {
    tx.query(
        "SELECT id, accident_id, phone, purpose, digest, tries, created_at, expires_at, used_at
           FROM sms_codes
          WHERE accident_id = $1 AND phone = $2 AND purpose = $3
          ORDER BY created_at DESC, id DESC
          LIMIT 1",
    )
    .bind(accident)
    .bind(phone)
    .bind(purpose)
    .fetch_optional()
    .await
}

/// Counts a try, if fewer than `max` were made; answers how many there are now, `None` when it is dead.
pub async fn count_try(tx: &mut Tx, id: Uuid, max: i64) -> Result<Option<i64>> {
    let tries: Option<Value> = tx
        .query(
            "UPDATE sms_codes SET tries = tries + 1
              WHERE id = $1 AND tries < $2
             RETURNING tries AS value",
        )
        .bind(id)
        .bind(max)
        .fetch_optional()
        .await?;
    Ok(tries.map(|tries| tries.value))
}

/// Spends it; `false` when it was spent before.
pub async fn spend(tx: &mut Tx, id: Uuid, now: Instant) -> Result<bool> {
    let rows = tx
        .query("UPDATE sms_codes SET used_at = $2 WHERE id = $1 AND used_at IS NULL")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

row! {
    /// What was sent to one phone lately.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SentLately {
        pub count: i64,
        pub first: Option<Instant>,
        pub last: Option<Instant>,
    }
}

/// How many codes for this purpose went to this phone after `since`, for whatever accident.
pub async fn sent_after(tx: &mut Tx, phone: &Sha256Hex, purpose: &str, since: Instant) -> Result<SentLately> {
    tx.query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS count, MIN(created_at) AS first, MAX(created_at) AS last
           FROM sms_codes
          WHERE phone = $1 AND purpose = $2 AND created_at > $3",
    )
    .bind(phone)
    .bind(purpose)
    .bind(since)
    .fetch_one()
    .await
}
