//! Who answers for it, a sentence per party, with the articles breached.

use super::{Told, acts};
use crate::catalogue::{Act, StatuteRef};
use crate::liability::Liability;

pub(super) fn findings(told: &[Told<'_>]) -> Vec<String> {
    if told.iter().all(|t| t.party.liability == Liability::Undetermined) {
        return vec!["本起事故的成因无法查清，各方当事人的责任无法认定。".to_owned()];
    }
    let nobody = |t: &Told<'_>| t.party.liability == Liability::None && t.situations.is_empty();
    if told.iter().all(nobody) {
        // 程序规定 art. 60 (3), in its words.
        let words = match told {
            [_] => "当事人没有导致本起事故的过错，本起事故属于交通意外事故，当事人无责任。",
            _ => "各方当事人均没有导致本起事故的过错，本起事故属于交通意外事故，各方均无责任。",
        };
        return vec![words.to_owned()];
    }
    told.iter().map(finding).collect()
}

fn finding(told: &Told<'_>) -> String {
    let (name, liability) = (&told.party.name, told.party.liability);
    let borne = match liability {
        Liability::None => "无责任".to_owned(),
        Liability::Undetermined => "责任无法认定".to_owned(),
        at_fault => format!("承担{}", at_fault.label()),
    };
    if told.situations.is_empty() {
        return match liability {
            Liability::None => format!("{name}没有与本起事故有关的交通违法行为，{borne}。"),
            _ => format!("{name}{borne}。"),
        };
    }
    let mut statutes: Vec<&StatuteRef> = Vec::new();
    for statute in told.situations.iter().flat_map(|s| &s.statutes) {
        if !statutes.contains(&statute) {
            statutes.push(statute);
        }
    }
    // As courts cite: acts by rank, articles in their order.
    statutes.sort_by_key(|s| (s.article, s.paragraph, s.item));
    if statutes.is_empty() {
        return format!("{name}{}，{borne}。", acts(told));
    }
    format!(
        "{name}{}，违反了{}的规定，{borne}。",
        acts(told),
        cited(&statutes)
    )
}

/// Each act named once: 《…法》第四十三条、第四十八条第一款和《…条例》第五十条.
///
/// A reference to an opening sentence is the bare article: what the party did says which rule of it,
/// and no item that speaks of something else is cited.
fn cited(statutes: &[&StatuteRef]) -> String {
    let acts = [
        Act::RoadTrafficSafetyLaw,
        Act::ImplementingRegulation,
        Act::AccidentProcedure,
    ];
    let per_act = acts.into_iter().filter_map(|act| {
        let places: Vec<String> = statutes
            .iter()
            .filter(|s| s.act == act)
            .map(|s| s.place())
            .collect();
        (!places.is_empty()).then(|| format!("{}{}", act.title(), places.join("、")))
    });
    per_act.collect::<Vec<_>>().join("和")
}
