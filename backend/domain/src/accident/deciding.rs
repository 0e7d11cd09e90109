//! Deciding liability: the proposal, the rules no officer may override, and the words that say why.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::accident::Accident;
use crate::catalogue::{Catalogue, Situation};
use crate::fact::Fact;
use crate::id::{OfficerId, PartyId};
use crate::liability::{Liability, check, propose};
use crate::party::ConsentKind;
use crate::problem::Problem;
use crate::refusal::Refusal;
use crate::signing::reason_problem;
use crate::stage::{Decision, PartyDecision, Stage};
use crate::time::Instant;
use crate::wording::{FactsInput, wording};

/// 2,000 characters of statement fit the form; twice that is the limit.
const FACTS_CHARS_MAX: usize = 4_000;

/// The officer's decision as it arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DecideRequest {
    /// The version the officer looked at.
    pub seen: u64,
    pub parties: Vec<PartyDecision>,
    /// As the officer edited it; it is never generated again over an edit.
    pub facts_text: String,
    /// As the officer edited it; left out, the sentences are made from the decision. An edited text must still say
    /// what was decided.
    #[serde(default)]
    pub liability_text: Option<String>,
    #[serde(default)]
    pub override_reason: Option<String>,
}

/// What the rules say to what is recorded so far; stores nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// A liability per party, in party order; empty when nothing is recorded to go by.
    pub proposal: Vec<(PartyId, Liability)>,
    pub facts_text: String,
    pub liability_text: String,
    pub problems: Vec<Problem>,
}

/// What the officer has chosen for a party so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub party: PartyId,
    /// Codes of the catalogue.
    pub violations: Vec<String>,
    /// None: as the rules propose.
    pub liability: Option<Liability>,
    pub share: Option<u8>,
}

impl Accident {
    /// Proposal, texts and problems for the violations chosen so far.
    pub fn draft(&self, catalogue: &Catalogue, choices: &[Choice]) -> Draft {
        let choices: Vec<_> = self
            .parties
            .iter()
            .filter_map(|party| choices.iter().find(|c| c.party == party.id))
            .collect();
        let violations: Vec<_> = choices.iter().map(|choice| choice.violations.clone()).collect();
        let proposal = propose(catalogue, &violations);
        let proposed = |index: usize| proposal.as_ref().and_then(|all| all.get(index).copied());
        let decisions: Vec<_> = choices
            .iter()
            .enumerate()
            .map(|(index, choice)| PartyDecision {
                party: choice.party,
                violations: choice.violations.clone(),
                liability: choice.liability.or(proposed(index)).unwrap_or(Liability::None),
                share: choice.share,
            })
            .collect();
        let words = wording(&FactsInput::of(self, &decisions), catalogue).ok();
        Draft {
            facts_text: words
                .as_ref()
                .map(|words| words.facts.clone())
                .unwrap_or_default(),
            liability_text: words.map(|words| words.findings.join("\n")).unwrap_or_default(),
            problems: self.decision_problems(catalogue, &decisions),
            proposal: choices
                .iter()
                .map(|choice| choice.party)
                .zip(proposal.unwrap_or_default())
                .collect(),
        }
    }

