//! What happened, in one sentence.

use super::{FactsInput, FactsParty, Told, acts};
use crate::catalogue::chinese_number;
use crate::codes::CollisionForm;

pub(super) fn facts(input: &FactsInput, told: &[Told<'_>]) -> String {
    let time = input.occurred_at.china_text();
    // The sentence starts with whoever did something; otherwise with 甲.
    let lead = told.iter().position(|t| !t.situations.is_empty()).unwrap_or(0);
    let others: Vec<&Told<'_>> = told
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != lead)
        .map(|(_, other)| other)
        .collect();
    let Some(first) = told.get(lead) else {
        return String::new();
    };
    let start = format!("{time}，{}", arriving(first.party, &input.place));
    let did = clause(first);
    if others.is_empty() {
        return format!("{start}{did}，发生单方道路交通事故{}。", alone(first.party));
    }
    let middle = if others.iter().all(|other| other.situations.is_empty()) {
        format!("{did}，{}", meeting(input, first.party, &others))
    } else {
        let ways: String = others
            .iter()
            .map(|other| format!("；{}{}", moving(other.party), clause(other)))
            .collect();
        format!("{did}{ways}；{}", touching(input, first.party, &others))
    };
    format!("{start}{middle}，{}", damage(told))
}

fn clause(told: &Told<'_>) -> String {
    if told.situations.is_empty() {
        String::new()
    } else {
        format!("，{}", acts(told))
    }
}

/// 张三驾驶浙D12345号小型客车沿艮塔路由西向东行驶至…处.
fn arriving(party: &FactsParty, place: &str) -> String {
    if party.standing {
        return format!("{}停在{place}处", actor(party));
    }
    let verb = if party.mode.vehicle_word().is_some() {
        "行驶"
    } else {
        "步行"
    };
    format!("{}{}{verb}至{place}处", actor(party), way(party))
}

/// The same of somebody who came along.
fn moving(party: &FactsParty) -> String {
    if party.standing {
        return format!("{}停在该处", actor(party));
    }
    let verb = if party.mode.vehicle_word().is_some() {
        "行驶"
    } else {
        "步行"
    };
    format!("{}{}{verb}", actor(party), way(party))
}

/// 沿艮塔路由西向东; each part only when it is known.
fn way(party: &FactsParty) -> String {
    let road = party
        .road
        .as_deref()
        .map(|road| format!("沿{road}"))
        .unwrap_or_default();
    match (party.from.as_deref(), party.to.as_deref()) {
        (Some(from), Some(to)) => format!("{road}由{from}向{to}"),
        (None, Some(to)) => format!("{road}向{to}"),
        (Some(from), None) => format!("{road}由{from}方向"),
        (None, None) => road,
    }
}

/// 浙D12345号小型客车.
fn vehicle(party: &FactsParty) -> String {
    let word = party.mode.vehicle_word().unwrap_or_default();
    match party.plate.as_deref() {
        Some(plate) => format!("{plate}号{word}"),
        None => word.to_owned(),
    }
}

/// 张三驾驶浙D12345号小型客车; on foot the name alone.
fn actor(party: &FactsParty) -> String {
    format!("{}{}{}", party.name, party.mode.verb(), vehicle(party))
}

/// The two went the same way on one road, or met on it; `None` when it must be told in full.
fn relative(party: &FactsParty, first: &FactsParty) -> Option<&'static str> {
    let told = |p: &FactsParty| p.road.is_some() && p.from.is_some() && p.to.is_some() && !p.standing;
    if !told(party) || !told(first) || party.road != first.road {
        None
    } else if (&party.from, &party.to) == (&first.from, &first.to) {
        Some("同向行驶")
    } else if (&party.from, &party.to) == (&first.to, &first.from) {
        Some("对向行驶")
    } else {
        None
    }
}

/// 李四驾驶的沿艮塔路由西向东行驶的浙D54321号小型客车; 同向行驶的李四驾驶的浙D54321号小型客车.
fn object(party: &FactsParty, first: &FactsParty) -> String {
    let standing = party.standing;
    if party.mode.vehicle_word().is_none() {
        let verb = if standing { "站立" } else { "步行" };
        return format!(
            "{}{verb}的{}",
            if standing { String::new() } else { way(party) },
            party.name
        );
    }
    let way = way(party);
    let (verb, vehicle) = (party.mode.verb(), vehicle(party));
    match way.as_str() {
        _ if standing => format!("{}停在该处的{vehicle}", party.name),
        "" => format!("{}{verb}的{vehicle}", party.name),
        way => match relative(party, first) {
            Some(relative) => format!("{relative}的{}{verb}的{vehicle}", party.name),
            None => format!("{}{verb}的{way}行驶的{vehicle}", party.name),
        },
    }
}

