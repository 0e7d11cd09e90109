//! The arithmetic of forwarding: one outgoing stream that changes its source without the receiver noticing.
//!
//! Packets themselves stay outside; here are only their numbers.

use crate::time::Moment;
use std::time::Duration;

/// Key frames are asked of a publisher at most this often: on a slow link more would choke it.
pub const KEY_FRAME_EVERY: Duration = Duration::from_millis(500);

/// Packets this far behind the newest are old news; both sides' replay windows are smaller.
const WINDOW: u16 = 1024;

/// What of the RTP header matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub sequence: u16,
    pub timestamp: u32,
}

/// Recognises packets that were seen before (a repair that came after the original, say).
#[derive(Debug, Default)]
pub struct Seen {
    newest: Option<u16>,
    bits: [u64; WINDOW as usize / 64],
}

impl Seen {
    /// Whether `sequence` is new; it is not from now on.
    pub fn is_new(&mut self, sequence: u16) -> bool {
        let Some(newest) = self.newest else {
            self.newest = Some(sequence);
            self.set(sequence, true);
            return true;
        };
        let ahead = sequence.wrapping_sub(newest);
        if ahead == 0 {
            return false;
        }
        if ahead < 0x8000 {
            if ahead >= WINDOW {
                self.bits = [0; WINDOW as usize / 64];
            } else {
                for skipped in 1..ahead {
                    self.set(newest.wrapping_add(skipped), false);
                }
            }
            self.newest = Some(sequence);
            self.set(sequence, true);
            return true;
        }
        let behind = newest.wrapping_sub(sequence);
        if behind >= WINDOW || self.get(sequence) {
            return false;
        }
        self.set(sequence, true);
        true
    }

    fn get(&self, sequence: u16) -> bool {
        let bit = sequence % WINDOW;
        self.bits[usize::from(bit / 64)] >> (bit % 64) & 1 == 1
    }

    fn set(&mut self, sequence: u16, on: bool) {
        let bit = sequence % WINDOW;
        let word = &mut self.bits[usize::from(bit / 64)];
        if on {
            *word |= 1 << (bit % 64);
        } else {
            *word &= !(1 << (bit % 64));
        }
    }
}

/// Renumbers what goes out on one slot so that it stays one stream, whoever is its source.
///
/// Gaps of the source stay gaps, so that the receiver notices loss; between two sources there is none.
#[derive(Debug)]
pub struct Renumber {
    clock_hz: u32,
    /// The source being sent, by a number that differs for each stream.
    source: Option<u64>,
    waits_for_key_frame: bool,
    needs_key_frame: bool,
    offset: Numbers,
    first: u16,
    since_switch: u32,
    newest: Option<(Numbers, Moment)>,
}

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Send(Numbers),
    /// The picture cannot begin here.
    WaitForKeyFrame,
    TooOld,
}

impl Renumber {
    pub const fn audio() -> Self {
        Self::new(48_000, false)
    }

    pub const fn video() -> Self {
        Self::new(90_000, true)
    }

    const fn new(clock_hz: u32, needs_key_frame: bool) -> Self {
        Self {
            clock_hz,
            source: None,
            waits_for_key_frame: needs_key_frame,
            needs_key_frame,
            offset: Numbers {
                sequence: 0,
                timestamp: 0,
            },
            first: 0,
            since_switch: 0,
            newest: None,
        }
    }

    /// Places one packet of `source` into the outgoing stream.
    pub fn place(&mut self, source: u64, packet: Numbers, starts_key_frame: bool, now: Moment) -> Verdict {
        if self.source != Some(source) {
            self.source = Some(source);
            self.waits_for_key_frame = self.needs_key_frame;
            self.since_switch = 0;
        }
        if self.waits_for_key_frame && !starts_key_frame {
            return Verdict::WaitForKeyFrame;
        }
        if self.since_switch == 0 {
            self.begin(packet, now);
        }
        self.waits_for_key_frame = false;
        // Until the numbers may have gone round once, what lies before the first packet was never promised.
        if self.since_switch < 0x4000 && packet.sequence.wrapping_sub(self.first) >= 0x8000 {
            return Verdict::TooOld;
        }
        self.since_switch = self.since_switch.saturating_add(1);
        let out = Numbers {
            sequence: packet.sequence.wrapping_add(self.offset.sequence),
            timestamp: packet.timestamp.wrapping_add(self.offset.timestamp),
        };
        let is_newest = self
            .newest
            .is_none_or(|(newest, _)| out.sequence.wrapping_sub(newest.sequence) < 0x8000);
        if is_newest {
            self.newest = Some((out, now));
        }
        Verdict::Send(out)
    }

