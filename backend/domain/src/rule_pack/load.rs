//! Pack files → packs. Whatever is wrong is refused with its line before anybody uses half of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use toml::Spanned;

use super::names::{CHOICES, SWITCHES, VALUES};
use super::{
    CtpLimits, IllegalParking, InjuryDivision, NoMotorAtFault, RulePack, Situations, Switches, Terms,
};
use crate::data::{BadData, Faults, Sourced, line_at, parse_toml};
use crate::money::Fen;
use crate::time::Instant;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: Spanned<String>,
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
    values: BTreeMap<Spanned<String>, Sourced<i64>>,
    #[serde(default)]
    switches: BTreeMap<Spanned<String>, Sourced<bool>>,
    #[serde(default)]
    choices: BTreeMap<Spanned<String>, Sourced<String>>,
}

/// One file that passed every check on its own.
pub(super) struct PackFile {
    pub file: String,
    pub region: String,
    /// The region it overrides, and the line that says so.
    pub parent: Option<(String, usize)>,
    pub editions: Vec<Checked>,
}

/// An edition that passed every check on its own.
#[derive(Clone)]
pub(super) struct Checked {
    pub line: usize,
    pub from: Instant,
    pub until: Option<Instant>,
    /// Switches are 0 and 1, a choice is its place in the list of what it may be; with the source.
    pub values: BTreeMap<String, (i64, String)>,
}

pub(super) fn read(file: &str, text: &str) -> Result<PackFile, Vec<BadData>> {
    let data: File = parse_toml(file, text).map_err(|bad| vec![bad])?;
    let mut faults = Faults::new(file, text);
    if !super::is_region(data.region.get_ref()) {
        let reason = format!(
            "{} is no region: cn, or cn- and 2, 4 or 6 digits",
            data.region.get_ref()
        );
        faults.at(data.region.span().start, reason);
    }
    if let Some(parent) = &data.parent
        && !(data.region.get_ref().starts_with(parent.get_ref().as_str())
            && data.region.get_ref().len() > parent.get_ref().len())
    {
        let reason = format!("{} does not lie in {}", data.region.get_ref(), parent.get_ref());
        faults.at(parent.span().start, reason);
    }
    let mut editions: Vec<Checked> = Vec::with_capacity(data.edition.len());
    for spanned in data.edition {
        let edition = edition(spanned, editions.last(), &mut faults);
        editions.push(edition);
    }
    if !faults.found.is_empty() {
        return Err(faults.found);
    }
    Ok(PackFile {
        file: file.to_owned(),
        region: data.region.into_inner(),
        parent: data.parent.map(|parent| {
            let line = line_at(text, parent.span().start);
            (parent.into_inner(), line)
        }),
        editions,
    })
}

fn edition(spanned: Spanned<Edition>, last: Option<&Checked>, faults: &mut Faults<'_>) -> Checked {
    let at = spanned.span().start;
    let edition = spanned.into_inner();
    if edition.until.is_some_and(|until| until <= edition.in_force) {
        faults.at(at, "the edition ends before it starts");
    }
    if last.is_some_and(|last| {
        last.from >= edition.in_force || last.until.is_some_and(|until| until > edition.in_force)
    }) {
        faults.at(at, "editions must follow each other in time without overlap");
    }
    let mut values = BTreeMap::new();
    let mut put =
        |name: Spanned<String>, value: Result<i64, String>, source: String, faults: &mut Faults<'_>| {
            let at = name.span().start;
            match value {
                Ok(value) => {
                    faults.source(at, name.get_ref(), &source);
                    values.insert(name.into_inner(), (value, source));
                }
                Err(reason) => faults.at(at, format!("{} {reason}", name.get_ref())),
            }
        };
    for (name, Sourced { value, source }) in edition.values {
        let known = VALUES.iter().find(|(known, ..)| known == name.get_ref());
        let checked = match known {
            None => Err("is no value".to_owned()),
            Some((_, least, most)) if !(*least..=*most).contains(&value) => {
                Err(format!("is out of range {least} to {most}"))
            }
            Some(_) => Ok(value),
        };
        put(name, checked, source, faults);
    }
    for (name, Sourced { value, source }) in edition.switches {
        let known = SWITCHES.contains(&name.get_ref().as_str());
        let checked = known.then(|| i64::from(value)).ok_or("is no switch".to_owned());
        put(name, checked, source, faults);
    }
    for (name, Sourced { value, source }) in edition.choices {
        let known = CHOICES.iter().find(|(known, _)| known == name.get_ref());
        let checked = match known {
            None => Err("is no choice".to_owned()),
            Some((_, names)) => {
                let place = names.iter().position(|one| *one == value);
                place
                    .and_then(|place| i64::try_from(place).ok())
                    .ok_or_else(|| format!("cannot be {value}: {}", names.join(", ")))
            }
        };
        put(name, checked, source, faults);
    }
    Checked {
        line: line_at(faults.text, at),
        from: edition.in_force,
        until: edition.until,
        values,
    }
}

