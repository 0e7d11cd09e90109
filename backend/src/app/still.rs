//! The officer asks a party's phone for a still at its full resolution.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::{AccidentId, PartyId, StillId};

use super::{App, ByOfficer, Intent};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// When the officer does not hold the case, or the party is not in it.
    pub async fn request_still(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        party: PartyId,
    ) -> Result<Accident> {
        let still = StillId(self.new_id());
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            None,
            |accident, now| Ok(vec![accident.request_still(by.id, party, still, now)?]),
        )
        .await
    }
}
