//! Pack files → packs. Whatever is wrong is refused with its line before anybody uses half of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::{CtpLimits, RulePack, Switches};
use crate::data::{BadData, line_at, parse_toml};
use crate::money::Fen;
use crate::time::Instant;

/// Names of values, with the largest each may be.
const VALUES: &[(&str, i64)] = &[
    ("ctp_fault_property_fen", AMOUNT_MAX),
    ("ctp_fault_medical_fen", AMOUNT_MAX),
    ("ctp_fault_disability_fen", AMOUNT_MAX),
    ("ctp_no_fault_property_fen", AMOUNT_MAX),
    ("ctp_no_fault_medical_fen", AMOUNT_MAX),
    ("ctp_no_fault_disability_fen", AMOUNT_MAX),
    ("self_pay_cap_fen", AMOUNT_MAX),
    ("share_primary_percent", 100),
    ("share_secondary_percent", 100),
    ("night_from_hour", 23),
    ("night_until_hour", 23),
];
const SWITCHES: &[&str] = &[
    "expressway",
    "outside_property",
    "missing_marks",
    "single_vehicle",
    "slight_injury",
    "non_motor",
    "three_vehicles",
    "night",
];
/// No limit of cover comes near one hundred million yuan.
const AMOUNT_MAX: i64 = 10_000_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: String,
    #[serde(default)]
    parent: Option<Spanned<String>>,
    edition: Vec<Spanned<Edition>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edition {
    in_force: Instant,
    #[serde(default)]
    until: Option<Instant>,
    #[serde(default)]
    values: BTreeMap<Spanned<String>, Dated<i64>>,
    #[serde(default)]
    switches: BTreeMap<Spanned<String>, Dated<bool>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dated<T> {
    value: T,
    source: String,
}

/// An edition that passed every check on its own.
#[derive(Clone)]
struct Checked {
    from: Instant,
    until: Option<Instant>,
    /// Switches are 0 and 1.
    values: BTreeMap<String, (i64, String)>,
}

type Regions = BTreeMap<String, Vec<(Instant, RulePack)>>;

pub(super) fn load(files: &[(&str, &str)]) -> Result<Regions, BadData> {
    // Region → the editions of itself and of everything above it, farthest first.
    let mut chains: BTreeMap<String, Vec<Vec<Checked>>> = BTreeMap::new();
    let mut regions = Regions::new();
    for (file, text) in files {
        let bad = |line: usize, reason: String| BadData {
            file: (*file).to_owned(),
            line,
            reason,
        };
        let data: File = parse_toml(file, text)?;
        let mut chain = Vec::new();
        if let Some(parent) = &data.parent {
            let line = line_at(text, parent.span().start);
            let above = chains.get(parent.get_ref());
            chain = above
                .ok_or_else(|| bad(line, format!("parent {} is not loaded", parent.get_ref())))?
                .clone();
        }
        chain.push(editions(file, text, data.edition)?);
        if chains.contains_key(&data.region) {
            return Err(bad(1, format!("region {} stands twice", data.region)));
        }
        let packs = packs(&data.region, &chain).map_err(|reason| bad(1, reason))?;
        regions.insert(data.region.clone(), packs);
        chains.insert(data.region, chain);
    }
    Ok(regions)
}

fn editions(file: &str, text: &str, raw: Vec<Spanned<Edition>>) -> Result<Vec<Checked>, BadData> {
    let mut checked: Vec<Checked> = Vec::with_capacity(raw.len());
    for spanned in raw {
        let line = line_at(text, spanned.span().start);
        let bad = |line: usize, reason: String| BadData {
            file: file.to_owned(),
            line,
            reason,
        };
        let edition = spanned.into_inner();
        if edition.until.is_some_and(|until| until <= edition.in_force) {
            return Err(bad(line, "the edition ends before it starts".to_owned()));
        }
        if let Some(last) = checked.last()
            && (last.from >= edition.in_force || last.until.is_some_and(|until| until > edition.in_force))
        {
            return Err(bad(
                line,
                "editions must follow each other in time without overlap".to_owned(),
            ));
        }
        let mut values = BTreeMap::new();
        for (name, dated) in edition.values {
            let line = line_at(text, name.span().start);
            let name = name.into_inner();
            let Some((_, most)) = VALUES.iter().find(|(known, _)| *known == name) else {
                return Err(bad(line, format!("{name} is no value")));
            };
            if !(0..=*most).contains(&dated.value) {
                return Err(bad(line, format!("{name} is out of range 0 to {most}")));
            }
            put(&mut values, name, dated.value, dated.source).map_err(|reason| bad(line, reason))?;
        }
        for (name, dated) in edition.switches {
            let line = line_at(text, name.span().start);
            let name = name.into_inner();
            if !SWITCHES.contains(&name.as_str()) {
                return Err(bad(line, format!("{name} is no switch")));
            }
            put(&mut values, name, i64::from(dated.value), dated.source)
                .map_err(|reason| bad(line, reason))?;
        }
        checked.push(Checked {
            from: edition.in_force,
            until: edition.until,
            values,
        });
    }
    Ok(checked)
}

fn put(
    values: &mut BTreeMap<String, (i64, String)>,
    name: String,
    value: i64,
    source: String,
) -> Result<(), String> {
    if source.trim().is_empty() {
        return Err(format!("{name} lacks a source"));
    }
    values.insert(name, (value, source));
    Ok(())
}

/// One pack per stretch of time in which the whole chain stays the same.
fn packs(region: &str, chain: &[Vec<Checked>]) -> Result<Vec<(Instant, RulePack)>, String> {
    let starts: BTreeSet<Instant> = chain
        .iter()
        .flatten()
        .flat_map(|edition| [Some(edition.from), edition.until])
        .flatten()
        .collect();
    let mut packs = Vec::with_capacity(starts.len());
    for start in starts {
        let mut merged = BTreeMap::new();
        for level in chain {
            // The latest edition that has started; one without an end holds until the next one starts.
            let latest = level.iter().rev().find(|edition| edition.from <= start);
            let current = latest.filter(|edition| edition.until.is_none_or(|until| start < until));
            if let Some(edition) = current {
                merged.extend(edition.values.clone());
            }
        }
        if merged.is_empty() {
            continue;
        }
        packs.push((start, pack(region, start, merged)?));
    }
    Ok(packs)
}

fn pack(region: &str, start: Instant, merged: BTreeMap<String, (i64, String)>) -> Result<RulePack, String> {
    let value = |name: &str| {
        merged
            .get(name)
            .map(|(value, _)| *value)
            .ok_or_else(|| format!("{name} is missing"))
    };
    let fen = |name: &str| value(name).map(Fen);
    let small = |name: &str| value(name).map(|value| u8::try_from(value).unwrap_or(u8::MAX));
    let on = |name: &str| value(name).map(|value| value == 1);
    if value("share_primary_percent")? + value("share_secondary_percent")? != 100 {
        return Err("share_primary_percent and share_secondary_percent must sum to 100".to_owned());
    }
    let day = start.china_day();
    Ok(RulePack {
        id: format!("{region}@{:04}-{:02}", day.year(), u8::from(day.month())),
        region: region.to_owned(),
        ctp_fault: CtpLimits {
            property: fen("ctp_fault_property_fen")?,
            medical: fen("ctp_fault_medical_fen")?,
            disability: fen("ctp_fault_disability_fen")?,
        },
        ctp_no_fault: CtpLimits {
            property: fen("ctp_no_fault_property_fen")?,
            medical: fen("ctp_no_fault_medical_fen")?,
            disability: fen("ctp_no_fault_disability_fen")?,
        },
        self_pay_cap: fen("self_pay_cap_fen")?,
        share_primary_percent: small("share_primary_percent")?,
        share_secondary_percent: small("share_secondary_percent")?,
        night_from_hour: small("night_from_hour")?,
        night_until_hour: small("night_until_hour")?,
        switches: Switches {
            expressway: on("expressway")?,
            outside_property: on("outside_property")?,
            missing_marks: on("missing_marks")?,
            single_vehicle: on("single_vehicle")?,
            slight_injury: on("slight_injury")?,
            non_motor: on("non_motor")?,
            three_vehicles: on("three_vehicles")?,
            night: on("night")?,
        },
        sources: merged
            .into_iter()
            .map(|(name, (_, source))| (name, source))
            .collect(),
    })
}
