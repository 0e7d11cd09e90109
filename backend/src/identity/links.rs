//! The drivers' links: no account, no password, an unguessable token in the fragment of a URL.
//!
//! A token is derived from what it is for and not drawn, so that whoever repeats a request gets the same
//! link. The store keeps its digest. A personal link waits half an hour for its first use and then holds
//! until a day after the case is closed; a join link holds half an hour for whoever scans it.

use domain::id::{AccidentId, PartyId, Sha256Hex};
use domain::time::Instant;
use serde::de::IgnoredAny;
use time::Duration;

use super::token::{self, ServerSecret};
use crate::app::App;
use crate::config::Config;
use crate::refusal::{self, AppError, Refusal, Result};
use crate::store::links::{self, LinkRow};
use crate::store::{Tx, accidents};

/// How long a link waits for its first use; a join link holds no longer.
pub const FIRST_USE_WITHIN: Duration = Duration::minutes(30);
/// How long the parties can still look at a case after it is closed.
pub const AFTER_CLOSING: Duration = Duration::hours(24);

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One party's own way in and back.
    Personal(PartyId),
    /// The way in for the next party.
    Join,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Personal(_) => "personal",
            Self::Join => "join",
        }
    }

    fn party(self) -> Option<PartyId> {
        match self {
            Self::Personal(party) => Some(party),
            Self::Join => None,
        }
    }
}

/// A link that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub accident: AccidentId,
    pub party: PartyId,
    /// The number that was typed under it and is not proved yet.
    pub phone: Option<String>,
    digest: Sha256Hex,
}

/// The URL that carries this token.
pub fn url(config: &Config, kind: Kind, token: &str) -> String {
    let name = match kind {
        Kind::Personal(_) => "t",
        Kind::Join => "j",
    };
    // In the fragment: browsers send it to nobody, so it is in no log and no referrer.
    format!("{}/p/#{name}={token}", config.public_url)
}

/// The token of the link for this purpose: the one that holds, or a new one when none does.
///
/// # Errors
/// Only our own.
pub async fn issue(tx: &mut Tx, app: &App, kind: Kind, accident: AccidentId, now: Instant) -> Result<String> {
    let newest = links::newest(tx, accident, kind.as_str(), kind.party()).await?;
    match &newest {
        Some(link) if link.revoked_at.is_none() && !is_stale(link, now) => {
            derive(tx, app, kind, accident, link.generation).await
        }
        _ => replace(tx, app, (kind, accident), newest, now).await,
    }
}

/// The token of a new link; the earlier one is dead from now on.
///
/// # Errors
/// Only our own.
pub async fn reissue(
    tx: &mut Tx,
    app: &App,
    kind: Kind,
    accident: AccidentId,
    now: Instant,
) -> Result<String> {
    let newest = links::newest(tx, accident, kind.as_str(), kind.party()).await?;
    replace(tx, app, (kind, accident), newest, now).await
}

async fn replace(
    tx: &mut Tx,
    app: &App,
    (kind, accident): (Kind, AccidentId),
    earlier: Option<LinkRow>,
    now: Instant,
) -> Result<String> {
    let generation = earlier.as_ref().map_or(1, |link| link.generation + 1);
    if let Some(link) = earlier {
        links::revoke(tx, &link.digest, now).await?;
    }
    let token = derive(tx, app, kind, accident, generation).await?;
    let link = LinkRow {
        digest: token::digest(&token),
        kind: kind.as_str().to_owned(),
        accident_id: accident,
        party_id: kind.party(),
        generation,
        created_at: now,
        expires_at: now.plus(FIRST_USE_WITHIN),
        phone: None,
        first_used_at: None,
        revoked_at: None,
    };
    links::insert(tx, &link).await?;
    Ok(token)
}

async fn derive(tx: &mut Tx, app: &App, kind: Kind, accident: AccidentId, generation: i64) -> Result<String> {
    let party = kind.party().map(|party| party.to_string()).unwrap_or_default();
    let secret = ServerSecret::of(tx, app).await?;
    secret.link_token(&[
        kind.as_str(),
        &accident.to_string(),
        &party,
        &generation.to_string(),
    ])
}

fn is_stale(link: &LinkRow, now: Instant) -> bool {
    let waits = link.party_id.is_none() || link.first_used_at.is_none();
    waits && now > link.expires_at
}

/// Whose personal link this is. Looking uses nothing up: previews of SMS apps open links too.
///
/// # Errors
/// `link_not_found`, `link_expired`, `case_closed`.
pub async fn resolve(tx: &mut Tx, token: &str, now: Instant) -> Result<Held> {
    let link = held(tx, token, now).await?;
    match link.party_id {
        Some(party) => Ok(Held {
            accident: link.accident_id,
            party,
            phone: link.phone,
            digest: link.digest,
        }),
        None => Err(not_found().into()),
    }
}

/// Notes that a person used the link; from then on it holds as long as the case.
///
/// # Errors
/// Only our own.
pub async fn use_first(tx: &mut Tx, held: &Held, now: Instant) -> Result<()> {
    Ok(links::use_first(tx, &held.digest, now).await?)
}

/// Remembers the number typed under the link until its code proves it, or forgets it.
///
/// # Errors
/// Only our own.
pub async fn note_phone(tx: &mut Tx, held: &Held, phone: Option<&str>) -> Result<()> {
    Ok(links::note_phone(tx, &held.digest, phone).await?)
}

/// Which accident this join link leads to.
///
/// # Errors
/// `link_not_found`, `link_expired`, `case_closed`.
pub async fn resolve_join(app: &App, token: &str, now: Instant) -> Result<AccidentId> {
    let mut tx = app.db.read().await?;
    let link = held(&mut tx, token, now).await?;
    if link.party_id.is_some() {
        return Err(not_found().into());
    }
    Ok(link.accident_id)
}

async fn held(tx: &mut Tx, token: &str, now: Instant) -> Result<LinkRow> {
    let Some(link) = links::load(tx, &token::digest(token)).await? else {
        tracing::warn!("a link that does not exist was shown");
        return Err(not_found().into());
    };
    if link.revoked_at.is_some() || is_stale(&link, now) {
        return Err(gone("link_expired", "链接已失效，请使用最新收到的链接，或重新报案").into());
    }
    let accident = accidents::load::<IgnoredAny>(tx, link.accident_id)
        .await?
        .ok_or_else(|| AppError::Inconsistent("a link without an accident".to_owned()))?;
    check_open(accident.closed_at, now)?;
    Ok(link)
}

/// # Errors
/// `case_closed` when the accident was closed more than a day ago.
pub fn check_open(closed_at: Option<Instant>, now: Instant) -> Result<(), Refusal> {
    match closed_at {
        Some(closed) if now > closed.plus(AFTER_CLOSING) => Err(gone(
            "case_closed",
            "案件已办结超过24小时，如需材料请联系受理单位",
        )),
        _ => Ok(()),
    }
}

fn not_found() -> Refusal {
    Refusal::new(
        refusal::Kind::NotFound,
        "link_not_found",
        "链接不存在，请检查是否完整，或重新报案",
    )
}

fn gone(code: &'static str, message: &str) -> Refusal {
    Refusal::new(refusal::Kind::Gone, code, message)
}
