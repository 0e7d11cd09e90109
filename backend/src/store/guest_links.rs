//! The guests' links: which invitation a token opens. Whether it still holds, the accident says.

use domain::id::{AccidentId, GuestId, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One link; the token it carries is nowhere here, only its digest.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GuestLinkRow {
        pub digest: Sha256Hex,
        pub accident_id: AccidentId,
        pub guest_id: GuestId,
        pub created_at: Instant,
    }
}

pub async fn insert(tx: &mut Tx, link: &GuestLinkRow) -> Result<()> {
    tx.query(
        "INSERT INTO guest_links (digest, accident_id, guest_id, created_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(&link.digest)
    .bind(link.accident_id)
    .bind(link.guest_id)
    .bind(link.created_at)
    .execute()
    .await
    .map(drop)
}

pub async fn load(tx: &mut Tx, digest: &Sha256Hex) -> Result<Option<GuestLinkRow>> {
    tx.query("SELECT digest, accident_id, guest_id, created_at FROM guest_links WHERE digest = $1")
        .bind(digest)
        .fetch_optional()
        .await
}
