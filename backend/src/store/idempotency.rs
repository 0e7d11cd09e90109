//! One effect per intent: which keys were used, for what, and what was answered.

use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::codec::row;
use super::{Json, Tx};

/// What is known of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// Never seen: the effect belongs into this very transaction.
    New,
    /// Done before: answer the accident as it now stands, or what was answered then.
    Replay {
        accident_id: Option<AccidentId>,
        answer: Option<serde_json::Value>,
    },
    /// The key was used for something else.
    OtherBody,
}

row! {
    struct Seen {
        request_digest: Sha256Hex,
        accident_id: Option<AccidentId>,
        answer: Option<Json<serde_json::Value>>,
    }
}

/// Takes the key for this request. `scope` tells callers apart, so that equal keys do not meet.
///
/// Two at once: the second waits here for the first one's commit and then finds a replay.
pub async fn claim(tx: &mut Tx, scope: &str, key: &str, digest: &Sha256Hex, now: Instant) -> Result<Claim> {
    let taken = tx
        .query(
            "INSERT INTO idempotency (scope, key, request_digest, at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(scope)
        .bind(key)
        .bind(digest)
        .bind(now)
        .execute()
        .await?;
    if taken == 1 {
        return Ok(Claim::New);
    }
    let seen: Seen = tx
        .query("SELECT request_digest, accident_id, answer FROM idempotency WHERE scope = $1 AND key = $2")
        .bind(scope)
        .bind(key)
        .fetch_one()
        .await?;
    if seen.request_digest != *digest {
        return Ok(Claim::OtherBody);
    }
    Ok(Claim::Replay {
        accident_id: seen.accident_id,
        answer: seen.answer.map(|json| json.0),
    })
}

/// Notes what a claimed key led to.
pub async fn finish(
    tx: &mut Tx,
    scope: &str,
    key: &str,
    accident_id: Option<AccidentId>,
    answer: Option<&serde_json::Value>,
) -> Result<()> {
    tx.query("UPDATE idempotency SET accident_id = $3, answer = $4 WHERE scope = $1 AND key = $2")
        .bind(scope)
        .bind(key)
        .bind(accident_id)
        .bind(answer.map(Json))
        .execute()
        .await
        .map(drop)
}

/// Gives a claimed key back: nothing came of it, the caller may try again.
pub async fn release(tx: &mut Tx, scope: &str, key: &str) -> Result<()> {
    tx.query("DELETE FROM idempotency WHERE scope = $1 AND key = $2")
        .bind(scope)
        .bind(key)
        .execute()
        .await
        .map(drop)
}

/// What was noted as the answer to this key.
pub async fn answer(tx: &mut Tx, scope: &str, key: &str) -> Result<Option<serde_json::Value>> {
    let seen: Option<Seen> = tx
        .query("SELECT request_digest, accident_id, answer FROM idempotency WHERE scope = $1 AND key = $2")
        .bind(scope)
        .bind(key)
        .fetch_optional()
        .await?;
    Ok(seen.and_then(|seen| seen.answer).map(|json| json.0))
}

/// Forgets keys older than `before`; answers how many.
pub async fn forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    tx.query("DELETE FROM idempotency WHERE at < $1")
        .bind(before)
        .execute()
        .await
}
