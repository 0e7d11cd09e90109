//! A finding is taken back: its number stays visible as void, and the case is on the desk again.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::AccidentId;

use super::{App, Begun, ByOfficer, Intent};
use crate::refusal::Result;
use crate::store::findings;

impl App {
    /// # Errors
    /// Once money has moved on it; without a reason; `stale`.
    pub async fn void_finding(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        reason: &str,
    ) -> Result<Accident> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        let fact = open.accident.void_finding(by.id, reason)?;
        let number = open
            .accident
            .finding()
            .map(|finding| finding.number.clone())
            .unwrap_or_default();
        open.happen(fact)?;
        findings::void(&mut open.tx, &number, open.now).await?;
        open.tell_of_void(&number);
        self.save(*open).await
    }
}
