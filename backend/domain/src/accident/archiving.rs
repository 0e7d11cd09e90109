//! 归档 judged: who may hold a case, when its term is over, and that two people destroy it, never one.

use time::Date;

use crate::accident::Accident;
use crate::archive::{self, Approval, Destruction, Hold, HoldKind, Proposal, What};
use crate::calendar::Calendar;
use crate::deadlines::{Term, chinese_day, end_of};
use crate::evidence::{Evidence, EvidenceKind};
use crate::fact::{Fact, Recorded};
use crate::id::{EvidenceId, OfficerId, Sha256Hex};
use crate::order::OrderState;
use crate::refusal::{Problem, Refusal};
use crate::rule_pack::Terms;
use crate::stage::Stage;
use crate::time::Instant;

use super::reviewing::reasoned;

/// How long things are kept where the accident happened, and what time it is.
#[derive(Clone, Copy)]
pub struct Keeping<'a> {
    pub terms: &'a Terms,
    pub calendar: &'a Calendar,
    pub now: Instant,
}

impl Accident {
    /// 保全 for a suit or a complaint, by any officer of the unit; it may be placed on an open case too.
    ///
    /// # Errors
    /// Without a reason; for a review, which holds the case by itself; once the case is destroyed.
    pub fn place_hold(
        &self,
        officer: OfficerId,
        why: HoldKind,
        reason: &str,
        now: Instant,
    ) -> Result<Fact, Refusal> {
        self.not_destroyed()?;
        if why == HoldKind::Review {
            let message = "复核期间的保全由复核申请自动产生，不需要另外办理";
            return Err(Refusal::invalid("why", "review_holds_itself", message));
        }
        Ok(Fact::HoldPlaced {
            hold: Hold {
                number: self.archive.next_number(),
                why,
                reason: reasoned(reason)?,
                by: Some(officer),
                placed_at: now,
                lifted: None,
            },
        })
    }

    /// The matter is over, and the case no longer held for it.
    ///
    /// # Errors
    /// No such hold; lifted before; a review's, which ends with the review; without a reason.
    pub fn lift_hold(&self, officer: OfficerId, number: u32, reason: &str) -> Result<Fact, Refusal> {
        let hold = self.archive.holds.iter().find(|hold| hold.number == number);
        let hold = hold.ok_or(Refusal::Unknown("hold"))?;
        if hold.lifted.is_some() {
            return Err(Refusal::not_now("already_lifted", "这项保全已经解除"));
        }
        if hold.why == HoldKind::Review {
            let message = "复核期间的保全在复核结束时自动解除";
            return Err(Refusal::not_now("review_holds_itself", message));
        }
        Ok(Fact::HoldLifted {
            number,
            reason: reasoned(reason)?,
            by: officer,
        })
    }

