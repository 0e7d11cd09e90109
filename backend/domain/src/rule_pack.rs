//! Regional values with dates and sources: nation, province, city, the nearer one winning.
//!
//! The time and place of the **accident** choose, never today's date, so an accident settled last
//! year settles to the same fen again. What a value means is told where it is used.

mod load;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Serialize;

use crate::data::BadData;
use crate::liability::DefaultShares;
use crate::money::Fen;
use crate::time::Instant;

/// The files that are built in, the parent before its children.
const FILES: &[(&str, &str)] = &[
    ("rules/cn.toml", include_str!("../rules/cn.toml")),
    ("rules/cn-33.toml", include_str!("../rules/cn-33.toml")),
    ("rules/cn-330681.toml", include_str!("../rules/cn-330681.toml")),
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
    /// Name of each value and switch → where it comes from.
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

/// All packs of all times and places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePacks {
    /// Region (`cn-330681`) → packs, each with the moment it starts, in order of time.
    regions: BTreeMap<String, Vec<(Instant, RulePack)>>,
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
    /// Reads packs, the parent before its children.
    ///
    /// # Errors
    /// With file, line and reason: what does not parse, lacks a source, overlaps or leaves a value out.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, BadData> {
        load::load(files).map(|regions| Self { regions })
    }

    /// The pack for an accident: of its district, else its province, else the nation.
    ///
    /// # Errors
    /// A region that is no GB/T 2260 code, or a time before every edition.
    pub fn choose(&self, region: &str, at: Instant) -> Result<&RulePack, NoPack> {
        if region.len() != 6 || !region.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NoPack::Region);
        }
        let wanted = [6, 4, 2].into_iter().filter_map(|length| region.get(..length));
        let names = wanted.map(|code| format!("cn-{code}")).chain(["cn".to_owned()]);
        let editions = names
            .into_iter()
            .find_map(|name| self.regions.get(&name))
            .ok_or(NoPack::Region)?;
        let found = editions.iter().rev().find(|(start, _)| *start <= at);
        found.map(|(_, pack)| pack).ok_or(NoPack::TooEarly)
    }
}

static BUILT_IN: LazyLock<Result<RulePacks, BadData>> = LazyLock::new(|| RulePacks::parse(FILES));

/// The packs that were built in.
///
/// # Errors
/// When a file is wrong; the server refuses to start with it.
pub fn built_in() -> Result<&'static RulePacks, BadData> {
    BUILT_IN.as_ref().map_err(Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(region: &str, at: &str) -> &'static RulePack {
        built_in().unwrap().choose(region, at.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_time_and_place_of_the_accident_choose() {
        assert_eq!(
            chosen("330681", "2026-03-01T08:15:00+08:00").id,
            "cn-330681@2026-01"
        );
        assert_eq!(chosen("330602", "2026-03-01T08:15:00+08:00").id, "cn-33@2026-01");
        assert_eq!(chosen("110101", "2026-03-01T08:15:00+08:00").id, "cn@2020-09");
        assert_eq!(
            chosen("330681", "2025-03-01T08:15:00+08:00").id,
            "cn-330681@2020-09"
        );
        let packs = built_in().unwrap();
        assert_eq!(
            packs.choose("33068", "2026-03-01T08:15:00Z".parse().unwrap()),
            Err(NoPack::Region)
        );
        assert_eq!(
            packs.choose("330681", "2001-03-01T08:15:00Z".parse().unwrap()),
            Err(NoPack::TooEarly)
        );
    }

    #[test]
    fn the_limits_of_compulsory_cover_change_on_the_day_they_did() {
        let before = chosen("330681", "2020-09-18T23:59:59.999999+08:00");
        let after = chosen("330681", "2020-09-19T00:00:00+08:00");
        assert_eq!(
            (before.ctp_fault.medical, before.ctp_no_fault.medical),
            (Fen(1_000_000), Fen(100_000))
        );
        assert_eq!(
            (after.ctp_fault.medical, after.ctp_no_fault.medical),
            (Fen(1_800_000), Fen(180_000))
        );
        assert_eq!(
            (before.ctp_fault.disability, after.ctp_fault.disability),
            (Fen(11_000_000), Fen(18_000_000))
        );
        assert_eq!(after.ctp_fault.property, Fen(200_000));
    }

    #[test]
    fn every_value_says_where_it_comes_from() {
        let pack = chosen("330681", "2026-03-01T08:15:00+08:00");
        assert_eq!(pack.sources.len(), 19);
        assert!(pack.sources.values().all(|source| !source.is_empty()));
        assert!(pack.sources["self_pay_cap_fen"].contains("当地"));
    }

    #[test]
    fn night_goes_over_midnight() {
        let pack = chosen("330681", "2026-03-01T08:15:00+08:00");
        assert!(pack.is_night("2026-03-01T20:00:00+08:00".parse().unwrap()));
        assert!(pack.is_night("2026-03-01T05:59:59+08:00".parse().unwrap()));
        assert!(!pack.is_night("2026-03-01T06:00:00+08:00".parse().unwrap()));
    }

    #[test]
    fn a_bad_pack_is_refused_with_file_and_line() {
        let (name, nation) = FILES[0];
        let city = |body: &str| {
            format!(
                "region = \"cn-1\"\nparent = \"cn\"\n\n[[edition]]\nin_force = \"2026-01-01T00:00:00+08:00\"\n{body}"
            )
        };
        let cases = [
            (
                city("[edition.values]\nself_pay_cap_fen = { value = 1 }\n"),
                "x.toml:7: ",
            ),
            (
                city("[edition.values]\nself_pay_cap_fen = { value = 1, source = \"\" }\n"),
                "x.toml:7: self_pay_cap_fen lacks a source",
            ),
            (
                city("[edition.values]\nself_pay_cup = { value = 1, source = \"s\" }\n"),
                "x.toml:7: self_pay_cup is no value",
            ),
            (
                city("[edition.values]\nself_pay_cap_fen = { value = -1, source = \"s\" }\n"),
                "x.toml:7: self_pay_cap_fen is out of range",
            ),
            (
                city("[edition.switches]\nnigth = { value = true, source = \"s\" }\n"),
                "x.toml:7: nigth is no switch",
            ),
            (
                city("\n[[edition]]\nin_force = \"2026-01-01T00:00:00+08:00\"\n"),
                "x.toml:7: editions must follow each other in time",
            ),
            (
                city("until = \"2025-01-01T00:00:00+08:00\"\n"),
                "x.toml:4: the edition ends before it starts",
            ),
            (
                city("").replace("parent = \"cn\"", "parent = \"cx\""),
                "x.toml:2: parent cx is not loaded",
            ),
        ];
        for (text, wanted) in cases {
            let error = RulePacks::parse(&[(name, nation), ("x.toml", &text)])
                .unwrap_err()
                .to_string();
            assert!(error.starts_with(wanted), "{error}\nwanted {wanted}");
        }
        let hole: String = nation
            .lines()
            .filter(|l| !l.starts_with("self_pay_cap"))
            .map(|l| format!("{l}\n"))
            .collect();
        let error = RulePacks::parse(&[(name, &hole)]).unwrap_err().to_string();
        assert_eq!(error, "rules/cn.toml:1: self_pay_cap_fen is missing");
    }
}
