//! 结案: the officer closes the case.

use domain::accident::{Accident, CloseRequest};
use domain::fact::Actor;
use domain::id::AccidentId;

use super::{App, ByOfficer, Intent};
use crate::refusal::Result;

impl App {
    /// # Errors
    /// Before the money is settled; codes that do not go together; `stale`.
    pub async fn close(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        (intent, seen): (&Intent, Option<u64>),
        request: CloseRequest,
    ) -> Result<Accident> {
        self.deed(
            (id, &by.scope(), Actor::Officer(by.id)),
            Some(intent),
            seen,
            |accident, now| Ok(vec![accident.close(by.id, request, now)?]),
        )
        .await
    }
}
