//! A report begins an accident: by a driver at the general link, or by the desk after a 122 call.

use domain::accident::Accident;
use domain::fact::{Actor, Fact};
use domain::id::{AccidentId, PartyId, UnitId};
use domain::identifiers::Phone;

use super::open::claim;
use super::{App, ByOfficer, Intent};
use crate::identity::links;
use crate::refusal::{AppError, Refusal, Result};
use crate::sms;
use crate::store::{Tx, idempotency, units};

/// A new accident with the personal link of its first party.
pub struct Reported {
    pub accident: Accident,
    pub party: PartyId,
    /// What the link carries in its fragment.
    pub token: String,
}

impl App {
    /// A driver opens the general link and begins.
    ///
    /// # Errors
    /// A unit that is not there, when one is named.
    pub async fn report(&self, intent: &Intent, unit: Option<UnitId>) -> Result<Reported> {
        self.begin_report(intent, unit, None, Actor::Service).await
    }

    /// The desk opens a case after a call and sends the link by SMS.
    ///
    /// # Errors
    /// A number that is none.
    pub async fn report_by_call(&self, by: &ByOfficer, intent: &Intent, phone: &str) -> Result<Accident> {
        let phone = Phone::parse(phone)
            .map_err(|error| Refusal::invalid_field("phone", error.code, error.message))?;
        let unit = Some(by.unit.clone());
        let reported = self
            .begin_report(intent, unit, Some(phone.to_string()), Actor::Officer(by.id))
            .await?;
        Ok(reported.accident)
    }

    async fn begin_report(
        &self,
        intent: &Intent,
        unit: Option<UnitId>,
        phone: Option<String>,
        by: Actor,
    ) -> Result<Reported> {
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        if let Some(earlier) = claim(&mut tx, Some(intent), self.wall.now()).await? {
            let id =
                earlier.ok_or_else(|| AppError::Inconsistent("a report without an accident".to_owned()))?;
            return self.reported_before(tx, id).await;
        }
        let unit = self.unit_for(&mut tx, unit).await?;
        let id = AccidentId(self.new_id());
        let party = PartyId(self.new_id());
        idempotency::finish(&mut tx, &intent.scope, &intent.key, Some(id), None).await?;
        let texted = phone.clone();
        let first = Fact::Reported { unit, party, phone };
        let mut open = self.begin(tx, id, by, first)?;
        // The link's row names the accident, so the accident is written first.
        open.write().await?;
        let token = links::issue(&mut open.tx, self, links::Kind::Personal(party), id, now).await?;
        if let Some(phone) = texted {
            let link = links::url(&self.config, links::Kind::Personal(party), &token);
            let text = format!("【事故快处】处理您的交通事故，30分钟内有效，请勿转发，点击链接 {link}");
            sms::queue(&mut open.tx, self, &phone, &text, now).await?;
        }
        let accident = self.save(open).await?;
        Ok(Reported {
            accident,
            party,
            token,
        })
    }

    async fn reported_before(&self, mut tx: Tx, id: AccidentId) -> Result<Reported> {
        let now = self.clock.now();
        let row = crate::store::accidents::load(&mut tx, id)
            .await?
            .ok_or_else(Refusal::not_found)?;
        let accident: Accident = row.state.0;
        let party = accident
            .parties
            .first()
            .map(|party| party.id)
            .ok_or_else(Refusal::not_found)?;
        let token = links::issue(&mut tx, self, links::Kind::Personal(party), id, now).await?;
        tx.commit().await?;
        Ok(Reported {
            accident,
            party,
            token,
        })
    }

    async fn unit_for(&self, tx: &mut Tx, wanted: Option<UnitId>) -> Result<UnitId> {
        let found = match &wanted {
            Some(code) => units::load(tx, code).await?,
            None => units::list(tx, 1).await?.into_iter().next(),
        };
        found.map(|unit| unit.code).ok_or_else(|| {
            Refusal::invalid_field("unit", "unknown_unit", "没有这个受理单位，请核对链接").into()
        })
    }
}
