//! The drivers' links: personal ones and those by which the next party joins.

use domain::id::{AccidentId, PartyId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One link; the token it carries is nowhere here, only its digest.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LinkRow {
        pub digest: Sha256Hex,
        /// `personal` or `join`.
        pub kind: String,
        pub accident_id: AccidentId,
        /// Whose, when personal.
        pub party_id: Option<PartyId>,
        /// Counts the links made for the same purpose.
        pub generation: i64,
        pub created_at: Instant,
        /// Until when it must be used for the first time.
        pub expires_at: Instant,
        /// The number that was typed under it and is not proved yet.
        pub phone: Option<String>,
        pub first_used_at: Option<Instant>,
        pub revoked_at: Option<Instant>,
    }
}

pub async fn insert(tx: &mut Tx, link: &LinkRow) -> Result<()> {
    tx.query(
        "INSERT INTO links (digest, kind, accident_id, party_id, generation, created_at, expires_at, phone,
                            first_used_at, revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&link.digest)
    .bind(&link.kind)
    .bind(link.accident_id)
    .bind(link.party_id)
    .bind(link.generation)
    .bind(link.created_at)
    .bind(link.expires_at)
    .bind(&link.phone)
    .bind(link.first_used_at)
    .bind(link.revoked_at)
    .execute()
    .await
    .map(drop)
}

pub async fn load(tx: &mut Tx, digest: &Sha256Hex) -> Result<Option<LinkRow>> {
    tx.query(
        "SELECT digest, kind, accident_id, party_id, generation, created_at, expires_at, phone, first_used_at,
                revoked_at
           FROM links
          WHERE digest = $1",
    )
    .bind(digest)
    .fetch_optional()
    .await
}

/// The newest link of the accident for this purpose.
pub async fn newest(
    tx: &mut Tx,
    accident: AccidentId,
    kind: &str,
    party: Option<PartyId>,
) -> Result<Option<LinkRow>> {
    tx.query(
        "SELECT digest, kind, accident_id, party_id, generation, created_at, expires_at, phone, first_used_at,
                revoked_at
           FROM links
          WHERE accident_id = $1 AND kind = $2 AND (party_id = $3 OR (party_id IS NULL AND $3 IS NULL))
          ORDER BY generation DESC
          LIMIT 1",
    )
    .bind(accident)
    .bind(kind)
    .bind(party)
    .fetch_optional()
    .await
}

/// Notes the first use, once.
pub async fn use_first(tx: &mut Tx, digest: &Sha256Hex, now: Instant) -> Result<()> {
    tx.query("UPDATE links SET first_used_at = $2 WHERE digest = $1 AND first_used_at IS NULL")
        .bind(digest)
        .bind(now)
        .execute()
        .await
        .map(drop)
}

pub async fn revoke(tx: &mut Tx, digest: &Sha256Hex, now: Instant) -> Result<()> {
    tx.query("UPDATE links SET revoked_at = $2 WHERE digest = $1 AND revoked_at IS NULL")
        .bind(digest)
        .bind(now)
        .execute()
        .await
        .map(drop)
}

/// Remembers the number typed under this link, or forgets it.
pub async fn note_phone(tx: &mut Tx, digest: &Sha256Hex, phone: Option<&str>) -> Result<()> {
    tx.query("UPDATE links SET phone = $2 WHERE digest = $1")
        .bind(digest)
        .bind(phone)
        .execute()
        .await
        .map(drop)
}
