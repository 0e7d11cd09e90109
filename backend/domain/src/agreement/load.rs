//! An agreements file → agreements. Whatever is wrong is refused with its line.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Agreement, Days, Duty, DutyDay, MayAssess, Member, SupplementRule};
use crate::data::{BadData, Faults, Sourced, parse_toml};
use crate::id::InsurerCode;
use crate::money::Fen;
use crate::time::Instant;

/// Ten million yuan: no vehicle of a minor crash costs more.
const CAP_FEN_MAX: i64 = 1_000_000_000;
/// A month; who has not objected by then has agreed.
const WINDOW_HOURS_MAX: u16 = 744;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    agreement: Vec<Spanned<Raw>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: Spanned<String>,
    region: Spanned<String>,
    in_force: Instant,
    #[serde(default)]
    until: Option<Instant>,
    source: Spanned<String>,
    values: Values,
    #[serde(default)]
    duty: Option<Spanned<RawDuty>>,
    member: Vec<Spanned<RawMember>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    cap_per_vehicle_fen: Spanned<Sourced<i64>>,
    objection_window_hours: Spanned<Sourced<u16>>,
    sample_percent: Spanned<Sourced<u8>>,
    assessors: Spanned<Sourced<Vec<MayAssess>>>,
    supplement: Spanned<Sourced<SupplementRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDuty {
    rotation: Vec<InsurerCode>,
    #[serde(with = "crate::day")]
    since: time::Date,
    source: String,
    #[serde(default)]
    days: Vec<DutyDay>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMember {
    insurer: InsurerCode,
    #[serde(with = "crate::day")]
    from: time::Date,
    #[serde(default, with = "crate::day::option")]
    until: Option<time::Date>,
    #[serde(default)]
    suspended: Vec<Span>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    #[serde(with = "crate::day")]
    from: time::Date,
    #[serde(default, with = "crate::day::option")]
    until: Option<time::Date>,
}

/// Reads one file.
///
/// # Errors
/// Everything that is wrong in it, in order.
pub(crate) fn read(file: &str, text: &str) -> Result<Vec<Agreement>, Vec<BadData>> {
    let data: File = parse_toml(file, text).map_err(|bad| vec![bad])?;
    let mut faults = Faults::new(file, text);
    let mut all: Vec<Agreement> = Vec::with_capacity(data.agreement.len());
    for spanned in data.agreement {
        let start = spanned.span().start;
        let one = checked(spanned.into_inner(), start, &mut faults);
        if all.iter().any(|other| other.id == one.id) {
            faults.at(start, format!("agreement {} stands twice", one.id));
        }
        if let Some(other) = all
            .iter()
            .find(|other| other.region == one.region && overlap(other, &one))
        {
            let reason = format!("{} and {} overlap in time", other.id, one.id);
            faults.at(start, reason);
        }
        all.push(one);
    }
    if faults.found.is_empty() {
        Ok(all)
    } else {
        Err(faults.found)
    }
}

fn overlap(a: &Agreement, b: &Agreement) -> bool {
    a.until.is_none_or(|until| b.in_force < until) && b.until.is_none_or(|until| a.in_force < until)
}

fn checked(raw: Raw, start: usize, faults: &mut Faults<'_>) -> Agreement {
    let Values {
        cap_per_vehicle_fen: cap,
        objection_window_hours: window,
        sample_percent: sample,
        assessors,
        supplement,
    } = raw.values;
    if raw.id.get_ref().trim().is_empty() {
        faults.at(raw.id.span().start, "id is empty");
    }
    if !crate::rule_pack::is_region(raw.region.get_ref()) {
        let reason = format!(
            "{} is no region: cn, or cn- and 2, 4 or 6 digits",
            raw.region.get_ref()
        );
        faults.at(raw.region.span().start, reason);
    }
    faults.source(raw.source.span().start, "the agreement", raw.source.get_ref());
    if raw.until.is_some_and(|until| until <= raw.in_force) {
        faults.at(start, "the agreement ends before it starts");
    }
    let mut sources = BTreeMap::new();
    let mut noted = |at: usize, name: &str, source: &str, faults: &mut Faults<'_>| {
        faults.source(at, name, source);
        sources.insert(name.to_owned(), source.to_owned());
    };
    let source = &cap.get_ref().source;
    noted(cap.span().start, "cap_per_vehicle_fen", source, faults);
    let source = &window.get_ref().source;
    noted(window.span().start, "objection_window_hours", source, faults);
    let source = &sample.get_ref().source;
    noted(sample.span().start, "sample_percent", source, faults);
    let source = &assessors.get_ref().source;
    noted(assessors.span().start, "assessors", source, faults);
    let source = &supplement.get_ref().source;
    noted(supplement.span().start, "supplement", source, faults);
    if let Some(duty) = &raw.duty {
        noted(duty.span().start, "duty", &duty.get_ref().source, faults);
    }
    if !(0..=CAP_FEN_MAX).contains(&cap.get_ref().value) {
        let reason = format!("cap_per_vehicle_fen is out of range 0 to {CAP_FEN_MAX}");
        faults.at(cap.span().start, reason);
    }
    if !(1..=WINDOW_HOURS_MAX).contains(&window.get_ref().value) {
        let reason = format!("objection_window_hours is out of range 1 to {WINDOW_HOURS_MAX}");
        faults.at(window.span().start, reason);
    }
    if sample.get_ref().value > 100 {
        faults.at(sample.span().start, "sample_percent is out of range 0 to 100");
    }
    if assessors.get_ref().value.is_empty() {
        faults.at(assessors.span().start, "assessors names nobody");
    }
    let members = members(raw.member, faults);
    Agreement {
        id: raw.id.into_inner(),
        region: raw.region.into_inner(),
        in_force: raw.in_force,
        until: raw.until,
        source: raw.source.into_inner(),
        cap_per_vehicle: Fen(cap.into_inner().value),
        assessors: assessors.into_inner().value,
        duty: raw.duty.map(|duty| duty_of(duty, &members, faults)),
        objection_window_hours: window.into_inner().value,
        sample_percent: sample.into_inner().value,
        supplement: supplement.into_inner().value,
        members,
        sources,
    }
}

