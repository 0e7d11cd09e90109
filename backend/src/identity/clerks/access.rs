//! What a clerk signs in with, made by us and told once: a password and the secret of the second factor.

use crate::app::{App, Intent};
use crate::clock::Entropy;
use crate::identity::token::ServerSecret;
use crate::identity::{password, totp};
use crate::refusal::Result;

/// Bytes that both are made of.
const BYTES: usize = password::DRAWN_BYTES + totp::SECRET_BYTES;

/// A password and a second factor, not kept as they are anywhere but here.
pub struct Access {
    pub password: String,
    /// Base 32.
    pub totp_secret: String,
    /// What the store keeps of the password.
    pub(super) password_hash: String,
}

impl Access {
    /// A new one.
    ///
    /// # Errors
    /// `busy`.
    pub async fn draw(entropy: &dyn Entropy) -> Result<Self> {
        let mut bytes = [0; BYTES];
        entropy.fill(&mut bytes);
        Self::from(bytes, entropy).await
    }

    /// The one that belongs to this intent: whoever lost our answer and asks again is told the same, and nothing
    /// readable is kept for that.
    ///
    /// # Errors
    /// `busy`.
    pub async fn for_intent(app: &App, intent: &Intent) -> Result<Self> {
        let mut tx = app.db.write().await?;
        let server = ServerSecret::of(&mut tx, app).await?;
        tx.commit().await?;
        let bytes: [u8; BYTES] = server.bytes("clerk-access", &[&intent.scope, &intent.key])?;
        Self::from(bytes, &*app.entropy).await
    }

    /// One that is known already, such as a demo's.
    ///
    /// # Errors
    /// `busy`.
    pub async fn known(password: String, totp_secret: String, entropy: &dyn Entropy) -> Result<Self> {
        Ok(Self {
            password_hash: password::hash(&password, entropy).await?,
            password,
            totp_secret,
        })
    }

    async fn from(bytes: [u8; BYTES], entropy: &dyn Entropy) -> Result<Self> {
        let (letters, secret) = bytes.split_at(password::DRAWN_BYTES);
        Self::known(password::readable(letters), totp::base32(secret), entropy).await
    }
}
