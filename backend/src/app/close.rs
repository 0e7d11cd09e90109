//! 结案: the officer closes the case, and the insurers read how.

use domain::accident::{Accident, CloseRequest};
use domain::fact::Actor;
use domain::id::AccidentId;

use super::{App, Begun, ByOfficer, Intent};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// Before the money is settled; codes that are not true of what happened; `stale`.
    pub async fn close(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        request: CloseRequest,
    ) -> Result<Accident> {
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        open.check_seen(seen)?;
        let fact = open.accident.close(by.id, request, open.now)?;
        open.happen(fact)?;
        // How the case ended is part of what insurers read.
        self.publish(&mut open).await?;
        self.save(*open).await
    }
}
