//! The media ticket: what the case service says about one participant of one session.
//!
//! It travels as a JWT (ES256). Signing and verifying the signature happen where the keys are; here is only
//! what the claims mean and whether they hold at a given time.

use crate::time::Moment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub const ISSUER: &str = "kuaichu";
pub const AUDIENCE: &str = "kuaichu-media";

/// Clocks of two machines may differ by this much, in seconds.
pub const LEEWAY_S: i64 = 5;

/// Longest label, in characters: it is a short name on a picture (甲, 乙, 民警 …).
pub const LABEL_CHARS_MAX: usize = 32;

/// Longest participant id, in bytes.
pub const PARTICIPANT_BYTES_MAX: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Driver,
    Officer,
    Guest,
}

/// The claims of the JWT. `iat` and `exp` are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub iss: String,
    pub aud: String,
    /// The participant's id, unique in the room and the same on every reconnect.
    pub sub: String,
    pub room: Uuid,
    pub role: Role,
    pub label: String,
    pub iat: i64,
    pub exp: i64,
    /// The ticket's own id, for logs and audits.
    pub jti: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    #[error("the ticket was issued by somebody else")]
    Issuer,
    #[error("the ticket is meant for somebody else")]
    Audience,
    #[error("the ticket has expired")]
    Expired,
    #[error("the ticket was issued in the future")]
    NotYetIssued,
    #[error(
        "the participant id is empty, too long or has characters other than letters, digits, '-' and '_'"
    )]
    Participant,
    #[error("the label is too long")]
    Label,
}

/// A participant's id that is known to be fit for a file name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParticipantId(String);

impl ParticipantId {
    /// # Errors
    /// [`TicketError::Participant`] unless it is 1 to 64 ASCII letters, digits, `-` and `_`.
    pub fn parse(text: &str) -> Result<Self, TicketError> {
        let fit = !text.is_empty()
            && text.len() <= PARTICIPANT_BYTES_MAX
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if fit {
            Ok(Self(text.to_owned()))
        } else {
            Err(TicketError::Participant)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ticket {
    /// Whether the ticket admits its bearer at `now_unix` (seconds).
    ///
    /// # Errors
    /// The first thing that is wrong with it, see [`TicketError`].
    pub fn check(&self, now_unix: i64) -> Result<(), TicketError> {
        if self.iss != ISSUER {
            return Err(TicketError::Issuer);
        }
        if self.aud != AUDIENCE {
            return Err(TicketError::Audience);
        }
        if self.exp.saturating_add(LEEWAY_S) <= now_unix {
            return Err(TicketError::Expired);
        }
        if self.iat > now_unix.saturating_add(LEEWAY_S) {
            return Err(TicketError::NotYetIssued);
        }
        if self.label.chars().count() > LABEL_CHARS_MAX {
            return Err(TicketError::Label);
        }
        ParticipantId::parse(&self.sub).map(|_| ())
    }
}

/// What a checked ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    pub participant: ParticipantId,
    pub role: Role,
    pub label: String,
    pub expires_at: Moment,
}

impl TryFrom<&Ticket> for Admission {
    type Error = TicketError;

    fn try_from(ticket: &Ticket) -> Result<Self, TicketError> {
        Ok(Self {
            participant: ParticipantId::parse(&ticket.sub)?,
            role: ticket.role,
            label: ticket.label.clone(),
            expires_at: Moment::from_unix_s(ticket.exp.saturating_add(LEEWAY_S)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: "party-1".into(),
            room: Uuid::from_u128(7),
            role: Role::Driver,
            label: "甲".into(),
            iat: 1_000,
            exp: 2_000,
            jti: "8".into(),
        }
    }

    #[test]
    fn a_ticket_holds_from_issue_to_expiry_give_or_take_five_seconds() {
        assert_eq!(ticket().check(994), Err(TicketError::NotYetIssued));
        assert_eq!(ticket().check(995), Ok(()));
        assert_eq!(ticket().check(2_004), Ok(()));
        assert_eq!(ticket().check(2_005), Err(TicketError::Expired));
    }

    #[test]
    fn a_ticket_for_another_house_is_refused() {
        assert_eq!(
            Ticket {
                iss: "x".into(),
                ..ticket()
            }
            .check(1_500),
            Err(TicketError::Issuer)
        );
        assert_eq!(
            Ticket {
                aud: "x".into(),
                ..ticket()
            }
            .check(1_500),
            Err(TicketError::Audience)
        );
    }

    #[test]
    fn a_participant_id_never_leaves_its_folder() {
        for bad in ["", "../a", "a/b", "a.b", "甲", &"a".repeat(65)] {
            assert_eq!(
                Ticket {
                    sub: bad.into(),
                    ..ticket()
                }
                .check(1_500),
                Err(TicketError::Participant),
                "{bad}"
            );
        }
    }

    #[test]
    fn the_claims_travel_under_the_names_of_the_document() {
        let json = serde_json::to_value(ticket()).unwrap();
        assert_eq!(json["role"], "driver");
        assert_eq!(json["room"], "00000000-0000-0000-0000-000000000007");
        assert_eq!(serde_json::from_value::<Ticket>(json).unwrap(), ticket());
    }
}
