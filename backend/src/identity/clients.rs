//! Insurers' machines: OAuth 2.0 client credentials (RFC 6749 §4.4) and what their tokens are worth.
//!
//! A token is short-lived and names its client; what the client may do is asked of the store each time, so
//! a client that is disabled is out at once.

use domain::id::ClientId;
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};
use time::Duration;

use super::{keys, token};
use crate::app::App;
use crate::clock;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::clients;

/// Life of an access token.
pub const TOKEN_LIFE: Duration = Duration::minutes(10);
/// Two machines' clocks may differ by this much, in seconds.
const LEEWAY_S: i64 = 5;
/// RFC 9068.
const TOKEN_TYPE: &str = "at+jwt";

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

/// Why no token is given (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    InvalidRequest,
    InvalidClient,
    UnsupportedGrantType,
    InvalidScope,
}

/// What a client shows for a token.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub client_id: &'a str,
    pub secret: &'a str,
    /// Space-separated; none: everything the client has.
    pub scope: Option<&'a str>,
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

/// # Errors
/// The outer one is ours; the inner one the caller's.
pub async fn grant(app: &App, request: &Request<'_>) -> Result<Result<Granted, Denied>> {
    let Ok(client_id) = ClientId::new(request.client_id) else {
        return Ok(Err(Denied::InvalidClient));
    };
    let mut tx = app.db.read().await?;
    let client = clients::load(&mut tx, &client_id).await?;
    drop(tx);
    let shown = token::digest(request.secret);
    let client = client.filter(|client| client.disabled_at.is_none() && client.secret_hash == shown);
    let Some(client) = client else {
        tracing::info!("a client was refused a token");
        return Ok(Err(Denied::InvalidClient));
    };
    let allowed = client.scopes.0;
    let scopes = match request.scope {
        None | Some("") => allowed,
        Some(wanted) => {
            let wanted: Vec<String> = wanted.split(' ').map(str::to_owned).collect();
            if !wanted.iter().all(|scope| allowed.contains(scope)) {
                return Ok(Err(Denied::InvalidScope));
            }
            wanted
        }
    };
    let iat = seconds(app);
    let claims = Claims {
        iss: app.config.public_url.clone(),
        aud: audience(app),
        sub: client_id.to_string(),
        client_id: client_id.to_string(),
        scope: scopes.join(" "),
        iat,
        exp: iat + TOKEN_LIFE.whole_seconds(),
        nbf: None,
        jti: clock::uuid(app.clock.now(), &*app.entropy).to_string(),
    };
    let access_token = keys::sign(app, TOKEN_TYPE, &claims).await?;
    Ok(Ok(Granted {
        access_token,
        expires_in_s: TOKEN_LIFE.whole_seconds(),
        scope: claims.scope,
    }))
}

/// Whose token this is, and what it still allows.
///
/// # Errors
/// `invalid_token`, whatever is wrong with it.
pub async fn check(app: &App, shown: &str) -> Result<Known> {
    let claims = claims(app, shown).await?.ok_or_else(invalid)?;
    let client_id = ClientId::new(claims.sub).map_err(|_| invalid())?;
    let mut tx = app.db.read().await?;
    let client = clients::load(&mut tx, &client_id).await?;
    let client = client
        .filter(|client| client.disabled_at.is_none())
        .ok_or_else(invalid)?;
    let granted = claims.scope.split(' ').map(str::to_owned);
    Ok(Known {
        client: client_id,
        insurer: client.insurer,
        scopes: granted.filter(|scope| client.scopes.0.contains(scope)).collect(),
    })
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

fn invalid() -> AppError {
    Refusal::new(
        Kind::Unauthenticated,
        "invalid_token",
        "访问令牌无效或已过期，请重新获取",
    )
    .into()
}

fn seconds(app: &App) -> i64 {
    app.clock.now().unix_micros().div_euclid(1_000_000)
}
