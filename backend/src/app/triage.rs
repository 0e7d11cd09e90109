//! The screening questions; a hard stop hands the case to the field with what was collected so far.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::AccidentId;
use domain::triage::{Answers, Triage};

use super::{App, ByParty, Intent};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// Once liability is decided the answers stand.
    pub async fn answer_triage(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
        answers: Answers,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Party(by.party)),
            Some(intent),
            None,
            |accident, now| {
                let pack = self.rules_of(accident)?;
                let triage = Triage::judge(answers, accident.occurred_at(), pack);
                Ok(accident.answer_triage(triage, now)?)
            },
        )
        .await
    }
}
