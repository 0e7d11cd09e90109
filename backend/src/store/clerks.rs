//! The people who work for insurers.

use domain::id::{ClerkId, InsurerCode};
use domain::time::Instant;
use sqlx::Result;

use super::Tx;
use super::codec::{Value, row};

row! {
    /// One clerk of one insurer.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ClerkRow {
        pub id: ClerkId,
        pub insurer: InsurerCode,
        /// What they type to sign in; none for whoever signs in through the insurer.
        pub login: Option<String>,
        pub name: String,
        pub email: Option<String>,
        /// `viewer`, `handler` or `admin`.
        pub role: String,
        /// A PHC string.
        pub password_hash: Option<String>,
        /// Base 32.
        pub totp_secret: Option<String>,
        /// The last step whose code was used; a code works once.
        pub totp_step: i64,
        /// The provider that vouches for them, and its name for them.
        pub issuer: Option<String>,
        pub subject: Option<String>,
        pub created_at: Instant,
        pub disabled_at: Option<Instant>,
    }
}

/// Makes a clerk unless the login or the subject is taken; answers whether one was made.
pub async fn insert_if_new(tx: &mut Tx, clerk: &ClerkRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO clerks (id, insurer, login, name, email, role, password_hash, totp_secret, totp_step,
                                 issuer, subject, created_at, disabled_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT DO NOTHING",
        )
        .bind(clerk.id)
        .bind(clerk.insurer)
        .bind(clerk.login.as_deref())
        .bind(&clerk.name)
        .bind(clerk.email.as_deref())
        .bind(&clerk.role)
        .bind(clerk.password_hash.as_deref())
        .bind(clerk.totp_secret.as_deref())
        .bind(clerk.totp_step)
        .bind(clerk.issuer.as_deref())
        .bind(clerk.subject.as_deref())
        .bind(clerk.created_at)
        .bind(clerk.disabled_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub async fn load(tx: &mut Tx, id: ClerkId) -> Result<Option<ClerkRow>> {
    tx.query(
        "SELECT id, insurer, login, name, email, role, password_hash, totp_secret, totp_step, issuer, subject,
                created_at, disabled_at
           FROM clerks
          WHERE id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<ClerkRow>> {
    tx.query(
        "SELECT id, insurer, login, name, email, role, password_hash, totp_secret, totp_step, issuer, subject,
                created_at, disabled_at
           FROM clerks
          WHERE login = $1",
    )
    .bind(login)
    .fetch_optional()
    .await
}

/// Whom this provider of this insurer calls so.
pub async fn by_subject(
    tx: &mut Tx,
    insurer: InsurerCode,
    (issuer, subject): (&str, &str),
) -> Result<Option<ClerkRow>> {
    tx.query(
        "SELECT id, insurer, login, name, email, role, password_hash, totp_secret, totp_step, issuer, subject,
                created_at, disabled_at
           FROM clerks
          WHERE insurer = $1 AND issuer = $2 AND subject = $3",
    )
    .bind(insurer)
    .bind(issuer)
    .bind(subject)
    .fetch_optional()
    .await
}

/// Everybody, by insurer, the oldest first, at most `limit`; `insurer` none: of all of them.
pub async fn list(tx: &mut Tx, insurer: Option<InsurerCode>, limit: u32) -> Result<Vec<ClerkRow>> {
    tx.query(
        "SELECT id, insurer, login, name, email, role, password_hash, totp_secret, totp_step, issuer, subject,
                created_at, disabled_at
           FROM clerks
          WHERE $1 = '' OR insurer = $1
          ORDER BY insurer, created_at, id
          LIMIT $2",
    )
    .bind(insurer.map(|code| code.to_string()).unwrap_or_default())
    .bind(i64::from(limit))
    .fetch_all()
    .await
}

/// Nobody else changes who is an administrator of this insurer until the transaction ends; answers how many there
/// are besides `but`, those who are disabled not counted.
pub async fn hold_admins(tx: &mut Tx, insurer: InsurerCode, but: ClerkId) -> Result<i64> {
    // Written and not only read: on PostgreSQL that is what makes the second of two wait.
    tx.query("UPDATE clerks SET role = role WHERE insurer = $1 AND role = 'admin'")
        .bind(insurer)
        .execute()
        .await?;
    let count: Value = tx
        .query(
            "SELECT CAST(COUNT(*) AS BIGINT) AS value
               FROM clerks
              WHERE insurer = $1 AND role = 'admin' AND disabled_at IS NULL AND id <> $2",
        )
        .bind(insurer)
        .bind(but)
        .fetch_one()
        .await?;
    Ok(count.value)
}

pub async fn set_role(tx: &mut Tx, id: ClerkId, role: &str) -> Result<()> {
    tx.query("UPDATE clerks SET role = $2 WHERE id = $1")
        .bind(id)
        .bind(role)
        .execute()
        .await
        .map(drop)
}

/// Disabled from `at` on, or not any more.
pub async fn set_disabled(tx: &mut Tx, id: ClerkId, at: Option<Instant>) -> Result<()> {
    tx.query("UPDATE clerks SET disabled_at = $2 WHERE id = $1")
        .bind(id)
        .bind(at)
        .execute()
        .await
        .map(drop)
}

/// A new password and a new second factor in place of the old ones.
pub async fn set_access(tx: &mut Tx, id: ClerkId, password_hash: &str, totp_secret: &str) -> Result<()> {
    tx.query("UPDATE clerks SET password_hash = $2, totp_secret = $3, totp_step = 0 WHERE id = $1")
        .bind(id)
        .bind(password_hash)
        .bind(totp_secret)
        .execute()
        .await
        .map(drop)
}

/// Spends the code of this step; `false` when it or a later one was spent before.
pub async fn spend_step(tx: &mut Tx, id: ClerkId, step: i64) -> Result<bool> {
    let rows = tx
        .query("UPDATE clerks SET totp_step = $2 WHERE id = $1 AND totp_step < $2")
        .bind(id)
        .bind(step)
        .execute()
        .await?;
    Ok(rows == 1)
}
