//! Sessions of browsers: 256 random bits in a cookie, their digest in the store.
//!
//! No JWT: a session ends the moment we say so.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue};
use domain::guest::INVITED_FOR;
use domain::id::{AccidentId, ClerkId, GuestId, OfficerId, PartyId};
use domain::time::Instant;
use time::Duration;

use super::token;
use crate::app::App;
use crate::config::Config;
use crate::refusal::{Kind, Refusal, Result};
use crate::store::Tx;
use crate::store::sessions::{self, SessionRow};

/// An officer, or an insurer's clerk, who does nothing for so long signs in anew.
pub const OFFICER_IDLE: Duration = Duration::minutes(15);
/// And at the latest after a shift.
pub const OFFICER_LIFE: Duration = Duration::hours(12);
/// A driver's phone may lie in a pocket while the case waits.
pub const DRIVER_IDLE: Duration = Duration::hours(24);
pub const DRIVER_LIFE: Duration = Duration::days(7);
/// The mark of the last use is moved in steps of this, not with every request.
const TOUCH_EVERY: Duration = Duration::seconds(30);

/// Whose browser it is; each has a cookie of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Officer,
    Driver,
    Guest,
    /// Of an insurer.
    Clerk,
}

impl Whose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Driver => "driver",
            Self::Guest => "guest",
            Self::Clerk => "clerk",
        }
    }

    fn cookie(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Officer, true) => "__Host-kc_officer",
            (Self::Officer, false) => "kc_officer",
            (Self::Driver, true) => "__Host-kc_driver",
            (Self::Driver, false) => "kc_driver",
            (Self::Guest, true) => "__Host-kc_guest",
            (Self::Guest, false) => "kc_guest",
            (Self::Clerk, true) => "__Host-kc_clerk",
            (Self::Clerk, false) => "kc_clerk",
        }
    }

    fn idle(self) -> Duration {
        match self {
            Self::Officer | Self::Clerk => OFFICER_IDLE,
            Self::Driver => DRIVER_IDLE,
            Self::Guest => INVITED_FOR,
        }
    }

    fn life(self) -> Duration {
        match self {
            Self::Officer | Self::Clerk => OFFICER_LIFE,
            Self::Driver => DRIVER_LIFE,
            // The invitation ends it sooner or together.
            Self::Guest => INVITED_FOR,
        }
    }
}

/// How far an officer or a clerk has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Name and password; opens nothing but the second step.
    Password,
    Full,
    /// As full: the insurer itself vouches for its clerk.
    Oidc,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Full => "full",
            Self::Oidc => "oidc",
        }
    }
}

/// What a new session is for.
#[derive(Clone, Copy, Debug)]
pub enum For {
    Officer(OfficerId, Level),
    Driver(AccidentId, PartyId),
    Guest(AccidentId, GuestId),
    Clerk(ClerkId, Level),
}

/// Begins a session; answers the token for the cookie.
pub async fn begin(tx: &mut Tx, app: &App, whom: For) -> Result<String> {
    let now = app.wall.now();
    let token = token::secret(&*app.entropy);
    let (whose, level) = match whom {
        For::Officer(_, level) => (Whose::Officer, level),
        For::Driver(..) => (Whose::Driver, Level::Full),
        For::Guest(..) => (Whose::Guest, Level::Full),
        For::Clerk(_, level) => (Whose::Clerk, level),
    };
    let mut session = SessionRow {
        digest: token::digest(&token),
        kind: whose.as_str().to_owned(),
        level: level.as_str().to_owned(),
        officer_id: None,
        accident_id: None,
        party_id: None,
        guest_id: None,
        clerk_id: None,
        created_at: now,
        seen_at: now,
        revoked_at: None,
    };
    match whom {
        For::Officer(id, _) => session.officer_id = Some(id),
        For::Clerk(id, _) => session.clerk_id = Some(id),
        For::Driver(accident, party) => {
            (session.accident_id, session.party_id) = (Some(accident), Some(party));
        }
        For::Guest(accident, guest) => {
            (session.accident_id, session.guest_id) = (Some(accident), Some(guest));
        }
    }
    sessions::insert(tx, &session).await?;
    Ok(token)
}

/// The session behind the cookie, if it is still one.
///
/// # Errors
/// `session_missing`, `session_revoked`, `session_expired`.
pub async fn current(tx: &mut Tx, app: &App, headers: &HeaderMap, whose: Whose) -> Result<SessionRow> {
    let session = shown(tx, app, headers, whose).await?;
    check(&session, whose, app.wall.now())?;
    Ok(session)
}

/// The session behind the cookie, also one that has ended.
///
/// # Errors
/// `session_missing`.
pub async fn shown(tx: &mut Tx, app: &App, headers: &HeaderMap, whose: Whose) -> Result<SessionRow> {
    let missing = || Refusal::new(Kind::Unauthenticated, "session_missing", "请先登录或打开您的链接");
    let token = cookie(headers, whose.cookie(app.config.secure())).ok_or_else(missing)?;
    let session = sessions::load(tx, &token::digest(token)).await?;
    Ok(session
        .filter(|session| session.kind == whose.as_str())
        .ok_or_else(missing)?)
}

/// # Errors
/// `session_revoked`, `session_expired`.
pub fn check(session: &SessionRow, whose: Whose, now: Instant) -> Result<(), Refusal> {
    let ended = |code, message| Err(Refusal::new(Kind::Unauthenticated, code, message));
    if session.revoked_at.is_some() {
        return ended("session_revoked", "您已退出，请重新登录");
    }
    let over = now.since(session.seen_at) >= whose.idle() || now.since(session.created_at) >= whose.life();
    if over {
        return ended("session_expired", "登录已过期，请重新登录");
    }
    Ok(())
}

/// Moves the mark of the last use, at most twice a minute.
pub async fn touch(app: &App, session: &SessionRow) -> Result<()> {
    let now = app.wall.now();
    if now.since(session.seen_at) < TOUCH_EVERY {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    sessions::touch(&mut tx, &session.digest, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the request carries this cookie at all.
pub fn has_cookie(headers: &HeaderMap, config: &Config, whose: Whose) -> bool {
    cookie(headers, whose.cookie(config.secure())).is_some()
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// `Set-Cookie` that keeps this token in the browser.
pub fn set_cookie(config: &Config, whose: Whose, token: &str) -> HeaderValue {
    write_cookie(config, whose, token, whose.life().whole_seconds())
}

/// `Set-Cookie` that takes it away.
pub fn clear_cookie(config: &Config, whose: Whose) -> HeaderValue {
    write_cookie(config, whose, "", 0)
}

/// `Set-Cookie` of something that is no session and lives this many seconds.
pub fn set_short_cookie(config: &Config, name: &str, value: &str, life_s: i64) -> HeaderValue {
    named_cookie(config, &short_name(config, name), value, life_s)
}

/// What such a cookie carries.
pub fn short_cookie<'h>(headers: &'h HeaderMap, config: &Config, name: &str) -> Option<&'h str> {
    cookie(headers, &short_name(config, name))
}

fn short_name(config: &Config, name: &str) -> String {
    let prefix = if config.secure() { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

fn write_cookie(config: &Config, whose: Whose, token: &str, max_age_s: i64) -> HeaderValue {
    named_cookie(config, whose.cookie(config.secure()), token, max_age_s)
}

fn named_cookie(config: &Config, name: &str, value: &str, max_age_s: i64) -> HeaderValue {
    let flag = if config.secure() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{flag}");
    // Names and tokens are ASCII of our own making.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}
