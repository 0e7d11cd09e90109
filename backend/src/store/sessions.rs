//! Who is signed in. What the cookie carries is nowhere here, only its digest.

use domain::id::{AccidentId, ClerkId, GuestId, InsurerCode, OfficerId, PartyId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One session; whose it is says `kind`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SessionRow {
        pub digest: Sha256Hex,
        /// `officer`, `driver`, `guest` or `clerk`.
        pub kind: String,
        /// `password` until the second factor was shown, then `full`; `oidc` when the insurer vouched for its clerk.
        pub level: String,
        pub officer_id: Option<OfficerId>,
        pub accident_id: Option<AccidentId>,
        pub party_id: Option<PartyId>,
        pub guest_id: Option<GuestId>,
        pub clerk_id: Option<ClerkId>,
        pub created_at: Instant,
        pub seen_at: Instant,
        pub revoked_at: Option<Instant>,
    }
}

pub async fn insert(tx: &mut Tx, session: &SessionRow) -> Result<()> {
    tx.query(
        "INSERT INTO sessions (digest, kind, level, officer_id, accident_id, party_id, guest_id, clerk_id,
                               created_at, seen_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&session.digest)
    .bind(&session.kind)
    .bind(&session.level)
    .bind(session.officer_id)
    .bind(session.accident_id)
    .bind(session.party_id)
    .bind(session.guest_id)
    .bind(session.clerk_id)
    .bind(session.created_at)
    .bind(session.seen_at)
    .bind(session.revoked_at)
    .execute()
    .await
    .map(drop)
}

pub async fn load(tx: &mut Tx, digest: &Sha256Hex) -> Result<Option<SessionRow>> {
    tx.query(
        "SELECT digest, kind, level, officer_id, accident_id, party_id, guest_id, clerk_id, created_at, seen_at,
                revoked_at
           FROM sessions
          WHERE digest = $1",
    )
    .bind(digest)
    .fetch_optional()
    .await
}

/// Notes that it was used; never moves the mark back.
pub async fn touch(tx: &mut Tx, digest: &Sha256Hex, now: Instant) -> Result<()> {
    tx.query("UPDATE sessions SET seen_at = $2 WHERE digest = $1 AND seen_at < $2")
        .bind(digest)
        .bind(now)
        .execute()
        .await
        .map(drop)
}

/// Ends it; `false` when it had ended or never was.
pub async fn revoke(tx: &mut Tx, digest: &Sha256Hex, now: Instant) -> Result<bool> {
    let rows = tx
        .query("UPDATE sessions SET revoked_at = $2 WHERE digest = $1 AND revoked_at IS NULL")
        .bind(digest)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Takes every session of a clerk away: not even a repeated sign-in finds its first step.
pub async fn end_of_clerk(tx: &mut Tx, clerk: ClerkId) -> Result<()> {
    tx.query("DELETE FROM sessions WHERE clerk_id = $1")
        .bind(clerk)
        .execute()
        .await
        .map(drop)
}

/// Takes away every session that this insurer vouched for.
pub async fn end_vouched_for(tx: &mut Tx, insurer: InsurerCode) -> Result<()> {
    tx.query(
        "DELETE FROM sessions
          WHERE level = 'oidc' AND clerk_id IN (SELECT id FROM clerks WHERE insurer = $1)",
    )
    .bind(insurer)
    .execute()
    .await
    .map(drop)
}

/// Whether this party has used a session at or after `since`.
pub async fn party_seen_since(
    tx: &mut Tx,
    accident: AccidentId,
    party: PartyId,
    since: Instant,
) -> Result<bool> {
    let seen: Option<super::codec::Value> = tx
        .query(
            "SELECT CAST(1 AS BIGINT) AS value
               FROM sessions
              WHERE accident_id = $1 AND party_id = $2 AND revoked_at IS NULL AND seen_at >= $3
              LIMIT 1",
        )
        .bind(accident)
        .bind(party)
        .bind(since)
        .fetch_optional()
        .await?;
    Ok(seen.is_some())
}

/// Forgets sessions made before `before`; answers how many.
pub async fn forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    tx.query("DELETE FROM sessions WHERE created_at < $1")
        .bind(before)
        .execute()
        .await
}