/// 所驾车辆车头与李四驾驶的…车尾发生碰撞.
fn meeting(input: &FactsInput, first: &FactsParty, others: &[&Told<'_>]) -> String {
    if let [other] = others
        && let Some(own) = first.contact
    {
        let theirs = other.party.contact.map(|part| part.label()).unwrap_or_default();
        return format!(
            "{}{}与{}{theirs}{}",
            own_vehicle(first),
            own.label(),
            object(other.party, first),
            hit(input)
        );
    }
    let objects: Vec<String> = others.iter().map(|other| object(other.party, first)).collect();
    format!("与{}{}{}", objects.join("、"), hit(input), parts(first, others))
}

/// 两车发生碰撞, after everybody's way was told.
fn touching(input: &FactsInput, first: &FactsParty, others: &[&Told<'_>]) -> String {
    if let [other] = others
        && let (Some(own), Some(theirs)) = (first.contact, other.party.contact)
    {
        let own = format!("{}车{}", first.name, own.label());
        return format!("{own}与{}车{}{}", other.party.name, theirs.label(), hit(input));
    }
    format!("各方在该处{}{}", hit(input), parts(first, others))
}

/// The vehicle of whoever the sentence is about.
fn own_vehicle(party: &FactsParty) -> &'static str {
    match party.mode.verb() {
        "骑行" => "所骑车辆",
        "推行" => "所推车辆",
        _ => "所驾车辆",
    }
}

fn hit(input: &FactsInput) -> &'static str {
    match input.collision {
        Some(CollisionForm::ScrapeSameDirection | CollisionForm::ScrapeOpposite) => "发生刮擦",
        _ => "发生碰撞",
    }
}

/// （接触部位：张三车车头、李四车车尾）.
fn parts(first: &FactsParty, others: &[&Told<'_>]) -> String {
    let known: Vec<String> = std::iter::once(first)
        .chain(others.iter().map(|other| other.party))
        .filter_map(|party| Some(format!("{}车{}", party.name, party.contact?.label())))
        .collect();
    if known.is_empty() {
        String::new()
    } else {
        format!("（接触部位：{}）", known.join("、"))
    }
}

/// 造成两车损坏、李四受轻微伤的道路交通事故。
fn damage(told: &[Told<'_>]) -> String {
    let vehicles = told
        .iter()
        .filter(|t| t.party.mode.vehicle_word().is_some())
        .count();
    let damaged: Vec<&Told<'_>> = told
        .iter()
        .filter(|t| t.party.damaged && t.party.mode.vehicle_word().is_some())
        .collect();
    let mut harm = Vec::new();
    if damaged.len() == vehicles && vehicles > 1 {
        let count = u16::try_from(vehicles).unwrap_or(u16::MAX);
        harm.push(if count == 2 {
            "两车损坏".to_owned()
        } else {
            format!("{}车损坏", chinese_number(count))
        });
    } else if !damaged.is_empty() {
        let names: Vec<&str> = damaged.iter().map(|t| t.party.name.as_str()).collect();
        harm.push(format!("{}车辆损坏", names.join("、")));
    }
    let hurt: Vec<&str> = told
        .iter()
        .filter(|t| t.party.slightly_injured)
        .map(|t| t.party.name.as_str())
        .collect();
    if !hurt.is_empty() {
        harm.push(format!("{}受轻微伤", hurt.join("、")));
    }
    if harm.is_empty() {
        return "发生道路交通事故。".to_owned();
    }
    format!("造成{}的道路交通事故。", harm.join("、"))
}

/// ，造成车辆损坏、张三受轻微伤; of somebody who met nobody.
fn alone(party: &FactsParty) -> String {
    let harm = match (
        party.damaged && party.mode.vehicle_word().is_some(),
        party.slightly_injured,
    ) {
        (true, true) => format!("车辆损坏、{}受轻微伤", party.name),
        (true, false) => "车辆损坏".to_owned(),
        (false, true) => format!("{}受轻微伤", party.name),
        (false, false) => return String::new(),
    };
    format!("，造成{harm}")
}
