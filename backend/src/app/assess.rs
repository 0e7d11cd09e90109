//! What was lost: per party by head, and outside the vehicles.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::{AccidentId, PartyId};
use domain::party::{Losses, OutsideProperty};

use super::{App, ByOfficer};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// Amounts that cannot be; a case whose money is settled.
    pub async fn assess_losses(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (party, seen): (PartyId, Option<u64>),
        losses: Losses,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            None,
            seen,
            |accident, _| Ok(vec![accident.assess_losses(by.id, party, losses)?]),
        )
        .await
    }

    /// # Errors
    /// As [`App::assess_losses`].
    pub async fn assess_outside(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        seen: Option<u64>,
        items: Vec<OutsideProperty>,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            None,
            seen,
            |accident, _| Ok(vec![accident.assess_outside(by.id, items)?]),
        )
        .await
    }
}
