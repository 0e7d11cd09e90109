//! A signature is taken back by a supervisor: its certificate goes on the list of revoked ones, the page keeps it.

use domain::accident::Accident;
use domain::fact::{Actor, Fact};
use domain::id::AccidentId;

use super::{App, Begun, ByOfficer, Intent};
use crate::refusal::{Kind, Refusal, Result};
use crate::store::certificates;

impl App {
    /// # Errors
    /// `supervisor_only`; `not_found` for a certificate that signed nothing here; without a reason; a second time.
    pub async fn revoke_signature(
        &self,
        by: &ByOfficer,
        id: AccidentId,
        intent: &Intent,
        (serial, reason): (&str, &str),
    ) -> Result<Accident> {
        if !by.supervisor {
            let message = "只有值班领导可以撤销签名";
            return Err(Refusal::new(Kind::Forbidden, "supervisor_only", message).into());
        }
        let mut open = match self
            .open((id, &by.scope(), Actor::Officer(by.id)), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return Ok(*accident),
        };
        let fact = open.accident.revoke_signature(by.id, serial, reason, open.now)?;
        if let Fact::SignatureRevoked { revocation } = &fact {
            let (serial, reason) = (&revocation.serial, &revocation.reason);
            certificates::revoke(&mut open.tx, serial, open.now, reason).await?;
        }
        open.happen(fact)?;
        self.save(*open).await
    }
}
