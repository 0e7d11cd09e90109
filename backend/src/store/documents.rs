//! Which documents exist. Their bytes lie in the evidence folder under their digest.

use domain::id::Sha256Hex;
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// One document, named by what it contains.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DocumentRow {
        pub sha256: Sha256Hex,
        pub media_type: String,
        /// How many bytes it has.
        pub bytes: u64,
        pub created_at: Instant,
    }
}

/// The same document twice is one row; answers whether it was new.
pub async fn insert_if_new(tx: &mut Tx, document: &DocumentRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO documents (sha256, media_type, bytes, created_at)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(&document.sha256)
        .bind(&document.media_type)
        .bind(document.bytes)
        .bind(document.created_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub async fn load(tx: &mut Tx, sha256: &Sha256Hex) -> Result<Option<DocumentRow>> {
    tx.query("SELECT sha256, media_type, bytes, created_at FROM documents WHERE sha256 = $1")
        .bind(sha256)
        .fetch_optional()
        .await
}
