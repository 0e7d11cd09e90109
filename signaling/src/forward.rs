//! Who gets whose packets: the hot path of one room.
//!
//! A publisher's task looks up its targets and hands each a packet; a target that cannot keep up loses that packet
//! and nobody else waits. No lock is held across an await.

use crate::recorder::{Lane, Recorder};
use bytes::Bytes;
use signaling_core::room::Route;
use signaling_core::ticket::ParticipantId;
use signaling_core::time::Moment;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::mpsc;

/// Packets that wait for one subscriber at most: about half a second of five videos. A full queue drops.
pub const SUBSCRIBER_QUEUE: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Video,
}

/// One RTP packet on its way, without the publisher's header extensions: their ids belong to its session.
#[derive(Clone, Debug)]
pub struct Packet {
    pub kind: Kind,
    /// A number of its own for every published stream.
    pub stream: u64,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub arrived: Moment,
}

/// A packet for one slot of one subscriber.
pub type Delivery = (usize, Arc<Packet>);

struct Target {
    slot: usize,
    queue: mpsc::Sender<Delivery>,
}

/// Asks a publisher for a key frame; the publisher decides when to pass it on.
#[derive(Clone, Debug)]
pub struct KeyFrames(mpsc::Sender<()>);

impl KeyFrames {
    /// The receiver gets one nudge however many asked.
    pub fn new() -> (Self, mpsc::Receiver<()>) {
        let (sender, receiver) = mpsc::channel(1);
        (Self(sender), receiver)
    }

    pub fn ask(&self) {
        // Full: somebody asked already and has not been answered.
        let _ = self.0.try_send(());
    }
}

#[derive(Default)]
struct Table {
    targets: HashMap<ParticipantId, Arc<[Target]>>,
    sources: HashMap<(ParticipantId, usize), ParticipantId>,
    publishers: HashMap<ParticipantId, KeyFrames>,
    outlets: HashMap<ParticipantId, mpsc::Sender<Delivery>>,
    routes: Vec<Route>,
}

/// One per room.
pub struct Switchboard {
    table: RwLock<Table>,
    recorder: Recorder,
}

impl Switchboard {
    pub fn new(recorder: Recorder) -> Self {
        Self {
            table: RwLock::default(),
            recorder,
        }
    }

    pub fn reroute(&self, routes: Vec<Route>) {
        self.change(|table| table.routes = routes);
    }

    /// `subscriber` receives on `outlet` from now on.
    pub fn connect(&self, subscriber: &ParticipantId, outlet: mpsc::Sender<Delivery>) {
        self.change(|table| {
            table.outlets.insert(subscriber.clone(), outlet);
        });
        for source in self.read(|table| {
            let mine = table
                .routes
                .iter()
                .filter(|route| route.subscriber == *subscriber);
            mine.map(|route| route.source.clone()).collect::<Vec<_>>()
        }) {
            self.ask_key_frame(&source);
        }
    }

    /// Forgets everything of a participant who is gone.
    pub fn disconnect(&self, participant: &ParticipantId) {
        self.change(|table| {
            table.outlets.remove(participant);
            table.publishers.remove(participant);
        });
    }

    pub fn publishes_video(&self, source: &ParticipantId, key_frames: KeyFrames) {
        self.change(|table| {
            table.publishers.insert(source.clone(), key_frames);
        });
    }

    pub fn publish(&self, source: &ParticipantId, lane: &Arc<Lane>, packet: Packet) {
        let packet = Arc::new(packet);
        self.recorder.packet(lane, &packet);
        let Some(targets) = self.read(|table| table.targets.get(source).cloned()) else {
            return;
        };
        for target in targets.iter() {
            // A full queue loses this packet for this subscriber only.
            let _ = target.queue.try_send((target.slot, Arc::clone(&packet)));
        }
    }

    pub fn ask_key_frame(&self, source: &ParticipantId) {
        if let Some(publisher) = self.read(|table| table.publishers.get(source).cloned()) {
            publisher.ask();
        }
    }

    /// Asks whoever is on that slot of `subscriber`.
    pub fn ask_key_frame_on(&self, subscriber: &ParticipantId, slot: usize) {
        let key = (subscriber.clone(), slot);
        if let Some(source) = self.read(|table| table.sources.get(&key).cloned()) {
            self.ask_key_frame(&source);
        }
    }

    fn read<T>(&self, look: impl FnOnce(&Table) -> T) -> T {
        look(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change(&self, edit: impl FnOnce(&mut Table)) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        edit(&mut table);
        let mut targets: HashMap<ParticipantId, Vec<Target>> = HashMap::new();
        let mut sources = HashMap::new();
        for Route {
            subscriber,
            slot,
            source,
        } in &table.routes
        {
            sources.insert((subscriber.clone(), *slot), source.clone());
            if let Some(queue) = table.outlets.get(subscriber) {
                let target = Target {
                    slot: *slot,
                    queue: queue.clone(),
                };
                targets.entry(source.clone()).or_default().push(target);
            }
        }
        table.targets = targets
            .into_iter()
            .map(|(source, list)| (source, list.into()))
            .collect();
        table.sources = sources;
    }
}
