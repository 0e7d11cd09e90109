//! What a demo needs before anybody can sign in: a unit, officers, insurers' clients and clerks.
//!
//! Only what is absent is made, so a restart changes nothing. Secrets are drawn unless they are given back
//! from the last time; the caller keeps them, this file only hands them out.

use domain::id::{BadId, ClientId, OfficerId, UnitId};
use serde::{Deserialize, Serialize};

use super::clerks::Role;
use super::clerks::access::Access;
use super::clerks::people::{self, By, New};
use super::clients::SCOPES;
use super::{password, token, totp};
use crate::app::App;
use crate::clock;
use crate::refusal::{AppError, Result};
use crate::store::Json;
use crate::store::clerks;
use crate::store::clients::{self, ClientRow};
use crate::store::officers::{self, OfficerRow};
use crate::store::units::{self, UnitRow};

/// 诸暨市, GB/T 2260.
pub const UNIT: &str = "330681";
/// Requests a minute, for each of the demo's clients: as many as one address may make.
const PER_MINUTE: i64 = 6_000;

/// Secrets of the demo, to be printed and to be kept for the next start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    pub officers: Vec<OfficerSecret>,
    pub clients: Vec<ClientSecret>,
    /// Insurers' people; a demo that was made before there were any has none.
    #[serde(default)]
    pub clerks: Vec<ClerkSecret>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerSecret {
    /// What they type as their name.
    pub login: String,
    pub name: String,
    /// `officer` or `supervisor`.
    pub role: String,
    pub password: String,
    /// Base 32.
    pub totp_secret: String,
    /// The same for an authenticator app.
    pub totp_url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    pub client_id: String,
    pub insurer: String,
    pub secret: String,
}

/// Somebody who works for an insurer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClerkSecret {
    /// What they type as their name.
    pub login: String,
    pub name: String,
    pub insurer: String,
    /// `viewer`, `handler` or `admin`.
    pub role: String,
    pub password: String,
    /// Base 32.
    pub totp_secret: String,
    /// The same for an authenticator app.
    pub totp_url: String,
}

/// Who holds the cases that a sandbox makes, and who closes its months.
pub const SANDBOX_DESK: &str = "wang";
pub const SUPERVISOR: &str = "zhao";

const OFFICERS: [(&str, &str, &str, &str); 3] = [
    ("chen", "陈志远", "330681001", "officer"),
    ("wang", "王海燕", "330681002", "officer"),
    ("zhao", "赵国平", "330681000", "supervisor"),
];
const CLIENTS: [(&str, &str); 2] = [("picc-zj", "PICC"), ("paic-zj", "PAIC")];
const CLERKS: [(&str, &str, &str, Role); 3] = [
    ("liu", "刘芳", "PICC", Role::Admin),
    ("sun", "孙伟", "PICC", Role::Handler),
    ("he", "何静", "PAIC", Role::Admin),
];

/// Makes what is absent, with the secrets of `known` where it has them; answers the secrets that hold.
///
/// Somebody who is there already and whose secret is not known is left as they are and not answered.
///
/// # Errors
/// Only our own.
pub async fn demo(app: &App, known: &Secrets) -> Result<Secrets> {
    let unit = UnitId::new(UNIT).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    make_unit(app, &unit).await?;
    let mut secrets = Secrets::default();
    for (login, name, badge, role) in OFFICERS {
        let kept = known
            .officers
            .iter()
            .find(|officer| officer.login == login)
            .cloned();
        if let Some(secret) = officer(app, &unit, (login, name, badge, role), kept).await? {
            secrets.officers.push(secret);
        }
    }
    for (client_id, insurer) in CLIENTS {
        let kept = known
            .clients
            .iter()
            .find(|client| client.client_id == client_id)
            .cloned();
        if let Some(secret) = client(app, client_id, insurer, kept).await? {
            secrets.clients.push(secret);
        }
    }
    for (login, name, insurer, role) in CLERKS {
        let kept = known.clerks.iter().find(|clerk| clerk.login == login).cloned();
        if let Some(secret) = clerk(app, (login, name, insurer, role), kept).await? {
            secrets.clerks.push(secret);
        }
    }
    Ok(secrets)
}

