//! `POST …/triage`: the screening questions, and how their outcome reads.
//!
//! What is safety-relevant is asked, never assumed: an answer left out is named, not taken for a no.

use axum::extract::State;
use domain::id::AccidentId;
use domain::triage::{Answers, HardStop, Injury, Outcome, Triage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::accidents::seen;
use super::extract::{Json, Path};
use super::view::AccidentView;
use super::who::{Driver, Meant};
use crate::app::{App, Who};
use crate::refusal::{FieldProblem, Kind, Refusal, Result};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(triage))
}

/// The outcome, the article it rests on and what the caller must do now; `stops` when it leaves the remote flow.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TriageView {
    pub answers: Answers,
    pub outcome: TriageOutcome,
    pub article: String,
    pub advice: String,
    pub stops: Vec<HardStop>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriageOutcome {
    Remote,
    SlightInjury,
    LateReport,
    Leave,
}

impl TriageView {
    pub fn of(triage: &Triage) -> Self {
        let (article, advice) = triage.outcome.told();
        Self {
            answers: triage.answers,
            outcome: match triage.outcome {
                Outcome::Remote => TriageOutcome::Remote,
                Outcome::SlightInjuryNeedsConsent => TriageOutcome::SlightInjury,
                Outcome::LateReport => TriageOutcome::LateReport,
                Outcome::Leave(_) => TriageOutcome::Leave,
            },
            article: article.to_owned(),
            advice: advice.to_owned(),
            stops: triage.stops().to_vec(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriageRequest {
    answers: Answered,
}

/// Every `true` is something that happened. The questions every driver can answer are all required; the last three
/// are for whoever knows: left out they mean no suspicion, two motor vehicles and nobody else.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Answered {
    #[schema(required = true, nullable = false)]
    injury: Option<Injury>,
    #[schema(required = true, nullable = false)]
    no_licence: Option<bool>,
    #[schema(required = true, nullable = false)]
    alcohol_or_drugs: Option<bool>,
    #[schema(required = true, nullable = false)]
    bus_overloaded_or_speeding: Option<bool>,
    #[schema(required = true, nullable = false)]
    bad_plate: Option<bool>,
    #[schema(required = true, nullable = false)]
    cannot_move: Option<bool>,
    #[schema(required = true, nullable = false)]
    party_left: Option<bool>,
    #[schema(required = true, nullable = false)]
    intent_suspected: Option<bool>,
    #[schema(required = true, nullable = false)]
    missing_marks: Option<bool>,
    #[schema(required = true, nullable = false)]
    facility_hit: Option<bool>,
    #[schema(required = true, nullable = false)]
    dangerous_goods: Option<bool>,
    #[schema(required = true, nullable = false)]
    scene_cleared: Option<bool>,
    #[schema(required = true, nullable = false)]
    expressway: Option<bool>,
    crime_suspected: Option<bool>,
    motor_vehicles: Option<u8>,
    others: Option<u8>,
}

impl Answered {
    /// # Errors
    /// Every question that was left out, at once.
    fn whole(self) -> Result<Answers> {
        let usual = Answers::default();
        let mut left_out = Vec::new();
        let mut told = |answer: Option<bool>, name: &str| {
            if answer.is_none() {
                left_out.push(unanswered(name));
            }
            answer.unwrap_or_default()
        };
        let answers = Answers {
            injury: self.injury.unwrap_or_default(),
            no_licence: told(self.no_licence, "no_licence"),
            alcohol_or_drugs: told(self.alcohol_or_drugs, "alcohol_or_drugs"),
            bus_overloaded_or_speeding: told(self.bus_overloaded_or_speeding, "bus_overloaded_or_speeding"),
            bad_plate: told(self.bad_plate, "bad_plate"),
            cannot_move: told(self.cannot_move, "cannot_move"),
            party_left: told(self.party_left, "party_left"),
            intent_suspected: told(self.intent_suspected, "intent_suspected"),
            missing_marks: told(self.missing_marks, "missing_marks"),
            facility_hit: told(self.facility_hit, "facility_hit"),
            dangerous_goods: told(self.dangerous_goods, "dangerous_goods"),
            scene_cleared: told(self.scene_cleared, "scene_cleared"),
            expressway: told(self.expressway, "expressway"),
            crime_suspected: self.crime_suspected.unwrap_or_default(),
            motor_vehicles: self.motor_vehicles.unwrap_or(usual.motor_vehicles),
            others: self.others.unwrap_or(usual.others),
        };
        if self.injury.is_none() {
            left_out.insert(0, unanswered("injury"));
        }
        if left_out.is_empty() {
            return Ok(answers);
        }
        Err(Refusal {
            fields: left_out,
            ..Refusal::new(Kind::Invalid, "invalid_fields", "还有安全问题没有回答")
        }
        .into())
    }
}

fn unanswered(name: &str) -> FieldProblem {
    FieldProblem {
        field: format!("answers.{name}"),
        code: "required".to_owned(),
        message: "请回答这个问题".to_owned(),
    }
}

/// `POST …/triage`: the screening questions; a hard stop hands the case to the field.
#[utoipa::path(post, path = "/accidents/{accident}/triage", tag = "accidents",
    params(("accident" = String, Path, format = Uuid), ("Idempotency-Key" = String, Header)),
    request_body = TriageRequest, responses((status = 200, body = AccidentView)), security(("driver" = [])))]
async fn triage(
    State(app): State<App>,
    Driver(by): Driver,
    (Path(id), meant): (Path<AccidentId>, Meant),
    Json(body): Json<TriageRequest>,
) -> Result<Json<AccidentView>> {
    let answers = body.answers.whole()?;
    let accident = app.answer_triage(by, id, &meant.by_party(by), answers).await?;
    seen(&app, &Who::Party(by), &accident).await
}
