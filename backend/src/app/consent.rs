//! A party answers a question of consent: the joint application, electronic service, slight injury, self-pay.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::AccidentId;
use domain::party::{Consent, ConsentKind};

use super::{App, ByParty, Intent};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// An outdated text, or an answer that comes too late to matter.
    pub async fn answer_consent(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
        (kind, agreed, text_version): (ConsentKind, bool, String),
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Party(by.party)),
            Some(intent),
            None,
            |accident, now| {
                let consent = Consent {
                    kind,
                    agreed,
                    text_version,
                    at: now,
                };
                Ok(vec![accident.answer_consent(by.party, consent)?])
            },
        )
        .await
    }
}
