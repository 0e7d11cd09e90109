//! Telling on request: a test, one delivery again, or everything since a moment.

use domain::time::Instant;
use uuid::Uuid;

use super::{Done, finish, own, own_active};
use crate::app::forget::MESSAGES_FOR;
use crate::app::tell::{self, Concerns};
use crate::app::{App, Intent};
use crate::insurer::event::EventKind;
use crate::refusal::{Refusal, Result};
use crate::store::Tx;
use crate::store::webhooks::deliveries::{self, AttemptRow, DeliveryRow};
use crate::store::webhooks::messages;

impl App {
    /// Puts a message on this endpoint's list that says nothing but that it came.
    ///
    /// # Errors
    /// `not_found`; `endpoint_disabled`.
    pub async fn test_endpoint(&self, insurer: &str, id: Uuid, intent: &Intent) -> Result<DeliveryRow> {
        let mut tx = self.db.write().await?;
        if let Some(done) = self.done(&mut tx, intent).await? {
            return delivery_again(&mut tx, insurer, done).await;
        }
        let row = own_active(&mut tx, insurer, id).await?;
        let told = tell::of_endpoint(insurer, EventKind::EndpointTest, id, &row.state);
        let concerns = Concerns::nobody(self.clock.now());
        let mut delivery = None;
        for message in self.write_rows(&mut tx, vec![told], concerns).await? {
            deliveries::insert(&mut tx, (id, message.seq), None, message.written_at).await?;
            let done = Done::Delivery {
                endpoint: id,
                seq: message.seq,
            };
            finish(&mut tx, intent, &done).await?;
            delivery = deliveries::load(&mut tx, id, message.seq).await?;
        }
        tx.commit().await?;
        self.live.notify();
        Ok(delivery.ok_or_else(Refusal::not_found)?)
    }

    /// One delivery of the insurer's.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delivery(
        &self,
        insurer: &str,
        (endpoint, seq): (Uuid, i64),
    ) -> Result<(DeliveryRow, Vec<AttemptRow>)> {
        let mut tx = self.db.read().await?;
        let row = own_delivery(&mut tx, insurer, (endpoint, seq)).await?;
        Ok((row, deliveries::attempts(&mut tx, endpoint, seq).await?))
    }

    /// Makes a delivery again, whatever became of it.
    ///
    /// # Errors
    /// `not_found`; `endpoint_disabled`.
    pub async fn replay_delivery(
        &self,
        insurer: &str,
        (endpoint, seq): (Uuid, i64),
        intent: &Intent,
    ) -> Result<DeliveryRow> {
        let mut tx = self.db.write().await?;
        if let Some(done) = self.done(&mut tx, intent).await? {
            return delivery_again(&mut tx, insurer, done).await;
        }
        own_delivery(&mut tx, insurer, (endpoint, seq)).await?;
        own_active(&mut tx, insurer, endpoint).await?;
        deliveries::again(&mut tx, endpoint, seq, self.wall.now()).await?;
        finish(&mut tx, intent, &Done::Delivery { endpoint, seq }).await?;
        let row = own_delivery(&mut tx, insurer, (endpoint, seq)).await?;
        tx.commit().await?;
        self.live.notify();
        Ok(row)
    }

    /// Makes everything again that was told since, and what would have been told had the endpoint been there, but
    /// nothing about endpoints themselves; answers how much.
    ///
    /// # Errors
    /// `not_found`; `endpoint_disabled`; `since` longer ago than messages are kept.
    pub async fn replay_since(
        &self,
        insurer: &str,
        (endpoint, since): (Uuid, Instant),
        intent: &Intent,
    ) -> Result<u64> {
        let now = self.wall.now();
        if since < now.minus(MESSAGES_FOR) {
            let message = format!("最多可重发{}天以内的通知", MESSAGES_FOR.whole_days());
            return Err(Refusal::invalid_field("since", "too_early", message).into());
        }
        let mut tx = self.db.write().await?;
        if let Some(done) = self.done(&mut tx, intent).await? {
            let Done::Count { deliveries } = done else {
                return Err(Refusal::not_found().into());
            };
            return Ok(deliveries);
        }
        let row = own_active(&mut tx, insurer, endpoint).await?;
        let mut count = 0;
        for kind in EventKind::ALL.iter().filter(|kind| !kind.is_of_endpoints()) {
            if messages::wants(&row.events.0, kind.as_str()) {
                count += messages::put_again(&mut tx, &row, kind.as_str(), (since, now)).await?;
            }
        }
        finish(&mut tx, intent, &Done::Count { deliveries: count }).await?;
        tx.commit().await?;
        self.live.notify();
        Ok(count)
    }
}

async fn own_delivery(tx: &mut Tx, insurer: &str, (endpoint, seq): (Uuid, i64)) -> Result<DeliveryRow> {
    own(tx, insurer, endpoint).await?;
    let row = deliveries::load(tx, endpoint, seq).await?;
    Ok(row.ok_or_else(Refusal::not_found)?)
}

async fn delivery_again(tx: &mut Tx, insurer: &str, done: Done) -> Result<DeliveryRow> {
    let Done::Delivery { endpoint, seq } = done else {
        return Err(Refusal::not_found().into());
    };
    own_delivery(tx, insurer, (endpoint, seq)).await
}
