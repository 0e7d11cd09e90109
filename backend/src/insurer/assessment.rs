//! An assessment as insurers pull it: stored whole, shown to each with the other side masked.

use domain::accident::Accident;
use domain::assessment::{Answer, Assessment, Assessor, latest};
use domain::fact::Actor;
use domain::id::{AccidentId, InsurerCode, PartyId};
use domain::identifiers::mask_name;
use domain::liability::{Liability, PartyKind};
use domain::money::Fen;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use super::assessment_record::{
    AgreementView, AnswerKind, AssessmentParty, AssessmentPhoto, AssessmentRecord, AssessmentState,
    AssessorView, RecordAnswer, RecordAsked, bound, insurer_of, joint_of, objection, party_of,
};
use super::record::{NamedInsurer, RecordUnit};
use crate::store::units::UnitRow;

/// As stored: whole, without the drawn ink. It leaves the house only through [`Sheet::seen_by`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    pub accident: AccidentId,
    pub case_number: String,
    pub occurred_at: Option<Instant>,
    pub place: String,
    pub unit: RecordUnit,
    pub parties: Vec<SheetParty>,
    pub assessment: Assessment,
    /// No other supplements it.
    pub latest: bool,
    pub difference: Option<Fen>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetParty {
    pub id: PartyId,
    pub label: String,
    pub kind: PartyKind,
    pub name: String,
    pub plate: String,
    pub vehicle_model: Option<String>,
    pub insurers: Vec<String>,
    pub insurer: Option<String>,
    pub liability: Option<Liability>,
}

/// The sheet of one assessment of an accident.
pub fn of(accident: &Accident, unit: &UnitRow, assessment: &Assessment) -> Sheet {
    let scene = accident.scene.clone().unwrap_or_default();
    let mut assessment = assessment.clone();
    for given in &mut assessment.answers {
        if let Answer::Accepted { ink } = &mut given.answer {
            *ink = None;
        }
    }
    Sheet {
        accident: accident.id,
        case_number: accident.case_number(),
        occurred_at: scene.occurred_at,
        place: scene.place.map(|place| place.text).unwrap_or_default(),
        unit: RecordUnit {
            code: unit.code.clone(),
            name: unit.name.clone(),
        },
        parties: accident
            .parties
            .iter()
            .map(|party| SheetParty::of(accident, party))
            .collect(),
        latest: latest(&accident.assessments, assessment.party).is_some_and(|last| last.id == assessment.id),
        difference: difference(accident, &assessment),
        assessment,
    }
}

/// The figure against that of the assessment it supplements.
pub fn difference(accident: &Accident, assessment: &Assessment) -> Option<Fen> {
    let before = accident
        .assessments
        .iter()
        .find(|other| Some(other.id) == assessment.supplements)?;
    assessment.figure().checked_sub(before.figure())
}

