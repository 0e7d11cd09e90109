//! What a new sandbox begins with: an accident of every kind, over the last weeks, and last month cleared.
//!
//! It is told in the background at the first start, oldest first; what was told is remembered, so a start that was cut
//! short goes on where it ended.

use domain::clearing::Month;
use domain::id::InsurerCode;
use domain::time::Instant;
use time::Duration;

use super::Kind;
use super::events::month_start;
use crate::app::App;
use crate::refusal::{AppError, Result};
use crate::store::sandbox;

/// Name, kind, whose eyes it is made for, and when it was over, in hours before now.
const SEEDS: [(&str, Kind, &str, i64); 16] = [
    ("three-cars", Kind::ThreeCars, "PAIC", 430),
    ("injury", Kind::Injury, "PICC", 355),
    ("self-pay", Kind::SelfPay, "PICC", 301),
    ("voided", Kind::Voided, "PAIC", 262),
    ("refusal", Kind::Refusal, "PICC", 228),
    ("mediation", Kind::Mediation, "PAIC", 196),
    ("advance", Kind::Advance, "PAIC", 170),
    ("supplement", Kind::Supplement, "PICC", 124),
    ("paid", Kind::Paid, "PICC", 99),
    ("rejected", Kind::Rejected, "PAIC", 76),
    ("disputed", Kind::Disputed, "PICC", 51),
    ("objection", Kind::Objection, "PAIC", 29),
    ("field", Kind::Field, "PICC", 26),
    ("awaiting-picc", Kind::Awaiting, "PICC", 6),
    ("awaiting-paic", Kind::Awaiting, "PAIC", 4),
    ("due", Kind::Advance, "PICC", 1),
];
/// Of the month before, whose clearing is closed; days before its end.
const LAST_MONTH: [(&str, Kind, &str, i64); 2] = [
    ("paid-last-month", Kind::Paid, "PICC", 9),
    ("paid-first-last-month", Kind::PaidFirst, "PAIC", 4),
];
const CLOSED: &str = "last-month-closed";

/// How many there are to tell.
pub fn count() -> usize {
    SEEDS.len() + LAST_MONTH.len()
}

/// Whether everything was told at an earlier start.
///
/// # Errors
/// Only the store's.
pub async fn are_told(app: &App) -> Result<bool> {
    let names = SEEDS.iter().chain(&LAST_MONTH).map(|(name, ..)| *name);
    for name in names.chain([CLOSED]) {
        if !is_told(app, name).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Tells what was not told before; `progress` hears how many are told after each. A story that fails is logged and
/// left out: it is tried again at the next start.
///
/// # Errors
/// `not_found` outside a sandbox; the store's.
pub async fn tell_all(app: &App, mut progress: impl FnMut(usize)) -> Result<()> {
    let now = app.clock.now();
    let started = month_start(now);
    let last_month = LAST_MONTH.iter().map(|(name, kind, own, days)| {
        let until = started.minus(Duration::days(*days) - Duration::hours(3));
        (*name, *kind, *own, by_day(until))
    });
    let lately = SEEDS
        .iter()
        .map(|(name, kind, own, hours)| (*name, *kind, *own, by_day(now.minus(Duration::hours(*hours)))));
    let mut all: Vec<_> = last_month.chain(lately).collect();
    all.sort_by_key(|(_, _, _, until)| *until);
    for (index, (name, kind, own, until)) in all.into_iter().enumerate() {
        if !is_told(app, name).await? {
            match told(app, kind, own, until).await {
                Ok(()) => tell(app, name).await?,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        name,
                        "a story was not told"
                    );
                }
            }
        }
        progress(index + 1);
    }
    if !is_told(app, CLOSED).await? {
        app.close_over(Month::of(started.minus(Duration::days(1))))
            .await?;
        tell(app, CLOSED).await?;
    }
    Ok(())
}

/// People crash by day: what would end at night ended in the evening before.
fn by_day(until: Instant) -> Instant {
    match until.china_hour() {
        9..20 => until,
        hour @ 20.. => until.minus(Duration::hours(i64::from(hour) - 19)),
        hour => until.minus(Duration::hours(i64::from(hour) + 5)),
    }
}

async fn told(app: &App, kind: Kind, own: &str, until: Instant) -> Result<()> {
    let own: InsurerCode = own
        .parse()
        .map_err(|_| AppError::Inconsistent(format!("{own} is no insurer's code")))?;
    app.play_until(kind, own, until).await.map(drop)
}

async fn is_told(app: &App, name: &str) -> Result<bool> {
    let mut tx = app.db.read().await?;
    Ok(sandbox::is_told(&mut tx, name).await?)
}

async fn tell(app: &App, name: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    sandbox::tell(&mut tx, name, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
