//! 定损互信: who may assess a vehicle, whose figure binds at once, who must answer, and how an objection ends
//! (settlement.md §6 in the words of the agreement that is in force).
//!
//! Nothing here reads a clock: windows end when somebody asks at a time that is late enough.

use time::Duration;

use crate::accident::Accident;
use crate::agreement::{Agreement, MayAssess, SupplementRule};
use crate::assessment::{
    Answer, Asked, Assessment, Assessor, Basis, Item, PHOTOS_MAX, Payers, State, Terms, WINDOW_HOURS_DEFAULT,
    checked_items, latest,
};
use crate::evidence::EvidenceKind;
use crate::fact::{Actor, Fact};
use crate::id::{AssessmentId, EvidenceId, InsurerCode, OfficerId, PartyId};
use crate::refusal::{Problem, Refusal};
use crate::rule_pack::RulePack;
use crate::stage::{Stage, StageName};
use crate::time::Instant;

const NOTE_CHARS_MAX: usize = 500;

/// What is in force where and when the accident happened.
#[derive(Clone, Copy, Debug)]
pub struct TrustRules<'a> {
    pub pack: &'a RulePack,
    pub agreement: Option<&'a Agreement>,
}

impl TrustRules<'_> {
    fn window(&self) -> Duration {
        let hours = self
            .agreement
            .map_or(WINDOW_HOURS_DEFAULT, |agreement| agreement.objection_window_hours);
        Duration::hours(i64::from(hours))
    }
}

/// 定损单 as it arrives. The total is not in it: it is computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposeRequest {
    pub id: AssessmentId,
    pub party: PartyId,
    pub supplements: Option<AssessmentId>,
    pub items: Vec<Item>,
    pub photos: Vec<EvidenceId>,
    pub note: Option<String>,
}

impl Accident {
    /// Every insurer with a policy in the accident, in party order, some more than once.
    pub fn policy_insurers(&self) -> impl Iterator<Item = InsurerCode> {
        self.parties
            .iter()
            .flat_map(|party| party.insurers().filter_map(|code| code.parse().ok()))
    }

    /// Puts an assessment forward, and says at once whether it binds or who must answer.
    ///
    /// # Errors
    /// Before an officer has the case; an assessor the agreement does not allow; a second assessment that does
    /// not supplement the first; lines and pictures that cannot be.
    pub fn propose_assessment(
        &self,
        assessor: Assessor,
        request: ProposeRequest,
        rules: &TrustRules<'_>,
        now: Instant,
    ) -> Result<Vec<Fact>, Refusal> {
        if let Assessor::Desk(officer) = assessor {
            self.at_the_desk(officer)?;
        }
        self.assessing_open()?;
        self.everybody_told()?;
        if self.party(request.party)?.vehicle().is_none() {
            return Err(Refusal::invalid(
                "party_id",
                "no_vehicle",
                "这一方没有车辆，不需要定损",
            ));
        }
        self.supplement_fits(&request)?;
        self.may_be_assessed_by(assessor, rules)?;
        let (items, total) = checked_items(request.items).map_err(Refusal::Invalid)?;
        Refusal::if_any(self.photo_problems(&request.photos))?;
        let ordinal = u32::try_from(self.assessments.len() + 1).unwrap_or(u32::MAX);
        let drawn = |agreement: &Agreement| agreement.sampled(&self.case_number(), ordinal);
        let assessment = Assessment {
            id: request.id,
            party: request.party,
            supplements: request.supplements,
            assessor,
            items,
            total_fen: total,
            photos: request.photos,
            note: checked_note(request.note)?,
            proposed_at: now,
            agreement: rules.agreement.map(Terms::from),
            ordinal,
            sampled: rules.agreement.is_some_and(drawn),
            state: State::Proposed,
            answers: Vec::new(),
            joint: None,
        };
        let judged = self.judged(&assessment, rules, now);
        let mut facts = vec![Fact::AssessmentProposed { assessment }];
        facts.extend(judged);
        Ok(facts)
    }

    /// The number that the draw for re-inspection is made with: known from the first minute, never changed.
    pub fn case_number(&self) -> String {
        self.id.to_string()
    }

    /// What follows by itself at this moment: windows that have ended, and figures that bind, or do not bind any
    /// more, since liability was decided or a policy was mended. Asked again, nothing more follows.
    pub fn assessments_follow(&self, rules: &TrustRules<'_>, now: Instant) -> Vec<Fact> {
        self.parties
            .iter()
            .filter_map(|party| {
                let assessment = latest(&self.assessments, party.id)?;
                lapsed(assessment, now).or_else(|| self.judged(assessment, rules, now))
            })
            .collect()
    }

