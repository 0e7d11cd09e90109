//! Texts that nobody can guess, and the one secret of this installation that they may be derived from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::Sha256Hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::app::App;
use crate::clock::Entropy;
use crate::refusal::{AppError, Result};
use crate::store::{Tx, secrets};

/// Bytes of a session id or a client's secret.
const SECRET_BYTES: usize = 32;
/// Bytes of a link's token: it travels in an SMS and in a QR code, so it is no longer than it must be.
const LINK_BYTES: usize = 16;
/// The name of the server's secret in the store.
const SERVER_SECRET: &str = "server";

/// 256 random bits as base64url.
pub fn secret(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; SECRET_BYTES];
    entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What the store keeps of a token.
pub fn digest(token: &str) -> Sha256Hex {
    Sha256Hex::of(token.as_bytes())
}

/// What only this server can compute.
pub struct ServerSecret(Vec<u8>);

impl ServerSecret {
    /// Made at the first use, the same ever after.
    pub async fn of(tx: &mut Tx, app: &App) -> Result<Self> {
        let kept = match secrets::load(tx, SERVER_SECRET).await? {
            Some(kept) => kept,
            None => secrets::load_or_insert(tx, SERVER_SECRET, &secret(&*app.entropy)).await?,
        };
        let bytes = URL_SAFE_NO_PAD
            .decode(kept)
            .map_err(|_| AppError::Inconsistent("the server's secret cannot be read".to_owned()))?;
        Ok(Self(bytes))
    }

    /// 128 bits that belong to exactly these parts.
    pub fn link_token(&self, parts: &[&str]) -> Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(&self.mac("link", parts)?[..LINK_BYTES]))
    }

    /// A digest that cannot be found by trying all phones or all six-digit codes.
    pub fn keyed_digest(&self, purpose: &str, parts: &[&str]) -> Result<Sha256Hex> {
        Ok(Sha256Hex::of(&self.mac(purpose, parts)?))
    }

    /// 256 bits that belong to exactly these parts.
    pub fn bytes(&self, purpose: &str, parts: &[&str]) -> Result<[u8; 32]> {
        self.mac(purpose, parts)
    }

    fn mac(&self, purpose: &str, parts: &[&str]) -> Result<[u8; 32]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .map_err(|_| AppError::Inconsistent("the server's secret cannot be used".to_owned()))?;
        for part in std::iter::once(&purpose).chain(parts) {
            // Lengths first, so that parts never run into each other.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Ok(mac.finalize().into_bytes().into())
    }
}
