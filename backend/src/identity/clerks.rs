//! Insurers' clerks: how they sign in, who they are, and what their role lets them do.
//!
//! A clerk uses the very API of the insurer's programs. Role and being disabled are asked of the store with each
//! request, so both count at once.

pub mod access;
pub mod deeds;
pub mod oidc;
pub mod people;
pub mod providers;

use axum::http::HeaderMap;
use domain::id::{ClerkId, InsurerCode, Sha256Hex};

use super::clients::{ADMIN_SCOPES, SCOPES};
use super::sessions::{self, For, Level, Whose};
use super::two_factors::{self, Account};
use crate::app::App;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::Tx;
use crate::store::clerks::{self, ClerkRow};
use crate::store::sessions::SessionRow;

/// What a viewer may: the two that only read.
const READS: [&str; 2] = [SCOPES[0], SCOPES[1]];
/// What a handler may besides: answer assessments, tell of payments.
const WRITES: [&str; 2] = [SCOPES[2], SCOPES[3]];

/// What somebody is to their insurer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Looks.
    Viewer,
    /// Answers assessments and confirms payments.
    Handler,
    /// Does everything, people and keys included.
    Admin,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Handler, Self::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Handler => "handler",
            Self::Admin => "admin",
        }
    }

    /// None for a word that is no role.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    pub fn scopes(self) -> Vec<String> {
        let of: Vec<&str> = match self {
            Self::Viewer => READS.to_vec(),
            Self::Handler => [READS, WRITES].concat(),
            Self::Admin => [SCOPES.as_slice(), &ADMIN_SCOPES].concat(),
        };
        of.into_iter().map(str::to_owned).collect()
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub id: ClerkId,
    pub name: String,
    /// What they typed, or what their insurer calls them.
    pub login: String,
    pub role: Role,
    pub insurer: InsurerCode,
    /// The insurer vouched for them; otherwise they showed two factors to us.
    pub by_insurer: bool,
}

impl Signed {
    fn of(clerk: ClerkRow, by_insurer: bool) -> Result<Self> {
        Ok(Self {
            id: clerk.id,
            login: shown_login(&clerk),
            role: role_of(&clerk)?,
            name: clerk.name,
            insurer: clerk.insurer,
            by_insurer,
        })
    }
}

/// The login, or for whoever has none the address or name by which the insurer knows them.
pub fn shown_login(clerk: &ClerkRow) -> String {
    let known = [&clerk.login, &clerk.email, &clerk.subject];
    known.into_iter().flatten().next().cloned().unwrap_or_default()
}

/// # Errors
/// When a stored role is none.
pub fn role_of(clerk: &ClerkRow) -> Result<Role> {
    Role::read(&clerk.role)
        .ok_or_else(|| AppError::Inconsistent(format!("{} is no role of a clerk", clerk.role)))
}

impl Account for ClerkRow {
    const WHOSE: Whose = Whose::Clerk;
    const PASSWORD_TRIES: &'static str = "clerk-password";
    const CODE_TRIES: &'static str = "clerk-totp";

    async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<Self>> {
        let clerk = clerks::by_login(tx, login).await?;
        Ok(clerk.filter(|clerk| clerk.disabled_at.is_none()))
    }

    async fn behind(tx: &mut Tx, session: &SessionRow) -> Result<Self> {
        let id = session
            .clerk_id
            .ok_or_else(|| AppError::Inconsistent("a clerk's session without a clerk".to_owned()))?;
        let clerk = clerks::load(tx, id).await?;
        let clerk = clerk.filter(|clerk| clerk.disabled_at.is_none());
        Ok(clerk.ok_or_else(disabled)?)
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn password_hash(&self) -> Option<&str> {
        self.password_hash.as_deref()
    }

    fn totp_secret(&self) -> Option<&str> {
        self.totp_secret.as_deref()
    }

    async fn spend_step(&self, tx: &mut Tx, step: i64) -> Result<bool> {
        Ok(clerks::spend_step(tx, self.id, step).await?)
    }

    fn session(&self, level: Level) -> For {
        For::Clerk(self.id, level)
    }
}

fn disabled() -> Refusal {
    let message = "账号已停用，请联系本公司管理员";
    Refusal::new(Kind::Unauthenticated, "session_revoked", message)
}

/// As [`two_factors::show_password`].
///
/// # Errors
/// The same.
pub async fn show_password(app: &App, login: &str, shown: &str) -> Result<String> {
    two_factors::show_password::<ClerkRow>(app, login, shown).await
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
    let (session, clerk) = two_factors::show_code::<ClerkRow>(app, headers, intent, code).await?;
    Ok((session, Signed::of(clerk, false)?))
}

/// Who holds this clerk's session, which must be a full one.
///
/// # Errors
/// `session_…`; `mfa_required` after the password alone.
pub async fn current(app: &App, headers: &HeaderMap) -> Result<Signed> {
    let mut tx = app.db.read().await?;
    let session = sessions::current(&mut tx, app, headers, Whose::Clerk).await?;
    let clerk = ClerkRow::behind(&mut tx, &session).await?;
    drop(tx);
    if session.level == Level::Password.as_str() {
        return Err(two_factors::code_missing().into());
    }
    sessions::touch(app, &session).await?;
    Signed::of(clerk, session.level == Level::Oidc.as_str())
}
