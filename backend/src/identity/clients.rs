//! Insurers' machines: OAuth 2.0 client credentials (RFC 6749 §4.4) and what their tokens are worth.
//!
//! A client proves itself by an assertion it signed ([`assertion`]) or, when an operator gave it one, by a
//! secret. A token is short-lived and names its client; what the client may do is asked of the store each
//! time, so a client that is disabled is out at once.

pub mod assertion;
mod key_sets;
pub mod own;
pub mod public_key;
pub mod registry;

use std::net::IpAddr;

use domain::id::ClientId;
use domain::time::Instant;
use ipnet::IpNet;
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::caller::Caller;
use super::{keys, token};
use crate::app::App;
use crate::bucket::Limit;
use crate::clock;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::clients::{self, ClientRow};
use crate::store::spent;

/// Life of an access token.
pub const TOKEN_LIFE: Duration = Duration::minutes(10);
/// Everything a client may be allowed.
pub const SCOPES: [&str; 5] = [
    "settlements:read",
    "evidence:read",
    "assessments:write",
    "payments:write",
    "webhooks:manage",
];
/// What only an insurer's administrator may, never a program: people and keys are a person's affair.
pub const ADMIN_SCOPES: [&str; 2] = ["keys:manage", "clerks:manage"];
/// Two machines' clocks may differ by this much, in seconds.
const LEEWAY_S: i64 = 5;
/// RFC 9068.
const TOKEN_TYPE: &str = "at+jwt";
/// How often a client may ask for a token or give one back: one token serves for ten minutes.
const TOKENS: Limit = Limit {
    name: "tokens",
    burst: 60,
    per_minute: 60,
};

/// The claims of an access token; times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: String,
    pub client_id: String,
    pub scope: String,
    pub iat: i64,
    pub exp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    pub jti: String,
}

/// A client that showed a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub client: ClientId,
    pub insurer: String,
    pub scopes: Vec<String>,
}

/// The errors of RFC 6749 §5.2 that we answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    InvalidRequest,
    InvalidClient,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
}

/// Why a client gets nothing, and what its engineer should mend (ASCII, as the RFC asks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    pub error: Error,
    pub why: &'static str,
}

impl Denied {
    pub const fn new(error: Error, why: &'static str) -> Self {
        Self { error, why }
    }

    const fn client(why: &'static str) -> Self {
        Self::new(Error::InvalidClient, why)
    }
}

/// One answer for whoever proved nothing: it does not say which part was wrong.
const UNKNOWN: Denied = Denied::client(
    "unknown or disabled client, wrong secret, or a signature that none of its present keys made (kid, alg)",
);

/// How a client proves who it is.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    Secret {
        client_id: &'a str,
        secret: &'a str,
    },
    Assertion {
        assertion: &'a str,
        /// Needless, but when it is there it must agree.
        client_id: Option<&'a str>,
    },
}

/// A token and what it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub access_token: String,
    pub expires_in_s: i64,
    pub scope: String,
}

/// Who tokens are from, and for whom.
pub fn audience(app: &App) -> String {
    format!("{}/api/v1", app.config.public_url)
}

/// The client behind this proof, from an address it may come from, and not too often.
async fn authenticate(app: &App, proof: Proof<'_>, caller: &Caller) -> Result<Result<ClientRow, Denied>> {
    let proven = match proof {
        Proof::Secret { client_id, secret } => by_secret(app, client_id, secret).await?,
        Proof::Assertion { assertion, client_id } => assertion::prove(app, assertion, client_id).await?,
    };
    let client = match proven {
        Ok(client) => client,
        Err(denied) => {
            tracing::info!(why = denied.why, "a client was refused");
            return Ok(Err(denied));
        }
    };
    caller.count(&client.client_id, TOKENS)?;
    if !may_come_from(&client, caller.address) {
        tracing::warn!(client = %client.client_id, "a client came from an address that is not on its list");
        return Ok(Err(Denied::client("this client may not come from this address")));
    }
    Ok(Ok(client))
}

async fn by_secret(app: &App, client_id: &str, secret: &str) -> Result<Result<ClientRow, Denied>> {
    let Ok(client_id) = ClientId::new(client_id) else {
        return Ok(Err(UNKNOWN));
    };
    let mut tx = app.db.read().await?;
    let client = clients::load(&mut tx, &client_id).await?;
    let kept = clients::secret(&mut tx, &client_id).await?;
    let shown = token::digest(secret);
    let right = kept.is_some_and(|kept| kept.digest == shown);
    let client = client.filter(|client| right && client.disabled_at.is_none());
    Ok(client.ok_or(UNKNOWN))
}

/// `scope` is space-separated; none: everything the client has.
///
/// # Errors
/// The outer one is ours, or `rate_limited`; the inner one the caller's.
pub async fn grant(
    app: &App,
    proof: Proof<'_>,
    scope: Option<&str>,
    caller: &Caller,
) -> Result<Result<Granted, Denied>> {
    let client = match authenticate(app, proof, caller).await? {
        Ok(client) => client,
        Err(denied) => return Ok(Err(denied)),
    };
    let scopes = match scope {
        None | Some("") => client.scopes.0,
        Some(wanted) => {
            let wanted: Vec<String> = wanted.split(' ').map(str::to_owned).collect();
            if !wanted.iter().all(|scope| client.scopes.0.contains(scope)) {
                let why = "a scope this client does not have";
                return Ok(Err(Denied::new(Error::InvalidScope, why)));
            }
            wanted
        }
    };
    let iat = seconds(app);
    let claims = Claims {
        iss: app.config.public_url.clone(),
        aud: audience(app),
        sub: client.client_id.to_string(),
        client_id: client.client_id.to_string(),
        scope: scopes.join(" "),
        iat,
        exp: iat + TOKEN_LIFE.whole_seconds(),
        nbf: None,
        jti: clock::uuid(app.wall.now(), &*app.entropy).to_string(),
    };
    let access_token = keys::sign(app, TOKEN_TYPE, &claims).await?;
    Ok(Ok(Granted {
        access_token,
        expires_in_s: TOKEN_LIFE.whole_seconds(),
        scope: claims.scope,
    }))
}

