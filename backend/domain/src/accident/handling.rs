//! While an officer has it: claiming, looking, clearing the road, assessing.

use crate::accident::Accident;
use crate::assessment::latest;
use crate::evidence::StillRequest;
use crate::fact::Fact;
use crate::id::{OfficerId, PartyId, StillId};
use crate::money::Fen;
use crate::party::{Losses, OutsideProperty};
use crate::refusal::{Problem, Refusal};
use crate::stage::Stage;
use crate::time::Instant;

/// Above this a loss is a typing mistake or no case for the fast desk: ten million yuan.
const LOSS_MAX: Fen = Fen(1_000_000_000);
const OUTSIDE_ITEMS_MAX: usize = 20;
const OWNER_CHARS_MAX: usize = 60;

impl Accident {
    /// An officer takes the case out of the queue; claiming one's own case again adds nothing.
    ///
    /// # Errors
    /// When another officer was faster, or nobody waits.
    pub fn claim(&self, officer: OfficerId) -> Result<Option<Fact>, Refusal> {
        match self.stage {
            Stage::Waiting { .. } => Ok(Some(Fact::Claimed { officer })),
            Stage::Handling { officer: holder, .. } if holder == officer => Ok(None),
            Stage::Handling { .. } | Stage::Decided { .. } => {
                Err(Refusal::not_now("already_claimed", "案件正由另一位民警处理"))
            }
            Stage::Reporting
            | Stage::Signing { .. }
            | Stage::Settling { .. }
            | Stage::Closed { .. }
            | Stage::Escalated { .. }
            | Stage::Destroyed { .. } => Err(self.not_in("不能接案")),
        }
    }

    /// Back to the queue, at the old place. A supervisor may release anybody's case.
    ///
    /// # Errors
    /// When somebody else holds it, or the finding is out.
    pub fn release(&self, officer: OfficerId, supervisor: bool) -> Result<Fact, Refusal> {
        if !matches!(self.stage, Stage::Handling { .. } | Stage::Decided { .. }) {
            return Err(self.not_in("不能退回队列"));
        }
        if !supervisor {
            self.held_by(officer)?;
        }
        Ok(Fact::Released)
    }

    /// Asks a party's phone for a still.
    ///
    /// # Errors
    /// When the officer does not hold the case or the party is not in it.
    pub fn request_still(
        &self,
        officer: OfficerId,
        party: PartyId,
        id: StillId,
        now: Instant,
    ) -> Result<Fact, Refusal> {
        self.held_by(officer)?;
        self.party(party)?;
        self.still_open("不能再拍照")?;
        Ok(Fact::StillRequested {
            request: StillRequest {
                id,
                party,
                asked_at: now,
            },
        })
    }

    /// 撤离现场 (程序规定 art. 19). Ordering it twice adds nothing.
    ///
    /// # Errors
    /// When the officer does not hold the case.
    pub fn order_evacuation(&self, officer: OfficerId) -> Result<Option<Fact>, Refusal> {
        self.held_by(officer)?;
        self.still_open("不能再下达撤离通知")?;
        Ok(self.evacuation.is_none().then_some(Fact::EvacuationOrdered))
    }

    /// A party says that they have cleared the road.
    ///
    /// # Errors
    /// When nobody asked for it.
    pub fn acknowledge_evacuation(&self, party: PartyId) -> Result<Option<Fact>, Refusal> {
        self.party(party)?;
        let Some(evacuation) = &self.evacuation else {
            return Err(Refusal::not_now(
                "no_evacuation",
                "民警还没有通知撤离，请先留在安全的地方",
            ));
        };
        Ok((!evacuation.acknowledged.contains(&party)).then_some(Fact::EvacuationAcknowledged { party }))
    }

