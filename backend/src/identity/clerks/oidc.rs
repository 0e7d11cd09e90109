//! A clerk signs in where the insurer's own people do: OpenID Connect, authorization code with PKCE, state and nonce.
//!
//! What a sign-in needs on its way back is kept here and bound to the browser that left by a short-lived cookie. The
//! provider is asked only at addresses that [`crate::outbound`] allows; the library checks the ID token by our clock.

mod http;

use std::time::{Duration as Wait, SystemTime};

use axum::http::HeaderMap;
use domain::id::InsurerCode;
use domain::identifiers::PersonName;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use time::Duration;

use self::http::Http;
use super::people::{By, note};
use crate::app::App;
use crate::clock;
use crate::identity::sessions::{self, For, Level};
use crate::identity::token;
use crate::refusal::{AppError, Result};
use crate::store::Tx;
use crate::store::clerks::{self, ClerkRow};
use crate::store::insurer_oidc::{self, AttemptRow, ProviderRow};

/// How long somebody may take at the provider.
pub const AWAY_MAX: Duration = Duration::minutes(10);
/// The provider's clock may differ by this much.
const LEEWAY: Duration = Duration::minutes(1);
/// Longest subject (OpenID Connect Core §2), in bytes.
const SUBJECT_BYTES_MAX: usize = 255;
/// Longest answer of a browser that is looked at, in bytes.
const RETURNED_BYTES_MAX: usize = 4_096;
/// The cookie that says which browser left.
pub const COOKIE: &str = "kc_oidc";

/// Why somebody does not come in; the page says it calmly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoEntry {
    /// The insurer has no sign-in of its own with us.
    NoProvider,
    /// The insurer's sign-in does not answer.
    Unreachable,
    /// It took too long, was used before, or began in another browser.
    Expired,
    /// The insurer's sign-in said no, or the person went back.
    Denied,
    /// What the insurer's sign-in said is not to be believed.
    Failed,
    /// The insurer knows them, we do not, and nobody new comes in.
    Unknown,
    /// Their account is disabled.
    Disabled,
}

impl NoEntry {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoProvider => "no_provider",
            Self::Unreachable => "provider_unreachable",
            Self::Expired => "expired",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Unknown => "unknown_clerk",
            Self::Disabled => "disabled",
        }
    }
}

/// Somebody on the way to the provider.
pub struct Leaving {
    /// Where the browser goes.
    pub url: String,
    /// What its cookie carries.
    pub browser: String,
}

/// What the browser brings back.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    pub state: Option<String>,
    pub code: Option<String>,
    /// RFC 9207.
    pub iss: Option<String>,
}

type Entry<T> = Result<std::result::Result<T, NoEntry>>;

/// Sends somebody to their insurer's provider.
///
/// # Errors
/// Only our own; the inner ones are for the page.
pub async fn leave(app: &App, insurer: &str) -> Entry<Leaving> {
    let Some(provider) = provider(app, insurer).await? else {
        return Ok(Err(NoEntry::NoProvider));
    };
    let Some(metadata) = discover(app, &provider).await else {
        return Ok(Err(NoEntry::Unreachable));
    };
    let draw = || token::secret(&*app.entropy);
    let (state, nonce, verifier, browser) = (draw(), draw(), draw(), draw());
    let attempt = AttemptRow {
        digest: token::digest(&state),
        browser: token::digest(&browser),
        insurer: provider.insurer,
        issuer: provider.issuer.clone(),
        nonce: nonce.clone(),
        verifier: verifier.clone(),
        created_at: app.wall.now(),
    };
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier));
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(provider.client_id),
        Some(ClientSecret::new(provider.client_secret)),
    )
    .set_redirect_uri(back(app)?);
    let (url, ..) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        )
        .add_scope(Scope::new("profile".to_owned()))
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    if url.scheme() != "https" {
        return Ok(Err(NoEntry::Failed));
    }
    let mut tx = app.db.write().await?;
    insurer_oidc::begin(&mut tx, &attempt).await?;
    tx.commit().await?;
    Ok(Ok(Leaving {
        url: url.into(),
        browser,
    }))
}

