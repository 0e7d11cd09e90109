//! The sandbox: invented accidents for whoever builds against us, and time for cases that can be moved on.
//!
//! Everything in it comes about by the deeds that people's pages use; nothing is written past them, so what a
//! program meets here it meets in earnest. Only a demo has one, and nothing else in this crate knows of it.

mod cast;
mod events;
pub mod once;
mod play;
mod scene;
pub mod seeds;
mod stories;

use std::sync::Arc;

use domain::id::{AccidentId, InsurerCode};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use time::Duration;
use tokio::sync::Mutex;

use crate::app::{App, Intent, open};
use crate::clock::{Clock, Moved};
use crate::refusal::{Refusal, Result};
use crate::store::{Db, idempotency, sandbox};

pub use events::{EVENTS, Fired};
pub use stories::Kind;

/// As far as one step may move time on.
pub const ADVANCE_MAX: Duration = Duration::days(90);
/// How far before its first start a sandbox's stories begin: the last month and the one before are whole.
const BEFORE: Duration = Duration::days(62);
/// Windows are ended this often in a row at most: each time takes the cases of one go.
const GOES_MAX: usize = 100;

/// What makes an installation a sandbox.
pub struct Sandbox {
    clock: Arc<Moved>,
    /// One story at a time: they share the desk's officer.
    stage: Mutex<()>,
}

/// A story that was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub accident: AccidentId,
    /// The finding that stands; none for a case that left the remote flow.
    pub finding_number: Option<String>,
}

/// How far a clock was moved, as the answer to a repeated request is kept.
#[derive(Serialize, Deserialize)]
struct Advanced {
    now: Instant,
}

impl Sandbox {
    /// `wall` moved on as far as the database remembers.
    ///
    /// # Errors
    /// Only the store's.
    pub async fn open(db: &Db, wall: Arc<dyn Clock>) -> Result<Arc<Self>> {
        let mut tx = db.read().await?;
        let offset_us = sandbox::offset_us(&mut tx).await?;
        Ok(Arc::new(Self {
            clock: Arc::new(Moved::new(wall, offset_us)),
            stage: Mutex::new(()),
        }))
    }

    /// Time for cases.
    pub fn clock(&self) -> Arc<Moved> {
        Arc::clone(&self.clock)
    }
}

impl App {
    /// # Errors
    /// `not_found` outside a sandbox: nothing of it is there.
    pub fn in_sandbox(&self) -> Result<&Sandbox> {
        let sandbox = self.sandbox.as_deref();
        Ok(sandbox.ok_or_else(Refusal::not_found)?)
    }

    /// This application at the time at which a sandbox's earliest story begins.
    #[must_use]
    pub fn before_the_stories(&self) -> Self {
        play::at(self, self.clock.now().minus(BEFORE)).0
    }

    /// An accident of this kind, now, with `own` on the side that has most to do in it.
    ///
    /// # Errors
    /// `not_found` outside a sandbox; our own.
    pub async fn play(&self, kind: Kind, own: InsurerCode) -> Result<Told> {
        self.play_until(kind, own, self.clock.now()).await
    }

    async fn play_until(&self, kind: Kind, own: InsurerCode, until: Instant) -> Result<Told> {
        let _stage = self.in_sandbox()?.stage.lock().await;
        let mut play = play::Play::begin(self, until).await?;
        stories::tell(&mut play, kind, own).await
    }

    /// Moves time for cases on, and lets happen what is due by then.
    ///
    /// # Errors
    /// `not_found` outside a sandbox; `advance_s` out of range.
    pub async fn advance_clock(&self, intent: &Intent, by: Duration) -> Result<Instant> {
        let sandbox = self.in_sandbox()?;
        if by < Duration::seconds(1) || by > ADVANCE_MAX {
            let message = format!("一次可以向前1秒到{}天", ADVANCE_MAX.whole_days());
            return Err(Refusal::invalid_field("advance_s", "out_of_range", message).into());
        }
        let mut tx = self.db.write().await?;
        if open::claim(&mut tx, Some(intent), self.wall.now())
            .await?
            .is_some()
        {
            let before = idempotency::answer(&mut tx, &intent.scope, &intent.key).await?;
            let before = before.and_then(|answer| serde_json::from_value::<Advanced>(answer).ok());
            return Ok(before.map_or_else(|| self.clock.now(), |before| before.now));
        }
        let by_us = i64::try_from(by.whole_microseconds()).unwrap_or(i64::MAX);
        let offset_us = sandbox::advance(&mut tx, by_us).await?;
        let now = self.wall.now().plus(Duration::microseconds(offset_us));
        let answer = serde_json::json!(Advanced { now });
        idempotency::finish(&mut tx, &intent.scope, &intent.key, None, Some(&answer)).await?;
        tx.commit().await?;
        sandbox.clock.forward_to(offset_us);
        self.what_is_due().await?;
        Ok(now)
    }

    /// Windows that have ended by now, however many.
    async fn what_is_due(&self) -> Result<()> {
        for _ in 0..GOES_MAX {
            if !self.windows_due().await? {
                break;
            }
            self.end_windows().await?;
        }
        self.live.notify();
        Ok(())
    }
}
