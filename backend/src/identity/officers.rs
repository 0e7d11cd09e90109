//! Officers: how they sign in, and who is at the desk.

use axum::http::HeaderMap;
use domain::id::{OfficerId, Sha256Hex, UnitId};
use domain::signing::Ink;

use super::sessions::{self, For, Level, Whose};
use super::two_factors::{self, Account};
use crate::app::App;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::officers::{self, OfficerRow};
use crate::store::sessions::SessionRow;
use crate::store::{Tx, units};

/// Who is at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub id: OfficerId,
    pub name: String,
    pub badge: String,
    pub role: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub has_ink: bool,
}

impl Account for OfficerRow {
    const WHOSE: Whose = Whose::Officer;
    const PASSWORD_TRIES: &'static str = "password";
    const CODE_TRIES: &'static str = "totp";

    async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Self>> {
        let officer = officers::by_login(tx, login).await?;
        Ok(officer.filter(|officer| officer.disabled_at.is_none()))
    }

    async fn behind(tx: &mut Tx, session: &SessionRow) -> Result<Self> {
        officer_of(tx, session.officer_id).await
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn password_hash(&self) -> Option<&str> {
        Some(&self.password_hash)
    }

    fn totp_secret(&self) -> Option<&str> {
        Some(&self.totp_secret)
    }

    async fn spend_step(&self, tx: &mut Tx, step: i64) -> Result<bool> {
        Ok(officers::spend_step(tx, self.id, step).await?)
    }

    fn session(&self, level: Level) -> For {
        For::Officer(self.id, level)
    }
}

/// As [`two_factors::show_password`].
///
/// # Errors
/// The same.
pub async fn show_password(app: &App, login: &str, shown: &str) -> Result<String> {
    two_factors::show_password::<OfficerRow>(app, login, shown).await
}

/// As [`two_factors::show_code`].
///
/// # Errors
/// The same.
pub async fn show_code(
    app: &App,
    headers: &HeaderMap,
    intent: (&str, &Sha256Hex),
    code: &str,
) -> Result<(String, Signed)> {
    let (session, officer) = two_factors::show_code::<OfficerRow>(app, headers, intent, code).await?;
    let mut tx = app.db.read().await?;
    Ok((session, signed(&mut tx, officer).await?))
}

async fn officer_of(tx: &mut Tx, id: Option<OfficerId>) -> Result<OfficerRow> {
    let id =
        id.ok_or_else(|| AppError::Inconsistent("an officer's session without an officer".to_owned()))?;
    let officer = officers::load(tx, id).await?;
    let officer = officer.filter(|officer| officer.disabled_at.is_none());
    Ok(officer.ok_or_else(|| {
        Refusal::new(
            Kind::Unauthenticated,
            "session_revoked",
            "账号已停用，请联系管理员",
        )
    })?)
}

/// Who holds this officer's session, which must be a full one.
///
/// # Errors
/// `session_…`; `mfa_required` after the password alone.
pub async fn current(app: &App, headers: &HeaderMap) -> Result<Signed> {
    let mut tx = app.db.read().await?;
    let session = sessions::current(&mut tx, app, headers, Whose::Officer).await?;
    let officer = officer_of(&mut tx, session.officer_id).await?;
    if session.level != Level::Full.as_str() {
        return Err(two_factors::code_missing().into());
    }
    let signed = signed(&mut tx, officer).await?;
    drop(tx);
    sessions::touch(app, &session).await?;
    Ok(signed)
}

async fn signed(tx: &mut Tx, officer: OfficerRow) -> Result<Signed> {
    let unit = units::load(tx, &officer.unit)
        .await?
        .ok_or_else(|| AppError::Inconsistent("an officer's unit is not in the store".to_owned()))?;
    Ok(Signed {
        id: officer.id,
        name: officer.name,
        badge: officer.badge,
        role: officer.role,
        unit: unit.code,
        unit_name: unit.name,
        has_ink: officer.ink.is_some(),
    })
}

/// Keeps the officer's own signature for the findings to come.
///
/// # Errors
/// `invalid_fields` for ink that is no signature.
pub async fn keep_ink(app: &App, id: OfficerId, ink: Ink) -> Result<()> {
    if let Some(problem) = ink.problem() {
        return Err(Refusal::invalid_field(problem.field, &problem.code, problem.message).into());
    }
    let mut tx = app.db.write().await?;
    officers::keep_ink(&mut tx, id, &ink.rounded()).await?;
    tx.commit().await?;
    Ok(())
}
