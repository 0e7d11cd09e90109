//! People in the session who are no party: an invited mediator, an insurer.

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Recorded};
use crate::id::{GuestId, InsurerCode};
use crate::time::Instant;

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
