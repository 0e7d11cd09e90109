//! 事后报案 (程序规定 art. 18): may it be filed, may the desk decide on it, and what follows.

use crate::accident::Accident;
use crate::fact::Fact;
use crate::id::{OfficerId, PartyId};
use crate::late_report::{Acceptance, LateReport, Notice, STATEMENT_CHARS};
use crate::refusal::{Problem, Refusal};
use crate::signing::reason_problem;
use crate::stage::{Escalation, Stage};
use crate::time::Instant;
use crate::triage::Triage;

/// What a refused late report reads as where the case is shown as closed.
const NOT_TAKEN_ON: &str = "事后报案不予受理";

impl Accident {
    /// The answers say that the scene was cleared, and nobody has filed yet.
    pub(super) fn late_report_due(&self) -> bool {
        self.late_report.is_none() && self.triage.as_ref().is_some_and(Triage::is_late)
    }

    /// Filed, and the desk has not decided whether to take it on.
    pub(super) fn acceptance_due(&self) -> bool {
        self.late_report
            .as_ref()
            .is_some_and(|late| late.acceptance.is_none())
    }

    /// A party files the report and waits for the desk. Everything the queue asks for must be there, because the
    /// three working days run from now.
    ///
    /// # Errors
    /// When the answers do not say that the scene was cleared; when it was filed before; a statement that says
    /// nothing; what the queue still lacks.
    pub fn file_late_report(
        &self,
        party: PartyId,
        statement: &str,
        decide_by: Option<Instant>,
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        self.party(party)?;
        self.still_open("不能再提交事后报案")?;
        if self.late_report.is_some() {
            return Err(Refusal::not_now(
                "late_report_filed",
                "事后报案已经提交，请等待答复",
            ));
        }
        if !self.late_report_due() {
            return Err(Refusal::not_now(
                "not_a_late_report",
                "按您的回答，这起事故不是事后报案，请直接排队",
            ));
        }
        Refusal::if_any(statement_problem(statement).into_iter().collect())?;
        let mut missing = self.missing_for_queue(party);
        missing.retain(|problem| problem.field != "late_report");
        if !missing.is_empty() {
            return Err(Refusal::missing("还有内容没有填完", missing));
        }
        let late = LateReport {
            filed_at: now,
            statement: statement.trim().to_owned(),
            decide_by,
            acceptance: None,
        };
        let mut facts = vec![Fact::LateReportFiled { late }];
        facts.extend(matches!(self.stage, Stage::Reporting).then_some(Fact::Queued));
        Ok(facts)
    }

    /// 受理: the case goes on in the remote flow. 不予受理: a written notice, and the case leaves it.
    ///
    /// # Errors
    /// Somebody else's case; nothing filed, or decided before; a refusal without its reason.
    pub fn decide_acceptance(
        &self,
        officer: OfficerId,
        (accepted, reason): (bool, &str),
        unit_name: &str,
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        self.held_by(officer)?;
        let Some(late) = self.late_report.as_ref() else {
            return Err(Refusal::not_now("no_late_report", "这起事故没有事后报案"));
        };
        if late.acceptance.is_some() {
            return Err(Refusal::not_now(
                "acceptance_decided",
                "是否受理已经决定，不能再更改",
            ));
        }
        if !matches!(self.stage, Stage::Handling { .. }) {
            return Err(self.not_in("不能再决定是否受理"));
        }
        let wanted = !accepted || !reason.trim().is_empty();
        Refusal::if_any(
            wanted
                .then(|| reason_problem("reason", reason))
                .flatten()
                .into_iter()
                .collect(),
        )?;
        let notice = (!accepted).then(|| self.notice(late, reason, unit_name, now));
        let mut facts = vec![Fact::AcceptanceDecided {
            acceptance: Acceptance {
                accepted,
                reason: reason.trim().to_owned(),
                at: now,
                notice,
            },
        }];
        if !accepted {
            facts.push(Fact::Escalated {
                escalation: Escalation {
                    reason: NOT_TAKEN_ON.to_owned(),
                    stops: Vec::new(),
                    at: now,
                },
            });
        }
        Ok(facts)
    }

    fn notice(&self, late: &LateReport, reason: &str, unit: &str, at: Instant) -> String {
        let names: Vec<&str> = self
            .parties
            .iter()
            .filter_map(|party| party.details.as_ref())
            .map(|details| details.name.as_str())
            .collect();
        let place = self.scene.as_ref().and_then(|scene| scene.place.as_ref());
        Notice {
            unit,
            names: &names,
            filed_at: late.filed_at,
            occurred_at: self.occurred_at(),
            place: place.map_or("所报地点", |place| place.text.as_str()),
            reason,
            at,
        }
        .text()
    }
}

fn statement_problem(statement: &str) -> Option<Problem> {
    let characters = statement.trim().chars().count();
    let bad = |c: char| c.is_control() && c != '\n';
    if characters == 0 {
        let message = "请写明没有当场报案的原因，例如当时为什么先离开了现场";
        Some(Problem::new("statement", "missing", message))
    } else if characters < *STATEMENT_CHARS.start() {
        let message = format!("请再写具体一些，至少{}个字", STATEMENT_CHARS.start());
        Some(Problem::new("statement", "too_short", message))
    } else if characters > *STATEMENT_CHARS.end() {
        let message = format!("请不要超过{}个字", STATEMENT_CHARS.end());
        Some(Problem::new("statement", "too_long", message))
    } else if statement.chars().any(bad) {
        Some(Problem::new("statement", "control_character", "请去掉特殊字符"))
    } else {
        None
    }
}
