//! A token bucket: so many at once, then evenly. It is told the time and knows nobody's name.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket's measure: `burst` at once, then `per_minute` evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    /// Said in the refusal, so that a caller knows which of ours they met.
    pub name: &'static str,
    pub burst: u32,
    pub per_minute: u32,
}

/// What is in a bucket.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    tokens: f64,
    at: Instant,
}

/// How a caller stands after asking for one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub limit: Limit,
    /// Whole tokens left.
    pub remaining: u32,
    /// Until the bucket is full again.
    pub full_in: Duration,
    /// There was none: how long until there is.
    pub wait: Option<Duration>,
}

impl Bucket {
    pub fn full(limit: Limit, now: Instant) -> Self {
        Self {
            tokens: f64::from(limit.burst),
            at: now,
        }
    }

    pub fn is_full(&self, limit: Limit, now: Instant) -> bool {
        self.refilled(limit, now) >= f64::from(limit.burst)
    }

    /// Takes one token, if there is one.
    pub fn take(&mut self, limit: Limit, now: Instant) -> Standing {
        self.tokens = self.refilled(limit, now);
        self.at = now;
        let wait = (self.tokens < 1.0).then(|| duration(1.0 - self.tokens, limit));
        if wait.is_none() {
            self.tokens -= 1.0;
        }
        Standing {
            limit,
            // A bucket holds no more than `burst`, and never less than nothing.
            remaining: self.tokens as u32,
            full_in: duration(f64::from(limit.burst) - self.tokens, limit),
            wait,
        }
    }

    fn refilled(&self, limit: Limit, now: Instant) -> f64 {
        let gained =
            now.saturating_duration_since(self.at).as_secs_f64() * f64::from(limit.per_minute) / 60.0;
        (self.tokens + gained).min(f64::from(limit.burst))
    }
}

/// How long it takes until so many tokens have come.
fn duration(tokens: f64, limit: Limit) -> Duration {
    Duration::from_secs_f64(tokens.max(0.0) * 60.0 / f64::from(limit.per_minute.max(1)))
}

/// Whole seconds that are surely long enough: what `Retry-After` says.
pub fn whole_seconds(duration: Duration) -> u32 {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREE: Limit = Limit {
        name: "three",
        burst: 3,
        per_minute: 6,
    };

    #[test]
    fn a_caller_is_told_what_is_left_and_how_long_to_wait() {
        let start = Instant::now();
        let mut bucket = Bucket::full(THREE, start);
        let left: Vec<u32> = (0..3).map(|_| bucket.take(THREE, start).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let empty = bucket.take(THREE, start);
        assert_eq!((empty.remaining, empty.wait), (0, Some(Duration::from_secs(10))));
        assert_eq!(empty.full_in, Duration::from_secs(30));
        let later = start + Duration::from_secs(10);
        assert_eq!(bucket.take(THREE, later).wait, None);
        assert!(!bucket.is_full(THREE, later) && bucket.is_full(THREE, later + Duration::from_secs(30)));
    }

    #[test]
    fn a_wait_is_rounded_up() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_secs(2)), 2);
        assert_eq!(whole_seconds(Duration::from_millis(2_001)), 3);
    }
}
