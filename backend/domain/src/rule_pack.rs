//! Regional values with dates and sources: nation, province, city, the nearer one winning.
//!
//! The time and place of the **accident** choose, never today's date, so an accident settled last
//! year settles to the same fen again. What a value means is told where it is used; `docs/rules.md`
//! tells it to whoever edits the files.

mod files;
mod load;
mod names;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

pub use files::{Listed, ListedEdition, ListedValue, Listing, list};

use crate::agreement::Agreements;
use crate::calendar::Calendar;
use crate::data::BadRules;
use crate::liability::{DefaultShares, Liability};
use crate::money::Fen;
use crate::price_list::PriceList;
use crate::time::Instant;

/// The files that are built in.
pub const FILES: &[(&str, &str)] = &[
    ("rules/cn.toml", include_str!("../rules/cn.toml")),
    ("rules/cn-33.toml", include_str!("../rules/cn-33.toml")),
    ("rules/cn-330681.toml", include_str!("../rules/cn-330681.toml")),
    ("rules/agreements.toml", include_str!("../rules/agreements.toml")),
    ("rules/price-list.toml", include_str!("../rules/price-list.toml")),
    (
        "rules/holidays-2026.toml",
        include_str!("../rules/holidays-2026.toml"),
    ),
    (
        "rules/holidays-2027.toml",
        include_str!("../rules/holidays-2027.toml"),
    ),
];

/// What one compulsory policy answers with, per accident and head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CtpLimits {
    pub property: Fen,
    pub medical: Fen,
    pub disability: Fen,
}

/// What may be handled remotely here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Switches {
    pub expressway: bool,
    pub outside_property: bool,
    pub missing_marks: bool,
    pub single_vehicle: bool,
    pub slight_injury: bool,
    pub non_motor: bool,
    pub three_vehicles: bool,
    pub night: bool,
}

/// A value that is one of several names. The order is the order of `NAMES`.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// As a pack file writes each of them.
            pub const NAMES: &'static [&'static str] = &[$($text),+];
        }
    };
}

choice! {
    /// How one person's injury is divided among the compulsory policies that answer for it.
    InjuryDivision {
        /// In proportion to the limit each of them answers with.
        ByLimit = "by_limit",
        /// Alike.
        Equally = "equally",
    }
}

choice! {
    /// What compulsory cover does for property when no motor vehicle is at fault.
    NoMotorAtFault {
        /// Each loss of a party is divided equally among the other vehicles' no-fault limits.
        OthersEqually = "others_equally",
        /// It pays nothing; each bears its own.
        EachItsOwn = "each_its_own",
    }
}

choice! {
    /// Situation 404 (违法停车): how it weighs by default against a party that has none.
    IllegalParking {
        Secondary = "secondary",
        Equal = "equal",
        Primary = "primary",
        Full = "full",
    }
}

impl IllegalParking {
    /// Of the party that parked, and of the other.
    pub const fn pair(self) -> (Liability, Liability) {
        match self {
            Self::Secondary => (Liability::Secondary, Liability::Primary),
            Self::Equal => (Liability::Equal, Liability::Equal),
            Self::Primary => (Liability::Primary, Liability::Secondary),
            Self::Full => (Liability::Full, Liability::None),
        }
    }
}

/// Situations of the catalogue that not every region accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Situations {
    /// 315: rests on local rules in many places.
    pub situation_315: bool,
    /// 327: on roads that remote handling usually leaves out.
    pub situation_327: bool,
    pub illegal_parking: IllegalParking,
}

/// Terms, in working days of the Chinese calendar unless the name says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Terms {
    /// Until the finding is made when it is not made on the spot.
    pub finding_working_days: u8,
    /// Until a late report is accepted or not.
    pub late_report_working_days: u8,
    /// For a party to apply for review, from service.
    pub review_working_days: u8,
    /// For the issuing unit to forward an application.
    pub review_forward_working_days: u8,
    /// For the issuing unit to submit the file when the application was made above.
    pub review_file_working_days: u8,
    /// For the decision on review, calendar days.
    pub review_decision_days: u8,
    /// Simplified case files are kept for so many years, from the year after closing.
    pub retention_file_years: u8,
    /// The session's video is kept for so many months at least.
    pub retention_video_months: u8,
}