async fn clerk(
    app: &App,
    (login, name, insurer, role): (&str, &str, &str, Role),
    kept: Option<ClerkSecret>,
) -> Result<Option<ClerkSecret>> {
    let mut tx = app.db.read().await?;
    let exists = clerks::by_login(&mut tx, login).await?.is_some();
    drop(tx);
    if exists {
        return Ok(kept);
    }
    let secret = kept.unwrap_or_else(|| {
        let totp_secret = totp::new_secret(&*app.entropy);
        ClerkSecret {
            login: login.to_owned(),
            name: name.to_owned(),
            insurer: insurer.to_owned(),
            role: role.as_str().to_owned(),
            password: readable(app),
            totp_url: totp::url(&totp_secret, login),
            totp_secret,
        }
    });
    let entropy = &*app.entropy;
    let access = Access::known(secret.password.clone(), secret.totp_secret.clone(), entropy).await?;
    let new = New {
        insurer: insurer
            .parse()
            .map_err(|error: BadId| AppError::Inconsistent(error.to_string()))?,
        login: login.to_owned(),
        name: name.to_owned(),
        role,
    };
    let by = By {
        clerk: None,
        now: app.wall.now(),
        entropy,
    };
    let mut tx = app.db.write().await?;
    people::add(&mut tx, new, &access, by).await?;
    tx.commit().await?;
    Ok(Some(secret))
}

async fn make_unit(app: &App, code: &UnitId) -> Result<()> {
    let unit = UnitRow {
        code: code.clone(),
        name: "诸暨市公安局交通警察大队".to_owned(),
        lines: Json(vec!["诸暨市公安局".to_owned(), "交通警察大队".to_owned()]),
        number_template: "{division}{yyyy}{seq:06}".to_owned(),
    };
    let mut tx = app.db.write().await?;
    units::insert_if_new(&mut tx, &unit).await?;
    tx.commit().await?;
    Ok(())
}

async fn officer(
    app: &App,
    unit: &UnitId,
    (login, name, badge, role): (&str, &str, &str, &str),
    kept: Option<OfficerSecret>,
) -> Result<Option<OfficerSecret>> {
    let mut tx = app.db.read().await?;
    let exists = officers::by_login(&mut tx, login).await?.is_some();
    drop(tx);
    if exists {
        return Ok(kept);
    }
    let secret = kept.unwrap_or_else(|| {
        let totp_secret = totp::new_secret(&*app.entropy);
        OfficerSecret {
            login: login.to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
            password: readable(app),
            totp_url: totp::url(&totp_secret, login),
            totp_secret,
        }
    });
    let row = OfficerRow {
        id: OfficerId(clock::uuid(app.wall.now(), &*app.entropy)),
        unit: unit.clone(),
        login: login.to_owned(),
        name: name.to_owned(),
        badge: badge.to_owned(),
        role: role.to_owned(),
        password_hash: password::hash(&secret.password, &*app.entropy).await?,
        totp_secret: secret.totp_secret.clone(),
        totp_step: 0,
        ink: None,
        created_at: app.wall.now(),
        disabled_at: None,
    };
    let mut tx = app.db.write().await?;
    let made = officers::insert_if_new(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(made.then_some(secret))
}

async fn client(
    app: &App,
    client_id: &str,
    insurer: &str,
    kept: Option<ClientSecret>,
) -> Result<Option<ClientSecret>> {
    let id = ClientId::new(client_id).map_err(|error| AppError::Inconsistent(error.to_string()))?;
    let mut tx = app.db.write().await?;
    if clients::load(&mut tx, &id).await?.is_some() {
        return Ok(kept);
    }
    let secret = kept.unwrap_or_else(|| ClientSecret {
        client_id: client_id.to_owned(),
        insurer: insurer.to_owned(),
        secret: token::secret(&*app.entropy),
    });
    let row = ClientRow {
        client_id: id,
        insurer: insurer.to_owned(),
        scopes: Json(SCOPES.map(str::to_owned).to_vec()),
        jwks_url: None,
        networks: Json(Vec::new()),
        per_minute: PER_MINUTE,
        tokens_from: None,
        created_at: app.wall.now(),
        disabled_at: None,
    };
    clients::insert_if_new(&mut tx, &row).await?;
    clients::set_secret(
        &mut tx,
        &row.client_id,
        &token::digest(&secret.secret),
        app.wall.now(),
    )
    .await?;
    tx.commit().await?;
    Ok(Some(secret))
}

fn readable(app: &App) -> String {
    let mut bytes = [0; password::DRAWN_BYTES];
    app.entropy.fill(&mut bytes);
    password::readable(&bytes)
}
