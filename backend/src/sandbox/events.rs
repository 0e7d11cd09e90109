//! "Fire this event": what has to happen for a message of this type to go out, made to happen.

use domain::clearing::Month;
use domain::id::InsurerCode;
use domain::time::Instant;
use time::Duration;

use super::play::{self, Play};
use super::{Kind, Told};
use crate::app::{App, Intent};
use crate::identity::seed;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::{clearing, sandbox};

/// Types of messages that can be brought about, with the story that does it; none: something else does.
pub const EVENTS: [(&str, Option<Kind>); 8] = [
    ("settlement.created", Some(Kind::Advance)),
    ("settlement.changed", Some(Kind::Disputed)),
    ("assessment.awaiting", Some(Kind::Awaiting)),
    ("assessment.changed", Some(Kind::Objection)),
    ("payment_order.due", Some(Kind::Advance)),
    ("payment_order.changed", Some(Kind::Paid)),
    ("finding.voided", Some(Kind::Voided)),
    ("clearing_statement.closed", None),
];

/// What was made to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The accident it happened to.
    pub told: Option<Told>,
    /// The month that was closed.
    pub month: Option<Month>,
}

impl App {
    /// Brings about what a message of this type tells of, in an accident of this insurer's.
    ///
    /// # Errors
    /// `not_found` outside a sandbox; a type that is none.
    pub async fn fire(&self, event: &str, own: InsurerCode) -> Result<Fired> {
        self.in_sandbox()?;
        let known = EVENTS.iter().find(|(name, _)| *name == event);
        let (_, kind) = known.ok_or_else(|| {
            let names: Vec<&str> = EVENTS.iter().map(|(name, _)| *name).collect();
            let message = format!("没有这种事件，可以触发的有：{}", names.join("、"));
            Refusal::invalid_field("type", "unknown_value", message)
        })?;
        match kind {
            Some(kind) => Ok(Fired {
                told: Some(self.play(*kind, own).await?),
                month: None,
            }),
            None => self.close_a_month(own).await,
        }
    }

    /// A month in which this insurer is a side, closed. One that is over and still open, if there is one as far back
    /// as stories go; else this month, after which time for cases is moved into the next.
    async fn close_a_month(&self, own: InsurerCode) -> Result<Fired> {
        let now = self.clock.now();
        let last = month_start(now).minus(Duration::hours(8));
        let desk = play::officer(self, seed::SUPERVISOR, true).await?;
        let mut tx = self.db.read().await?;
        let closed = clearing::closed(&mut tx, &desk.unit, Month::of(last)).await?;
        drop(tx);
        let until = if closed.is_none() { last } else { now };
        let told = self.play_until(Kind::Paid, own, until).await?;
        let month = Month::of(until);
        if !month.is_over(self.clock.now()) {
            self.move_to(month.ends_at()).await?;
        }
        self.close_over(month).await?;
        Ok(Fired {
            told: Some(told),
            month: Some(month),
        })
    }

    /// The unit's supervisor closes a month that is over; one that is closed already stays as it is.
    pub(super) async fn close_over(&self, month: Month) -> Result<()> {
        let supervisor = play::officer(self, seed::SUPERVISOR, true).await?;
        let mut play = Play::begin(self, self.clock.now()).await?;
        let means: Intent = play.means();
        match self.close_month(&supervisor, month, &means).await {
            Ok(_) => Ok(()),
            Err(AppError::Refused(refusal)) if refusal.code == "month_closed" => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Time for cases is moved on to this moment, if it lies ahead.
    async fn move_to(&self, moment: Instant) -> Result<()> {
        let sandbox = self.in_sandbox()?;
        let ahead = moment.since(self.clock.now()).max(Duration::ZERO) + Duration::seconds(1);
        let mut tx = self.db.write().await?;
        let by_us = i64::try_from(ahead.whole_microseconds()).unwrap_or(0);
        let offset_us = sandbox::advance(&mut tx, by_us).await?;
        tx.commit().await?;
        sandbox.clock.forward_to(offset_us);
        self.what_is_due().await
    }
}

/// The first moment of the month on the Chinese calendar.
pub(super) fn month_start(now: Instant) -> Instant {
    // Back over the days of this month: its end is known, and the month before ends where it begins.
    let mut before = now;
    while Month::of(before) == Month::of(now) {
        before = before.minus(Duration::days(1));
    }
    Month::of(before).ends_at()
}
