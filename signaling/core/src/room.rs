//! One room as a value: who is in it, who is on whose slots, who is coming back.
//!
//! Feed it an [`Input`] and the time, then drain [`Room::poll`]; come back at [`Room::poll_timeout`] with
//! [`Input::Tick`]. It never sees a packet and knows no socket: a connection is a number.

use crate::protocol::{
    CloseCode, Member, MemberState, PARTICIPANTS_MAX, SLOTS, ServerMessage, Slot, SlotMids,
};
use crate::ticket::{Admission, ParticipantId, Role};
use crate::time::Moment;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use uuid::Uuid;

/// A participant whose connection dropped keeps the place for this long.
pub const RECONNECT_WITHIN: Duration = Duration::from_secs(20);

/// A connection, numbered by whoever accepts them; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

#[derive(Clone, Debug)]
pub enum Input {
    Join {
        connection: ConnectionId,
        admission: Admission,
    },
    /// The first offer of this connection was answered with these media lines.
    Negotiated {
        connection: ConnectionId,
        lines: Vec<SlotMids>,
    },
    /// The connection is gone without a word.
    Dropped {
        connection: ConnectionId,
    },
    /// The participant hung up.
    Leave {
        connection: ConnectionId,
    },
    Tick,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Send {
        to: ConnectionId,
        message: ServerMessage,
    },
    Close {
        connection: ConnectionId,
        code: CloseCode,
    },
    /// Somebody new is here (not somebody who came back).
    Joined { participant: ParticipantId },
    /// Somebody is gone for good: their media end.
    Ended { participant: ParticipantId },
    /// [`Room::routes`] changed.
    Rerouted,
}

/// `subscriber` receives `source` on slot number `slot`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub subscriber: ParticipantId,
    pub slot: usize,
    pub source: ParticipantId,
}

#[derive(Debug)]
struct Seat {
    connection: ConnectionId,
    role: Role,
    label: String,
    expires_at: Moment,
    /// `Some`: nobody is connected, and the place is kept until then.
    kept_until: Option<Moment>,
    slots: [Option<ParticipantId>; SLOTS],
    /// Empty until the connection has negotiated.
    lines: Vec<SlotMids>,
}

#[derive(Debug)]
pub struct Room {
    id: Uuid,
    seats: BTreeMap<ParticipantId, Seat>,
    effects: VecDeque<Effect>,
}

impl Room {
    pub fn new(id: Uuid) -> Self {
        Self {
            id,
            seats: BTreeMap::new(),
            effects: VecDeque::new(),
        }
    }

    pub fn handle(&mut self, input: Input, now: Moment) {
        self.run_out(now);
        match input {
            Input::Join {
                connection,
                admission,
            } => self.join(connection, admission, now),
            Input::Negotiated { connection, lines } => self.negotiated(connection, lines),
            Input::Dropped { connection } => self.dropped(connection, now),
            Input::Leave { connection } => {
                if let Some(participant) = self.participant(connection) {
                    self.effects.push_back(Effect::Close {
                        connection,
                        code: CloseCode::Left,
                    });
                    self.end(&participant);
                }
            }
            Input::Tick => {}
        }
    }