/// The values in force at one time in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RulePack {
    /// `cn-330681@2026-01`: the place, and the month since which exactly these values hold.
    pub id: String,
    /// `cn-330681`.
    pub region: String,
    pub ctp_fault: CtpLimits,
    pub ctp_no_fault: CtpLimits,
    /// 互碰自赔: the largest own loss, inclusive.
    pub self_pay_cap: Fen,
    pub share_primary_percent: u8,
    pub share_secondary_percent: u8,
    /// Night is from this hour (0..=23, Chinese clock) …
    pub night_from_hour: u8,
    /// … until before this one.
    pub night_until_hour: u8,
    pub switches: Switches,
    pub injury_division: InjuryDivision,
    pub no_motor_at_fault: NoMotorAtFault,
    pub situations: Situations,
    pub terms: Terms,
    /// Name of each value, switch and choice → where it comes from.
    pub sources: BTreeMap<String, String>,
}

impl RulePack {
    pub const fn default_shares(&self) -> DefaultShares {
        DefaultShares {
            primary: self.share_primary_percent,
            secondary: self.share_secondary_percent,
        }
    }

    pub fn is_night(&self, at: Instant) -> bool {
        let hour = at.china_hour();
        if self.night_from_hour <= self.night_until_hour {
            (self.night_from_hour..self.night_until_hour).contains(&hour)
        } else {
            hour >= self.night_from_hour || hour < self.night_until_hour
        }
    }
}

/// All packs of all times and places, with the calendar and the agreements that belong to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePacks {
    /// Region (`cn-330681`) → packs, each with the moment it starts, in order of time.
    regions: BTreeMap<String, Vec<(Instant, RulePack)>>,
    pub calendar: Calendar,
    pub agreements: Agreements,
    /// 定损价目
    pub prices: PriceList,
}

/// No pack can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPack {
    #[error("the region is not a six-digit code")]
    Region,
    #[error("no rule pack was in force at that time")]
    TooEarly,
}

impl RulePacks {
    /// Reads exactly these files, in any order.
    ///
    /// # Errors
    /// With file, line and reason: what does not parse, lacks a source, overlaps or leaves a value out.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, BadRules> {
        files::load(&[files])
    }

    /// The built-in files, and layers of others on top: a file takes the place of whatever stood for the same
    /// region or year before.
    ///
    /// # Errors
    /// As [`RulePacks::parse`].
    pub fn with(layers: &[&[(&str, &str)]]) -> Result<Self, BadRules> {
        let all: Vec<&[(&str, &str)]> = [FILES].into_iter().chain(layers.iter().copied()).collect();
        files::load(&all)
    }

    /// The pack for an accident: of its district, else its city, its province, the nation.
    ///
    /// # Errors
    /// A region that is no GB/T 2260 code, or a time before every edition.
    pub fn choose(&self, region: &str, at: Instant) -> Result<&RulePack, NoPack> {
        let editions = nearest(region)
            .ok_or(NoPack::Region)?
            .find_map(|name| self.regions.get(&name))
            .ok_or(NoPack::Region)?;
        let found = editions.iter().rev().find(|(start, _)| *start <= at);
        found.map(|(_, pack)| pack).ok_or(NoPack::TooEarly)
    }

    /// Every pack of every region, in order of region and time.
    pub fn all(&self) -> impl Iterator<Item = &RulePack> {
        self.regions.values().flatten().map(|(_, pack)| pack)
    }
}

/// The regions that answer for a six-digit code, the nearest first: `cn-330681`, `cn-3306`, `cn-33`, `cn`.
/// `None` when it is no code.
pub(crate) fn nearest(region: &str) -> Option<impl Iterator<Item = String>> {
    let code = region.len() == 6 && region.bytes().all(|b| b.is_ascii_digit());
    let names = [6, 4, 2].into_iter().filter_map(|length| region.get(..length));
    let names = names.map(|code| format!("cn-{code}")).chain(["cn".to_owned()]);
    code.then_some(names)
}

/// `cn`, or `cn-` and 2, 4 or 6 digits.
pub(crate) fn is_region(name: &str) -> bool {
    name == "cn"
        || name
            .strip_prefix("cn-")
            .is_some_and(|code| matches!(code.len(), 2 | 4 | 6) && code.bytes().all(|b| b.is_ascii_digit()))
}

static BUILT_IN: LazyLock<Result<RulePacks, BadRules>> = LazyLock::new(|| RulePacks::parse(FILES));

/// The packs that were built in.
///
/// # Errors
/// When a file is wrong; the server refuses to start with it.
pub fn built_in() -> Result<&'static RulePacks, BadRules> {
    BUILT_IN.as_ref().map_err(Clone::clone)
}

#[cfg(test)]
mod tests;
