//! A party's data as typed at the roadside, checked field by field and normalised.

use crate::codes::{TransportMode, insurers};
use crate::identifiers::{Document, IdentifierError, PersonName, Plate, Vin};
use crate::money::Fen;
use crate::problem::Problem;

use super::{PartyDetails, PartyKind, Vehicle};

const TEXT_CHARS_MAX: usize = 60;
const PERCENT_MAX: u8 = 100;
/// A hundred million yuan: no third-party cover reaches it.
const LIMIT_MAX: Fen = Fen(10_000_000_000);

impl PartyDetails {
    /// The same data, normalised.
    ///
    /// # Errors
    /// Every field that cannot be taken, at once.
    pub fn checked(mut self) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        take(&mut self.name, "party.name", &mut problems, |raw| {
            Ok(PersonName::parse(raw)?.to_string())
        });
        let kind = self.id_type;
        take(&mut self.id_number, "party.id_number", &mut problems, |raw| {
            Ok(Document::parse(kind, raw)?.number)
        });
        match (self.kind, &mut self.vehicle) {
            (PartyKind::Pedestrian, Some(_)) => {
                problems.push(Problem::new("party.vehicle", "not_wanted", "行人不填写车辆信息"));
            }
            (PartyKind::Motor | PartyKind::NonMotor, None) => {
                problems.push(Problem::new("party.vehicle", "missing", "请填写车辆信息"));
            }
            (kind, Some(vehicle)) => vehicle.check(kind == PartyKind::Motor, &mut problems),
            (PartyKind::Pedestrian, None) => {}
        }
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(problems)
        }
    }

    /// What was accepted but deserves a second look.
    pub fn warnings(&self) -> Vec<Problem> {
        let Some(vehicle) = &self.vehicle else {
            return Vec::new();
        };
        let plate = Plate::parse(&vehicle.plate)
            .ok()
            .and_then(|plate| plate.warning());
        let vin = vehicle
            .vin
            .as_ref()
            .and_then(|vin| Vin::parse(vin).ok())
            .and_then(|vin| vin.warning());
        let unlawful = vehicle.plate_kind.filter(|kind| kind.is_unlawful()).map(|_| {
            Problem::new(
                "party.vehicle.plate_kind",
                "plate_unlawful",
                "无号牌或号牌有问题的车辆不适用快速处理，请转现场",
            )
        });
        let uncovered = (self.kind == PartyKind::Motor && vehicle.ctp.is_none()).then(|| {
            Problem::new(
                "party.vehicle.ctp",
                "no_ctp",
                "没有交强险信息，应由车主承担交强险的部分",
            )
        });
        let warn = |field: &str| {
            let field = field.to_owned();
            move |warning: crate::identifiers::IdentifierWarning| {
                Problem::new(field, warning.code, warning.message)
            }
        };
        let found = [
            plate.map(warn("party.vehicle.plate")),
            vin.map(warn("party.vehicle.vin")),
            unlawful,
            uncovered,
        ];
        found.into_iter().flatten().collect()
    }
}

impl Vehicle {
    fn check(&mut self, motor: bool, problems: &mut Vec<Problem>) {
        let fits = if motor {
            self.traffic_mode.is_motor()
        } else {
            self.traffic_mode.is_non_motor()
        };
        if !fits && self.traffic_mode != TransportMode::Other {
            problems.push(Problem::new(
                "party.vehicle.traffic_mode",
                "wrong_kind",
                "交通方式与当事人类型不符，请重新选择",
            ));
        }
        let plateless = self.plate_kind.is_none_or(|kind| kind.is_unlawful());
        if motor && self.plate_kind.is_none() {
            problems.push(Problem::new(
                "party.vehicle.plate_kind",
                "missing",
                "请选择号牌种类",
            ));
        }
        if motor && !plateless {
            take(&mut self.plate, "party.vehicle.plate", problems, |raw| {
                Ok(Plate::parse(raw)?.to_string())
            });
        } else {
            // An e-bike's tag follows no national pattern: kept as typed, if it is short.
            self.plate = crate::identifiers::normalise(&self.plate);
        }
        if let Some(vin) = &mut self.vin {
            if vin.trim().is_empty() {
                self.vin = None;
            } else {
                take(vin, "party.vehicle.vin", problems, |raw| {
                    Ok(Vin::parse(raw)?.to_string())
                });
            }
        }
        let texts = [
            ("party.vehicle.plate", Some(&self.plate)),
            ("party.vehicle.model", self.model.as_ref()),
            ("party.vehicle.direction", self.direction.as_ref()),
            (
                "party.vehicle.ctp.policy",
                self.ctp.as_ref().map(|cover| &cover.policy),
            ),
        ];
        for (field, text) in texts {
            if text.is_some_and(|text| {
                text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control)
            }) {
                problems.push(Problem::new(
                    field,
                    "too_long",
                    format!("请不要超过{TEXT_CHARS_MAX}个字，也不要换行"),
                ));
            }
        }
        self.check_covers(problems);
    }

    fn check_covers(&self, problems: &mut Vec<Problem>) {
        let codes = [
            (
                "party.vehicle.ctp.insurer",
                self.ctp.as_ref().map(|cover| &cover.insurer),
            ),
            (
                "party.vehicle.third_party.insurer",
                self.third_party.as_ref().map(|cover| &cover.insurer),
            ),
            (
                "party.vehicle.own_damage.insurer",
                self.own_damage.as_ref().map(|cover| &cover.insurer),
            ),
        ];
        for (field, code) in codes {
            let known =
                |code: &String| insurers().is_ok_and(|all| all.iter().any(|insurer| insurer.code == *code));
            if code.is_some_and(|code| !known(code)) {
                problems.push(Problem::new(field, "unknown_insurer", "请从列表中选择保险公司"));
            }
        }
        let percents = [
            (
                "party.vehicle.third_party.deductible_percent",
                self.third_party.as_ref().map(|c| c.deductible_percent),
            ),
            (
                "party.vehicle.own_damage.deductible_percent",
                self.own_damage.as_ref().map(|c| c.deductible_percent),
            ),
        ];
        for (field, percent) in percents {
            if percent.is_some_and(|percent| percent > PERCENT_MAX) {
                problems.push(Problem::new(field, "out_of_range", "绝对免赔率应在0到100之间"));
            }
        }
        if let Some(cover) = &self.third_party
            && !(Fen(0)..=LIMIT_MAX).contains(&cover.limit_fen)
        {
            problems.push(Problem::new(
                "party.vehicle.third_party.limit_fen",
                "out_of_range",
                "请核对三者险保额",
            ));
        }
        if let Some(cover) = &self.ctp
            && let (Some(from), Some(to)) = (cover.valid_from, cover.valid_to)
            && from > to
        {
            problems.push(Problem::new(
                "party.vehicle.ctp.valid_to",
                "before_start",
                "保险止期不能早于起期",
            ));
        }
    }
}

fn take(
    text: &mut String,
    field: &str,
    problems: &mut Vec<Problem>,
    parse: impl FnOnce(&str) -> Result<String, IdentifierError>,
) {
    match parse(text) {
        Ok(normalised) => *text = normalised,
        Err(error) => problems.push(Problem::new(field, error.code, error.message)),
    }
}