fn members(raw: Vec<Spanned<RawMember>>, faults: &mut Faults<'_>) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::with_capacity(raw.len());
    for spanned in raw {
        let at = spanned.span().start;
        let raw = spanned.into_inner();
        let days = Days {
            from: raw.from,
            until: raw.until,
        };
        let pauses = raw.suspended.iter().map(|span| Days {
            from: span.from,
            until: span.until,
        });
        let member = Member {
            insurer: raw.insurer,
            days,
            suspended: pauses.collect(),
        };
        let spans = member.suspended.iter().chain([&member.days]);
        for span in spans.filter(|span| span.until.is_some_and(|until| until < span.from)) {
            let from = crate::day::text(span.from);
            faults.at(
                at,
                format!("the days of {} from {from} end before they start", raw.insurer),
            );
        }
        let again = members.iter().any(|other| {
            other.insurer == member.insurer
                && other.days.until.is_none_or(|until| days.from <= until)
                && days.until.is_none_or(|until| other.days.from <= until)
        });
        if again {
            faults.at(at, format!("{} is a member twice on the same day", raw.insurer));
        }
        members.push(member);
    }
    members
}

fn duty_of(spanned: Spanned<RawDuty>, members: &[Member], faults: &mut Faults<'_>) -> Duty {
    let at = spanned.span().start;
    let raw = spanned.into_inner();
    if raw.rotation.is_empty() && raw.days.is_empty() {
        faults.at(at, "duty names nobody");
    }
    let named = raw.rotation.iter().chain(raw.days.iter().map(|day| &day.insurer));
    for insurer in named {
        if !members.iter().any(|member| member.insurer == *insurer) {
            faults.at(at, format!("{insurer} is on duty but no member"));
        }
    }
    Duty {
        rotation: raw.rotation,
        since: raw.since,
        days: raw.days,
    }
}
