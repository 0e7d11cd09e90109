//! Telling insurers: what is due is taken, sent and noted, over and over. A message arrives at least once, and those of
//! one case in their order; how an endpoint does is no other endpoint's business.
//!
//! Several processes may do so at once (`store::webhooks::deliveries`). It decides nothing about cases.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration as Wait;

use domain::time::Instant;
use time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::App;
use super::tell::{self, Concerns};
use crate::hooks::retry::{self, Heard};
use crate::hooks::{self, Parcel};
use crate::insurer::event::EventKind;
use crate::insurer::gateway::answer::Verdict;
use crate::outbound::Patience;
use crate::refusal::Result;
use crate::store::Tx;
use crate::store::webhooks::deliveries::{self, AttemptRow, Next, Ready, Taken};
use crate::store::webhooks::{self, Ended, EndpointRow, messages};

/// How often the list is looked at, whoever rings or not.
const POLL_EVERY: Wait = Wait::from_secs(1);
/// How long an endpoint may take, and how much of its answer is read.
const PATIENCE: Patience = Patience {
    bytes_max: 8 * 1024,
    within: Wait::from_secs(20),
};
/// Longer than any attempt takes: after it somebody else may take the delivery.
const LEASE: Duration = Duration::seconds(60);
/// Deliveries under way at once: to everybody, to one endpoint, and to one whose last attempt failed.
const AT_ONCE: usize = 256;
const AT_ONCE_EACH: usize = 8;
const AT_ONCE_FAILING: usize = 1;
/// An endpoint where nothing went well for so long is disabled.
const FAILING_FOR: Duration = Duration::days(5);

/// Who carries messages: at most so many at once, and to each endpoint no more than its share.
struct Courier {
    app: App,
    all: Arc<Semaphore>,
    each: HashMap<Uuid, Arc<Semaphore>>,
    under_way: JoinSet<()>,
}

/// A place in both shares, given back when the delivery is over, however it ends.
struct Seat {
    _all: OwnedSemaphorePermit,
    _each: OwnedSemaphorePermit,
}

impl Courier {
    fn new(app: App) -> Self {
        Self {
            app,
            all: Arc::new(Semaphore::new(AT_ONCE)),
            each: HashMap::new(),
            under_way: JoinSet::new(),
        }
    }

    /// Sets out with what is due, as far as there are seats; answers how much that was.
    async fn set_out(&mut self) -> Result<usize> {
        let now = self.app.wall.now();
        let mut tx = self.app.db.read().await?;
        let ready = deliveries::ready(&mut tx, now).await?;
        drop(tx);
        self.each
            .retain(|_, seats| seats.available_permits() < AT_ONCE_EACH);
        let seats: Vec<(Uuid, Vec<Seat>)> = ready
            .iter()
            .map(|ready| (ready.id, self.seats(ready)))
            .filter(|(_, seats)| !seats.is_empty())
            .collect();
        if seats.is_empty() {
            return Ok(0);
        }
        let lease = self.app.new_id();
        let term = (lease, now, now.plus(LEASE));
        let mut set_out = 0;
        let mut tx = self.app.db.write().await?;
        let mut taken = Vec::new();
        for (endpoint, seats) in seats {
            let limit = u32::try_from(seats.len()).unwrap_or(1);
            let deliveries = deliveries::take(&mut tx, endpoint, term, limit).await?;
            taken.extend(deliveries.into_iter().zip(seats));
        }
        tx.commit().await?;
        for (delivery, seat) in taken {
            let app = self.app.clone();
            set_out += 1;
            self.under_way.spawn(async move {
                let _seat = seat;
                if let Err(error) = app.attempt(&delivery, lease).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(endpoint = %delivery.endpoint_id, error, "a delivery cannot be noted");
                }
            });
        }
        Ok(set_out)
    }

    fn seats(&mut self, ready: &Ready) -> Vec<Seat> {
        let each = self
            .each
            .entry(ready.id)
            .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE_EACH)));
        let share = if ready.failing_since.is_some() {
            AT_ONCE_FAILING
        } else {
            AT_ONCE_EACH
        };
        let taken = AT_ONCE_EACH - each.available_permits();
        std::iter::from_fn(|| {
            Some(Seat {
                _all: Arc::clone(&self.all).try_acquire_owned().ok()?,
                _each: Arc::clone(each).try_acquire_owned().ok()?,
            })
        })
        .take(share.saturating_sub(taken))
        .collect()
    }
}

