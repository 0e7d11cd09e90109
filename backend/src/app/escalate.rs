//! The case leaves the remote flow: a driver wants an officer on site, or the desk sends one.

use domain::accident::Accident;
use domain::id::AccidentId;
use domain::signing::reason_problem;

use super::{App, Intent, Who};
use crate::refusal::Result;

/// What the field reads when a driver asked and gave no reason.
const WANTS_OFFICER: &str = "当事人要求民警到场";

impl App {
    /// # Errors
    /// Once the finding is out; an officer gives a reason.
    pub async fn escalate(
        &self,
        by: &Who,
        id: AccidentId,
        intent: &Intent,
        reason: &str,
    ) -> Result<Accident> {
        let reason = if reason.trim().is_empty() && !by.is_officer() {
            WANTS_OFFICER
        } else {
            reason
        };
        self.deed(
            (id, &by.scope(), by.actor()),
            Some(intent),
            None,
            |accident, now| {
                domain::refusal::Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
                Ok(vec![accident.escalate(reason, now)?])
            },
        )
        .await
    }
}
