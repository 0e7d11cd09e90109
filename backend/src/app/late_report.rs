//! 事后报案: a party files what was never called in; the desk takes it on or refuses it in writing.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::AccidentId;
use domain::late_report;

use super::{App, Begun, ByOfficer, ByParty, Intent};
use crate::refusal::{AppError, Result};
use crate::store::units;

impl App {
    /// # Errors
    /// When the answers do not call for it, it was filed before, or the record still lacks something.
    pub async fn file_late_report(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
        statement: &str,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Party(by.party)),
            Some(intent),
            None,
            |accident, now| {
                let days = self.rules_of(accident)?.terms.late_report_working_days;
                // Without that year's calendar the report is taken all the same: the desk sees that no day is set.
                let by_day = late_report::decide_by(now, days, &self.rules.calendar).ok();
                Ok(accident.file_late_report(by.party, statement, by_day, now)?)
            },
        )
        .await
    }

    /// # Errors
    /// Somebody else's case; nothing to decide; a refusal without its reason.
    pub async fn decide_acceptance(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        answer: (bool, &str),
    ) -> Result<Accident> {
        let begun = self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?;
        let mut open = match begun {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let unit = units::load(&mut open.tx, &open.accident.unit)
            .await?
            .ok_or_else(|| AppError::Inconsistent("the accident's unit is not in the store".to_owned()))?;
        for fact in open
            .accident
            .decide_acceptance(by.id, answer, &unit.name, open.now)?
        {
            open.happen(fact)?;
        }
        self.save(*open).await
    }
}
