//! 调取卷宗 judged: who may have everything of a case as one file. What goes in is not decided here.

use crate::accident::Accident;
use crate::fact::Fact;
use crate::id::OfficerId;
use crate::refusal::Refusal;
use crate::stage::Stage;

use super::reviewing::reasoned;

impl Accident {
    /// The officer who holds or closed the case, or a supervisor, hands everything out, and says what for.
    ///
    /// # Errors
    /// `not_your_case` for another officer; without a reason; once the case is destroyed.
    pub fn hand_out(&self, officer: OfficerId, supervisor: bool, reason: &str) -> Result<Fact, Refusal> {
        if !supervisor && self.stage.officer() != Some(officer) {
            let message = "只有承办民警或者主管可以调取卷宗";
            return Err(Refusal::not_now("not_your_case", message));
        }
        self.hand_out_by_the_house(reason)
    }

    /// The same by whoever runs the installation.
    ///
    /// # Errors
    /// Without a reason; once the case is destroyed.
    pub fn hand_out_by_the_house(&self, reason: &str) -> Result<Fact, Refusal> {
        if matches!(self.stage, Stage::Destroyed { .. }) {
            return Err(Refusal::not_now(
                "destroyed",
                "案卷已依法销毁，没有可以调取的内容",
            ));
        }
        Ok(Fact::EvidenceFileMade {
            reason: reasoned(reason)?,
        })
    }
}
