//! What the operator does about insurers' clients: makes them, changes what they may, ends keys and clients.
//!
//! Everything counts from the next request on, also in a server that is running: it asks the store each time.

use domain::id::{ClientId, InsurerCode};
use domain::time::Instant;
use ipnet::IpNet;

use super::SCOPES;
use super::public_key::{BadKey, PublicKey, name};
use crate::clock::Entropy;
use crate::identity::token;
use crate::outbound::{self, Unreachable};
use crate::store::client_keys::{self, ClientKeyRow};
use crate::store::clients::{self, ClientRow};
use crate::store::{Db, Json, Tx};

/// Requests a minute when the operator says nothing.
pub const PER_MINUTE: u32 = 600;
/// More is no limit.
const PER_MINUTE_MAX: u32 = 60_000;
/// Networks one client may have.
const NETWORKS_MAX: usize = 50;
/// Keys one client may have, those that are over included.
pub(super) const KEYS_MAX: u32 = 100;
/// Clients an operator is shown.
const LIST_MAX: u32 = 10_000;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("there is no client {0}")]
    NoClient(String),
    #[error("there is a client {0} already: change it, or choose another name")]
    Taken(ClientId),
    #[error("a client's name has 1 to 64 letters, digits, '-', '_' or '.': {0:?} is none")]
    Name(String),
    #[error("an insurer's code has four capital letters, such as PICC: {0:?} is none")]
    Insurer(String),
    #[error("there is no scope {0:?}: there are {all}", all = SCOPES.join(", "))]
    Scope(String),
    #[error("a client needs a scope")]
    NoScope,
    #[error("a network is written 203.0.113.0/24 or 2001:db8::/48, and there are at most 50: {0:?}")]
    Network(String),
    #[error("requests a minute are 1 to {PER_MINUTE_MAX}")]
    PerMinute,
    #[error("--jwks-url: {0}")]
    Url(#[from] Unreachable),
    #[error("{0}")]
    Key(#[from] BadKey),
    #[error("the client has a key {0} already: a key keeps its id for ever, give the new one another")]
    KeyTaken(String),
    #[error("the client has no key {0}")]
    NoKey(String),
    #[error("the end of a key lies after its beginning")]
    Period,
    #[error("the client has {KEYS_MAX} keys already: remove some that are over")]
    TooManyKeys,
    #[error("it is already so")]
    AlreadySo,
    #[error("the store failed: {0}")]
    Store(#[from] sqlx::Error),
}

type Outcome<T> = Result<T, Trouble>;

/// A client to be made.
#[derive(Clone, Debug, Default)]
pub struct New {
    pub client_id: String,
    pub insurer: String,
    pub change: Change,
    pub keys: Vec<PublicKey>,
}

/// What may be changed; none: as it was, or as usual.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub scopes: Option<Vec<String>>,
    /// CIDR; an empty list: from anywhere.
    pub networks: Option<Vec<String>>,
    pub per_minute: Option<u32>,
    /// `Some(None)` takes it away.
    pub jwks_url: Option<Option<String>>,
}

/// When a key counts.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub from: Instant,
    pub until: Option<Instant>,
}

/// A client as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub client: ClientRow,
    pub keys: Vec<ClientKeyRow>,
    pub has_secret: bool,
}

/// Makes a client; it can do nothing until it has a key, an address of keys, or a secret.
///
/// # Errors
/// [`Trouble`].
pub async fn add(db: &Db, new: New, now: Instant) -> Outcome<()> {
    let client_id = ClientId::new(&new.client_id).map_err(|_| Trouble::Name(new.client_id.clone()))?;
    let insurer: InsurerCode = new
        .insurer
        .parse()
        .map_err(|_| Trouble::Insurer(new.insurer.clone()))?;
    let mut client = ClientRow {
        client_id,
        insurer: insurer.to_string(),
        scopes: Json(vec![SCOPES[0].to_owned()]),
        jwks_url: None,
        networks: Json(Vec::new()),
        per_minute: PER_MINUTE.into(),
        tokens_from: None,
        created_at: now,
        disabled_at: None,
    };
    new.change.apply(&mut client)?;
    let mut tx = db.write().await?;
    if !clients::insert_if_new(&mut tx, &client).await? {
        return Err(Trouble::Taken(client.client_id));
    }
    let always = Period {
        from: now,
        until: None,
    };
    keep(&mut tx, &client.client_id, &new.keys, always, now).await?;
    Ok(tx.commit().await?)
}

/// # Errors
/// [`Trouble`].
pub async fn change(db: &Db, client_id: &str, change: Change) -> Outcome<()> {
    let mut tx = db.write().await?;
    let mut client = one(&mut tx, client_id).await?;
    let moved = change.jwks_url.is_some();
    change.apply(&mut client)?;
    clients::change(&mut tx, &client).await?;
    if moved {
        client_keys::forget_set(&mut tx, &client.client_id).await?;
    }
    Ok(tx.commit().await?)
}

impl Change {
    fn apply(self, client: &mut ClientRow) -> Outcome<()> {
        if let Some(scopes) = self.scopes {
            if let Some(unknown) = scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
                return Err(Trouble::Scope(unknown.clone()));
            }
            if scopes.is_empty() {
                return Err(Trouble::NoScope);
            }
            client.scopes = Json(scopes);
        }
        if let Some(networks) = self.networks {
            let wrong = networks
                .iter()
                .find(|network| network.parse::<IpNet>().is_err())
                .or(networks.get(NETWORKS_MAX));
            if let Some(wrong) = wrong {
                return Err(Trouble::Network(wrong.clone()));
            }
            client.networks = Json(networks);
        }
        if let Some(per_minute) = self.per_minute {
            if !(1..=PER_MINUTE_MAX).contains(&per_minute) {
                return Err(Trouble::PerMinute);
            }
            client.per_minute = per_minute.into();
        }
        if let Some(url) = self.jwks_url {
            if let Some(url) = &url {
                outbound::form(url)?;
            }
            client.jwks_url = url;
        }
        Ok(())
    }
}