/// Ends one of the client's own tokens (RFC 7009); one that is none, or is over, is no error.
///
/// # Errors
/// As [`grant`].
pub async fn revoke(app: &App, proof: Proof<'_>, shown: &str, caller: &Caller) -> Result<Result<(), Denied>> {
    let client = match authenticate(app, proof, caller).await? {
        Ok(client) => client,
        Err(denied) => return Ok(Err(denied)),
    };
    let Some(claims) = claims(app, shown).await? else {
        return Ok(Ok(()));
    };
    if claims.sub != client.client_id.as_str() {
        let why = "the token was given to another client";
        return Ok(Err(Denied::new(Error::UnauthorizedClient, why)));
    }
    let until = at_second(claims.exp + LEEWAY_S + 1).ok_or_else(invalid)?;
    let mut tx = app.db.write().await?;
    spent::revoke_token(&mut tx, &claims.jti, until).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Whose token this is and what it still allows, for a request from `caller`.
///
/// # Errors
/// `invalid_token`, `address_not_allowed`, `rate_limited`.
pub async fn admit(app: &App, shown: &str, caller: &Caller) -> Result<Known> {
    let (known, client) = look_up(app, shown).await?;
    if !may_come_from(&client, caller.address) {
        tracing::warn!(client = %client.client_id, "a token came from an address that is not on its client's list");
        let message = "该客户端不允许从此网络地址访问";
        return Err(Refusal::new(Kind::Forbidden, "address_not_allowed", message).into());
    }
    let per_minute = u32::try_from(client.per_minute).unwrap_or(u32::MAX);
    caller.count(
        &known.client,
        Limit {
            name: "client",
            burst: per_minute,
            per_minute,
        },
    )?;
    Ok(known)
}

/// Whose token this is, and what it still allows.
///
/// # Errors
/// `invalid_token`, whatever is wrong with it.
pub async fn check(app: &App, shown: &str) -> Result<Known> {
    Ok(look_up(app, shown).await?.0)
}

async fn look_up(app: &App, shown: &str) -> Result<(Known, ClientRow)> {
    let claims = claims(app, shown).await?.ok_or_else(invalid)?;
    let client_id = ClientId::new(claims.sub).map_err(|_| invalid())?;
    let mut tx = app.db.read().await?;
    let client = clients::load(&mut tx, &client_id).await?;
    let revoked = spent::is_token_revoked(&mut tx, &claims.jti).await?;
    // A token has no finer time than the second; one of the very second in which tokens were ended is dead.
    let issued = |client: &ClientRow| {
        client
            .tokens_from
            .is_none_or(|from| claims.iat > from.unix_micros().div_euclid(1_000_000))
    };
    let client = client
        .filter(|client| client.disabled_at.is_none() && !revoked && issued(client))
        .ok_or_else(invalid)?;
    let granted = claims.scope.split(' ').map(str::to_owned);
    let known = Known {
        client: client_id,
        insurer: client.insurer.clone(),
        scopes: granted.filter(|scope| client.scopes.0.contains(scope)).collect(),
    };
    Ok((known, client))
}

async fn claims(app: &App, shown: &str) -> Result<Option<Claims>> {
    let Ok(header) = jsonwebtoken::decode_header(shown) else {
        return Ok(None);
    };
    let Some(kid) = header.kid.filter(|_| header.typ.as_deref() == Some(TOKEN_TYPE)) else {
        return Ok(None);
    };
    let Some(key) = keys::decoding_key(app, &kid).await? else {
        return Ok(None);
    };
    let mut validation = Validation::new(Algorithm::ES256);
    // The library's defaults take a token without `aud` and one that expired a minute ago.
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation.set_audience(&[audience(app)]);
    validation.set_issuer(&[&app.config.public_url]);
    // It would ask the machine for the time; the times are checked here, by our clock.
    validation.validate_exp = false;
    let Ok(token) = jsonwebtoken::decode::<Claims>(shown, &key, &validation) else {
        return Ok(None);
    };
    let now = seconds(app);
    let claims = token.claims;
    let in_time = claims.exp.saturating_add(LEEWAY_S) > now
        && claims.iat <= now + LEEWAY_S
        && claims.nbf.is_none_or(|nbf| nbf <= now + LEEWAY_S)
        && claims.exp.saturating_sub(claims.iat) <= TOKEN_LIFE.whole_seconds();
    Ok(in_time.then_some(claims))
}

/// Whether the client may come from there; a client without a list may come from anywhere.
fn may_come_from(client: &ClientRow, address: Option<IpAddr>) -> bool {
    let networks = &client.networks.0;
    let listed = |address: IpAddr| {
        networks
            .iter()
            .filter_map(|network| network.parse::<IpNet>().ok())
            .any(|network| network.contains(&address.to_canonical()))
    };
    networks.is_empty() || address.is_some_and(listed)
}

fn invalid() -> AppError {
    Refusal::new(
        Kind::Unauthenticated,
        "invalid_token",
        "访问令牌无效或已过期，请重新获取",
    )
    .into()
}

fn seconds(app: &App) -> i64 {
    app.wall.now().unix_micros().div_euclid(1_000_000)
}

fn at_second(second: i64) -> Option<Instant> {
    Instant::from_unix_micros(second.checked_mul(1_000_000)?).ok()
}