    /// Liability is decided. Deciding again before the finding is issued replaces the decision.
    ///
    /// # Errors
    /// Every rule of procedure.md §3 that does not hold; a party's missing consent; an override without a
    /// reason; somebody else's case.
    pub fn decide(
        &self,
        officer: OfficerId,
        catalogue: &Catalogue,
        request: DecideRequest,
        now: Instant,
    ) -> Result<Fact, Refusal> {
        self.held_by(officer)?;
        if !matches!(self.stage, Stage::Handling { .. } | Stage::Decided { .. }) {
            return Err(self.not_in("不能再定责"));
        }
        let missing = self.missing_for_decision();
        if !missing.is_empty() {
            return Err(Refusal::missing("还有内容没有填完", missing));
        }
        let mut problems = self.naming_problems(&request.parties);
        let parties = self.in_party_order(&request.parties);
        problems.extend(self.decision_problems(catalogue, &parties));
        problems.extend(text_problem("facts_text", "事故事实", &request.facts_text));
        if let Some(text) = &request.liability_text {
            problems.extend(text_problem("liability_text", "责任认定", text));
            problems.extend(contradictions(text, &parties));
        }
        let choices: Vec<_> = parties
            .iter()
            .map(|decided| Choice {
                party: decided.party,
                violations: decided.violations.clone(),
                liability: Some(decided.liability),
                share: decided.share,
            })
            .collect();
        let draft = self.draft(catalogue, &choices);
        let overridden = draft.proposal.iter().any(|(party, proposed)| {
            parties
                .iter()
                .any(|d| d.party == *party && d.liability != *proposed)
        });
        let reason = request.override_reason.filter(|reason| !reason.trim().is_empty());
        if overridden
            && let Some(problem) = reason_problem("override_reason", reason.as_deref().unwrap_or_default())
        {
            problems.push(problem);
        }
        Refusal::if_any(problems)?;
        Ok(Fact::Decided {
            decision: Decision {
                parties,
                facts_text: request.facts_text.trim().to_owned(),
                liability_text: request
                    .liability_text
                    .map_or(draft.liability_text, |text| text.trim().to_owned()),
                override_reason: reason.filter(|_| overridden),
                at: now,
            },
        })
    }

    /// What the record still lacks before anybody may decide.
    fn missing_for_decision(&self) -> Vec<Problem> {
        let mut missing = Vec::new();
        let scene = self.scene.clone().unwrap_or_default();
        let needed = [
            (scene.occurred_at.is_some(), "scene.occurred_at", "请填写事故时间"),
            (scene.weather.is_some(), "scene.weather", "请选择天气"),
            (scene.place.is_some(), "scene.place", "请填写事故地点"),
            (scene.form.is_some(), "scene.form", "请选择事故形态"),
        ];
        missing.extend(
            needed
                .iter()
                .filter(|(there, ..)| !there)
                .map(|(_, field, text)| Problem::new(*field, "missing", *text)),
        );
        if self.late_report_due() {
            missing.push(Problem::new("late_report", "missing", "请当事人先提交事后报案"));
        } else if self.acceptance_due() {
            let message = "请先决定是否受理这起事后报案";
            missing.push(Problem::new("late_report.acceptance", "missing", message));
        }
        let slight = self.has_slight_injury();
        for party in &self.parties {
            let at = |what: &str| format!("parties.{}.{what}", party.id);
            if party.details.is_none() {
                missing.push(Problem::new(
                    at("details"),
                    "missing",
                    format!("请填写{}方的信息", party.label),
                ));
            }
            if party.confirmed_at.is_some() && !party.agreed(ConsentKind::RemoteHandling) {
                let message = format!("{}方还没有同意远程处理", party.label);
                missing.push(Problem::new(at("consents.remote_handling"), "missing", message));
            }
            if slight && !party.agreed(ConsentKind::SlightInjury) && party.confirmed_at.is_some() {
                let message = format!("有人轻微受伤，{}方还没有同意适用简易程序", party.label);
                missing.push(Problem::new(at("consents.slight_injury"), "missing", message));
            }
        }
        missing
    }

    /// Somebody is slightly hurt, by the screening or by their own word.
    pub fn has_slight_injury(&self) -> bool {
        self.triage
            .as_ref()
            .is_some_and(crate::triage::Triage::slight_injury)
            || self.parties.iter().any(crate::party::Party::injured)
    }

