//! A driver comes in: by the link, then by the code that proves the phone is theirs.

use axum::http::HeaderMap;
use domain::accident::Accident;
use domain::id::{AccidentId, PartyId, Sha256Hex};
use domain::identifiers::Phone;

use super::codes::{self, Purpose, Sent};
use super::links;
use super::sessions::{self, Whose};
use super::two_factors::key_reused;
use crate::app::App;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::idempotency::{self, Claim};
use crate::store::{Tx, accidents};

/// A driver in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    pub accident: AccidentId,
    pub party: PartyId,
}

/// What a link opens, as the phone shows it before anybody is confirmed.
#[derive(Clone, Debug)]
pub struct Shown {
    pub accident: Accident,
    pub party: PartyId,
    /// This browser already has a session for it.
    pub session: bool,
}

/// Looks at what the link opens; its first use is noted.
///
/// # Errors
/// `link_not_found`, `link_expired`, `case_closed`.
pub async fn open_link(app: &App, headers: &HeaderMap, token: &str) -> Result<Shown> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let held = links::resolve(&mut tx, token, now).await?;
    links::use_first(&mut tx, &held, now).await?;
    let accident = load(&mut tx, held.accident).await?;
    let own = Known {
        accident: held.accident,
        party: held.party,
    };
    let session = match sessions::current(&mut tx, app, headers, Whose::Driver).await {
        Ok(session) => session.accident_id == Some(own.accident) && session.party_id == Some(own.party),
        Err(AppError::Refused(_)) => false,
        Err(error) => return Err(error),
    };
    tx.commit().await?;
    Ok(Shown {
        accident,
        party: held.party,
        session,
    })
}

async fn load(tx: &mut Tx, id: AccidentId) -> Result<Accident> {
    let row = accidents::load::<Accident>(tx, id)
        .await?
        .ok_or_else(Refusal::not_found)?;
    Ok(row.state.0)
}

/// Sends the code that proves the phone. The same intent again sends nothing and answers the same.
///
/// # Errors
/// As [`open_link`]; a number that is none; `sms_rate_limited`.
pub async fn send_code(
    app: &App,
    (key, digest): (&str, &Sha256Hex),
    token: &str,
    phone: &str,
) -> Result<Sent> {
    let phone =
        Phone::parse(phone).map_err(|error| Refusal::invalid_field("phone", error.code, error.message))?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let held = links::resolve(&mut tx, token, now).await?;
    let scope = format!("code:{}", held.party);
    match idempotency::claim(&mut tx, &scope, key, digest, app.wall.now()).await? {
        Claim::OtherBody => return Err(key_reused().into()),
        Claim::Replay { .. } => {
            let phone_masked = domain::identifiers::mask_phone(phone.as_str());
            return Ok(Sent {
                phone_masked,
                resend_after_s: 60,
            });
        }
        Claim::New => {}
    }
    links::use_first(&mut tx, &held, now).await?;
    let sent = codes::send_in(
        &mut tx,
        app,
        (held.accident, phone.as_str(), Purpose::Confirm),
        now,
    )
    .await?;
    // The code comes back without the number, so the number waits at the link.
    links::note_phone(&mut tx, &held, Some(phone.as_str())).await?;
    tx.commit().await?;
    Ok(sent)
}

/// Who holds this driver's session.
///
/// # Errors
/// `session_…`; `case_closed` a day after the case was closed.
pub async fn current(app: &App, headers: &HeaderMap) -> Result<Known> {
    let mut tx = app.db.read().await?;
    let session = sessions::current(&mut tx, app, headers, Whose::Driver).await?;
    let known = session
        .accident_id
        .zip(session.party_id)
        .map(|(accident, party)| Known { accident, party })
        .ok_or_else(|| AppError::Inconsistent("a driver's session without a party".to_owned()))?;
    let row = accidents::load::<serde::de::IgnoredAny>(&mut tx, known.accident).await?;
    let row = row.ok_or_else(|| AppError::Inconsistent("a session without an accident".to_owned()))?;
    links::check_open(row.closed_at, app.clock.now())?;
    drop(tx);
    sessions::touch(app, &session).await?;
    Ok(known)
}
