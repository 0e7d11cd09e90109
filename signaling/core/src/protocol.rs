//! Every message of the WebSocket, both ways, and the codes it is closed with.
//!
//! The document for people who write a client is `docs/signaling.md`; the types a browser uses are in
//! `web/shared/media/protocol.ts`.

use crate::ticket::{ParticipantId, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Participants in one room.
pub const PARTICIPANTS_MAX: usize = 6;

/// Outgoing pairs of one audio and one video each: one for every other participant.
pub const SLOTS: usize = PARTICIPANTS_MAX - 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Must be the first message. `room`, when given, must be the ticket's.
    Hello {
        ticket: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Uuid>,
    },
    Offer {
        sdp: String,
    },
    Candidate(Candidate),
    Ping,
    Leave,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    Welcome {
        participant: ParticipantId,
        room: Uuid,
        /// Seconds since 1970; the session ends then.
        expires_at: i64,
        /// Everybody else in the room.
        members: Vec<Member>,
    },
    Answer {
        sdp: String,
    },
    Candidate(Candidate),
    /// Who is on which pair of media lines from now on; replaces the list before.
    Slots {
        slots: Vec<Slot>,
    },
    /// Somebody came, came back or is reconnecting; replaces what was known of this participant.
    Member {
        member: Member,
    },
    Left {
        participant: ParticipantId,
    },
    Pong,
    Error {
        code: ErrorCode,
        message: String,
    },
}

/// A trickled ICE candidate; an empty string ends them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub candidate: String,
    #[serde(default)]
    pub mid: Option<String>,
    #[serde(default)]
    pub line: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: ParticipantId,
    pub role: Role,
    pub label: String,
    pub state: MemberState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    Live,
    Reconnecting,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub audio: String,
    pub video: String,
    /// `None`: nobody, the lines are silent.
    pub participant: Option<ParticipantId>,
}

/// The two media lines (by mid) of one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotMids {
    pub audio: String,
    pub video: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    BadMessage,
    BadSdp,
    BadCandidate,
}

/// Why a connection is closed, as the close code of the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCode {
    Left,
    GoingAway,
    Flooding,
    TooBig,
    BadTicket,
    WrongRoom,
    Replaced,
    RoomFull,
}

impl CloseCode {
    pub const fn code(self) -> u16 {
        match self {
            Self::Left => 1000,
            Self::GoingAway => 1001,
            Self::Flooding => 1008,
            Self::TooBig => 1009,
            Self::BadTicket => 4401,
            Self::WrongRoom => 4403,
            Self::Replaced => 4409,
            Self::RoomFull => 4423,
        }
    }

    pub const fn reason(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::GoingAway => "going away",
            Self::Flooding => "too many messages",
            Self::TooBig => "message too big",
            Self::BadTicket => "bad ticket",
            Self::WrongRoom => "wrong room",
            Self::Replaced => "replaced",
            Self::RoomFull => "room full",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_look_as_the_document_says() {
        let hello: ClientMessage = serde_json::from_value(json!({"type": "hello", "ticket": "t"})).unwrap();
        assert_eq!(
            hello,
            ClientMessage::Hello {
                ticket: "t".into(),
                room: None
            }
        );
        let candidate: ClientMessage =
            serde_json::from_value(json!({"type": "candidate", "candidate": "", "mid": "0"})).unwrap();
        let expected = Candidate {
            candidate: String::new(),
            mid: Some("0".into()),
            line: None,
        };
        assert_eq!(candidate, ClientMessage::Candidate(expected));
        let error = ServerMessage::Error {
            code: ErrorCode::BadSdp,
            message: "m".into(),
        };
        assert_eq!(
            serde_json::to_value(error).unwrap(),
            json!({"type": "error", "code": "bad_sdp", "message": "m"})
        );
        let slots = ServerMessage::Slots {
            slots: vec![Slot {
                audio: "0".into(),
                video: "1".into(),
                participant: None,
            }],
        };
        assert_eq!(
            serde_json::to_value(slots).unwrap(),
            json!({"type": "slots", "slots": [{"audio": "0", "video": "1", "participant": null}]})
        );
    }
}
