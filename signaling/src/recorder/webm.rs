//! WebM as bytes, written so that a crash costs the open cluster and nothing else.
//!
//! The segment has no size, clusters are handed out whole, there is no index. When a file is closed properly its
//! duration is written into the place kept for it. This module never touches a file. (Matroska: RFC 9559, EBML: RFC 8794;
//! Opus in Matroska: wiki.xiph.org/MatroskaOpus.)

use signaling_core::time::Moment;

pub const VIDEO_TRACK: u8 = 1;
pub const AUDIO_TRACK: u8 = 2;

/// Seconds from 1970 to 2001, where Matroska dates begin.
const MATROSKA_EPOCH_US: i64 = 978_307_200 * 1_000_000;

/// Size in pixels that is declared while no picture has come; the pictures themselves know better.
pub const SIZE_UNKNOWN: (u16, u16) = (640, 480);

/// The start of a file, and where in it the duration belongs.
pub struct Header {
    pub bytes: Vec<u8>,
    /// Offset of [`duration`]'s bytes from the start of the file.
    pub duration_at: u64,
}

pub fn header(started: Moment, (width, height): (u16, u16)) -> Header {
    let mut out = Vec::with_capacity(512);
    let mut ebml = Vec::new();
    uint(&mut ebml, &[0x42, 0x86], 1); // EBMLVersion
    uint(&mut ebml, &[0x42, 0xf7], 1); // EBMLReadVersion
    uint(&mut ebml, &[0x42, 0xf2], 4); // EBMLMaxIDLength
    uint(&mut ebml, &[0x42, 0xf3], 8); // EBMLMaxSizeLength
    element(&mut ebml, &[0x42, 0x82], b"webm"); // DocType
    uint(&mut ebml, &[0x42, 0x87], 4); // DocTypeVersion
    uint(&mut ebml, &[0x42, 0x85], 2); // DocTypeReadVersion
    element(&mut out, &[0x1a, 0x45, 0xdf, 0xa3], &ebml);
    out.extend([
        0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ]); // Segment, size unknown

    let mut info = Vec::new();
    uint(&mut info, &[0x2a, 0xd7, 0xb1], 1_000_000); // TimestampScale: 1 ms
    let date_ns = (started.0 - MATROSKA_EPOCH_US).saturating_mul(1_000);
    element(&mut info, &[0x44, 0x61], &date_ns.to_be_bytes()); // DateUTC
    element(&mut info, &[0x4d, 0x80], b"kuaichu"); // MuxingApp
    element(&mut info, &[0x57, 0x41], b"kuaichu"); // WritingApp
    // Last, so that its place is known: eleven bytes of nothing, as long as a duration.
    info.extend([0xec, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // Void
    element(&mut out, &[0x15, 0x49, 0xa9, 0x66], &info);
    let duration_at = out.len() as u64 - 11;

    let mut tracks = Vec::new();
    element(&mut tracks, &[0xae], &video_track(width, height));
    element(&mut tracks, &[0xae], &audio_track());
    element(&mut out, &[0x16, 0x54, 0xae, 0x6b], &tracks);
    Header {
        bytes: out,
        duration_at,
    }
}

fn video_track(width: u16, height: u16) -> Vec<u8> {
    let mut size = Vec::new();
    uint(&mut size, &[0xb0], width.into()); // PixelWidth
    uint(&mut size, &[0xba], height.into()); // PixelHeight
    let mut track = Vec::new();
    uint(&mut track, &[0xd7], VIDEO_TRACK.into()); // TrackNumber
    uint(&mut track, &[0x73, 0xc5], VIDEO_TRACK.into()); // TrackUID
    uint(&mut track, &[0x83], 1); // TrackType: video
    uint(&mut track, &[0x9c], 0); // FlagLacing
    element(&mut track, &[0x86], b"V_VP8"); // CodecID
    element(&mut track, &[0xe0], &size); // Video
    track
}

fn audio_track() -> Vec<u8> {
    let mut sampling = Vec::new();
    element(&mut sampling, &[0xb5], &48_000_f64.to_be_bytes()); // SamplingFrequency
    uint(&mut sampling, &[0x9f], 2); // Channels
    let mut head = Vec::from(*b"OpusHead");
    head.extend([1, 2]); // version, channels
    head.extend(312_u16.to_le_bytes()); // pre-skip, in samples
    head.extend(48_000_u32.to_le_bytes());
    head.extend([0, 0, 0]); // gain, mapping family
    let mut track = Vec::new();
    uint(&mut track, &[0xd7], AUDIO_TRACK.into()); // TrackNumber
    uint(&mut track, &[0x73, 0xc5], AUDIO_TRACK.into()); // TrackUID
    uint(&mut track, &[0x83], 2); // TrackType: audio
    uint(&mut track, &[0x9c], 0); // FlagLacing
    element(&mut track, &[0x86], b"A_OPUS"); // CodecID
    uint(&mut track, &[0x56, 0xaa], 6_500_000); // CodecDelay, ns
    uint(&mut track, &[0x56, 0xbb], 80_000_000); // SeekPreRoll, ns
    element(&mut track, &[0x63, 0xa2], &head); // CodecPrivate
    element(&mut track, &[0xe1], &sampling); // Audio
    track
}

/// Eleven bytes that take the place kept by [`header`].
pub fn duration(ms: u64) -> Vec<u8> {
    let mut out = Vec::new();
    #[expect(clippy::cast_precision_loss, reason = "a recording is shorter than 2^52 ms")]
    element(&mut out, &[0x44, 0x89], &(ms as f64).to_be_bytes());
    out
}

/// Blocks that belong together; becomes bytes as a whole.
pub struct Cluster {
    start_ms: u64,
    blocks: Vec<u8>,
}

impl Cluster {
    pub fn new(start_ms: u64) -> Self {
        Self {
            start_ms,
            blocks: Vec::new(),
        }
    }

    pub fn start_ms(&self) -> u64 {
        self.start_ms
    }

    pub fn bytes_held(&self) -> usize {
        self.blocks.len()
    }

    /// False, and nothing is added, when `at_ms` is further from the start than a block can say.
    pub fn push(&mut self, track: u8, at_ms: u64, key_frame: bool, data: &[u8]) -> bool {
        let (Ok(at), Ok(start)) = (i64::try_from(at_ms), i64::try_from(self.start_ms)) else {
            return false;
        };
        let Ok(relative) = i16::try_from(at - start) else {
            return false;
        };
        self.blocks.push(0xa3); // SimpleBlock
        size(&mut self.blocks, data.len() as u64 + 4);
        self.blocks.push(0x80 | track);
        self.blocks.extend(relative.to_be_bytes());
        self.blocks.push(if key_frame { 0x80 } else { 0 });
        self.blocks.extend(data);
        true
    }

    pub fn into_bytes(self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.blocks.len() + 16);
        uint(&mut body, &[0xe7], self.start_ms); // Timestamp
        body.extend(self.blocks);
        let mut out = Vec::with_capacity(body.len() + 12);
        element(&mut out, &[0x1f, 0x43, 0xb6, 0x75], &body);
        out
    }
}

fn element(out: &mut Vec<u8>, id: &[u8], content: &[u8]) {
    out.extend(id);
    size(out, content.len() as u64);
    out.extend(content);
}

fn uint(out: &mut Vec<u8>, id: &[u8], value: u64) {
    let bytes = value.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(7);
    element(out, id, &bytes[first..]);
}

/// A size in as few bytes as hold it.
fn size(out: &mut Vec<u8>, value: u64) {
    for length in 1..=8_u32 {
        // All ones would mean "unknown".
        if value < (1 << (7 * length)) - 1 {
            let marked = value | 1 << (7 * length);
            out.extend(&marked.to_be_bytes()[8 - length as usize..]);
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_as_few_bytes_as_hold_them() {
        for (value, expected) in [
            (0, vec![0x80]),
            (126, vec![0xfe]),
            (127, vec![0x40, 0x7f]),
            (16_383, vec![0x20, 0x3f, 0xff]),
        ] {
            let mut out = Vec::new();
            size(&mut out, value);
            assert_eq!(out, expected, "{value}");
        }
    }

    #[test]
    fn the_duration_fits_the_place_kept_for_it() {
        let header = header(Moment(0), SIZE_UNKNOWN);
        let at = usize::try_from(header.duration_at).unwrap();
        assert_eq!(header.bytes[at..at + 2], [0xec, 0x89]);
        assert_eq!(duration(1_234).len(), 11);
        assert_eq!(
            header.bytes[at + 11..at + 15],
            [0x16, 0x54, 0xae, 0x6b],
            "tracks follow"
        );
    }

    #[test]
    fn a_cluster_says_no_to_what_it_cannot_say() {
        let mut cluster = Cluster::new(100_000);
        assert!(cluster.push(VIDEO_TRACK, 100_000, true, &[1]));
        assert!(cluster.push(AUDIO_TRACK, 99_990, true, &[1]));
        assert!(!cluster.push(AUDIO_TRACK, 140_000, true, &[1]));
    }
}
