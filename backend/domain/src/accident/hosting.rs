//! Guests judged: whom the officer may invite into the session, and whether an invitation still holds.

use crate::accident::Accident;
use crate::fact::Fact;
use crate::guest::{GUESTS_MAX, Guest, GuestRole};
use crate::id::{GuestId, InsurerCode, OfficerId};
use crate::refusal::{Problem, Refusal};
use crate::stage::Stage;
use crate::time::Instant;

/// The name stands on a picture beside the role.
const NAME_CHARS_MAX: usize = 16;

impl Accident {
    /// Invites somebody who is no party.
    ///
    /// # Errors
    /// Without a name; an insurer with no policy in this accident; too many; no session to come to.
    pub fn invite_guest(&self, officer: OfficerId, mut guest: Guest, now: Instant) -> Result<Fact, Refusal> {
        self.held_by(officer)?;
        self.has_session()?;
        guest.name = guest.name.trim().to_owned();
        let mut problems = Vec::new();
        if guest.name.is_empty() || guest.name.chars().any(char::is_control) {
            problems.push(Problem::new("name", "missing", "请填写姓名"));
        } else if guest.name.chars().count() > NAME_CHARS_MAX {
            let message = format!("姓名请不要超过{NAME_CHARS_MAX}个字");
            problems.push(Problem::new("name", "too_long", message));
        }
        match (guest.role, guest.insurer) {
            (GuestRole::Mediator, None) => {}
            (GuestRole::Mediator, Some(_)) => {
                problems.push(Problem::new("insurer", "not_wanted", "调解员不需要填写保险公司"));
            }
            (GuestRole::Insurer, None) => {
                problems.push(Problem::new("insurer", "missing", "请选择保险公司"));
            }
            (GuestRole::Insurer, Some(insurer)) if !self.insures(insurer) => {
                let message = "这家保险公司没有承保本案的车辆，不能邀请";
                problems.push(Problem::new("insurer", "not_involved", message));
            }
            (GuestRole::Insurer, Some(_)) => {}
        }
        Refusal::if_any(problems)?;
        if self.guests.iter().filter(|guest| guest.invited(now)).count() >= GUESTS_MAX {
            let message = format!("最多同时邀请{GUESTS_MAX}人，请先取消一位");
            return Err(Refusal::not_now("guest_limit", message));
        }
        Ok(Fact::GuestInvited { guest })
    }

    /// Takes an invitation back; doing it twice adds nothing.
    ///
    /// # Errors
    /// For a guest who was never invited.
    pub fn remove_guest(&self, officer: OfficerId, guest: GuestId) -> Result<Option<Fact>, Refusal> {
        self.held_by(officer)?;
        let known = self.guests.iter().find(|known| known.id == guest);
        let known = known.ok_or(Refusal::Unknown("guest"))?;
        Ok(known.removed_at.is_none().then_some(Fact::GuestRemoved { guest }))
    }

    /// The guest, while the invitation holds; none afterwards. An insurer whose policy turned out not to be in
    /// this accident is no longer a guest of it.
    pub fn guest(&self, id: GuestId, now: Instant) -> Option<&Guest> {
        self.guests.iter().find(|guest| {
            guest.id == id
                && guest.invited(now)
                && guest.insurer.is_none_or(|insurer| self.insures(insurer))
                && self.has_session().is_ok()
        })
    }

    fn insures(&self, insurer: InsurerCode) -> bool {
        self.parties
            .iter()
            .any(|party| party.insurers().any(|code| code == insurer.as_str()))
    }

    fn has_session(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Handling { .. }
            | Stage::Decided { .. }
            | Stage::Signing { .. }
            | Stage::Settling { .. } => Ok(()),
            Stage::Reporting
            | Stage::Waiting { .. }
            | Stage::Closed { .. }
            | Stage::Escalated { .. }
            | Stage::Destroyed { .. } => Err(self.not_in("现在没有可以邀请参加的视频")),
        }
    }
}
