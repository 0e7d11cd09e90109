//! `private_key_jwt` (RFC 7523 §3, as RFC 7523bis tightens it): a client signs who it is, for us alone, for
//! some minutes, once.
//!
//! Nothing in the assertion chooses how it is verified: `kid` only picks one of the client's own keys, and
//! that key knows its algorithm. What is wrong is said only to whoever holds the key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{ClientId, Sha256Hex};
use jsonwebtoken::Validation;
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde::Deserialize;
use serde_json::Value;

use super::public_key::{self, PublicKey};
use super::{Denied, LEEWAY_S, UNKNOWN, at_second, key_sets, seconds};
use crate::app::App;
use crate::refusal::{AppError, Result};
use crate::store::clients::{self, ClientRow};
use crate::store::spent;

/// What `client_assertion_type` says.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest life of an assertion, in seconds: so long its `jti` is remembered.
pub const LIFE_S: i64 = 300;
/// Longest assertion, in bytes: one with an RSA signature has about a thousand.
const BYTES_MAX: usize = 8 * 1024;
/// Longest `jti`, in bytes.
const JTI_BYTES_MAX: usize = 255;

/// What of the header matters.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    /// Extensions that must be understood; we understand none.
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Subject {
    sub: String,
}

/// The claims, as the client sent them: whatever is missing is said, not guessed.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<i64>,
    iat: Option<i64>,
    nbf: Option<i64>,
    jti: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Who signed this; the assertion is used up.
///
/// # Errors
/// The outer one is ours; the inner one the caller's.
pub async fn prove(app: &App, assertion: &str, client_id: Option<&str>) -> Result<Result<ClientRow, Denied>> {
    let Some((head, subject)) = peek(assertion) else {
        return Ok(Err(Denied::client(
            "client_assertion is not a signed JWT with alg, kid and sub",
        )));
    };
    if client_id.is_some_and(|said| said != subject.as_str()) {
        return Ok(Err(Denied::client(
            "client_id is not the subject of client_assertion",
        )));
    }
    let mut tx = app.db.read().await?;
    let client = clients::load(&mut tx, &subject).await?;
    drop(tx);
    let Some(client) = client.filter(|client| client.disabled_at.is_none()) else {
        return Ok(Err(UNKNOWN));
    };
    let kid = head.kid.as_deref().unwrap_or_default();
    let Some(key) = key_sets::find(app, &client, kid).await? else {
        return Ok(Err(UNKNOWN));
    };
    let Some(claims) = verified(assertion, &head, &key) else {
        return Ok(Err(UNKNOWN));
    };
    let claims = match claims {
        Ok(claims) => claims,
        Err(denied) => return Ok(Err(denied)),
    };
    let once = match judge(&claims, &subject, &app.config.public_url, seconds(app)) {
        Ok(once) => once,
        Err(why) => return Ok(Err(Denied::client(why))),
    };
    let until = at_second(once.until_s)
        .ok_or_else(|| AppError::Inconsistent("an assertion was judged in time and is not".to_owned()))?;
    let mut tx = app.db.write().await?;
    let first = spent::spend_assertion(&mut tx, &subject, &Sha256Hex::of(once.jti.as_bytes()), until).await?;
    tx.commit().await?;
    if !first {
        return Ok(Err(Denied::client(
            "this jti was used before: sign a new assertion for every request",
        )));
    }
    Ok(Ok(client))
}

/// What is said before anything is proven.
fn peek(assertion: &str) -> Option<(Head, ClientId)> {
    if assertion.len() > BYTES_MAX || assertion.split('.').count() != 3 {
        return None;
    }
    let head = assertion.split('.').next()?;
    let head: Head = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).ok()?).ok()?;
    let typed = head
        .typ
        .as_deref()
        .is_none_or(|typ| ["jwt", "client-authentication+jwt"].contains(&typ.to_ascii_lowercase().as_str()));
    let named = head
        .kid
        .as_ref()
        .is_some_and(|kid| kid.len() <= public_key::KID_BYTES_MAX && !kid.contains('\0'));
    if !typed || !named || head.crit.is_some() {
        return None;
    }
    let subject: Subject = insecure_decode_claims(assertion).ok()?;
    Some((head, ClientId::new(subject.sub).ok()?))
}

/// The claims, if this key signed them; `None` when it did not.
fn verified(assertion: &str, head: &Head, key: &PublicKey) -> Option<Result<Claims, Denied>> {
    if head.alg != public_key::name(key.algorithm) {
        return None;
    }
    let mut validation = Validation::new(key.algorithm);
    // The library is asked for the signature alone: it would ask the machine for the time, and it takes
    // what has no audience. The claims are judged below.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let value = jsonwebtoken::decode::<Value>(assertion, &key.verifies, &validation).ok()?;
    Some(
        serde_json::from_value(value.claims).map_err(|_| {
            Denied::client("a claim has another type than RFC 7519 says: times are whole seconds")
        }),
    )
}

/// An assertion that was judged: what to remember of it, and until when.
#[derive(Debug, PartialEq, Eq)]
pub struct Once {
    pub jti: String,
    /// Seconds since 1970; after that its age alone refuses it.
    pub until_s: i64,
}

/// Whether the claims say: this client, to us alone, now, once.
///
/// # Errors
/// What to mend, for whoever holds the key.
pub fn judge(claims: &Claims, client: &ClientId, issuer: &str, now_s: i64) -> Result<Once, &'static str> {
    let client = client.as_str();
    if claims.iss.as_deref() != Some(client) || claims.sub.as_deref() != Some(client) {
        return Err("iss and sub must both be the client_id");
    }
    let for_us = match &claims.aud {
        Some(Audience::One(one)) => one == issuer,
        Some(Audience::Many(many)) => many.len() == 1 && many[0] == issuer,
        None => false,
    };
    if !for_us {
        return Err("aud must be the issuer of /.well-known/oauth-authorization-server and nothing else");
    }
    let exp = claims.exp.ok_or("exp is missing")?;
    if exp.saturating_add(LEEWAY_S) <= now_s {
        return Err("the assertion has expired (exp)");
    }
    if exp.saturating_sub(now_s) > LIFE_S + LEEWAY_S {
        return Err("exp is more than 5 minutes ahead");
    }
    let ahead = |at: Option<i64>| at.is_some_and(|at| at.saturating_sub(now_s) > LEEWAY_S);
    if ahead(claims.iat) || ahead(claims.nbf) {
        return Err("iat or nbf is in the future: check your clock");
    }
    if claims.iat.is_some_and(|iat| exp.saturating_sub(iat) > LIFE_S) {
        return Err("the assertion lives longer than 5 minutes (exp - iat)");
    }
    let jti = claims
        .jti
        .as_deref()
        .filter(|jti| (1..=JTI_BYTES_MAX).contains(&jti.len()))
        .ok_or("jti is missing, or longer than 255 bytes")?;
    Ok(Once {
        jti: jti.to_owned(),
        until_s: exp + LEEWAY_S + 1,
    })
}
