//! Assessments, the agreement and re-made plans as drivers and officers see them. A driver sees every vehicle's
//! figure, but the items, pictures and reasons of the own vehicle only.

use domain::accident::Accident;
use domain::assessment::{Asked, Assessment, Basis, Given, Item, State, Terms, latest};
use domain::fact::Actor;
use domain::id::{AssessmentId, EvidenceId, PartyId};
use domain::stage::Stage;
use domain::time::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, Who};
use crate::insurer::assessment;
use crate::insurer::assessment_record::{
    AgreementView, AnswerKind, AssessmentState, AssessorView, JointView, bound, insurer_of, joint_of,
    objection, party_of,
};
use crate::insurer::plan_change::{self, PlanChange};
use crate::insurer::record::NamedInsurer;
use crate::refusal::Result;

/// Fields of every accident's view.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrustView {
    /// In force where and when the accident happened.
    pub agreement: Option<AgreementView>,
    /// Oldest first.
    pub assessments: Vec<AssessmentView>,
    /// Oldest first; empty unless the plan was made again.
    pub plan_changes: Vec<PlanChange>,
}

/// One assessment of one vehicle.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssessmentView {
    pub id: AssessmentId,
    pub party_id: PartyId,
    /// 甲, 乙 …
    pub label: String,
    pub supplements: Option<AssessmentId>,
    /// The last one of this vehicle: the one that counts.
    pub latest: bool,
    pub assessor: AssessorView,
    pub state: AssessmentState,
    pub basis: Option<Basis>,
    pub bound_at: Option<Instant>,
    /// The first moment that is too late for an answer.
    pub until: Option<Instant>,
    pub must_answer: Vec<MustAnswer>,
    pub answers: Vec<AnswerView>,
    /// Drawn for re-inspection.
    pub sampled: bool,
    /// What the draw was made from.
    pub sample_key: String,
    pub agreement: Option<AgreementView>,
    /// Empty for a driver looking at another's vehicle.
    pub items: Vec<Item>,
    /// The figure as it now stands.
    pub total_fen: i64,
    /// To the figure of the assessment it supplements.
    pub difference_fen: Option<i64>,
    pub joint: Option<JointView>,
    pub photos: Vec<EvidenceId>,
    pub note: Option<String>,
    pub proposed_at: Instant,
    pub may: MayView,
}

/// Exactly one of the two is there.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MustAnswer {
    pub insurer: Option<NamedInsurer>,
    pub party_id: Option<PartyId>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerView {
    pub insurer: Option<NamedInsurer>,
    pub party_id: Option<PartyId>,
    pub answer: AnswerKind,
    pub at: Instant,
    /// None where the reader may not see it.
    pub reason: Option<String>,
    pub own_figure_fen: Option<i64>,
}

/// What the reader may do now.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub struct MayView {
    pub accept: bool,
    pub object: bool,
    pub joint: bool,
    pub supplement: bool,
}

impl TrustView {
    /// # Errors
    /// Only our own: an accident without rules.
    pub fn of(app: &App, accident: &Accident, who: &Who) -> Result<Self> {
        let rules = app.trust_rules(accident)?;
        let now = app.clock.now();
        Ok(Self {
            agreement: rules.agreement.map(Terms::from).as_ref().map(AgreementView::of),
            assessments: accident
                .assessments
                .iter()
                .map(|own| AssessmentView::of(accident, own, who, now))
                .collect(),
            plan_changes: plan_change::of(accident),
        })
    }
}

impl AssessmentView {
    fn of(accident: &Accident, own: &Assessment, who: &Who, now: Instant) -> Self {
        let open = match who {
            Who::Officer(_) => true,
            Who::Party(driver) => driver.party == own.party,
        };
        let (basis, bound_at) = bound(&own.state);
        let latest = latest(&accident.assessments, own.party).is_some_and(|last| last.id == own.id);
        let label = accident.party(own.party).map(|party| party.label.clone());
        Self {
            id: own.id,
            party_id: own.party,
            label: label.unwrap_or_default(),
            supplements: own.supplements,
            latest,
            assessor: AssessorView::of(own.assessor),
            state: AssessmentState::of(&own.state),
            basis,
            bound_at,
            until: own.asked().map(|asked| asked.until),
            must_answer: own.asked().map(must_answer).unwrap_or_default(),
            answers: own.answers.iter().map(|given| answer(given, open)).collect(),
            sampled: own.sampled,
            sample_key: own.sample_key(&accident.case_number()),
            agreement: own.agreement.as_ref().map(AgreementView::of),
            items: if open { own.items.clone() } else { Vec::new() },
            total_fen: own.figure().0,
            difference_fen: assessment::difference(accident, own).map(|difference| difference.0),
            joint: joint_of(own).filter(|_| open),
            photos: if open { own.photos.clone() } else { Vec::new() },
            note: own.note.clone().filter(|_| open),
            proposed_at: own.proposed_at,
            may: if latest {
                may(accident, own, who, now)
            } else {
                MayView::default()
            },
        }
    }
}

/// What the domain would take from the reader now; it is judged again when they ask.
fn may(accident: &Accident, own: &Assessment, who: &Who, now: Instant) -> MayView {
    if matches!(
        accident.stage,
        Stage::Reporting | Stage::Waiting { .. } | Stage::Escalated { .. } | Stage::Destroyed { .. }
    ) {
        return MayView::default();
    }
    match who {
        Who::Officer(officer) => {
            let closed = matches!(accident.stage, Stage::Closed { .. });
            let at_the_desk = closed || accident.stage.officer() == Some(officer.id);
            MayView {
                accept: false,
                object: false,
                joint: at_the_desk && matches!(own.state, State::Objected(_) | State::Joint),
                supplement: at_the_desk && own.is_binding(),
            }
        }
        Who::Party(driver) => {
            let by = Actor::Party(driver.party);
            let asked = own
                .asked()
                .is_some_and(|asked| asked.asks(by) && now < asked.until);
            let mine = driver.party == own.party;
            let signed = own.is_signed_by(driver.party);
            let figure = matches!(own.state, State::Awaiting(_) | State::Binding { .. });
            let joint = matches!(
                own.state,
                State::Binding {
                    basis: Basis::Joint,
                    ..
                }
            );
            MayView {
                accept: !signed && (asked || (mine && figure)),
                object: !signed && !joint && (asked || (mine && figure)),
                joint: false,
                supplement: false,
            }
        }
    }
}

fn must_answer(asked: &Asked) -> Vec<MustAnswer> {
    let insurers = asked.insurers.iter().map(|code| MustAnswer {
        insurer: Some(NamedInsurer::of(code.as_str())),
        party_id: None,
    });
    let parties = asked.parties.iter().map(|party| MustAnswer {
        insurer: None,
        party_id: Some(*party),
    });
    insurers.chain(parties).collect()
}

fn answer(given: &Given, open: bool) -> AnswerView {
    let (reason, own_figure_fen) = objection(&given.answer);
    AnswerView {
        insurer: insurer_of(given.by),
        party_id: party_of(given.by),
        answer: AnswerKind::of(&given.answer),
        at: given.at,
        reason: reason.filter(|_| open),
        own_figure_fen: own_figure_fen.filter(|_| open),
    }
}
