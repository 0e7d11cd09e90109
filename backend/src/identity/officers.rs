//! Officers sign in: name and password, then the code of the second factor.

use axum::http::HeaderMap;
use domain::id::{OfficerId, Sha256Hex, UnitId};
use domain::signing::Ink;
use domain::time::Instant;
use time::Duration;

use super::sessions::{self, For, Level, Whose};
use super::{password, token, totp};
use crate::app::App;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::idempotency::{self, Claim};
use crate::store::officers::{self, OfficerRow};
use crate::store::{Tx, throttles, units};

/// Wrong tries before an account rests.
pub const TRIES_MAX: i64 = 5;
/// How long they are counted together, and so how long it rests.
pub const TRIES_WINDOW: Duration = Duration::minutes(15);
const LOGIN_BYTES_MAX: usize = 128;

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

/// Checks name and password; answers the token of a session that opens nothing but the second step.
///
/// # Errors
/// `invalid_credentials`, the same for a name that does not exist; `too_many_attempts`; `busy`.
pub async fn show_password(app: &App, login: &str, shown: &str) -> Result<String> {
    let now = app.wall.now();
    let subject = token::digest(login).to_string();
    count_try(app, "password", &subject, now).await?;
    let mut tx = app.db.read().await?;
    let officer = match login.len() {
        1..=LOGIN_BYTES_MAX => officers::by_login(&mut tx, login).await?,
        _ => None,
    };
    drop(tx);
    let officer = officer.filter(|officer| officer.disabled_at.is_none());
    let hash = officer.as_ref().map(|officer| officer.password_hash.as_str());
    let fits = shown.len() <= password::PASSWORD_BYTES_MAX;
    let right = password::verify(if fits { shown } else { "" }, hash).await? && fits;
    let Some(officer) = officer.filter(|_| right) else {
        tracing::info!("a sign-in was refused");
        return Err(Refusal::new(Kind::Unauthenticated, "invalid_credentials", "用户名或密码不正确").into());
    };
    let mut tx = app.db.write().await?;
    throttles::clear(&mut tx, "password", &subject).await?;
    let session = sessions::begin(&mut tx, app, For::Officer(officer.id, Level::Password)).await?;
    tx.commit().await?;
    Ok(session)
}

/// Counts before it judges, so that many at once get no more tries than one after the other.
async fn count_try(app: &App, kind: &str, subject: &str, now: Instant) -> Result<()> {
    let mut tx = app.db.write().await?;
    let window = throttles::count(&mut tx, kind, subject, now, now.minus(TRIES_WINDOW)).await?;
    tx.commit().await?;
    if window.tries <= TRIES_MAX {
        return Ok(());
    }
    let wait = window.since.plus(TRIES_WINDOW).since(now).whole_seconds().max(0);
    let wait_s = u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1);
    let message = format!("尝试次数过多，请{}分钟后再试", wait_s.div_ceil(60));
    Err(Refusal::too_many("too_many_attempts", message, wait_s).into())
}

/// Checks the second factor; answers the token of a full session in the place of the first.
///
/// The same intent again, after its answer was lost, gets another full session.
///
/// # Errors
/// `session_…` without the first step, `otp_wrong`, `otp_reused`, `too_many_attempts`.
pub async fn show_code(
    app: &App,
    headers: &HeaderMap,
    (key, digest): (&str, &Sha256Hex),
    code: &str,
) -> Result<(String, Signed)> {
    let now = app.wall.now();
    let mut tx = app.db.write().await?;
    let first = sessions::shown(&mut tx, app, headers, Whose::Officer).await?;
    let officer = officer_of(&mut tx, first.officer_id).await?;
    let scope = format!("second-factor:{}", first.digest);
    let claim = idempotency::claim(&mut tx, &scope, key, digest, now).await?;
    match claim {
        Claim::OtherBody => return Err(key_reused().into()),
        Claim::Replay { .. } => {}
        Claim::New => {
            sessions::check(&first, Whose::Officer, now)?;
            drop(tx);
            count_try(app, "totp", &officer.id.to_string(), now).await?;
            tx = app.db.write().await?;
            idempotency::claim(&mut tx, &scope, key, digest, now).await?;
            spend_code(&mut tx, &officer, code, now).await?;
            throttles::clear(&mut tx, "totp", &officer.id.to_string()).await?;
            crate::store::sessions::revoke(&mut tx, &first.digest, now).await?;
        }
    }
    let session = sessions::begin(&mut tx, app, For::Officer(officer.id, Level::Full)).await?;
    let signed = signed(&mut tx, officer).await?;
    tx.commit().await?;
    Ok((session, signed))
}

async fn spend_code(tx: &mut Tx, officer: &OfficerRow, code: &str, now: Instant) -> Result<()> {
    let refused = |code, message| Refusal::new(Kind::Unauthenticated, code, message);
    let step = totp::matching_step(&officer.totp_secret, code.trim(), now)?
        .ok_or_else(|| refused("otp_wrong", "动态码不正确，请查看最新的动态码"))?;
    if !officers::spend_step(tx, officer.id, step).await? {
        return Err(refused("otp_reused", "该动态码已使用过，请等待下一个").into());
    }
    Ok(())
}

pub(crate) fn key_reused() -> Refusal {
    let message = "这个 Idempotency-Key 已用于另一个请求，请换一个新的";
    Refusal::new(Kind::Invalid, "idempotency_key_reused", message)
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
        return Err(Refusal::new(Kind::Forbidden, "mfa_required", "请继续输入动态码完成登录").into());
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

/// Ends the session behind the cookie, whatever its level; nothing happens when there is none.
///
/// # Errors
/// Only our own.
pub async fn sign_out(app: &App, headers: &HeaderMap, whose: Whose) -> Result<()> {
    let now = app.wall.now();
    let mut tx = app.db.write().await?;
    match sessions::shown(&mut tx, app, headers, whose).await {
        Ok(session) => {
            crate::store::sessions::revoke(&mut tx, &session.digest, now).await?;
            tx.commit().await?;
            Ok(())
        }
        Err(AppError::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
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
