//! 复核 judged: who may apply until when, and what the higher unit's conclusion does to the finding.

use time::Date;

use crate::accident::Accident;
use crate::calendar::Counted;
use crate::deadlines::chinese_day;
use crate::fact::Fact;
use crate::id::{OfficerId, PartyId};
use crate::refusal::{Problem, Refusal};
use crate::review::{self, Application, Conclusion, Filed, Outcome, Review};
use crate::signing::reason_problem;
use crate::stage::Stage;
use crate::time::Instant;

/// An application as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRequest {
    pub application: Application,
    /// A paper application: where it was handed in, and on which day. A phone applies here and today.
    pub on_paper: Option<(Filed, Date)>,
}

impl Accident {
    /// The finding is under review: what the public page and the archive ask.
    pub fn under_review(&self) -> bool {
        self.review.as_ref().is_some_and(Review::under_way)
    }

    /// 申请复核 by a party, or entered by the desk from a paper application. `until` is the last day (art. 71), none
    /// in a year whose holidays nobody knows: then the application is taken, because the gap is ours.
    ///
    /// Whoever applies also objects to the finding, which bars mediation as an objection does.
    ///
    /// # Errors
    /// `review_term_over` with the day; `review_once`; before service; an application without what art. 71 asks for.
    pub fn request_review(
        &self,
        party: PartyId,
        request: ReviewRequest,
        (until, now): (Option<Counted>, Instant),
    ) -> Result<Vec<Fact>, Refusal> {
        self.party(party)?;
        let (Stage::Settling { finding, .. } | Stage::Closed { finding, .. }, Some(served)) =
            (&self.stage, self.served_at())
        else {
            return Err(self.not_in("认定书送达后才能申请复核"));
        };
        self.first_review()?;
        let today = now.china_day();
        let (filed, filed_on) = request.on_paper.unwrap_or((Filed::Here, today));
        let evidence = |id| self.evidence.iter().any(|item| item.id == id);
        let mut problems = request.application.problems(evidence);
        if filed_on > today || filed_on < served.china_day() {
            let message = "提交申请的日期应当在认定书送达之后、今天以前";
            problems.push(Problem::new("filed_on", "impossible_day", message));
        }
        Refusal::if_any(problems)?;
        if let Some(until) = until
            && filed_on > until.day
        {
            let message = format!(
                "申请复核的最后一天是{}，已经过了，不能再受理。可以依法向人民法院提起诉讼",
                chinese_day(until.day)
            );
            return Err(Refusal::not_now("review_term_over", message));
        }
        let reasons: String = request.application.reasons.split_whitespace().collect();
        let objection = self.object(party, &reasons.chars().take(200).collect::<String>());
        let mut facts: Vec<_> = objection.ok().into_iter().collect();
        facts.push(Fact::ReviewRequested {
            review: Review {
                party,
                finding_number: finding.number.clone(),
                application: request.application.trimmed(),
                filed,
                filed_on,
                requested_at: now,
                forwarded: None,
                ended: None,
            },
        });
        Ok(facts)
    }

    /// 以一次为限: once per accident, also for the finding that was made anew.
    fn first_review(&self) -> Result<(), Refusal> {
        match &self.review {
            None => Ok(()),
            Some(review) if review.never_began() => Ok(()),
            Some(review) if review.under_way() => Err(Refusal::not_now(
                "review_under_way",
                "这起事故已经有人申请复核，正在办理",
            )),
            Some(_) => Err(Refusal::not_now("review_once", "同一事故的复核以一次为限")),
        }
    }

    /// The application and the file go to the higher unit: within two working days, or the file within five when it
    /// was filed there. Late is worse than the law allows, never is worse still: the desk sees the day, nothing
    /// stops it.
    ///
    /// # Errors
    /// Without a review, or twice; without the higher unit's name; somebody else's case.
    pub fn forward_review(&self, officer: (OfficerId, bool), to: &str) -> Result<Fact, Refusal> {
        let review = self.reviewed_by(officer)?;
        if review.forwarded.is_some() {
            return Err(Refusal::not_now("already_forwarded", "复核材料已经转送"));
        }
        Refusal::if_any(review::unit_problem(to).into_iter().collect())?;
        Ok(Fact::ReviewForwarded {
            to: to.trim().to_owned(),
        })
    }

    /// What the higher unit concluded is recorded. 责令重新认定 voids the finding, which is made anew; what was
    /// settled on it stays until the new finding's plan replaces it by the difference.
    ///
    /// # Errors
    /// Before it was forwarded; without a reason; a day that cannot be; somebody else's case.
    pub fn decide_review(
        &self,
        officer: (OfficerId, bool),
        conclusion: Conclusion,
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        let review = self.reviewed_by(officer)?;
        let Some(accepted) = review.accepted_on().filter(|_| review.forwarded.is_some()) else {
            return Err(Refusal::not_now(
                "review_not_forwarded",
                "复核材料还没有转送上一级公安机关交通管理部门",
            ));
        };
        let mut problems = conclusion.problems();
        if conclusion.decided_on < accepted || conclusion.decided_on > now.china_day() {
            let message = "作出结论的日期应当在受理之后、今天以前";
            problems.push(Problem::new("decided_on", "impossible_day", message));
        }
        Refusal::if_any(problems)?;
        let conclusion = conclusion.trimmed();
        let redo = conclusion.outcome == Outcome::Redo;
        let mut facts = vec![Fact::ReviewDecided { conclusion }];
        if redo {
            let reason = "复核结论：责令重新认定".to_owned();
            facts.push(Fact::FindingVoided { reason });
        }
        Ok(facts)
    }

    /// The applicant takes the application back.
    ///
    /// # Errors
    /// Somebody else's application; none under way.
    pub fn withdraw_review(&self, party: PartyId) -> Result<Fact, Refusal> {
        self.party(party)?;
        let review = self.standing_review()?;
        if review.party != party {
            return Err(Refusal::not_now("not_your_review", "只有申请人可以撤回复核申请"));
        }
        Ok(Fact::ReviewWithdrawn { party })
    }

    fn standing_review(&self) -> Result<&Review, Refusal> {
        let standing = self.review.as_ref().filter(|review| review.under_way());
        standing.ok_or_else(|| Refusal::not_now("no_review", "没有正在办理的复核"))
    }

    /// The officer whose case it is, or a supervisor: officers come and go while a review lasts.
    fn reviewed_by(&self, (officer, supervisor): (OfficerId, bool)) -> Result<&Review, Refusal> {
        if !supervisor {
            self.held_by(officer)?;
        }
        self.standing_review()
    }

    /// Taking a finding back would take the review's matter away.
    pub(super) fn no_review(&self) -> Result<(), Refusal> {
        if self.under_review() {
            return Err(Refusal::not_now("under_review", "认定书正在复核，请等待复核结论"));
        }
        Ok(())
    }
}

/// A reason of an officer.
pub(super) fn reasoned(reason: &str) -> Result<String, Refusal> {
    Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
    Ok(reason.trim().to_owned())
}
