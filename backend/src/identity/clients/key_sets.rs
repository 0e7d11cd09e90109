//! Which key of a client has this id: one kept here, or one it publishes at its own address.
//!
//! What it publishes is kept in the store, so that every process of ours knows the same, and is read again
//! when it is old or lacks the key, at most once a minute. Nobody but the client's operator chose the address.

use std::time::Duration as Wait;

use domain::time::Instant;
use time::Duration;

use super::public_key::{self, PublicKey};
use crate::app::App;
use crate::outbound::Patience;
use crate::refusal::{AppError, Result};
use crate::store::client_keys::{self, ClientKeyRow};
use crate::store::clients::ClientRow;

/// An answer is believed that long: a key that was taken out of the set is dead after it.
pub const FRESH_FOR: Duration = Duration::minutes(10);
/// When the client's address does not answer, the last answer is believed that long.
pub const BELIEVED_FOR: Duration = Duration::hours(1);
/// The address is not asked more often.
pub const ASKED_EVERY: Duration = Duration::minutes(1);
/// A set of keys is small, and comes soon.
const PATIENCE: Patience = Patience {
    bytes_max: 64 * 1024,
    within: Wait::from_secs(5),
};

/// The key of this id that counts now.
///
/// # Errors
/// Only our own; an address that does not answer is no key.
pub async fn find(app: &App, client: &ClientRow, kid: &str) -> Result<Option<PublicKey>> {
    let now = app.wall.now();
    let mut tx = app.db.read().await?;
    if let Some(kept) = client_keys::load(&mut tx, &client.client_id, kid).await? {
        // A key that is kept here is judged by what is said here, whatever is published besides.
        return counts(&kept, now).then(|| usable(&kept)).transpose();
    }
    let Some(url) = &client.jwks_url else {
        return Ok(None);
    };
    let known = client_keys::set(&mut tx, &client.client_id).await?;
    drop(tx);
    let known = known.and_then(|set| Some((set.body?, set.fetched_at?)));
    let age = |fetched_at: Instant| now.since(fetched_at);
    if let Some((body, fetched_at)) = &known
        && age(*fetched_at) < FRESH_FOR
        && let Some(key) = public_key::find_in_set(body, kid)
    {
        return Ok(Some(key));
    }
    if let Some(body) = ask(app, client, url, now).await? {
        return Ok(public_key::find_in_set(&body, kid));
    }
    // It does not answer, or was asked a moment ago.
    let believed = known.filter(|(_, fetched_at)| age(*fetched_at) < BELIEVED_FOR);
    Ok(believed.and_then(|(body, _)| public_key::find_in_set(&body, kid)))
}

/// Whether a key that is kept here counts at this moment.
pub fn counts(key: &ClientKeyRow, now: Instant) -> bool {
    key.not_before <= now && key.not_after.is_none_or(|end| now < end)
}

fn usable(key: &ClientKeyRow) -> Result<PublicKey> {
    PublicKey::from_jwk(&key.jwk.0)
        .map_err(|error| AppError::Inconsistent(format!("a client's key cannot be used: {error}")))
}

/// What the client publishes now; none when it is not its turn or does not answer.
async fn ask(app: &App, client: &ClientRow, url: &str, now: Instant) -> Result<Option<String>> {
    let mut tx = app.db.write().await?;
    let ours = client_keys::claim_asking(&mut tx, &client.client_id, now, now.minus(ASKED_EVERY)).await?;
    tx.commit().await?;
    if !ours {
        return Ok(None);
    }
    let body = match app.config.outbound.get(url, PATIENCE).await {
        Ok(body) => body,
        Err(why) => {
            tracing::warn!(client = %client.client_id, %why, "a client's keys cannot be read");
            return Ok(None);
        }
    };
    let Ok(body) = String::from_utf8(body.to_vec()) else {
        tracing::warn!(client = %client.client_id, "a client's keys are no text");
        return Ok(None);
    };
    let is_set = serde_json::from_str::<serde_json::Value>(&body)
        .is_ok_and(|set| set.get("keys").is_some_and(serde_json::Value::is_array));
    // U+0000 is no text in PostgreSQL; an error page is no set and replaces none.
    if !is_set || body.contains('\0') {
        tracing::warn!(client = %client.client_id, "a client publishes no set of keys");
        return Ok(None);
    }
    let mut tx = app.db.write().await?;
    client_keys::keep_set(&mut tx, &client.client_id, &body, now).await?;
    tx.commit().await?;
    Ok(Some(body))
}
