//! Who works for an insurer: made, given a role, disabled, given a new password. The rules are here, for an
//! operator's command and for an insurer's own administrator alike; each change leaves a line.
//!
//! An administrator can never leave the insurer without one; an operator may, who can make another.

use domain::id::{ClerkId, InsurerCode};
use domain::identifiers::PersonName;
use domain::time::Instant;

use super::access::Access;
use super::{Role, shown_login};
use crate::clock::{self, Entropy};
use crate::store::clerks::{self, ClerkRow};
use crate::store::insurer_changes::{self, ChangeRow};
use crate::store::{Tx, sessions};

/// Letters of a login.
const LOGIN_CHARS: std::ops::RangeInclusive<usize> = 2..=64;
/// Clerks one list shows.
pub const LIST_MAX: u32 = 10_000;

/// Why it was not done; the text is for an operator.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("there is no clerk {0}")]
    NoClerk(String),
    #[error("somebody signs in as {0} already, perhaps at another insurer: choose another login")]
    Taken(String),
    #[error(
        "a login has 2 to 64 small letters, digits, '.', '_', '-' or '@', and begins with a letter or digit"
    )]
    Login,
    #[error("this is no name: {0}")]
    Name(&'static str),
    #[error("an insurer's code has four capital letters, such as PICC: {0:?} is none")]
    Insurer(String),
    #[error("a role is viewer, handler or admin: {0:?} is none")]
    Role(String),
    #[error("nobody else at this insurer could manage people and keys: make another administrator first")]
    LastAdmin,
    #[error("this clerk signs in through the insurer and has no password here")]
    NoPassword,
    #[error("it is already so")]
    AlreadySo,
    #[error("the store failed: {0}")]
    Store(#[from] sqlx::Error),
}

pub type Outcome<T> = Result<T, Trouble>;

/// Who changes something, and when; what it takes to write the line about it.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// None: the operator of this installation.
    pub clerk: Option<ClerkId>,
    pub now: Instant,
    pub entropy: &'a dyn Entropy,
}

/// A clerk to be made.
#[derive(Clone, Debug)]
pub struct New {
    pub insurer: InsurerCode,
    pub login: String,
    pub name: String,
    pub role: Role,
}

/// Makes a clerk with this access.
///
/// # Errors
/// [`Trouble`].
pub async fn add(tx: &mut Tx, new: New, access: &Access, by: By<'_>) -> Outcome<ClerkRow> {
    if !is_login(&new.login) {
        return Err(Trouble::Login);
    }
    let name = PersonName::parse(&new.name).map_err(|error| Trouble::Name(error.message))?;
    let clerk = ClerkRow {
        id: clock::uuid(by.now, by.entropy).into(),
        insurer: new.insurer,
        login: Some(new.login.clone()),
        name: name.as_str().to_owned(),
        email: None,
        role: new.role.as_str().to_owned(),
        password_hash: Some(access.password_hash.clone()),
        totp_secret: Some(access.totp_secret.clone()),
        totp_step: 0,
        issuer: None,
        subject: None,
        created_at: by.now,
        disabled_at: None,
    };
    if !clerks::insert_if_new(tx, &clerk).await? {
        return Err(Trouble::Taken(new.login));
    }
    tell(tx, &clerk, "clerk_added", by).await?;
    Ok(clerk)
}

/// Gives a clerk another role.
///
/// # Errors
/// [`Trouble`].
pub async fn set_role(tx: &mut Tx, clerk: &mut ClerkRow, role: Role, by: By<'_>) -> Outcome<()> {
    if clerk.role == role.as_str() {
        return Ok(());
    }
    keep_an_admin(tx, clerk, by).await?;
    clerks::set_role(tx, clerk.id, role.as_str()).await?;
    clerk.role = role.as_str().to_owned();
    let kind = match role {
        Role::Viewer => "clerk_is_viewer",
        Role::Handler => "clerk_is_handler",
        Role::Admin => "clerk_is_admin",
    };
    tell(tx, clerk, kind, by).await
}

