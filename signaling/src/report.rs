//! Telling the case service what happened, until it says that it has heard.
//!
//! In order per room, again and again with growing pauses, under the same `event_id` so that the receiver can
//! recognise what it knows. When too much waits, arrivals and departures are dropped before recordings; a
//! recording that finds no room stays in its journal and is reported at the next start.

use crate::config::{Clock, new_id, now, rfc3339};
use crate::recorder::{Entry, Journal};
use serde::Serialize;
use signaling_core::ticket::ParticipantId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// Events that wait at most, all rooms together.
pub const WAITING_MAX: usize = 10_000;

/// Pauses between attempts: doubled from the first to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

#[derive(Clone, Debug, Serialize)]
struct Envelope {
    event_id: Uuid,
    room: Uuid,
    at: String,
    event: Event,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    Joined {
        participant: ParticipantId,
    },
    Left {
        participant: ParticipantId,
    },
    Segment {
        participant: ParticipantId,
        path: String,
        sha256: String,
        bytes: u64,
        started_at: String,
        ended_at: String,
        media_type: &'static str,
    },
}

#[derive(Clone)]
pub struct Reporter(Arc<Inner>);

struct Inner {
    url: String,
    secret: String,
    client: reqwest::Client,
    clock: Clock,
    journal: Journal,
    waiting: Mutex<Waiting>,
    workers: TaskTracker,
    stop: CancellationToken,
    runtime: tokio::runtime::Handle,
}

#[derive(Default)]
struct Waiting {
    rooms: HashMap<Uuid, VecDeque<Envelope>>,
    count: usize,
}

impl Waiting {
    /// Makes place for one more by dropping the oldest arrival or departure; false if there is none.
    fn make_place(&mut self) -> bool {
        for queue in self.rooms.values_mut() {
            // The first of a queue may be on its way already.
            let minor = |envelope: &Envelope| !matches!(envelope.event, Event::Segment { .. });
            if let Some(place) = (1..queue.len()).find(|n| queue.get(*n).is_some_and(minor)) {
                queue.remove(place);
                self.count -= 1;
                return true;
            }
        }
        false
    }
}

impl Reporter {
    /// Must be called inside a tokio runtime.
    pub fn new(url: String, secret: String, clock: Clock, journal: Journal) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self(Arc::new(Inner {
            url,
            secret,
            client,
            clock,
            journal,
            waiting: Mutex::default(),
            workers: TaskTracker::new(),
            stop: CancellationToken::new(),
            runtime: tokio::runtime::Handle::current(),
        })))
    }

    pub fn joined(&self, room: Uuid, participant: ParticipantId) {
        self.event(room, Event::Joined { participant });
    }

    pub fn left(&self, room: Uuid, participant: ParticipantId) {
        self.event(room, Event::Left { participant });
    }

    /// A segment whose journal entry says that it is closed.
    pub fn segment(&self, entry: Entry) {
        let Some(closed) = entry.closed else {
            return;
        };
        let event = Event::Segment {
            participant: entry.participant,
            path: entry.path,
            sha256: closed.sha256,
            bytes: closed.bytes,
            started_at: entry.started_at,
            ended_at: closed.ended_at,
            media_type: "video/webm",
        };
        self.enqueue(Envelope {
            event_id: closed.event_id,
            room: entry.room,
            at: closed.at,
            event,
        });
    }

    /// Waits at most `within` for what waits to be delivered, then gives up.
    pub async fn stop(&self, within: Duration) {
        self.0.workers.close();
        if tokio::time::timeout(within, self.0.workers.wait()).await.is_err() {
            self.0.stop.cancel();
            self.0.workers.wait().await;
        }
    }

    fn event(&self, room: Uuid, event: Event) {
        let at = now(&self.0.clock);
        self.enqueue(Envelope {
            event_id: new_id(at),
            room,
            at: rfc3339(at),
            event,
        });
    }

    fn enqueue(&self, envelope: Envelope) {
        let room = envelope.room;
        let mut waiting = self.0.lock();
        if waiting.count >= WAITING_MAX && !waiting.make_place() {
            tracing::error!(%room, "too many events wait; one was not queued");
            return;
        }
        waiting.count += 1;
        let queue = waiting.rooms.entry(room).or_default();
        queue.push_back(envelope);
        if queue.len() == 1 {
            let inner = Arc::clone(&self.0);
            self.0
                .workers
                .spawn_on(async move { inner.deliver_all(room).await }, &self.0.runtime);
        }
    }
}

impl Inner {
    /// Delivers the events of one room until none is left.
    async fn deliver_all(&self, room: Uuid) {
        while let Some(envelope) = self.first(room) {
            let mut pause = FIRST_PAUSE;
            while let Err(error) = self.post(&envelope).await {
                tracing::warn!(%error, %room, pause_ms = pause.as_millis(), "an event was not taken; it is sent again");
                tokio::select! {
                    () = self.stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            if let Event::Segment { path, .. } = &envelope.event
                && let Err(error) = self.journal.forget(path)
            {
                tracing::error!(%error, "a journal entry could not be removed; the segment will be reported again");
            }
            self.delivered(room);
        }
    }

    fn first(&self, room: Uuid) -> Option<Envelope> {
        let waiting = self.lock();
        waiting.rooms.get(&room)?.front().cloned()
    }

    fn delivered(&self, room: Uuid) {
        let mut waiting = self.lock();
        waiting.count -= 1;
        if let Some(queue) = waiting.rooms.get_mut(&room) {
            queue.pop_front();
            if queue.is_empty() {
                waiting.rooms.remove(&room);
            }
        }
    }

    async fn post(&self, envelope: &Envelope) -> Result<(), reqwest::Error> {
        let request = self
            .client
            .post(&self.url)
            .bearer_auth(&self.secret)
            .json(envelope);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
