//! A seat in the video room: a short-lived ticket for the media service.

use domain::id::AccidentId;
use signaling_core::ticket::{Role, Ticket};
use time::Duration;

use super::guest::{self, ByGuest};
use super::{App, Who};
use crate::identity::keys;
use crate::refusal::Result;
use domain::time::Instant;

/// How long a ticket opens the door; whoever is inside stays until the session's end.
const TICKET_LIFE: Duration = Duration::hours(2);

/// The ticket and where to show it.
pub struct Seat {
    pub ticket: String,
    pub url: String,
    pub expires_at: Instant,
}

impl App {
    /// # Errors
    /// Before the queue and after the case is over there is no call; an officer must hold the case.
    pub async fn seat(&self, by: &Who, id: AccidentId) -> Result<Seat> {
        let accident = self.look(id, &by.scope()).await?;
        let expires_at = self.wall.now().plus(TICKET_LIFE);
        let (sub, role, label) = match by {
            Who::Party(party) => {
                accident.may_call(None)?;
                (
                    party.party.to_string(),
                    Role::Driver,
                    accident.party(party.party)?.label.clone(),
                )
            }
            Who::Officer(officer) => {
                accident.may_call(Some(officer.id))?;
                (officer.id.to_string(), Role::Officer, "民警".to_owned())
            }
        };
        self.seat_in(id, (sub, role, label), expires_at).await
    }

    /// A guest's seat. The ticket dies with the invitation at the latest; one who is removed meanwhile gets no
    /// other.
    ///
    /// # Errors
    /// `invitation_over`; when there is no call.
    pub async fn seat_of_guest(&self, by: ByGuest) -> Result<Seat> {
        let (accident, guest) = self.look_as_guest(by).await?;
        accident.may_call(None)?;
        let expires_at = guest.expires_at();
        let who = (guest.id.to_string(), Role::Guest, guest::label(&guest));
        self.seat_in(accident.id, who, expires_at).await
    }

    async fn seat_in(
        &self,
        id: AccidentId,
        (sub, role, label): (String, Role, String),
        expires_at: Instant,
    ) -> Result<Seat> {
        let now = self.wall.now();
        let seconds = |at: Instant| at.unix_micros().div_euclid(1_000_000);
        let ticket = Ticket {
            iss: "kuaichu".to_owned(),
            aud: "kuaichu-media".to_owned(),
            sub,
            room: id.0,
            role,
            label,
            iat: seconds(now),
            exp: seconds(expires_at),
            jti: self.new_id().to_string(),
        };
        let ticket = keys::mint_ticket(self, &ticket).await?;
        Ok(Seat {
            ticket,
            url: self.config.media_url.clone(),
            expires_at,
        })
    }
}