    pub fn poll(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Input::Tick`] is due; `None` while nothing waits.
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.seats.values().map(Seat::runs_out_at).min()
    }

    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    pub fn routes(&self) -> impl Iterator<Item = Route> + '_ {
        self.seats.iter().flat_map(|(subscriber, seat)| {
            seat.slots.iter().enumerate().filter_map(|(slot, source)| {
                let source = source.clone()?;
                Some(Route {
                    subscriber: subscriber.clone(),
                    slot,
                    source,
                })
            })
        })
    }

    /// Everybody who has a place, connected or not.
    pub fn participants(&self) -> impl Iterator<Item = &ParticipantId> + '_ {
        self.seats.keys()
    }

    /// The participant that `connection` speaks for, unless it was replaced or dropped.
    pub fn participant(&self, connection: ConnectionId) -> Option<ParticipantId> {
        let (id, _) = self
            .seats
            .iter()
            .find(|(_, seat)| seat.connection == connection && seat.kept_until.is_none())?;
        Some(id.clone())
    }

    fn join(&mut self, connection: ConnectionId, admission: Admission, now: Moment) {
        let Admission {
            participant,
            role,
            label,
            expires_at,
        } = admission;
        if expires_at <= now {
            self.effects.push_back(Effect::Close {
                connection,
                code: CloseCode::BadTicket,
            });
            return;
        }
        if let Some(seat) = self.seats.get_mut(&participant) {
            if seat.kept_until.is_none() {
                let code = CloseCode::Replaced;
                self.effects.push_back(Effect::Close {
                    connection: seat.connection,
                    code,
                });
            }
            *seat = Seat {
                connection,
                role,
                label,
                expires_at,
                kept_until: None,
                slots: seat.slots.clone(),
                lines: Vec::new(),
            };
            self.welcome(connection, &participant);
            self.announce(&participant);
            return;
        }
        if self.seats.len() >= PARTICIPANTS_MAX {
            self.effects.push_back(Effect::Close {
                connection,
                code: CloseCode::RoomFull,
            });
            return;
        }
        let mut slots: [Option<ParticipantId>; SLOTS] = Default::default();
        for (slot, source) in slots.iter_mut().zip(self.seats.keys()) {
            *slot = Some(source.clone());
        }
        for seat in self.seats.values_mut() {
            if let Some(free) = seat.slots.iter_mut().find(|slot| slot.is_none()) {
                *free = Some(participant.clone());
            }
        }
        let lines = Vec::new();
        let seat = Seat {
            connection,
            role,
            label,
            expires_at,
            kept_until: None,
            slots,
            lines,
        };
        self.seats.insert(participant.clone(), seat);
        self.effects.push_back(Effect::Joined {
            participant: participant.clone(),
        });
        self.welcome(connection, &participant);
        self.announce(&participant);
        self.tell_slots_of(&participant);
        self.effects.push_back(Effect::Rerouted);
    }

    fn negotiated(&mut self, connection: ConnectionId, lines: Vec<SlotMids>) {
        let Some(participant) = self.participant(connection) else {
            return;
        };
        if let Some(seat) = self.seats.get_mut(&participant) {
            seat.lines = lines;
        }
        self.tell_slots(&participant);
        self.effects.push_back(Effect::Rerouted);
    }

    fn dropped(&mut self, connection: ConnectionId, now: Moment) {
        let Some(participant) = self.participant(connection) else {
            return;
        };
        if let Some(seat) = self.seats.get_mut(&participant) {
            seat.kept_until = Some(now + RECONNECT_WITHIN);
        }
        self.announce(&participant);
    }

    /// Ends those whose ticket has run out and those who did not come back.
    fn run_out(&mut self, now: Moment) {
        let gone: Vec<ParticipantId> = self
            .seats
            .iter()
            .filter(|(_, seat)| seat.runs_out_at() <= now)
            .map(|(participant, _)| participant.clone())
            .collect();
        for participant in gone {
            if let Some(Seat {
                connection,
                kept_until: None,
                ..
            }) = self.seats.get(&participant)
            {
                self.effects.push_back(Effect::Close {
                    connection: *connection,
                    code: CloseCode::BadTicket,
                });
            }
            self.end(&participant);
        }
    }

    fn end(&mut self, participant: &ParticipantId) {
        if self.seats.remove(participant).is_none() {
            return;
        }
        for seat in self.seats.values_mut() {
            for slot in &mut seat.slots {
                if slot.as_ref() == Some(participant) {
                    *slot = None;
                }
            }
        }
        self.tell_others(
            participant,
            &ServerMessage::Left {
                participant: participant.clone(),
            },
        );
        self.tell_slots_of(participant);
        self.effects.push_back(Effect::Rerouted);
        self.effects.push_back(Effect::Ended {
            participant: participant.clone(),
        });
    }

    fn welcome(&mut self, connection: ConnectionId, participant: &ParticipantId) {
        let Some(seat) = self.seats.get(participant) else {
            return;
        };
        let others = self.seats.iter().filter(|(id, _)| *id != participant);
        let message = ServerMessage::Welcome {
            participant: participant.clone(),
            room: self.id,
            expires_at: seat.expires_at.unix_s(),
            members: others.map(|(id, seat)| seat.member(id)).collect(),
        };
        self.effects.push_back(Effect::Send {
            to: connection,
            message,
        });
    }

    /// Tells the others how `participant` stands now.
    fn announce(&mut self, participant: &ParticipantId) {
        if let Some(seat) = self.seats.get(participant) {
            let member = seat.member(participant);
            self.tell_others(participant, &ServerMessage::Member { member });
        }
    }

    fn tell_others(&mut self, participant: &ParticipantId, message: &ServerMessage) {
        for (id, seat) in &self.seats {
            if id != participant && seat.kept_until.is_none() {
                self.effects.push_back(Effect::Send {
                    to: seat.connection,
                    message: message.clone(),
                });
            }
        }
    }

    /// Tells everybody but `participant` of their slots.
    fn tell_slots_of(&mut self, participant: &ParticipantId) {
        let others: Vec<ParticipantId> = self
            .seats
            .keys()
            .filter(|id| *id != participant)
            .cloned()
            .collect();
        for other in others {
            self.tell_slots(&other);
        }
    }

    fn tell_slots(&mut self, subscriber: &ParticipantId) {
        let Some(seat) = self.seats.get(subscriber) else {
            return;
        };
        if seat.lines.is_empty() || seat.kept_until.is_some() {
            return;
        }
        let slots = seat
            .lines
            .iter()
            .zip(&seat.slots)
            .map(|(lines, source)| Slot {
                audio: lines.audio.clone(),
                video: lines.video.clone(),
                participant: source.clone(),
            })
            .collect();
        self.effects.push_back(Effect::Send {
            to: seat.connection,
            message: ServerMessage::Slots { slots },
        });
    }
}

impl Seat {
    fn runs_out_at(&self) -> Moment {
        self.kept_until
            .map_or(self.expires_at, |until| until.min(self.expires_at))
    }

    fn member(&self, id: &ParticipantId) -> Member {
        let state = if self.kept_until.is_some() {
            MemberState::Reconnecting
        } else {
            MemberState::Live
        };
        Member {
            id: id.clone(),
            role: self.role,
            label: self.label.clone(),
            state,
        }
    }
}
