//! The keys that sign access tokens and media tickets: ES256, in the store, rotating.
//!
//! One key signs; a retired one still verifies until the last thing it signed is over. The private halves
//! never leave the store but to sign.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::Sha256Hex;
use domain::time::Instant;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;
use signaling_core::ticket::Ticket;
use time::Duration;
use utoipa::ToSchema;

use crate::app::App;
use crate::refusal::{AppError, Result};
use crate::store::keys::{self, KeyRow};
use crate::store::{Db, Tx};

/// How long a retired key verifies: the longest life of what it signs (a ticket's two hours) and one more.
pub const OVERLAP: Duration = Duration::hours(3);
/// A key signs no longer than this.
pub const KEY_LIFE: Duration = Duration::days(30);

/// Makes a new key and retires the one before; answers its id.
///
/// # Errors
/// Only our own.
pub async fn rotate(app: &App) -> Result<String> {
    let now = app.wall.now();
    let mut tx = app.db.write().await?;
    let kid = make(&mut tx, now).await?.kid;
    tx.commit().await?;
    Ok(kid)
}

async fn make(tx: &mut Tx, now: Instant) -> Result<KeyRow> {
    // The crypto library draws this one itself: it takes no randomness from outside.
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).map_err(broken)?;
    // An uncompressed point: 0x04, x, y.
    let [4, point @ ..] = pair.public_key_raw() else {
        return Err(broken("a point of another shape"));
    };
    let (x, y) = point
        .split_at_checked(32)
        .ok_or_else(|| broken("a short point"))?;
    let key = KeyRow {
        kid: Sha256Hex::of(point).as_str()[..16].to_owned(),
        private: pair.serialize_pem(),
        x: URL_SAFE_NO_PAD.encode(x),
        y: URL_SAFE_NO_PAD.encode(y),
        created_at: now,
        retired_at: None,
    };
    keys::retire_all(tx, now).await?;
    keys::insert(tx, &key).await?;
    Ok(key)
}

/// The key that signs now; the first use makes it, its age replaces it.
async fn signing(app: &App) -> Result<KeyRow> {
    let now = app.wall.now();
    let mut tx = app.db.read().await?;
    if let Some(key) = youngest(&mut tx, now).await? {
        return Ok(key);
    }
    drop(tx);
    let mut tx = app.db.write().await?;
    let key = match youngest(&mut tx, now).await? {
        Some(key) => key,
        None => make(&mut tx, now).await?,
    };
    tx.commit().await?;
    Ok(key)
}

async fn youngest(tx: &mut Tx, now: Instant) -> Result<Option<KeyRow>> {
    let all = keys::list(tx, now.minus(OVERLAP)).await?;
    Ok(all
        .into_iter()
        .find(|key| key.retired_at.is_none() && now.since(key.created_at) < KEY_LIFE))
}

/// Signs these claims.
pub(crate) async fn sign<T: Serialize>(app: &App, typ: &str, claims: &T) -> Result<String> {
    let key = signing(app).await?;
    let mut header = Header::new(Algorithm::ES256);
    header.typ = Some(typ.to_owned());
    header.kid = Some(key.kid);
    let private = EncodingKey::from_ec_pem(key.private.as_bytes()).map_err(broken)?;
    jsonwebtoken::encode(&header, claims, &private).map_err(broken)
}

/// The ticket as the phone carries it to the media service.
///
/// # Errors
/// Only our own.
pub async fn mint_ticket(app: &App, ticket: &Ticket) -> Result<String> {
    sign(app, "JWT", ticket).await
}

/// The public key of this id, if it still verifies.
///
/// # Errors
/// Only our own.
pub async fn decoding_key(app: &App, kid: &str) -> Result<Option<DecodingKey>> {
    let mut tx = app.db.read().await?;
    let all = keys::list(&mut tx, app.wall.now().minus(OVERLAP)).await?;
    let found = all.iter().find(|key| key.kid == kid);
    found
        .map(|key| DecodingKey::from_ec_components(&key.x, &key.y).map_err(broken))
        .transpose()
}

/// One public key as RFC 7517 writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    pub kty: &'static str,
    pub crv: &'static str,
    #[serde(rename = "use")]
    pub purpose: &'static str,
    pub alg: &'static str,
    pub kid: String,
    pub x: String,
    pub y: String,
}

/// The keys that verify now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwks {
    pub keys: Vec<Jwk>,
}

/// # Errors
/// Only our own.
pub async fn jwks(app: &App) -> Result<Jwks> {
    // Whoever asks before anything was signed is to know the key all the same.
    signing(app).await?;
    let mut tx = app.db.read().await?;
    let all = keys::list(&mut tx, app.wall.now().minus(OVERLAP)).await?;
    let public = |key: KeyRow| Jwk {
        kty: "EC",
        crv: "P-256",
        purpose: "sig",
        alg: "ES256",
        kid: key.kid,
        x: key.x,
        y: key.y,
    };
    Ok(Jwks {
        keys: all.into_iter().map(public).collect(),
    })
}

/// The public keys in memory, for a media service in the same process that cannot wait for a database.
#[derive(Default)]
pub struct Keyring(RwLock<HashMap<String, DecodingKey>>);

impl Keyring {
    /// Takes the keys of this moment in; call it now and then, a new key is used at once.
    ///
    /// # Errors
    /// Only our own.
    pub async fn refresh(&self, db: &Db, now: Instant) -> Result<()> {
        let mut tx = db.read().await?;
        let mut fresh = HashMap::new();
        for key in keys::list(&mut tx, now.minus(OVERLAP)).await? {
            let public = DecodingKey::from_ec_components(&key.x, &key.y).map_err(broken)?;
            fresh.insert(key.kid, public);
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    pub fn key(&self, kid: &str) -> Option<DecodingKey> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(kid)
            .cloned()
    }
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("a signing key cannot be used: {error}"))
}