/// Takes a clerk's access away, open sessions included.
///
/// # Errors
/// [`Trouble`].
pub async fn disable(tx: &mut Tx, clerk: &mut ClerkRow, by: By<'_>) -> Outcome<()> {
    if clerk.disabled_at.is_some() {
        return Err(Trouble::AlreadySo);
    }
    keep_an_admin(tx, clerk, by).await?;
    clerks::set_disabled(tx, clerk.id, Some(by.now)).await?;
    sessions::end_of_clerk(tx, clerk.id).await?;
    clerk.disabled_at = Some(by.now);
    tell(tx, clerk, "clerk_disabled", by).await
}

/// Gives it back; the old sessions stay dead.
///
/// # Errors
/// [`Trouble`].
pub async fn enable(tx: &mut Tx, clerk: &mut ClerkRow, by: By<'_>) -> Outcome<()> {
    if clerk.disabled_at.is_none() {
        return Err(Trouble::AlreadySo);
    }
    clerks::set_disabled(tx, clerk.id, None).await?;
    clerk.disabled_at = None;
    tell(tx, clerk, "clerk_enabled", by).await
}

/// A new password and a new second factor; open sessions end.
///
/// # Errors
/// [`Trouble`].
pub async fn reset(tx: &mut Tx, clerk: &ClerkRow, access: &Access, by: By<'_>) -> Outcome<()> {
    if clerk.login.is_none() {
        return Err(Trouble::NoPassword);
    }
    clerks::set_access(tx, clerk.id, &access.password_hash, &access.totp_secret).await?;
    sessions::end_of_clerk(tx, clerk.id).await?;
    tell(tx, clerk, "clerk_reset", by).await
}

/// Notes a change about an insurer's people or keys.
///
/// # Errors
/// The store's.
pub async fn note(
    tx: &mut Tx,
    insurer: InsurerCode,
    (kind, about): (&str, &str),
    by: By<'_>,
) -> Result<(), sqlx::Error> {
    let clerk = match by.clerk {
        Some(id) => clerks::load(tx, id).await?,
        None => None,
    };
    let by_whom = by.clerk.map_or("operator".to_owned(), |id| format!("clerk:{id}"));
    tracing::info!(%insurer, kind, about, by = by_whom, "an insurer's people or keys changed");
    let change = ChangeRow {
        id: clock::uuid(by.now, by.entropy),
        insurer,
        kind: kind.to_owned(),
        about: about.to_owned(),
        by_whom,
        by_name: clerk.map(|clerk| clerk.name),
        at: by.now,
    };
    insurer_changes::insert(tx, &change).await
}

async fn tell(tx: &mut Tx, clerk: &ClerkRow, kind: &str, by: By<'_>) -> Outcome<()> {
    let about = format!("{} {}", clerk.name, shown_login(clerk));
    Ok(note(tx, clerk.insurer, (kind, &about), by).await?)
}

/// Whether one of its own may take an administrator's rights away: not when nobody else has them.
async fn keep_an_admin(tx: &mut Tx, clerk: &ClerkRow, by: By<'_>) -> Outcome<()> {
    let counts = clerk.role == Role::Admin.as_str() && clerk.disabled_at.is_none();
    if by.clerk.is_none() || !counts {
        return Ok(());
    }
    match clerks::hold_admins(tx, clerk.insurer, clerk.id).await? {
        0 => Err(Trouble::LastAdmin),
        _ => Ok(()),
    }
}

fn is_login(login: &str) -> bool {
    let one = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    LOGIN_CHARS.contains(&login.len())
        && login.bytes().next().is_some_and(one)
        && login.bytes().all(|b| one(b) || b"._-@".contains(&b))
}

/// A clerk by login, or by id: whoever signs in through the insurer has no login.
///
/// # Errors
/// [`Trouble`].
pub async fn find(tx: &mut Tx, who: &str) -> Outcome<ClerkRow> {
    if let Some(clerk) = clerks::by_login(tx, who).await? {
        return Ok(clerk);
    }
    let none = || Trouble::NoClerk(who.to_owned());
    let id: ClerkId = who.parse().map_err(|_| none())?;
    clerks::load(tx, id).await?.ok_or_else(none)
}
