//! One participant's packets, becoming one file after the other.
//!
//! Runs on the recorder's thread only. Losing a file (a full disk, say) ends that file and nothing else.

use super::Lane;
use super::journal::{Entry, Journal};
use super::reorder::{Picture, Pictures, Reorder};
use super::webm::{self, AUDIO_TRACK, Cluster, VIDEO_TRACK};
use crate::forward::{Kind, Packet};
use signaling_core::time::Moment;
use signaling_core::vp8;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::Duration;

/// A crash loses at most this much.
const CLUSTER_TIME: Duration = Duration::from_millis(900);
const CLUSTER_BYTES: usize = 4 * 1024 * 1024;
/// After this long a new file begins, at the next key frame …
const SEGMENT_TIME: Duration = Duration::from_secs(600);
/// … or without one, if none comes within this.
const SEGMENT_GRACE: Duration = Duration::from_secs(5);
/// The file's header waits this long for the first picture to tell its size.
const SIZE_WITHIN: Duration = Duration::from_millis(1_500);

/// A sender whose clock runs away further than this is put back to ours.
const CLOCKS_AGREE_WITHIN: Duration = Duration::from_secs(5);

/// Where a stream's RTP clock meets the wall clock.
#[derive(Default)]
struct Timeline {
    stream: Option<u64>,
    reorder: Reorder,
    /// The first packet's arrival and timestamp.
    base: Option<(Moment, u32)>,
    /// Ticks since the base, counted on past 32 bits.
    ticks: i64,
}

impl Timeline {
    /// When `timestamp` was, told by the sender's clock as long as that agrees with ours.
    fn moment(&mut self, timestamp: u32, arrived: Moment, clock_hz: i64) -> Moment {
        let (wall, first) = *self.base.get_or_insert((arrived, timestamp));
        let step = timestamp.wrapping_sub(first).wrapping_sub(self.ticks as u32) as i32;
        self.ticks += i64::from(step);
        let at = Moment(wall.0 + self.ticks * 1_000_000 / clock_hz);
        if at.since(arrived).max(arrived.since(at)) <= CLOCKS_AGREE_WITHIN {
            return at;
        }
        self.base = Some((arrived, timestamp));
        self.ticks = 0;
        arrived
    }
}

struct Frame {
    track: u8,
    at: Moment,
    key_frame: bool,
    data: Vec<u8>,
}

/// A file being written.
struct Segment {
    file: File,
    entry: Entry,
    started: Moment,
    ended: Moment,
    /// Frames that wait for the header.
    early: Vec<Frame>,
    /// `Some` once the header is written.
    duration_at: Option<u64>,
    cluster: Option<Cluster>,
    last_ms: [u64; 2],
}

pub struct Recording {
    lane: Arc<Lane>,
    audio: Timeline,
    video: Timeline,
    pictures: Pictures,
    segment: Option<Segment>,
}

/// What is to be digested and reported.
pub struct Finished {
    pub entry: Entry,
    pub ended: Moment,
}

impl Recording {
    pub fn new(lane: Arc<Lane>) -> Self {
        let (audio, video) = (Timeline::default(), Timeline::default());
        Self {
            lane,
            audio,
            video,
            pictures: Pictures::default(),
            segment: None,
        }
    }

    pub fn take(
        &mut self,
        lane: &Arc<Lane>,
        packet: &Packet,
        journal: &Journal,
    ) -> io::Result<Vec<Finished>> {
        self.lane = Arc::clone(lane);
        let timeline = match packet.kind {
            Kind::Audio => &mut self.audio,
            Kind::Video => &mut self.video,
        };
        if timeline.stream != Some(packet.stream) {
            *timeline = Timeline {
                stream: Some(packet.stream),
                ..Timeline::default()
            };
            if packet.kind == Kind::Video {
                self.pictures = Pictures::default();
            }
        }
        timeline.reorder.push(
            packet.sequence,
            packet.timestamp,
            packet.marker,
            packet.payload.clone(),
            packet.arrived,
        );
        self.advance(packet.arrived, journal)
    }

    /// Writes what is ready at `now`; gives the files that are complete.
    pub fn advance(&mut self, now: Moment, journal: &Journal) -> io::Result<Vec<Finished>> {
        let mut finished = Vec::new();
        for frame in self.frames(now) {
            if self.wants_new_segment(&frame)
                && let Some(segment) = self.segment.take()
            {
                finished.push(segment.finish()?);
            }
            let segment = match &mut self.segment {
                Some(segment) => segment,
                empty => empty.insert(Segment::open(&self.lane, frame.at, journal)?),
            };
            segment.add(frame)?;
        }
        if let Some(segment) = &mut self.segment {
            segment.flush_if_due(now)?;
            if now.since(segment.started) >= SEGMENT_TIME {
                self.lane.key_frames.ask();
            }
        }
        if self.pictures.broken && self.video.stream.is_some() {
            self.lane.key_frames.ask();
        }
        Ok(finished)
    }

