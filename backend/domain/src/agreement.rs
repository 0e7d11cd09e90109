//! 定损互信: agreements among insurers on whose assessment binds whom. Data with dates, part of the rule packs.
//!
//! It says what was agreed; whether one assessment binds is judged where assessments are.

mod load;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Date;

use crate::id::InsurerCode;
use crate::money::Fen;
use crate::time::Instant;

pub(crate) use load::read;

/// Who may assess a vehicle alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MayAssess {
    /// An insurer of a party that is at fault.
    AtFaultInsurer,
    /// An insurer of any party.
    EitherInsurer,
    /// The insurer on duty that day.
    DutyInsurer,
    /// The assessor at the desk.
    Desk,
}

/// What a supplement (hidden damage found later) needs in order to bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SupplementRule {
    /// The same as a first assessment, by its whole new total.
    SameRules,
    /// It never binds at once: every paying insurer answers, or lets the window end.
    AlwaysAnswered,
}

/// One agreement while it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agreement {
    /// `cn-330681-trust-2026`
    pub id: String,
    /// `cn-330681`
    pub region: String,
    pub in_force: Instant,
    pub until: Option<Instant>,
    pub source: String,
    pub members: Vec<Member>,
    /// Largest total of one vehicle, inclusive, that binds without anybody's answer.
    pub cap_per_vehicle: Fen,
    pub assessors: Vec<MayAssess>,
    pub duty: Option<Duty>,
    /// Clock hours in which a paying insurer may object; silence until their end accepts.
    pub objection_window_hours: u16,
    /// 0 to 100.
    pub sample_percent: u8,
    pub supplement: SupplementRule,
    /// Name of each value → where it comes from.
    pub sources: std::collections::BTreeMap<String, String>,
}

/// An insurer that takes part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub insurer: InsurerCode,
    pub days: Days,
    pub suspended: Vec<Days>,
}

/// Calendar days in Asia/Shanghai, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Days {
    #[serde(with = "crate::day")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub from: Date,
    /// None: without end.
    #[serde(with = "crate::day::option")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
    pub until: Option<Date>,
}

impl Days {
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// Who is on duty: single days first, otherwise one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Duty {
    /// Takes turns, one calendar day each.
    pub rotation: Vec<InsurerCode>,
    /// The first insurer's first day.
    #[serde(with = "crate::day")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub since: Date,
    /// Days that somebody swapped.
    pub days: Vec<DutyDay>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DutyDay {
    #[serde(with = "crate::day")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub day: Date,
    pub insurer: InsurerCode,
}

impl Agreement {
    /// Whether the insurer takes part on this day; a suspended one does not.
    pub fn is_member(&self, insurer: InsurerCode, day: Date) -> bool {
        let mut joined = self.members.iter().filter(|member| member.insurer == insurer);
        joined.any(|member| {
            member.days.contains(day) && !member.suspended.iter().any(|pause| pause.contains(day))
        })
    }

    /// Who is on duty on this day. Whoever is no member then is passed over for the next in turn.
    pub fn duty_insurer(&self, day: Date) -> Option<InsurerCode> {
        let duty = self.duty.as_ref()?;
        if let Some(swapped) = duty.days.iter().find(|swapped| swapped.day == day) {
            return Some(swapped.insurer).filter(|insurer| self.is_member(*insurer, day));
        }
        let turns = usize::try_from((day - duty.since).whole_days()).ok()?;
        let first = turns.checked_rem(duty.rotation.len())?;
        let in_turn = duty.rotation.iter().cycle().skip(first).take(duty.rotation.len());
        in_turn.copied().find(|insurer| self.is_member(*insurer, day))
    }

    /// Whether an assessment is drawn for re-inspection; anybody who knows the case number can check.
    ///
    /// The recipe: SHA-256 of the UTF-8 text `<agreement id>/<case number>/<ordinal>`, the ordinal in
    /// decimal from 1 (the first assessment of the case, then the second …). The first eight hex digits of
    /// the digest are a number N below 4,294,967,296; drawn when N × 100 < percent × 4,294,967,296.
    pub fn sampled(&self, case_number: &str, ordinal: u32) -> bool {
        let digest = Sha256::digest(format!("{}/{case_number}/{ordinal}", self.id));
        let first = digest
            .iter()
            .take(4)
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        first * 100 < u64::from(self.sample_percent) << 32
    }
}

/// Every agreement of all times and places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreements {
    /// In order of region and time; those of one region never overlap.
    all: Vec<Agreement>,
}

impl Agreements {
    pub(crate) fn new(mut all: Vec<Agreement>) -> Self {
        all.sort_by(|a, b| (&a.region, a.in_force).cmp(&(&b.region, b.in_force)));
        Self { all }
    }

    pub fn all(&self) -> &[Agreement] {
        &self.all
    }

    /// The agreement for an accident: of its district, else its city, province, the nation.
    ///
    /// `region` is the six-digit code (`330681`). A region with agreements of its own answers alone, also
    /// when none of them is in force at that time.
    pub fn choose(&self, region: &str, at: Instant) -> Option<&Agreement> {
        let own = crate::rule_pack::nearest(region)?
            .find(|name| self.all.iter().any(|agreement| agreement.region == *name))?;
        self.all.iter().find(|agreement| {
            agreement.region == own
                && agreement.in_force <= at
                && agreement.until.is_none_or(|until| at < until)
        })
    }
}

#[cfg(test)]
mod tests;
