//! What an insurer's administrator does about colleagues. Those of other insurers are not there.

use domain::id::{ClerkId, InsurerCode};

use super::Role;
use super::access::Access;
use super::people::{self, By, LIST_MAX, New, Trouble};
use crate::app::{App, Intent};
use crate::identity::two_factors::key_reused;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::Tx;
use crate::store::clerks::{self, ClerkRow};
use crate::store::idempotency::{self, Claim};
use crate::store::insurer_changes::{self, ChangeRow};

/// An insurer's administrator at work.
#[derive(Clone, Copy, Debug)]
pub struct Admin {
    pub clerk: ClerkId,
    pub insurer: InsurerCode,
}

impl Admin {
    /// As the lines about changes name them.
    pub fn by(self, app: &App) -> By<'_> {
        By {
            clerk: Some(self.clerk),
            now: app.wall.now(),
            entropy: &*app.entropy,
        }
    }
}

/// What may be changed about a clerk; none: as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change {
    pub role: Option<Role>,
    pub disabled: Option<bool>,
    pub reset: bool,
}

/// Everybody of this insurer, the oldest first.
///
/// # Errors
/// Only our own.
pub async fn list(app: &App, admin: Admin) -> Result<Vec<ClerkRow>> {
    let mut tx = app.db.read().await?;
    Ok(clerks::list(&mut tx, Some(admin.insurer), LIST_MAX).await?)
}

/// Makes a colleague; the access is told this once, and again to the same intent.
///
/// # Errors
/// `login_taken`; a login or a name that is none.
pub async fn add(
    app: &App,
    admin: Admin,
    intent: &Intent,
    (login, name, role): (String, String, Role),
) -> Result<(ClerkRow, Access)> {
    let access = Access::for_intent(app, intent).await?;
    let mut tx = app.db.write().await?;
    if let Some(made) = done_before(&mut tx, app, intent).await? {
        let id = serde_json::from_value(made).map_err(|error| AppError::Inconsistent(error.to_string()))?;
        return Ok((one(&mut tx, admin, id).await?, access));
    }
    let new = New {
        insurer: admin.insurer,
        login,
        name,
        role,
    };
    let clerk = people::add(&mut tx, new, &access, admin.by(app)).await?;
    let made = serde_json::json!(clerk.id);
    idempotency::finish(&mut tx, &intent.scope, &intent.key, None, Some(&made)).await?;
    tx.commit().await?;
    Ok((clerk, access))
}

/// Takes the key of this intent; `Some` with what was noted when it was done before.
pub(in crate::identity) async fn done_before(
    tx: &mut Tx,
    app: &App,
    intent: &Intent,
) -> Result<Option<serde_json::Value>> {
    match idempotency::claim(tx, &intent.scope, &intent.key, &intent.digest, app.wall.now()).await? {
        Claim::New => Ok(None),
        Claim::Replay { answer, .. } => Ok(Some(answer.unwrap_or_default())),
        Claim::OtherBody => Err(key_reused().into()),
    }
}

/// Changes role, access or both; a reset answers the new access.
///
/// # Errors
/// `not_found`, `last_admin`, `no_password`.
pub async fn change(
    app: &App,
    admin: Admin,
    id: ClerkId,
    change: Change,
) -> Result<(ClerkRow, Option<Access>)> {
    let access = match change.reset {
        true => Some(Access::draw(&*app.entropy).await?),
        false => None,
    };
    let mut tx = app.db.write().await?;
    let mut clerk = one(&mut tx, admin, id).await?;
    let by = admin.by(app);
    // Rights are given before others are taken, so that one request may do both.
    if let Some(role) = change.role {
        people::set_role(&mut tx, &mut clerk, role, by).await?;
    }
    match change.disabled {
        Some(true) if clerk.disabled_at.is_none() => people::disable(&mut tx, &mut clerk, by).await?,
        Some(false) if clerk.disabled_at.is_some() => people::enable(&mut tx, &mut clerk, by).await?,
        _ => {}
    }
    if let Some(access) = &access {
        people::reset(&mut tx, &clerk, access, by).await?;
    }
    tx.commit().await?;
    Ok((clerk, access))
}

/// What was changed about people and keys, the newest first.
///
/// # Errors
/// Only our own.
pub async fn changes(
    app: &App,
    admin: Admin,
    before: Option<uuid::Uuid>,
    limit: u32,
) -> Result<Vec<ChangeRow>> {
    let mut tx = app.db.read().await?;
    Ok(insurer_changes::list(&mut tx, admin.insurer, before, limit).await?)
}

async fn one(tx: &mut Tx, admin: Admin, id: ClerkId) -> Result<ClerkRow> {
    let clerk = clerks::load(tx, id).await?;
    let clerk = clerk.filter(|clerk| clerk.insurer == admin.insurer);
    Ok(clerk.ok_or_else(Refusal::not_found)?)
}

impl From<Trouble> for AppError {
    fn from(trouble: Trouble) -> Self {
        let refusal = match trouble {
            Trouble::Store(error) => return error.into(),
            Trouble::NoClerk(_) => Refusal::not_found(),
            Trouble::Taken(login) => {
                let message = format!("登录名 {login} 已被使用，请换一个");
                Refusal::invalid_field("login", "login_taken", message)
            }
            Trouble::Login => {
                let message = "登录名为2至64个小写字母、数字或 . _ - @，以字母或数字开头";
                Refusal::invalid_field("login", "bad_login", message)
            }
            Trouble::Name(message) => Refusal::invalid_field("name", "bad_name", message),
            Trouble::Insurer(_) => {
                Refusal::invalid_field("insurer", "unknown_value", "保险公司代码为四个大写字母")
            }
            Trouble::Role(_) => {
                Refusal::invalid_field("role", "unknown_value", "角色为 viewer、handler 或 admin")
            }
            Trouble::LastAdmin => {
                let message = "这是本公司最后一位管理员，请先设置另一位管理员，再停用或变更此账号";
                Refusal::conflict("last_admin", message)
            }
            Trouble::NoPassword => {
                let message = "该账号通过本公司统一登录，这里没有密码可以重置";
                Refusal::conflict("no_password", message)
            }
            Trouble::AlreadySo => Refusal::conflict("already_so", "已经是这样了，请刷新查看"),
        };
        refusal.into()
    }
}
