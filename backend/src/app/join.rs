//! The next party comes in by scanning the first one's screen.

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::{AccidentId, PartyId};

use super::report::Reported;
use super::{App, Begun, Intent, Scope, Who};
use crate::config::PARTIES_MAX;
use crate::identity::links;
use crate::refusal::{AppError, Result};

/// What the QR code on the first party's screen says.
pub struct Invitation {
    pub token: String,
    pub link: String,
}

impl App {
    /// # Errors
    /// `link_not_found`, `link_expired`, `party_limit`, or a finding that is out.
    pub async fn join(&self, intent: &Intent, token: &str) -> Result<Reported> {
        let now = self.clock.now();
        let id = links::resolve_join(self, token, now).await?;
        let party = PartyId(self.new_id());
        let mut open = match self
            .open((id, &Scope::Service, Actor::Service), Some(intent))
            .await?
        {
            Begun::Fresh(open) => open,
            Begun::Done(accident) => return self.joined_before(*accident, intent).await,
        };
        let fact = open.accident.join(party, PARTIES_MAX)?;
        open.happen(fact)?;
        let token = links::issue(&mut open.tx, self, links::Kind::Personal(party), id, now).await?;
        crate::store::idempotency::finish(
            &mut open.tx,
            &intent.scope,
            &intent.key,
            Some(id),
            Some(&serde_json::json!({ "party": party })),
        )
        .await?;
        let accident = self.save(*open).await?;
        Ok(Reported {
            accident,
            party,
            token,
        })
    }

    async fn joined_before(&self, accident: Accident, intent: &Intent) -> Result<Reported> {
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let answer = crate::store::idempotency::answer(&mut tx, &intent.scope, &intent.key).await?;
        let party = answer
            .and_then(|answer| serde_json::from_value(answer["party"].clone()).ok())
            .ok_or_else(|| AppError::Inconsistent("a join without a party".to_owned()))?;
        let token = links::issue(&mut tx, self, links::Kind::Personal(party), accident.id, now).await?;
        tx.commit().await?;
        Ok(Reported {
            accident,
            party,
            token,
        })
    }

    /// Makes the join link of this accident; the same one until it expires.
    ///
    /// # Errors
    /// `not_found` out of scope.
    pub async fn invite(&self, by: &Who, id: AccidentId) -> Result<Invitation> {
        self.look(id, &by.scope()).await?;
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        let token = links::issue(&mut tx, self, links::Kind::Join, id, now).await?;
        tx.commit().await?;
        let link = links::url(&self.config, links::Kind::Join, &token);
        Ok(Invitation { token, link })
    }
}
