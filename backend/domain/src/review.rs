//! 复核 (程序规定 arts. 71 to 74): one written application against the finding, answered by the next higher unit.
//!
//! Here is what an application says and how far it has come. Whether one may be made, forwarded or answered is
//! judged in `accident/reviewing.rs`; this installation records what the higher unit decided, it never decides.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::fact::{Fact, Recorded};
use crate::id::{EvidenceId, PartyId};
use crate::refusal::Problem;
use crate::time::Instant;

const REQUEST_CHARS_MAX: usize = 500;
const REASONS_CHARS_MAX: usize = 2_000;
const EVIDENCE_CHARS_MAX: usize = 1_000;
const EVIDENCE_ITEMS_MAX: usize = 100;
const UNIT_CHARS_MAX: usize = 60;
const NUMBER_CHARS_MAX: usize = 60;

/// What the law asks of the application (art. 71): request, reasons, main evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReviewApplication))]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// 复核请求
    pub request: String,
    /// 理由
    pub reasons: String,
    /// 主要证据 that lie in the case.
    #[serde(default)]
    pub evidence: Vec<EvidenceId>,
    /// 主要证据 in words, also what is not in the case.
    #[serde(default)]
    pub evidence_text: String,
}

impl Application {
    /// Everything that is wrong with it; `known` says which evidence the case has.
    pub fn problems(&self, known: impl Fn(EvidenceId) -> bool) -> Vec<Problem> {
        let text = |field: &str, name: &str, text: &str, max: usize| text_problem(field, name, text, max);
        let mut problems: Vec<_> = [
            text("request", "复核请求", &self.request, REQUEST_CHARS_MAX),
            text("reasons", "理由", &self.reasons, REASONS_CHARS_MAX),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !self.evidence_text.trim().is_empty() {
            let told = text(
                "evidence_text",
                "主要证据",
                &self.evidence_text,
                EVIDENCE_CHARS_MAX,
            );
            problems.extend(told);
        } else if self.evidence.is_empty() {
            let message = "请写明主要证据，或者选择案件里的照片、录像";
            problems.push(Problem::new("evidence_text", "missing", message));
        }
        if self.evidence.len() > EVIDENCE_ITEMS_MAX {
            let message = format!("最多选择{EVIDENCE_ITEMS_MAX}项证据");
            problems.push(Problem::new("evidence", "too_many", message));
        }
        for (index, id) in self.evidence.iter().enumerate() {
            if !known(*id) {
                let field = format!("evidence[{index}]");
                problems.push(Problem::new(field, "unknown_evidence", "案件里没有这项证据"));
            }
        }
        problems
    }

    /// Without blanks around what was typed.
    pub fn trimmed(mut self) -> Self {
        for text in [&mut self.request, &mut self.reasons, &mut self.evidence_text] {
            *text = text.trim().to_owned();
        }
        self
    }
}

/// Where the application was handed in (art. 72).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReviewFiled))]
#[serde(rename_all = "snake_case")]
pub enum Filed {
    /// With the unit that made the finding: it forwards the application within two working days.
    #[default]
    Here,
    /// With the higher unit: it tells ours, which submits the file within five.
    Above,
}

/// A review of the finding, from the application to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who applied.
    pub party: PartyId,
    /// The finding it is about.
    pub finding_number: String,
    pub application: Application,
    pub filed: Filed,
    /// The day it was handed in, Chinese time.
    #[serde(with = "crate::day")]
    pub filed_on: Date,
    pub requested_at: Instant,
    pub forwarded: Option<Forwarded>,
    pub ended: Option<Ended>,
}

/// With the file, to the higher unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReviewForwarded))]
pub struct Forwarded {
    /// Name of the higher unit.
    pub to: String,
    pub at: Instant,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReviewEnded))]
#[serde(tag = "ended", rename_all = "snake_case")]
pub enum Ended {
    Decided { conclusion: Conclusion, at: Instant },
    Withdrawn { at: Instant },
}

