//! Rooms as running things: each is one task that owns its [`Room`] and carries out the effects.

use crate::config::{Clock, now};
use crate::forward::Switchboard;
use crate::peer::Peer;
use crate::recorder::Recorder;
use crate::report::Reporter;
use signaling_core::protocol::{CloseCode, ServerMessage};
use signaling_core::room::{ConnectionId, Effect, Input, Room};
use signaling_core::ticket::{Admission, ParticipantId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

/// What waits for one room; senders wait when it is full.
const COMMANDS: usize = 256;

/// What waits for one connection; a connection that lets it fill is cut.
pub const OUTBOX: usize = 128;

#[derive(Debug)]
pub enum Outgoing {
    Message(ServerMessage),
    Close(CloseCode),
}

pub enum Command {
    Join {
        connection: ConnectionId,
        admission: Admission,
        outbox: mpsc::Sender<Outgoing>,
    },
    Attach {
        connection: ConnectionId,
        peer: Arc<Peer>,
    },
    Dropped {
        connection: ConnectionId,
    },
    Leave {
        connection: ConnectionId,
    },
}

/// A room that is running, to talk to.
#[derive(Clone)]
pub struct Handle {
    pub commands: mpsc::Sender<Command>,
    pub switchboard: Arc<Switchboard>,
}

/// What a room needs of the node.
#[derive(Clone)]
pub struct Services {
    pub clock: Clock,
    pub recorder: Recorder,
    pub reporter: Reporter,
    pub stop: CancellationToken,
}

pub struct Rooms {
    services: Services,
    running: Mutex<HashMap<Uuid, Handle>>,
    tasks: TaskTracker,
}

impl Rooms {
    pub fn new(services: Services) -> Arc<Self> {
        Arc::new(Self {
            services,
            running: Mutex::default(),
            tasks: TaskTracker::new(),
        })
    }

    /// The room of that id, started if it does not run.
    pub fn enter(self: &Arc<Self>, id: Uuid) -> Handle {
        let mut running = self.lock();
        if let Some(handle) = running.get(&id) {
            return handle.clone();
        }
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let switchboard = Arc::new(Switchboard::new(self.services.recorder.clone()));
        let handle = Handle {
            commands,
            switchboard: Arc::clone(&switchboard),
        };
        running.insert(id, handle.clone());
        let task = Running {
            id,
            room: Room::new(id),
            services: self.services.clone(),
            switchboard,
            outboxes: HashMap::new(),
            peers: HashMap::new(),
        };
        self.tasks.spawn(task.run(Arc::clone(self), receiver));
        handle
    }

    /// Waits until every room has ended; cancel the services' token before.
    pub async fn wait(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Handle>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Running {
    id: Uuid,
    room: Room,
    services: Services,
    switchboard: Arc<Switchboard>,
    outboxes: HashMap<ConnectionId, mpsc::Sender<Outgoing>>,
    peers: HashMap<ParticipantId, Arc<Peer>>,
}

impl Running {
    async fn run(mut self, rooms: Arc<Rooms>, mut commands: mpsc::Receiver<Command>) {
        let stop = self.services.stop.clone();
        loop {
            let due = self
                .room
                .poll_timeout()
                .map(|at| at.since(now(&self.services.clock)));
            let tick = async {
                match due {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = tick => self.tell(Input::Tick).await,
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => break,
                },
            }
            if self.room.is_empty() && self.outboxes.is_empty() {
                let mut running = rooms.lock();
                if commands.is_empty() {
                    running.remove(&self.id);
                    break;
                }
            }
        }
        self.end(commands).await;
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Join {
                connection,
                admission,
                outbox,
            } => {
                self.outboxes.insert(connection, outbox);
                self.tell(Input::Join {
                    connection,
                    admission,
                })
                .await;
            }
            Command::Attach { connection, peer } => self.attach(connection, peer).await,
            Command::Dropped { connection } => {
                self.outboxes.remove(&connection);
                self.tell(Input::Dropped { connection }).await;
            }
            Command::Leave { connection } => self.tell(Input::Leave { connection }).await,
        }
    }

    async fn attach(&mut self, connection: ConnectionId, peer: Arc<Peer>) {
        let Some(participant) = self.room.participant(connection) else {
            peer.close().await;
            return;
        };
        let lines = peer.lines.clone();
        if let Some(older) = self.peers.insert(participant, peer) {
            older.close().await;
        }
        self.tell(Input::Negotiated { connection, lines }).await;
    }

    async fn tell(&mut self, input: Input) {
        self.room.handle(input, now(&self.services.clock));
        while let Some(effect) = self.room.poll() {
            self.carry_out(effect).await;
        }
    }

    async fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, message } => self.send(to, Outgoing::Message(message)),
            Effect::Close { connection, code } => {
                self.send(connection, Outgoing::Close(code));
                self.outboxes.remove(&connection);
            }
            Effect::Joined { participant } => self.services.reporter.joined(self.id, participant),
            Effect::Ended { participant } => self.part(participant).await,
            Effect::Rerouted => self.switchboard.reroute(self.room.routes().collect()),
        }
    }

    fn send(&mut self, to: ConnectionId, what: Outgoing) {
        if let Some(outbox) = self.outboxes.get(&to)
            && outbox.try_send(what).is_err()
        {
            // It does not read; its task notices that the outbox is gone and cuts it.
            self.outboxes.remove(&to);
        }
    }

    /// Everything that is left of a participant ends.
    async fn part(&mut self, participant: ParticipantId) {
        if let Some(peer) = self.peers.remove(&participant) {
            peer.close().await;
        }
        self.switchboard.disconnect(&participant);
        self.services.recorder.close(self.id, participant.clone()).await;
        self.services.reporter.left(self.id, participant);
    }

    async fn end(mut self, mut commands: mpsc::Receiver<Command>) {
        commands.close();
        while let Some(command) = commands.recv().await {
            match command {
                // Came in the moment the room closed: the client tries again.
                Command::Join { outbox, .. } => {
                    let _ = outbox.try_send(Outgoing::Close(CloseCode::GoingAway));
                }
                Command::Attach { peer, .. } => peer.close().await,
                Command::Dropped { .. } | Command::Leave { .. } => {}
            }
        }
        for outbox in self.outboxes.values() {
            let _ = outbox.try_send(Outgoing::Close(CloseCode::GoingAway));
        }
        let participants: Vec<ParticipantId> = self.room.participants().cloned().collect();
        for participant in participants {
            self.part(participant).await;
        }
    }
}
