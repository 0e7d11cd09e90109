//! The rows of a destroyed case go. What stays: its one fact, its row, numbers of findings, claims between insurers.
//!
//! The only place that ever takes a fact away; it does so in the transaction that wrote what took their place.

use domain::id::AccidentId;
use domain::time::Instant;
use sqlx::Result;

use super::Tx;

/// Tables whose rows of the accident go as they are, those that refer to others first.
const TABLES: [&str; 20] = [
    // Whoever is telling one of them notes nothing any more.
    "UPDATE webhook_deliveries SET lease = NULL
      WHERE seq IN (SELECT seq FROM webhook_messages WHERE accident_id = $1)",
    "DELETE FROM webhook_attempts
      WHERE (endpoint_id, seq) IN (SELECT d.endpoint_id, d.seq
                                     FROM webhook_messages m JOIN webhook_deliveries d ON d.seq = m.seq
                                    WHERE m.accident_id = $1)",
    "DELETE FROM webhook_deliveries
      WHERE seq IN (SELECT seq FROM webhook_messages WHERE accident_id = $1)",
    "DELETE FROM webhook_messages WHERE accident_id = $1",
    "DELETE FROM settlement_insurers
      WHERE record_id IN (SELECT id FROM settlement_records WHERE accident_id = $1)",
    "DELETE FROM settlement_records WHERE accident_id = $1",
    "DELETE FROM settlement_search WHERE accident_id = $1",
    "DELETE FROM insurer_reads WHERE accident_id = $1",
    "DELETE FROM assessment_insurers
      WHERE assessment_id IN (SELECT id FROM assessments WHERE accident_id = $1)",
    "DELETE FROM assessments WHERE accident_id = $1",
    // Closed months rest on the claims of the others.
    "DELETE FROM payment_orders
      WHERE accident_id = $1 AND id NOT IN (SELECT order_id FROM clearing_claims WHERE accident_id = $1)",
    "DELETE FROM uploads WHERE accident_id = $1",
    "DELETE FROM sessions WHERE accident_id = $1",
    "DELETE FROM links WHERE accident_id = $1",
    "DELETE FROM guest_links WHERE accident_id = $1",
    "DELETE FROM sms_codes WHERE accident_id = $1",
    "DELETE FROM case_files WHERE accident_id = $1",
    "DELETE FROM stampings WHERE accident_id = $1",
    "DELETE FROM certificates WHERE accident_id = $1 AND revoked_at IS NULL",
    // A revoked one stays on the list of revoked ones by its number alone.
    "UPDATE certificates SET subject = '', pem = '', evidence_sha256 = NULL WHERE accident_id = $1",
];

/// Takes away every fact before `seq` and whatever else knew a person; the caller has written fact `seq`.
pub async fn rows(tx: &mut Tx, accident: AccidentId, seq: u64) -> Result<()> {
    tx.query("DELETE FROM facts WHERE accident_id = $1 AND seq < $2")
        .bind(accident)
        .bind(seq)
        .execute()
        .await?;
    for sql in TABLES {
        tx.query(sql).bind(accident).execute().await?;
    }
    // What the claims refer to keeps its id and says nothing more; insurers do not find it.
    tx.query("UPDATE payment_orders SET state = 'destroyed', body = $2 WHERE accident_id = $1")
        .bind(accident)
        .bind(super::Json(&serde_json::Value::Null))
        .execute()
        .await
        .map(drop)
}

/// Messages to this phone that were sent before `now`: their text holds links and codes.
pub async fn messages(tx: &mut Tx, phone: &str, now: Instant) -> Result<()> {
    tx.query("DELETE FROM sms_outbox WHERE recipient = $1 AND created_at <= $2")
        .bind(phone)
        .bind(now)
        .execute()
        .await
        .map(drop)
}
