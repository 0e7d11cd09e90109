//! Signing in with two factors: name and password, then the code; the same for officers and insurers' clerks.
//!
//! It counts tries before it judges. Who somebody is and what they may is said where they are kept.

use axum::http::HeaderMap;
use domain::id::Sha256Hex;
use domain::time::Instant;
use time::Duration;

use super::sessions::{self, For, Level, Whose};
use super::{password, token, totp};
use crate::app::App;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::idempotency::{self, Claim};
use crate::store::sessions::SessionRow;
use crate::store::{Tx, throttles};

/// Wrong tries before an account rests.
pub const TRIES_MAX: i64 = 5;
/// How long they are counted together, and so how long it rests.
pub const TRIES_WINDOW: Duration = Duration::minutes(15);
const LOGIN_BYTES_MAX: usize = 128;

/// Somebody with a password and a second factor.
pub(super) trait Account: Sized {
    const WHOSE: Whose;
    /// Under which wrong passwords and wrong codes are counted.
    const PASSWORD_TRIES: &'static str;
    const CODE_TRIES: &'static str;

    /// Nobody for somebody who is disabled.
    async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Self>>;

    /// Whose session this is; refuses somebody who is disabled.
    async fn behind(tx: &mut Tx, session: &SessionRow) -> Result<Self>;

    fn id(&self) -> String;

    /// None for whoever has no password.
    fn password_hash(&self) -> Option<&str>;

    fn totp_secret(&self) -> Option<&str>;

    /// `false` when the code of this step was used before.
    async fn spend_step(&self, tx: &mut Tx, step: i64) -> Result<bool>;

    fn session(&self, level: Level) -> For;
}

/// Checks name and password; answers the token of a session that opens nothing but the second step.
///
/// # Errors
/// `invalid_credentials`, the same for a name that does not exist; `too_many_attempts`; `busy`.
pub(super) async fn show_password<A: Account>(app: &App, login: &str, shown: &str) -> Result<String> {
    let now = app.wall.now();
    let subject = token::digest(login).to_string();
    count_try(app, A::PASSWORD_TRIES, &subject, now).await?;
    let mut tx = app.db.read().await?;
    let account = match login.len() {
        1..=LOGIN_BYTES_MAX => A::by_login(&mut tx, login).await?,
        _ => None,
    };
    drop(tx);
    let hash = account.as_ref().and_then(A::password_hash);
    let fits = shown.len() <= password::PASSWORD_BYTES_MAX;
    let right = password::verify(if fits { shown } else { "" }, hash).await? && fits;
    let Some(account) = account.filter(|_| right) else {
        tracing::info!("a sign-in was refused");
        return Err(Refusal::new(Kind::Unauthenticated, "invalid_credentials", "用户名或密码不正确").into());
    };
    let mut tx = app.db.write().await?;
    throttles::clear(&mut tx, A::PASSWORD_TRIES, &subject).await?;
    let session = sessions::begin(&mut tx, app, account.session(Level::Password)).await?;
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
pub(super) async fn show_code<A: Account>(
    app: &App,
    headers: &HeaderMap,
    (key, digest): (&str, &Sha256Hex),
    code: &str,
) -> Result<(String, A)> {
    let now = app.wall.now();
    let mut tx = app.db.write().await?;
    let first = sessions::shown(&mut tx, app, headers, A::WHOSE).await?;
    let account = A::behind(&mut tx, &first).await?;
    let scope = format!("second-factor:{}", first.digest);
    let claim = idempotency::claim(&mut tx, &scope, key, digest, now).await?;
    match claim {
        Claim::OtherBody => return Err(key_reused().into()),
        Claim::Replay { .. } => {}
        Claim::New => {
            sessions::check(&first, A::WHOSE, now)?;
            drop(tx);
            count_try(app, A::CODE_TRIES, &account.id(), now).await?;
            tx = app.db.write().await?;
            idempotency::claim(&mut tx, &scope, key, digest, now).await?;
            spend_code(&mut tx, &account, code, now).await?;
            throttles::clear(&mut tx, A::CODE_TRIES, &account.id()).await?;
            crate::store::sessions::revoke(&mut tx, &first.digest, now).await?;
        }
    }
    let session = sessions::begin(&mut tx, app, account.session(Level::Full)).await?;
    tx.commit().await?;
    Ok((session, account))
}

async fn spend_code<A: Account>(tx: &mut Tx, account: &A, code: &str, now: Instant) -> Result<()> {
    let refused = |code, message| Refusal::new(Kind::Unauthenticated, code, message);
    let step = match account.totp_secret() {
        Some(secret) => totp::matching_step(secret, code.trim(), now)?,
        None => None,
    };
    let step = step.ok_or_else(|| refused("otp_wrong", "动态码不正确，请查看最新的动态码"))?;
    if !account.spend_step(tx, step).await? {
        return Err(refused("otp_reused", "该动态码已使用过，请等待下一个").into());
    }
    Ok(())
}

pub(crate) fn key_reused() -> Refusal {
    let message = "这个 Idempotency-Key 已用于另一个请求，请换一个新的";
    Refusal::new(Kind::Invalid, "idempotency_key_reused", message)
}

/// After the password alone.
pub(super) fn code_missing() -> Refusal {
    Refusal::new(Kind::Forbidden, "mfa_required", "请继续输入动态码完成登录")
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