    /// Closes the file, if there is one.
    pub fn finish(mut self, journal: &Journal) -> io::Result<Vec<Finished>> {
        // Whatever still waits for a repair will not get one.
        let mut finished = self.advance(Moment(i64::MAX), journal)?;
        if let Some(segment) = self.segment.take() {
            finished.push(segment.finish()?);
        }
        Ok(finished)
    }

    fn frames(&mut self, now: Moment) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(packet) = self.audio.reorder.pop(now) {
            // Chromium sends empty packets to probe the link.
            if !packet.payload.is_empty() {
                let at = self.audio.moment(packet.timestamp, packet.arrived, 48_000);
                frames.push(Frame {
                    track: AUDIO_TRACK,
                    at,
                    key_frame: true,
                    data: packet.payload.to_vec(),
                });
            }
        }
        while let Some(packet) = self.video.reorder.pop(now) {
            if let Some(Picture {
                timestamp,
                data,
                key_frame,
            }) = self.pictures.push(&packet)
            {
                let at = self.video.moment(timestamp, packet.arrived, 90_000);
                frames.push(Frame {
                    track: VIDEO_TRACK,
                    at,
                    key_frame,
                    data,
                });
            }
        }
        frames.sort_by_key(|frame| frame.at);
        frames
    }

    fn wants_new_segment(&self, next: &Frame) -> bool {
        let Some(segment) = &self.segment else {
            return false;
        };
        let age = next.at.since(segment.started);
        let good_place = next.track == VIDEO_TRACK && next.key_frame;
        (age >= SEGMENT_TIME && good_place) || age >= SEGMENT_TIME + SEGMENT_GRACE
    }
}

impl Segment {
    fn open(lane: &Lane, started: Moment, journal: &Journal) -> io::Result<Self> {
        let opened = journal.open(lane.room, &lane.participant, started)?;
        Ok(Self {
            file: opened.file,
            entry: opened.entry,
            started,
            ended: started,
            early: Vec::new(),
            duration_at: None,
            cluster: None,
            last_ms: [0; 2],
        })
    }

    fn add(&mut self, frame: Frame) -> io::Result<()> {
        self.ended = self.ended.max(frame.at);
        if self.duration_at.is_some() {
            return self.write(&frame);
        }
        let size = if frame.track == VIDEO_TRACK {
            vp8::size(&frame.data)
        } else {
            None
        };
        let waited = frame.at.since(self.started) >= SIZE_WITHIN;
        self.early.push(frame);
        if size.is_some() || waited {
            self.begin(size)?;
        }
        Ok(())
    }

    fn begin(&mut self, size: Option<(u16, u16)>) -> io::Result<()> {
        let header = webm::header(self.started, size.unwrap_or(webm::SIZE_UNKNOWN));
        self.file.write_all(&header.bytes)?;
        self.duration_at = Some(header.duration_at);
        for frame in std::mem::take(&mut self.early) {
            self.write(&frame)?;
        }
        Ok(())
    }

    fn write(&mut self, frame: &Frame) -> io::Result<()> {
        let at_ms = u64::try_from(frame.at.since(self.started).as_millis()).unwrap_or(u64::MAX);
        let last = &mut self.last_ms[usize::from(frame.track == AUDIO_TRACK)];
        // Players want a track's time never to run backwards.
        let at_ms = at_ms.max(*last);
        *last = at_ms;
        let full = |cluster: &Cluster| {
            at_ms.saturating_sub(cluster.start_ms()) >= CLUSTER_TIME.as_millis() as u64
                || cluster.bytes_held() >= CLUSTER_BYTES
        };
        if self.cluster.as_ref().is_some_and(full) {
            self.flush()?;
        }
        let cluster = self.cluster.get_or_insert_with(|| Cluster::new(at_ms));
        if !cluster.push(frame.track, at_ms, frame.key_frame, &frame.data) {
            self.flush()?;
            let mut fresh = Cluster::new(at_ms);
            fresh.push(frame.track, at_ms, frame.key_frame, &frame.data);
            self.cluster = Some(fresh);
        }
        Ok(())
    }

    /// A participant who went silent must not keep the last second in memory.
    fn flush_if_due(&mut self, now: Moment) -> io::Result<()> {
        if self.duration_at.is_none() && now.since(self.started) >= SIZE_WITHIN {
            self.begin(None)?;
        }
        let due = |cluster: &Cluster| {
            now.since(self.started + Duration::from_millis(cluster.start_ms())) >= CLUSTER_TIME
        };
        if self.cluster.as_ref().is_some_and(due) {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.cluster.take() {
            Some(cluster) => self.file.write_all(&cluster.into_bytes()),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> io::Result<Finished> {
        if self.duration_at.is_none() && !self.early.is_empty() {
            self.begin(None)?;
        }
        self.flush()?;
        if let Some(at) = self.duration_at {
            let ms = self.ended.since(self.started).as_millis();
            self.file.seek(SeekFrom::Start(at))?;
            self.file
                .write_all(&webm::duration(u64::try_from(ms).unwrap_or(0)))?;
        }
        self.file.sync_all()?;
        Ok(Finished {
            entry: self.entry,
            ended: self.ended,
        })
    }
}

#[cfg(test)]
mod tests;
