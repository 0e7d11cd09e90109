//! What a driver claims after the finding: 对认定有异议, and 代位求偿.

use domain::accident::Accident;
use domain::calendar::Counted;
use domain::fact::{Actor, Fact};
use domain::id::AccidentId;
use domain::time::Instant;

use super::{App, Begun, ByParty, Intent};
use crate::refusal::Result;

impl App {
    /// 我对认定有异议; `None` takes it back.
    ///
    /// # Errors
    /// Before the finding is issued and after the case is closed; without a reason.
    pub async fn object(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
        reason: Option<&str>,
    ) -> Result<Accident> {
        self.say_and_publish(by, id, intent, |accident, _| {
            let fact = match reason {
                Some(reason) => accident.object(by.party, reason)?,
                None => accident.withdraw_objection(by.party)?,
            };
            Ok(Some(fact))
        })
        .await
    }

    /// 代位求偿 chosen, or not any more.
    ///
    /// # Errors
    /// For a party it is not offered to; once an agreement leaves no claim to pass on.
    pub async fn choose_subrogation(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
        chosen: bool,
    ) -> Result<Accident> {
        self.say_and_publish(by, id, intent, |accident, _| {
            Ok(accident.choose_subrogation(by.party, chosen)?)
        })
        .await
    }

    /// The last day on which review (复核) can be asked for, counted in working days from service (程序规定
    /// art. 71); none before it, and none in a year whose holidays are not known.
    ///
    /// # Errors
    /// Only our own.
    pub fn review_until(&self, accident: &Accident) -> Result<Option<Counted>> {
        let Some(served) = accident.served_at() else {
            return Ok(None);
        };
        let days = self.rules_of(accident)?.terms.review_working_days;
        let calendar = &self.rules.calendar;
        Ok(calendar
            .add_working_days(served.china_day(), u32::from(days))
            .ok())
    }

    /// Both are read by the insurers, so the record follows.
    async fn say_and_publish(
        &self,
        by: ByParty,
        id: AccidentId,
        intent: &Intent,
        decide: impl FnOnce(&Accident, Instant) -> Result<Option<Fact>>,
    ) -> Result<Accident> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Party(by.party)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => *open,
            Begun::Done(accident) => return Ok(*accident),
        };
        if let Some(fact) = decide(&open.accident, open.now)? {
            open.happen(fact)?;
            self.publish(&mut open).await?;
        }
        self.save(open).await
    }
}