    fn decision_problems(&self, catalogue: &Catalogue, parties: &[PartyDecision]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, party) in parties.iter().enumerate() {
            for code in party
                .violations
                .iter()
                .filter(|code| catalogue.find(code).is_none())
            {
                let message = format!(
                    "目录中没有编号{}，请从列表中选择",
                    code.chars().take(8).collect::<String>()
                );
                problems.push(Problem::new(
                    format!("parties[{index}].violations"),
                    "unknown_violation",
                    message,
                ));
            }
            let recorded = party.violations.iter().filter_map(|code| catalogue.find(code));
            for situation in recorded {
                problems.extend(unfit(situation, index));
            }
        }
        let scene = self.scene.clone().unwrap_or_default();
        if let Some(form) = scene.form {
            let verdicts: Vec<_> = parties
                .iter()
                .filter_map(|decided| self.verdict(decided))
                .collect();
            problems.extend(check::problems(form, scene.collision, &verdicts));
        }
        problems
    }

    fn verdict(&self, decided: &PartyDecision) -> Option<check::Verdict> {
        let party = self.party(decided.party).ok()?;
        Some(check::Verdict {
            label: party.label.clone(),
            kind: party.details.as_ref()?.kind,
            liability: decided.liability,
            share: decided.share,
            violations: decided.violations.clone(),
        })
    }

    /// Every party exactly once, and nobody else.
    fn naming_problems(&self, decided: &[PartyDecision]) -> Vec<Problem> {
        let mut seen = HashSet::new();
        let mut problems = Vec::new();
        for (index, decision) in decided.iter().enumerate() {
            let field = format!("parties[{index}].party_id");
            if self.party(decision.party).is_err() {
                problems.push(Problem::new(field, "unknown_party", "本案没有这个当事人"));
            } else if !seen.insert(decision.party) {
                problems.push(Problem::new(field, "twice", "每个当事人只能有一项责任"));
            }
        }
        for party in self.parties.iter().filter(|party| !seen.contains(&party.id)) {
            problems.push(Problem::new(
                "parties",
                "party_left_out",
                format!("请确定{}方的责任", party.label),
            ));
        }
        problems
    }

    fn in_party_order(&self, decided: &[PartyDecision]) -> Vec<PartyDecision> {
        self.parties
            .iter()
            .filter_map(|party| decided.iter().find(|d| d.party == party.id).cloned())
            .collect()
    }
}

/// A situation that no decision of this desk may rest on.
fn unfit(situation: &Situation, index: usize) -> Option<Problem> {
    let (code, message) = if situation.leaves_remote {
        let message = format!("“{}”不能远程处理，请转现场处理", situation.label);
        ("leaves_remote", message)
    } else if situation.statutes.is_empty() {
        let message = format!("“{}”只用于提示，请为这一方选择具体的违法行为", situation.label);
        ("no_statute", message)
    } else {
        return None;
    };
    Some(Problem::new(
        format!("parties[{index}].violations"),
        code,
        message,
    ))
}

/// `what`: as the form calls it.
fn text_problem(field: &str, what: &str, text: &str) -> Option<Problem> {
    let bad = |c: char| c.is_control() && c != '\n';
    if text.trim().is_empty() {
        Some(Problem::new(field, "missing", format!("请写明{what}")))
    } else if text.chars().count() > FACTS_CHARS_MAX {
        let message = format!("{what}请不要超过{FACTS_CHARS_MAX}个字");
        Some(Problem::new(field, "too_long", message))
    } else if text.chars().any(bad) {
        let message = format!("请去掉{what}中的特殊字符");
        Some(Problem::new(field, "control_character", message))
    } else {
        None
    }
}

/// The page must not say one thing and the record another: each liability decided stands in the edited text, and
/// none that was not decided.
fn contradictions(text: &str, parties: &[PartyDecision]) -> Vec<Problem> {
    // 无法认定 contains no other label, and 无责任 none of the shares; 责任无法认定 is also written 无法认定.
    let word = |liability: Liability| match liability {
        Liability::Undetermined => "无法认定",
        Liability::None => "无责任",
        at_fault => at_fault.label(),
    };
    let mut problems = Vec::new();
    for liability in Liability::ALL.iter().copied() {
        let decided = parties.iter().any(|party| party.liability == liability);
        // 均无责任, 无事故责任 and the like are the officer's own words; only 无责任 is not insisted on.
        let insisted = liability != Liability::None;
        let written = text.contains(word(liability));
        let message = match (decided, written) {
            (true, false) if insisted => format!("责任认定中没有写明“{}”，请与所选责任一致", word(liability)),
            (false, true) if insisted => {
                format!("责任认定中写了“{}”，但没有一方选择这项责任", word(liability))
            }
            _ => continue,
        };
        problems.push(Problem::new("liability_text", "contradicts_decision", message));
    }
    problems
}