    fn begin(&mut self, packet: Numbers, now: Moment) {
        self.first = packet.sequence;
        let Some((newest, at)) = self.newest else {
            return;
        };
        let elapsed_us = u64::try_from(now.since(at).as_micros()).unwrap_or(u64::MAX);
        let ticks = elapsed_us.saturating_mul(u64::from(self.clock_hz)) / 1_000_000;
        // Truncation is what a 32-bit RTP clock does.
        let gap = (ticks.max(1) & u64::from(u32::MAX)) as u32;
        self.offset = Numbers {
            sequence: newest.sequence.wrapping_add(1).wrapping_sub(packet.sequence),
            timestamp: newest.timestamp.wrapping_add(gap).wrapping_sub(packet.timestamp),
        };
    }
}

/// Lets a request for a key frame through at most every [`KEY_FRAME_EVERY`]; one that came too early is
/// remembered and let through when it is time.
#[derive(Debug, Default)]
pub struct KeyFrameGate {
    asked_at: Option<Moment>,
    waiting: bool,
}

impl KeyFrameGate {
    /// Somebody needs a key frame. True: ask the publisher now.
    pub fn ask(&mut self, now: Moment) -> bool {
        self.waiting = true;
        self.due(now)
    }

    /// True: a request that was held back should go out now.
    pub fn due(&mut self, now: Moment) -> bool {
        let ready = self.asked_at.is_none_or(|at| now.since(at) >= KEY_FRAME_EVERY);
        if !(self.waiting && ready) {
            return false;
        }
        self.waiting = false;
        self.asked_at = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(sequence: u16, timestamp: u32) -> Numbers {
        Numbers { sequence, timestamp }
    }

    #[test]
    fn a_packet_is_new_once() {
        let mut seen = Seen::default();
        for sequence in [65_534, 65_535, 0, 3] {
            assert!(seen.is_new(sequence));
        }
        assert!(seen.is_new(1), "came late, but for the first time");
        for sequence in [65_534, 65_535, 0, 1, 3] {
            assert!(!seen.is_new(sequence), "{sequence}");
        }
        assert!(seen.is_new(2_000));
        assert!(!seen.is_new(3), "too far behind to tell");
    }

    #[test]
    fn a_video_begins_with_a_key_frame_and_so_does_a_new_source() {
        let mut out = Renumber::video();
        assert_eq!(
            out.place(1, numbers(10, 900), false, Moment(0)),
            Verdict::WaitForKeyFrame
        );
        assert_eq!(
            out.place(1, numbers(11, 900), true, Moment(0)),
            Verdict::Send(numbers(11, 900))
        );
        assert_eq!(
            out.place(2, numbers(500, 7), false, Moment(0)),
            Verdict::WaitForKeyFrame
        );
        assert_eq!(
            out.place(2, numbers(501, 7), true, Moment(1_000_000)),
            Verdict::Send(numbers(12, 90_900)),
            "the next number, a second later"
        );
        assert_eq!(
            out.place(2, numbers(500, 7), false, Moment(1_000_000)),
            Verdict::TooOld
        );
    }

    #[test]
    fn loss_stays_visible() {
        let mut out = Renumber::audio();
        out.place(1, numbers(1, 0), false, Moment(0));
        assert_eq!(
            out.place(1, numbers(3, 1_920), false, Moment(0)),
            Verdict::Send(numbers(3, 1_920))
        );
    }

    #[test]
    fn key_frames_are_asked_for_at_most_twice_a_second_and_never_forgotten() {
        let mut gate = KeyFrameGate::default();
        assert!(gate.ask(Moment(0)));
        assert!(!gate.ask(Moment(100_000)));
        assert!(!gate.due(Moment(499_999)));
        assert!(gate.due(Moment(500_000)));
        assert!(!gate.due(Moment(2_000_000)), "nobody asked again");
    }

    proptest! {
        /// Whatever the sources and their order: the receiver never gets the same number twice.
        #[test]
        fn no_number_goes_out_twice(runs in prop::collection::vec((0_u64..4, any::<u16>(), 1_u16..50), 1..20)) {
            let mut out = Renumber::audio();
            let mut sent = std::collections::HashSet::new();
            for (at, (_, start, length)) in runs.into_iter().enumerate() {
                for n in 0..length {
                    let packet = numbers(start.wrapping_add(n), u32::from(n) * 960);
                    let moment = Moment(i64::try_from(at).unwrap() * 1_000_000);
                    if let Verdict::Send(numbers) = out.place(at as u64, packet, false, moment) {
                        prop_assert!(sent.insert(numbers.sequence));
                    }
                }
            }
        }
    }
}