/// 复核结论
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReviewOutcome))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 维持原认定
    Upheld,
    /// 责令重新认定: the finding is void and made anew.
    Redo,
    /// 终止复核
    Terminated,
}

impl Outcome {
    pub const ALL: [Self; 3] = [Self::Upheld, Self::Redo, Self::Terminated];

    pub const fn label(self) -> &'static str {
        match self {
            Self::Upheld => "维持原认定",
            Self::Redo => "责令重新认定",
            Self::Terminated => "终止复核",
        }
    }
}

/// The higher unit's decision, as its notice says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReviewConclusion))]
#[serde(deny_unknown_fields)]
pub struct Conclusion {
    pub outcome: Outcome,
    pub reason: String,
    /// 文号 of the notice.
    #[serde(default)]
    pub number: Option<String>,
    /// The day it was made.
    #[serde(with = "crate::day")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub decided_on: Date,
}

impl Conclusion {
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let number = self.number.as_deref().filter(|number| !number.trim().is_empty());
        let number = number.and_then(|number| text_problem("number", "结论书文号", number, NUMBER_CHARS_MAX));
        text_problem("reason", "理由", &self.reason, REASONS_CHARS_MAX)
            .into_iter()
            .chain(number)
            .collect()
    }

    pub(crate) fn trimmed(mut self) -> Self {
        self.reason = self.reason.trim().to_owned();
        self.number = self
            .number
            .map(|number| number.trim().to_owned())
            .filter(|number| !number.is_empty());
        self
    }
}

impl Review {
    /// Neither decided nor withdrawn.
    pub fn under_way(&self) -> bool {
        self.ended.is_none()
    }

    /// The day the higher unit had it, which is the day of acceptance; none before.
    pub fn accepted_on(&self) -> Option<Date> {
        match self.filed {
            Filed::Above => Some(self.filed_on),
            Filed::Here => self.forwarded.as_ref().map(|sent| sent.at.china_day()),
        }
    }

    /// It was taken back before the higher unit had it: the one review of the accident is still open.
    pub fn never_began(&self) -> bool {
        matches!(self.ended, Some(Ended::Withdrawn { .. })) && self.accepted_on().is_none()
    }

    pub fn conclusion(&self) -> Option<&Conclusion> {
        match &self.ended {
            Some(Ended::Decided { conclusion, .. }) => Some(conclusion),
            Some(Ended::Withdrawn { .. }) | None => None,
        }
    }
}

/// A text somebody typed, line breaks allowed: there, and not endless.
pub(crate) fn text_problem(field: &str, name: &str, text: &str, max: usize) -> Option<Problem> {
    let characters = text.trim().chars().count();
    if characters == 0 {
        Some(Problem::new(field, "missing", format!("请写明{name}")))
    } else if characters > max {
        Some(Problem::new(
            field,
            "too_long",
            format!("{name}请不要超过{max}个字"),
        ))
    } else if text.chars().any(|c| c.is_control() && c != '\n') {
        Some(Problem::new(field, "control_character", "请去掉特殊字符"))
    } else {
        None
    }
}

/// Name of the higher unit.
pub(crate) fn unit_problem(unit: &str) -> Option<Problem> {
    text_problem("to", "上一级公安机关交通管理部门的名称", unit, UNIT_CHARS_MAX)
}

/// What a fact does to the review.
pub(crate) fn take(review: &mut Option<Review>, recorded: &Recorded) {
    match (&recorded.fact, review) {
        (Fact::ReviewRequested { review: new }, review) => *review = Some(new.clone()),
        (Fact::ReviewForwarded { to }, Some(review)) => {
            review.forwarded = Some(Forwarded {
                to: to.clone(),
                at: recorded.at,
            });
        }
        (Fact::ReviewDecided { conclusion }, Some(review)) => {
            review.ended = Some(Ended::Decided {
                conclusion: conclusion.clone(),
                at: recorded.at,
            });
        }
        (Fact::ReviewWithdrawn { .. }, Some(review)) => {
            review.ended = Some(Ended::Withdrawn { at: recorded.at });
        }
        _ => {}
    }
}
