//! Officers and supervisors.

use domain::id::{OfficerId, UnitId};
use domain::signing::Ink;
use domain::time::Instant;
use sqlx::Result;

use super::codec::row;
use super::{Json, Tx};

row! {
    /// One officer.
    #[derive(Clone, Debug, PartialEq)]
    pub struct OfficerRow {
        pub id: OfficerId,
        pub unit: UnitId,
        /// What they type to sign in.
        pub login: String,
        pub name: String,
        /// 警号
        pub badge: String,
        /// `officer` or `supervisor`.
        pub role: String,
        /// A PHC string.
        pub password_hash: String,
        /// Base 32.
        pub totp_secret: String,
        /// The last step whose code was used; a code works once.
        pub totp_step: i64,
        /// Their own signature for the next finding.
        pub ink: Option<Json<Ink>>,
        pub created_at: Instant,
        pub disabled_at: Option<Instant>,
    }
}

/// Makes an officer unless the login is taken; answers whether one was made.
pub async fn insert_if_new(tx: &mut Tx, officer: &OfficerRow) -> Result<bool> {
    let rows = tx
        .query(
            "INSERT INTO officers (id, unit, login, name, badge, role, password_hash, totp_secret, totp_step,
                                   ink, created_at, disabled_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT DO NOTHING",
        )
        .bind(officer.id)
        .bind(&officer.unit)
        .bind(&officer.login)
        .bind(&officer.name)
        .bind(&officer.badge)
        .bind(&officer.role)
        .bind(&officer.password_hash)
        .bind(&officer.totp_secret)
        .bind(officer.totp_step)
        .bind(officer.ink.as_ref().map(|ink| Json(&ink.0)))
        .bind(officer.created_at)
        .bind(officer.disabled_at)
        .execute()
        .await?;
    Ok(rows == 1)
}

pub async fn load(tx: &mut Tx, id: OfficerId) -> Result<Option<OfficerRow>> {
    tx.query(
        "SELECT id, unit, login, name, badge, role, password_hash, totp_secret, totp_step, ink, created_at,
                disabled_at
           FROM officers
          WHERE id = $1",
    )
    .bind(id)
    .fetch_optional()
    .await
}

pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<OfficerRow>> {
    tx.query(
        "SELECT id, unit, login, name, badge, role, password_hash, totp_secret, totp_step, ink, created_at,
                disabled_at
           FROM officers
          WHERE login = $1",
    )
    .bind(login)
    .fetch_optional()
    .await
}

/// Spends the code of this step; `false` when it or a later one was spent before.
pub async fn spend_step(tx: &mut Tx, id: OfficerId, step: i64) -> Result<bool> {
    let rows = tx
        .query("UPDATE officers SET totp_step = $2 WHERE id = $1 AND totp_step < $2")
        .bind(id)
        .bind(step)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Keeps the officer's own signature for the next finding.
pub async fn keep_ink(tx: &mut Tx, id: OfficerId, ink: &Ink) -> Result<()> {
    tx.query("UPDATE officers SET ink = $2 WHERE id = $1")
        .bind(id)
        .bind(Json(ink))
        .execute()
        .await
        .map(drop)
}

/// Takes away the right to sign in; open sessions end with it.
pub async fn disable(tx: &mut Tx, id: OfficerId, now: Instant) -> Result<bool> {
    let rows = tx
        .query("UPDATE officers SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL")
        .bind(id)
        .bind(now)
        .execute()
        .await?;
    Ok(rows == 1)
}
