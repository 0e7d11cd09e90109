//! Answers to an assessment: accepted, objected to, assessed together.

use crate::accident::Accident;
use crate::accident::assessing::checked_note;
use crate::assessment::{
    Answer, Assessment, Basis, Item, JointResult, SignedFigure, State, checked_items, latest,
};
use crate::fact::{Actor, Fact};
use crate::id::{AssessmentId, InsurerCode, OfficerId, PartyId};
use crate::money::Fen;
use crate::refusal::{Problem, Refusal};
use crate::signing::reason_problem;
use crate::stage::Stage;
use crate::time::Instant;

/// As for any loss of the fast desk: ten million yuan.
const FIGURE_MAX: Fen = Fen(1_000_000_000);

/// A party's yes, by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptRequest {
    /// The figure that was on the screen; none: whatever stands.
    pub total_fen: Option<Fen>,
    pub ink: crate::signing::Ink,
    pub ink_sha256: crate::id::Sha256Hex,
}

impl Accident {
    /// An insurer accepts the figure.
    ///
    /// # Errors
    /// When it was not asked, has answered, or the window has ended.
    pub fn accept_assessment(
        &self,
        id: AssessmentId,
        insurer: InsurerCode,
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        self.open_to(id, Actor::Insurer(insurer), now)?;
        Ok(vec![answered(id, Answer::Accepted { ink: None })])
    }

    /// An insurer objects, with a reason and its own figure.
    ///
    /// # Errors
    /// As [`Accident::accept_assessment`]; without a reason.
    pub fn object_to_assessment(
        &self,
        id: AssessmentId,
        insurer: InsurerCode,
        (reason, own_figure): (&str, Fen),
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        let by = Actor::Insurer(insurer);
        let assessment = self.open_to(id, by, now)?;
        let answer = objection(reason, Some(own_figure))?;
        Ok(self.objected(assessment, by, answer))
    }

    /// The vehicle's own driver, or a party who pays themselves, puts their name under the figure.
    ///
    /// # Errors
    /// Somebody else's vehicle; a figure that has changed on the way; while it is assessed together.
    pub fn sign_assessment(
        &self,
        id: AssessmentId,
        party: PartyId,
        request: AcceptRequest,
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        let assessment = self.concerns(id, party, now)?;
        let asked = assessment
            .asked()
            .is_some_and(|asked| asked.asks(Actor::Party(party)));
        match &assessment.state {
            State::Awaiting(_) | State::Binding { .. } => {}
            State::Objected(_) if asked => {}
            State::Proposed | State::Objected(_) | State::Joint => {
                return Err(Refusal::not_now("joint_first", "正在联合定损，请等待新的结果"));
            }
        }
        if assessment.is_signed_by(party) {
            return Err(Refusal::not_now("already_signed", "您已经签名确认过了"));
        }
        let total = assessment.figure();
        if request.total_fen.is_some_and(|shown| shown != total) {
            return Err(Refusal::not_now(
                "figure_superseded",
                "定损金额已更新，请重新查看后再确认",
            ));
        }
        Refusal::if_any(request.ink.problem().into_iter().collect())?;
        let ink = Some(SignedFigure {
            total_fen: total,
            ink: request.ink.rounded(),
            ink_sha256: request.ink_sha256,
        });
        Ok(vec![answered(id, Answer::Accepted { ink })])
    }

    /// The vehicle's own driver objects, until they have signed for it; or a party who was asked does.
    ///
    /// # Errors
    /// After the own signature, against a joint result, without a reason.
    pub fn contest_assessment(
        &self,
        id: AssessmentId,
        party: PartyId,
        (reason, own_figure): (&str, Option<Fen>),
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        let by = Actor::Party(party);
        let assessment = self.concerns(id, party, now)?;
        if assessment.is_signed_by(party) {
            return Err(Refusal::not_now("already_signed", "您已签名确认，不能再提出异议"));
        }
        let asked = assessment.asked().is_some_and(|asked| asked.asks(by));
        match &assessment.state {
            State::Binding {
                basis: Basis::Joint, ..
            } => return Err(Refusal::not_now("joint_binds", "联合定损的结果已经生效")),
            State::Binding { .. } if assessment.party != party => {
                return Err(Refusal::not_now("assessment_binds", "定损已经生效"));
            }
            State::Binding { .. } | State::Awaiting(_) => {}
            State::Objected(_) if asked => {}
            State::Proposed | State::Objected(_) | State::Joint => {
                return Err(Refusal::not_now("joint_first", "正在联合定损，请等待新的结果"));
            }
        }
        let answer = objection(reason, own_figure)?;
        Ok(self.objected(assessment, by, answer))
    }