    /// What a party lost, in fen by head. Open until the money is settled; a vehicle's own loss only until it is
    /// assessed item by item.
    ///
    /// # Errors
    /// Negative or absurd amounts; another vehicle loss than the assessed one; somebody else's case.
    pub fn assess_losses(&self, officer: OfficerId, party: PartyId, losses: Losses) -> Result<Fact, Refusal> {
        self.party(party)?;
        self.may_assess(officer)?;
        let heads = [
            ("losses.vehicle_fen", losses.vehicle_fen),
            ("losses.carried_fen", losses.carried_fen),
            ("losses.medical_fen", losses.medical_fen),
            ("losses.disability_fen", losses.disability_fen),
        ];
        Refusal::if_any(
            heads
                .into_iter()
                .filter_map(|(field, amount)| amount_problem(field, amount))
                .collect(),
        )?;
        let known = self.party(party)?.losses.unwrap_or_default().vehicle_fen;
        if latest(&self.assessments, party).is_some() && losses.vehicle_fen != known {
            return Err(Refusal::invalid(
                "losses.vehicle_fen",
                "vehicle_assessed",
                "这辆车已有定损，车损金额以定损为准，请补充定损",
            ));
        }
        Ok(Fact::LossesAssessed { party, losses })
    }

    /// What was hit outside the vehicles; replaces the list.
    ///
    /// # Errors
    /// As [`Accident::assess_losses`]; an owner without a name.
    pub fn assess_outside(&self, officer: OfficerId, items: Vec<OutsideProperty>) -> Result<Fact, Refusal> {
        self.may_assess(officer)?;
        if items.len() > OUTSIDE_ITEMS_MAX {
            return Err(Refusal::invalid(
                "items",
                "too_many",
                format!("最多{OUTSIDE_ITEMS_MAX}项"),
            ));
        }
        let problems = items.iter().enumerate().flat_map(|(index, item)| {
            let owner = item.owner.trim().is_empty() || item.owner.chars().count() > OWNER_CHARS_MAX;
            let owner = owner.then(|| {
                Problem::new(
                    format!("items[{index}].owner"),
                    "invalid",
                    format!("请填写权利人，不超过{OWNER_CHARS_MAX}个字"),
                )
            });
            [
                owner,
                amount_problem(&format!("items[{index}].loss_fen"), item.loss_fen),
            ]
            .into_iter()
            .flatten()
        });
        Refusal::if_any(problems.collect())?;
        Ok(Fact::OutsidePropertyAssessed { items })
    }

    fn may_assess(&self, officer: OfficerId) -> Result<(), Refusal> {
        self.held_by(officer)?;
        if matches!(
            self.stage,
            Stage::Settling {
                settlement: Some(_),
                ..
            } | Stage::Closed { .. }
        ) {
            return Err(self.not_in("损失已经结算，不能再更改"));
        }
        Ok(())
    }

    /// Somebody's phone came into the video room or left it; saying it twice adds nothing.
    ///
    /// # Errors
    /// When the accident has no such party.
    pub fn media_presence(&self, party: PartyId, online: bool) -> Result<Option<Fact>, Refusal> {
        let known = self.party(party)?;
        let fact = if online {
            Fact::MediaJoined { party }
        } else {
            Fact::MediaLeft { party }
        };
        Ok((known.online != online).then_some(fact))
    }

    /// Who may be in the video room: parties and the officer who holds the case, while it is handled.
    ///
    /// # Errors
    /// Before the queue and after the case is over there is no call.
    pub fn may_call(&self, officer: Option<OfficerId>) -> Result<(), Refusal> {
        match self.stage {
            Stage::Reporting | Stage::Closed { .. } | Stage::Escalated { .. } | Stage::Destroyed { .. } => {
                return Err(self.not_in("现在没有视频通话"));
            }
            Stage::Waiting { .. }
            | Stage::Handling { .. }
            | Stage::Decided { .. }
            | Stage::Signing { .. }
            | Stage::Settling { .. } => {}
        }
        officer.map_or(Ok(()), |officer| self.held_by(officer))
    }
}

fn amount_problem(field: &str, amount: Fen) -> Option<Problem> {
    if amount < Fen(0) {
        Some(Problem::new(field, "negative", "金额不能小于0"))
    } else if amount > LOSS_MAX {
        Some(Problem::new(
            field,
            "too_large",
            "金额过大，请核对；超过一千万元不适用快速处理",
        ))
    } else {
        None
    }
}
