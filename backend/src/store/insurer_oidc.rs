//! Where insurers' own people sign in, and sign-ins that are under way.

use domain::id::{InsurerCode, Sha256Hex};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::row;

row! {
    /// An insurer's provider, and who we are to it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProviderRow {
        pub insurer: InsurerCode,
        pub issuer: String,
        pub client_id: String,
        pub client_secret: String,
        /// What somebody new gets; none: nobody new comes in.
        pub new_role: Option<String>,
        pub changed_at: Instant,
    }
}

/// Keeps it in place of any other of this insurer.
pub async fn set(tx: &mut Tx, provider: &ProviderRow) -> Result<()> {
    tx.query(
        "INSERT INTO insurer_oidc (insurer, issuer, client_id, client_secret, new_role, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (insurer) DO UPDATE
            SET issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret,
                new_role = excluded.new_role, changed_at = excluded.changed_at",
    )
    .bind(provider.insurer)
    .bind(&provider.issuer)
    .bind(&provider.client_id)
    .bind(&provider.client_secret)
    .bind(provider.new_role.as_deref())
    .bind(provider.changed_at)
    .execute()
    .await
    .map(drop)
}

/// `false` when there was none.
pub async fn remove(tx: &mut Tx, insurer: InsurerCode) -> Result<bool> {
    let rows = tx
        .query("DELETE FROM insurer_oidc WHERE insurer = $1")
        .bind(insurer)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub async fn load(tx: &mut Tx, insurer: InsurerCode) -> Result<Option<ProviderRow>> {
    tx.query(
        "SELECT insurer, issuer, client_id, client_secret, new_role, changed_at
           FROM insurer_oidc
          WHERE insurer = $1",
    )
    .bind(insurer)
    .fetch_optional()
    .await
}

/// Every insurer that has one, at most `limit`.
pub async fn list(tx: &mut Tx, limit: u32) -> Result<Vec<ProviderRow>> {
    tx.query(
        "SELECT insurer, issuer, client_id, client_secret, new_role, changed_at
           FROM insurer_oidc
          ORDER BY insurer
          LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all()
    .await
}

row! {
    /// A browser that was sent to the provider and has not come back.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AttemptRow {
        /// Of the state.
        pub digest: Sha256Hex,
        /// Of what the browser's cookie carries.
        pub browser: Sha256Hex,
        pub insurer: InsurerCode,
        pub issuer: String,
        pub nonce: String,
        /// Of PKCE (RFC 7636).
        pub verifier: String,
        pub created_at: Instant,
    }
}

pub async fn begin(tx: &mut Tx, attempt: &AttemptRow) -> Result<()> {
    tx.query(
        "INSERT INTO oidc_attempts (digest, browser, insurer, issuer, nonce, verifier, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&attempt.digest)
    .bind(&attempt.browser)
    .bind(attempt.insurer)
    .bind(&attempt.issuer)
    .bind(&attempt.nonce)
    .bind(&attempt.verifier)
    .bind(attempt.created_at)
    .execute()
    .await
    .map(drop)
}

/// Takes it away and answers it: a state is good for one return.
pub async fn spend(tx: &mut Tx, digest: &Sha256Hex) -> Result<Option<AttemptRow>> {
    tx.query(
        "DELETE FROM oidc_attempts
          WHERE digest = $1
         RETURNING digest, browser, insurer, issuer, nonce, verifier, created_at",
    )
    .bind(digest)
    .fetch_optional()
    .await
}

/// Forgets those that began before `before`.
pub async fn forget(tx: &mut Tx, before: Instant) -> Result<u64> {
    tx.query("DELETE FROM oidc_attempts WHERE created_at < $1")
        .bind(before)
        .execute()
        .await
}