impl App {
    /// Tells everything that is due, and what becomes due by that, until nothing is; answers how many attempts that
    /// took.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn deliver_due(&self) -> Result<usize> {
        let mut courier = Courier::new(self.clone());
        let mut made = 0;
        loop {
            made += courier.set_out().await?;
            if courier.under_way.join_next().await.is_none() {
                return Ok(made);
            }
        }
    }

    /// One attempt: sent outside of every transaction, then noted.
    async fn attempt(&self, taken: &Taken, lease: Uuid) -> Result<()> {
        let started = self.wall.now();
        let mut tx = self.db.read().await?;
        let endpoint = webhooks::find(&mut tx, taken.endpoint_id).await?;
        let message = messages::load(&mut tx, taken.seq).await?;
        let (Some(endpoint), Some(message)) = (endpoint, message) else {
            // Deleted meanwhile.
            return Ok(());
        };
        let secrets = webhooks::secrets(&mut tx, endpoint.id, started).await?;
        drop(tx);
        let secrets: Vec<String> = secrets.into_iter().map(|row| row.secret).collect();
        let parcel = Parcel {
            endpoint: &endpoint,
            message: &message,
            secrets: &secrets,
            sent_at: started,
        };
        let heard = match hooks::shape(self, &parcel).await {
            Err(error) => {
                tracing::error!(endpoint = %endpoint.id, error = &error as &dyn std::error::Error, "not sent");
                Heard::nothing("cannot_be_written")
            }
            Ok(outgoing) => match self.config.outbound.send(&outgoing, PATIENCE).await {
                Ok(answer) => match hooks::judge(self, &endpoint.format, &answer) {
                    Verdict::Arrived => Heard::of(&answer, true),
                    Verdict::Again => Heard::of(&answer, false),
                    Verdict::Refused(_) => Heard::of(&answer, false).for_good(),
                },
                Err(error) => {
                    let why = &error as &dyn std::error::Error;
                    tracing::info!(endpoint = %endpoint.id, error = why, "an endpoint was not reached");
                    Heard::nothing(retry::word(&error))
                }
            },
        };
        self.note(taken, (lease, started), heard).await
    }

    /// The endpoint's row first, then the delivery's, then places of messages: as everybody does.
    async fn note(&self, taken: &Taken, (lease, started): (Uuid, Instant), heard: Heard) -> Result<()> {
        let now = self.wall.now();
        let failed_at = heard.error.map(|_| now);
        let attempt = AttemptRow {
            number: taken.attempts + 1,
            at: now,
            status: heard.status.map(i64::from),
            error: heard.error.map(str::to_owned),
            took_ms: i64::try_from(now.since(started).whole_milliseconds()).unwrap_or(i64::MAX),
            answer: heard.answer.clone(),
        };
        let mut chance = [0; 1];
        self.entropy.fill(&mut chance);
        let next = if failed_at.is_none() {
            Next::Delivered
        } else if heard.is_for_good() {
            Next::Dead
        } else {
            retry::after(taken.tries + 1, heard.retry_after, chance[0])
                .map_or(Next::Dead, |delay| Next::At(now.plus(delay)))
        };
        let mut tx = self.db.write().await?;
        webhooks::note_outcome(&mut tx, taken.endpoint_id, failed_at).await?;
        let ended = if failed_at.is_some() {
            self.end(&mut tx, taken.endpoint_id, &heard, now).await?
        } else {
            None
        };
        deliveries::finish(&mut tx, taken, lease, (next, &attempt)).await?;
        if let Some(endpoint) = ended {
            let told = tell::of_endpoint(
                &endpoint.insurer,
                EventKind::EndpointDisabled,
                endpoint.id,
                "disabled",
            );
            let concerns = Concerns::nobody(self.clock.now());
            self.write_messages(&mut tx, vec![told], concerns).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Disables an endpoint that says it is gone, or where nothing went well for days.
    async fn end(&self, tx: &mut Tx, id: Uuid, heard: &Heard, now: Instant) -> Result<Option<EndpointRow>> {
        let Some(endpoint) = webhooks::find(tx, id).await? else {
            return Ok(None);
        };
        let failing = endpoint
            .failing_since
            .is_some_and(|since| now.since(since) >= FAILING_FOR);
        let reason = match heard.status {
            Some(410) => "gone",
            _ if failing => "failing",
            _ => return Ok(None),
        };
        let ended = Ended {
            at: now,
            reason,
            detail: heard.error,
        };
        let disabled = webhooks::disable(tx, id, &ended).await?;
        if disabled {
            tracing::warn!(endpoint = %id, reason, "an endpoint was disabled");
        }
        Ok(disabled.then_some(endpoint))
    }
}

/// Carries messages for ever; dropped when the service stops. What was under way is told again after its lease.
pub async fn run(app: App) {
    let mut bell = app.live.listen();
    let mut beat = tokio::time::interval(POLL_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut courier = Courier::new(app);
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            () = bell.heard() => {}
            Some(_) = courier.under_way.join_next() => {}
        }
        while courier.under_way.try_join_next().is_some() {}
        if let Err(error) = courier.set_out().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "messages to insurers cannot be taken");
        }
    }
}
