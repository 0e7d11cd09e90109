//! The recorder: one more listener in every room, on a thread of its own.
//!
//! It is handed packets and never makes anybody wait for the disk: when its queue is full it loses packets and says
//! so. Finished files go to a second thread that digests them, so that a long file does not hold up the others.

mod journal;
mod recording;
mod reorder;
mod webm;

pub use journal::{Entry, Journal};

use crate::config::{Clock, now};
use crate::forward::{KeyFrames, Packet};
use recording::{Finished, Recording};
use signaling_core::ticket::ParticipantId;
use signaling_core::time::Moment;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Packets on their way to the recorder; about ten seconds of one full room. A full queue drops packets.
const QUEUE: usize = 16_384;

/// How often it looks for what is due although no packet came.
pub const TICK: Duration = Duration::from_millis(250);

/// Whose packets these are, and how to ask for a key frame.
#[derive(Debug)]
pub struct Lane {
    pub room: Uuid,
    pub participant: ParticipantId,
    pub key_frames: KeyFrames,
}

enum Command {
    Packet(Arc<Lane>, Arc<Packet>),
    Close(Uuid, ParticipantId),
    Tick(Moment),
    Stop(oneshot::Sender<()>),
}

/// Told of every segment that is complete.
pub type OnSegment = Arc<dyn Fn(Entry) + Send + Sync>;

#[derive(Clone)]
pub struct Recorder {
    commands: mpsc::Sender<Command>,
    lost: Arc<AtomicU64>,
}

impl Recorder {
    pub fn start(journal: Journal, on_segment: OnSegment) -> std::io::Result<Self> {
        let (commands, receiver) = mpsc::channel(QUEUE);
        let (finished, to_digest) = std::sync::mpsc::channel();
        let digester = {
            let journal = journal.clone();
            std::thread::Builder::new()
                .name("digest".into())
                .spawn(move || digest_all(&to_digest, &journal, &on_segment))?
        };
        let worker = Worker {
            journal,
            recordings: HashMap::new(),
            finished,
        };
        std::thread::Builder::new()
            .name("recorder".into())
            .spawn(move || worker.run(receiver, digester))?;
        Ok(Self {
            commands,
            lost: Arc::default(),
        })
    }

    /// Never waits.
    pub fn packet(&self, lane: &Arc<Lane>, packet: &Arc<Packet>) {
        if self
            .commands
            .try_send(Command::Packet(Arc::clone(lane), Arc::clone(packet)))
            .is_err()
        {
            let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
            if lost.is_power_of_two() {
                tracing::error!(lost, "the recorder cannot keep up and loses packets");
            }
        }
    }

    /// The participant is gone: their file is complete.
    pub async fn close(&self, room: Uuid, participant: ParticipantId) {
        // An error means that the recorder has stopped, and then everything is closed.
        let _ = self.commands.send(Command::Close(room, participant)).await;
    }

    pub async fn tick(&self, now: Moment) {
        let _ = self.commands.send(Command::Tick(now)).await;
    }

    /// Closes every file, digests it and ends both threads.
    pub async fn stop(&self) {
        let (done, wait) = oneshot::channel();
        if self.commands.send(Command::Stop(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

struct Worker {
    journal: Journal,
    recordings: HashMap<(Uuid, ParticipantId), Recording>,
    finished: std::sync::mpsc::Sender<Finished>,
}

impl Worker {
    fn run(mut self, mut commands: mpsc::Receiver<Command>, digester: JoinHandle<()>) {
        let mut stopped = None;
        while let Some(command) = commands.blocking_recv() {
            match command {
                Command::Packet(lane, packet) => self.packet(&lane, &packet),
                Command::Close(room, participant) => self.close(&(room, participant)),
                Command::Tick(now) => self.tick(now),
                Command::Stop(done) => {
                    stopped = Some(done);
                    break;
                }
            }
        }
        let everybody: Vec<_> = self.recordings.keys().cloned().collect();
        for who in everybody {
            self.close(&who);
        }
        // The digester ends when nobody can send to it any more.
        drop(self);
        if digester.join().is_err() {
            tracing::error!("the digest thread panicked");
        }
        if let Some(done) = stopped {
            let _ = done.send(());
        }
    }

    fn packet(&mut self, lane: &Arc<Lane>, packet: &Packet) {
        let who = (lane.room, lane.participant.clone());
        let recording = self
            .recordings
            .entry(who.clone())
            .or_insert_with(|| Recording::new(Arc::clone(lane)));
        let result = recording.take(lane, packet, &self.journal);
        self.settle(&who, result);
    }

    fn tick(&mut self, now: Moment) {
        let everybody: Vec<_> = self.recordings.keys().cloned().collect();
        for who in everybody {
            if let Some(recording) = self.recordings.get_mut(&who) {
                let result = recording.advance(now, &self.journal);
                self.settle(&who, result);
            }
        }
    }

    fn close(&mut self, who: &(Uuid, ParticipantId)) {
        if let Some(recording) = self.recordings.remove(who) {
            let result = recording.finish(&self.journal);
            self.settle(who, result);
        }
    }

    fn settle(&mut self, who: &(Uuid, ParticipantId), result: std::io::Result<Vec<Finished>>) {
        match result {
            Ok(finished) => {
                for one in finished {
                    if self.finished.send(one).is_err() {
                        tracing::error!(
                            "the digest thread is gone; the segment is reported at the next start"
                        );
                    }
                }
            }
            Err(error) => {
                // The journal entry stays: what was written is reported at the next start.
                tracing::error!(%error, room = %who.0, "a recording could not be written");
                self.recordings.remove(who);
            }
        }
    }
}

fn digest_all(finished: &std::sync::mpsc::Receiver<Finished>, journal: &Journal, on_segment: &OnSegment) {
    while let Ok(Finished { entry, ended }) = finished.recv() {
        match journal.close(entry, ended) {
            Ok(Some(entry)) => on_segment(entry),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a recording could not be digested"),
        }
    }
}

/// Ticks for as long as the recorder lives.
pub async fn keep_ticking(recorder: Recorder, clock: Clock, stop: tokio_util::sync::CancellationToken) {
    let mut every = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => recorder.tick(now(&clock)).await,
        }
    }
}