    /// Whether the figure binds now, or who must answer; none: as it stands.
    fn judged(&self, assessment: &Assessment, rules: &TrustRules<'_>, now: Instant) -> Option<Fact> {
        let bound = match &assessment.state {
            State::Objected(_)
            | State::Joint
            | State::Binding {
                basis: Basis::Joint, ..
            } => return None,
            State::Binding { .. } => true,
            State::Proposed | State::Awaiting(_) => false,
        };
        let payers = Payers::of(self, assessment.party, assessment.total_fen, rules.pack);
        let mut asked = Asked {
            insurers: payers.insurers.iter().copied().collect(),
            parties: payers.parties.iter().copied().collect(),
            until: now.plus(rules.window()),
        };
        asked
            .insurers
            .retain(|code| !assessment.has_accepted(Actor::Insurer(*code)));
        asked
            .parties
            .retain(|party| !assessment.has_accepted(Actor::Party(*party)));
        let silent = || {
            assessment
                .answers
                .iter()
                .any(|given| given.answer == Answer::Silent)
        };
        let basis = if self.is_trusted(assessment, &payers, rules) {
            Some(Basis::MutualTrust)
        } else if asked.is_empty() {
            Some(if silent() { Basis::Silence } else { Basis::Accepted })
        } else {
            None
        };
        match basis {
            Some(_) if bound => None,
            Some(basis) => Some(Fact::AssessmentBound {
                assessment: assessment.id,
                total: assessment.total_fen,
                basis,
                joint: None,
            }),
            None => awaited(assessment, asked),
        }
    }

    /// Binds without anybody's answer: everybody who pays, and the assessor's insurer, trust each other that day.
    fn is_trusted(&self, assessment: &Assessment, payers: &Payers, rules: &TrustRules<'_>) -> bool {
        let Some(agreement) = rules.agreement else {
            return false;
        };
        let day = self.occurred_at().china_day();
        let assessor = match assessment.assessor {
            Assessor::Desk(_) => true,
            Assessor::Insurer(code) => agreement.is_member(code, day),
        };
        let answered_anyway =
            assessment.supplements.is_some() && agreement.supplement == SupplementRule::AlwaysAnswered;
        assessor
            && !assessment.sampled
            && !answered_anyway
            && assessment.total_fen <= agreement.cap_per_vehicle
            && payers.parties.is_empty()
            && payers
                .insurers
                .iter()
                .all(|insurer| agreement.is_member(*insurer, day))
    }

    /// Who may assess: what the agreement says; without one the desk and every insurer with a policy in the case.
    pub fn may_be_assessed_by(&self, assessor: Assessor, rules: &TrustRules<'_>) -> Result<(), Refusal> {
        let day = self.occurred_at().china_day();
        let allowed = match (assessor, rules.agreement) {
            (Assessor::Desk(_), None) => true,
            (Assessor::Desk(_), Some(agreement)) => agreement.assessors.contains(&MayAssess::Desk),
            (Assessor::Insurer(code), None) => self.policy_insurers().any(|other| other == code),
            (Assessor::Insurer(code), Some(agreement)) => {
                agreement.assessors.iter().any(|allowed| match allowed {
                    MayAssess::Desk => false,
                    MayAssess::EitherInsurer => self.policy_insurers().any(|other| other == code),
                    MayAssess::AtFaultInsurer => self.insures_a_party_at_fault(code),
                    MayAssess::DutyInsurer => agreement.duty_insurer(day) == Some(code),
                })
            }
        };
        if allowed {
            return Ok(());
        }
        Err(Refusal::not_now(
            "assessor_not_allowed",
            "按现行的定损互信协议，您不能为这起事故定损，请由协议约定的一方定损",
        ))
    }

    fn insures_a_party_at_fault(&self, insurer: InsurerCode) -> bool {
        let Some(decision) = self.decision().filter(|_| self.is_decided()) else {
            return false;
        };
        self.parties.iter().any(|party| {
            decision
                .of(party.id)
                .is_some_and(|decided| decided.liability.is_at_fault())
                && party.insurers().any(|code| code == insurer.as_str())
        })
    }

    fn is_decided(&self) -> bool {
        matches!(
            self.stage_name(),
            StageName::Decided | StageName::Signing | StageName::Settling | StageName::Closed
        )
    }

