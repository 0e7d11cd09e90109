//! Time and chance, as parameters.
//!
//! Nothing else in this crate asks the machine what time it is or rolls dice: whoever needs to is handed
//! a [`Clock`] and an [`Entropy`]. In production both are the machine's; in tests time stands still until
//! moved and chance is seeded.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::time::Instant;
use uuid::Uuid;

/// Tells the time, in UTC and whole microseconds.
pub trait Clock: Send + Sync {
    fn now(&self) -> Instant;
}

/// Fills bytes that nobody can guess.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's own clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    fn now(&self) -> Instant {
        Instant::from(time::OffsetDateTime::now_utc())
    }
}

/// Another clock, moved on: what a sandbox shows as the time for cases.
pub struct Moved {
    base: Arc<dyn Clock>,
    offset_us: AtomicI64,
}

impl Moved {
    /// `offset_us`: microseconds ahead of `base`.
    pub fn new(base: Arc<dyn Clock>, offset_us: i64) -> Self {
        Self {
            base,
            offset_us: AtomicI64::new(offset_us),
        }
    }

    /// From now on at least this far ahead; never back.
    pub fn forward_to(&self, offset_us: i64) {
        self.offset_us.fetch_max(offset_us, Ordering::Relaxed);
    }

    pub fn offset_us(&self) -> i64 {
        self.offset_us.load(Ordering::Relaxed)
    }
}

impl Clock for Moved {
    fn now(&self) -> Instant {
        self.base
            .now()
            .plus(time::Duration::microseconds(self.offset_us()))
    }
}

/// The operating system's randomness.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

/// A new UUID of version 7 (RFC 9562): sorted by `now`, unguessable in the rest.
pub fn uuid(now: Instant, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(now.unix_micros() / 1_000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
