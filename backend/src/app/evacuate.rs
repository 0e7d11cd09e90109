//! 撤离现场: the officer orders it, each party says when they have cleared the road.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::AccidentId;

use super::{App, ByOfficer, ByParty, Intent};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// When the officer does not hold the case.
    pub async fn order_evacuation(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            None,
            |accident, _| Ok(accident.order_evacuation(by.id)?.into_iter().collect()),
        )
        .await
    }

    /// # Errors
    /// When nobody has ordered it.
    pub async fn acknowledge_evacuation(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Party(by.party)),
            Some(intent),
            None,
            |accident, _| Ok(accident.acknowledge_evacuation(by.party)?.into_iter().collect()),
        )
        .await
    }
}
