//! Guests: invited by the officer with a link that holds two hours, seated in the video room, able to look at the
//! terms and at nothing else.

use domain::accident::Accident;
use domain::codes::insurer_name;
use domain::fact::{Actor, Fact};
use domain::guest::{Guest, GuestRole};
use domain::id::{AccidentId, GuestId, InsurerCode};
use serde_json::json;

use super::{App, Begun, ByOfficer, Intent, Scope};
use crate::identity::guests;
use crate::refusal::{AppError, Result};
use crate::store::idempotency;

/// A guest's way in, for the officer to pass on.
pub struct Invited {
    pub guest: Guest,
    pub token: String,
    pub link: String,
}

/// A guest whose invitation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByGuest {
    pub accident: AccidentId,
    pub guest: GuestId,
}

impl App {
    /// # Errors
    /// An insurer with no policy in this accident; too many guests; no session to come to.
    pub async fn invite_guest(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        (role, name, insurer): (GuestRole, String, Option<InsurerCode>),
    ) -> Result<Invited> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return self.invited_before(&accident, intent).await,
        };
        let guest = Guest {
            id: GuestId(self.new_id()),
            role,
            name,
            insurer,
            invited_at: open.now,
            removed_at: None,
        };
        let fact = open.accident.invite_guest(by.id, guest, open.now)?;
        let Fact::GuestInvited { guest } = fact.clone() else {
            return Err(AppError::Inconsistent("an invitation invites nobody".to_owned()));
        };
        open.happen(fact)?;
        let token = guests::issue(&mut open.tx, self, (id, guest.id), open.now).await?;
        let answer = json!({ "guest": guest.id });
        idempotency::finish(&mut open.tx, &intent.scope, &intent.key, Some(id), Some(&answer)).await?;
        self.save(open).await?;
        Ok(self.invited(guest, token))
    }

    async fn invited_before(&self, accident: &Accident, intent: &Intent) -> Result<Invited> {
        let mut tx = self.db.write().await?;
        let answer = idempotency::answer(&mut tx, &intent.scope, &intent.key).await?;
        let guest = answer
            .and_then(|answer| serde_json::from_value::<GuestId>(answer["guest"].clone()).ok())
            .and_then(|id| accident.guests.iter().find(|guest| guest.id == id).cloned())
            .ok_or_else(|| AppError::Inconsistent("an invitation without a guest".to_owned()))?;
        let token = guests::token(&mut tx, self, (accident.id, guest.id)).await?;
        tx.commit().await?;
        Ok(self.invited(guest, token))
    }

    fn invited(&self, guest: Guest, token: String) -> Invited {
        let link = guests::url(&self.config, &token);
        Invited { guest, token, link }
    }

    /// # Errors
    /// `not_found` for a guest who was never invited.
    pub async fn remove_guest(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        guest: GuestId,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            None,
            |accident, _| Ok(accident.remove_guest(by.id, guest)?.into_iter().collect()),
        )
        .await
    }

    /// The link opens a session, while the invitation holds; answers what the cookie carries.
    ///
    /// # Errors
    /// `link_not_found`; `invitation_over`.
    pub async fn enter_as_guest(&self, token: &str) -> Result<(String, Accident, Guest)> {
        let by = guests::resolve(self, token).await?;
        let (accident, guest) = self.look_as_guest(by).await?;
        let session = guests::begin(self, by).await?;
        Ok((session, accident, guest))
    }

    /// The accident and the guest, while the invitation holds.
    ///
    /// # Errors
    /// `invitation_over` once it does not.
    pub async fn look_as_guest(&self, by: ByGuest) -> Result<(Accident, Guest)> {
        let accident = self.look(by.accident, &Scope::Service).await?;
        let guest = accident.guest(by.guest, self.clock.now()).cloned();
        let guest = guest.ok_or_else(guests::over)?;
        Ok((accident, guest))
    }
}

/// What a guest is called on a picture: 人民调解员 张三, 人保财险 李四.
pub fn label(guest: &Guest) -> String {
    let insurer = guest.insurer.as_ref();
    let what = insurer.map_or(guest.role.label(), |insurer| insurer_name(insurer.as_str()));
    format!("{what} {}", guest.name)
}
