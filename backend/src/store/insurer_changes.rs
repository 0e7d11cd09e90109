//! What was changed about an insurer's people and keys, and by whom.

use domain::id::InsurerCode;
use domain::time::Instant;
use sqlx::Result;
use uuid::Uuid;

use super::Tx;
use super::codec::row;

row! {
    /// One change; the id's order is that of time.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ChangeRow {
        pub id: Uuid,
        pub insurer: InsurerCode,
        /// What was done, such as `clerk_disabled`.
        pub kind: String,
        /// To whom or what: a login, a client and its key.
        pub about: String,
        /// `clerk:…` or `operator`.
        pub by_whom: String,
        /// The clerk's name as it was.
        pub by_name: Option<String>,
        pub at: Instant,
    }
}

pub async fn insert(tx: &mut Tx, change: &ChangeRow) -> Result<()> {
    tx.query(
        "INSERT INTO insurer_changes (id, insurer, kind, about, by_whom, by_name, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(change.id)
    .bind(change.insurer)
    .bind(&change.kind)
    .bind(&change.about)
    .bind(&change.by_whom)
    .bind(change.by_name.as_deref())
    .bind(change.at)
    .execute()
    .await
    .map(drop)
}

/// The newest first, those before `before`, at most `limit`.
pub async fn list(
    tx: &mut Tx,
    insurer: InsurerCode,
    before: Option<Uuid>,
    limit: u32,
) -> Result<Vec<ChangeRow>> {
    tx.query(
        "SELECT id, insurer, kind, about, by_whom, by_name, at
           FROM insurer_changes
          WHERE insurer = $1 AND id < $2
          ORDER BY id DESC
          LIMIT $3",
    )
    .bind(insurer)
    .bind(before.unwrap_or(Uuid::max()))
    .bind(i64::from(limit))
    .fetch_all()
    .await
}