/// Lets in whoever came back; answers the token of a session.
///
/// # Errors
/// Only our own; the inner ones are for the page.
pub async fn come_back(app: &App, headers: &HeaderMap, returned: Returned) -> Entry<String> {
    let Some(attempt) = attempt(app, headers, &returned).await? else {
        return Ok(Err(NoEntry::Expired));
    };
    let provider = provider(app, attempt.insurer.as_str()).await?;
    let Some(provider) = provider.filter(|provider| provider.issuer == attempt.issuer) else {
        return Ok(Err(NoEntry::NoProvider));
    };
    if returned.iss.is_some_and(|iss| iss != provider.issuer) {
        return Ok(Err(NoEntry::Failed));
    }
    let Some(code) = returned.code.filter(|code| code.len() <= RETURNED_BYTES_MAX) else {
        return Ok(Err(NoEntry::Denied));
    };
    let Some(metadata) = discover(app, &provider).await else {
        return Ok(Err(NoEntry::Unreachable));
    };
    let claims = match exchange(app, &provider, (metadata, code), attempt).await? {
        Ok(claims) => claims,
        Err(no) => return Ok(Err(no)),
    };
    enter(app, &provider, &claims).await
}

/// The sign-in this browser began. With a cookie beside it a state is used up, whatever comes of it.
async fn attempt(app: &App, headers: &HeaderMap, returned: &Returned) -> Result<Option<AttemptRow>> {
    let (Some(state), Some(browser)) = (
        &returned.state,
        sessions::short_cookie(headers, &app.config, COOKIE),
    ) else {
        return Ok(None);
    };
    let mut tx = app.db.write().await?;
    let attempt = insurer_oidc::spend(&mut tx, &token::digest(state)).await?;
    tx.commit().await?;
    let browser = token::digest(browser);
    let now = app.wall.now();
    Ok(attempt.filter(|attempt| attempt.browser == browser && now.since(attempt.created_at) < AWAY_MAX))
}

/// The code for an ID token, and that for what it says.
async fn exchange(
    app: &App,
    provider: &ProviderRow,
    (metadata, code): (CoreProviderMetadata, String),
    attempt: AttemptRow,
) -> Entry<CoreIdTokenClaims> {
    let by_body = metadata
        .token_endpoint_auth_methods_supported()
        .is_some_and(|ways| !ways.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(provider.client_id.clone()),
        Some(ClientSecret::new(provider.client_secret.clone())),
    )
    .set_redirect_uri(back(app)?)
    .set_auth_type(if by_body {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    });
    let Ok(request) = client.exchange_code(AuthorizationCode::new(code)) else {
        return Ok(Err(NoEntry::Failed));
    };
    let http = Http::of(app);
    let answered = request
        .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier))
        .request_async(&http)
        .await;
    let tokens = match answered {
        Ok(tokens) => tokens,
        Err(openidconnect::RequestTokenError::Request(why)) => {
            tracing::warn!(insurer = %provider.insurer, %why, "an insurer's provider does not answer");
            return Ok(Err(NoEntry::Unreachable));
        }
        Err(why) => {
            tracing::info!(insurer = %provider.insurer, %why, "an insurer's provider gave no token");
            return Ok(Err(NoEntry::Failed));
        }
    };
    let now = at(app);
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::EdDsa,
        ])
        .set_time_fn(move || now.into())
        .set_issue_time_verifier_fn(move |issued| {
            let latest = now + LEEWAY.unsigned_abs();
            (SystemTime::from(issued) <= latest)
                .then_some(())
                .ok_or_else(|| "issued in the future".to_owned())
        });
    let Some(id_token) = tokens.id_token() else {
        return Ok(Err(NoEntry::Failed));
    };
    match id_token.claims(&verifier, &Nonce::new(attempt.nonce)) {
        Ok(claims) => Ok(Ok(claims.clone())),
        Err(why) => {
            tracing::warn!(insurer = %provider.insurer, %why, "an ID token was not believed");
            Ok(Err(NoEntry::Failed))
        }
    }
}