    /// While an officer has the case and after it is closed; not before, and not once it has left the remote flow.
    pub(super) fn assessing_open(&self) -> Result<(), Refusal> {
        match self.stage {
            Stage::Handling { .. }
            | Stage::Decided { .. }
            | Stage::Signing { .. }
            | Stage::Settling { .. }
            | Stage::Closed { .. } => Ok(()),
            Stage::Reporting | Stage::Waiting { .. } | Stage::Escalated { .. } | Stage::Destroyed { .. } => {
                Err(self.not_in("民警接案后才能定损"))
            }
        }
    }

    /// Whoever holds the case; a closed one is held by nobody any more.
    pub(super) fn at_the_desk(&self, officer: OfficerId) -> Result<(), Refusal> {
        if matches!(self.stage, Stage::Closed { .. }) {
            Ok(())
        } else {
            self.held_by(officer)
        }
    }

    /// Without every party's policies nobody knows who pays.
    pub(super) fn everybody_told(&self) -> Result<(), Refusal> {
        let missing: Vec<_> = self
            .parties
            .iter()
            .filter(|party| party.details.is_none())
            .map(|party| {
                let message = format!("请先填写{}方的信息", party.label);
                Problem::new(format!("parties.{}.details", party.id), "missing", message)
            })
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(Refusal::missing("还有当事人信息没有填写", missing))
        }
    }

    /// The first of a vehicle supplements nothing; every later one names the last, which must bind.
    fn supplement_fits(&self, request: &ProposeRequest) -> Result<(), Refusal> {
        let last = latest(&self.assessments, request.party);
        if request.supplements != last.map(|last| last.id) {
            let message = if last.is_some() {
                "这辆车已有定损，请以补充定损提出"
            } else {
                "没有可以补充的定损，请直接定损"
            };
            return Err(Refusal::invalid("supplements", "not_the_latest", message));
        }
        if last.is_some_and(|last| !last.is_binding()) {
            return Err(Refusal::not_now(
                "assessment_open",
                "上一次定损还没有生效，生效后才能补充定损",
            ));
        }
        Ok(())
    }

    fn photo_problems(&self, photos: &[EvidenceId]) -> Vec<Problem> {
        if photos.len() > PHOTOS_MAX {
            return vec![Problem::new(
                "photos",
                "too_many",
                format!("最多{PHOTOS_MAX}张照片"),
            )];
        }
        let is_picture = |id: &EvidenceId| {
            self.pictures()
                .any(|item| item.id == *id && item.kind != EvidenceKind::Recording)
        };
        photos
            .iter()
            .enumerate()
            .filter_map(|(index, id)| {
                let field = format!("photos[{index}]");
                if !is_picture(id) {
                    Some(Problem::new(field, "unknown_photo", "本案没有这张照片"))
                } else if photos.iter().take(index).any(|other| other == id) {
                    Some(Problem::new(field, "twice", "同一张照片不需要选两次"))
                } else {
                    None
                }
            })
            .collect()
    }
}

/// The same people asked again add nothing; somebody new gets a whole window, and so do the others with them.
fn awaited(assessment: &Assessment, mut asked: Asked) -> Option<Fact> {
    if let State::Awaiting(before) = &assessment.state {
        let known = asked.insurers.iter().all(|code| before.insurers.contains(code))
            && asked.parties.iter().all(|party| before.parties.contains(party));
        if known {
            asked.until = before.until;
        }
        if asked == *before {
            return None;
        }
    }
    Some(Fact::AssessmentAwaited {
        assessment: assessment.id,
        asked,
    })
}

/// What the end of a window does, or that everybody is heard after an objection. An insurer has agreed to be bound by silence, a person has not: what a person
/// leaves unanswered is assessed together.
fn lapsed(assessment: &Assessment, now: Instant) -> Option<Fact> {
    let asked = assessment.asked()?;
    let id = assessment.id;
    let objected = matches!(assessment.state, State::Objected(_));
    if objected && (asked.is_empty() || asked.until <= now) {
        return Some(Fact::AssessmentJoint { assessment: id });
    }
    if asked.until > now {
        return None;
    }
    if !asked.parties.is_empty() {
        return Some(Fact::AssessmentJoint { assessment: id });
    }
    Some(Fact::AssessmentBound {
        assessment: id,
        total: assessment.total_fen,
        basis: Basis::Silence,
        joint: None,
    })
}

pub(super) fn checked_note(note: Option<String>) -> Result<Option<String>, Refusal> {
    let note = note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX)
    {
        let message = format!("备注请不要超过{NOTE_CHARS_MAX}个字");
        return Err(Refusal::invalid("note", "too_long", message));
    }
    Ok(note)
}
