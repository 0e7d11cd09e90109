//! May this accident be handled remotely? 程序规定 arts. 13 to 15, 18 and 23, and the regional switches.
//!
//! A "no" is never the end of the answer: it says what to do instead, and whom to call.

mod stops;

use serde::{Deserialize, Serialize};

pub use stops::HardStop;
use stops::Stop;

use crate::rule_pack::RulePack;
use crate::time::Instant;

/// The worst that happened to anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Injury {
    #[default]
    None,
    /// Scratches and bruises; the injured person says so.
    Slight,
    /// Anything more, or unsure.
    Serious,
    Death,
}

/// What the caller answered. Every `true` is something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    pub injury: Injury,
    /// Art. 13 (1): no valid licence, or not for this class of vehicle.
    pub no_licence: bool,
    /// Art. 13 (2).
    pub alcohol_or_drugs: bool,
    /// Art. 13 (3): school bus or passenger transport, seriously overloaded or speeding.
    pub bus_overloaded_or_speeding: bool,
    /// Art. 13 (4): no plate, a forged or an altered one.
    pub bad_plate: bool,
    /// Art. 13 (5).
    pub cannot_move: bool,
    /// Art. 13 (6).
    pub party_left: bool,
    /// Art. 13 (7).
    pub intent_suspected: bool,
    /// Art. 14 (1).
    pub missing_marks: bool,
    /// Art. 14 (2): a building, public or other facility.
    pub facility_hit: bool,
    /// Art. 15.
    pub dangerous_goods: bool,
    /// Art. 23: 交通肇事 or 危险驾驶.
    pub crime_suspected: bool,
    /// Art. 18: reported only after the scene was cleared.
    pub scene_cleared: bool,
    /// Expressway or urban expressway.
    pub expressway: bool,
    /// Motor vehicles in the accident.
    pub motor_vehicles: u8,
    /// Non-motor vehicles and pedestrians in the accident.
    pub others: u8,
}

impl Default for Answers {
    /// The ordinary case: two cars, nothing that stands against it.
    fn default() -> Self {
        Self {
            injury: Injury::None,
            no_licence: false,
            alcohol_or_drugs: false,
            bus_overloaded_or_speeding: false,
            bad_plate: false,
            cannot_move: false,
            party_left: false,
            intent_suspected: false,
            missing_marks: false,
            facility_hit: false,
            dangerous_goods: false,
            crime_suspected: false,
            scene_cleared: false,
            expressway: false,
            motor_vehicles: 2,
            others: 0,
        }
    }
}

/// What follows from the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", content = "stops", rename_all = "snake_case")]
pub enum Outcome {
    /// Handled by video.
    Remote,
    /// Handled by video once every party has agreed, art. 23.
    SlightInjuryNeedsConsent,
    /// 事后报案, art. 18: filed in writing; the desk decides whether it is taken on, then by video.
    LateReport,
    /// Leaves the remote flow; every reason, the gravest first.
    Leave(Vec<HardStop>),
}

impl Outcome {
    /// The article that this answer rests on, and what the caller must do now.
    pub fn told(&self) -> (&str, &str) {
        match self {
            Self::Remote => (
                "《道路交通事故处理程序规定》第十九条、第二十三条第一款第一项",
                "请先到安全的地方，按页面提示拍照固定现场，再等民警视频处理；民警通知后立即撤离现场。",
            ),
            Self::SlightInjuryNeedsConsent => (
                "《道路交通事故处理程序规定》第二十三条第一款第二项",
                "受伤的人请先到安全处休息，伤势加重马上拨打120；各方都同意按简易程序处理的，才能视频处理。",
            ),
            Self::LateReport => (
                "《道路交通事故处理程序规定》第十八条",
                "请写明没有当场报案的原因，并上传照片、行车记录等证据；是否受理会在三个工作日内答复。",
            ),
            Self::Leave(stops) => stops
                .first()
                .map_or(("", ""), |stop| (stop.article.as_str(), stop.advice.as_str())),
        }
    }
}

/// Judges the answers for an accident at `at` under the pack of its place.
pub fn triage(answers: &Answers, at: Instant, pack: &RulePack) -> Outcome {
    let switches = pack.switches;
    let slight = answers.injury == Injury::Slight;
    let alone = answers.motor_vehicles.saturating_add(answers.others) < 2;
    // In the order in which a caller should hear them.
    let stops: Vec<HardStop> = [
        (answers.injury == Injury::Death, Stop::Death),
        (answers.injury == Injury::Serious, Stop::Injury),
        (answers.dangerous_goods, Stop::DangerousGoods),
        (answers.no_licence, Stop::NoLicence),
        (answers.alcohol_or_drugs, Stop::AlcoholOrDrugs),
        (answers.bus_overloaded_or_speeding, Stop::BusOverloadedOrSpeeding),
        (answers.bad_plate, Stop::BadPlate),
        (answers.cannot_move, Stop::CannotMove),
        (answers.party_left, Stop::PartyLeft),
        (answers.intent_suspected, Stop::IntentSuspected),
        (answers.crime_suspected, Stop::CrimeSuspected),
        (slight && !switches.slight_injury, Stop::SlightInjuryClosed),
        (
            answers.missing_marks && !switches.missing_marks,
            Stop::MissingMarks,
        ),
        (
            answers.facility_hit && !switches.outside_property,
            Stop::FacilityHit,
        ),
        (answers.expressway && !switches.expressway, Stop::Expressway),
        (alone && !switches.single_vehicle, Stop::SingleVehicle),
        (answers.others > 0 && !switches.non_motor, Stop::NonMotor),
        (
            answers.motor_vehicles >= 3 && !switches.three_vehicles,
            Stop::ThreeVehicles,
        ),
        (pack.is_night(at) && !switches.night, Stop::Night),
    ]
    .into_iter()
    .filter(|(happened, _)| *happened)
    .map(|(_, stop)| stop.told())
    .collect();

    if !stops.is_empty() {
        Outcome::Leave(stops)
    } else if answers.scene_cleared {
        Outcome::LateReport
    } else if slight {
        Outcome::SlightInjuryNeedsConsent
    } else {
        Outcome::Remote
    }
}

/// What a party answered, and what followed from it under the rules of that day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triage {
    pub answers: Answers,
    #[serde(flatten)]
    pub outcome: Outcome,
}

impl Triage {
    /// Judges the answers for an accident at `at` under the pack of its place.
    pub fn judge(answers: Answers, at: Instant, pack: &RulePack) -> Self {
        Self {
            outcome: triage(&answers, at, pack),
            answers,
        }
    }

    /// The reasons to leave the remote flow; empty when there are none.
    pub fn stops(&self) -> &[HardStop] {
        match &self.outcome {
            Outcome::Remote | Outcome::SlightInjuryNeedsConsent | Outcome::LateReport => &[],
            Outcome::Leave(stops) => stops,
        }
    }

    /// The scene is no more: the report is filed in writing before anybody queues.
    pub fn is_late(&self) -> bool {
        self.outcome == Outcome::LateReport
    }

    pub fn slight_injury(&self) -> bool {
        self.answers.injury == Injury::Slight
    }
}

#[cfg(test)]
mod tests;