    /// When it was closed or handed to the field: terms of keeping begin then. None while it is open, and once it is
    /// destroyed.
    pub fn ended_at(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Closed { closing, .. } => Some(closing.at),
            Stage::Escalated { escalation } => Some(escalation.at),
            Stage::Reporting
            | Stage::Waiting { .. }
            | Stage::Handling { .. }
            | Stage::Decided { .. }
            | Stage::Signing { .. }
            | Stage::Settling { .. }
            | Stage::Destroyed { .. } => None,
        }
    }

    /// The last day on which it must be kept; none while the case is open.
    pub fn keep_until(&self, what: What, keeping: &Keeping<'_>) -> Option<Date> {
        let term = match what {
            What::Video => Term::RetainVideo,
            What::File => Term::RetainFile,
        };
        let due = term.due(self.ended_at()?.china_day(), keeping.terms, keeping.calendar);
        // Years and months need no working calendar.
        due.ok().map(|due| due.day)
    }

    /// Recordings whose bytes may go before the file does: nobody cites them, and they are not gone yet.
    pub fn loose_recordings(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(|item| {
            item.kind == EvidenceKind::Recording
                && !self.is_cited(item.id)
                && !self.archive.gone.contains(&item.id)
        })
    }

    /// 作为证据使用: named in the application for review.
    pub fn is_cited(&self, evidence: EvidenceId) -> bool {
        let review = self.review.as_ref();
        review.is_some_and(|review| review.application.evidence.contains(&evidence))
    }

    /// Why it may not be destroyed now; empty: it may.
    pub fn why_not_destroy(&self, what: What, keeping: &Keeping<'_>) -> Vec<Problem> {
        let Some(until) = self.keep_until(what, keeping) else {
            let message = format!("案件现在是“{}”，结案后才能销毁", self.stage_name().label());
            return vec![Problem::new("stage", "invalid_transition", message)];
        };
        let mut why: Vec<_> = self
            .archive
            .standing()
            .map(|hold| {
                let message = format!("{}未了结，正在保全：{}", hold.why.label(), hold.reason);
                Problem::new(format!("holds.{}", hold.number), "held", message)
            })
            .collect();
        if keeping.now <= end_of(until) {
            let message = format!("{}应当保存到{}", what.label(), chinese_day(until));
            why.push(Problem::new("kept_until", "still_kept", message));
        }
        match what {
            What::Video if self.loose_recordings().next().is_none() => {
                let message = "没有可以单独销毁的录像；作为证据使用的录像与案卷保存同样时间";
                why.push(Problem::new("what", "no_recordings", message));
            }
            What::Video => {}
            What::File => why.extend(self.unfinished()),
        }
        why
    }

    /// Money and assessments that somebody still waits for need the case.
    fn unfinished(&self) -> Vec<Problem> {
        let open = |state: &OrderState| matches!(state, OrderState::Due | OrderState::Rejected { .. });
        let unpaid = self.orders.iter().any(|order| open(&order.state));
        let unpaid = unpaid.then(|| Problem::new("orders", "unpaid_orders", "还有付款单没有付清"));
        let unbound = matches!(self.stage, Stage::Closed { .. }) && self.assessments_bind().is_err();
        let unbound = unbound.then(|| Problem::new("assessments", "open_assessment", "还有定损没有生效"));
        unpaid.into_iter().chain(unbound).collect()
    }

    /// 提出销毁, by one officer.
    ///
    /// # Errors
    /// Everything that stands against it, at once; without a reason; a second proposal.
    pub fn propose_destruction(
        &self,
        officer: OfficerId,
        (what, reason): (What, &str),
        keeping: &Keeping<'_>,
    ) -> Result<Fact, Refusal> {
        self.may_be_destroyed(what, keeping)?;
        if self.archive.proposal.is_some() {
            return Err(Refusal::not_now(
                "already_proposed",
                "已经提出销毁，等待另一人批准",
            ));
        }
        Ok(Fact::DestructionProposed {
            proposal: Proposal {
                what,
                reason: reasoned(reason)?,
                by: officer,
                at: keeping.now,
            },
        })
    }

    /// Not destroyed after all: a second officer says no, or the first takes it back.
    ///
    /// # Errors
    /// Nothing is proposed; without a reason.
    pub fn decline_destruction(&self, reason: &str) -> Result<Fact, Refusal> {
        self.proposed()?;
        Ok(Fact::DestructionDeclined {
            reason: reasoned(reason)?,
        })
    }

    /// 批准销毁, by a second officer. `facts` are the case's own, opened and checked, and `head` the digest of the
    /// last: a chain that does not hold is no case to destroy.
    ///
    /// # Errors
    /// Nothing is proposed; the same officer; what came to stand against it since it was proposed.
    pub fn approve_destruction(
        &self,
        officer: OfficerId,
        (facts, head): (&[Recorded], &Sha256Hex),
        keeping: &Keeping<'_>,
    ) -> Result<Fact, Refusal> {
        let proposal = self.proposed()?;
        if proposal.by == officer {
            return Err(Refusal::not_now(
                "same_officer",
                "提出销毁的人不能自己批准，请另一位民警批准",
            ));
        }
        self.may_be_destroyed(proposal.what, keeping)?;
        let kept_until = self.keep_until(proposal.what, keeping);
        let approval = Approval {
            proposal: proposal.clone(),
            approved_by: officer,
            kept_until: kept_until.unwrap_or(Date::MIN),
        };
        match proposal.what {
            What::Video => Ok(Fact::VideoDestroyed {
                recordings: self.loose_recordings().map(|item| item.id).collect(),
                approval,
            }),
            What::File => archive::remains(self, facts, head.clone(), approval)
                .map(|record| Fact::Destroyed {
                    record: Box::new(record),
                })
                .ok_or_else(|| self.not_in("结案后才能销毁")),
        }
    }

    /// What is left of a destroyed case.
    pub fn destroyed(&self) -> Option<&Destruction> {
        match &self.stage {
            Stage::Destroyed { record } => Some(record),
            _ => None,
        }
    }

    fn may_be_destroyed(&self, what: What, keeping: &Keeping<'_>) -> Result<(), Refusal> {
        let why = self.why_not_destroy(what, keeping);
        match why.as_slice() {
            [] => Ok(()),
            [only] => Err(Refusal::NotNow {
                code: "may_not_be_destroyed",
                message: only.message.clone(),
                missing: why,
            }),
            _ => Err(Refusal::NotNow {
                code: "may_not_be_destroyed",
                message: "现在不能销毁".to_owned(),
                missing: why,
            }),
        }
    }

    fn proposed(&self) -> Result<&Proposal, Refusal> {
        self.not_destroyed()?;
        let proposal = self.archive.proposal.as_ref();
        proposal.ok_or_else(|| Refusal::not_now("not_proposed", "还没有人提出销毁"))
    }

    fn not_destroyed(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Destroyed { .. } => Err(self.not_in("案卷已经销毁")),
            _ => Ok(()),
        }
    }
}
