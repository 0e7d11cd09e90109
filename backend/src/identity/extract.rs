//! An extractor is a right: whoever has one may go on. A route that takes none of them is public.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::id::{AccidentId, ClerkId, ClientId, OfficerId, PartyId, UnitId};

use super::caller::Caller;
use super::clerks::deeds::Admin;
use super::sessions::{self, Whose};
use super::{clerks, clients, driver, guests, officers, origin};
use crate::app::App;
use crate::app::guest::ByGuest;
use crate::app::insurer_reads::Looking;
use crate::refusal::{AppError, Kind, Refusal, Result};

pub use super::origin::OurOrigin;

/// Says which of two sessions in one browser is meant: `officer` or `driver`.
const AS: &str = "kuaichu-as";

/// An officer, signed in with both factors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    pub id: OfficerId,
    pub unit: UnitId,
    /// The rest of what is known of them.
    pub signed: officers::Signed,
}

impl Officer {
    pub fn is_supervisor(&self) -> bool {
        self.signed.role == "supervisor"
    }

    async fn of(parts: &Parts, app: &App) -> Result<Self> {
        origin::check(&parts.method, &parts.headers, &app.config)?;
        let signed = officers::current(app, &parts.headers).await?;
        Ok(Self {
            id: signed.id,
            unit: signed.unit.clone(),
            signed,
        })
    }
}

/// A driver: one party of one accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Driver {
    pub accident: AccidentId,
    pub party: PartyId,
}

impl Driver {
    async fn of(parts: &Parts, app: &App) -> Result<Self> {
        origin::check(&parts.method, &parts.headers, &app.config)?;
        let driver::Known { accident, party } = driver::current(app, &parts.headers).await?;
        Ok(Self { accident, party })
    }
}

/// Either of them, for what both may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    Driver(Driver),
    Officer(Officer),
}

/// Who acts for an insurer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByInsurer {
    /// A program.
    Client(ClientId),
    /// A person.
    Clerk(ClerkId),
}

impl fmt::Display for ByInsurer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Clerk(id) => write!(f, "clerk:{id}"),
        }
    }
}

/// An insurer's program, or somebody of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insurer {
    pub by: ByInsurer,
    /// What people call the caller: a program's id, a clerk's name and login.
    pub name: String,
    /// The insurer's code, as policies name it.
    pub insurer: String,
    pub scopes: Vec<String>,
}

impl Insurer {
    /// As whom their looks are noted.
    pub fn looking(&self) -> Looking<'_> {
        Looking {
            insurer: &self.insurer,
            by: &self.by,
        }
    }

    /// # Errors
    /// `insufficient_scope`.
    pub fn require(&self, scope: &str) -> Result<()> {
        if self.scopes.iter().any(|own| own == scope) {
            return Ok(());
        }
        let message = match self.by {
            ByInsurer::Client(_) => "该客户端没有此项权限",
            ByInsurer::Clerk(_) => "您的账号没有此项权限，请联系本公司管理员",
        };
        Err(Refusal::new(Kind::Forbidden, "insufficient_scope", message).into())
    }

    /// The administrator who manages people or keys.
    ///
    /// # Errors
    /// `insufficient_scope`, for a program always.
    pub fn admin(&self, scope: &str) -> Result<Admin> {
        self.require(scope)?;
        match (&self.by, self.insurer.parse()) {
            (ByInsurer::Clerk(clerk), Ok(insurer)) => Ok(Admin {
                clerk: *clerk,
                insurer,
            }),
            _ => Err(Refusal::not_found().into()),
        }
    }
}

/// A clerk of an insurer, signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clerk(pub clerks::Signed);

impl FromRequestParts<App> for Clerk {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        origin::check(&parts.method, &parts.headers, &app.config)?;
        clerks::current(app, &parts.headers).await.map(Self)
    }
}

impl FromRequestParts<App> for Officer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Self::of(parts, app).await
    }
}

impl FromRequestParts<App> for Driver {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Self::of(parts, app).await
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        if let Some(meant) = meant(parts, app)? {
            return match meant {
                Whose::Officer => Officer::of(parts, app).await.map(Self::Officer),
                Whose::Driver | Whose::Guest | Whose::Clerk => Driver::of(parts, app).await.map(Self::Driver),
            };
        }
        // Both cookies, and the page does not say: the driver's own accident is the driver's, if the session
        // still holds; everything else is the officer's.
        match Driver::of(parts, app).await {
            Ok(driver) if parts.uri.path().contains(&driver.accident.to_string()) => Ok(Self::Driver(driver)),
            Ok(_) | Err(AppError::Refused(_)) => Officer::of(parts, app).await.map(Self::Officer),
            Err(error) => Err(error),
        }
    }
}

/// Which session is meant; `None` when the browser has both and does not say. A page says it in a header, a
/// picture's or a stream's address in its query.
fn meant(parts: &Parts, app: &App) -> Result<Option<Whose>> {
    let has = |whose| sessions::has_cookie(&parts.headers, &app.config, whose);
    let in_query = parts
        .uri
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("as=")));
    let said = parts
        .headers
        .get(AS)
        .map(|value| value.as_bytes())
        .or(in_query.map(str::as_bytes));
    match said {
        Some(b"officer") => return Ok(Some(Whose::Officer)),
        Some(b"driver") => return Ok(Some(Whose::Driver)),
        Some(_) => {
            return Err(
                Refusal::new(Kind::Malformed, "bad_header", "Kuaichu-As 应为 officer 或 driver").into(),
            );
        }
        None => {}
    }
    Ok(match (has(Whose::Officer), has(Whose::Driver)) {
        (true, true) => None,
        (true, false) => Some(Whose::Officer),
        (false, _) => Some(Whose::Driver),
    })
}

/// Somebody invited who is no party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guest(pub ByGuest);

impl FromRequestParts<App> for Guest {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        origin::check(&parts.method, &parts.headers, &app.config)?;
        guests::current(app, &parts.headers).await.map(Self)
    }
}

impl FromRequestParts<App> for Insurer {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        // A program says so in the header; a browser has only its cookie.
        let is_browser = sessions::has_cookie(&parts.headers, &app.config, Whose::Clerk);
        if is_browser && !parts.headers.contains_key(AUTHORIZATION) {
            let Clerk(clerk) = Clerk::from_request_parts(parts, app).await?;
            return Ok(Self {
                by: ByInsurer::Clerk(clerk.id),
                name: format!("{} {}", clerk.name, clerk.login),
                insurer: clerk.insurer.to_string(),
                scopes: clerk.role.scopes(),
            });
        }
        let caller = parts.extensions.get::<Caller>().cloned().unwrap_or_default();
        let known = clients::admit(app, bearer(&parts.headers), &caller).await?;
        Ok(Self {
            name: known.client.to_string(),
            by: ByInsurer::Client(known.client),
            insurer: known.insurer,
            scopes: known.scopes,
        })
    }
}

/// The token shown, or an empty one, which is as wrong as any.
fn bearer(headers: &HeaderMap) -> &str {
    let shown = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match shown.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => "",
    }
}
