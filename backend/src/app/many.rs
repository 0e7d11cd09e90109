//! Many deeds told in one request, each by itself: what is wrong with one says nothing about the others.
//!
//! The whole is claimed first, so the same key with another list is refused as one; each item then has a key made from
//! it, so a retry of the whole does only what was not done.

use domain::id::Sha256Hex;

use super::{App, Intent, open};
use crate::refusal::{AppError, Refusal, Result};

/// Most deeds told in one request.
pub const MANY_MAX: usize = 200;

/// What became of one of many.
pub struct Told<I, T> {
    pub id: I,
    pub outcome: std::result::Result<T, Refusal>,
}

impl App {
    /// Takes the key of the whole.
    ///
    /// # Errors
    /// A key that served another request.
    pub(super) async fn claim_many(&self, intent: &Intent) -> Result<()> {
        let mut tx = self.db.write().await?;
        open::claim(&mut tx, Some(intent), self.wall.now()).await?;
        Ok(tx.commit().await?)
    }
}

/// The intent of one item; `text` says all that is in it.
pub(super) fn of_item(whole: &Intent, index: usize, text: &str) -> Intent {
    Intent {
        scope: whole.scope.clone(),
        key: format!("{}/{index}", whole.key),
        digest: Sha256Hex::of(text.as_bytes()),
    }
}

/// A refusal is the item's own; our own faults end the whole.
///
/// # Errors
/// Anything but a refusal.
pub(super) fn told<I, T>(id: I, outcome: Result<T>) -> Result<Told<I, T>> {
    let outcome = match outcome {
        Ok(done) => Ok(done),
        Err(AppError::Refused(refusal)) => Err(refusal),
        Err(fault) => return Err(fault),
    };
    Ok(Told { id, outcome })
}