/// Every client with its keys, in the order of their names.
///
/// # Errors
/// [`Trouble`].
pub async fn list(db: &Db) -> Outcome<Vec<Shown>> {
    let mut tx = db.read().await?;
    let mut shown = Vec::new();
    for client in clients::list(&mut tx, LIST_MAX).await? {
        shown.push(Shown {
            keys: client_keys::list(&mut tx, &client.client_id, KEYS_MAX).await?,
            has_secret: clients::secret(&mut tx, &client.client_id).await?.is_some(),
            client,
        });
    }
    Ok(shown)
}

/// Adds keys beside those there are, to count in `period`.
///
/// # Errors
/// [`Trouble`]; then none of them is added.
pub async fn add_keys(
    db: &Db,
    client_id: &str,
    keys: &[PublicKey],
    period: Period,
    now: Instant,
) -> Outcome<()> {
    if period.until.is_some_and(|until| until <= period.from) {
        return Err(Trouble::Period);
    }
    let mut tx = db.write().await?;
    let client = one(&mut tx, client_id).await?;
    keep(&mut tx, &client.client_id, keys, period, now).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn keep(
    tx: &mut Tx,
    client_id: &ClientId,
    keys: &[PublicKey],
    period: Period,
    now: Instant,
) -> Outcome<()> {
    for key in keys {
        let row = ClientKeyRow {
            kid: key.kid.clone(),
            alg: name(key.algorithm).to_owned(),
            jwk: Json(key.jwk.clone()),
            not_before: period.from,
            not_after: period.until,
            created_at: now,
        };
        if !client_keys::insert_if_new(tx, client_id, &row).await? {
            return Err(Trouble::KeyTaken(key.kid.clone()));
        }
    }
    // Looked at after the fact: the transaction is undone.
    let all = client_keys::list(tx, client_id, KEYS_MAX + 1).await?;
    if all.len() > KEYS_MAX as usize {
        return Err(Trouble::TooManyKeys);
    }
    Ok(())
}

/// Says when a key ends; what was given for it until then stays good for its ten minutes.
///
/// # Errors
/// [`Trouble`].
pub async fn end_key(db: &Db, client_id: &str, kid: &str, at: Instant) -> Outcome<()> {
    let mut tx = db.write().await?;
    let client = one(&mut tx, client_id).await?;
    if !client_keys::end(&mut tx, &client.client_id, kid, at).await? {
        return Err(Trouble::NoKey(kid.to_owned()));
    }
    Ok(tx.commit().await?)
}

/// Takes a key away, and with it every token the client has: for a key that others may hold.
///
/// # Errors
/// [`Trouble`].
pub async fn remove_key(db: &Db, client_id: &str, kid: &str, now: Instant) -> Outcome<()> {
    let mut tx = db.write().await?;
    let client = one(&mut tx, client_id).await?;
    if !client_keys::remove(&mut tx, &client.client_id, kid).await? {
        return Err(Trouble::NoKey(kid.to_owned()));
    }
    clients::end_tokens(&mut tx, &client.client_id, now).await?;
    Ok(tx.commit().await?)
}

/// Draws a secret in place of any other; it can be read now and never again.
///
/// # Errors
/// [`Trouble`].
pub async fn new_secret(db: &Db, entropy: &dyn Entropy, client_id: &str, now: Instant) -> Outcome<String> {
    let secret = token::secret(entropy);
    let mut tx = db.write().await?;
    let client = one(&mut tx, client_id).await?;
    clients::set_secret(&mut tx, &client.client_id, &token::digest(&secret), now).await?;
    tx.commit().await?;
    Ok(secret)
}

/// # Errors
/// [`Trouble`].
pub async fn remove_secret(db: &Db, client_id: &str, now: Instant) -> Outcome<()> {
    let mut tx = db.write().await?;
    let client = one(&mut tx, client_id).await?;
    if !clients::remove_secret(&mut tx, &client.client_id).await? {
        return Err(Trouble::AlreadySo);
    }
    clients::end_tokens(&mut tx, &client.client_id, now).await?;
    Ok(tx.commit().await?)
}

/// The client's tokens die with the next request.
///
/// # Errors
/// [`Trouble`].
pub async fn disable(db: &Db, client_id: &str, now: Instant) -> Outcome<()> {
    let mut tx = db.write().await?;
    let client = one(&mut tx, client_id).await?;
    if !clients::disable(&mut tx, &client.client_id, now).await? {
        return Err(Trouble::AlreadySo);
    }
    Ok(tx.commit().await?)
}

/// The client may ask for tokens again; the old ones stay dead.
///
/// # Errors
/// [`Trouble`].
pub async fn enable(db: &Db, client_id: &str) -> Outcome<()> {
    let mut tx = db.write().await?;
    let client = one(&mut tx, client_id).await?;
    if !clients::enable(&mut tx, &client.client_id).await? {
        return Err(Trouble::AlreadySo);
    }
    Ok(tx.commit().await?)
}

async fn one(tx: &mut Tx, client_id: &str) -> Outcome<ClientRow> {
    let none = || Trouble::NoClient(client_id.to_owned());
    let id = ClientId::new(client_id).map_err(|_| none())?;
    clients::load(tx, &id).await?.ok_or_else(none)
}
