//! What has to be known of a VP8 packet to forward and to record it (RFC 7741 §4, RFC 6386 §9.1).
//!
//! Not a decoder: the pictures stay closed.

/// The first bytes of one RTP payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Where the VP8 data begin.
    pub length: usize,
    /// Whether this packet is the first of its picture.
    pub starts_frame: bool,
}

impl Descriptor {
    /// `None` when the payload is too short for what it announces.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let starts_frame = first & 0x10 != 0 && first & 0x07 == 0;
        let mut length = 1;
        if first & 0x80 != 0 {
            let extensions = *payload.get(1)?;
            length += 1;
            if extensions & 0x80 != 0 {
                // A picture id has one byte, or two when the first says so.
                length += if *payload.get(length)? & 0x80 != 0 { 2 } else { 1 };
            }
            if extensions & 0x40 != 0 {
                length += 1;
            }
            if extensions & 0x30 != 0 {
                length += 1;
            }
        }
        (payload.len() > length).then_some(Self { length, starts_frame })
    }
}

/// Whether an RTP payload begins a key frame.
pub fn starts_key_frame(payload: &[u8]) -> bool {
    Descriptor::parse(payload)
        .is_some_and(|descriptor| descriptor.starts_frame && is_key_frame(&payload[descriptor.length..]))
}

/// Whether a whole VP8 frame, without descriptor, is a key frame.
pub fn is_key_frame(frame: &[u8]) -> bool {
    frame.first().is_some_and(|first| first & 1 == 0)
}

/// Width and height in pixels, which only a key frame tells.
pub fn size(frame: &[u8]) -> Option<(u16, u16)> {
    let header = frame.get(..10)?;
    if !is_key_frame(frame) || header[3..6] != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let width = u16::from_le_bytes([header[6], header[7]]) & 0x3fff;
    let height = u16::from_le_bytes([header[8], header[9]]) & 0x3fff;
    Some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 10] = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01];

    #[test]
    fn a_key_frame_is_known_with_and_without_extensions() {
        let mut plain = vec![0x10];
        plain.extend(KEY);
        assert!(starts_key_frame(&plain));
        let mut extended = vec![0x90, 0xe0, 0x81, 0x23, 7, 0x20];
        extended.extend(KEY);
        assert_eq!(
            Descriptor::parse(&extended),
            Some(Descriptor {
                length: 6,
                starts_frame: true
            })
        );
        assert!(starts_key_frame(&extended));
        assert_eq!(size(&KEY), Some((640, 480)));
    }

    #[test]
    fn a_later_packet_of_a_key_frame_does_not_start_one() {
        let mut later = vec![0x00];
        later.extend(KEY);
        assert!(!starts_key_frame(&later));
    }

    #[test]
    fn short_payloads_are_refused_and_not_read_past() {
        for payload in [
            &[][..],
            &[0x10],
            &[0x90],
            &[0x90, 0xe0],
            &[0x90, 0xe0, 0x81],
            &[0x90, 0x80, 0x81, 1],
        ] {
            assert_eq!(Descriptor::parse(payload), None, "{payload:?}");
        }
        assert_eq!(size(&KEY[..9]), None);
    }
}
