//! Time that stands until it is moved, and chance that is the same every time.

use std::sync::Mutex;
use std::time::Duration;

use backend::clock::{Clock, Entropy};
use domain::time::Instant;

/// A clock that a test moves by hand. It begins at 2026-11-23 09:00 in China.
pub struct StillClock(Mutex<i64>);

const BEGINNING_UNIX_MICROS: i64 = 1_795_395_600_000_000;

impl Default for StillClock {
    fn default() -> Self {
        Self(Mutex::new(BEGINNING_UNIX_MICROS))
    }
}

impl StillClock {
    /// Moves time forward.
    pub fn pass(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).expect("a test lasts less than an age");
        *self.0.lock().expect("no test panics while it moves time") += micros;
    }
}

impl Clock for StillClock {
    fn now(&self) -> Instant {
        let micros = *self.0.lock().expect("no test panics while it moves time");
        Instant::from_unix_micros(micros).expect("the clock shows a time that exists")
    }
}

/// Bytes that look random and are the same in every run (splitmix64 of a counter).
pub struct SeededEntropy(Mutex<u64>);

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().expect("no test panics while it draws");
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
        }
    }
}
