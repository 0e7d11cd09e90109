//! The guests' way in: a link, nothing else to show. It opens a session that ends with the invitation.
//!
//! Like a driver's, a token is derived from what it is for, so that whoever repeats the invitation gets the same
//! link; the store keeps its digest.

use axum::http::HeaderMap;
use domain::id::{AccidentId, GuestId};
use domain::time::Instant;

use super::sessions::{self, For, Whose};
use super::token::{self, ServerSecret};
use crate::app::App;
use crate::app::guest::ByGuest;
use crate::config::Config;
use crate::refusal::{AppError, Kind, Refusal, Result};
use crate::store::Tx;
use crate::store::guest_links::{self, GuestLinkRow};

/// The URL that carries this token, in the fragment: browsers send that to nobody.
pub fn url(config: &Config, token: &str) -> String {
    format!("{}/p/#g={token}", config.public_url)
}

/// The token of this guest's link.
///
/// # Errors
/// Only our own.
pub async fn token(tx: &mut Tx, app: &App, (accident, guest): (AccidentId, GuestId)) -> Result<String> {
    let secret = ServerSecret::of(tx, app).await?;
    secret.link_token(&["guest", &accident.to_string(), &guest.to_string()])
}

/// Makes the link of a new guest; answers its token.
///
/// # Errors
/// Only our own.
pub async fn issue(
    tx: &mut Tx,
    app: &App,
    (accident, guest): (AccidentId, GuestId),
    now: Instant,
) -> Result<String> {
    let token = token(tx, app, (accident, guest)).await?;
    let link = GuestLinkRow {
        digest: token::digest(&token),
        accident_id: accident,
        guest_id: guest,
        created_at: now,
    };
    guest_links::insert(tx, &link).await?;
    Ok(token)
}

/// Whose invitation the link carries. Looking uses nothing up.
///
/// # Errors
/// `link_not_found`.
pub async fn resolve(app: &App, shown: &str) -> Result<ByGuest> {
    let mut tx = app.db.read().await?;
    let Some(link) = guest_links::load(&mut tx, &token::digest(shown)).await? else {
        tracing::warn!("a guest's link that does not exist was shown");
        return Err(Refusal::new(
            Kind::NotFound,
            "link_not_found",
            "链接不存在，请检查是否完整，或请民警重新发送",
        )
        .into());
    };
    Ok(ByGuest {
        accident: link.accident_id,
        guest: link.guest_id,
    })
}

/// Begins a session; answers what the cookie carries.
///
/// # Errors
/// Only our own.
pub async fn begin(app: &App, by: ByGuest) -> Result<String> {
    let mut tx = app.db.write().await?;
    let whom = For::Guest(by.accident, by.guest);
    let session = sessions::begin(&mut tx, app, whom).await?;
    tx.commit().await?;
    Ok(session)
}

/// Whose session it is; whether the invitation still holds is asked of the accident.
///
/// # Errors
/// `session_…`.
pub async fn current(app: &App, headers: &HeaderMap) -> Result<ByGuest> {
    let mut tx = app.db.read().await?;
    let session = sessions::current(&mut tx, app, headers, Whose::Guest).await?;
    drop(tx);
    sessions::touch(app, &session).await?;
    session
        .accident_id
        .zip(session.guest_id)
        .map(|(accident, guest)| ByGuest { accident, guest })
        .ok_or_else(|| AppError::Inconsistent("a guest's session without a guest".to_owned()))
}

/// The invitation holds no longer: removed, out of time, or the session is over.
pub fn over() -> Refusal {
    Refusal::new(
        Kind::Gone,
        "invitation_over",
        "邀请已结束，如需继续参加请联系民警",
    )
}
