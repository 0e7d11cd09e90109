//! How much one connection may ask of us.

use crate::time::Moment;
use std::time::Duration;

/// Largest message of a client, in bytes: an offer with ten media lines is about 12 KiB.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;

/// Messages a client may send for any length of time, per second.
pub const MESSAGES_PER_S: u32 = 20;

/// Messages a client may send at once: the candidates of one phone come in a burst.
pub const MESSAGES_BURST: u32 = 60;

/// The ticket must be shown within this time.
pub const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// A bucket of permissions that fills at a steady rate.
#[derive(Debug)]
pub struct Allowance {
    /// In millionths of a message.
    left: i64,
    filled_at: Moment,
}

impl Allowance {
    pub fn full(now: Moment) -> Self {
        Self {
            left: i64::from(MESSAGES_BURST) * 1_000_000,
            filled_at: now,
        }
    }

    /// Takes one permission; false when there is none.
    pub fn take(&mut self, now: Moment) -> bool {
        let elapsed_us = i64::try_from(now.since(self.filled_at).as_micros()).unwrap_or(i64::MAX);
        let gained = elapsed_us.saturating_mul(i64::from(MESSAGES_PER_S));
        self.left = self
            .left
            .saturating_add(gained)
            .min(i64::from(MESSAGES_BURST) * 1_000_000);
        self.filled_at = self.filled_at.max(now);
        if self.left < 1_000_000 {
            return false;
        }
        self.left -= 1_000_000;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_a_second_are_fine_for_ever_and_more_are_not() {
        let mut steady = Allowance::full(Moment(0));
        assert!((0..10_000).all(|n| steady.take(Moment(n * 50_000))));
        let mut flood = Allowance::full(Moment(0));
        let taken = (0..400).filter(|n| flood.take(Moment(n * 5_000))).count();
        assert!((60..=100).contains(&taken), "{taken}");
    }
}