/// The clerk of this name, or a new one where the operator allows it.
async fn enter(app: &App, provider: &ProviderRow, claims: &CoreIdTokenClaims) -> Entry<String> {
    let subject = claims.subject().as_str();
    if !(1..=SUBJECT_BYTES_MAX).contains(&subject.len()) || subject.contains('\0') {
        return Ok(Err(NoEntry::Failed));
    }
    let mut tx = app.db.write().await?;
    let known = clerks::by_subject(&mut tx, provider.insurer, (&provider.issuer, subject)).await?;
    let clerk = match known {
        Some(clerk) if clerk.disabled_at.is_some() => return Ok(Err(NoEntry::Disabled)),
        Some(clerk) => clerk,
        None => match &provider.new_role {
            Some(role) => newcomer(&mut tx, app, (provider, role), claims).await?,
            None => return Ok(Err(NoEntry::Unknown)),
        },
    };
    let session = sessions::begin(&mut tx, app, For::Clerk(clerk.id, Level::Oidc)).await?;
    tx.commit().await?;
    Ok(Ok(session))
}

async fn newcomer(
    tx: &mut Tx,
    app: &App,
    (provider, role): (&ProviderRow, &str),
    claims: &CoreIdTokenClaims,
) -> Result<ClerkRow> {
    let now = app.wall.now();
    let subject = claims.subject().as_str();
    let plain = |text: &str| {
        !text.is_empty() && text.len() <= SUBJECT_BYTES_MAX && !text.chars().any(char::is_control)
    };
    let email = claims
        .email()
        .map(|email| email.as_str())
        .filter(|email| plain(email));
    let called = claims
        .name()
        .and_then(|names| names.get(None))
        .and_then(|name| PersonName::parse(name.as_str()).ok());
    let name = match called {
        Some(name) => name.as_str().to_owned(),
        None => email.unwrap_or(subject).to_owned(),
    };
    let clerk = ClerkRow {
        id: clock::uuid(now, &*app.entropy).into(),
        insurer: provider.insurer,
        login: None,
        name,
        email: email.map(str::to_owned),
        role: role.to_owned(),
        password_hash: None,
        totp_secret: None,
        totp_step: 0,
        issuer: Some(provider.issuer.clone()),
        subject: Some(subject.to_owned()),
        created_at: now,
        disabled_at: None,
    };
    if !clerks::insert_if_new(tx, &clerk).await? {
        // At the same moment in another window.
        let made = clerks::by_subject(tx, provider.insurer, (&provider.issuer, subject)).await?;
        return made.ok_or_else(|| AppError::Inconsistent("a clerk is taken and is not there".to_owned()));
    }
    let by = By {
        clerk: Some(clerk.id),
        now,
        entropy: &*app.entropy,
    };
    let about = format!("{} {}", clerk.name, super::shown_login(&clerk));
    note(tx, provider.insurer, ("clerk_came_in", &about), by).await?;
    Ok(clerk)
}

async fn provider(app: &App, insurer: &str) -> Result<Option<ProviderRow>> {
    let Ok(insurer) = insurer.parse::<InsurerCode>() else {
        return Ok(None);
    };
    let mut tx = app.db.read().await?;
    Ok(insurer_oidc::load(&mut tx, insurer).await?)
}

/// What the provider publishes, its keys among it; none when it does not answer, or is not who it should be.
async fn discover(app: &App, provider: &ProviderRow) -> Option<CoreProviderMetadata> {
    let issuer = IssuerUrl::new(provider.issuer.clone()).ok()?;
    let http = Http::of(app);
    match CoreProviderMetadata::discover_async(issuer, &http).await {
        Ok(metadata) => Some(metadata),
        Err(why) => {
            let insurer = provider.insurer;
            tracing::warn!(%insurer, error = &why as &dyn std::error::Error, "an insurer's provider cannot be read");
            None
        }
    }
}

fn back(app: &App) -> Result<RedirectUrl> {
    let url = format!("{}/api/v1/clerk/oidc/callback", app.config.public_url);
    RedirectUrl::new(url).map_err(|error| AppError::Inconsistent(format!("our own address is none: {error}")))
}

fn at(app: &App) -> SystemTime {
    let micros = u64::try_from(app.wall.now().unix_micros()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Wait::from_micros(micros)
}
