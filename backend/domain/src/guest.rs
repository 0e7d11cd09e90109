//! People in the session who are no party: an invited mediator, an insurer.
//!
//! A guest listens and speaks. Nothing they could ask for changes the accident, so there is no deed of theirs.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::fact::{Fact, Recorded};
use crate::id::{GuestId, InsurerCode};
use crate::time::Instant;

/// How long an invitation holds.
pub const INVITED_FOR: Duration = Duration::hours(2);
/// The video room seats six; two parties and the officer are always among them.
pub const GUESTS_MAX: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guest {
    pub id: GuestId,
    pub role: GuestRole,
    /// As the others see them.
    pub name: String,
    /// For an insurer's person.
    pub insurer: Option<InsurerCode>,
    pub invited_at: Instant,
    pub removed_at: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GuestRole {
    /// 人民调解员
    Mediator,
    /// 保险公司人员
    Insurer,
}

impl GuestRole {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Mediator => "人民调解员",
            Self::Insurer => "保险公司",
        }
    }
}

impl Guest {
    pub fn expires_at(&self) -> Instant {
        self.invited_at.plus(INVITED_FOR)
    }

    /// Neither removed nor out of time.
    pub fn invited(&self, now: Instant) -> bool {
        self.removed_at.is_none() && now < self.expires_at()
    }
}

/// What a fact does to the guests.
pub(crate) fn take(guests: &mut Vec<Guest>, recorded: &Recorded) {
    match &recorded.fact {
        Fact::GuestInvited { guest } => guests.push(guest.clone()),
        Fact::GuestRemoved { guest } => {
            if let Some(found) = guests.iter_mut().find(|found| found.id == *guest) {
                found.removed_at = Some(recorded.at);
            }
        }
        _ => {}
    }
}
