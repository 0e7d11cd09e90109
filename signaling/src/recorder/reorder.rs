//! RTP packets back into order, and pictures out of packets.
//!
//! A gap is waited for (repairs take a round trip or two), but not for ever.

use bytes::Bytes;
use signaling_core::time::Moment;
use signaling_core::vp8;
use std::collections::BTreeMap;
use std::time::Duration;

/// A missing packet is waited for this long.
pub const REPAIR_WITHIN: Duration = Duration::from_millis(400);

/// Largest picture, in bytes: far more than a camera sends, and less than would hurt.
const PICTURE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Packets held back at most, behind a gap.
const HELD_MAX: usize = 512;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InOrder {
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub arrived: Moment,
    /// Packets before this one are missing for good.
    pub after_gap: bool,
}

#[derive(Debug, Default)]
pub struct Reorder {
    held: BTreeMap<u64, InOrder>,
    /// The newest number ever seen, counted on past 65535.
    newest: Option<u64>,
    next: Option<u64>,
}

impl Reorder {
    pub fn push(&mut self, sequence: u16, timestamp: u32, marker: bool, payload: Bytes, arrived: Moment) {
        let number = match self.newest {
            // Far enough from zero that packets from before the first can be counted too.
            None => 0x1_0000 + u64::from(sequence),
            Some(newest) => {
                let ahead = sequence.wrapping_sub(newest as u16) as i16;
                newest.saturating_add_signed(ahead.into())
            }
        };
        self.newest = Some(self.newest.map_or(number, |newest| newest.max(number)));
        if self.next.is_some_and(|next| number < next) {
            return;
        }
        self.held.entry(number).or_insert(InOrder {
            timestamp,
            marker,
            payload,
            arrived,
            after_gap: false,
        });
    }

    /// The next packet that is in order, or that no longer waits for those before it.
    pub fn pop(&mut self, now: Moment) -> Option<InOrder> {
        let (&number, first) = self.held.first_key_value()?;
        let gap = self.next.is_some_and(|next| number != next);
        if gap && self.held.len() < HELD_MAX && now.since(first.arrived) < REPAIR_WITHIN {
            return None;
        }
        let mut packet = self.held.remove(&number)?;
        packet.after_gap = gap;
        self.next = Some(number + 1);
        Some(packet)
    }
}

/// A whole encoded picture.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    pub timestamp: u32,
    pub data: Vec<u8>,
    pub key_frame: bool,
}

/// Puts VP8 pictures together; after a loss it waits for the next key frame.
#[derive(Debug)]
pub struct Pictures {
    open: Option<Picture>,
    /// True: what comes cannot be decoded until a key frame does.
    pub broken: bool,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            open: None,
            broken: true,
        }
    }
}

impl Pictures {
    /// Takes the next packet; gives a picture when this packet completes one.
    pub fn push(&mut self, packet: &InOrder) -> Option<Picture> {
        if packet.after_gap {
            self.open = None;
            self.broken = true;
        }
        let descriptor = vp8::Descriptor::parse(&packet.payload)?;
        let data = &packet.payload[descriptor.length..];
        if descriptor.starts_frame {
            let key_frame = vp8::is_key_frame(data);
            if self.broken && !key_frame {
                return None;
            }
            self.broken = false;
            self.open = Some(Picture {
                timestamp: packet.timestamp,
                data: data.to_vec(),
                key_frame,
            });
        } else {
            let open = self
                .open
                .as_mut()
                .filter(|open| open.timestamp == packet.timestamp)?;
            if open.data.len() + data.len() > PICTURE_BYTES_MAX {
                self.open = None;
                self.broken = true;
                return None;
            }
            open.data.extend_from_slice(data);
        }
        if packet.marker { self.open.take() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(timestamp: u32, marker: bool, payload: &[u8], after_gap: bool) -> InOrder {
        InOrder {
            timestamp,
            marker,
            payload: Bytes::copy_from_slice(payload),
            arrived: Moment(0),
            after_gap,
        }
    }

    fn push(reorder: &mut Reorder, sequence: u16, at_ms: i64) {
        let payload = Bytes::copy_from_slice(&sequence.to_be_bytes());
        reorder.push(sequence, 0, false, payload, Moment(at_ms * 1_000));
    }

    fn drain(reorder: &mut Reorder, now_ms: i64) -> Vec<(u16, bool)> {
        std::iter::from_fn(|| reorder.pop(Moment(now_ms * 1_000)))
            .map(|packet| {
                (
                    u16::from_be_bytes([packet.payload[0], packet.payload[1]]),
                    packet.after_gap,
                )
            })
            .collect()
    }

    #[test]
    fn packets_come_out_in_order_across_the_wrap_and_without_doubles() {
        let mut reorder = Reorder::default();
        for sequence in [65_534, 65_534, 0, 65_535, 1] {
            push(&mut reorder, sequence, 0);
        }
        assert_eq!(
            drain(&mut reorder, 0),
            [(65_534, false), (65_535, false), (0, false), (1, false)]
        );
    }

    #[test]
    fn a_gap_is_waited_for_and_then_given_up() {
        let mut reorder = Reorder::default();
        push(&mut reorder, 1, 0);
        push(&mut reorder, 3, 10);
        assert_eq!(drain(&mut reorder, 409), [(1, false)]);
        push(&mut reorder, 4, 409);
        assert_eq!(drain(&mut reorder, 410), [(3, true), (4, false)]);
        push(&mut reorder, 2, 411);
        assert_eq!(drain(&mut reorder, 2_000), [], "too late");
    }

    #[test]
    fn pictures_begin_with_a_key_frame_and_again_after_a_loss() {
        let mut pictures = Pictures::default();
        let (key, delta, more) = ([0x10, 0x00, 7], [0x10, 0x01, 8], [0x00, 9]);
        assert_eq!(pictures.push(&packet(1, true, &delta, false)), None);
        assert_eq!(pictures.push(&packet(2, false, &key, false)), None);
        let whole = pictures.push(&packet(2, true, &more, false)).unwrap();
        assert_eq!(
            whole,
            Picture {
                timestamp: 2,
                data: vec![0, 7, 9],
                key_frame: true
            }
        );
        assert!(pictures.push(&packet(3, true, &delta, false)).is_some());
        assert_eq!(pictures.push(&packet(5, true, &delta, true)), None);
        assert!(pictures.broken);
        assert!(pictures.push(&packet(6, true, &key, false)).is_some());
    }
}
