//! Recordings of packets that were never on a network, on a clock that never waits.

use super::*;
use crate::forward::KeyFrames;
use bytes::Bytes;
use signaling_core::ticket::ParticipantId;
use std::path::Path;
use uuid::Uuid;

const BEGIN: i64 = 1_800_000_000_000_000;

struct Scene {
    folder: tempfile::TempDir,
    journal: Journal,
    recording: Recording,
    lane: Arc<Lane>,
    key_frames_asked: tokio::sync::mpsc::Receiver<()>,
    finished: Vec<Finished>,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path().to_owned(), Arc::new(|| BEGIN));
        let (key_frames, key_frames_asked) = KeyFrames::new();
        let participant = ParticipantId::parse("jia").unwrap();
        let lane = Arc::new(Lane {
            room: Uuid::nil(),
            participant,
            key_frames,
        });
        let recording = Recording::new(Arc::clone(&lane));
        Self {
            folder,
            journal,
            recording,
            lane,
            key_frames_asked,
            finished: Vec::new(),
        }
    }

    /// One sound and one picture a tenth of a second, from tenth `from` up to and without `to`.
    fn send(&mut self, from: u32, to: u32, key_frames_every: u32) {
        for n in from..to {
            let key = n.is_multiple_of(key_frames_every);
            let mut video = vec![
                0x10,
                u8::from(!key),
                0,
                0,
                0x9d,
                0x01,
                0x2a,
                0x40,
                0x01,
                0xf0,
                0x00,
            ];
            video.extend(n.to_be_bytes());
            self.packet(Kind::Video, n, 9_000, video);
            self.packet(Kind::Audio, n, 4_800, vec![0xfc, 0xff, 0xfe]);
        }
    }

    fn packet(&mut self, kind: Kind, n: u32, ticks: u32, payload: Vec<u8>) {
        let packet = Packet {
            kind,
            stream: if kind == Kind::Audio { 1 } else { 2 },
            sequence: n as u16,
            timestamp: 4_294_900_000_u32.wrapping_add(n.wrapping_mul(ticks)),
            marker: true,
            payload: Bytes::from(payload),
            arrived: Moment(BEGIN + i64::from(n) * 100_000),
        };
        self.finished
            .extend(self.recording.take(&self.lane, &packet, &self.journal).unwrap());
    }

    fn file(&self, n: u32) -> Vec<u8> {
        let name = format!("{}/jia-{n}.webm", Uuid::nil());
        std::fs::read(self.folder.path().join(Path::new(&name))).unwrap()
    }
}

/// The picture numbers in a file, in order.
fn pictures(file: &[u8]) -> Vec<u32> {
    let head = [0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00];
    let places = file
        .windows(head.len())
        .enumerate()
        .filter(|(_, window)| *window == head);
    places
        .map(|(at, _)| u32::from_be_bytes(file[at + 7..at + 11].try_into().unwrap()))
        .collect()
}

#[test]
fn all_but_the_last_second_is_on_disk_while_the_call_goes_on() {
    let mut scene = Scene::new();
    scene.send(0, 100, 50);
    let on_disk = pictures(&scene.file(1));
    assert_eq!(
        on_disk,
        (0..u32::try_from(on_disk.len()).unwrap()).collect::<Vec<_>>()
    );
    assert!(on_disk.len() >= 90, "{} of 100", on_disk.len());
}

#[test]
fn a_silent_participant_is_on_disk_whole_a_second_later() {
    let mut scene = Scene::new();
    scene.send(0, 95, 50);
    let later = Moment(BEGIN + 10_500_000);
    scene.recording.advance(later, &scene.journal).unwrap();
    assert_eq!(pictures(&scene.file(1)).len(), 95);
}

#[test]
fn after_ten_minutes_a_new_file_begins_with_the_next_key_frame_and_nothing_is_lost_between() {
    let mut scene = Scene::new();
    scene.send(0, 6_020, 40);
    assert_eq!(scene.finished.len(), 1);
    let first = pictures(&scene.file(1));
    assert_eq!(first.last(), Some(&5_999), "6000 is a key frame");
    let ended = scene.recording.finish(&scene.journal).unwrap().remove(0).ended;
    assert_eq!(ended, Moment(BEGIN + 601_900_000));
    let name = scene.folder.path().join(format!("{}/jia-2.webm", Uuid::nil()));
    assert_eq!(
        pictures(&std::fs::read(name).unwrap()),
        (6_000..6_020).collect::<Vec<_>>()
    );
}

#[test]
fn without_a_key_frame_one_is_asked_for_and_the_file_still_ends() {
    let mut scene = Scene::new();
    scene.send(0, 6_005, 100_000);
    assert!(scene.finished.is_empty());
    assert!(scene.key_frames_asked.try_recv().is_ok());
    scene.send(6_005, 6_060, 100_000);
    assert_eq!(scene.finished.len(), 1);
}

#[test]
fn a_sender_whose_clock_jumps_does_not_tear_the_file() {
    let mut scene = Scene::new();
    scene.send(0, 20, 10);
    scene.packet(Kind::Audio, 20, 200_000_000, vec![1]);
    scene.send(21, 40, 10);
    assert!(scene.finished.is_empty());
    let ended = scene.recording.finish(&scene.journal).unwrap().remove(0).ended;
    assert_eq!(ended, Moment(BEGIN + 3_900_000));
}
