//! When, where and in what weather it happened.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::codes::{AccidentForm, CollisionForm, RoadType, Weather};
use crate::refusal::Problem;
use crate::time::Instant;

/// Phones' clocks run ahead by seconds; more than this is a mistake, not a clock.
const CLOCK_AHEAD_MAX: Duration = Duration::minutes(2);
/// An older accident is not one for the fast desk.
const AGE_MAX: Duration = Duration::days(30);
const PLACE_CHARS_MAX: usize = 200;

/// The scene, filled as it becomes known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Scene {
    pub occurred_at: Option<Instant>,
    pub weather: Option<Weather>,
    pub road_type: Option<RoadType>,
    pub collision: Option<CollisionForm>,
    pub form: Option<AccidentForm>,
    pub place: Option<Place>,
}

/// A place as people and satellites name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// As the finding prints it.
    pub text: String,
    #[serde(default)]
    pub road: Option<String>,
    #[serde(default)]
    pub direction: Option<String>,
    /// WGS-84, degrees north.
    pub latitude: Option<f64>,
    /// WGS-84, degrees east.
    pub longitude: Option<f64>,
    /// Radius in metres as the phone states it.
    pub accuracy_m: Option<f64>,
    pub source: PlaceSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceSource {
    Gps,
    Manual,
    Officer,
}

impl Scene {
    /// What is wrong with it, seen at `now`.
    pub fn problems(&self, now: Instant) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(at) = self.occurred_at {
            if at > now.plus(CLOCK_AHEAD_MAX) {
                problems.push(Problem::new(
                    "scene.occurred_at",
                    "in_the_future",
                    "事故时间不能晚于现在，请改正",
                ));
            } else if now.since(at) > AGE_MAX {
                problems.push(Problem::new(
                    "scene.occurred_at",
                    "too_long_ago",
                    "事故已超过30天，请到交警大队窗口办理",
                ));
            }
        }
        if let Some(place) = &self.place {
            place.collect_problems(&mut problems);
        }
        problems
    }
}

impl Place {
    /// Degrees to a centimetre and metres to a decimetre: no phone knows more, and what is stored reads
    /// back the same from every database.
    pub fn rounded(mut self) -> Self {
        let to = |value: f64, step: f64| (value * step).round() / step;
        self.latitude = self.latitude.map(|value| to(value, 1e7));
        self.longitude = self.longitude.map(|value| to(value, 1e7));
        self.accuracy_m = self.accuracy_m.map(|value| to(value, 10.0));
        self
    }

    fn collect_problems(&self, problems: &mut Vec<Problem>) {
        let texts = [
            ("scene.place.text", Some(&self.text)),
            ("scene.place.road", self.road.as_ref()),
            ("scene.place.direction", self.direction.as_ref()),
        ];
        for (field, text) in texts {
            let Some(text) = text else { continue };
            if text.chars().count() > PLACE_CHARS_MAX {
                problems.push(Problem::new(
                    field,
                    "too_long",
                    format!("请不要超过{PLACE_CHARS_MAX}个字"),
                ));
            } else if text.chars().any(char::is_control) {
                problems.push(Problem::new(field, "control_character", "请去掉换行等特殊字符"));
            }
        }
        if self.text.trim().is_empty() {
            problems.push(Problem::new("scene.place.text", "missing", "请填写事故地点"));
        }
        let ranges = [
            ("scene.place.latitude", self.latitude, -90.0..=90.0),
            ("scene.place.longitude", self.longitude, -180.0..=180.0),
            ("scene.place.accuracy_m", self.accuracy_m, 0.0..=100_000.0),
        ];
        for (field, value, range) in ranges {
            if value.is_some_and(|value| !range.contains(&value)) {
                problems.push(Problem::new(
                    field,
                    "out_of_range",
                    "定位数值不对，请重新定位或手动填写",
                ));
            }
        }
        if self.latitude.is_some() != self.longitude.is_some() {
            problems.push(Problem::new(
                "scene.place.latitude",
                "incomplete",
                "经纬度要同时提供",
            ));
        }
    }
}