/// One pack per stretch of time in which the whole chain stays the same; the file itself is last in it.
///
/// # Errors
/// The line of the edition that leaves something out, and what.
pub(super) fn packs(
    region: &str,
    chain: &[Vec<Checked>],
) -> Result<Vec<(Instant, RulePack)>, (usize, String)> {
    let starts: BTreeSet<Instant> = chain
        .iter()
        .flatten()
        .flat_map(|edition| [Some(edition.from), edition.until])
        .flatten()
        .collect();
    let mut packs: Vec<(Instant, RulePack)> = Vec::with_capacity(starts.len());
    for start in starts {
        let mut merged = BTreeMap::new();
        let (mut line, mut in_force) = (1, false);
        for level in chain {
            // The latest edition that has started; one without an end holds until the next one starts.
            let latest = level.iter().rev().find(|edition| edition.from <= start);
            line = latest.map_or(1, |edition| edition.line);
            let current = latest.filter(|edition| edition.until.is_none_or(|until| start < until));
            if let Some(edition) = current {
                in_force = true;
                merged.extend(edition.values.clone());
            }
        }
        // Between the end of one edition and the next nothing is in force.
        if !in_force {
            continue;
        }
        let mut pack = pack(region, start, merged).map_err(|reason| (line, reason))?;
        if packs.iter().any(|(_, other)| other.id == pack.id) {
            // A second change within one month takes the day into its name.
            pack.id = format!("{}-{:02}", pack.id, start.china_day().day());
        }
        packs.push((start, pack));
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
        injury_division: chosen(InjuryDivision::ALL, value("injury_division")?),
        no_motor_at_fault: chosen(NoMotorAtFault::ALL, value("no_motor_at_fault")?),
        situations: Situations {
            situation_315: on("situation_315")?,
            situation_327: on("situation_327")?,
            illegal_parking: chosen(IllegalParking::ALL, value("situation_404")?),
        },
        terms: terms(small)?,
        sources: merged
            .into_iter()
            .map(|(name, (_, source))| (name, source))
            .collect(),
    })
}

fn terms(days: impl Fn(&str) -> Result<u8, String>) -> Result<Terms, String> {
    Ok(Terms {
        finding_working_days: days("finding_working_days")?,
        late_report_working_days: days("late_report_working_days")?,
        review_working_days: days("review_working_days")?,
        review_forward_working_days: days("review_forward_working_days")?,
        review_file_working_days: days("review_file_working_days")?,
        review_decision_days: days("review_decision_days")?,
        retention_file_years: days("retention_file_years")?,
        retention_video_months: days("retention_video_months")?,
    })
}

/// The choice at this place; checked files hold no place that is not there.
fn chosen<T: Copy>(all: &[T], place: i64) -> T {
    let place = usize::try_from(place).unwrap_or_default();
    all[place.min(all.len() - 1)]
}
