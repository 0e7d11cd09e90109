//! Where an insurer's own people sign in: told by the operator, one provider an insurer.

use domain::id::InsurerCode;

use super::Role;
use super::people::{By, note};
use crate::outbound::{self, Unreachable};
use crate::store::insurer_oidc::{self, ProviderRow};
use crate::store::{Db, sessions};

/// Insurers listed at most.
const LIST_MAX: u32 = 1_000;
/// Longest name of ours at a provider, and longest secret, in bytes.
const TEXT_BYTES_MAX: usize = 1_024;

/// Why it was not done; for an operator.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("an insurer's code has four capital letters, such as PICC: {0:?} is none")]
    Insurer(String),
    #[error("--issuer: {0}")]
    Issuer(#[from] Unreachable),
    #[error("a role is viewer, handler or admin: {0:?} is none")]
    Role(String),
    #[error("{0} has 1 to {TEXT_BYTES_MAX} bytes, and none of them is a control character")]
    Text(&'static str),
    #[error("{0} has no provider")]
    None(InsurerCode),
    #[error("the store failed: {0}")]
    Store(#[from] sqlx::Error),
}

/// A provider as an operator tells it.
#[derive(Clone, Debug)]
pub struct New {
    pub insurer: String,
    /// As its discovery document writes it; below it lies `/.well-known/openid-configuration`.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// What somebody new gets; none: nobody new comes in.
    pub new_role: Option<String>,
}

/// Keeps it in place of any other of this insurer.
///
/// # Errors
/// [`Trouble`].
pub async fn set(db: &Db, new: New, by: By<'_>) -> Result<(), Trouble> {
    let insurer: InsurerCode = new
        .insurer
        .parse()
        .map_err(|_| Trouble::Insurer(new.insurer.clone()))?;
    outbound::form(&new.issuer)?;
    if let Some(role) = new.new_role.as_deref().filter(|role| Role::read(role).is_none()) {
        return Err(Trouble::Role(role.to_owned()));
    }
    for (text, what) in [
        (&new.client_id, "--client-id"),
        (&new.client_secret, "the secret"),
    ] {
        if !(1..=TEXT_BYTES_MAX).contains(&text.len()) || text.chars().any(char::is_control) {
            return Err(Trouble::Text(what));
        }
    }
    let provider = ProviderRow {
        insurer,
        issuer: new.issuer,
        client_id: new.client_id,
        client_secret: new.client_secret,
        new_role: new.new_role,
        changed_at: by.now,
    };
    let mut tx = db.write().await?;
    insurer_oidc::set(&mut tx, &provider).await?;
    note(&mut tx, insurer, ("oidc_set", &provider.issuer), by).await?;
    Ok(tx.commit().await?)
}

/// Takes it away, and with it every session it vouched for.
///
/// # Errors
/// [`Trouble`].
pub async fn remove(db: &Db, insurer: &str, by: By<'_>) -> Result<(), Trouble> {
    let code: InsurerCode = insurer
        .parse()
        .map_err(|_| Trouble::Insurer(insurer.to_owned()))?;
    let mut tx = db.write().await?;
    if !insurer_oidc::remove(&mut tx, code).await? {
        return Err(Trouble::None(code));
    }
    sessions::end_vouched_for(&mut tx, code).await?;
    note(&mut tx, code, ("oidc_removed", ""), by).await?;
    Ok(tx.commit().await?)
}

/// Every insurer that has one.
///
/// # Errors
/// The store's.
pub async fn list(db: &Db) -> Result<Vec<ProviderRow>, sqlx::Error> {
    let mut tx = db.read().await?;
    insurer_oidc::list(&mut tx, LIST_MAX).await
}
