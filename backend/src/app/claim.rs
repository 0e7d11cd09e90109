//! An officer takes a case out of the queue, or puts it back; two cannot hold one.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::AccidentId;

use super::{App, ByOfficer, Intent};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// `already_claimed` when another officer was faster.
    pub async fn claim(&self, by: &ByOfficer, id: AccidentId, intent: &Intent) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            None,
            |accident, _| Ok(accident.claim(by.id)?.into_iter().collect()),
        )
        .await
    }

    /// # Errors
    /// When somebody else holds it and the caller is no supervisor.
    pub async fn release(&self, by: &ByOfficer, id: AccidentId, intent: &Intent) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            None,
            |accident, _| Ok(vec![accident.release(by.id, by.supervisor)?]),
        )
        .await
    }
}