/// Who may pull it: every insurer with a policy in the case, and whoever assessed.
pub fn insurers(accident: &Accident, assessment: &Assessment) -> Vec<InsurerCode> {
    let assessor = match assessment.assessor {
        Assessor::Insurer(code) => Some(code),
        Assessor::Desk(_) => None,
    };
    let mut all: Vec<_> = accident.policy_insurers().chain(assessor).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl SheetParty {
    fn of(accident: &Accident, party: &domain::party::Party) -> Self {
        let details = party.details.as_ref();
        let vehicle = party.vehicle();
        let decided = accident.stage_name() != domain::stage::StageName::Handling;
        let mut insurers: Vec<_> = party.insurers().map(str::to_owned).collect();
        insurers.dedup();
        Self {
            id: party.id,
            label: party.label.clone(),
            kind: details.map_or(PartyKind::Pedestrian, |details| details.kind),
            name: details.map(|details| details.name.clone()).unwrap_or_default(),
            plate: vehicle.map(|vehicle| vehicle.plate.clone()).unwrap_or_default(),
            vehicle_model: vehicle.and_then(|vehicle| vehicle.model.clone()),
            insurers,
            insurer: party.insurer().map(str::to_owned),
            liability: accident
                .decision()
                .filter(|_| decided)
                .and_then(|decision| decision.of(party.id))
                .map(|decided| decided.liability),
        }
    }
}

impl Sheet {
    /// The sheet as this insurer may see it.
    pub fn seen_by(&self, insurer: InsurerCode, change: i64) -> AssessmentRecord {
        let own = &self.assessment;
        let by = Actor::Insurer(insurer);
        let (basis, bound_at) = bound(&own.state);
        let label = |id: PartyId| {
            let known = self.parties.iter().find(|party| party.id == id);
            known.map(|party| party.label.clone()).unwrap_or_default()
        };
        AssessmentRecord {
            id: own.id,
            change,
            accident_id: self.accident,
            occurred_at: self.occurred_at,
            place: self.place.clone(),
            unit: self.unit.clone(),
            parties: self.parties.iter().map(|party| party.seen_by(insurer)).collect(),
            party: label(own.party),
            supplements: own.supplements,
            latest: self.latest,
            assessor: AssessorView::of(own.assessor),
            state: AssessmentState::of(&own.state),
            basis,
            bound_at,
            until: own.asked().map(|asked| asked.until),
            must_answer: own
                .asked()
                .map(|asked| asked_of(asked, label))
                .unwrap_or_default(),
            answers: own.answers.iter().map(|given| answer_of(given, label)).collect(),
            must_answer_own: own.asked().is_some_and(|asked| asked.asks(by)),
            own_answer: own
                .answers
                .iter()
                .rev()
                .find(|given| given.by == by)
                .map(|given| AnswerKind::of(&given.answer)),
            sampled: own.sampled,
            sample_key: own.sample_key(&self.case_number),
            agreement: own.agreement.as_ref().map(AgreementView::of),
            items: own.items.clone(),
            total_fen: own.figure().0,
            difference_fen: self.difference.map(|difference| difference.0),
            joint: joint_of(own),
            photos: own
                .photos
                .iter()
                .map(|photo| AssessmentPhoto {
                    id: *photo,
                    url: format!("/api/v1/assessments/{}/photos/{photo}", own.id),
                })
                .collect(),
            note: own.note.clone(),
            proposed_at: own.proposed_at,
        }
    }
}

fn asked_of(asked: &domain::assessment::Asked, label: impl Fn(PartyId) -> String) -> Vec<RecordAsked> {
    let insurers = asked.insurers.iter().map(|code| RecordAsked {
        insurer: Some(NamedInsurer::of(code.as_str())),
        party: None,
    });
    let parties = asked.parties.iter().map(|party| RecordAsked {
        insurer: None,
        party: Some(label(*party)),
    });
    insurers.chain(parties).collect()
}

fn answer_of(given: &domain::assessment::Given, label: impl Fn(PartyId) -> String) -> RecordAnswer {
    let (reason, own_figure_fen) = objection(&given.answer);
    RecordAnswer {
        insurer: insurer_of(given.by),
        party: party_of(given.by).map(label),
        answer: AnswerKind::of(&given.answer),
        at: given.at,
        reason,
        own_figure_fen,
    }
}

impl SheetParty {
    fn seen_by(&self, insurer: InsurerCode) -> AssessmentParty {
        let own = self.insurers.iter().any(|code| code == insurer.as_str());
        AssessmentParty {
            label: self.label.clone(),
            own_insured: own,
            kind: self.kind,
            name: if own {
                self.name.clone()
            } else {
                mask_name(&self.name)
            },
            plate: Some(self.plate.clone()).filter(|plate| !plate.is_empty()),
            vehicle_model: self.vehicle_model.clone(),
            insurer: self.insurer.clone(),
            liability: self.liability,
        }
    }
}