    /// 联合定损: the desk writes down what both sides found, and it binds.
    ///
    /// # Errors
    /// When nobody objected; lines that cannot be; somebody else's case.
    pub fn assess_jointly(
        &self,
        officer: OfficerId,
        id: AssessmentId,
        (items, note): (Vec<Item>, Option<String>),
    ) -> Result<Vec<Fact>, Refusal> {
        self.at_the_desk(officer)?;
        self.assessing_open()?;
        let assessment = self.newest(id)?;
        let mut facts = Vec::new();
        match &assessment.state {
            State::Joint => {}
            State::Objected(_) => facts.push(Fact::AssessmentJoint { assessment: id }),
            State::Proposed | State::Awaiting(_) | State::Binding { .. } => {
                return Err(Refusal::not_now("no_objection", "没有人提出异议，不需要联合定损"));
            }
        }
        let (items, total) = checked_items(items).map_err(Refusal::Invalid)?;
        facts.push(Fact::AssessmentBound {
            assessment: id,
            total,
            basis: Basis::Joint,
            joint: Some(JointResult {
                items,
                note: checked_note(note)?,
            }),
        });
        Ok(facts)
    }

    /// Only binding figures feed a plan.
    ///
    /// # Errors
    /// With the field of every vehicle whose newest assessment does not bind.
    pub fn assessments_bind(&self) -> Result<(), Refusal> {
        let open: Vec<_> = self
            .parties
            .iter()
            .filter(|party| latest(&self.assessments, party.id).is_some_and(|last| !last.is_binding()))
            .map(|party| {
                let message = format!("{}方车辆的定损还没有生效", party.label);
                Problem::new(format!("losses.{}", party.id), "assessment_not_binding", message)
            })
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        Err(Refusal::NotNow {
            code: "assessment_not_binding",
            message: "还有定损没有生效，生效后才能结算".to_owned(),
            missing: open,
        })
    }

    /// An objection ends in joint assessment: at once when the vehicle's own driver objects or nobody is left to
    /// be heard, otherwise when the window ends.
    fn objected(&self, assessment: &Assessment, by: Actor, answer: Answer) -> Vec<Fact> {
        let others = assessment.asked().is_some_and(|asked| {
            let insurers = asked.insurers.iter().map(|code| Actor::Insurer(*code));
            let parties = asked.parties.iter().map(|party| Actor::Party(*party));
            insurers.chain(parties).any(|other| other != by)
        });
        let mut facts = vec![answered(assessment.id, answer)];
        if by == Actor::Party(assessment.party) || !others {
            facts.push(Fact::AssessmentJoint {
                assessment: assessment.id,
            });
        }
        facts
    }

    /// The assessment, while this insurer's answer is wanted.
    fn open_to(&self, id: AssessmentId, by: Actor, now: Instant) -> Result<&Assessment, Refusal> {
        self.answering_open()?;
        let assessment = self.newest(id)?;
        let Some(asked) = assessment.asked().filter(|asked| asked.asks(by)) else {
            let answered = assessment.answers.iter().any(|given| given.by == by);
            return Err(if answered {
                Refusal::not_now("already_answered", "贵司已经答复过这份定损")
            } else {
                Refusal::not_now("not_asked", "这份定损不需要贵司答复")
            });
        };
        in_time(asked.until, now)?;
        Ok(assessment)
    }

    /// The assessment, if it is of the party's own vehicle or their answer is wanted.
    fn concerns(&self, id: AssessmentId, party: PartyId, now: Instant) -> Result<&Assessment, Refusal> {
        self.answering_open()?;
        let assessment = self.newest(id)?;
        let asked = assessment.asked().filter(|asked| asked.asks(Actor::Party(party)));
        if let Some(asked) = asked {
            in_time(asked.until, now)?;
        } else if assessment.party != party {
            return Err(Refusal::not_now("not_your_vehicle", "只能答复自己车辆的定损"));
        }
        Ok(assessment)
    }

    /// Also while the case waits for another officer: its windows go on.
    fn answering_open(&self) -> Result<(), Refusal> {
        if matches!(self.stage, Stage::Escalated { .. } | Stage::Destroyed { .. }) {
            return Err(self.not_in("不能再答复定损"));
        }
        Ok(())
    }

    fn newest(&self, id: AssessmentId) -> Result<&Assessment, Refusal> {
        let found = self
            .assessments
            .iter()
            .find(|assessment| assessment.id == id)
            .ok_or(Refusal::Unknown("assessment"))?;
        let last = latest(&self.assessments, found.party);
        if last.is_some_and(|last| last.id != id) {
            return Err(Refusal::not_now(
                "assessment_superseded",
                "已有补充定损，请答复最新的一份",
            ));
        }
        Ok(found)
    }
}

/// The window's end is the first moment that is too late.
fn in_time(until: Instant, now: Instant) -> Result<(), Refusal> {
    if now < until {
        Ok(())
    } else {
        Err(Refusal::not_now("window_ended", "答复期限已过"))
    }
}

fn answered(assessment: AssessmentId, answer: Answer) -> Fact {
    Fact::AssessmentAnswered { assessment, answer }
}

fn objection(reason: &str, own_figure_fen: Option<Fen>) -> Result<Answer, Refusal> {
    let mut problems: Vec<_> = reason_problem("reason", reason).into_iter().collect();
    if own_figure_fen.is_some_and(|figure| figure.is_negative() || figure > FIGURE_MAX) {
        problems.push(Problem::new(
            "own_figure_fen",
            "out_of_range",
            "金额应在0到一千万元之间",
        ));
    }
    Refusal::if_any(problems)?;
    Ok(Answer::Objected {
        reason: reason.trim().to_owned(),
        own_figure_fen,
    })
}
