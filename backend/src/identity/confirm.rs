//! The code confirms the driver's phone: a fact of the accident, and the beginning of a session.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::Sha256Hex;

use super::codes::{self, Purpose};
use super::driver::Known;
use super::links::{self, Held};
use super::sessions::{self, For};
use crate::app::{App, Begun, ByParty, Intent, Open};
use crate::refusal::Result;
use crate::store::idempotency;

/// Checks the code, confirms the phone and begins a session; answers its token.
///
/// The same intent again, after its answer was lost, gets another session without another code.
///
/// # Errors
/// `link_…`, `case_closed`; `code_wrong`, `code_locked`.
pub async fn show_code(
    app: &App,
    (key, digest): (&str, &Sha256Hex),
    token: &str,
    code: &str,
) -> Result<(String, Known, Accident)> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let held = links::resolve(&mut tx, token, now).await?;
    drop(tx);
    let own = Known {
        accident: held.accident,
        party: held.party,
    };
    let by = ByParty {
        accident: own.accident,
        party: own.party,
    };
    // Nobody is signed in yet: the keys of this step are kept apart by whose link it is.
    let scope = format!("session:{}", own.party);
    let intent = Intent {
        scope,
        key: key.to_owned(),
        digest: digest.clone(),
    };
    let mut open = match app
        .open(
            (own.accident, &by.scope(), Actor::Party(own.party)),
            Some(&intent),
        )
        .await?
    {
        Begun::Fresh(open) => *open,
        Begun::Done(accident) => return again(app, own, *accident).await,
    };
    // Typed under the link; or the desk knew it from the call and sent the code itself.
    let known = open.accident.party(own.party)?.phone.clone();
    let phone = held.phone.clone().or(known).unwrap_or_default();
    let to = (own.accident, phone.as_str(), Purpose::Confirm);
    if let Err(refusal) = codes::check(&mut open.tx, app, to, code, now).await? {
        // The wrong try counts, the intent does not: nothing else happened.
        idempotency::release(&mut open.tx, &intent.scope, &intent.key).await?;
        open.tx.commit().await?;
        return Err(refusal.into());
    }
    let session = confirm_phone(&mut open, app, &held, &phone).await?;
    let accident = app.save(open).await?;
    Ok((session, own, accident))
}

async fn again(app: &App, own: Known, accident: Accident) -> Result<(String, Known, Accident)> {
    let mut tx = app.db.write().await?;
    let session = sessions::begin(&mut tx, app, For::Driver(own.accident, own.party)).await?;
    tx.commit().await?;
    Ok((session, own, accident))
}

/// The phone becomes a fact of the accident, and its holder has a session.
async fn confirm_phone(open: &mut Open, app: &App, held: &Held, phone: &str) -> Result<String> {
    if let Some(fact) = open.accident.confirm_phone(held.party, phone)? {
        open.happen(fact)?;
    }
    links::use_first(&mut open.tx, held, open.now).await?;
    links::note_phone(&mut open.tx, held, None).await?;
    sessions::begin(&mut open.tx, app, For::Driver(held.accident, held.party)).await
}
